"""Times to an event, some of them censored: Kaplan-Meier survival, and the mean time up to a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from bayes.base.arrays import FloatArray


@dataclass(frozen=True, eq=False, slots=True)
class Patients:
    """The patients of one arm.

    Attributes
    ----------
    times : FloatArray
        The time of the event or of censoring, ascending.
    events : FloatArray
        1 for an event, 0 for censoring; at equal times, events come first.
    """

    times: FloatArray
    events: FloatArray

    @classmethod
    def of(cls, times: FloatArray, events: FloatArray) -> Patients:
        """Put patients into order."""
        order = np.lexsort((-events, times))
        return cls(times[order], events[order])

    @property
    def n(self) -> int:
        return len(self.times)

    @property
    def total_events(self) -> int:
        return int(self.events.sum())

    def at_risk(self, at: FloatArray) -> FloatArray:
        """Return the number of patients whose time is at least each of these."""
        return (self.n - np.searchsorted(self.times, at, side="left")).astype(float)

    def events_at(self, at: FloatArray) -> FloatArray:
        """Return the number of events at each of these times."""
        own = self.times[self.events > 0]
        return (np.searchsorted(own, at, side="right") - np.searchsorted(own, at, side="left")).astype(float)


@dataclass(frozen=True, eq=False, slots=True)
class KaplanMeier:
    """The product-limit estimate of survival (Kaplan and Meier 1958), with Greenwood's variance.

    Attributes
    ----------
    times : FloatArray
        The distinct times of events, ascending.
    survival : FloatArray
        The proportion without the event just after each time.
    variance : FloatArray
        Greenwood's sum d / (n (n - d)) up to each time, the variance of log S; infinite once all have had the event.
    """

    times: FloatArray
    survival: FloatArray
    variance: FloatArray

    @classmethod
    def of(cls, patients: Patients) -> KaplanMeier:
        """Estimate the survival of an arm."""
        times = np.unique(patients.times[patients.events > 0])
        n, d = patients.at_risk(times), patients.events_at(times)
        with np.errstate(divide="ignore"):
            return cls(times, np.cumprod(1 - d / n), np.cumsum(d / (n * (n - d))))

    def at(self, time: float) -> tuple[float, float]:
        """Return the proportion without the event at a time, and its standard error."""
        i = int(np.searchsorted(self.times, time, side="right")) - 1
        if i < 0:
            return 1.0, 0.0
        share = float(self.survival[i])
        return share, share * sqrt(float(self.variance[i])) if share else 0.0

    def restricted_mean(self, until: float) -> tuple[float, float]:
        """Return the mean time without the event up to a horizon, the area under the curve, and its standard error.

        The variance is the sum over event times t of A(t)^2 d / (n (n - d)), with A(t) the area from t to the horizon
        (Klein and Moeschberger 2003, Survival Analysis, section 4.5; Uno et al. 2014, J Clin Oncol 32:2380-5).
        """
        within = self.times < until
        edges = np.concatenate([[0.0], self.times[within], [until]])
        areas = np.diff(edges) * np.concatenate([[1.0], self.survival[within]])
        beyond = np.cumsum(areas[::-1])[::-1][1:]  # the area from each event time to the horizon
        terms = np.diff(self.variance[within], prepend=0.0)
        known = beyond > 0  # nothing remains where all have had the event
        return float(areas.sum()), sqrt(float((beyond[known] ** 2 * terms[known]).sum()))
