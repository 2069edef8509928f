"""The search that chose the prior set `calibrated`: `python tests/calibration/calibrated_priors.py PAIRS`.

PAIRS is a table as `later_trials.py` writes it, whose groups are reviews named CD and a number that grows with time.
Half of the reviews, the older ones, choose: every family of priors of the effect with every family of tau is fitted by
the largest mean log predictive density of the later estimates, cross-validated over five parts of these reviews, all
pairs alike and all reviews alike. The newer half reports. Early estimates are read as normal here, for speed; the
figures of METHODS 16 are those of `bayes calibrate`, by the exact likelihood of counts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from scipy.special import expit, logsumexp
from scipy.stats import gamma, norm
from scipy.stats import t as student

TAU = np.exp(np.linspace(np.log(0.002), np.log(20), 70))
PARTS, SEED, STEPS = 5, 3, 250
LEVELS = (0.95, 0.8, 0.5)
type Array = np.ndarray


@dataclass(frozen=True)
class Family:
    """A family of priors with its starting values; `of` gives weights and SDs, or the log density of tau."""

    start: tuple[float, ...]
    of: Callable[[Array], tuple[Array, Array] | Array]


def student_mixture(df: float) -> Callable[[Array], tuple[Array, Array]]:
    """Return a Student-t as forty normals of equal weight."""
    precision = gamma.ppf((np.arange(40) + 0.5) / 40, df / 2, scale=2 / df)
    return lambda x: (np.full(40, 1 / 40), np.exp(x[0]) / np.sqrt(precision))


EFFECTS = {
    "normal": Family((-1.0,), lambda x: (np.ones(1), np.exp(x[:1]))),
    "student_t(4)": Family((-1.2,), student_mixture(4)),
    "student_t(3)": Family((-1.3,), student_mixture(3)),
    "student_t(2)": Family((-1.5,), student_mixture(2)),
    "two normals": Family((0.0, -2.5, -0.7), lambda x: (np.array([expit(x[0]), expit(-x[0])]), np.exp(x[1:3]))),
}
TAUS = {
    "none": Family((), lambda x: np.array([])),
    "half_normal": Family((-1.2,), lambda x: norm.logpdf(TAU, 0, np.exp(x[0]))),
    "half_cauchy": Family((-1.8,), lambda x: student.logpdf(TAU / np.exp(x[0]), 1)),
    "half_student_t(4)": Family((-1.3,), lambda x: student.logpdf(TAU / np.exp(x[0]), 4)),
    "lognormal": Family((-1.5, -0.2), lambda x: norm.logpdf(np.log(TAU), x[0], np.exp(x[1])) - np.log(TAU)),
}


def predictive(pairs: Array, effect: tuple[Array, Array], log_tau: Array) -> tuple[Array, Array]:
    """Return the log predictive density of every later estimate, and its predictive probability of a smaller one."""
    y, s, later, error = (values[:, None, None] for values in pairs)
    weight, sd = effect
    if len(log_tau):
        tau, log_p = TAU[None, :, None], (log_tau + np.log(TAU))[None, :, None]
    else:
        tau, log_p = np.zeros((1, 1, 1)), np.zeros((1, 1, 1))
    early = s**2 + tau**2
    log_w = np.log(weight) + log_p + norm.logpdf(y, 0, np.sqrt(early + sd**2))
    log_w = log_w - logsumexp(log_w, axis=(1, 2), keepdims=True)
    share = sd**2 / (sd**2 + early)
    at, width = share * y, np.sqrt(sd**2 * (1 - share) + tau**2 + error**2)
    density = logsumexp(log_w + norm.logpdf(later, at, width), axis=(1, 2))
    return density, (np.exp(log_w) * norm.cdf((later - at) / width)).sum(axis=(1, 2))


def fitted(pairs: Array, weight: Array, effect: Family, tau: Family) -> Array:
    """Return the parameters with the largest weighted mean log density."""
    k = len(effect.start)

    def loss(x: Array) -> float:
        return -float(weight @ predictive(pairs, effect.of(x[:k]), tau.of(x[k:]))[0] / weight.sum())

    options = {"maxiter": STEPS, "xatol": 1e-2, "fatol": 1e-4}
    return minimize(loss, np.array([*effect.start, *tau.start]), method="Nelder-Mead", options=options).x


def main() -> None:
    """Print every family: cross-validated on older reviews, then on the newer ones."""
    table = pd.read_csv(sys.argv[1]).query("measure == 'odds_ratio'")
    table = table.assign(review=table["group"].str.extract(r"CD(\d+)")[0].astype(int))
    old = (table["review"] <= np.median(np.unique(table["review"]))).to_numpy()
    pairs = table[["y", "se", "y_later", "se_later"]].to_numpy().T
    review = table["review"].to_numpy()
    names = np.random.default_rng(SEED).permutation(np.unique(review[old]))
    part = dict(zip(names, np.arange(len(names)) % PARTS, strict=True))
    parts = np.array([part[name] for name in review[old]])
    of_review = 1 / table["group"].map(table["group"].value_counts()).to_numpy()
    print(f"{old.sum():,} pairs of {len(names)} older reviews, {(~old).sum():,} of {len(set(review[~old]))} newer ones")
    for effect_name, effect in EFFECTS.items():
        k = len(effect.start)
        for tau_name, tau in TAUS.items():
            for words, weight in (("pairs", np.ones(len(table))), ("reviews", of_review)):
                held = np.empty(old.sum())
                older, own = pairs[:, old], weight[old]
                for i in range(PARTS):
                    x = fitted(older[:, parts != i], own[parts != i], effect, tau)
                    held[parts == i] = predictive(older[:, parts == i], effect.of(x[:k]), tau.of(x[k:]))[0]
                x = fitted(older, own, effect, tau)
                density, pit = predictive(pairs[:, ~old], effect.of(x[:k]), tau.of(x[k:]))
                covered = ", ".join(f"{np.mean(np.abs(2 * pit - 1) < level):.3f}" for level in LEVELS)
                print(f"{effect_name}, {tau_name}, all {words} alike: {np.round(x, 2)}; cross-validated "
                      f"{own @ held / own.sum():.3f}; newer {density.mean():.3f}, coverage {covered}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
