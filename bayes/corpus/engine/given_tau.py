"""Normal likelihoods of mu given tau, thousands of analyses at once, in closed form.

With w_i = 1 / (s_i^2 + tau^2), a normal prior component c of mu with mean m_c and SD v_c, and P = sum w_i + v_c^-2,

    mu | tau, c ~ Normal((sum w_i y_i + m_c / v_c^2) / P, P^-1/2)
    log p(y | tau, c) = 1/2 (sum log w_i - sum w_i y_i^2 - m_c^2 / v_c^2 + P E(mu)^2 - log P) - log v_c + constant
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.prior_arrays import EffectPriors


@dataclass(frozen=True)
class Reports:
    """Estimates and standard errors of the trials of every analysis, on the analysis scale.

    Attributes
    ----------
    y, s : ndarray, shape (rows, trials)
        Padding has an infinite s.
    """

    y: FloatArray
    s: FloatArray

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """The places that hold a trial, shape (rows, trials)."""
        return np.isfinite(self.s)

    @cached_property
    def centre(self) -> FloatArray:
        """The mean weighted by precision, shape (rows,)."""
        weight = self.s**-2
        return np.asarray((weight * self.y).sum(axis=1) / weight.sum(axis=1))

    @cached_property
    def relative(self) -> FloatArray:
        """The estimates relative to the centre, zero where there is no trial, shape (rows, trials)."""
        return np.where(self.there, self.y - self.centre[:, None], 0.0)

    def of_trial(self, trial: int) -> tuple[FloatArray, FloatArray]:
        """Return y relative to the centre, and s^2, of one trial, each (rows, 1); zero and one where there is none."""
        s2 = np.where(self.there[:, trial], self.s[:, trial], 1.0) ** 2
        return self.relative[:, trial, None], s2[:, None]

    def at(self, rows: IntArray) -> Reports:
        """Return the reports of some rows."""
        return Reports(self.y[rows], self.s[rows])

    def without(self, trial: IntArray) -> Reports:
        """Return the reports without one trial of each row."""
        s = self.s.copy()
        s[np.arange(len(s)), trial] = np.inf
        return Reports(self.y, s)


@dataclass(frozen=True)
class Sums:
    """What a normal likelihood of mu says at nodes of tau, relative to the centre of the reports.

    Attributes
    ----------
    log_w, w, wy, wyy : ndarray, shape (rows, nodes)
        Sums over trials of log w, w, w y and w y^2.
    """

    log_w: FloatArray
    w: FloatArray
    wy: FloatArray
    wyy: FloatArray

    def log_likelihood(self, mu: FloatArray) -> FloatArray:
        """Return the log likelihood at places of mu relative to the centre, in their shape (rows, places, nodes)."""
        quadratic = mu * (mu * self.w[:, None] - 2 * self.wy[:, None])
        return np.asarray(0.5 * (self.log_w[:, None] - self.wyy[:, None] - quadratic))

    def without(self, there: NDArray[np.bool_], y: FloatArray, s2: FloatArray, tau: FloatArray) -> Sums:
        """Return the sums without one trial, in the rows that have it.

        Parameters
        ----------
        there : ndarray of bool, shape (rows,)
        y, s2 : ndarray, shape (rows, 1)
            As `Reports.of_trial` returns them.
        tau : ndarray, shape (rows, nodes)
        """
        own = np.where(there[:, None], 1 / (s2 + tau**2), 0.0)
        return Sums(
            self.log_w - np.log(np.where(own > 0, own, 1.0)),
            np.maximum(self.w - own, 0.0),
            self.wy - own * y,
            self.wyy - own * y**2,
        )


def sums_of(reports: Reports, tau: FloatArray) -> Sums:
    """Return the sums over trials at places of tau, shape (rows, nodes)."""
    log_w, w, wy, wyy = (np.zeros_like(tau) for _ in range(4))
    for trial in range(reports.y.shape[1]):  # over the places of trials, not over analyses
        y, s2 = reports.of_trial(trial)
        here = np.where(reports.there[:, trial, None], 1 / (s2 + tau**2), 0.0)
        log_w += np.log(np.where(here > 0, here, 1.0))
        w += here
        wy += here * y
        wyy += here * y**2
    return Sums(log_w, w, wy, wyy)


def conditional(sums: Sums, priors: EffectPriors, centre: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return log weight, mean (relative to the centre) and variance of mu given tau, shape (rows, nodes, components).

    The log weight is log w_c + log p(y | tau, c).
    """
    m, v = (priors.mean - centre[:, None])[:, None], priors.sd[:, None]
    w, wy = sums.w[..., None], sums.wy[..., None]
    precision = w + v**-2
    mean = (wy + m / v**2) / precision
    with np.errstate(divide="ignore"):
        log_weight = np.log(priors.weight)[:, None] - np.log(v)
    quadratic = sums.log_w[..., None] - sums.wyy[..., None] - (m / v) ** 2 + precision * mean**2 - np.log(precision)
    return log_weight + 0.5 * quadratic, mean, 1 / precision


def share_of_mu(reports: Reports, trial: int, tau: FloatArray) -> FloatArray:
    """Return s^2 / (s^2 + tau^2), the weight of mu in the effect of one trial given tau, shape (rows, nodes)."""
    _, s2 = reports.of_trial(trial)
    return np.asarray(s2 / (s2 + tau**2))
