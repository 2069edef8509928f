"""The implications of each prior before any data: for the effect on its own scale and, with counts, for the risks."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from bayes.analysis.plan import formed_prior
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.paper.evidence.censored_counts import CensoredCounts
from bayes.paper.evidence.counts import Binary
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.posterior.row import CI_PROB
from bayes.priors.nuisance import Nuisance
from bayes.priors.sets import NamedPrior, PriorSet
from bayes.quadrature.densities import frozen, quantiles
from bayes.quadrature.ordinal import concentration
from bayes.report.dossier.contents import CategoryShare, PriorPrediction
from bayes.synthesis.file import Synthesis

DRAWS, SEED = 40_000, 20260101
REAL = (-inf, inf)
Draws = NDArray[np.float64]
TAILS = ((1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2)


def prior_predictive(target: Outcome | Synthesis, name: str, priors: PriorSet) -> PriorPrediction:
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
    PriorPrediction
        All but the name is None for a prior that is not one of the effect.
    """
    row: PriorPrediction = {
        "prior": name,
        "estimate_low": None,
        "estimate": None,
        "estimate_high": None,
        "p_benefit": None,
        "p_mcid": None,
        "control_risk_low": None,
        "control_risk_high": None,
        "difference_low": None,
        "difference_high": None,
        "categories": None,
    }
    distribution = formed_prior(NamedPrior(name, priors.named[name]), target, priors).distribution
    if not isinstance(distribution, Distribution):
        return row
    believed = Believed(distribution, target.null, (-1.0, 1.0) if target.measure == "risk_difference" else REAL)
    row["estimate_low"], row["estimate"], row["estimate_high"] = (
        float(measures.to_natural(believed.quantile(p), target.measure)) for p in TAILS
    )
    row["p_benefit"] = believed.beyond(target.null, target.sign, strictly=True)
    if (mcid := target.threshold("mcid")) is not None:
        row["p_mcid"] = believed.beyond(mcid, target.sign)
    if isinstance(target, Synthesis):
        return row
    match target.evidence:
        case Binary() | CensoredCounts():
            _add_risks(row, target, distribution, priors)
        case Ordinal() | OrdinalCut() as evidence:
            names = [category for category, _, _ in evidence.observed]
            row["categories"] = _categories(names, target.sign, distribution, priors)
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
        return sum(w * float(frozen(d).cdf(x)) for w, d in self.distribution.components)

    def beyond(self, threshold: float, sign: int, strictly: bool = False) -> float:
        """Return P(at least as good as a threshold); with `strictly`, a spike at the threshold does not count."""
        spike = self.distribution.spike * (threshold == self.null)
        above = 1 - self.below(threshold)
        kept = 0.0 if strictly else spike
        return above + kept if sign > 0 else 1 - above - spike + kept

    def quantile(self, p: float) -> float:
        """Return a quantile of the whole distribution."""
        tails = (p / 2, (1 + p) / 2)
        ends = [self.null, *(float(x) for _, part in self.distribution.components for x in quantiles(part, tails))]
        ends = [min(max(end, self.bounds[0]), self.bounds[1]) for end in ends]
        return float(brentq(lambda x: self.below(x) - p, min(ends) - 1e-9, max(ends) + 1e-9, xtol=1e-10))


def _draws(distribution: Distribution, generator: np.random.Generator) -> Draws:
    """Draw from a prior without its spike: evenly spaced quantiles in random order, so that the margin is exact."""
    ends = np.round(np.cumsum([weight for weight, _ in distribution.components]) * DRAWS).astype(int)
    parts = [
        quantiles(part, (np.arange(count) + 0.5) / count)
        for (_, part), count in zip(distribution.components, np.diff(ends, prepend=0), strict=True)
    ]
    return generator.permutation(np.concatenate(parts))


def _categories(
    names: list[str], sign: int, distribution: Distribution, priors: PriorSet
) -> list[CategoryShare] | None:
    """Return the central 95% of each category's share under control; None if a set states cutpoint densities."""
    stated = priors.nuisance.ordinal
    if stated is not None and stated.name != "dirichlet":
        return None
    generator = np.random.default_rng(SEED)
    theta = _draws(distribution, generator)
    theta[: round(distribution.spike * DRAWS)] = 0.0
    shares = generator.dirichlet([concentration(len(names), stated)] * len(names), DRAWS)
    below = np.cumsum(shares, axis=1)[:, :-1].clip(1e-300, 1 - 1e-16)
    moved = (0.5 - priors.nuisance.baseline_offset) * sign * theta
    control = 1 / (1 + np.exp(-(np.log(below) - np.log1p(-below) - moved[:, None])))
    shares = np.diff(control, axis=1, prepend=0.0, append=1.0)
    ends = np.quantile(shares, [TAILS[0], TAILS[2]], axis=0)
    return [{"category": n, "low": float(a), "high": float(b)} for n, a, b in zip(names, *ends, strict=True)]


def _add_risks(row: PriorPrediction, target: Outcome, distribution: Distribution, priors: PriorSet) -> None:
    """Add the control risk and risk difference, parameterised as in the likelihood of this measure (METHODS 0)."""
    generator = np.random.default_rng(SEED)
    theta = _draws(distribution, generator)
    theta[: round(distribution.spike * DRAWS)] = 0.0
    if target.measure == "risk_difference":
        theta = theta[abs(theta) < 1]
    control, treated = ARMS_OF[target.measure](theta, priors.nuisance, generator)
    low, _, high = np.quantile(control, TAILS)
    fewer, _, more = np.quantile(treated - control, TAILS)
    row["control_risk_low"], row["control_risk_high"] = float(low), float(high)
    row["difference_low"], row["difference_high"] = float(fewer), float(more)


def _by_odds(theta: Draws, nuisance: Nuisance, generator: np.random.Generator) -> tuple[Draws, Draws]:
    """Draw risks from log odds midway between the arms or, if the set says so, in the control arm."""
    middle, offset = _draws(nuisance.binary, generator)[: len(theta)], nuisance.baseline_offset
    control, treated = middle - (0.5 - offset) * theta, middle + (0.5 + offset) * theta
    return 1 / (1 + np.exp(-control)), 1 / (1 + np.exp(-treated))


def _by_ratio(theta: Draws, nuisance: Nuisance, generator: np.random.Generator) -> tuple[Draws, Draws]:
    """Draw risks from the log risk midway between the arms, truncated so that no risk exceeds one."""
    baseline = frozen(nuisance.binary)
    middle = baseline.ppf(generator.uniform(size=len(theta)) * baseline.cdf(-abs(theta) / 2))
    return np.exp(middle - theta / 2), np.exp(middle + theta / 2)


def _by_difference(theta: Draws, nuisance: Nuisance, generator: np.random.Generator) -> tuple[Draws, Draws]:
    """Draw risks from the risk midway between the arms, uniform over the values that the difference allows."""
    middle = generator.uniform(abs(theta) / 2, 1 - abs(theta) / 2)
    return middle - theta / 2, middle + theta / 2


ARMS_OF = {"odds_ratio": _by_odds, "risk_ratio": _by_ratio, "risk_difference": _by_difference}
