"""What exact likelihoods of counts add to their normal approximation, at every mu and tau of a block of analyses.

    A(mu, tau) = log integral L(theta) Normal(theta | mu, tau) d theta

of a table's exact likelihood differs smoothly from that of its normal approximation, which is in closed form. The
difference, and those of the first two moments of theta, are interpolated by Chebyshev polynomials in

    v = arcsinh((mu - estimate(tau)) / SD(tau)),   x = arcsinh(tau / unit),

where estimate and SD are those of the normal approximation at tau: a region that follows the likelihood and contains
the posteriors under all priors asked for, so that one set of integrals serves them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.corpus.engine import chebyshev
from bayes.corpus.engine.count_curves import AT_ONCE, REACH, Curves, Flags, peak_of
from bayes.corpus.engine.given_tau import Reports, sums_of

SUM = 33  # nodes of the integral over theta


@dataclass(frozen=True)
class Region:
    """The places of mu and tau that matter for every analysis: at each tau, mu within some SDs of its estimate.

    Attributes
    ----------
    reports : Reports
        The normal approximations; at tau they estimate mu with the SD (sum 1 / (s^2 + tau^2))^-1/2.
    unit : ndarray, shape (rows,)
    reach : ndarray, shape (rows,)
        Of arcsinh((mu - estimate) / SD), from -reach to reach.
    last : ndarray, shape (rows,)
        Of x = arcsinh(tau / unit), from zero to last; beyond it corrections are those at the edge.
    """

    reports: Reports
    unit: FloatArray
    reach: FloatArray
    last: FloatArray

    def at(self, rows: IntArray) -> Region:
        """Return the regions of some rows."""
        return Region(self.reports.at(rows), self.unit[rows], self.reach[rows], self.last[rows])

    def tau(self, x: FloatArray) -> FloatArray:
        """Return tau at places in [-1, 1], shape (rows, places)."""
        return np.asarray(self.unit[:, None] * np.sinh(self.last[:, None] * (x + 1) / 2))

    def scale(self, tau: FloatArray) -> FloatArray:
        """Return the unit of a mean given tau, shape (rows, taus); beyond the region it grows no more."""
        return np.hypot(self.unit[:, None], self.within(tau))

    def within(self, tau: FloatArray) -> FloatArray:
        """Return tau, or the largest of the region where it is beyond, shape (rows, taus)."""
        return np.minimum(tau, (self.unit * np.sinh(self.last))[:, None])

    def mu(self, v: FloatArray, tau: FloatArray) -> FloatArray:
        """Return mu at places in [-1, 1] for every tau, shape (rows, places, taus)."""
        estimate, sd = estimate_of(self.reports, tau)
        away = np.sinh(self.reach[:, None] * v)
        return np.asarray(estimate[:, None] + away[:, :, None] * sd[:, None])

    def x(self, tau: FloatArray) -> FloatArray:
        """Return the places of tau in [-1, 1]; those beyond are moved to the edge."""
        return np.clip(2 * np.arcsinh(tau / self.unit[:, None]) / self.last[:, None] - 1, -1.0, 1.0)

    def v(self, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return the places of mu, shape (rows, n, taus), in [-1, 1]; those beyond are moved to the edge."""
        estimate, sd = estimate_of(self.reports, tau)
        away = np.arcsinh((mu - estimate[:, None]) / sd[:, None])
        return np.clip(away / self.reach[:, None, None], -1.0, 1.0)


def estimate_of(reports: Reports, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the estimate of mu at every tau, shape (rows, taus), and its SD."""
    sums = sums_of(reports, tau)
    return sums.wy / sums.w + reports.centre[:, None], sums.w**-0.5


@dataclass(frozen=True)
class Places:
    """Where nodes of mu and tau lie among the polynomials.

    Attributes
    ----------
    v : ndarray, shape (rows, places, taus)
        Of mu, in [-1, 1].
    basis : ndarray, shape (rows, taus, n)
        The polynomials of tau there.
    """

    v: FloatArray
    basis: FloatArray

    def of(self, coefficients: FloatArray) -> FloatArray:
        """Return polynomials there, shape (rows, places, taus), from coefficients, shape (rows, m, n)."""
        return chebyshev.values_at(coefficients, self.v, self.basis)


@dataclass(frozen=True)
class Corrections:
    """Coefficients of the differences from the normal approximation, over the places v of mu and x of tau.

    Attributes
    ----------
    region : Region
    log_average : ndarray, shape (rows, trials, m, n)
        Of A(mu, tau); zero for padding. Those of one-sided tables include log(s^2 + tau^2) / 2, with which they level
        out as tau grows.
    mean, variance : ndarray, shape (rows, trials, m, n)
        Of theta given mu, tau and the report, in units of `scale` and of its square.
    one_sided : ndarray of bool, shape (rows, trials)
    """

    region: Region
    log_average: FloatArray
    mean: FloatArray
    variance: FloatArray
    one_sided: Flags

    def at(self, rows: IntArray) -> Corrections:
        """Return the corrections of some rows."""
        average, mean, variance = (values[rows] for values in (self.log_average, self.mean, self.variance))
        return Corrections(self.region.at(rows), average, mean, variance, self.one_sided[rows])

    def places(self, mu: FloatArray, tau: FloatArray) -> Places:
        """Return where nodes of mu, shape (rows, places, taus), and of tau lie among the polynomials."""
        return Places(self.region.v(mu, tau), chebyshev.basis(self.region.x(tau), self.log_average.shape[3]))

    def added(self, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return what exact likelihoods add to the normal log likelihood of all trials, shape (rows, places, taus)."""
        at = self.places(mu, tau)
        return at.of(self._total) + self.levelled(tau)[:, None]

    def doubt(self, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return how far off it may be, by the last two terms of each variable, shape (rows, places, taus)."""
        at, last = self.places(mu, tau), self._total.copy()
        last[:, :-2, :-2] = 0.0
        return np.abs(at.of(last))

    @cached_property
    def _total(self) -> FloatArray:
        return np.asarray(self.log_average.sum(axis=1))

    def levelled(self, tau: FloatArray, trial: int | None = None) -> FloatArray:
        """Return the sum of log(s^2 + tau^2) / 2 over one-sided tables, or that of one trial, shape (rows, taus).

        Beyond the region it grows no more: the prior of the baseline ends even a one-sided likelihood far out.
        """
        found, tau = np.zeros_like(tau), self.region.within(tau)
        for i in range(self.one_sided.shape[1]) if trial is None else (trial,):
            own = self.one_sided[:, i, None]
            s2 = np.where(own, self.region.reports.s[:, i, None], 1.0) ** 2
            found += np.where(own, 0.5 * np.log(s2 + tau**2), 0.0)
        return found


@dataclass(frozen=True)
class WithoutTau:
    """The same for trials that share one effect, where tau is zero: the curves themselves.

    Attributes
    ----------
    curves : Curves
    place : ndarray of int, shape (rows, trials)
        The curve of each trial; -1 for padding.
    """

    curves: Curves
    place: IntArray

    def at(self, rows: IntArray) -> WithoutTau:
        """Return those of some rows."""
        return WithoutTau(self.curves, self.place[rows])

    def added(self, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return what exact likelihoods add to the normal log likelihood of all trials, in the shape of mu."""
        rows, trials = np.nonzero(self.place >= 0)
        at = self.curves.at(self.place[rows, trials])
        away = (mu[rows] - at.centre[:, None, None]) / at.width[:, None, None]
        total = np.zeros_like(mu)
        np.add.at(total, rows, at(mu[rows]) + 0.5 * away**2)
        return total

    def doubt(self, mu: FloatArray, tau: FloatArray) -> FloatArray:
        """Return zero: a curve is its own interpolation."""
        return np.zeros((1, 1, 1))


def corrections(curves: Curves, place: IntArray, region: Region, size: tuple[int, int]) -> Corrections:
    """Integrate every table's likelihood over a region.

    Parameters
    ----------
    curves : Curves
    place : ndarray, shape (rows, trials)
        The table of each trial among the curves; -1 for padding.
    region : Region
    size : (int, int)
        Nodes of v and of x.
    """
    m, n = size
    reports = region.reports
    tau = region.tau(chebyshev.nodes(n))
    mu = region.mu(chebyshev.nodes(m), tau)
    rows, trials = np.nonzero(place >= 0)
    average, mean, variance = found = [np.zeros((*place.shape, m, n)) for _ in range(3)]
    one_sided = (place >= 0) & curves.one_sided[place]
    step = max(1, AT_ONCE * 111 // (m * n))
    for i in range(0, len(rows), step):
        row, trial = rows[i : i + step], trials[i : i + step]
        over = np.broadcast_to(tau[row][:, None], mu[row].shape)
        exact = _averaged(curves.at(place[row, trial]), mu[row], over)
        y, s = reports.y[row, trial], reports.s[row, trial]
        normal = _of_normal(y, s, mu[row], over, one_sided[row, trial])
        scale = region.scale(tau)[row][:, None]
        for array, one, other, per in zip(found, exact, normal, (np.ones_like(scale), scale, scale**2), strict=True):
            array[row, trial] = chebyshev.coefficients((one - other) / per)
    return Corrections(region, average, mean, variance, one_sided)


def _averaged(curves: Curves, mu: FloatArray, tau: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log average, mean and variance of theta, in the shape of mu and tau: (tables, mu, tau)."""

    def slopes(theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        first, second = curves.slopes(theta)
        return first - (theta - mu) / tau**2, np.minimum(second, 0.0) - tau**-2

    highest = curves.peak[:, None, None]
    peak = peak_of(slopes, np.minimum(mu, highest), np.maximum(mu, highest))
    narrow = (-slopes(peak)[1]) ** -0.5
    far = np.arcsinh(REACH * tau / narrow)[..., None]
    v = np.linspace(-1, 1, SUM)
    theta = peak[..., None] + narrow[..., None] * np.sinh(far * v)
    log_f = curves(theta) - 0.5 * ((theta - mu[..., None]) / tau[..., None]) ** 2
    log_f = log_f + np.log(np.cosh(far * v))
    total = log_sum_exp(log_f, axis=-1)
    share = np.exp(log_f - total[..., None])
    mean = (share * theta).sum(axis=-1)
    variance = (share * (theta - mean[..., None]) ** 2).sum(axis=-1)
    step = np.log(narrow * far[..., 0] * 2 / (SUM - 1) / tau) - 0.5 * np.log(2 * np.pi)
    return total + step, mean, variance


def _of_normal(
    y: FloatArray, s: FloatArray, mu: FloatArray, tau: FloatArray, one_sided: Flags
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the same for normal likelihoods, in closed form, without constants.

    Those of one-sided tables are without log(s^2 + tau^2) / 2 as well.
    """
    y, s = y[:, None, None], s[:, None, None]
    both = s**2 + tau**2
    log_average = -0.5 * ((y - mu) ** 2 / both + np.where(one_sided[:, None, None], 0.0, np.log(both)))
    return log_average, (tau**2 * y + s**2 * mu) / both, s**2 * tau**2 / both
