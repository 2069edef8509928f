"""The rules for which likelihoods, baselines and structures can be combined."""

from __future__ import annotations

from collections.abc import Iterable

from bayes.errors import NotFormable
from bayes.priors.nuisance import Nuisance

# likelihoods whose baseline is that of both arms together and cannot be moved to the control arm
MIDWAY = {"binomial_risk_ratio", "binomial_risk_difference", "partial_odds_worst", "partial_odds_linear"}


def together(likelihoods: Iterable[str], nuisance: Nuisance, joined: bool, spike: bool = False) -> None:
    """Check that models and priors that are sound alone can be combined.

    Parameters
    ----------
    likelihoods : iterable of str
    nuisance : Nuisance
    joined : bool
        Whether the reports are joined in a synthesis.
    spike : bool
        Whether the prior of a synthesis's mean has a point mass at no effect.

    Raises
    ------
    NotFormable
        Naming what cannot be combined and, where there is an alternative, what to use instead.
    """
    names = set(likelihoods)
    if joined and "single_proportion" in names:
        raise NotFormable("a synthesis of single-arm proportions is not supported")
    if joined and "binomial_risk_difference" in names:
        raise NotFormable("counts cannot be joined on the risk-difference scale; accepted: odds_ratio, risk_ratio")
    if spike:
        raise NotFormable("spike_slab is not available for the mean of a synthesis")
    if nuisance.at == "control" and names & MIDWAY:
        raise NotFormable(
            f'baseline.at = "control" is not available for {", ".join(sorted(names & MIDWAY))}; accepted: "midpoint"'
        )
