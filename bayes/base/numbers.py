"""The one formatter: how the terminal, pages, figures, texts and tables write numbers, probabilities and intervals.

effects         `number`: two decimals below 10, three significant digits from there, two of them below 0.1;
                in a column of a table (`in_table`) three decimals below 10 and four significant digits from there
probabilities   `probability`: two decimals, three below 0.01 and above 0.99 (and always three in a table), and
                <0.001 or >0.999 beyond: never a certainty; the same as a share of a hundred by `percent`
intervals       `interval`: the median and its limits, to digits that suit the width of the interval
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from math import floor, inf, isinf, log10

LEAST = 0.001  # the least probability that is written as a number
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
    if isinf(value):
        return "infinity" if value > 0 else "-infinity"
    text = f"{value:.{digits}g}"
    if "e+" in text and abs(value) < POWERS_FROM:
        return f"{value:,.0f}".replace(",", group)
    return text


def number(value: float) -> str:
    """Write an effect, or another number of ordinary size, in a sentence or a figure."""
    if value == 0:
        return "0"
    if abs(value) < 0.1:
        return significant(value, 2)
    return f"{value:.2f}" if abs(value) < 10 else significant(value)


def in_table(value: float | None) -> str:
    """Write a number in a column of a table; an empty cell for None."""
    if value is None:
        return ""
    return f"{value:.3f}" if abs(value) < 10 else significant(value, 4)


def probability(p: float | None, table: bool = False) -> str:
    """Write a probability; in a column of a table always with three decimals, and an empty cell for None."""
    if p is None:
        return ""
    if not LEAST / 2 <= p < 1 - LEAST / 2:
        return f"<{LEAST}" if p < 0.5 else f">{1 - LEAST}"
    return f"{p:.3f}" if table or not 0.01 <= p <= 0.99 else f"{p:.2f}"


def bound(p: float) -> str:
    """Write what a probability is at least or at most, with three decimals and never as a certainty."""
    return f"{min(max(p, LEAST), 1 - LEAST):.3f}"


def in_words(p: float) -> str:
    """Write a probability in a sentence: "below 0.001" where a table has "<0.001"."""
    return probability(p).replace("<", "below ").replace(">", "above ")


def percent(p: float) -> str:
    """Write a probability as a percentage, with one decimal below 1% and above 99%."""
    if not LEAST / 2 <= p < 1 - LEAST / 2:
        return f"less than {100 * LEAST:g}%" if p < 0.5 else f"more than {100 * (1 - LEAST):g}%"
    return f"{100 * p:.1f}%" if not 0.01 <= p <= 0.99 else f"{100 * p:.0f}%"


def interval(middle: float, low: float, high: float, write: Callable[[float], str] = number) -> str:
    """Write a median and the limits of its interval: `0.78 (0.55 to 1.10)`."""
    return "{} ({} to {})".format(*alike(middle, low, high, write))


def alike(middle: float, low: float, high: float, number: Callable[[float], str]) -> tuple[str, str, str]:
    """Format a median and the limits of its interval with digits that suit the width of the interval.

    Parameters
    ----------
    middle, low, high : float
        Median, lower limit and upper limit, in any unit.
    number : callable
        Formats numbers of ordinary size. Limits that it could not distinguish are given two significant digits of half
        their distance; a value that is negligible relative to that distance is written as zero. If one of the three is
        10 or more, all have the same decimals, so that 4.62 does not stand beside 15.

    Returns
    -------
    tuple of str
        The median, the lower limit and the upper limit.
    """
    half = (high - low) / 2
    large = half >= 0.1 and 10 <= max(map(abs, (middle, low, high))) < inf
    digits = 2 if large else 1  # of half the distance, after the first

    def written(value: float) -> str:
        shown = 0.0 if abs(value) < 1e-6 * half else value
        if half <= 0 or (half >= 0.1 and not large):
            return number(shown)
        return f"{shown:.{max(digits - floor(log10(half)), 0)}f}"

    return written(middle), written(low), written(high)


def rounded(distribution: str | None) -> str:
    """Return a distribution as text, with its numbers to three digits; empty for None."""
    return re.sub(r"\d+\.\d{3,}(e[+-]?\d+)?", lambda found: significant(float(found[0]), group=""), distribution or "")


def article(words: str) -> str:
    """Add the indefinite article and replace underscores by spaces: `an odds ratio`, `a risk ratio`."""
    words = words.replace("_", " ")
    return f"{'an' if words[0] in 'aeio' else 'a'} {words}"


def digits(value: Decimal | int | str) -> str:
    """Return a number with its written digits, never with an exponent, or a bound as it is written."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def p_value(p: Decimal | str) -> str:
    """Return a printed p-value or its printed bound."""
    return f"p {equals(p)}"


def equals(probability: Decimal | str) -> str:
    """Return a printed probability or its printed bound after its name: "= 0.03", "< 0.001"."""
    return f"{probability[0]} {probability[1:]}" if isinstance(probability, str) else f"= {digits(probability)}"
