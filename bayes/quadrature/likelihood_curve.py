"""What a likelihood curve is, and how a costly one is tabulated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from scipy.interpolate import CubicSpline

from bayes.paper.trial import Outcome

LogCurve = Callable[[np.ndarray], np.ndarray]
Landmarks = tuple[float, float]

FAR = 60.0  # units of the effect to which a tabulated curve is followed: a ratio of e^60, or sixty standard deviations
PULL = 10.0  # standard errors from a rough estimate beyond which a maximum is none of the data's making


@dataclass(frozen=True)
class OwnEstimate:
    """What a report alone says of the effect in two numbers, on the analysis scale.

    Attributes
    ----------
    value : float
        The textbook estimate of the report (a crude odds ratio, a difference of means), else where log L is largest.
    standard_error : float
        Its textbook standard error, else (-d2 log L / d theta2)^-1/2 at the maximum.
    """

    value: float
    standard_error: float


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
    textbook : (float, float), optional
        Estimate and standard error in the closed form that a meta-analysis uses, where the report has one.
    unit : float
        The size of a large effect on this scale: 1, or a standard deviation for differences in the units of a paper.
    determined : bool
        Whether the data determine a maximum: not with an empty or a full arm, nor from a bound alone.
    """

    parts: dict[str, LogCurve]
    centre: float
    width: float
    method: str
    bounds: tuple[float, float] = (-inf, inf)
    level_tails: bool = False
    normal: tuple[float, float] | None = None
    textbook: tuple[float, float] | None = None
    unit: float = 1.0
    determined: bool = True

    @cached_property
    def estimate(self) -> OwnEstimate | None:
        """What the report alone says in two numbers; None where the data determine no maximum, or no direction."""
        if not self.determined or self.level_tails or len(self.parts) > 1:
            return None
        closed = self.normal or self.textbook
        return maximum_of(self, self.centre, self.width, self.bounds) if closed is None else OwnEstimate(*closed)

    @property
    def peaked(self) -> bool:
        """Whether the data determine where the likelihood is largest."""
        return self.estimate is not None

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """log L(theta)."""
        theta = np.atleast_1d(np.asarray(theta, dtype=float))
        values = [part(theta) for part in self.parts.values()]
        return values[0] if len(values) == 1 else np.logaddexp(*values)


def bounds_of(outcome: Outcome) -> tuple[float, float]:
    """Where the effect may lie: a risk difference within -1 to 1, whatever was printed of it."""
    return (-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf)


def landmarks_of(log_l: LogCurve, bounds: tuple[float, float], start: Landmarks, determined: bool = True) -> Landmarks:
    """Peak and width of a curve: a quarter of the range within two log units of the peak (the sd of a normal).

    Parameters
    ----------
    start : (float, float)
        A rough estimate and its standard error; the search widens from there for as long as the curve still rises.
    determined : bool
        Where the data determine no maximum, one far out is made by the prior of something else: what bends in the
        curve then lies around the start.
    """
    (centre, scale), unit = start, np.linspace(-1, 1, 31)
    for _ in range(40 if determined else 1):
        grid = _inside(centre + scale * np.sinh(4.5 * unit), bounds)
        values = log_l(grid)
        best = int(values.argmax())
        if 0 < best < len(grid) - 1 or grid[best] in _inside(np.array(bounds), bounds):
            break
        centre, scale = float(grid[best]), 8 * scale
    for _ in range(8):
        near = np.flatnonzero(values > values[best] - 2.0)
        first, last = max(near[0] - 1, 0), min(near[-1] + 1, len(grid) - 1)
        if len(near) >= 9:
            break
        grid = np.linspace(grid[first], grid[last], 17)
        values = log_l(grid)
        best = int(values.argmax())
    drop = values[best] - 2.0
    left = np.interp(drop, values[first : near[0] + 1], grid[first : near[0] + 1])
    right = np.interp(-drop, -values[near[-1] : last + 1], grid[near[-1] : last + 1])
    if not determined and abs(grid[best] - start[0]) > PULL * start[1]:
        return start
    return float(grid[best]), float(right - left) / 4


def _inside(theta: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    """Distinct places within the bounds, a hair away from them."""
    low, high = bounds
    hair = 1e-9 * (high - low) if high - low < inf else 0.0
    return np.unique(np.clip(theta, low + hair, high - hair))


def maximum_of(log_l: LogCurve, centre: float, width: float, bounds: tuple[float, float]) -> OwnEstimate | None:
    """Maximum and curvature of a smooth curve near `centre`; None where it rises to a bound or has a corner.

    The maximum by parabolas through five points, narrower each time; the curvature by the five-point formula, whose
    error falls with the fourth power of the step (a twentieth of the width).
    """
    at, step = centre, width / 2
    for _ in range(12):
        nodes = at + step * np.arange(-2.0, 3.0)
        if not bounds[0] < nodes[0] < nodes[-1] < bounds[1]:
            return None
        values = log_l(nodes)
        bend, slope, _ = np.polyfit(np.arange(-2.0, 3.0), values, 2)
        move = -slope / (2 * bend) if bend < 0 else 2.0 * np.sign(slope)
        at += step * float(np.clip(move, -2.0, 2.0))
        step = max(step / 2, width / 20) if abs(move) < 1 else step
    h = width / 20
    if not bounds[0] < at - 2 * h < at + 2 * h < bounds[1]:
        return None
    values = log_l(at + h * np.arange(-2.0, 3.0))
    second = float(values @ np.array([-1.0, 16.0, -30.0, 16.0, -1.0])) / (12 * h**2)
    return OwnEstimate(at, (-second) ** -0.5) if second < 0 else None


def tabulated(
    log_l: LogCurve,
    start: Landmarks,
    method: str,
    *,
    unit: float = 1.0,
    determined: bool = True,
    like: Curve | None = None,
) -> Curve:
    """A costly curve as a spline over nodes that crowd around its peak; linear beyond them.

    Parameters
    ----------
    start, determined
        As `landmarks_of`.
    unit : float
        As `Curve.unit`.
    like : Curve, optional
        A similar curve whose peak is known already: that of a costlier one is then not searched for.
    """
    unbounded = (-inf, inf)
    centre, width = (like.centre, like.width) if like else landmarks_of(log_l, unbounded, start, determined)
    node, theta = _crowded_nodes(centre, width, unit, 81 if like else 151)
    return Curve({"all": _spline(node, log_l(theta), centre, width)}, centre, width, method)


def _crowded_nodes(centre: float, width: float, unit: float, points: int) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spaced u, and theta = centre + width sinh(u), out to `FAR` units or twelve widths."""
    reach = np.arcsinh(max(FAR * unit, 12 * width) / width)
    node = np.linspace(-reach, reach, points)
    return node, centre + width * np.sinh(node)


def _spline(node: np.ndarray, values: np.ndarray, centre: float, width: float) -> LogCurve:
    """A curve through values on evenly spaced u = arcsinh((theta - centre) / width); linear in u beyond them."""
    through = CubicSpline(node, values)

    def smooth(theta: np.ndarray) -> np.ndarray:
        u = np.arcsinh((np.asarray(theta) - centre) / width)
        inside = np.clip(u, node[0], node[-1])
        return through(inside) + through(inside, 1) * (u - inside)

    return smooth


def smoothed(curve: Curve, points: int = 801) -> Curve:
    """The same curve as splines, for one that is costly and asked for often; a normal one is left as it is.

    Within 12 widths (at least `FAR` units) of its centre; linear beyond. A bounded curve is left as it is, too.
    """
    if curve.normal is not None or curve.bounds != (-inf, inf):
        return curve
    node, theta = _crowded_nodes(curve.centre, curve.width, curve.unit, points)
    parts = {name: _spline(node, part(theta), curve.centre, curve.width) for name, part in curve.parts.items()}
    return replace(curve, parts=parts)


def curve_through(theta: np.ndarray, log_l: np.ndarray, **fields) -> Curve:
    """A curve from values on sorted nodes; linear beyond them."""
    spline = CubicSpline(theta, log_l)

    def smooth(x: np.ndarray) -> np.ndarray:
        inside = np.clip(x, theta[0], theta[-1])
        return spline(inside) + spline(inside, 1) * (x - inside)

    return Curve({"all": smooth}, **fields)
