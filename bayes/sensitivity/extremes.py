"""The lowest and the highest probability of a range, and where they were found."""

from __future__ import annotations

from collections.abc import Sequence

TIE = 1e-6  # what two quadratures of the same number may differ by: no reason to name the one or the other

Found = Sequence[tuple[float, str]]  # a probability, and what was assumed


def extremes(found: Found) -> tuple[tuple[float, str], tuple[float, str]]:
    """Lowest and highest; of several that are equal within `TIE` the one that stands first."""
    lowest, highest = min(p for p, _ in found), max(p for p, _ in found)
    low = next(where for p, where in found if p <= lowest + TIE)
    high = next(where for p, where in found if p >= highest - TIE)
    return (lowest, low), (highest, high)
