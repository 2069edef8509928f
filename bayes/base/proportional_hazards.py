"""The hazard ratio of two arms by Cox's partial likelihood, and a test of whether it is constant.

At an event time with d events, of which d1 in the treatment arm, and n1 and n0 patients at risk, Efron's approximation
(1977, J Am Stat Assoc 72:557-65) for ties contributes

    d1 theta - sum over l = 0 .. d - 1 of log{(n0 - l d0 / d) + (n1 - l d1 / d) e^theta}

whose derivatives need only the probabilities p_l that an event is in the treatment arm.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, inf, sqrt

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.base.kaplan_meier import Patients

STEPS, FAR = 50, 20.0  # of Newton's method; a log hazard ratio as large as this has no maximum


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """Two arms at the distinct times at which either had an event.

    Attributes
    ----------
    times, n1, n0, d1, d0 : FloatArray
        The times, and the patients at risk and events of the treatment (1) and the control arm (0) at each.
    """

    times: FloatArray
    n1: FloatArray
    n0: FloatArray
    d1: FloatArray
    d0: FloatArray

    @classmethod
    def of(cls, treatment: Patients, control: Patients) -> Comparison:
        """Count both arms at the times of all events."""
        times = np.unique(np.concatenate([arm.times[arm.events > 0] for arm in (treatment, control)]))
        n1, n0 = (arm.at_risk(times) for arm in (treatment, control))
        return cls(times, n1, n0, treatment.events_at(times), control.events_at(times))

    def between(self, after: float, until: float) -> Comparison:
        """Return the part of the comparison after one time and up to another, among those still at risk."""
        kept = (self.times > after) & (self.times <= until)
        return Comparison(*(part[kept] for part in (self.times, self.n1, self.n0, self.d1, self.d0)))

    @property
    def median_event(self) -> float:
        """The time by which half of the events of both arms together had occurred."""
        passed = np.cumsum(self.d1 + self.d0)
        return float(self.times[np.searchsorted(passed, passed[-1] / 2)])

    def log_hazard_ratio(self) -> tuple[float, float]:
        """Return the log hazard ratio of treatment against control, and its standard error.

        The error is infinite where there is no maximum, as if one arm has no event.
        """
        theta, total = 0.0, float(self.d1.sum())
        for _ in range(STEPS):
            expected, information = (float(part.sum()) for part in self._moments(theta))
            if not information > 0:
                return theta, inf
            step = (total - expected) / information
            theta += max(-1.0, min(1.0, step))
            if abs(theta) > FAR:
                return theta, inf
            if abs(step) < 1e-12:
                break
        return theta, float(self._moments(theta)[1].sum()) ** -0.5

    def test_of_proportionality(self) -> tuple[float, float]:
        """Test whether the log hazard ratio changes with time; return the statistic, chi-square on 1 df, and its p.

        The score test of a slope of the log hazard ratio over g(t) = 1 - S(t-), S being the Kaplan-Meier curve of both
        arms together: with Schoenfeld residuals r and their variances v,
        {sum g r}^2 / {sum g^2 v - (sum g v)^2 / sum v} (Grambsch and Therneau 1994, Biometrika 81:515-26).
        """
        theta, s = self.log_hazard_ratio()
        if s == inf:
            return 0.0, 1.0
        expected, v = self._moments(theta)
        n, d = self.n1 + self.n0, self.d1 + self.d0
        g = 1 - np.concatenate([[1.0], np.cumprod(1 - d / n)[:-1]])
        variance = float((g**2 * v).sum() - (g * v).sum() ** 2 / v.sum())
        if variance <= 0:
            return 0.0, 1.0
        statistic = float((g * (self.d1 - expected)).sum()) ** 2 / variance
        return statistic, erfc(sqrt(statistic / 2))

    def _moments(self, theta: float) -> tuple[FloatArray, FloatArray]:
        """Return the expected events of the treatment arm at each time, and their variances."""
        d = (self.d1 + self.d0).astype(int)
        row = np.repeat(np.arange(len(d)), d)
        first = np.cumsum(d) - d
        gone = (np.arange(len(row)) - first[row]) / d[row]  # the share of tied events that no longer count
        a1 = (self.n1[row] - gone * self.d1[row]) * np.exp(theta)
        p = a1 / (a1 + self.n0[row] - gone * self.d0[row])
        return np.bincount(row, p, len(d)), np.bincount(row, p * (1 - p), len(d))
