"""Named rules for priors of effects: what a sceptic, an enthusiast, ... believes about *this* outcome (METHODS 2).

A rule is oriented towards `benefit`; an expression never is. All rules have the same signature: from an outcome or a
synthesis and `Arguments` they return `FormedPrior`, a distribution on the analysis scale with a sentence on how it was
formed, or raise `NotFormable` with the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.base.measures import normal_quantile
from bayes.base.numbers import article, significant
from bayes.base.published_tables import field_row
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence import Binary, Percentages, Rates, Survival
from bayes.paper.trial import Outcome
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.priors.proportion_rules import proportion_prior

RuleName = Literal[
    "vague", "neutral", "sceptical", "enthusiastic", "pessimistic", "optimistic", "cochrane", "field", "calibrated"
]  # the keys of `RULES`
Strength = Literal["weak", "moderate", "strong"]
Aim = Literal["planned", "mcid"]
"""The effect that a sceptic doubts, or that an enthusiast expects."""

# Zampieri et al. 2021 (AJRCCM 203:543-52) for log ratios; converted to standardised mean differences by Chinn (2000)
WIDTH = {
    "log": {"weak": 5.0, "moderate": 0.355, "strong": 0.205},
    "standardised_mean_difference": {"weak": 2.75, "moderate": 0.195, "strong": 0.115},
}
# the prior probability of harm that an optimist of each strength allows (same source)
HARM = {"weak": 0.30, "moderate": 0.15, "strong": 0.05}
# van Zwet, Schwab and Senn 2021 (Stat Med 40:6107-17): weights and SDs of the signal-to-noise ratio theta / s
COCHRANE = ((0.32, 0.61), (0.31, 1.42), (0.30, 2.16), (0.07, 5.64))

# degrees of freedom and scale on log ratios: chosen on pairs of trials from the older reviews (METHODS 16)
CALIBRATED_DF, CALIBRATED_SCALE = 4.0, 0.31

MEAN_OF_PERCENTAGES = "scaled by the data: the mean of the percentages of both arms"


@dataclass(frozen=True)
class Arguments:
    """The arguments of a rule; defaults that were used are printed with the prior.

    Attributes
    ----------
    tail : float
        Prior probability beyond a threshold.
    threshold : {"planned", "mcid"}, optional
        The threshold of a sceptic; by default the planned effect, or the MCID if none is stated.
    centre : {"planned", "mcid"}
        The effect on which an enthusiast is centred.
    strength : {"weak", "moderate", "strong"}, optional
        Strength of a neutral, optimistic or pessimistic prior.
    field : str, optional
        Cochrane field; by default that of the trial.
    reference_risk : float, optional
        Risk at which a width on the log odds scale is converted to risk differences.
    """

    tail: float = 0.05
    threshold: Aim | None = None
    centre: Aim = "mcid"
    strength: Strength | None = None
    field: str | None = None
    reference_risk: float | None = None


@dataclass(frozen=True)
class FormedPrior:
    """A prior that was formed for an outcome.

    Attributes
    ----------
    distribution : Distribution, ArmPair or Hierarchy
        Of the effect on the analysis scale, of both arms, or of a table of adverse events.
    basis : str
        How it was formed, in words.
    robust : Distribution, optional
        The vague part of a robust prior: the last components of `distribution`.
    """

    distribution: Distribution | ArmPair | Hierarchy
    basis: str
    robust: Distribution | None = None

    @property
    def univariate(self) -> Distribution:
        """The distribution of a single parameter; a `TypeError` for a prior of both arms or of a table."""
        if not isinstance(self.distribution, Distribution):
            raise TypeError(f"{self.distribution} is not a prior of a single parameter")
        return self.distribution


def form(rule: str, endpoint: Endpoint, arguments: Arguments = Arguments()) -> FormedPrior:  # noqa: B008 (frozen)
    """Form a named rule for an outcome or a synthesis.

    Parameters
    ----------
    rule : str
        A name in `RULES`.
    endpoint : Endpoint
        An outcome or a synthesis.
    arguments : Arguments

    Returns
    -------
    FormedPrior

    Raises
    ------
    NotFormable
        If the outcome lacks what the rule needs: an MCID, a planned effect, a standard error, an SD, or a table for its
        scale.
    """
    if endpoint.measure == "proportion":
        strength = arguments.strength or "moderate"
        distribution, basis = proportion_prior(rule, endpoint, strength, arguments.tail)
        return sound(FormedPrior(distribution, basis))
    return sound(RULES[rule](endpoint, arguments))


def sound(formed: FormedPrior) -> FormedPrior:
    """Return the prior that a rule has formed if its numbers are in range.

    Parameters
    ----------
    formed : FormedPrior

    Returns
    -------
    FormedPrior
        The same prior.

    Raises
    ------
    NotFormable
        If a scale is zero, not finite or out of range, as it is if a threshold is too close to no effect.
    """
    if problem := formed.univariate.problem:
        raise NotFormable(f"{formed.basis}: {problem}")
    return formed


def _normal(mean: float, sd: float) -> Distribution:
    return Distribution("normal", (mean + 0.0, sd))


def _threshold(endpoint: Endpoint, which: Aim) -> tuple[float, str]:
    value = endpoint.threshold(which)
    if value is None:
        raise NotFormable(f"no {'planned effect' if which == 'planned' else 'MCID'} is stated for this outcome")
    words = "planned effect" if which == "planned" else "MCID"
    return value, f"{words} {getattr(endpoint, which).value}"


def _percent(share: float) -> str:
    return f"{100 * share:g}%"


def _width(endpoint: Endpoint, strength: Strength, arguments: Arguments) -> tuple[float, str]:
    """Return a fixed width converted to the scale of the measure, and its basis in words."""
    if measures.is_log(endpoint.measure):
        return WIDTH["log"][strength], "fixed width on log ratios (Zampieri 2021)"
    smd = WIDTH["standardised_mean_difference"][strength]
    if endpoint.measure == "standardised_mean_difference":
        return smd, "fixed width on log ratios turned into standard deviations (Chinn 2000)"
    if endpoint.measure == "mean_difference":
        sd, origin = endpoint.reference_sd
        if sd is None:
            raise NotFormable("neither `sd_ref` nor an SD is stated; a prior on a mean difference requires one of them")
        return smd * sd, f"{smd:g} standard deviations of {significant(sd, 4)} ({origin})"
    if endpoint.measure == "rate_difference":
        return _width_of_rates(endpoint, strength)
    if strength == "weak":
        return 0.5, "fixed width on risk differences, truncated to -1 to 1"
    risk, origin = _reference_risk(endpoint, arguments)
    width = WIDTH["log"][strength] * risk * (1 - risk)
    return width, f"{WIDTH['log'][strength]:g} on the log odds at a reference risk of {significant(risk)} ({origin})"


def _reference_risk(endpoint: Endpoint, arguments: Arguments) -> tuple[float, str]:
    if arguments.reference_risk is not None:
        return arguments.reference_risk, "stated in the prior set"
    if isinstance(endpoint, Outcome):
        reports = (endpoint, *(endpoint.trial.outcomes[name] for name in endpoint.other_reports))
        known = (found for report in reports if (found := _risk_of_both_arms(report)) and 0 < found[0] < 1)
        if (found := next(known, None)) is not None:
            return found
    raise NotFormable("no `reference_risk` is stated; a prior on a risk difference requires it")


def _risk_of_both_arms(outcome: Outcome) -> tuple[float, str] | None:
    """Return the risk of both arms together and its origin: of counts, or the mean of two printed percentages."""
    match outcome.evidence:
        case Binary(treatment=t, control=c):
            return (t.events + c.events) / (t.n + c.n), "scaled by the data: both arms together"
        case Percentages() | Survival() as arms:
            return (arms.treatment.share + arms.control.share) / 2, MEAN_OF_PERCENTAGES
    both = (result.percent for result in outcome.printed if result.percent is not None and len(result.percent) == 2)
    percent = next(both, None)
    return None if percent is None else (float(sum(percent.values())) / 200, MEAN_OF_PERCENTAGES)


def _width_of_rates(endpoint: Endpoint, strength: Strength) -> tuple[float, str]:
    """Return a width on the log rate ratio, converted at the mean rate of both arms."""
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if not isinstance(evidence, Rates):
        said = 'a prior on a rate difference requires the rate of each arm (kind = "rates"), or an expression'
        raise NotFormable(said)
    rate = float(evidence.treatment.rate + evidence.control.rate) / 2
    fixed, origin = WIDTH["log"][strength], "scaled by the data: the mean of both arms"
    return fixed * rate, f"{fixed:g} on the log rate ratio at a rate of {significant(rate)} ({origin})"


def vague(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a normal prior centred on no effect, so wide that the data dominate (Zampieri et al. 2021, weak)."""
    sd, words = _width(endpoint, "weak", arguments)
    return FormedPrior(_normal(0, sd), f"centred on no effect; {words}")


def neutral(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a normal prior centred on no effect, whose width depends on its strength (Zampieri et al. 2021)."""
    strength = arguments.strength or "moderate"
    sd, words = _width(endpoint, strength, arguments)
    return FormedPrior(_normal(0, sd), f"{strength}, centred on no effect; {words}")


def sceptical(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a normal prior centred on no effect, with the tail probability beyond the planned effect or the MCID.

    The SD is abs(threshold) / q(1 - tail) (METHODS 2; Spiegelhalter et al. 1994, JRSS A 157:357-416).
    """
    which = arguments.threshold or ("planned" if endpoint.planned is not None else "mcid")
    value, words = _threshold(endpoint, which)
    sd = abs(value) / normal_quantile(1 - arguments.tail)
    apart = _apart(endpoint, which, arguments.centre, "the enthusiast is centred on")
    return FormedPrior(_normal(0, sd), f"centred on no effect, {_percent(arguments.tail)} beyond the {words}{apart}")


def enthusiastic(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a normal prior centred on the planned effect or the MCID, with the tail probability on the side of harm.

    The SD is abs(centre) / q(1 - tail) (METHODS 2; Spiegelhalter et al. 1994, JRSS A 157:357-416).
    """
    centre, words = _threshold(endpoint, arguments.centre)
    sd = abs(centre) / normal_quantile(1 - arguments.tail)
    sceptics = arguments.threshold or ("planned" if endpoint.planned is not None else "mcid")
    apart = _apart(endpoint, arguments.centre, sceptics, "the sceptic looks at")
    return FormedPrior(
        _normal(centre, sd), f"centred on the {words}{apart}, {_percent(arguments.tail)} on the side of harm"
    )


def _apart(endpoint: Endpoint, mine: Aim, other: Aim, words: str) -> str:
    """Explain that the sceptic and the enthusiast are based on different effects, unlike in Spiegelhalter's paper."""
    values = endpoint.threshold(mine), endpoint.threshold(other)
    if None in values or values[0] == values[1]:
        return ""
    why = {"planned": "the trial was sized for it", "mcid": "it is what would matter"}
    return f" ({why[mine]}; {words} the {_threshold(endpoint, other)[1]} and so no mirror of this prior)"


def pessimistic(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the mirror image of the enthusiastic prior, or of the optimistic prior if a strength is stated."""
    if arguments.strength is not None:
        return _mirror(optimistic(endpoint, arguments), "harm as large as the planned effect")
    return _mirror(
        enthusiastic(endpoint, arguments), f"harm as large as the {_threshold(endpoint, arguments.centre)[1]}"
    )


def _mirror(formed: FormedPrior, words: str) -> FormedPrior:
    mean, sd = formed.univariate.args
    benefit = formed.basis.rsplit(", ", 1)[1].replace("harm", "benefit")
    return FormedPrior(_normal(-mean, sd), f"centred on {words}, {benefit}")


def optimistic(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form a normal prior centred on the planned effect, whose strength sets P(harm) (Zampieri et al. 2021).

    The SD is abs(planned effect) / q(1 - P(harm)) (METHODS 2).
    """
    strength = arguments.strength or "moderate"
    centre, words = _threshold(endpoint, "planned")
    sd = abs(centre) / normal_quantile(1 - HARM[strength])
    return FormedPrior(
        _normal(centre, sd), f"{strength}, centred on the {words}, {_percent(HARM[strength])} on the side of harm"
    )


def cochrane(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the prior of effects in the Cochrane database: four normals scaled by s (METHODS 7; van Zwet et al. 2021).

    It depends on the standard error of the trial, and so is not a prior of the effect itself.
    """
    s = endpoint.standard_error
    if s is None:
        raise NotFormable("no standard error is available; the Cochrane prior scales with that of one trial")
    parts = tuple((w, _normal(0, t * s)) for w, t in COCHRANE)
    basis = f"van Zwet 2021, scaled by the standard error {significant(s, 4)}"
    return FormedPrior(Distribution("mixture", (), parts), basis)


def field(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the Student-t prior of effects in a Cochrane field (METHODS 7; Bartos et al. 2021, 2023)."""
    name = arguments.field or endpoint.cochrane_field
    scale, df, words = field_row(name, endpoint.measure)
    if endpoint.measure == "mean_difference":
        sd, origin = endpoint.reference_sd
        if sd is None:
            raise NotFormable("no `sd_ref` is stated; a field prior on a mean difference requires it")
        scale, words = scale * sd, f"{words}, times the standard deviation {significant(sd, 4)} ({origin})"
    return FormedPrior(Distribution("student_t", (df, 0.0, scale)), words)


def calibrated(endpoint: Endpoint, arguments: Arguments) -> FormedPrior:
    """Form the Student-t prior that predicted later trials from earlier ones (METHODS 16).

    It was chosen on log odds ratios; standardised mean differences take it divided by pi / sqrt(3) (Chinn 2000).
    """
    scale, words = CALIBRATED_SCALE, "chosen on pairs of an early and a later trial, log odds ratios"
    if endpoint.measure == "standardised_mean_difference":
        scale, words = scale * measures.CHINN, f"{words}, converted to standardised mean differences"
    elif not measures.is_log(endpoint.measure):
        raise NotFormable(f"calibrated on log ratios, not on {article(endpoint.measure)}")
    return FormedPrior(Distribution("student_t", (CALIBRATED_DF, 0.0, scale)), words)


RULES: dict[str, Callable[[Endpoint, Arguments], FormedPrior]] = {
    "vague": vague,
    "neutral": neutral,
    "sceptical": sceptical,
    "enthusiastic": enthusiastic,
    "pessimistic": pessimistic,
    "optimistic": optimistic,
    "cochrane": cochrane,
    "field": field,
    "calibrated": calibrated,
}
