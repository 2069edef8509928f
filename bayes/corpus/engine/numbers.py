"""The numbers of a block of posteriors as arrays, whichever engine found them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.engine.conditional import OverTau, Predicted
from bayes.corpus.engine.normal_mixtures import NormalMixtures
from bayes.corpus.engine.pooled_counts import CountsAnswer
from bayes.corpus.engine.pooled_normal import LeftOut, NormalAnswer
from bayes.corpus.engine.tau_nodes import OfTau

QUANTILES = (0.025, 0.5, 0.975)
OF_TRIALS = ("effect_mean", "effect_sd", "shrinkage", "left_mean", "left_sd", "left_above")


@dataclass(frozen=True)
class Numbers:
    """What is reported of every analysis, on the analysis scale; NaN where there is nothing.

    Attributes
    ----------
    mean, sd, new_sd, tau_mean, tau_sd : ndarray, shape (rows,)
    quantiles, new_quantiles, tau_quantiles : ndarray, shape (rows, 3)
        Of mu, of the effect in a new trial and of tau.
    above, new_above : ndarray, shape (rows, thresholds)
        P(mu > threshold) and P(effect in a new trial > threshold).
    effect_mean, effect_sd, shrinkage : ndarray, shape (rows, trials)
        Of every trial's own effect, and the weight of mu in it.
    left_mean, left_sd, left_above : ndarray, shape (rows, trials)
        Mean, SD and P(> 0) of mu with that trial left out.
    error : ndarray, shape (rows,)
        The estimated error of a posterior probability.
    exact : ndarray of bool, shape (rows,)
        Whether the likelihoods are exact, not their normal approximations.
    """

    mean: FloatArray
    sd: FloatArray
    quantiles: FloatArray
    above: FloatArray
    new_sd: FloatArray
    new_quantiles: FloatArray
    new_above: FloatArray
    tau_mean: FloatArray
    tau_sd: FloatArray
    tau_quantiles: FloatArray
    effect_mean: FloatArray
    effect_sd: FloatArray
    shrinkage: FloatArray
    left_mean: FloatArray
    left_sd: FloatArray
    left_above: FloatArray
    error: FloatArray
    exact: FloatArray

    @classmethod
    def empty(cls, rows: int, thresholds: int, trials: int) -> Numbers:
        """Return numbers that are all missing."""
        shapes = {
            "quantiles": (rows, 3), "new_quantiles": (rows, 3), "tau_quantiles": (rows, 3),
            "above": (rows, thresholds), "new_above": (rows, thresholds),
            **dict.fromkeys(OF_TRIALS, (rows, trials)),
        }  # fmt: skip
        found = {f.name: np.full(shapes.get(f.name, (rows,)), np.nan) for f in fields(cls)}
        return cls(**found | {"exact": np.zeros(rows, dtype=bool)})

    def put(self, rows: IntArray, found: Numbers) -> None:
        """Write the numbers of some rows in place."""
        for name, values in vars(self).items():
            new = getattr(found, name)
            if values.ndim == 2:
                values[rows, : new.shape[1]] = new
            else:
                values[rows] = new

    def put_trials(self, rows: IntArray, answer: NormalAnswer | CountsAnswer, left: LeftOut) -> None:
        """Write every trial's own effect, and mu without it, of some rows in place."""
        effects = answer.effects()
        found = (*effects, answer.of_tau.shares_of_mu(answer.reports), left.mean, left.sd, left.above)
        for name, new in zip(OF_TRIALS, found, strict=True):
            getattr(self, name)[rows] = new


def numbers_of(answer: NormalAnswer | CountsAnswer, thresholds: FloatArray) -> Numbers:
    """Return the numbers of every analysis but those of its trials.

    Parameters
    ----------
    answer : NormalAnswer or CountsAnswer
    thresholds : ndarray, shape (rows, thresholds)
        On the analysis scale; NaN where a row has none.
    """
    (rows, trials), mu = answer.reports.y.shape, answer.mu
    found = replace(
        Numbers.empty(rows, thresholds.shape[1], trials),
        mean=mu.means,
        sd=mu.sds,
        quantiles=_quantiles(mu),
        above=_above(mu, thresholds),
        error=answer.error,
        exact=np.full(rows, isinstance(answer, CountsAnswer)),
    )
    if answer.nodes.panels is None:
        return found
    new, tau = answer.new, answer.of_tau
    return replace(
        found,
        new_sd=new.sds,
        new_quantiles=_quantiles(new),
        new_above=_above(new, thresholds),
        tau_mean=tau.means,
        tau_sd=tau.sds,
        tau_quantiles=_quantiles(tau),
    )


def _quantiles(of: NormalMixtures | OverTau | Predicted | OfTau) -> FloatArray:
    return np.stack([of.quantiles(p) for p in QUANTILES], axis=1)


def _above(of: NormalMixtures | OverTau | Predicted, thresholds: FloatArray) -> FloatArray:
    """Return P(> threshold); a threshold that no row has costs nothing."""
    found = np.full(thresholds.shape, np.nan)
    for j in range(thresholds.shape[1]):
        if (stated := np.isfinite(thresholds[:, j])).any():
            found[:, j] = np.where(stated, of.above(np.where(stated, thresholds[:, j], 0.0)), np.nan)
    return found
