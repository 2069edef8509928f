"""The lowest and the highest probability of a range, and where they were found."""

from __future__ import annotations

from collections.abc import Sequence

TIE = 1e-6  # two quadratures of the same number may differ by this much, which is no reason to prefer the later one

Found = Sequence[tuple[float, str]]  # a probability, and the assumption that gives it


def extremes(found: Found) -> tuple[tuple[float, str], tuple[float, str]]:
    """Return the lowest and the highest; among values equal within `TIE`, the first."""
    lowest, highest = min(p for p, _ in found), max(p for p, _ in found)
    low = next(where for p, where in found if p <= lowest + TIE)
    high = next(where for p, where in found if p >= highest - TIE)
    return (lowest, low), (highest, high)
