"""The subgroups of one trial in pairs: how far their effects differ, shrunken towards one another and as reported."""

from __future__ import annotations

from itertools import combinations
from math import sqrt

from scipy.special import ndtr

from bayes.base.measures import normal_quantile
from bayes.pooling.view import TAILS, PooledView
from bayes.posterior.explanation import InteractionRow
from bayes.quadrature import SynthesisAnswer


def of_each_pair(view: PooledView, whole: SynthesisAnswer) -> list[InteractionRow]:
    """Return one row per pair of subgroups; none for a synthesis of trials.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer

    Returns
    -------
    list of InteractionRow
        Differences are of the first effect from the other, on the measure's own scale: ratios of ratios, or differences
        of differences. Those of the reports alone are None where either report does not determine an estimate.
    """
    if view.analysis.synthesis.subgroups is None:
        return []
    return [_row(view, whole, i, j) for i, j in combinations(range(len(view.names)), 2)]


def _row(view: PooledView, whole: SynthesisAnswer, i: int, j: int) -> InteractionRow:
    sign, apart = view.analysis.target.sign, whole.apart(i, j)
    low, middle, high = (view.natural(at) for at in apart.quantiles(TAILS))
    row: InteractionRow = {
        "one": view.names[i],
        "other": view.names[j],
        "difference": middle,
        "difference_low": low,
        "difference_high": high,
        "p_more": apart.p_above(0.0) if sign > 0 else 1 - apart.p_above(0.0),
        "own_difference": None,
        "own_difference_low": None,
        "own_difference_high": None,
        "own_p_more": None,
    }
    own = [view.plane.curves[k].estimate for k in (i, j)]
    if own[0] is None or own[1] is None:
        return row
    y, s = own[0].value - own[1].value, sqrt(own[0].standard_error ** 2 + own[1].standard_error ** 2)
    row["own_difference_low"], row["own_difference"], row["own_difference_high"] = (
        view.natural(y + s * normal_quantile(tail)) for tail in TAILS
    )
    row["own_p_more"] = float(ndtr(sign * y / s))
    return row
