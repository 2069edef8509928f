"""The effects on several outcomes of the same patients, shrunken towards one another (METHODS 6).

Effects z_j are oriented towards benefit and measured from the mean of their own prior, in units of its standard
deviation, and so are the estimates y_j with standard errors e_j:

    z_j = sqrt(rho) c + sqrt(1 - rho) d_j,   c, d_j ~ Normal(0, 1)     exchangeable, and each z_j ~ Normal(0, 1)
    y | z ~ Normal(z, V),   V_jk = r e_j e_k,   V_jj = e_j^2           errors of the same patients
    rho ~ a stated prior on [0, 1]

so that, with R_jk = rho and R_jj = 1, everything given rho is in closed form, and rho is integrated by quadrature:

    z | y, rho ~ Normal(B y, B V),   B = R (R + V)^-1,   p(rho | y) proportional to p(rho) Normal(y; 0, R + V)

Every effect keeps its declared prior whatever rho is; only what outcomes say about one another depends on it. A rho
below zero is not exchangeability: no more than 1 - 1 / rho outcomes could have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import betaincinv, ndtr

from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution

NODES = 64
NEGLIGIBLE = 1e-9  # posterior weight of a node of rho below which its multivariate probability is not computed
ACCURACY = 1e-4  # asked of a probability of more than two outcomes, for which SciPy samples from a fixed seed
HALVINGS = 60  # of a bracket around a quantile, which leave it as precise as a double


@dataclass(frozen=True)
class Exchangeable:
    """The joint posterior of exchangeable effects: a mixture of multivariate normals over rho.

    Attributes
    ----------
    rho, weight : ndarray, shape (nodes,)
        Correlations of the true effects and their posterior weights, which sum to one.
    mean : ndarray, shape (nodes, outcomes)
    covariance : ndarray, shape (nodes, outcomes, outcomes)
        Of the effects given rho and the estimates.
    alone : ndarray, shape (outcomes,)
        The posterior variance of each effect given its own estimate only, which is the same for every rho.
    """

    rho: FloatArray
    weight: FloatArray
    mean: FloatArray
    covariance: FloatArray
    alone: FloatArray

    @cached_property
    def sd(self) -> FloatArray:
        """The standard deviations of the effects given rho, shape (nodes, outcomes)."""
        found: FloatArray = np.sqrt(np.maximum(np.einsum("ijj->ij", self.covariance), 0.0))
        return found

    @property
    def mean_rho(self) -> float:
        """The posterior mean of rho."""
        return float(self.weight @ self.rho)

    @property
    def borrowed(self) -> FloatArray:
        """The share of each outcome's own posterior variance that the others remove, averaged over rho.

        This is the borrowing of strength of Jackson et al. (2017, Stat Methods Med Res 26:2853-68), between 0 and 1.
        """
        return 1 - self.weight @ self.sd**2 / self.alone

    def moments(self) -> tuple[FloatArray, FloatArray]:
        """Return the posterior means and standard deviations of the effects, each of shape (outcomes,)."""
        mean = self.weight @ self.mean
        return mean, np.sqrt(self.weight @ (self.sd**2 + (self.mean - mean) ** 2))

    def p_above(self, threshold: FloatArray) -> FloatArray:
        """Return P(z_j > threshold_j) of every outcome, shape (outcomes,)."""
        return self.weight @ ndtr((self.mean - threshold) / self.sd)

    def p_all_above(self, threshold: FloatArray) -> float:
        """Return P(z_j > threshold_j for every j)."""
        return self._p_all(self.mean - threshold)

    def p_all_below(self, threshold: FloatArray) -> float:
        """Return P(z_j < threshold_j for every j)."""
        return self._p_all(threshold - self.mean)

    def quantile(self, p: float) -> FloatArray:
        """Return the quantile of every effect, shape (outcomes,)."""
        low, high = (self.mean - 40 * self.sd).min(axis=0), (self.mean + 40 * self.sd).max(axis=0)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            above = self.p_above(middle) > 1 - p
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return (low + high) / 2

    def _p_all(self, reach: FloatArray) -> float:
        """Return the probability that errors with these covariances stay below `reach`, shape (nodes, outcomes)."""
        from scipy.stats import multivariate_normal

        found = 0.0
        for weight, limits, covariance in zip(self.weight, reach, self.covariance, strict=True):
            if weight > NEGLIGIBLE:
                symmetric = (covariance + covariance.T) / 2
                asked = {"allow_singular": True, "seed": 1, "abseps": ACCURACY, "releps": 0.0}
                errors = multivariate_normal(cov=symmetric, **asked)  # type: ignore[call-overload]  # stubs lack abseps
                found += weight * float(errors.cdf(limits))
        return found


def nodes_of_rho(prior: Distribution | float) -> tuple[FloatArray, FloatArray]:
    """Return nodes and weights of the correlation of the true effects.

    Parameters
    ----------
    prior : Distribution or float
        A value, or a `uniform` or `beta` distribution, within 0 to 1.

    Returns
    -------
    rho, weight : ndarray, shape (nodes,)
        The weights sum to one. Nodes are placed by the prior's quantiles, and crowd where it ends: near rho = 1
        probabilities change with sqrt(1 - rho).
    """
    if not isinstance(prior, Distribution):
        return np.array([float(prior)]), np.ones(1)
    x, weight = np.polynomial.legendre.leggauss(NODES)
    t = (1 + x) / 2
    share = t * (2 - t)
    first, second = prior.args
    rho = betaincinv(first, second, share) if prior.name == "beta" else first + (second - first) * share
    return rho, weight * (1 - t)


def exchangeable(
    y: FloatArray, e: FloatArray, r: float, rho: FloatArray, prior_weight: FloatArray | None = None
) -> Exchangeable:
    """Return the joint posterior of exchangeable effects.

    Parameters
    ----------
    y, e : ndarray, shape (outcomes,)
        Estimates and standard errors, oriented towards benefit, from the mean and in units of the sd of each prior.
    r : float
        Correlation of the errors, equal for all pairs; V must be positive definite.
    rho, prior_weight : ndarray, shape (nodes,)
        Correlations of the true effects, from 0 to 1, with their prior weights; equal weights by default.
    """
    same = np.eye(len(y), dtype=bool)
    prior = np.where(same, 1.0, rho[:, None, None])
    error = np.where(same, 1.0, r) * np.outer(e, e)
    total = prior + error
    regression = np.linalg.solve(total, prior).swapaxes(1, 2)
    fit = np.linalg.solve(total, np.broadcast_to(y[:, None], (len(rho), len(y), 1)))[..., 0]
    log_weight = -0.5 * (np.linalg.slogdet(total)[1] + fit @ y)
    weight = np.exp(log_weight - log_weight.max()) * (1.0 if prior_weight is None else prior_weight)
    return Exchangeable(
        rho=rho,
        weight=weight / weight.sum(),
        mean=regression @ y,
        covariance=regression @ error,  # R - B R, without its cancellation
        alone=e**2 / (1 + e**2),
    )
