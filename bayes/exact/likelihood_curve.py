"""What a likelihood curve is, and how a costly one is tabulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from scipy.interpolate import CubicSpline

from bayes.trial import Outcome

LogCurve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Curve:
    """log L(theta) as a function, in parts.

    Attributes
    ----------
    parts : dict of callable
        log L of each direction of folded evidence ("up", "down"), or one part "all"; the likelihood is their sum.
    centre, width : float
        Where the likelihood is and how wide, for placing integration nodes.
    bounds : (float, float)
        Where theta may lie.
    level_tails : bool
        Whether L stays above zero as theta grows: posterior tails are then those of the prior.
    method : str
        How the curve was computed, in words.
    normal : (float, float), optional
        Estimate and standard error where L is their normal density and nothing else.
    """

    parts: dict[str, LogCurve]
    centre: float
    width: float
    method: str
    bounds: tuple[float, float] = (-inf, inf)
    level_tails: bool = False
    normal: tuple[float, float] | None = None

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """log L(theta)."""
        theta = np.atleast_1d(np.asarray(theta, dtype=float))
        values = [part(theta) for part in self.parts.values()]
        return values[0] if len(values) == 1 else np.logaddexp(*values)


def bounds_of(outcome: Outcome) -> tuple[float, float]:
    """Where the effect may lie: a risk difference within -1 to 1, whatever was printed of it."""
    return (-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf)


def landmarks_of(log_l: LogCurve, bounds: tuple[float, float], scale: float | None = None) -> tuple[float, float]:
    """Peak and width of a curve: a quarter of the range within two log units of the peak (the sd of a normal)."""
    unit = np.linspace(-1, 1, 31)
    grid = unit * (1 - 1e-9) if bounds == (-1.0, 1.0) else (scale or 1.0) * np.sinh(4.5 * unit)
    for points in (17, 17, 0):
        values = log_l(grid)
        best = int(values.argmax())
        near = np.flatnonzero(values > values[best] - 2.0)
        first, last = max(near[0] - 1, 0), min(near[-1] + 1, len(grid) - 1)
        low, high = grid[first], grid[last]
        centre, ends = float(grid[best]), (first, last)
        grid, seen = np.linspace(low, high, points), grid
    drop = values[best] - 2.0
    left = np.interp(drop, values[ends[0] : near[0] + 1], seen[ends[0] : near[0] + 1])
    right = np.interp(-drop, -values[near[-1] : ends[1] + 1], seen[near[-1] : ends[1] + 1])
    return centre, float(right - left) / 4


def tabulated(log_l: LogCurve, scale: float | None, method: str, like: Curve | None = None) -> Curve:
    """A costly curve as a spline over nodes that crowd around its peak; linear beyond them.

    `like` is a similar curve whose peak is known already: that of a costlier one is then not searched for.
    """
    centre, width = (like.centre, like.width) if like else landmarks_of(log_l, (-inf, inf), scale)
    if abs(centre) > 15:  # a likelihood that never falls has no peak: what bends in it lies around no effect
        centre, width = 0.0, 2.0
    reach = np.arcsinh(max(60.0, 12 * width) / width)
    node = np.linspace(-reach, reach, 81 if like else 151)
    spline = CubicSpline(node, log_l(centre + width * np.sinh(node)))

    def smooth(theta: np.ndarray) -> np.ndarray:
        u = np.arcsinh((theta - centre) / width)
        inside = np.clip(u, -reach, reach)
        return spline(inside) + spline(inside, 1) * (u - inside)

    return Curve({"all": smooth}, centre, width, method)


def smoothed(curve: Curve, points: int = 801) -> Curve:
    """The same curve as splines, for one that is costly and asked for often; a normal one is left as it is.

    Within 12 widths (at least 60) of its centre; linear beyond. A bounded curve is left as it is, too.
    """
    if curve.normal is not None or curve.bounds != (-inf, inf):
        return curve
    reach = np.arcsinh(max(60.0, 12 * curve.width) / curve.width)
    node = np.linspace(-reach, reach, points)

    def spline(part: LogCurve) -> LogCurve:
        through = CubicSpline(node, part(curve.centre + curve.width * np.sinh(node)))

        def smooth(theta: np.ndarray) -> np.ndarray:
            u = np.arcsinh((np.asarray(theta) - curve.centre) / curve.width)
            inside = np.clip(u, -reach, reach)
            return through(inside) + through(inside, 1) * (u - inside)

        return smooth

    return replace(curve, parts={name: spline(part) for name, part in curve.parts.items()})


def curve_through(theta: np.ndarray, log_l: np.ndarray, **fields) -> Curve:
    """A curve from values on sorted nodes; linear beyond them."""
    spline = CubicSpline(theta, log_l)

    def smooth(x: np.ndarray) -> np.ndarray:
        inside = np.clip(x, theta[0], theta[-1])
        return spline(inside) + spline(inside, 1) * (x - inside)

    return Curve({"all": smooth}, **fields)
