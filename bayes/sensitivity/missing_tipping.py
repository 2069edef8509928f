"""Tipping points of the patients without an outcome: how different they must be for a conclusion to change.

The departure lambda is fixed, in one arm or in opposite directions in both, and P is the posterior probability of the
effect in all patients under the main prior (Yan, Lee and Li 2009, J Biopharm Stat 19:1085-98; Higgins, White and Wood
2008, Clin Trials 5:225-39). The crossings of a target are found on a spline of P through a grid of lambda.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, isfinite

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import logit

from bayes.base.arrays import FloatArray
from bayes.base.numbers import bound, number, significant
from bayes.paper.evidence import Means
from bayes.paper.trial import Outcome
from bayes.quadrature.departures import Departures
from bayes.sensitivity.missing_patients import Lost, lost, odds_of
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_row import Tipped, TippingRow, tipping_row

LOG_ODDS = np.log(1000.0) * np.linspace(-1, 1, 17)  # beyond which missing patients are as good as all, or none
SDS = np.linspace(-4, 4, 17)


@dataclass(frozen=True)
class _Way:
    """One way in which the patients without an outcome depart."""

    vary: str  # imor_treatment, imor_opposite, imdom_control, ...
    treatment: float  # lambda of the treatment arm per unit
    control: float
    at: str  # what is held fixed, in words

    def departures(self, lam: float) -> Departures:
        """Return the departures at a value of lambda."""
        return Departures((self.treatment * lam, 0.0), (self.control * lam, 0.0))


def missing_tipping_rows(
    subject: Subject, probabilities: Sequence[Tipped], targets: Sequence[float]
) -> Iterator[TippingRow]:
    """Yield a row per way, probability and target; none without patients whose outcome is missing.

    `value` is lambda in the arm that `vary` names (for opposite departures, in the treatment arm, its negative in the
    control arm): a log odds ratio, or a number of standard deviations. `natural` is the odds ratio, or the difference
    on the measure's own scale.
    """
    outcome = subject.target
    found = lost(outcome, subject.analysis.nuisance, subject.curve) if isinstance(outcome, Outcome) else None
    if found is None or not found.can_depart:
        return
    grid = LOG_ODDS if found.by_odds else SDS
    for way in _ways(found):
        summaries = [subject.probabilities_of_curve(found.curve(way.departures(lam))) for lam in grid]
        for probability in probabilities:
            values = np.array([summary[probability] for summary in summaries], dtype=float)
            for target in targets:
                yield _row(found, way, probability, target, grid, values)


def _ways(found: Lost) -> Iterator[_Way]:
    """Yield the ways that concern arms with missing patients."""
    missing, name = found.missing, "imor" if found.by_odds else "imdom"
    if missing.treatment:
        yield _Way(f"{name}_treatment", 1.0, 0.0, "missing controls are like the other controls")
    else:
        yield _Way(f"{name}_control", 0.0, 1.0, "no treated patient is missing")
    if missing.treatment and missing.control:
        yield _Way(f"{name}_opposite", 1.0, -1.0, "missing controls depart the other way")


def _row(
    found: Lost, way: _Way, probability: Tipped, target: float, grid: FloatArray, values: FloatArray
) -> TippingRow:
    roots = crossings_of(grid, values, target)
    if not roots:
        span = _span(found, grid)
        reason = f"never: between {bound(values.min())} and {bound(values.max())} {span}"
        return tipping_row(way.vary, probability, target, way.at, reason)
    lam = min(roots, key=abs)
    natural = exp(lam) if found.by_odds else lam * _unit(found)
    return tipping_row(way.vary, probability, target, way.at, _meaning(found, way, lam), lam, natural)


def crossings_of(grid: FloatArray, values: FloatArray, target: float) -> list[float]:
    """Return where a probability crosses a target, from a spline of its logit through a grid.

    Parameters
    ----------
    grid, values : ndarray, shape (n,)
    target : float
    """
    gap = logit(np.clip(values, 1e-12, 1 - 1e-12)) - logit(target)
    return [float(root) for root in CubicSpline(grid, gap).roots(extrapolate=False) if isfinite(root)]


def _unit(found: Lost) -> float:
    """Return a standard deviation on the measure's own scale."""
    evidence = found.outcome.evidence
    return evidence.sd_of_observations(found.outcome.measure) if isinstance(evidence, Means) else 1.0


def _span(found: Lost, grid: FloatArray) -> str:
    if found.by_odds:
        return f"for odds ratios from 1/{exp(grid[-1]):.0f} to {exp(grid[-1]):.0f}"
    return f"for differences from {grid[0]:g} to {grid[-1]:g} SDs"


def _meaning(found: Lost, way: _Way, lam: float) -> str:
    """Say what lambda means for the patients without an outcome."""
    arm = "controls" if way.control > 0 else "treated patients"
    if found.by_odds:
        of = odds_of(found.outcome)
        said = f"if missing {arm} had {_times(exp(lam))} times the odds of {of} of those with an outcome"
        return said + (f", and missing controls {_times(exp(-lam))} times" if way.control < 0 else "")
    size, unit = abs(lam) * _unit(found), "" if found.outcome.measure == "mean_difference" else " SDs"
    side, other = ("higher", "lower") if lam > 0 else ("lower", "higher")
    said = f"if the mean of missing {arm} were {number(size)}{unit} {side} than that of those with an outcome"
    return said + (f", and that of missing controls as much {other}" if way.control < 0 else "")


def _times(ratio: float) -> str:
    """Write an odds ratio below 1 as a fraction, which is easier to grasp."""
    return significant(ratio) if ratio >= 1 else f"1/{significant(1 / ratio)}"
