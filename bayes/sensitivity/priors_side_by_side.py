"""Named priors: the set, Zampieri's grid, the Cochrane and field priors, and mixtures of sceptic and enthusiast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, NotRequired, TypedDict

import pandas as pd

from bayes.analysis.plan import formed_prior
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.errors import InvalidInput, NotFormable
from bayes.priors import effect_rules
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.sets import NamedPrior, SomePriorSet
from bayes.sensitivity.subject import Subject, Target

WEIGHTS = (0.25, 0.5, 0.75)
CAMPS = ("sceptical", "enthusiastic")
NOT_OF_EFFECT = "not a prior of the effect alone: use `fit`"


class NamedPriorRow(TypedDict):
    """The posterior under one named prior; without a posterior, every number is None."""

    prior: str  # its name
    distribution: str | None  # as written in a prior set, on the analysis scale
    basis: str | None  # how it was formed, in words
    mean: float | None  # posterior mean, on the analysis scale; None where it does not exist
    sd: float | None  # posterior sd, on the analysis scale; None where it does not exist
    p_benefit: float | None  # P(better than no effect)
    p_harm: float | None  # P(worse than no effect)
    p_mcid: float | None  # P(at least as good as the MCID); None without an MCID
    p_margin: NotRequired[float | None]  # P(not worse than the non-inferiority margin); absent without a margin
    estimate_low: float | None  # 2.5% quantile, on the measure's own scale
    estimate: float | None  # posterior median, on the measure's own scale
    estimate_high: float | None  # 97.5% quantile, on the measure's own scale
    p_rope: float | None  # P(within the region of practical equivalence); None without a region
    log_evidence: float | None  # log marginal likelihood
    status: str  # "ok", or "skipped" for a prior that cannot be formed
    reason: str | None  # why it was skipped


class PriorOfEffect(NamedTuple):
    """A prior of the effect alone, formed for a target.

    Attributes
    ----------
    distribution : Distribution
        On the analysis scale.
    basis : str
        How it was formed, in words.
    robust : Distribution, optional
        The vague part of a robust prior: the last components of `distribution`.
    """

    distribution: Distribution
    basis: str
    robust: Distribution | None = None


def named_priors(
    target: Target,
    weights: Sequence[float] = WEIGHTS,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Tabulate the posterior under every named prior (METHODS 6).

    The priors of the set come first, followed by Zampieri's grid (optimistic, neutral and pessimistic, each weak,
    moderate and strong; Zampieri et al. 2021, AJRCCM 203:543-52), the Cochrane prior (van Zwet et al. 2021) and the
    field prior if the set lacks them, and mixtures of the sceptical and the enthusiastic prior.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    weights : sequence of float
        Weights of the sceptical prior in the mixtures, between 0 and 1.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `prior`: its `distribution` and `basis`; posterior `mean` and `sd` (analysis scale); `estimate` with
        the limits `estimate_low` and `estimate_high` of its 95% credible interval (natural scale); `p_benefit`,
        `p_mcid`, `p_harm`, `p_rope`; `log_evidence`, the log marginal likelihood; `status` ("ok", or "skipped" for a
        prior that cannot be formed) and `reason`.

    Examples
    --------
    >>> import bayes
    >>> bayes.sensitivity.named_priors("mesems:gel_24w").set_index("prior")["p_benefit"].round(2).head(3).to_dict()
    {'vague': 0.6, 'neutral': 0.58, 'sceptical': 0.56}
    """
    return pd.DataFrame(named_priors_rows(Subject.of(target, prior, prior_set, priors), weights))


def named_priors_rows(subject: Subject, weights: Sequence[float] = WEIGHTS) -> list[NamedPriorRow]:
    """List the rows of `named_priors` for a subject."""
    return [
        _skipped(subject, name, formed) if isinstance(formed, str) else _row(subject, name, formed)
        for name, formed in every_prior(subject, weights)
    ]


def _row(subject: Subject, name: str, formed: PriorOfEffect) -> NamedPriorRow:
    posterior = subject.under(formed.distribution)
    p_rope = None
    if subject.target.rope_natural is not None:
        low, high = (measures.to_analysis(x, subject.target.measure) for x in subject.target.rope_natural)
        p_rope = posterior.at_least(low) - posterior.above(high)
    return {
        "prior": name,
        "distribution": str(formed.distribution),
        "basis": formed.basis,
        **subject.row(posterior),
        **subject.interval(posterior),
        "p_rope": p_rope,
        "log_evidence": posterior.log_evidence,
        "status": "ok",
        "reason": None,
    }


def _skipped(subject: Subject, name: str, reason: str) -> NamedPriorRow:
    row: NamedPriorRow = {
        "prior": name,
        "distribution": None,
        "basis": None,
        "mean": None,
        "sd": None,
        "p_benefit": None,
        "p_harm": None,
        "p_mcid": None,
        "estimate_low": None,
        "estimate": None,
        "estimate_high": None,
        "p_rope": None,
        "log_evidence": None,
        "status": "skipped",
        "reason": reason,
    }
    return row if subject.margin is None else {**row, "p_margin": None}


def every_prior(subject: Subject, weights: Iterable[float] = WEIGHTS) -> Iterator[tuple[str, PriorOfEffect | str]]:
    """Yield (name, prior or the reason why it cannot be formed), each distribution under its first name only."""
    seen: set[str] = set()
    for named in _named(subject):
        formed = form(subject, named)
        if isinstance(formed, str):
            yield named.name, formed
        elif str(formed.distribution) not in seen:
            seen.add(str(formed.distribution))
            yield named.name, formed
    first, second = (form(subject, _of_the_set_or_rule(subject, name)) for name in CAMPS)
    for weight in weights:
        name = f"{100 * weight:.0f}% sceptical, {100 * (1 - weight):.0f}% enthusiastic"
        if isinstance(first, str):
            yield name, first
        elif isinstance(second, str):
            yield name, second
        else:
            both = mixture(weight, first.distribution, second.distribution)
            yield name, PriorOfEffect(both, "mixture of sceptical and enthusiastic")


def effect_priors(subject: Subject) -> dict[str, Distribution]:
    """Return every prior of the effect that can be formed, by name; first the main prior if it is not among them."""
    found = {name: formed.distribution for name, formed in every_prior(subject) if not isinstance(formed, str)}
    main = {} if subject.prior in found.values() else {subject.analysis.prior.name: subject.prior}
    return main | found


def mixture(weight: float, first: Distribution, second: Distribution) -> Distribution:
    """Return the mixture of the first prior, with this weight, and the second."""
    return Distribution("mixture", (), ((weight, first), (1 - weight, second)))


def camps(subject: Subject) -> tuple[Distribution, Distribution]:
    """Return the sceptical and the enthusiastic prior of the set, or else those formed by rule.

    Raises
    ------
    NotFormable
        If either cannot be formed for this target.
    """
    found = []
    for name in CAMPS:
        formed = form(subject, _of_the_set_or_rule(subject, name))
        if isinstance(formed, str):
            raise NotFormable(formed)
        found.append(formed.distribution)
    return found[0], found[1]


def form(subject: Subject, named: NamedPrior) -> PriorOfEffect | str:
    """Form a prior of the effect for this target, or return the reason why there is none."""
    try:
        formed = formed_prior(named, subject.target, subject.priors)
    except NotFormable as reason:
        return str(reason)
    except InvalidInput as error:  # the prior is on the scale of another measure
        return "; ".join(str(mistake) for mistake in error.mistakes)
    if not isinstance(formed.distribution, Distribution):
        return NOT_OF_EFFECT
    return PriorOfEffect(formed.distribution, formed.basis, formed.robust)


def _of_the_set_or_rule(subject: Subject, name: str) -> NamedPrior:
    return NamedPrior(name, subject.priors.effect.get(name) or EffectPrior(rule=name))


def _named(subject: Subject) -> Iterator[NamedPrior]:
    for name, prior in subject.priors.effect.items():
        yield NamedPrior(name, prior)
    for name, pair in subject.priors.arms.items():
        yield NamedPrior(name, pair)
    if subject.target.measure != "proportion":  # for which strength has another meaning
        for strength in effect_rules.HARM:
            for rule in ("optimistic", "neutral", "pessimistic"):
                yield NamedPrior(f"{rule}, {strength}", EffectPrior(rule=rule, strength=strength))
    for rule in ("cochrane", "field"):
        if rule not in subject.priors.named:
            yield NamedPrior(rule, EffectPrior(rule=rule))
