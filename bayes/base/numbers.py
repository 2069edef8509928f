"""How every text writes a number, large ones as readers write them, and which article a word takes."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10

POWERS_FROM = 1e9  # from here on digits say less than the power of ten does


def significant(value: float, digits: int = 3, group: str = ",") -> str:
    """A number with `digits` significant digits, without trailing zeros; whole numbers keep all that they have.

    `180.2` with two digits is `180`, not `1.8e+02`, and `25090.4` is `25,090`: below a thousand million no number is
    written as a power of ten.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits; what stands before the decimal point is never cut.
    group : {",", ""}
        What parts thousands: nothing inside an expression such as `normal(0, 5000)`.
    """
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < POWERS_FROM:
        return f"{value:,.0f}".replace(",", group)
    return text


def number(value: float | None) -> str:
    """Two or three digits, as a reader wants them; empty for nothing."""
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else significant(value, 4)


def alike(middle: float, low: float, high: float, number: Callable[[float], str]) -> tuple[str, str, str]:
    """A median and the limits of its interval, to digits that suit the interval whatever the unit.

    Parameters
    ----------
    middle, low, high : float
    number : callable
        How the text writes numbers of ordinary size. Limits closer together than it could tell apart get two digits of
        half their distance; a value that is nothing beside that distance is written as zero.
    """
    half = (high - low) / 2
    values = (0.0 if abs(value) < 1e-6 * half else value for value in (middle, low, high))
    if half >= 0.1 or half <= 0:
        return tuple(map(number, values))
    return tuple(f"{value:.{1 - floor(log10(half))}f}" for value in values)


def article(words: str) -> str:
    """Words with `a` or `an`: `an odds ratio`, `a risk ratio`; written without underscores."""
    words = words.replace("_", " ")
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"
