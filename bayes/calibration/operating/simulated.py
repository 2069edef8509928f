"""Repeated trials by simulation: ordinal tables, and the means and standard deviations of two arms.

Reports are drawn at true effects spread over the range that matters, and every one is read by the ordinary quadrature:
its log likelihood is evaluated at places a fraction of a standard error apart, with a cubic spline between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from scipy.special import expit, gammaln, logit, xlogy

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.numbers import significant
from bayes.calibration.operating.finite import FiniteReports
from bayes.calibration.operating.nodes import row_of_spots
from bayes.calibration.operating.study import Range
from bayes.paper.evidence import Evidence, Means, Ordinal
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature.densities import log_normal
from bayes.quadrature.likelihood_curve import LogCurve, through
from bayes.quadrature.means import log_curve
from bayes.quadrature.ordered_tables import log_proportional_odds
from bayes.quadrature.ordinal import concentration
from bayes.quadrature.starting_point import starting_point

ERRORS = 1.5  # standard errors beyond the outermost true effect at which reports are drawn
APART = 0.75  # standard errors between two effects at which they are drawn
OUT, PLACES = 9.0, 37  # standard errors from its estimate to which a likelihood is tabulated, and the number of places


@dataclass(frozen=True)
class Simulation:
    """How many reports are drawn, and the seed of the draws."""

    number: int
    seed: int


def ordinal_tables(
    outcome: Outcome, evidence: Ordinal, nuisance: Nuisance, effects: tuple[float, ...], simulation: Simulation
) -> FiniteReports:
    """Return the design of two multinomial arms under proportional odds.

    The control arm's shares are those observed, shrunken towards equal shares by the Dirichlet prior of the analysis,
    so that no category is impossible; categories that were empty in both arms are left out.
    """
    names, seen1, seen0 = zip(*evidence.observed, strict=True)
    n1, n0 = sum(seen1), sum(seen0)
    own = concentration(len(names), nuisance.ordinal)
    shares = (np.array(seen0) + own) / (n0 + own * len(names))
    width = outcome.known_standard_error
    thetas = spread(effects, outcome.null, width)
    rng = np.random.default_rng(simulation.seed)

    def cells(theta: FloatArray) -> FloatArray:
        """Return the shares under treatment, shape (n, categories)."""
        cuts = logit(np.cumsum(shares)[:-1]) + outcome.sign * theta[:, None]
        below = np.concatenate([np.zeros((len(theta), 1)), expit(cuts), np.ones((len(theta), 1))], axis=1)
        return np.diff(below, axis=1)

    at = np.resize(np.arange(len(thetas)), simulation.number)
    treated, control = rng.multinomial(n1, cells(thetas)[at]), rng.multinomial(n0, shares, size=simulation.number)

    def log_p(theta: FloatArray) -> FloatArray:
        ways = gammaln(n1 + 1) - gammaln(treated + 1).sum(axis=1)
        return np.asarray(ways[:, None] + xlogy(treated[:, None], cells(theta)).sum(axis=2))

    counted = zip(treated.tolist(), control.tolist(), strict=True)
    reports = [
        evidence.model_copy(
            update={"categories": names, "treatment": _whole(t), "control": _whole(c), "unit": "count", "n": None}
        )
        for t, c in counted
    ]
    listed = ", ".join(significant(share, 2) for share in shares)
    curves = [_tabulated(log_proportional_odds(one, nuisance), one) for one in _each(outcome, reports)]
    return _sampled(curves, thetas, log_p, f"control shares {listed}, about as observed", width)


def _whole(counts: Sequence[int]) -> tuple[Decimal, ...]:
    return tuple(Decimal(count) for count in counts)


def two_means(outcome: Outcome, evidence: Means, effects: tuple[float, ...], simulation: Simulation) -> FiniteReports:
    """Return the design of two arms of normal observations with the observed sizes and standard deviations."""
    t, c = evidence.treatment, evidence.control
    sd1, sd0, mean0 = float(t.sd), float(c.sd), float(c.mean)
    standardised = outcome.measure == "standardised_mean_difference"
    unit = evidence.sd_ratio * ((sd1**2 + sd0**2) / 2) ** 0.5 if standardised else 1.0
    width = outcome.known_standard_error
    thetas = spread(effects, outcome.null, width)
    rng = np.random.default_rng(simulation.seed)
    at = np.resize(np.arange(len(thetas)), simulation.number)
    error1, error0 = sd1 / t.n**0.5, sd0 / c.n**0.5
    mean1 = mean0 + unit * thetas[at] + error1 * rng.standard_normal(simulation.number)
    drawn0 = mean0 + error0 * rng.standard_normal(simulation.number)
    s1, s0 = (sd * (rng.chisquare(n - 1, simulation.number) / (n - 1)) ** 0.5 for sd, n in ((sd1, t.n), (sd0, c.n)))

    def log_p(theta: FloatArray) -> FloatArray:
        return log_normal(mean1[:, None] - mean0 - unit * theta, 0.0, error1)

    bare = {"se": None, "ci": None}
    reports = [
        evidence.model_copy(
            update={
                "treatment": t.model_copy(update=bare | {"mean": Decimal(repr(a)), "sd": Decimal(repr(sa))}),
                "control": c.model_copy(update=bare | {"mean": Decimal(repr(b)), "sd": Decimal(repr(sb))}),
            }
        )
        for a, b, sa, sb in zip(mean1.tolist(), drawn0.tolist(), s1.tolist(), s0.tolist(), strict=True)
    ]
    words = f"standard deviations {significant(sd1)} and {significant(sd0)} as observed"
    curves = [
        _tabulated(log_curve(report, outcome.measure), one)
        for report, one in zip(reports, _each(outcome, reports), strict=True)
    ]
    return _sampled(curves, thetas, log_p, words, width)


def spread(effects: tuple[float, ...], null: float, width: float) -> FloatArray:
    """Return the true effects at which reports are drawn."""
    low, high = min(*effects, null) - ERRORS * width, max(*effects, null) + ERRORS * width
    return np.linspace(low, high, int(np.ceil((high - low) / (APART * width))) + 1)


def _each(outcome: Outcome, reports: Sequence[Evidence]) -> list[Outcome]:
    """Return the outcome with every simulated report in place of its own."""
    return [outcome.model_copy(update={"evidence": report}) for report in reports]


def _tabulated(log_l: LogCurve, outcome: Outcome) -> LogCurve:
    """Return a spline of a log likelihood around a rough estimate."""
    centre, s = starting_point(outcome)
    theta = centre + s * np.linspace(-OUT, OUT, PLACES)
    return through(theta, log_l(theta))


def _sampled(
    curves: Sequence[LogCurve],
    thetas: FloatArray,
    log_p: Callable[[FloatArray], FloatArray],
    baseline: str,
    width: float,
) -> FiniteReports:
    drawn = log_sum_exp(log_p(thetas), axis=1)[:, None]

    def log_l(theta: FloatArray, some: slice) -> FloatArray:
        return np.array([curve(theta) for curve in curves[some]])

    low, high = float(thetas[0]), float(thetas[-1])
    return FiniteReports(
        how=f"{len(curves):,} simulated reports, drawn at {len(thetas)} true effects and reweighted for each",
        baseline=baseline,
        width=width,
        truths=Range((-np.inf, np.inf), (low, high)),
        number=len(curves),
        log_l=log_l,
        log_p=lambda theta: log_p(theta) - drawn,
        spots=tuple(row_of_spots(low - 5 * width, high + 5 * width, 0.6 * width)),
        simulated=True,
    )
