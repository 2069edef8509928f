"""A density of one variable, known up to a constant: moments, probabilities and quantiles by Gauss-Legendre panels."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline
from scipy.optimize import brentq
from scipy.special import ndtr

NODE, WEIGHT = np.polynomial.legendre.leggauss(8)
TAILS = {"q025": 0.025, "median": 0.5, "q975": 0.975}


def panels(low: float, high: float, count: int = 300):
    """Return the nodes and weights of a composite eight-point rule."""
    edges = np.linspace(low, high, count + 1)
    half = np.diff(edges) / 2
    x = (edges[:-1] + half)[:, None] + half[:, None] * NODE
    return x.ravel(), (half[:, None] * WEIGHT).ravel()


def smooth_panels(low: float, high: float, count: int = 300):
    """Return nodes that crowd at both ends, so that a square root or a pole of low order there costs no accuracy."""
    s, weight = panels(0.0, 1.0, count)
    return low + (high - low) * s**2 * (3 - 2 * s), (high - low) * 6 * s * (1 - s) * weight


class Density:
    """A density on [low, high], which must hold all but a negligible part of its mass."""

    def __init__(self, log_density, low: float, high: float):
        self.log_density, self.low, self.high = log_density, low, high
        self.x, weight = panels(low, high)
        log_p = log_density(self.x)
        self.peak = log_p.max()
        mass = weight * np.exp(log_p - self.peak)
        self.total = mass.sum()
        self.mass = mass / self.total

    @classmethod
    def of_values(cls, x, log_p) -> Density:
        """Interpolate logarithms on a fine, even grid by a quintic spline."""
        return cls(make_interp_spline(x, log_p, k=5), x[0], x[-1])

    def expectation(self, f) -> float:
        return float(self.mass @ f(self.x))

    def moments(self) -> tuple[float, float]:
        mean = float(self.mass @ self.x)
        return mean, float(np.sqrt(self.mass @ (self.x - mean) ** 2))

    def below(self, bound: float, f=np.ones_like) -> float:
        """Integrate the density, or f times it, up to a bound; panels end there, so a jump or corner is harmless."""
        if bound <= self.low:
            return 0.0
        x, weight = panels(self.low, min(bound, self.high))
        return float(weight @ (np.exp(self.log_density(x) - self.peak) * f(x)) / self.total)

    def quantile(self, p: float) -> float:
        return quantile(self.below, p, self.low, self.high)


def quantile(cdf, p: float, low: float, high: float) -> float:
    """Invert a distribution function."""
    return brentq(lambda x: cdf(x) - p, low, high, xtol=1e-14, rtol=1e-14)


def normal_mixture(weights, means, sds):
    """Return the distribution function of a mixture of normals, and bounds between which its quantiles lie."""
    weights, means, sds = (np.asarray(v, float) for v in (weights, means, sds))
    return (
        lambda x: float(weights @ ndtr((x - means) / sds)),
        float((means - 12 * sds).min()),
        float((means + 12 * sds).max()),
    )


def probabilities(cdf, inputs: dict) -> dict[str, float]:
    """Return the probabilities of benefit, of more than the MCID and of equivalence, as far as the inputs define them.

    The ratio that marks a benefit tells which tail is meant; without it, a positive effect is the better one.
    """
    lower = "<" in inputs.get("benefit", "")

    def good(bound):
        return cdf(bound) if lower else 1 - cdf(bound)

    found = {"p_benefit": good(0.0)}
    mcid, rope = (inputs.get(f"{name}_ratio", inputs.get(f"{name}_or")) for name in ("mcid", "rope"))
    if mcid is not None:
        found["p_mcid"] = good(np.log(mcid))
    if rope is not None:
        found["p_rope"] = cdf(np.log(rope[1])) - cdf(np.log(rope[0]))
    return found


def describe(density: Density, inputs: dict) -> dict[str, float]:
    """Return the mean, sd, quantiles and probabilities that most cases state."""
    mean, sd = density.moments()
    found = {"mean": mean, "sd": sd} | {name: density.quantile(p) for name, p in TAILS.items()}
    return found | probabilities(density.below, inputs)
