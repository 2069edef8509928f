"""The likelihood curve of a report, and its tabulation where an evaluation is costly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from scipy.interpolate import CubicSpline

from bayes.base.arrays import FloatArray
from bayes.paper.trial import Outcome
from bayes.quadrature.integrals import towards

LogCurve = Callable[[FloatArray], FloatArray]
Landmarks = tuple[float, float]

FAR = 60.0  # reach of a tabulated curve in units of the effect: a ratio of e^60, or 60 standard deviations
PULL = 10.0  # standard errors from a rough estimate beyond which a maximum does not come from the data


@dataclass(frozen=True)
class OwnEstimate:
    """The estimate and standard error of a report taken alone, on the analysis scale.

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
    """The log likelihood of one report as a function of theta, in parts.

    Attributes
    ----------
    parts : dict of callable
        log L of each direction of a folded report ("up", "down"), or of a single part "all"; L is their sum.
    centre, width : float
        Location and width of the likelihood, for placing integration nodes.
    method : str
        How the curve was computed, in words.
    bounds : (float, float)
        Range of theta.
    level_tails : bool
        Whether L stays above zero as theta grows; the tails of the posterior are then those of the prior.
    normal : (float, float), optional
        Estimate and standard error, where L is exactly their normal density.
    textbook : (float, float), optional
        Estimate and standard error in the closed form that meta-analyses use, where the report has one.
    unit : float
        The size of a large effect on this scale: 1, or a standard deviation for differences in the units of a paper.
    determined : bool
        Whether the data determine a maximum; they do not with an empty or a full arm, nor from a bound alone.
    costly : bool
        Whether L is smooth but an integral at every theta: a curve that many priors share is then `smoothed`.
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
    costly: bool = False

    @cached_property
    def estimate(self) -> OwnEstimate | None:
        """The report's own estimate; None where the data do not determine a maximum, or not its direction."""
        if not self.determined or self.level_tails or len(self.parts) > 1:
            return None
        closed = self.normal or self.textbook
        return maximum_of(self, self.centre, self.width, self.bounds) if closed is None else OwnEstimate(*closed)

    @property
    def peaked(self) -> bool:
        """Return whether the data determine where the likelihood is largest."""
        return self.estimate is not None

    def __call__(self, theta: FloatArray) -> FloatArray:
        """Return log L(theta), elementwise."""
        theta = np.atleast_1d(np.asarray(theta, dtype=float))
        values = [part(theta) for part in self.parts.values()]
        return values[0] if len(values) == 1 else np.logaddexp(*values)


def bounds_of(outcome: Outcome) -> tuple[float, float]:
    """Return the range of the effect: -1 to 1 for a risk difference of any evidence kind, else the real line."""
    return (-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf)


def landmarks_of(log_l: LogCurve, bounds: tuple[float, float], start: Landmarks, determined: bool = True) -> Landmarks:
    """Locate the peak of a curve and its width, a quarter of the range within two log units of the peak.

    For a normal the width is its SD.

    Parameters
    ----------
    log_l : callable
        theta, shape (n,) -> log L, shape (n,).
    bounds : (float, float)
        Range of theta.
    start : (float, float)
        A rough estimate and its standard error; the search widens from there as long as the curve keeps rising.
    determined : bool
        Whether the data determine a maximum. If not, a maximum far out is due to the prior of another parameter, and
        the curve bends around the start instead.

    Returns
    -------
    centre, width : float
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


def _inside(theta: FloatArray, bounds: tuple[float, float]) -> FloatArray:
    """Return distinct places just within the bounds."""
    low, high = bounds
    hair = 1e-9 * (high - low) if high - low < inf else 0.0
    return np.unique(np.clip(theta, low + hair, high - hair))


def maximum_of(log_l: LogCurve, centre: float, width: float, bounds: tuple[float, float]) -> OwnEstimate | None:
    """Return maximum and curvature of a smooth curve near `centre`; None where it rises to a bound or has a corner.

    The maximum comes from successively narrower parabolas through five points, the curvature from the five-point
    formula, whose error falls with the fourth power of the step (a twentieth of the width).

    Parameters
    ----------
    log_l, bounds
        As in `landmarks_of`.
    centre, width : float
        Location and width of the curve, as `landmarks_of` returns them.
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
    """Tabulate a costly curve as a spline over nodes dense around its peak, linear beyond them.

    Parameters
    ----------
    log_l, start, determined
        As in `landmarks_of`.
    method : str
        How the curve is computed, in words.
    unit : float
        As in `Curve`.
    like : Curve, optional
        A similar curve with a known peak, which saves searching for that of a costlier curve.
    """
    unbounded = (-inf, inf)
    centre, width = (like.centre, like.width) if like else landmarks_of(log_l, unbounded, start, determined)
    node, theta = _crowded_nodes(centre, width, unit, 81 if like else 151)
    return Curve({"all": _spline(node, log_l(theta), centre, width)}, centre, width, method)


def _crowded_nodes(centre: float, width: float, unit: float, points: int) -> tuple[FloatArray, FloatArray]:
    """Return evenly spaced u and theta = centre + width sinh(u), out to `FAR` units or twelve widths."""
    reach = np.arcsinh(max(FAR * unit, 12 * width) / width)
    node = np.linspace(-reach, reach, points)
    return node, centre + width * np.sinh(node)


def _spline(node: FloatArray, values: FloatArray, centre: float, width: float) -> LogCurve:
    """Return a curve through values on evenly spaced u = arcsinh((theta - centre) / width), linear in u beyond them."""
    spline = CubicSpline(node, values)

    def smooth(theta: FloatArray) -> FloatArray:
        u = np.arcsinh((np.asarray(theta) - centre) / width)
        inside = np.clip(u, node[0], node[-1])
        value: FloatArray = spline(inside) + spline(inside, 1) * (u - inside)
        return value

    return smooth


def smoothed(curve: Curve, points: int = 801) -> Curve:
    """Replace a costly curve that is evaluated often by splines.

    They reach 12 widths (at least `FAR` units) from its centre and are linear beyond. A normal or a bounded curve is
    returned unchanged.

    Parameters
    ----------
    curve : Curve
    points : int
        Nodes of each spline.
    """
    if curve.normal is not None or curve.bounds != (-inf, inf):
        return curve
    node, theta = _crowded_nodes(curve.centre, curve.width, curve.unit, points)
    parts = {name: _spline(node, part(theta), curve.centre, curve.width) for name, part in curve.parts.items()}
    return replace(curve, parts=parts, costly=False)


def through(theta: FloatArray, log_l: FloatArray) -> LogCurve:
    """Return the spline through values on sorted nodes, linear beyond them.

    Parameters
    ----------
    theta, log_l : ndarray, shape (n,)
    """
    spline = CubicSpline(theta, log_l)

    def smooth(x: FloatArray) -> FloatArray:
        inside = np.clip(x, theta[0], theta[-1])
        value: FloatArray = spline(inside) + spline(inside, 1) * (x - inside)
        return value

    return smooth


def beside(main: Curve, log_l: LogCurve, at: Landmarks, method: str, points: int = 121) -> Curve:
    """Tabulate a costly curve by the log of its ratio to a similar one, which is smooth where both have a corner.

    Parameters
    ----------
    main : Curve
        The similar curve; its bounds, unit and tails are taken.
    log_l : callable
        theta, shape (n,) -> log L, shape (n,).
    at : (float, float)
        Centre and width of the costly curve.
    method : str
        How it is computed, in words.
    points : int
        Nodes of the spline through the log ratio, which is linear beyond them.
    """
    (centre, width), (low, high) = at, main.bounds
    _, theta = _crowded_nodes(centre, width, main.unit, points)
    if high - low < inf:
        theta = np.concatenate([theta, towards(low, high - low), towards(high, low - high)])
        theta = np.unique(theta[(theta > low) & (theta < high)])
    ratio = through(theta, log_l(theta) - main(theta))

    def beside_main(x: FloatArray) -> FloatArray:
        return main(x) + ratio(x)

    parts: dict[str, LogCurve] = {"all": beside_main}
    return replace(main, parts=parts, centre=centre, width=width, method=method, normal=None, textbook=None)
