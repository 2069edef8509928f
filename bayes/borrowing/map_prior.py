"""Priors from historical arms: the meta-analytic predictive (MAP) distribution of an arm's risk, as a mixture of betas.

    p_new | history   ~   sum_k w_k Beta(a_k, b_k)            (Neuenschwander et al. 2010, Clin Trials 7:5-18)
    robust            ~   (1 - w) MAP + w Beta(1, 1)          (Schmidli et al. 2014, Biometrics 70:1023-32)

The predictive distribution is integrated exactly (`bayes.quadrature.historical`); only the mixture is approximate, and
the divergence measures by how much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bayes.base.distributions import Distribution, parse
from bayes.base.numbers import significant
from bayes.borrowing.effective_sample_size import Method, effective_sample_size
from bayes.borrowing.mixtures import Approximation, approximate, robustify
from bayes.errors import NotFormable
from bayes.paper.evidence.arms import ARMS
from bayes.priors.arm_pairs import ArmPair, HistoricalArms
from bayes.priors.effect_rules import FormedPrior
from bayes.quadrature.historical import Predictive, predict

VAGUE = Distribution("beta", (1.0, 1.0))
SIZES: dict[Method, str] = {"elir": "ELIR", "morita": "Morita", "moments": "moments"}


@dataclass(frozen=True)
class MapPrior:
    """A prior of a risk, formed from historical arms.

    Attributes
    ----------
    distribution : Distribution
        A beta or a mixture of betas, on the risk scale; it includes the vague component of a robust prior.
    divergence : float
        Kullback-Leibler divergence of the mixture, before the vague component is added, from the predictive
        distribution, in nats.
    predictive : Predictive
        The predictive distribution itself, with the posterior of the mean and SD of the log odds.
    sizes : dict
        Effective sample size of `distribution` in persons by "elir", "morita" and "moments"; None where the mode that
        Morita needs lies at the edge.
    """

    distribution: Distribution
    divergence: float
    predictive: Predictive
    sizes: dict[Method, float | None]


def map_prior(
    arms: Sequence[tuple[int, int]],
    location: str = "normal(0, 2)",
    heterogeneity: str = "half_normal(1)",
    robust: float | None = None,
) -> MapPrior:
    """Form the (robust) MAP prior of a risk from historical arms; results are cached.

    Parameters
    ----------
    arms : sequence of (events, persons)
    location, heterogeneity : str
        Priors of the mean and of the between-arm SD of the log odds, as expressions.
    robust : float, optional
        Weight of the vague component beta(1, 1).

    Returns
    -------
    MapPrior

    Raises
    ------
    NotFormable
        If the prior of tau is so wide that the new risk has mass at zero and one.
    """
    return _formed(tuple((int(r), int(n)) for r, n in arms), parse(location), parse(heterogeneity), robust)


@cache
def _formed(
    arms: tuple[tuple[int, int], ...], location: Distribution, heterogeneity: Distribution, robust: float | None
) -> MapPrior:
    predictive, found = _predicted(arms, location, heterogeneity)
    prior = found.distribution if robust is None else robustify(found.distribution, robust, VAGUE)
    return MapPrior(prior, found.divergence, predictive, {method: _size(prior, method) for method in SIZES})


@cache
def _predicted(
    arms: tuple[tuple[int, int], ...], location: Distribution, heterogeneity: Distribution
) -> tuple[Predictive, Approximation]:
    """Compute the costly part, which does not depend on the weight of the vague component."""
    predictive = predict(arms, location, heterogeneity)
    return predictive, approximate(predictive.nodes, predictive.weights, predictive.log_density, "beta")


def _size(prior: Distribution, method: Method) -> float | None:
    try:
        return effective_sample_size(prior, method)
    except NotFormable:
        return None


def form_arms(formed: FormedPrior) -> FormedPrior:
    """Form the priors of both arms from historical arms where they rest on these, and add a sentence on how.

    Parameters
    ----------
    formed : FormedPrior
        With an `ArmPair` as its distribution.

    Raises
    ------
    NotFormable
        As `map_prior`.
    """
    if not isinstance(formed.distribution, ArmPair):
        return formed
    said, arms = [formed.basis], list(formed.distribution.arms)
    for i, (name, prior) in enumerate(zip(ARMS, formed.distribution.arms, strict=True)):
        if isinstance(prior, HistoricalArms):
            of_arm = map_prior(prior.counts, prior.location, prior.heterogeneity, prior.weight)
            arms[i] = of_arm.distribution
            said.append(f"{name}: {_basis(prior, of_arm)}")
    return FormedPrior(ArmPair(*arms), "; ".join(said))


def _basis(prior: HistoricalArms, found: MapPrior) -> str:
    """Describe with numbers how the prior of one arm was formed."""
    events, persons = (sum(column) for column in zip(*prior.counts, strict=True))
    vague = 0 if prior.weight is None else 1
    betas = len(found.distribution.components) - vague
    sizes = ", ".join(
        f"{significant(size)} by {SIZES[method]}" if size is not None else f"not defined by {SIZES[method]}"
        for method, size in found.sizes.items()
    )
    return (
        f"MAP of {prior} ({events} of {persons} persons), mean log odds {prior.location}, "
        f"between-arm SD {prior.heterogeneity}, as {betas} beta{'' if betas == 1 else 's'} "
        f"(divergence {significant(found.divergence, 1)})"
        + (f", {VAGUE} with weight {prior.weight:g}" if vague else "")
        + f"; effective sample size {sizes}"
    )
