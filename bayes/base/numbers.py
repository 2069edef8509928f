"""The format of numbers in all texts, and the indefinite article of a word."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10

POWERS_FROM = 1e9  # from here on a power of ten is easier to read than digits


def significant(value: float, digits: int = 3, group: str = ",") -> str:
    """Format a number with `digits` significant digits, without trailing zeros.

    `180.2` with two digits is `180`, not `1.8e+02`, and `25090.4` is `25,090`: numbers below a thousand million are not
    written as powers of ten.

    Parameters
    ----------
    value : float
    digits : int
        Significant digits; digits before the decimal point are never rounded to zero.
    group : {",", ""}
        Thousands separator: the empty string within an expression such as `normal(0, 5000)`.

    Returns
    -------
    str
    """
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < POWERS_FROM:
        return f"{value:,.0f}".replace(",", group)
    return text


def number(value: float | None) -> str:
    """Format a number with three decimals below 10 and four significant digits above; None gives an empty string."""
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else significant(value, 4)


def alike(middle: float, low: float, high: float, number: Callable[[float], str]) -> tuple[str, str, str]:
    """Format a median and the limits of its interval with digits that suit the width of the interval.

    Parameters
    ----------
    middle, low, high : float
        Median, lower limit and upper limit, in any unit.
    number : callable
        Formats numbers of ordinary size. Limits that it could not distinguish are given two significant digits of half
        their distance; a value that is negligible relative to that distance is written as zero.

    Returns
    -------
    tuple of str
        The median, the lower limit and the upper limit.
    """
    half = (high - low) / 2
    values = (0.0 if abs(value) < 1e-6 * half else value for value in (middle, low, high))
    if half >= 0.1 or half <= 0:
        return tuple(map(number, values))
    return tuple(f"{value:.{1 - floor(log10(half))}f}" for value in values)


def article(words: str) -> str:
    """Add the indefinite article and replace underscores by spaces: `an odds ratio`, `a risk ratio`."""
    words = words.replace("_", " ")
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"
