"""Numbers needed to treat for one more benefit or harm, from a difference of risks."""

from __future__ import annotations

from typing import TypedDict

from bayes.base.numbers import significant

NO_DIFFERENCE = 1e-9  # of two risks; less is rounding


class NumberNeeded(TypedDict):
    """Patients treated for one more good outcome (if positive) or bad one (if negative); None without a difference."""

    median: float | None
    low: float | None
    high: float | None
    text: str  # the same in words (NNTB, NNTH)


def number_needed(low: float, middle: float, high: float) -> NumberNeeded:
    """Convert a risk or rate difference to a number needed to treat, whose interval may pass through infinity.

    Altman 1998, BMJ 317:1309-12.

    Parameters
    ----------
    low, middle, high : float
        Lower limit, median and upper limit of the difference, oriented so that positive values are benefit.

    Returns
    -------
    NumberNeeded
    """
    through = "" if low * high >= 0 else "infinity to "
    text = f"{_needed(middle)} ({_needed(high)} to {through}{_needed(low)})"
    return {"median": _inverse(middle), "low": _inverse(high), "high": _inverse(low), "text": text}


def _inverse(difference: float) -> float | None:
    return None if abs(difference) < NO_DIFFERENCE else 1 / difference


def _needed(difference: float) -> str:
    if abs(difference) < NO_DIFFERENCE:
        return "infinity"
    return f"{'NNTB' if difference > 0 else 'NNTH'} {significant(abs(1 / difference))}"
