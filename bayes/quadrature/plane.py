"""The plane of mu and tau: every report's likelihood averaged over the effects of trials, tabulated once.

    A_i(mu, tau) = log  integral of L_i(theta) g((theta - mu) / tau) / tau d theta,   g = Normal(0, 1), unless stated

The plane also holds the mean and second moment of theta_i there. A synthesis of any of these reports, under any
priors of mu and tau, is a sum of these surfaces, so that leaving a trial out, forcing a direction or changing a prior
needs no new integral.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log, pi

import numpy as np
from scipy.interpolate import CubicSpline, RectBivariateSpline

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.base.measures import sd_ratio
from bayes.quadrature.averages import Quick, averages
from bayes.quadrature.likelihood_curve import FAR, Curve, LogCurve
from bayes.quadrature.scatter import NORMAL, Scatter

FINE = 0.15  # spacing of log tau
MANY = 30  # reports, beyond which a sum of most of them is that of all without the others
AT_ONCE = 8  # values of tau that a thread takes


@dataclass(frozen=True)
class Surface:
    """One report, or one direction of a folded report, averaged over Normal(mu, tau).

    Attributes
    ----------
    log_average : ndarray, shape (mu, tau)
        Log of the averaged likelihood.
    mean, second : ndarray, shape (mu, tau)
        First and second moment of theta given mu, tau and the report.
    """

    log_average: FloatArray
    mean: FloatArray
    second: FloatArray

    def __add__(self, other: Surface) -> Surface:
        """Combine both directions of a folded report."""
        total = np.logaddexp(self.log_average, other.log_average)
        mine, theirs = np.exp(self.log_average - total), np.exp(other.log_average - total)
        return Surface(total, mine * self.mean + theirs * other.mean, mine * self.second + theirs * other.second)


@dataclass(frozen=True)
class Plane:
    """The surfaces of every report and direction, on common nodes of mu and of log tau.

    Attributes
    ----------
    curves : tuple of Curve
        One per report, on the analysis scale.
    mu, log_tau : ndarray
        Nodes.
    scatter : Scatter
        The distribution of effects about mu in units of tau.
    """

    curves: tuple[Curve, ...]
    mu: FloatArray
    log_tau: FloatArray
    scatter: Scatter = NORMAL

    @cached_property
    def parts(self) -> tuple[dict[str, Surface], ...]:
        """The surfaces of each report by direction."""
        return tuple(
            {name: self._surface(curve, log_l) for name, log_l in curve.parts.items()} for curve in self.curves
        )

    @cached_property
    def surfaces(self) -> tuple[Surface, ...]:
        """The surface of each report, with all its directions combined."""
        return tuple(sum(rest, first) for first, *rest in (list(found.values()) for found in self.parts))

    @cached_property
    def total(self) -> FloatArray:
        """The log averages of all reports together, shape (mu, tau)."""
        return sum((surface.log_average for surface in self.surfaces), np.zeros((len(self.mu), len(self.log_tau))))

    def at(self, values: FloatArray, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Interpolate an array of shape (mu, tau) given on this plane.

        It is linear in log tau above the plane, constant below it and constant beyond the nodes of mu.
        """
        found = self._along_tau(values, np.log(np.maximum(tau, 1e-300)))
        return CubicSpline(self.mu, found, axis=0)(np.clip(mu, self.mu[0], self.mu[-1]))

    def weights_of(self, mass: FloatArray, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return weights W, shape (mu, tau) of this plane, with sum(mass * at(values)) = sum(W * values).

        Interpolation is linear in the values, so that one set of weights gives the moments of every report.

        Parameters
        ----------
        mass : ndarray, shape (m, t)
        mu, tau : ndarray, shape (m,) and (t,)
        """
        along_tau = self._along_tau(np.eye(len(self.log_tau)), np.log(np.maximum(tau, 1e-300)))
        along_mu = CubicSpline(self.mu, np.eye(len(self.mu)), axis=0)(np.clip(mu, self.mu[0], self.mu[-1]))
        return along_mu.T @ mass @ along_tau.T

    def log_likelihoods(self, mu: FloatArray, tau: FloatArray | float) -> FloatArray:
        """Return the log likelihood of every report at pairs of mu and tau, with its own effect integrated out.

        Parameters
        ----------
        mu : ndarray, shape (..., report) or (..., 1)
            Mean of each report's effect.
        tau : float or ndarray, shape (..., 1)

        Returns
        -------
        ndarray, shape (..., report)
            Constant beyond the plane, where no posterior reaches.
        """
        mu, tau, _ = np.broadcast_arrays(mu, tau, np.empty(len(self.curves)))
        log_tau = np.log(np.clip(tau, *np.exp(self.log_tau[[0, -1]])))
        mu = np.clip(mu, self.mu[0], self.mu[-1])
        splines = (RectBivariateSpline(self.mu, self.log_tau, surface.log_average) for surface in self.surfaces)
        return np.stack([spline(mu[..., i], log_tau[..., i], grid=False) for i, spline in enumerate(splines)], axis=-1)

    def _along_tau(self, values: FloatArray, log_tau: FloatArray) -> FloatArray:
        inside = np.clip(log_tau, self.log_tau[0], self.log_tau[-1])
        spline = CubicSpline(self.log_tau, values, axis=1)
        beyond = log_tau - np.minimum(log_tau, self.log_tau[-1])
        return spline(inside) + (spline(self.log_tau[-1], 1)[:, None] * beyond if beyond.any() else 0.0)

    def _surface(self, curve: Curve, log_l: LogCurve) -> Surface:
        nu = self.scatter.nu
        if nu is not None:  # a Student-t is a normal with a random scale
            return self._student(self._averaged(curve, log_l, NORMAL), nu)
        return self._averaged(curve, log_l, self.scatter)

    def _averaged(self, curve: Curve, log_l: LogCurve, scatter: Scatter) -> Surface:
        if curve.normal is not None and scatter == NORMAL:
            return _conjugate(*curve.normal, self.mu, np.exp(self.log_tau))
        quick, tau = Quick.of(curve, log_l), np.exp(self.log_tau)
        few = [tau[start : start + AT_ONCE] for start in range(0, len(tau), AT_ONCE)]
        columns = [averages(quick, self.mu, some, scatter) for some in few]
        return Surface(*(np.concatenate(rows, axis=1) for rows in zip(*columns, strict=True)))

    def _student(self, normal: Surface, nu: float) -> Surface:
        """Average a normal surface over tau / u, u^2 ~ chi-square(nu) / nu, which makes the effects Student-t."""
        u, log_weight = (values[::8] for values in sd_ratio(nu))
        log_weight = log_weight - log_sum_exp(log_weight)
        total = np.full_like(normal.log_average, -np.inf)
        mean, second = np.zeros_like(total), np.zeros_like(total)
        for ratio, weight in zip(u, log_weight, strict=True):
            here = [self._along_tau(v, self.log_tau - log(ratio)) for v in vars(normal).values()]
            total, old = np.logaddexp(total, here[0] + weight), total
            share = np.exp(here[0] + weight - total)
            mean, second = (
                np.exp(old - total) * kept + share * new for kept, new in ((mean, here[1]), (second, here[2]))
            )
        return Surface(total, mean, second)


def make_plane(curves: Sequence[Curve], scatter: Scatter = NORMAL) -> Plane:
    """Build a plane wide and fine enough for these reports under any priors.

    Nodes of mu are dense around the reports, at a spacing of a fifth of the narrowest report's width. log tau runs from
    a thousandth of that width, below which tau might as well be zero, to ten thousand times the widest report's width.

    Parameters
    ----------
    curves : sequence of Curve
    scatter : Scatter
        The distribution of effects about mu in units of tau.
    """
    centres = np.array([c.centre for c in curves])
    widths = np.array([c.width for c in curves])
    weight = widths**-2
    middle = float(centres @ weight / weight.sum())
    reach = max(60 * widths.max(), 12 * float(np.abs(centres - middle).max()), FAR * max(c.unit for c in curves))
    scale = max(4 * widths.min(), float(np.abs(centres - middle) @ weight / weight.sum()))
    steps = int(np.ceil(np.arcsinh(reach / scale) * scale / widths.min() * 5))
    mu = middle + scale * np.sinh(np.linspace(-1, 1, 2 * steps + 1) * np.arcsinh(reach / scale))
    mu = np.unique(np.clip(mu, max(c.bounds[0] for c in curves), min(c.bounds[1] for c in curves)))
    low, high = log(widths.min() * 1e-3), log(widths.max() * 1e4)
    return Plane(tuple(curves), mu, np.linspace(low, high, int((high - low) / FINE) + 2), scatter)


def replace_curves(plane: Plane, curves: Mapping[int, Curve]) -> Plane:
    """Return the plane with some reports' curves replaced; the surfaces of the other reports are reused.

    Parameters
    ----------
    plane : Plane
    curves : mapping of int to Curve
        New curves by position.
    """
    every = tuple(curves.get(i, curve) for i, curve in enumerate(plane.curves))
    changed = Plane(every, plane.mu, plane.log_tau, plane.scatter)
    changed.__dict__["parts"] = tuple(
        {name: changed._surface(every[i], part) for name, part in every[i].parts.items()} if i in curves else kept
        for i, kept in enumerate(plane.parts)
    )
    if len(every) > MANY:
        apart = ((changed.surfaces[i].log_average, plane.surfaces[i].log_average) for i in curves)
        changed.__dict__["total"] = plane.total + sum(new - old for new, old in apart)
    return changed


def _conjugate(y: float, s: float, mu: FloatArray, tau: FloatArray) -> Surface:
    """Return the closed-form surface of a normal likelihood."""
    mu, tau = mu[:, None], tau[None, :]
    variance = s**2 + tau**2
    log_average = -0.5 * (y - mu) ** 2 / variance - 0.5 * np.log(variance) - 0.5 * log(2 * pi)
    mean = (tau**2 * y + s**2 * mu) / variance
    return Surface(log_average, mean, mean**2 + s**2 * tau**2 / variance)
