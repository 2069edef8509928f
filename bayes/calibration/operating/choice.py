"""The design that repeats a report: how operating characteristics are computed for each kind of evidence.

estimates with a standard error (every kind that gives one), with or without degrees of freedom    closed form
p-values with a direction                                                    closed form of their normal statistic
persons with an event in two arms                                            all tables
events, Poisson                                                              all pairs of counts
one arm, discordant pairs, bare statements of significance                   all reports
ordinal tables, two arms' means                                              simulation
"""

from __future__ import annotations

from math import inf

from bayes.calibration.operating.baseline import Baseline
from bayes.calibration.operating.few_reports import discordant_pairs, one_arm, significance
from bayes.calibration.operating.located import LocatedReports
from bayes.calibration.operating.poisson_counts import poisson_counts
from bayes.calibration.operating.simulated import Simulation, ordinal_tables, two_means
from bayes.calibration.operating.study import Design, Range
from bayes.calibration.operating.two_by_two import two_by_two
from bayes.errors import InvalidInput
from bayes.likelihoods.cards import (
    binomial,
    binomial_risk_difference,
    binomial_risk_ratio,
    events_poisson,
    means,
    proportional_odds,
    reported_estimate,
    reported_estimate_t,
    reported_p,
    single_proportion,
)
from bayes.likelihoods.cards import discordant_pairs as pairs_card
from bayes.paper.evidence import (
    BareP,
    Binary,
    EffectAndError,
    Events,
    Evidence,
    Means,
    Ordinal,
    PairedCounts,
    Significance,
    SingleProportion,
)
from bayes.paper.evidence.effects import effect_and_error, effect_error_and_df
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.likelihood_curve import bounds_of

OFFERED = (
    "estimates with a standard error (likelihood reported_estimate or reported_estimate_t), p-values (reported_p), "
    "statements of significance (reported_p), persons with an event in two arms (binomial), events "
    "(events_poisson), ordinal tables (proportional_odds), two arms' means (means), one arm (single_proportion), "
    "discordant pairs (discordant_pairs)"
)
FOR: dict[str, tuple[type, ...]] = {
    binomial.CARD.name: (Binary,),
    binomial_risk_ratio.CARD.name: (Binary,),
    binomial_risk_difference.CARD.name: (Binary,),
    events_poisson.CARD.name: (Events,),
    proportional_odds.CARD.name: (Ordinal,),
    means.CARD.name: (Means,),
    single_proportion.CARD.name: (SingleProportion,),
    pairs_card.CARD.name: (PairedCounts,),
    reported_p.CARD.name: (BareP, Significance),
    reported_estimate.CARD.name: (EffectAndError,),
    reported_estimate_t.CARD.name: (EffectAndError,),
}
EXACT_NORMAL = "exact: the estimate is normal about the true effect, and success an interval of estimates"
EXACT_T = "exact: the estimate is Student-t about the true effect, and success intervals of estimates"


def design_of(
    outcome: Outcome,
    likelihood: str,
    nuisance: Nuisance,
    baseline: Baseline,
    effects: tuple[float, ...],
    simulation: Simulation,
) -> Design:
    """Return the design that repeats a report: the same sizes, precision and likelihood, with other results.

    Parameters
    ----------
    outcome : Outcome
    likelihood : str
        The likelihood that reads it.
    nuisance : Nuisance
        Priors of the analysis.
    baseline : Baseline
        What is assumed of the control arm.
    effects : tuple of float
        True effects that are asked for, on the analysis scale.
    simulation : Simulation

    Raises
    ------
    InvalidInput
        If operating characteristics are not offered for such a report; says for which they are.
    """
    evidence = outcome.evidence
    if baseline != Baseline() and not isinstance(evidence, Binary | Events):
        accepted = "accepted for counts of persons or of events in two arms"
        raise InvalidInput("baseline", [f"{evidence.kind} evidence has none that could be set; {accepted}"])
    if baseline.averaged or isinstance(evidence, Binary | Events):
        _check_priors(evidence, nuisance)
    match likelihood, evidence:
        case (
            binomial.CARD.name | binomial_risk_ratio.CARD.name | binomial_risk_difference.CARD.name,
            Binary(),
        ):
            return two_by_two(outcome, evidence, nuisance, baseline, effects, simulation)
        case events_poisson.CARD.name, Events():
            return poisson_counts(outcome, evidence, nuisance, baseline, effects, simulation)
        case proportional_odds.CARD.name, Ordinal():
            return ordinal_tables(outcome, evidence, nuisance, effects, simulation)
        case means.CARD.name, Means():
            return two_means(outcome, evidence, effects, simulation)
        case single_proportion.CARD.name, SingleProportion():
            return one_arm(outcome, evidence, nuisance)
        case pairs_card.CARD.name, PairedCounts():
            return discordant_pairs(outcome, evidence, nuisance)
        case reported_p.CARD.name, Significance():
            return significance(outcome, evidence, nuisance)
        case reported_p.CARD.name, BareP() if evidence.is_exact:
            return LocatedReports(
                f"{EXACT_NORMAL}; the estimate is the test statistic times its standard error",
                outcome.known_standard_error,
                _truths(outcome),
                folded=evidence.direction_unknown,
                bounds=bounds_of(outcome),
            )
        case reported_estimate.CARD.name, _:
            _, s = effect_and_error(evidence, outcome.measure)
            return LocatedReports(EXACT_NORMAL, s, _truths(outcome), bounds=bounds_of(outcome))
        case reported_estimate_t.CARD.name, _:
            _, s, df = effect_error_and_df(evidence, outcome.measure)
            return LocatedReports(EXACT_T, s, _truths(outcome), df, bounds=bounds_of(outcome))
    raise refused(outcome, likelihood)


def check_offered(outcome: Outcome, likelihood: str) -> None:
    """Raise InvalidInput, which says for what reports they are, unless operating characteristics are offered."""
    kind = FOR.get(likelihood)
    bound = isinstance(outcome.evidence, BareP) and not outcome.evidence.is_exact
    if kind is None or not isinstance(outcome.evidence, kind) or bound:
        raise refused(outcome, likelihood)


def refused(outcome: Outcome, likelihood: str) -> InvalidInput:
    """Return the error of a report for which operating characteristics are not offered."""
    kind = outcome.evidence.kind
    said = f"operating characteristics of {kind} evidence under the likelihood {likelihood} are not computed"
    return InvalidInput(outcome.name, [f"{said}{_instead(outcome.evidence)}; accepted: {OFFERED}"])


def _truths(outcome: Outcome) -> Range:
    return Range(bounds_of(outcome), (-inf, inf))


def _check_priors(evidence: Evidence, nuisance: Nuisance) -> None:
    """Require a normal prior of the baseline, whose integral is that of the vectorised likelihoods."""
    prior = nuisance.binary if isinstance(evidence, Binary) else nuisance.events
    if prior.name != "normal":
        raise InvalidInput("baseline", [f"found the prior {prior}; accepted here: normal(mean, sd)"])


def _instead(evidence: Evidence) -> str:
    """Return what a user can do about a report that is refused."""
    match evidence:
        case Events():
            return " because their over-dispersion is unknown before the trial (try --likelihood events_poisson)"
        case BareP():
            bound = " because whether a bound is printed depends on the paper"
            return " (try --likelihood reported_p)" if evidence.is_exact else bound
        case Significance():
            return " (try --likelihood reported_p)"
    return ""
