"""Scores of predictions, with bootstrap intervals over groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.calibration.predicting import SIGNIFICANT, Predictions

LEVELS = (0.95, 0.8, 0.5)
INTERVAL = (0.025, 0.975)  # of the bootstrap
AT_ONCE = 4_000_000  # values, over all samples, that are counted together


@dataclass(frozen=True)
class Outcomes:
    """What the later trials found, on the analysis scale, arrays of shape (rows,).

    Attributes
    ----------
    y, se : ndarray
    mcid : ndarray
        1 where the estimate is beyond the MCID, 0 where not, NaN where there is none.
    """

    y: FloatArray
    se: FloatArray
    mcid: FloatArray

    @property
    def positive(self) -> FloatArray:
        return (self.y > 0).astype(float)

    @property
    def significant(self) -> FloatArray:
        return (np.abs(self.y) >= SIGNIFICANT * self.se).astype(float)


@dataclass(frozen=True)
class Resampling:
    """Bootstrap samples of groups: how often each row is drawn.

    Attributes
    ----------
    of_row : ndarray of int, shape (rows,)
        The group of every row.
    times : ndarray, shape (samples, groups)
        How often a group is drawn; the first sample is the data, every group once.
    """

    of_row: IntArray
    times: FloatArray

    @classmethod
    def of(cls, group: np.ndarray, usable: IntArray, samples: int, seed: int) -> Resampling:
        """Draw samples of as many groups as there are, with replacement.

        Parameters
        ----------
        group : ndarray of object, shape (rows,)
        usable : ndarray of int
            The rows that are scored. A group without any of them is not drawn; other rows have no scores, and count
            for nothing wherever they are.
        samples : int
        seed : int
        """
        names, codes = np.unique(group[usable].astype(str), return_inverse=True)
        of_row = np.zeros(len(group), dtype=np.intp)
        of_row[usable] = codes
        random = np.random.default_rng(seed)
        n = len(names)
        drawn = random.multinomial(n, np.full(n, 1 / n), size=samples)
        return cls(of_row, np.concatenate([np.ones((1, n)), drawn]).astype(float))

    @property
    def groups(self) -> int:
        return int(self.times.shape[1])

    def mean(self, values: FloatArray) -> FloatArray:
        """Return the mean over the rows of each sample, shape (samples + 1,); NaN is left out."""
        there = np.isfinite(values)
        total = np.bincount(self.of_row, np.where(there, values, 0.0), self.groups)
        count = np.bincount(self.of_row, there, self.groups)
        with np.errstate(invalid="ignore"):
            return np.asarray((self.times @ total) / (self.times @ count))

    def median(self, values: FloatArray) -> FloatArray:
        """Return the median over the rows of each sample, shape (samples + 1,); NaN is left out.

        It is NaN where no row of a sample has a value.
        """
        order = np.flatnonzero(np.isfinite(values))
        order = order[np.argsort(values[order], kind="stable")]
        if not len(order):
            return np.full(len(self.times), np.nan)
        at_once = max(1, AT_ONCE // len(order))
        parts = np.array_split(self.times, range(at_once, len(self.times), at_once))
        return np.concatenate([_medians(values[order], times[:, self.of_row[order]]) for times in parts])


def _medians(values: FloatArray, times: FloatArray) -> FloatArray:
    """Return the median of ascending values in each sample, in which a value is counted so many times."""
    weight = np.cumsum(times, axis=1)
    half = weight[:, -1:] / 2
    lower, upper = (weight < half).sum(axis=1), (weight <= half).sum(axis=1)
    last = len(values) - 1
    middle = (values[np.minimum(lower, last)] + values[np.minimum(upper, last)]) / 2
    return np.asarray(np.where(half[:, 0] > 0, middle, np.nan))


@dataclass(frozen=True)
class Score:
    """A score, and the 95% interval of its bootstrap."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, samples: FloatArray) -> Score:
        """Return the score of the data, the first of the samples, with the interval of the others."""
        again = samples[1:][np.isfinite(samples[1:])]
        low, high = np.quantile(again, INTERVAL) if len(again) else (np.nan, np.nan)
        return cls(float(samples[0]), float(low), float(high))


def pointwise(found: Predictions, later: Outcomes) -> dict[str, FloatArray]:
    """Return the score of every pair, NaN where there is no prediction; all but two are averaged.

    `median_error` and `width_95` are summarised by their medians. `direction_stated` is the larger of the two
    predictive probabilities of a direction, `direction_seen` whether the later estimate had that direction.
    """
    there = np.isfinite(found.pit)

    def where(values: FloatArray) -> FloatArray:
        return np.where(there, values, np.nan)

    away = 2 * np.abs(found.pit - 0.5)
    covered = {f"coverage_{100 * level:.0f}": where((away <= level).astype(float)) for level in LEVELS}
    likelier = np.maximum(found.p_positive, 1 - found.p_positive)
    right = np.where(found.p_positive >= 0.5, later.positive, 1 - later.positive)
    return covered | {
        "log_density": found.log_density,
        "median_error": np.abs(later.y - found.median),
        "width_95": found.high - found.low,
        "brier_direction": where((found.p_positive - later.positive) ** 2),
        "width_50": found.upper - found.lower,
        "direction_stated": where(likelier),
        "direction_seen": where(right),
        "brier_mcid": (found.p_mcid - later.mcid) ** 2,
        "brier_significant": where((found.p_significant - later.significant) ** 2),
    }


OF_MEDIANS = ("median_error", "width_95", "width_50")


def scored(each: dict[str, FloatArray], over: Resampling) -> dict[str, FloatArray]:
    """Return every score of the data and of each bootstrap sample, shape (samples + 1,)."""
    return {name: over.median(values) if name in OF_MEDIANS else over.mean(values) for name, values in each.items()}
