"""Box's p of an estimate whose error has the same distribution whatever the effect.

p(y | theta) = K(y - theta), where K is the likelihood read as a density: K(y - theta) = L(theta) at the printed y,
scaled to integrate to one. This holds for normal and t errors and for the difference of two means; for a common odds
ratio or the mean of a synthesis, the shape of the curve is assumed to shift with the effect. For a normal error and a
normal prior, Box's closed form is used (METHODS 6).
"""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import ndtr

from bayes import quadrature
from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.quadrature.integrals import panels

FAR = 1e4  # widths over which an error, or a component of a prior, is integrated
UNBOUNDED = (-inf, inf)
Kernel = Callable[[FloatArray], FloatArray]  # log K(y - theta) by y - theta
LINE = 401  # estimates at which the predictive density is computed, the printed one in the middle


def box_p(curve: quadrature.Curve, prior: Distribution, null: float) -> float:
    """Return the prior predictive probability of an estimate whose density is at most that at the peak of the curve."""
    if curve.normal is not None and curve.bounds == UNBOUNDED and prior.name == "normal":
        (y, s), (mean, sd) = curve.normal, prior.args
        return 2 * float(ndtr(-abs(y - mean) / sqrt(s**2 + sd**2)))
    u, width = spread_out(curve.centre, curve.width, prior, LINE), curve.width
    log_f = log_predictive(curve, curve.centre + width * np.sinh(u), prior, null)
    return no_more_probable(u, log_f, np.cosh(u))


def spread_out(y: float, s: float, prior: Distribution, count: int) -> FloatArray:
    """Return a uniform grid of u, centred on zero, over which y + s sinh(u) covers the estimates a prior expects."""
    widths = 1000 if prior.heaviest_df < inf else 40  # generous, because the error may be heavy-tailed as well
    spots = quadrature.spots_of(prior)
    reach = max(abs(centre - y) + widths * float(np.hypot(width, s)) for centre, width in spots)
    return np.linspace(-1, 1, count) * float(np.arcsinh(reach / s))


def no_more_probable(u: FloatArray, log_f: FloatArray, step: FloatArray) -> float:
    """Return the share of a density where it is at most its value at u = 0; `step` is dy / du on the grid of u."""
    level = CubicSpline(u, log_f - float(CubicSpline(u, log_f)(0.0)))
    mass = CubicSpline(u, np.exp(log_f - log_f.max()) * step).antiderivative()
    edges = np.unique(np.concatenate([[u[0], 0.0, u[-1]], level.roots(extrapolate=False)]))
    share = np.diff(mass(edges))
    below = level((edges[1:] + edges[:-1]) / 2) <= 0
    return float(np.clip(share[below].sum() / share.sum(), 0.0, 1.0))


def log_predictive(curve: quadrature.Curve, at: FloatArray, prior: Distribution, null: float) -> FloatArray:
    """Return the log prior predictive density of the estimates in `at`, up to a constant; same shape as `at`."""
    error, weight = _around(0.0, curve.width)
    log_total = float(log_sum_exp(curve(curve.centre - error) + np.log(weight)))

    def kernel(off: FloatArray) -> FloatArray:  # log K(y - theta)
        return curve((curve.centre - off).ravel()).reshape(off.shape) - log_total

    if curve.bounds == UNBOUNDED:
        found = [np.log(w) + _component(kernel, curve.width, at, part) for w, part in prior.components]
    else:
        found = [_bounded(kernel, curve, at, prior)]
    log_f: FloatArray = log_sum_exp(found, axis=0)
    if not prior.spike:
        return log_f
    log_slab, log_spike = float(np.log1p(-prior.spike)), float(np.log(prior.spike))
    return np.logaddexp(log_slab + log_f, log_spike + kernel(at - null))


def _component(kernel: Kernel, width: float, at: FloatArray, part: Distribution) -> FloatArray:
    """Integrate one component of the prior, on nodes that follow the narrower of it and the error."""
    centre, sd = quadrature.landmarks(part)
    x, weight = _around(centre, sd) if sd < width else _around(0.0, width)
    other = at[:, None] - x
    log_p = (
        quadrature.log_density(part, x) + kernel(other)
        if sd < width
        else kernel(x) + quadrature.log_density(part, other)
    )
    return log_sum_exp(log_p + np.log(weight), axis=1)


def _bounded(kernel: Kernel, curve: quadrature.Curve, at: FloatArray, prior: Distribution) -> FloatArray:
    """Integrate a prior truncated to the bounds of the effect and renormalised."""
    low, high = curve.bounds
    spots = [(curve.centre, curve.width), *quadrature.spots_of(prior)]
    edges = [np.clip(c + 12 * w * np.linspace(-1, 1, 49), low, high) for c, w in spots]
    step = min(w for _, w in spots)
    count = int(min(np.ceil((high - low) / step), 1000))
    theta, weight = panels(np.concatenate([*edges, np.linspace(low, high, count + 1)]), order=6)
    log_mass = quadrature.log_prior_density(prior, theta) + np.log(weight)
    return log_sum_exp(kernel(at[:, None] - theta) + log_mass - log_sum_exp(log_mass), axis=1)


def _around(centre: float, width: float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights that are dense near a centre and extend far from it."""
    return panels(centre + width * np.sinh(np.linspace(-1, 1, 101) * np.arcsinh(FAR)), order=8)
