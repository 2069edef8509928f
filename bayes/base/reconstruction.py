"""Patients reconstructed from a Kaplan-Meier curve that was read off a figure, with the numbers at risk below it.

The method of Guyot et al. (2012, BMC Med Res Methodol 12:9). Between two printed numbers at risk, censoring is taken to
be uniform. At a reading S of the curve with n patients at risk, and K the reconstructed curve after its last event,

    d = round{n (1 - S / K)}                     events, whose drop then makes the new K

and the number censored in the interval is that with which as many patients remain at its end as are printed there. It
is found by iteration from its expectation, n S_end / S_start - n_end, by the excess of remaining over printed patients.
After the last printed number, patients are censored at the rate of the earlier intervals or, where the total number of
events is printed, as many as leave that total. Patients who remain at the end of the curve are censored there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import NamedTuple

import numpy as np

from bayes.base.arrays import FloatArray
from bayes.base.kaplan_meier import Patients

ROUNDS = 100  # of the iteration for the number censored


class Curve(NamedTuple):
    """What is read off the figure for one arm.

    Attributes
    ----------
    times, survival : tuple of float
        The readings, in order of time; survival as a proportion.
    at_risk_times, at_risk : tuple
        The times and numbers of the table below the figure, from time 0.
    events : int or None
        The total number of events, if printed.
    """

    times: tuple[float, ...]
    survival: tuple[float, ...]
    at_risk_times: tuple[float, ...]
    at_risk: tuple[int, ...]
    events: int | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Reconstruction:
    """What was reconstructed for one arm.

    Attributes
    ----------
    patients : Patients
    levelled : float
        The largest change of a reading that makes the curve monotone.
    at_risk : tuple of int
        The numbers at risk of these patients at the printed times.
    """

    patients: Patients
    levelled: float
    at_risk: tuple[int, ...]


@lru_cache(maxsize=128)
def reconstruct(curve: Curve) -> Reconstruction:
    """Reconstruct the patients of an arm.

    Parameters
    ----------
    curve : Curve
        The first number at risk is that of all patients, at time 0.

    Returns
    -------
    Reconstruction
    """
    times, survival, levelled = monotone(curve.times, curve.survival)
    starts, end = curve.at_risk_times, max(float(times[-1]), curve.at_risk_times[-1])
    edges = [*np.searchsorted(times, starts).tolist(), len(times)]
    state = _State(curve.at_risk[0], 1.0)
    for i, (start, stop) in enumerate(zip(starts, [*starts[1:], end], strict=True)):
        readings = slice(edges[i], edges[i + 1])
        part = _Interval(start, stop, times[readings].tolist(), survival[readings].tolist())
        if i + 1 < len(starts):
            state = _until(state, part, curve.at_risk[i + 1])
        else:
            state = _last(state, part, curve.events)
    patients = state.patients(end)
    return Reconstruction(patients, levelled, tuple(int(n) for n in patients.at_risk(np.array(starts))))


def monotone(times: Sequence[float], survival: Sequence[float]) -> tuple[FloatArray, FloatArray, float]:
    """Level the small rises that reading makes, by least squares (pooling adjacent violators).

    Readings at one time are points of the same vertical drop, and are put into descending order first.

    Returns
    -------
    times, survival : FloatArray
        The curve, which never rises, and is at most 1.
    largest : float
        The largest change of a reading.
    """
    at, read = np.array(times), np.array(survival)
    order = np.lexsort((-read, at))
    at, read = at[order], read[order]
    blocks: list[tuple[float, int]] = []  # mean and number of the readings that share a level
    for value in np.minimum(read, 1.0).tolist():
        blocks.append((value, 1))
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            (a, m), (b, k) = blocks[-2:]
            blocks[-2:] = [((a * m + b * k) / (m + k), m + k)]
    level = np.repeat([value for value, _ in blocks], [count for _, count in blocks])
    return at, level, float(np.abs(level - read).max())


class _Interval(NamedTuple):
    """An interval between printed numbers at risk, with its readings."""

    start: float
    end: float
    times: list[float]
    survival: list[float]


class _State(NamedTuple):
    """The patients who remain and the reconstructed curve, with the events and the censored of earlier intervals.

    Events are pairs of a time and a number; the censored of an interval are its start, their distance and their number.
    """

    n: int
    survival: float
    events: tuple[tuple[float, int], ...] = ()
    censored: tuple[tuple[float, float, int], ...] = ()

    @property
    def total_events(self) -> int:
        return sum(count for _, count in self.events)

    def patients(self, end: float) -> Patients:
        """Return all patients; those who remain are censored at the end of the curve."""
        gone = [start + step * np.arange(1, count + 1) for start, step, count in self.censored]
        events = np.repeat([time for time, _ in self.events], [count for _, count in self.events])
        times = np.concatenate([events, *gone, np.full(self.n, end)])
        return Patients.of(times, (np.arange(len(times)) < len(events)).astype(float))


def _after(state: _State, part: _Interval, censored: int) -> _State:
    """Return the state after an interval in which so many patients are censored, at equal distances."""
    step = (part.end - part.start) / (censored + 1)
    n, survival, events, gone = state.n, state.survival, list(state.events), 0
    for time, read in zip(part.times, part.survival, strict=True):
        passed = max(0, min(censored, ceil((time - part.start) / step) - 1)) if step else 0
        left = min(passed - gone, n)
        n, gone = n - left, gone + left
        died = round(n * (1 - read / survival)) if read < survival else 0
        if died:
            survival *= 1 - died / n
            n -= died
            events.append((time, died))
    left = min(censored - gone, n)
    more = ((part.start, step, gone + left),) if gone + left else ()
    return _State(n - left, survival, tuple(events), state.censored + more)


def _until(state: _State, part: _Interval, printed: int) -> _State:
    """Return the state after an interval, with the number censored that leaves the printed number at risk, or nearly.

    A printed number that exceeds what the curve leaves without any censoring cannot be reached.
    """
    last = part.survival[-1] if part.survival else state.survival
    expected = state.n * last / state.survival if state.survival else 0.0
    censored, best, tried = max(0, round(expected - printed)), state, set[int]()
    while censored not in tried and len(tried) < ROUNDS:
        found = _after(state, part, censored)
        if not tried or abs(found.n - printed) < abs(best.n - printed):
            best = found
        tried.add(censored)
        censored = min(max(0, censored + found.n - printed), state.n)
    return best


def _last(state: _State, part: _Interval, total: int | None) -> _State:
    """Return the state after the last printed number at risk.

    As many are censored as the rate of the earlier intervals gives or, where the total number of events is printed, as
    many as leave that total.
    """
    earlier = sum(count for _, _, count in state.censored)
    rate = earlier / part.start if part.start else 0.0
    censored, best, tried = min(round(rate * (part.end - part.start)), state.n), state, set[int]()
    while censored not in tried and len(tried) < ROUNDS:
        found = _after(state, part, censored)
        if total is None:
            return found
        off = found.total_events - total
        if not tried or abs(off) < abs(best.total_events - total):
            best = found
        tried.add(censored)
        censored = min(max(0, censored + off), state.n)
    return best
