"""Counts on a fixed grid: distributions of millions of numbers in the memory of a few thousand, with their quantiles.

A quantile is exact to the step of its grid; numbers beyond an end are counted in the last interval there.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from bayes.base.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Steps:
    """Equal intervals from one number to another."""

    low: float
    high: float
    number: int

    @property
    def width(self) -> float:
        return (self.high - self.low) / self.number

    def places(self, values: FloatArray) -> IntArray:
        """Return the interval of each value, the nearest for those beyond the ends."""
        below = np.floor((np.clip(values, self.low, self.high) - self.low) / self.width + 1e-9)
        return np.minimum(below.astype(np.int64), self.number - 1)


PROBABILITIES = Steps(0, 1, 10_000)
RATIOS = Steps(-4, 6, 10_000)
LOG_WIDTHS = Steps(0, 20, 20_000)  # of intervals of log ratios


@dataclass
class Tally:
    """How many values are in each interval.

    Attributes
    ----------
    steps : Steps
    counts : ndarray of int, shape (number,)
    """

    steps: Steps
    counts: IntArray = field(init=False)

    def __post_init__(self) -> None:
        self.counts = np.zeros(self.steps.number, dtype=np.int64)

    @property
    def n(self) -> int:
        """How many values were counted."""
        return int(self.counts.sum())

    def add(self, values: FloatArray) -> None:
        """Count values; those that are not finite are left out."""
        known = values[np.isfinite(values)]
        self.counts += np.bincount(self.steps.places(known), minlength=self.steps.number)

    def quantile(self, q: float) -> float | None:
        """Return a quantile, as if the values of an interval were spread evenly; None of no values."""
        return quantile(self.counts, self.steps, q)

    def coarse(self, number: int) -> IntArray:
        """Return the counts in fewer intervals, whose number divides that of the grid."""
        found: IntArray = self.counts.reshape(number, -1).sum(axis=1)
        return found


def quantile(counts: IntArray, steps: Steps, q: float) -> float | None:
    """Return a quantile of counted values; None of no values."""
    total = int(counts.sum())
    if not total:
        return None
    reached = np.cumsum(counts)
    place = int(np.searchsorted(reached, max(q * total, 0.5)))
    before = int(reached[place - 1]) if place else 0
    return float(steps.low + steps.width * (place + (q * total - before) / counts[place]))
