"""Priors of many rows as arrays: of an effect as normal components, of tau as one shape and a scale a row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import exp, inf

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.base.distributions import Distribution
from bayes.base.measures import sd_ratio
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.quadrature.densities import log_density, quantiles

EVERY = 6  # of the 401 nodes of the random scale of a Student-t: their spacing keeps its density right to 1e-6
# where the argument that carries the scale stands, by distribution; `log` marks one that carries its logarithm
SCALE_AT = {
    "half_normal": 0, "half_cauchy": 0, "half_student_t": 1, "inverse_gamma": 1, "lomax": 1, "uniform_shrinkage": 0,
}  # fmt: skip
LOG_SCALE_AT = {"lognormal": 0, "log_student_t": 1}
LANDMARKS = (1e-6, 1e-3, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.999, 1 - 1e-6)
FURTHEST = 1 - 1e-10  # beyond this quantile a prior of tau has no mass of its own


@dataclass(frozen=True)
class EffectPriors:
    """The priors of an effect, each a mixture of normals.

    Attributes
    ----------
    weight, mean, sd : ndarray, shape (rows, components)
        On the analysis scale. Weights sum to one; padding has weight zero.
    heaviest_df : ndarray, shape (rows,)
        Moments of that order and above do not exist in the prior.
    """

    weight: FloatArray
    mean: FloatArray
    sd: FloatArray
    heaviest_df: FloatArray

    @property
    def sds(self) -> FloatArray:
        """The prior standard deviation of every row; infinite where it does not exist."""
        mean = (self.weight * self.mean).sum(axis=1, keepdims=True)
        variance = (self.weight * (self.sd**2 + (self.mean - mean) ** 2)).sum(axis=1)
        return np.where(self.heaviest_df > 2, np.sqrt(variance), inf)

    @property
    def mixture(self) -> NormalMixtures:
        """The priors as distributions."""
        return NormalMixtures(self.weight, self.mean, self.sd)

    def at(self, rows: IntArray) -> EffectPriors:
        """Return the priors of some rows."""
        return EffectPriors(self.weight[rows], self.mean[rows], self.sd[rows], self.heaviest_df[rows])


def is_mixture_of_normals(prior: Distribution) -> bool:
    """Return whether a prior of an effect is one, or is one with a random scale, and has no mass on the null."""
    return not prior.spike and all(part.name in ("normal", "student_t") for _, part in prior.components)


def effect_priors(priors: Sequence[Distribution]) -> EffectPriors:
    """Return priors of an effect as arrays, one a row.

    Parameters
    ----------
    priors : sequence of Distribution
        Those for which `is_mixture_of_normals` holds.
    """
    parts = [_components(prior) for prior in priors]
    most = max((len(weight) for weight, _, _ in parts), default=1)
    weight, mean, sd = (np.full((len(parts), most), start) for start in (0.0, 0.0, 1.0))
    for row, (weights, means, sds) in enumerate(parts):
        own = slice(len(weights))
        weight[row, own], mean[row, own], sd[row, own] = weights, means, sds
    return EffectPriors(weight, mean, sd, np.array([prior.heaviest_df for prior in priors]))


@lru_cache(maxsize=4096)
def _components(prior: Distribution) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return weights, means and SDs; a Student-t is a normal with a random scale."""
    found = []
    for share, part in prior.components:
        if part.name == "normal":
            found.append((share, *part.args))
            continue
        df, centre, scale = part.args
        u, log_weight = (values[::EVERY] for values in sd_ratio(df))
        weight = np.exp(log_weight - log_weight.max())
        found += [
            (share * w, centre, scale / ratio) for w, ratio in zip(weight / weight.sum(), u, strict=True) if w > 0
        ]
    weights, means, sds = np.array(found).T
    return weights, means, sds


@dataclass(frozen=True)
class TauPriors:
    """The priors of tau, each a distribution on a scale of its own.

    Attributes
    ----------
    shapes : tuple of Distribution
        On scale one.
    shape_of : ndarray of int, shape (rows,)
        The shape of every row.
    scale : ndarray, shape (rows,)
    """

    shapes: tuple[Distribution, ...]
    shape_of: IntArray
    scale: FloatArray

    def log_density(self, tau: FloatArray) -> FloatArray:
        """Return the log density at places of tau, shape (rows, n)."""
        found = np.empty_like(tau)
        for shape, rows in self._each:
            found[rows] = log_density(shape, tau[rows] / self.scale[rows, None])
        return found - np.log(self.scale)[:, None]

    def quantiles(self, probabilities: Sequence[float]) -> FloatArray:
        """Return quantiles, shape (rows, probabilities)."""
        found = np.empty((len(self.scale), len(probabilities)))
        for shape, rows in self._each:
            found[rows] = _unit_quantiles(shape, tuple(probabilities)) * self.scale[rows, None]
        return found

    @property
    def support(self) -> tuple[FloatArray, FloatArray]:
        """The lowest and the highest possible tau of every row."""
        low, high = np.zeros_like(self.scale), np.full_like(self.scale, inf)
        for shape, rows in self._each:
            low[rows], high[rows] = (end * self.scale[rows] for end in shape.support)
        return low, high

    @property
    def heaviest_df(self) -> FloatArray:
        """The order from which on moments do not exist in the prior, shape (rows,)."""
        return np.array([shape.heaviest_df for shape in self.shapes])[self.shape_of]

    def at(self, rows: IntArray) -> TauPriors:
        """Return the priors of some rows."""
        return TauPriors(self.shapes, self.shape_of[rows], self.scale[rows])

    @property
    def _each(self) -> Iterator[tuple[Distribution, IntArray]]:
        for i, shape in enumerate(self.shapes):
            if len(rows := np.flatnonzero(self.shape_of == i)):
                yield shape, rows


def tau_priors(priors: Sequence[Distribution]) -> TauPriors:
    """Return priors of tau as arrays, one a row."""
    units = [_unit(prior) for prior in priors]
    shapes = {shape: i for i, shape in enumerate(dict.fromkeys(shape for shape, _ in units))}
    return TauPriors(
        tuple(shapes), np.array([shapes[shape] for shape, _ in units]), np.array([scale for _, scale in units])
    )


@lru_cache(maxsize=4096)
def _unit(prior: Distribution) -> tuple[Distribution, float]:
    """Return a distribution on scale one, and the scale; what has no scale is left as it is."""
    args = list(prior.args)
    if (at := SCALE_AT.get(prior.name)) is not None:
        scale, args[at] = args[at], 1.0
    elif (at := LOG_SCALE_AT.get(prior.name)) is not None:
        scale, args[at] = exp(args[at]), 0.0
    elif prior.name == "gamma":
        scale, args[1] = 1 / args[1], 1.0
    else:
        scale = 1.0
    return replace(prior, args=tuple(args)), scale


@lru_cache(maxsize=1024)
def _unit_quantiles(shape: Distribution, probabilities: tuple[float, ...]) -> FloatArray:
    """Return quantiles of a simple distribution or a mixture; those of a mixture are the extremes of its parts."""
    every = np.array([quantiles(part, probabilities) for _, part in shape.components])
    p = np.array(probabilities)
    return np.where(p < 0.5, every.min(axis=0), every.max(axis=0))
