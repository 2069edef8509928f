"""A likelihood curve in few numbers for a page: the nodes of a piecewise cubic, more of them where it bends.

Between two nodes the curve is the Hermite cubic with the values and slopes at both. It is exact for a normal
likelihood, whose logarithm is a parabola. If theta is bounded, nodes are placed on the logit of its position between
the bounds, where the log likelihood of counts is linear in the tails. The likelihood of two risks may have a corner at
no effect: two adjacent nodes enclose it, and no slope is taken across it.
"""

from __future__ import annotations

from math import inf
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from bayes import quadrature
from bayes.quadrature.likelihood_curve import FAR, LogCurve

TOLERANCE = 3e-7  # in log units, times one plus the distance below the peak
REACH = 100.0  # in widths on either side, and at least FAR
LOGIT_REACH = 20.0  # beyond it 1 - theta loses too many digits
FIRST, HALVINGS = 49, 9  # initial nodes, and how often the gaps between them may be halved
STEP = 0.004  # in widths: the step of the differences that give slopes
BESIDE = 1e-7  # widths from the corner to the node on either side
DIGITS = 11
Floats = NDArray[np.float64]


class EmbeddedCurve(TypedDict):
    """The nodes of a curve, and the other properties needed to integrate it; beyond the nodes log L is linear."""

    x: list[float]  # sorted nodes: theta or, between bounds, the logit of its position
    value: list[float]  # log L minus its maximum
    slope: list[float]  # d log L / dx
    centre: float  # of the likelihood, on the analysis scale
    width: float
    bounds: list[float] | None  # of theta
    level_tails: bool  # L stays above zero, so that posterior moments exist only if those of the prior do


def embedded_curve(curve: quadrature.Curve) -> EmbeddedCurve:
    """Return the nodes of a curve, and the other properties needed to integrate it.

    Parameters
    ----------
    curve : quadrature.Curve
        The likelihood curve of theta, or of mu.

    Returns
    -------
    EmbeddedCurve
        Its error is below 1e-6, relative to the distance from the peak if that exceeds one.
    """
    log_l, start, step = _unbounded(curve) if curve.bounds == (-inf, inf) else _bounded(curve)
    x = _nodes(log_l, start, step)
    value = log_l(x)
    slope = _slopes(log_l, x, step)
    slope[np.abs(slope) * (curve.width if log_l is curve else 1.0) < 1e-9] = 0.0
    return {
        "x": _short(x),
        "value": _short(value - value.max()),
        "slope": _short(slope),
        "centre": float(curve.centre),
        "width": float(curve.width),
        "bounds": None if curve.bounds == (-inf, inf) else list(curve.bounds),
        "level_tails": bool(curve.level_tails),
    }


def hermite(x: Floats, value: Floats, slope: Floats, at: Floats) -> Floats:
    """Evaluate the cubic through nodes with these values and slopes, linear beyond them, as the page does."""
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    inside = np.clip(at, x[0], x[-1])
    gap = x[i + 1] - x[i]
    t = (inside - x[i]) / gap
    rise = value[i + 1] - value[i]
    left, right = slope[i] * gap - rise, rise - slope[i + 1] * gap
    beyond = np.where(at < x[0], slope[0], slope[-1]) * (at - inside)
    found: Floats = value[i] + t * rise + t * (1 - t) * ((1 - t) * left + t * right) + beyond
    return found


def _unbounded(curve: quadrature.Curve) -> tuple[LogCurve, Floats, float]:
    reach = max(FAR * curve.unit / curve.width, REACH)
    start = curve.centre + curve.width * np.sinh(np.linspace(-1, 1, FIRST) * np.arcsinh(reach))
    return curve, start, STEP * curve.width


def _bounded(curve: quadrature.Curve) -> tuple[LogCurve, Floats, float]:
    low, high = curve.bounds

    def of_logit(x: Floats) -> Floats:
        return curve(np.where(x < 0, low + (high - low) / (1 + np.exp(-x)), high - (high - low) / (1 + np.exp(x))))

    share = (curve.centre - low) / (high - low)
    width = curve.width / (high - low) / (share * (1 - share))
    return of_logit, np.linspace(-LOGIT_REACH, LOGIT_REACH, FIRST), STEP * min(width, 1.0)


def _nodes(log_l: LogCurve, start: Floats, step: float) -> Floats:
    """Choose nodes by halving gaps until the cubic follows the curve."""
    beside = BESIDE / STEP * step
    x = np.unique(_round(np.concatenate([start[np.abs(start) > 2 * beside], [-beside, beside]])))
    unsure = np.ones(len(x) - 1, bool)
    for _ in range(HALVINGS):
        value, slope = log_l(x), _slopes(log_l, x, step)
        low, gap = x[:-1][unsure], np.diff(x)[unsure]
        at = (low[:, None] + gap[:, None] * np.array([0.2, 0.5, 0.8])).ravel()
        truth = log_l(at)
        allowed = TOLERANCE * (1 + value.max() - truth)
        off = (np.abs(hermite(x, value, slope, at) - truth) > allowed).reshape(-1, 3).any(axis=1)
        if not off.any():
            break
        middles = _round((low + gap / 2)[off])
        x = np.sort(np.concatenate([x, middles]))
        unsure = np.isin(x[:-1], middles) | np.isin(x[1:], middles)
    return x


def _slopes(log_l: LogCurve, x: Floats, step: float) -> Floats:
    """Return derivatives by fourth-order differences, taken on the side away from the corner at zero."""
    h = np.where(x < 0, -step, step)
    along = (log_l(x + k * h) for k in range(5))
    return sum(weight * value for weight, value in zip((-25, 48, -36, 16, -3), along, strict=True)) / (12 * h)


def _round(x: Floats) -> Floats:
    """Round nodes as they will be written, so that values and slopes belong to the written numbers."""
    return np.array(_short(x))


def _short(x: Floats) -> list[float]:
    return [float(f"{v:.{DIGITS}g}") for v in x]
