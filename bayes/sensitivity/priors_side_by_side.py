"""Named priors: the set, Zampieri's grid, the Cochrane and field priors, and mixtures of sceptic and enthusiast."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from bayes.analysis.plan import formed_prior
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.errors import InvalidInput, NotFormable
from bayes.priors import effect_rules
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.sets import EffectPrior, NamedPrior, SomePriorSet
from bayes.sensitivity.subject import Row, Subject, Target

WEIGHTS = (0.25, 0.5, 0.75)
CAMPS = ("sceptical", "enthusiastic")


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


def named_priors_rows(subject: Subject, weights: Sequence[float] = WEIGHTS) -> list[Row]:
    """List the rows of `named_priors` for a subject."""
    rows = []
    for name, formed in every_prior(subject, weights):
        if isinstance(formed, str):
            rows.append({"prior": name, "status": "skipped", "reason": formed})
        elif not isinstance(formed.distribution, Distribution):
            rows.append({"prior": name, "status": "skipped", "reason": "not a prior of the effect alone: use `fit`"})
        else:
            rows.append({"prior": name, **row(subject, formed), "status": "ok", "reason": None})
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return [{name: row.get(name) for name in columns} for row in rows]


def row(subject: Subject, formed: FormedPrior) -> Row:
    """Return the numbers in the table for one prior."""
    posterior = subject.under(formed.distribution)
    p_rope = None
    if subject.target.rope_natural is not None:
        low, high = (measures.to_analysis(x, subject.target.measure) for x in subject.target.rope_natural)
        p_rope = posterior.at_least(low) - posterior.above(high)
    return {
        "distribution": str(formed.distribution),
        "basis": formed.basis,
        **subject.probabilities(formed.distribution),
        **subject.interval(posterior),
        "p_rope": p_rope,
        "log_evidence": posterior.log_evidence,
    }


def every_prior(subject: Subject, weights: Iterable[float] = WEIGHTS) -> Iterator[tuple[str, FormedPrior | str]]:
    """Yield (name, prior or the reason why it cannot be formed), each distribution under its first name only."""
    seen = set()
    for named in _named(subject):
        formed = form(subject, named)
        text = formed if isinstance(formed, str) else str(formed.distribution)
        if isinstance(formed, str) or text not in seen:
            yield named.name, formed
        seen.add(text)
    camps = [form(subject, _of_the_set_or_rule(subject, name)) for name in CAMPS]
    for weight in weights:
        name = f"{100 * weight:.0f}% sceptical, {100 * (1 - weight):.0f}% enthusiastic"
        missing = [formed for formed in camps if isinstance(formed, str)]
        basis = "mixture of sceptical and enthusiastic"
        yield name, missing[0] if missing else FormedPrior(mixture(weight, *camps), basis)


def effect_priors(subject: Subject) -> dict[str, Distribution]:
    """Return every prior of the effect that can be formed, by name; first the main prior if it is not among them."""
    found = {
        name: formed.distribution
        for name, formed in every_prior(subject)
        if not isinstance(formed, str) and isinstance(formed.distribution, Distribution)
    }
    main = {} if subject.prior in found.values() else {subject.analysis.prior.name: subject.prior}
    return main | found


def mixture(weight: float, first: FormedPrior, second: FormedPrior) -> Distribution:
    """Return the mixture of the first prior, with this weight, and the second."""
    return Distribution("mixture", (), ((weight, first.distribution), (1 - weight, second.distribution)))


def camps(subject: Subject) -> tuple[FormedPrior, FormedPrior]:
    """Return the sceptical and the enthusiastic prior of the set, or else those formed by rule.

    Raises
    ------
    NotFormable
        If either cannot be formed for this target.
    """
    found = [form(subject, _of_the_set_or_rule(subject, name)) for name in CAMPS]
    if missing := [formed for formed in found if isinstance(formed, str)]:
        raise NotFormable(missing[0])
    return found[0], found[1]


def form(subject: Subject, named: NamedPrior) -> FormedPrior | str:
    """Form a prior for this target, or return the reason why it cannot be formed."""
    try:
        return formed_prior(named, subject.target, subject.priors)
    except NotFormable as reason:
        return str(reason)
    except InvalidInput as error:  # the prior is on the scale of another measure
        return "; ".join(str(mistake) for mistake in error.mistakes)


def _of_the_set_or_rule(subject: Subject, name: str) -> NamedPrior:
    return NamedPrior(name, subject.priors.effect.get(name) or EffectPrior(rule=name))


def _named(subject: Subject) -> Iterator[NamedPrior]:
    for name, prior in {**subject.priors.effect, **subject.priors.arms}.items():
        yield NamedPrior(name, prior)
    if subject.target.measure != "proportion":  # for which strength has another meaning
        for strength in effect_rules.HARM:
            for rule in ("optimistic", "neutral", "pessimistic"):
                yield NamedPrior(f"{rule}, {strength}", EffectPrior(rule=rule, strength=strength))
    for rule in ("cochrane", "field"):
        if rule not in subject.priors.named:
            yield NamedPrior(rule, EffectPrior(rule=rule))
