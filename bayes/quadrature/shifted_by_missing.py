"""Likelihood curves of an effect that patients without an outcome shift: of means, and of ordinal scales.

The effect in all patients is that in patients with an outcome plus D = d1 - d0, where d_a is what the patients without
an outcome of arm a contribute, a function of their departure lambda and their share phi:

* means: d = phi lambda S, exactly, with lambda in standard deviations S (Mavridis et al. 2015, Stat Med 34:721-41);
* ordinal: the cumulative shares F_k of an arm become (1 - phi) F_k + phi expit(logit F_k + lambda), and d is the
  change of the common log odds ratio that proportional odds fit to the shares of all patients: the value to which the
  estimate would tend in a large trial with these shares.

L(theta) = E[L_seen(theta - D)], the likelihood of patients with an outcome averaged over lambda and phi, arm by arm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np
from scipy.interpolate import RectBivariateSpline

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.checks import common_odds
from bayes.paper.evidence import Means, OrdinalTable
from bayes.paper.evidence.arms import TwoArmed
from bayes.paper.trial import Outcome
from bayes.quadrature.departures import FARTHEST, Departures, normal_nodes, shares_missing
from bayes.quadrature.likelihood_curve import Curve, Landmarks, LogCurve, tabulated

LAMBDA = FARTHEST / 6 * np.sinh(np.linspace(-1, 1, 25) * np.arcsinh(6))  # where a common odds ratio is fitted
PARTS = 4  # shares of missing patients for which it is, zero among them
METHOD = "convolution with the shift by patients without an outcome"
Counts = tuple[int, ...]  # patients by category, best first
Shift = Callable[[FloatArray, FloatArray], FloatArray]  # of the effect, by lambda and the share of missing patients


@dataclass(frozen=True)
class _Arm:
    """The patients of an arm with and without an outcome, and how the latter shift the effect."""

    seen: int
    missing: int
    shift: Shift

    def slope(self, sd: float) -> float:
        """Return how far a standard deviation of lambda shifts the effect at most."""
        share = np.full(len(LAMBDA), self.missing / (self.missing + self.seen))
        return sd * float(np.abs(np.gradient(self.shift(LAMBDA, share), LAMBDA)).max())

    def shifts(self, mean: float, sd: float, width: float) -> tuple[FloatArray, FloatArray]:
        """Return shifts of the effect and their log weights, for a normal lambda and a curve of this width."""
        z, log_w = normal_nodes(width / max(self.slope(sd), 1e-9)) if sd else (np.zeros(1), np.zeros(1))
        share, log_v = shares_missing(self.missing, self.seen)
        lam, phi = np.meshgrid(mean + sd * z, share, indexing="ij")
        return self.shift(lam.ravel(), phi.ravel()), np.add.outer(log_w, log_v).ravel()


def curve(outcome: Outcome, missing: TwoArmed[int], departures: Departures, main: Curve) -> Curve:
    """Return the curve of the effect in all patients, with and without an outcome.

    Parameters
    ----------
    outcome : Outcome
        Means, or an ordinal scale; its numbers are of patients with an outcome.
    missing : TwoArmed of int
        Patients without an outcome.
    departures : Departures
        Differences in standard deviations, or log odds ratios in the direction that a common odds ratio counts.
    main : Curve
        The curve of patients with an outcome.
    """
    treatment, control = _arms(outcome, missing)
    if not departures.together:
        return _convolved(treatment, control, departures, main)
    moved = treatment.slope(departures.treatment[1]) + control.slope(departures.control[1])
    z, log_weight = normal_nodes(main.width / max(moved, 1e-9))
    (mean1, own1), (mean0, own0) = departures.given_shared(z)
    given = [Departures((m1, own1), (m0, own0)) for m1, m0 in zip(mean1, mean0, strict=True)]
    curves = [_convolved(treatment, control, one, main) for one in given]

    def log_l(theta: FloatArray) -> FloatArray:
        return log_sum_exp([w + one(theta) for w, one in zip(log_weight, curves, strict=True)], axis=0)

    apart = _convolved(treatment, control, replace(departures, correlation=0.0), main)
    return _tabulated(log_l, (apart.centre, apart.width), main)


def _convolved(treatment: _Arm, control: _Arm, departures: Departures, main: Curve) -> Curve:
    """Average the curve over the shifts by both arms, whose departures are independent."""
    found = main
    for arm, (mean, sd), way in ((treatment, departures.treatment, 1.0), (control, departures.control, -1.0)):
        shift, log_weight = arm.shifts(mean, sd, main.width)
        weight = np.exp(log_weight)
        centre = float(weight @ shift)
        spread = float(weight @ (shift - centre) ** 2)
        at = found.centre + way * centre, (found.width**2 + spread) ** 0.5
        found = _tabulated(partial(_averaged, found, way * shift, log_weight), at, main)
    return found


def _averaged(curve_: Curve, shift: FloatArray, log_weight: FloatArray, theta: FloatArray) -> FloatArray:
    moved = theta[:, None] - shift
    found: FloatArray = log_sum_exp(curve_(moved.ravel()).reshape(moved.shape) + log_weight, axis=1)
    return found


def _tabulated(log_l: LogCurve, at: Landmarks, main: Curve) -> Curve:
    like = replace(main, centre=at[0], width=at[1])
    found = tabulated(log_l, at, METHOD, unit=main.unit, like=like)
    return replace(like, parts=found.parts, method=METHOD, normal=None, textbook=None)


def _arms(outcome: Outcome, missing: TwoArmed[int]) -> tuple[_Arm, _Arm]:
    shifts: tuple[Shift, Shift]
    match outcome.evidence:
        case Means() as means:
            sd = means.sd_of_observations(outcome.measure)
            sizes, shifts = means.sizes, (partial(_of_mean, sd), partial(_of_mean, sd))
        case OrdinalTable() as table:
            _, t, c = zip(*table.observed, strict=True)
            sizes, shifts = table.sizes, _of_table(t, c, (missing.treatment, missing.control), outcome.sign)
        case other:
            raise TypeError(f"{other.kind} evidence where means or an ordinal scale were expected")
    of_t, of_c = shifts
    return _Arm(sizes.treatment, missing.treatment, of_t), _Arm(sizes.control, missing.control, of_c)


def _of_mean(sd: float, lam: FloatArray, share: FloatArray) -> FloatArray:
    return sd * lam * share


@lru_cache(maxsize=32)  # of a table, each of a hundred fits takes a few milliseconds
def _of_table(treatment: Counts, control: Counts, lost: tuple[int, int], sign: int) -> tuple[Shift, Shift]:
    """Return how the patients without an outcome of either arm shift the common log odds ratio."""
    counts = [np.array(arm, float) for arm in (treatment, control)]
    shares = [arm / arm.sum() for arm in counts]
    totals = [arm.sum() + more for arm, more in zip(counts, lost, strict=True)]

    def common(of_t: FloatArray, of_c: FloatArray) -> float:
        found = common_odds.fit((totals[0] * of_t).tolist(), (totals[1] * of_c).tolist())
        if found is None:
            raise LookupError("the arms do not overlap: there is no common odds ratio to shift")
        return sign * found.theta

    as_seen = common(shares[0], shares[1])

    def of_arm(arm: int) -> Shift:
        if not lost[arm]:
            return _no_shift
        portions = np.linspace(0.0, float(shares_missing(lost[arm], int(counts[arm].sum()))[0].max()), PARTS)

        def change(lam: float, portion: float) -> float:
            if not portion:
                return 0.0
            mixed = _mixture(shares[arm], sign * lam, portion)
            return common(mixed, shares[1]) - as_seen if arm == 0 else as_seen - common(shares[0], mixed)

        values = [[change(lam, portion) for portion in portions] for lam in LAMBDA]
        return partial(_interpolated, RectBivariateSpline(LAMBDA, portions, values, s=0))

    return of_arm(0), of_arm(1)


def _no_shift(lam: FloatArray, share: FloatArray) -> FloatArray:
    return np.zeros_like(lam)


def _interpolated(spline: RectBivariateSpline, lam: FloatArray, share: FloatArray) -> FloatArray:
    found: FloatArray = spline.ev(np.clip(lam, -FARTHEST, FARTHEST), share)
    return found


def _mixture(shares: FloatArray, log_odds: float, portion: float) -> FloatArray:
    """Return the category shares of all patients of an arm, of whom a portion has other odds of a better category."""
    upto = np.cumsum(shares)[:-1]
    tilted = upto * np.exp(log_odds) / (1 + upto * np.expm1(log_odds))
    mixed: Sequence[float] = (1 - portion) * upto + portion * tilted
    return np.diff(mixed, prepend=0.0, append=1.0)
