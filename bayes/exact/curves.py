"""L(theta) for every evidence kind: the likelihood of the effect with everything else integrated out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import inf, pi

import numpy as np
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.special import erfcx, gammaln, log_ndtr

from bayes.effects import upper_quantile
from bayes.exact import events, ordinal
from bayes.exact.densities import log_density
from bayes.exact.quadrature import log_integral
from bayes.priors import Nuisance
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
    """

    parts: dict[str, LogCurve]
    centre: float
    width: float
    method: str
    bounds: tuple[float, float] = (-inf, inf)
    level_tails: bool = False

    def __call__(self, theta: np.ndarray) -> np.ndarray:
        """log L(theta)."""
        theta = np.atleast_1d(np.asarray(theta, dtype=float))
        values = [part(theta) for part in self.parts.values()]
        return values[0] if len(values) == 1 else np.logaddexp(*values)


def curve(outcome: Outcome, nuisance: Nuisance) -> Curve:
    """The likelihood curve of a reported outcome."""
    return CURVES[outcome.evidence.kind](outcome, nuisance)


def _estimate(outcome: Outcome, nuisance: Nuisance) -> Curve:
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    constant = -np.log(s) - 0.5 * np.log(2 * pi)
    parts = {"all": lambda theta: constant - 0.5 * ((y - theta) / s) ** 2}
    return Curve(parts, y, s, "closed-form normal likelihood", _bounds(outcome))


def _ordinal(outcome: Outcome, nuisance: Nuisance) -> Curve:
    _, treatment, control = zip(*outcome.evidence.observed, strict=True)
    k = len(treatment)
    c = 1 / (0.8 + 0.35 * max(k, 3)) if nuisance.ordinal is None else nuisance.ordinal.args[0]
    log_l = partial(ordinal.log_curve, treatment, control, c, outcome.sign)
    return _tabulated(log_l, outcome.standard_error, "cutpoints integrated one after another")


def _binary(outcome: Outcome, nuisance: Nuisance) -> Curve:
    evidence = outcome.evidence
    x1, n1, x0, n0 = evidence.treatment.events, evidence.treatment.n, evidence.control.events, evidence.control.n
    constant = sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in ((x1, n1), (x0, n0)))

    def odds(theta: np.ndarray) -> np.ndarray:
        def log_f(a: np.ndarray) -> np.ndarray:
            up, down = a + theta[:, None] / 2, a - theta[:, None] / 2
            log_l = x1 * up - n1 * np.logaddexp(0, up) + x0 * down - n0 * np.logaddexp(0, down)
            return log_l + log_density(nuisance.binary, a)

        reach = 60.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach) + constant

    def ratio(theta: np.ndarray) -> np.ndarray:
        mean, sd = nuisance.binary.args
        bound = -np.abs(theta) / 2
        z = (bound - mean) / sd

        def log_f(w: np.ndarray) -> np.ndarray:  # a = bound - t, t = exp(w)
            t = np.exp(w)
            log_p1, log_p0 = np.minimum(theta, 0.0)[:, None] - t, np.minimum(-theta, 0.0)[:, None] - t
            log_l = x1 * log_p1 + (n1 - x1) * _log1mexp(log_p1) + x0 * log_p0 + (n0 - x0) * _log1mexp(log_p0)
            # normal density at a over its value at the bound: no difference of large squares far out
            return log_l - (t / sd - 2 * z[:, None]) * t / (2 * sd) + w

        # log of (density at the bound / mass below it), by the inverse Mills ratio where the mass is tiny
        mills = np.where(z < 0, 0.5 * np.log(2 / np.pi) - np.log(erfcx(np.maximum(-z, 0.0) / np.sqrt(2))), 0.0)
        hazard = np.where(z < 0, mills, stats.norm.logpdf(z) - log_ndtr(z)) - np.log(sd)
        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 5.0), points=257) + hazard + constant

    def difference(theta: np.ndarray) -> np.ndarray:
        room, up, down = (1 - np.abs(theta))[:, None], np.maximum(theta, 0)[:, None], np.maximum(-theta, 0)[:, None]

        def log_f(w: np.ndarray) -> np.ndarray:  # share of the room = expit(w), uniform
            share, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
            log_l = x1 * np.log(up + room * share) + (n1 - x1) * np.log(down + room * rest)
            log_l = log_l + x0 * np.log(down + room * share) + (n0 - x0) * np.log(up + room * rest)
            return log_l + np.log(share) + np.log(rest)

        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 60.0)) + constant

    log_l = {"odds_ratio": odds, "risk_ratio": ratio, "risk_difference": difference}[outcome.measure]
    bounds = _bounds(outcome)
    centre, width = _landmarks(log_l, bounds)
    # all events in one arm and none in the other are as likely as can be under a ratio as large as can be
    level = outcome.measure == "risk_ratio" and ((x1, x0) == (0, n0) or (x1, x0) == (n1, 0))
    return Curve({"all": log_l}, centre, width, "quadrature over the baseline", bounds, level)


def _events(outcome: Outcome, nuisance: Nuisance) -> Curve:
    log_l, method = events.log_curve(outcome.evidence, nuisance)
    return _tabulated(log_l, None, method)


def _means(outcome: Outcome, nuisance: Nuisance) -> Curve:
    t, c = outcome.evidence.treatment, outcome.evidence.control
    pooled = outcome.evidence.pooled_sd
    standardised = outcome.measure == "standardised_mean_difference"
    means = np.array([float(t.mean), float(c.mean)])
    n = np.array([t.n, c.n])
    prior_mean = (n * means).sum() / n.sum()

    def given_sigma(theta, s1, s0):
        """Both means given the sigmas, with the common mean integrated out: a bivariate normal."""
        unit = np.sqrt((s1**2 + s0**2) / 2) if standardised else 1.0
        v1, v0, prior = s1**2 / n[0], s0**2 / n[1], (10 * pooled) ** 2
        r1, r0 = means[0] - prior_mean - unit * theta / 2, means[1] - prior_mean + unit * theta / 2
        determinant = v1 * v0 + prior * (v1 + v0)
        quadratic = (r1**2 * (v0 + prior) + r0**2 * (v1 + prior) - 2 * prior * r1 * r0) / determinant
        return -0.5 * quadratic - 0.5 * np.log(determinant) - np.log(2 * pi)

    def log_sigma(log_s, arm):
        s, sd, size = np.exp(log_s), float(arm.sd), arm.n
        log_l = -(size - 1) * log_s - 0.5 * (size - 1) * (sd / s) ** 2
        return log_l + stats.t.logpdf(s, 3, 0, 2.5 * pooled) + log_s

    def log_l(theta: np.ndarray) -> np.ndarray:
        th = theta[:, None, None]

        def outer(log_s1: np.ndarray) -> np.ndarray:
            def inner(log_s0: np.ndarray) -> np.ndarray:
                s1 = np.exp(log_s1)[..., None]
                return given_sigma(th, s1, np.exp(log_s0)) + log_sigma(log_s0, c)

            low = np.full(log_s1.shape, np.log(float(c.sd)) - 8.0)
            return log_integral(inner, low, low + 16.0, points=49) + log_sigma(log_s1, t)

        low = np.full(theta.shape, np.log(float(t.sd)) - 8.0)
        return log_integral(outer, low, low + 16.0, points=49)

    return _tabulated(log_l, outcome.standard_error, "quadrature over both standard deviations")


def _proportion(outcome: Outcome, nuisance: Nuisance) -> Curve:
    x, n = outcome.evidence.events, outcome.evidence.n
    centre, width = (x + 1) / (n + 2), np.sqrt((x + 1) * (n - x + 1) / (n + 2) ** 2 / (n + 3))
    return Curve({"all": lambda p: stats.binom.logpmf(x, n, p)}, centre, width, "quadrature", (0.0, 1.0))


def _bare(outcome: Outcome, nuisance: Nuisance) -> Curve:
    """A bare p-value or statement of significance: density or tail of z, or of noncentral t in small samples."""
    evidence, s = outcome.evidence, outcome.standard_error
    nu = evidence.t_degrees_of_freedom(outcome.measure)
    p = getattr(evidence, "p", None)
    exactly = p is not None and not isinstance(p, str)
    at = upper_quantile(evidence.upper_tail, nu)
    significant = exactly or evidence.kind == "p_value" or evidence.significant

    def direction(sign: int, theta: np.ndarray) -> np.ndarray:
        d = np.clip(sign * theta / s, -37.0, 37.0)  # beyond, probabilities are 0 or 1 to the last digit
        with np.errstate(divide="ignore"):
            if exactly:
                return stats.norm.logpdf(at, d) if nu is None else np.log(stats.nct.pdf(at, nu, d))
            if nu is None:
                return log_ndtr(d - at) if significant else _log_between(-d, at - d)
            tail = stats.nct.sf(at, nu, d) if significant else stats.nct.cdf(at, nu, d) - stats.nct.cdf(0.0, nu, d)
            return np.log(np.maximum(tail, 1e-300))

    up = 1 if evidence.favours != ("control" if outcome.sign > 0 else "treatment") else -1
    parts = {"up": partial(direction, 1), "down": partial(direction, -1)}
    if evidence.favours != "unknown":
        parts = {"all": partial(direction, up)}
    centre = 0.0 if evidence.favours == "unknown" else up * at * s
    method = "quadrature" if nu is None else "quadrature of the noncentral t likelihood"
    level_tails = significant and not exactly
    return Curve(parts, centre, s * max(1.0, abs(at)), method, _bounds(outcome), level_tails)


CURVES: dict[str, Callable[[Outcome, Nuisance], Curve]] = {
    "estimate": _estimate,
    "ordinal": _ordinal,
    "ordinal_cut": _ordinal,
    "binary": _binary,
    "events": _events,
    "means": _means,
    "proportion": _proportion,
    "p_value": _bare,
    "significance": _bare,
}


def _bounds(outcome: Outcome) -> tuple[float, float]:
    """Where the effect may lie: a risk difference within -1 to 1, whatever was printed of it."""
    return (-1.0, 1.0) if outcome.measure == "risk_difference" else (-inf, inf)


def _log1mexp(x: np.ndarray) -> np.ndarray:
    """log(1 - exp(x)) for x < 0."""
    return np.log(-np.expm1(np.minimum(x, -1e-300)))


def _log_between(low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """log(Phi(high) - Phi(low)), from the side where both are small."""
    swap = low > 0
    a, b = np.where(swap, -high, low), np.where(swap, -low, high)
    return log_ndtr(b) + _log1mexp(log_ndtr(a) - log_ndtr(b))


def _landmarks(log_l: LogCurve, bounds: tuple[float, float], scale: float | None = None) -> tuple[float, float]:
    """Peak and width of a curve: the range within two log units of the peak, halved."""
    unit = np.linspace(-1, 1, 81)
    grid = unit * (1 - 1e-9) if bounds == (-1.0, 1.0) else (scale or 1.0) * np.sinh(4.5 * unit)
    for points in (25, 25, 0):
        values = log_l(grid)
        best = int(values.argmax())
        near = np.flatnonzero(values > values[best] - 2.0)
        low, high = grid[max(near[0] - 1, 0)], grid[min(near[-1] + 1, len(grid) - 1)]
        centre, width = float(grid[best]), float(high - low) / 4
        grid = np.linspace(low, high, points)
    return centre, width


def _tabulated(log_l: LogCurve, scale: float | None, method: str) -> Curve:
    """A costly curve as a spline over nodes that crowd around its peak; linear beyond them."""
    centre, width = _landmarks(log_l, (-inf, inf), scale)
    reach = np.arcsinh(max(60.0, 12 * width) / width)
    node = np.linspace(-reach, reach, 181)
    spline = CubicSpline(node, log_l(centre + width * np.sinh(node)))

    def smooth(theta: np.ndarray) -> np.ndarray:
        u = np.arcsinh((theta - centre) / width)
        inside = np.clip(u, -reach, reach)
        return spline(inside) + spline(inside, 1) * (u - inside)

    return Curve({"all": smooth}, centre, width, method)
