"""GRIM and GRIMMER: whether values in whole steps of a scale can have the printed mean and standard deviation.

GRIM: Brown and Heathers (2017), Soc Psychol Personal Sci 8:363-9. GRIMMER: Anaya (2016), PeerJ Preprints 4:e2400;
analytic form: Allard (2018). Both are necessary conditions and use exact arithmetic. All totals that the mean allows
are tried, and a half may be rounded up or down.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt

from bayes.base.written_numbers import half_unit


def totals(mean: Decimal, n: int, step: Decimal) -> range:
    """Return the totals that agree with a printed mean (GRIM).

    Parameters
    ----------
    mean : Decimal
        Mean with its printed digits.
    n : int
        Number of persons.
    step : Decimal
        Smallest step of the scale, in the unit of the mean.

    Returns
    -------
    range
        Totals in steps of the scale; empty if the mean is impossible.
    """
    scale = Fraction(n) / Fraction(step)
    half = Fraction(half_unit(mean))
    return range(ceil((Fraction(mean) - half) * scale), floor((Fraction(mean) + half) * scale) + 1)


def nearest_mean(mean: Decimal, n: int, step: Decimal) -> float:
    """Return the possible mean that is nearest to the printed one."""
    total = round(Fraction(mean) * n / Fraction(step))
    return float(total * Fraction(step) / n)


def sd_possible(mean: Decimal, sd: Decimal, n: int, step: Decimal) -> bool:
    """Return whether values in whole steps can have the printed mean and standard deviation (GRIMMER).

    In steps of the scale the sum of squares is a whole number of the same parity as the total, and not less than that
    of values that are as equal as possible.

    Parameters
    ----------
    mean, sd : Decimal
        Mean and sample standard deviation (denominator n - 1), with their printed digits.
    n : int
        Number of persons.
    step : Decimal
        Smallest step of the scale, in the unit of the mean.

    Returns
    -------
    bool
    """
    half, unit = Fraction(half_unit(sd)), Fraction(step)
    low, high = max(Fraction(0), Fraction(sd) - half) / unit, (Fraction(sd) + half) / unit
    for total in totals(mean, n, step):
        centre = Fraction(total * total, n)
        first = max(ceil((n - 1) * low**2 + centre), _least_squares(total, n))
        first += (first - total) % 2
        if first <= floor((n - 1) * high**2 + centre):
            return True
    return False


def nearest_sd(mean: Decimal, sd: Decimal, n: int, step: Decimal) -> float:
    """Return the possible standard deviation nearest to the printed one, over all totals that the mean allows."""
    target, found = float(sd) / float(step), []
    for total in totals(mean, n, step):
        least = _least_squares(total, n)
        near = floor((n - 1) * Fraction(target) ** 2 + Fraction(total * total, n))
        for squares in range(near - 2, near + 4):
            if squares >= least and (squares - total) % 2 == 0:
                found.append(sqrt((squares - total * total / n) / (n - 1)))
        found.append(sqrt(max(0.0, (least - total * total / n) / (n - 1))))
    return min(found, key=lambda s: abs(s - target)) * float(step)


def _least_squares(total: int, n: int) -> int:
    """Return the smallest sum of squares of n whole numbers with this total, which differ by at most 1."""
    each, more = divmod(total, n)
    return (n - more) * each**2 + more * (each + 1) ** 2
