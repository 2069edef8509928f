"""The scale guard: rejects priors that cannot be intended for the effect to which they are applied, before sampling."""

from __future__ import annotations

from math import inf

from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.paper.endpoint import Endpoint


def scale_problem(distribution: Distribution, endpoint: Endpoint, allow_one_sided: bool = False) -> str | None:
    """Explain why a distribution cannot be the prior of an effect.

    Parameters
    ----------
    distribution : Distribution
        Prior on the analysis scale.
    endpoint : Endpoint
        An outcome or a synthesis.
    allow_one_sided : bool
        True if all the mass may be on one side of no effect.

    Returns
    -------
    str or None
        The problem and what is accepted, or None. The width of a prior is never a problem.
    """
    low, high = distribution.support
    names = {d.name for _, d in distribution.components}
    scale = "log" if measures.is_log(endpoint.measure) else "identity"
    where = f"the analysis scale of the {endpoint.measure} ({scale})"
    if "dirichlet" in names:
        return "dirichlet is a distribution of category probabilities, not of an effect"
    if endpoint.measure == "proportion":
        inside = low >= 0 and high <= 1
        return (
            None
            if inside and not distribution.spike
            else f"{distribution} is not a prior of a proportion; accepted: a prior on 0 to 1, such as beta(1, 1)"
        )
    if "beta" in names:
        return f"{distribution} is on 0 to 1, not on {where}; accepted: normal, student_t, uniform, mixtures of them"
    if endpoint.measure == "risk_difference" and (low >= 1 or high <= -1):
        return f"{distribution} has no mass between -1 and 1, the range of a risk difference"
    if allow_one_sided:
        return None
    if _mass_below_null(distribution) in (0.0, 1.0):
        hint = f"; on {where} no effect is 0 and ln(0.8) is -0.223" if scale == "log" else ""
        leave = "If that is intended, state it in a prior set with allow_one_sided = true"
        return f"{distribution} has all its mass on one side of no effect{hint}. {leave}"
    return None


def certain_side(distribution: Distribution, null: float) -> int:
    """Return the side of no effect that has all the prior mass, so that the data cannot contradict it.

    Parameters
    ----------
    distribution : Distribution
        Prior on the analysis scale.
    null : float
        No effect, on the analysis scale.

    Returns
    -------
    int
        1 if all the mass is above no effect, -1 if all is below, else 0.
    """
    low, high = distribution.support
    if distribution.spike:
        return 0
    below = _mass_below_null(distribution) if null == 0 else float(high <= null) or 0.5 * float(low < null)
    return {0.0: 1, 1.0: -1}.get(below, 0)


def _mass_below_null(distribution: Distribution) -> float:
    """Return the prior mass below zero; less than one in a million counts as none."""
    from statistics import NormalDist

    below = 0.0
    for weight, part in distribution.components:
        low, high = part.support
        if part.name == "normal":
            below += weight * NormalDist(*part.args).cdf(0)
        elif low < 0 < high:
            below += weight * (-low / (high - low) if high < inf else 0.5)
        elif high <= 0:
            below += weight
    return 0.0 if below < 1e-6 else 1.0 if below > 1 - 1e-6 else below


def heterogeneity_problem(distribution: Distribution) -> str | None:
    """Explain why a distribution cannot be the prior of the heterogeneity tau, or return None if it can."""
    if distribution.parts or distribution.name in ("dirichlet", "beta") or distribution.support[0] < 0:
        accepted = "one distribution on the positive line, such as half_normal(0.3)"
        return f"{distribution} is not a prior of tau; accepted: {accepted}"
    return None
