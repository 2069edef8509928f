"""GRIM and GRIMMER: can whole steps of a scale have the printed mean, and then the printed standard deviation?

GRIM: Brown and Heathers (2017), Soc Psychol Personal Sci 8:363-9. GRIMMER: Anaya (2016), PeerJ Preprints 4:e2400;
analytic form: Allard (2018). Both are necessary conditions, in exact arithmetic; every total that the mean allows
is tried, and a half may be rounded either way.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt

from bayes.base.written_numbers import half_unit


def totals(mean: Decimal, n: int, step: Decimal) -> range:
    """Totals, in steps of the scale, whose mean over n persons rounds to the printed one; empty if there is none."""
    scale = Fraction(n) / Fraction(step)
    half = Fraction(half_unit(mean))
    return range(ceil((Fraction(mean) - half) * scale), floor((Fraction(mean) + half) * scale) + 1)


def nearest_mean(mean: Decimal, n: int, step: Decimal) -> float:
    """The mean of whole steps nearest to the printed one."""
    total = round(Fraction(mean) * n / Fraction(step))
    return float(total * Fraction(step) / n)


def sd_possible(mean: Decimal, sd: Decimal, n: int, step: Decimal) -> bool:
    """Whether n whole steps can have this mean and this sample standard deviation (n - 1).

    A sum of squares is a whole number, as odd or even as the total, and at least that of values as equal as can be.
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
    """The possible standard deviation nearest to the printed one, over all totals that the mean allows."""
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
    """The smallest sum of squares of n whole numbers with this total: all equal, or one apart."""
    each, more = divmod(total, n)
    return (n - more) * each**2 + more * (each + 1) ** 2
