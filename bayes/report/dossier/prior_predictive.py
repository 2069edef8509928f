"""The implications of each prior before any data: for the effect on its own scale and, with counts, for the risks."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from scipy.optimize import brentq

from bayes.analysis.plan import formed_prior
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.paper.trial import Outcome
from bayes.posterior.row import CI_PROB
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import NamedPrior, PriorSet
from bayes.quadrature.densities import FROZEN
from bayes.quadrature.ordinal import concentration
from bayes.synthesis.file import Synthesis

Row = dict[str, Any]
DRAWS, SEED = 40_000, 20260101
REAL = (-inf, inf)
TAILS = ((1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2)
NAMES = ("estimate_low", "estimate", "estimate_high")


def prior_predictive(target: Outcome | Synthesis, name: str, priors: PriorSet) -> Row:
    """Return the median and central 95% of the effect, P(benefit) and P(at least the MCID) under one prior.

    For a binary outcome, also the central 95% of the control risk and of the risk difference; for an ordinal table,
    that of each category's share in the control arm. Both are simulated, with limits accurate to about 0.005.

    Parameters
    ----------
    target : Outcome or Synthesis
    name : str
        The name of the prior in the set.
    priors : PriorSet

    Returns
    -------
    dict
        Missing values are None; all are missing for a prior that is not one of the effect.
    """
    row: Row = dict.fromkeys(
        ("prior", *NAMES, "p_benefit", "p_mcid", "control_risk_low", "control_risk_high")
        + ("difference_low", "difference_high", "categories")
    )
    row["prior"] = name
    distribution = formed_prior(NamedPrior(name, priors.named[name]), target, priors).distribution
    if not isinstance(distribution, Distribution):
        return row
    believed = Believed(distribution, target.null, (-1.0, 1.0) if target.measure == "risk_difference" else REAL)
    natural = [float(measures.to_natural(believed.quantile(p), target.measure)) for p in TAILS]
    row |= dict(zip(NAMES, natural, strict=True))
    row["p_benefit"] = believed.beyond(target.null, target.sign, strictly=True)
    if (mcid := target.threshold("mcid")) is not None:
        row["p_mcid"] = believed.beyond(mcid, target.sign)
    if isinstance(target, Outcome) and target.evidence.kind == "binary":
        row |= _risks(target, distribution, priors)
    if isinstance(target, Outcome) and target.evidence.kind in ("ordinal", "ordinal_cut"):
        row["categories"] = _categories(target, distribution, priors)
    return row


@dataclass(frozen=True)
class Believed:
    """A prior as a distribution function: a mixture of components, truncated at bounds, with a spike on no effect."""

    distribution: Distribution
    null: float
    bounds: tuple[float, float] = REAL

    def below(self, x: float) -> float:
        """Return P(theta <= x)."""
        low, at, high = (self._slab(min(max(y, self.bounds[0]), self.bounds[1])) for y in (-inf, x, inf))
        spike = self.distribution.spike
        return (1 - spike) * (at - low) / (high - low) + spike * (x >= self.null)

    def _slab(self, x: float) -> float:
        """Return the distribution function of the components without truncation."""
        return sum(w * float(FROZEN[d.name](*d.args).cdf(x)) for w, d in self.distribution.components)

    def beyond(self, threshold: float, sign: int, strictly: bool = False) -> float:
        """Return P(at least as good as a threshold); with `strictly`, a spike at the threshold does not count."""
        spike = self.distribution.spike * (threshold == self.null)
        above = 1 - self.below(threshold)
        kept = 0.0 if strictly else spike
        return above + kept if sign > 0 else 1 - above - spike + kept

    def quantile(self, p: float) -> float:
        """Return a quantile of the whole distribution."""
        parts = [FROZEN[d.name](*d.args) for _, d in self.distribution.components]
        ends = [self.null, *(float(part.ppf(q)) for part in parts for q in (p / 2, (1 + p) / 2))]
        ends = [min(max(end, self.bounds[0]), self.bounds[1]) for end in ends]
        return float(brentq(lambda x: self.below(x) - p, min(ends) - 1e-9, max(ends) + 1e-9, xtol=1e-10))


def _draws(distribution: Distribution, generator: np.random.Generator) -> np.ndarray:
    """Draw from a prior without its spike: evenly spaced quantiles in random order, so that the margin is exact."""
    ends = np.round(np.cumsum([weight for weight, _ in distribution.components]) * DRAWS).astype(int)
    parts = [
        FROZEN[part.name](*part.args).ppf((np.arange(count) + 0.5) / count)
        for (_, part), count in zip(distribution.components, np.diff(ends, prepend=0), strict=True)
    ]
    return generator.permutation(np.concatenate(parts))


def _categories(target: Outcome, distribution: Distribution, priors: PriorSet) -> list[Row] | None:
    """Return the central 95% of each category's share under control; None if a set states cutpoint densities."""
    names, stated = [name for name, _, _ in target.evidence.observed], priors.nuisance.ordinal
    if stated is not None and stated.name != "dirichlet":
        return None
    generator = np.random.default_rng(SEED)
    theta = _draws(distribution, generator)
    theta[: round(distribution.spike * DRAWS)] = 0.0
    shares = generator.dirichlet([concentration(len(names), stated)] * len(names), DRAWS)
    below = np.cumsum(shares, axis=1)[:, :-1].clip(1e-300, 1 - 1e-16)
    moved = (0.5 - priors.nuisance.baseline_offset) * target.sign * theta
    control = 1 / (1 + np.exp(-(np.log(below) - np.log1p(-below) - moved[:, None])))
    shares = np.diff(control, axis=1, prepend=0.0, append=1.0)
    ends = np.quantile(shares, [TAILS[0], TAILS[2]], axis=0)
    return [{"category": n, "low": float(a), "high": float(b)} for n, a, b in zip(names, *ends, strict=True)]


def _risks(target: Outcome, distribution: Distribution, priors: PriorSet) -> Row:
    """Return the control risk and risk difference, parameterised as in the likelihood of this measure (METHODS 0)."""
    generator = np.random.default_rng(SEED)
    theta = _draws(distribution, generator)
    theta[: round(distribution.spike * DRAWS)] = 0.0
    if target.measure == "risk_difference":
        theta = theta[abs(theta) < 1]
    control, treated = ARMS_OF[target.measure](theta, priors.nuisance, generator)
    low, _, high = np.quantile(control, TAILS)
    fewer, _, more = np.quantile(treated - control, TAILS)
    return {
        "control_risk_low": float(low),
        "control_risk_high": float(high),
        "difference_low": float(fewer),
        "difference_high": float(more),
    }


def _by_odds(theta: np.ndarray, nuisance: Nuisance, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw risks from log odds midway between the arms or, if the set says so, in the control arm."""
    middle = _draws(nuisance.binary, generator)[: len(theta)]
    moved = np.stack(
        [middle - (0.5 - nuisance.baseline_offset) * theta, middle + (0.5 + nuisance.baseline_offset) * theta]
    )
    return tuple(1 / (1 + np.exp(-moved)))


def _by_ratio(theta: np.ndarray, nuisance: Nuisance, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw risks from the log risk midway between the arms, truncated so that no risk exceeds one."""
    baseline = FROZEN[nuisance.binary.name](*nuisance.binary.args)
    middle = baseline.ppf(generator.uniform(size=len(theta)) * baseline.cdf(-abs(theta) / 2))
    return np.exp(middle - theta / 2), np.exp(middle + theta / 2)


def _by_difference(
    theta: np.ndarray, nuisance: Nuisance, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Draw risks from the risk midway between the arms, uniform over the values that the difference allows."""
    middle = generator.uniform(abs(theta) / 2, 1 - abs(theta) / 2)
    return middle - theta / 2, middle + theta / 2


ARMS_OF = {"odds_ratio": _by_odds, "risk_ratio": _by_ratio, "risk_difference": _by_difference}
