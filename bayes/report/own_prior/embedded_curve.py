"""A likelihood curve as few numbers that a page can carry: nodes of a piecewise cubic, as many as it bends.

The cubic between two nodes is that of Hermite: values and slopes at both. It is exact for a normal likelihood, whose
logarithm is a parabola. Where theta is bounded the nodes lie on the logit of its place between the bounds, on which
log L is straight far out, as counts make it. At no effect the likelihood of two risks may have a corner: there two
nodes stand side by side, and no slope is taken across.
"""

from __future__ import annotations

from math import inf

import numpy as np

from bayes import quadrature
from bayes.quadrature.likelihood_curve import FAR, LogCurve

TOLERANCE = 3e-7  # log units, per log unit below the peak and one more
REACH = 100.0  # widths to either side, at least FAR
LOGIT_REACH = 20.0  # beyond it 1 - theta has too few digits left
FIRST, HALVINGS = 49, 9  # nodes to begin with, and how often the gaps between them may be halved
STEP = 0.004  # widths, of the differences that give slopes
BESIDE = 1e-7  # widths from the corner to the node on either side
DIGITS = 11


def embedded_curve(curve: quadrature.Curve) -> dict:
    """Nodes, and what else an integral has to know of a curve.

    Parameters
    ----------
    curve : exact.Curve
        Of theta, or of mu.

    Returns
    -------
    dict
        `x` (sorted nodes: theta, or its logit between bounds), `value` (log L there less its maximum), `slope`
        (d log L / dx); `centre` and `width` of the likelihood on the analysis scale; `bounds` (two numbers, or None);
        `level_tails` (L stays above zero: posterior moments are those of the prior). Beyond the nodes log L is
        straight. Within 1e-6 of the curve, relative to its distance from the peak where that exceeds one.
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


def hermite(x: np.ndarray, value: np.ndarray, slope: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The cubic through nodes with these values and slopes; straight beyond them. The page does the same."""
    i = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(x) - 2)
    inside = np.clip(at, x[0], x[-1])
    gap = x[i + 1] - x[i]
    t = (inside - x[i]) / gap
    rise = value[i + 1] - value[i]
    left, right = slope[i] * gap - rise, rise - slope[i + 1] * gap
    end = np.where(at < x[0], slope[0], slope[-1])
    return value[i] + t * rise + t * (1 - t) * ((1 - t) * left + t * right) + end * (at - inside)


def _unbounded(curve: quadrature.Curve) -> tuple[LogCurve, np.ndarray, float]:
    reach = max(FAR * curve.unit / curve.width, REACH)
    start = curve.centre + curve.width * np.sinh(np.linspace(-1, 1, FIRST) * np.arcsinh(reach))
    return curve, start, STEP * curve.width


def _bounded(curve: quadrature.Curve) -> tuple[LogCurve, np.ndarray, float]:
    low, high = curve.bounds

    def of_logit(x: np.ndarray) -> np.ndarray:
        return curve(np.where(x < 0, low + (high - low) / (1 + np.exp(-x)), high - (high - low) / (1 + np.exp(x))))

    share = (curve.centre - low) / (high - low)
    width = curve.width / (high - low) / (share * (1 - share))
    return of_logit, np.linspace(-LOGIT_REACH, LOGIT_REACH, FIRST), STEP * min(width, 1.0)


def _nodes(log_l: LogCurve, start: np.ndarray, step: float) -> np.ndarray:
    """Nodes between which the cubic keeps to the curve: a gap is halved until it does."""
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


def _slopes(log_l: LogCurve, x: np.ndarray, step: float) -> np.ndarray:
    """Derivatives by differences of fourth order, taken on the side away from the corner at zero."""
    h = np.where(x < 0, -step, step)
    along = (log_l(x + k * h) for k in range(5))
    return sum(weight * value for weight, value in zip((-25, 48, -36, 16, -3), along, strict=True)) / (12 * h)


def _round(x: np.ndarray) -> np.ndarray:
    """Nodes as they will be written, so that value and slope are those of the number written."""
    return np.array(_short(x))


def _short(x: np.ndarray) -> list[float]:
    return [float(f"{v:.{DIGITS}g}") for v in x]
