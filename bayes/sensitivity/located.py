"""Box p of an estimate whose error keeps its distribution wherever the effect lies.

p(y | theta) = K(y - theta), with K as the likelihood has it: K(y - theta) = L(theta) at the printed y, scaled to one.
So for a normal or t error, for the difference of two means, and for the curve of a common odds ratio or of a synthesis'
mean, whose shape is carried along. A normal error under a normal prior has Box's own closed form.
"""

from __future__ import annotations

from math import inf, sqrt

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import logsumexp, ndtr

from bayes import quadrature
from bayes.base.distributions import Distribution
from bayes.quadrature.integrals import panels

FAR = 1e4  # widths to which an error, or a component of a prior, is followed
UNBOUNDED = (-inf, inf)
LINE = 401  # estimates at which the predictive density is computed, the printed one in the middle


def box_p(curve: quadrature.Curve, prior: Distribution, null: float) -> float:
    """Prior predictive probability of an estimate no more probable than the peak of the curve."""
    if curve.normal is not None and curve.bounds == UNBOUNDED and prior.name == "normal":
        (y, s), (mean, sd) = curve.normal, prior.args
        return 2 * float(ndtr(-abs(y - mean) / sqrt(s**2 + sd**2)))
    u, width = spread_out(curve.centre, curve.width, prior, LINE), curve.width
    log_f = log_predictive(curve, curve.centre + width * np.sinh(u), prior, null)
    return no_more_probable(u, log_f, np.cosh(u))


def spread_out(y: float, s: float, prior: Distribution, count: int) -> np.ndarray:
    """A uniform grid of u whose y + s sinh(u) reaches wherever a prior expects an estimate; zero in its middle."""
    widths = 1000 if prior.heaviest_df < inf else 40  # an error may have tails, too
    reach = max(abs(centre - y) + widths * np.hypot(width, s) for centre, width in quadrature.spots_of(prior))
    return np.linspace(-1, 1, count) * np.arcsinh(reach / s)


def no_more_probable(u: np.ndarray, log_f: np.ndarray, step: np.ndarray) -> float:
    """Share of a density where it is no higher than at u = 0; `step` is dy / du on the uniform grid of u."""
    level = CubicSpline(u, log_f - float(CubicSpline(u, log_f)(0.0)))
    mass = CubicSpline(u, np.exp(log_f - log_f.max()) * step).antiderivative()
    edges = np.unique(np.concatenate([[u[0], 0.0, u[-1]], level.roots(extrapolate=False)]))
    share = np.diff(mass(edges))
    below = level((edges[1:] + edges[:-1]) / 2) <= 0
    return float(np.clip(share[below].sum() / share.sum(), 0.0, 1.0))


def log_predictive(curve: quadrature.Curve, at: np.ndarray, prior: Distribution, null: float) -> np.ndarray:
    """log of the prior predictive density of estimates, up to a constant; shape of `at`."""
    error, weight = _around(0.0, curve.width)
    log_total = logsumexp(curve(curve.centre - error) + np.log(weight))

    def kernel(off: np.ndarray) -> np.ndarray:  # log K(y - theta)
        return curve((curve.centre - off).ravel()).reshape(off.shape) - log_total

    if curve.bounds == UNBOUNDED:
        found = [np.log(w) + _component(kernel, curve.width, at, part) for w, part in prior.components]
    else:
        found = [_bounded(kernel, curve, at, prior)]
    log_f = logsumexp(found, axis=0)
    if not prior.spike:
        return log_f
    return np.logaddexp(np.log1p(-prior.spike) + log_f, np.log(prior.spike) + kernel(at - null))


def _component(kernel, width: float, at: np.ndarray, part: Distribution) -> np.ndarray:
    """One component of the prior, summed over the narrower of it and the error."""
    centre, sd = quadrature.landmarks(part)
    x, weight = _around(centre, sd) if sd < width else _around(0.0, width)
    other = at[:, None] - x
    log_p = (
        quadrature.log_density(part, x) + kernel(other)
        if sd < width
        else kernel(x) + quadrature.log_density(part, other)
    )
    return logsumexp(log_p + np.log(weight), axis=1)


def _bounded(kernel, curve: quadrature.Curve, at: np.ndarray, prior: Distribution) -> np.ndarray:
    """A prior cut off at the bounds of the effect and renormalised."""
    low, high = curve.bounds
    spots = [(curve.centre, curve.width), *quadrature.spots_of(prior)]
    edges = [np.clip(c + 12 * w * np.linspace(-1, 1, 49), low, high) for c, w in spots]
    step = min(w for _, w in spots)
    count = int(min(np.ceil((high - low) / step), 1000))
    theta, weight = panels(np.concatenate([*edges, np.linspace(low, high, count + 1)]), order=6)
    log_mass = quadrature.log_prior_density(prior, theta) + np.log(weight)
    return logsumexp(kernel(at[:, None] - theta) + log_mass - logsumexp(log_mass), axis=1)


def _around(centre: float, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights that crowd about a centre and reach far out."""
    return panels(centre + width * np.sinh(np.linspace(-1, 1, 101) * np.arcsinh(FAR)), order=8)
