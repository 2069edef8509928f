"""Readings of a result under assumptions about the patients without an outcome (METHODS 6).

The effect is that in all patients, under the main prior of the effect. In each arm, the patients without an outcome
depart from those with one by lambda: the log odds ratio of the event (IMOR), or a difference of means in standard
deviations (IMDOM); see `bayes.quadrature.departures`. Without a stated prior, lambda is Normal(0, 1) on the log odds
scale, as in the examples of metamiss in Stata (White and Higgins 2009, Stata J 9:57-69) and by default in R's rnmamod,
and Normal(0, sqrt(3) / pi) in standard deviations, which is the same for a logistic outcome (Chinn 2000, Stat Med
19:3127-31). The arms are independent, with rows for correlations of 0.5 (Mavridis et al. 2015) and 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import exp, pi, sqrt

from bayes import quadrature
from bayes.base.distributions import Distribution
from bayes.base.measures import ci_quantile
from bayes.base.numbers import number, significant
from bayes.paper.evidence import Binary, Means, OrdinalTable
from bayes.paper.missing import Missing
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature import risks_with_missing, shifted_by_missing
from bayes.quadrature.departures import Departures
from bayes.sensitivity.missing_extremes import counted_as, extreme_in_words

MISSING = "missing patients"
EXTREME = "missing patients, extremes"  # bounds on what could be, which no conclusion is asked to survive
AT_RANDOM = (0.0, 0.0)  # mean and sd of a departure that is known to be zero
LOG_ODDS, SDS = (0.0, 1.0), (0.0, sqrt(3) / pi)  # mean and sd of a departure by default
CORRELATIONS = (0.0, 0.5, 1.0)
Reading = tuple[str, str, Callable[[], quadrature.Curve]]


@dataclass(frozen=True)
class Lost:
    """The patients of an outcome who have none, and the effect in all patients under an assumption about them.

    Attributes
    ----------
    outcome : Outcome
    missing : Missing
    nuisance : Nuisance
        Priors of the parameters besides the effect.
    main : Curve
        The likelihood curve of the patients with an outcome.
    """

    outcome: Outcome
    missing: Missing
    nuisance: Nuisance
    main: quadrature.Curve

    @property
    def by_odds(self) -> bool:
        """Return whether the departure is a log odds ratio, not a difference of means."""
        return not isinstance(self.outcome.evidence, Means)

    @property
    def can_depart(self) -> bool:
        """Return whether a departure can be modelled: a common odds ratio must have an estimate to be shifted."""
        return isinstance(self.outcome.evidence, Binary | Means) or self.outcome.has_estimate

    @property
    def prior(self) -> Departures:
        """The stated joint prior of the departures, else the default."""
        default = LOG_ODDS if self.by_odds else SDS
        treatment, control = self.missing.departures(self.by_odds) or (default, default)
        return Departures(treatment, control, float(self.missing.correlation))

    def curve(self, departures: Departures) -> quadrature.Curve:
        """Return the curve of the effect in all patients."""
        if isinstance(self.outcome.evidence, Binary):
            return risks_with_missing.curve(self.outcome, self.nuisance, self.missing, departures, self._smooth)
        return shifted_by_missing.curve(self.outcome, self.missing, departures, self._smooth)

    @cached_property
    def _smooth(self) -> quadrature.Curve:
        """The main curve as a spline, since every reading evaluates it many times."""
        return quadrature.smoothed(self.main)

    def said(self, departure: tuple[float, float]) -> str:
        """Describe the prior of a departure, with its central 95% in words."""
        (mean, sd), (low, high) = departure, self.limits(departure)
        expression = Distribution("normal", (float(significant(mean, group="")), float(significant(sd, group=""))))
        if self.by_odds:
            return f"log odds ratio {expression}, {low} to {high} times the odds"
        return f"{expression}, {low} to {high} SDs"

    def limits(self, departure: tuple[float, float]) -> tuple[str, str]:
        """Return the central 95% of a departure in words, as odds ratios or in standard deviations."""
        mean, sd = departure
        reach = ci_quantile(0.95) * sd
        low, high = (number(exp(end) if self.by_odds else end) for end in (mean - reach, mean + reach))
        return low, high


def lost(outcome: Outcome, nuisance: Nuisance, main: quadrature.Curve) -> Lost | None:
    """Return the patients without an outcome, or None if none are stated."""
    if outcome.missing is None:
        return None
    return Lost(outcome, outcome.missing, nuisance, main)


def spread_in_words(found: Lost) -> str:
    """Describe how far patients without an outcome may depart under the main prior of their departures, as a clause."""
    prior, missing, how = found.prior, found.missing, "95%"
    if missing.treatment and missing.control:
        r = prior.correlation
        how += ", independently in both arms" if r == 0 else f", with a correlation of {r:g} between the arms"
        if prior.control != prior.treatment:
            how += "; of the treatment arm, the prior of the control arm differs"
    low, high = found.limits(prior.treatment if missing.treatment else prior.control)
    if found.by_odds:
        said = f"their odds of {odds_of(found.outcome)} were {low} to {high} times those of the others of their arm"
    else:
        said = f"their mean differed by {low} to {high} standard deviations from that of the others of their arm"
    return f"{said} ({how})"


def odds_of(outcome: Outcome) -> str:
    """Return what the odds of an outcome are odds of, in words."""
    if isinstance(outcome.evidence, OrdinalTable):
        return "a better category" if outcome.benefit == "higher" else "a worse category"
    return "the event"


def with_missing(outcome: Outcome, nuisance: Nuisance, main: quadrature.Curve) -> Iterator[Reading]:
    """Yield (question, words, curve) under each assumption about the patients without an outcome."""
    found = lost(outcome, nuisance, main)
    if found is None:
        return
    yield MISSING, "missing at random", lambda: main
    if found.can_depart:
        for words, departures in _priors(found):
            yield MISSING, words, partial(found.curve, departures)
    for best in (True, False):
        if (extreme := _extreme(found, best)) is not None:
            yield EXTREME, extreme_in_words(outcome, best), partial(quadrature.curve, extreme, nuisance)


def _priors(found: Lost) -> Iterator[tuple[str, Departures]]:
    """Yield the joint priors of the departures: the stated one, others of their correlation, and of one arm only."""
    prior, missing = found.prior, found.missing
    alike = prior.treatment == prior.control
    both = found.said(prior.treatment)
    if not alike:
        both = f"treatment {both}; control {found.said(prior.control)}"
    if missing.treatment and missing.control:
        for correlation in dict.fromkeys((prior.correlation, *CORRELATIONS)):
            how = f"correlation {correlation:g} between the arms"
            if correlation == 0:
                how = "independent in both arms"
            elif correlation == 1 and alike:
                how = "the same in both arms"
            yield f"{both}; {how}", replace(prior, correlation=correlation)
    if missing.treatment:
        yield f"{found.said(prior.treatment)}; treatment arm only", Departures(prior.treatment, AT_RANDOM)
    if missing.control:
        yield f"{found.said(prior.control)}; control arm only", Departures(AT_RANDOM, prior.control)


def of_members(
    members: Sequence[Outcome], nuisance: Nuisance, curves: Sequence[quadrature.Curve]
) -> Iterator[tuple[str, str, Callable[[], dict[int, quadrature.Curve]]]]:
    """Yield (question, words, curves by position) of a synthesis, with all reports that state missing patients changed.

    Every report has its own departures, independent of those of the others.
    """
    losing = {i: found for i, member in enumerate(members) if (found := lost(member, nuisance, curves[i])) is not None}
    if not losing:
        return
    many = f"{len(losing)} of {len(members)} reports"
    able = {i: found for i, found in losing.items() if found.can_depart}
    if able:
        yield (
            MISSING,
            f"departures by their priors, {many}",
            lambda: {i: one.curve(one.prior) for i, one in able.items()},
        )
    for best in (True, False):
        changed = {i: _extreme(one, best) for i, one in losing.items()}
        counted = {i: outcome for i, outcome in changed.items() if outcome is not None}
        if counted:
            case = "best case for the treatment" if best else "worst case for the treatment"
            yield EXTREME, f"{case}, {many}", partial(_extremes, counted, nuisance)


def _extreme(found: Lost, best: bool) -> Outcome | None:
    """Return the outcome with its missing patients counted in favour of one arm; None if it has no best or worst."""
    evidence = counted_as(found.outcome, found.missing, best)
    if evidence is None:
        return None
    return found.outcome.model_copy(update={"evidence": evidence, "missing": None, "likelihood": None})


def _extremes(outcomes: dict[int, Outcome], nuisance: Nuisance) -> dict[int, quadrature.Curve]:
    return {i: quadrature.curve(outcome, nuisance) for i, outcome in outcomes.items()}
