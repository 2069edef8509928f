"""Checks that every prior of a set states its rationale and its source (METHODS 2)."""

from __future__ import annotations

from bayes.checks.finding import UNDOCUMENTED, Finding
from bayes.priors.sets import PriorSet

NEEDED = {"rationale": "why the prior is plausible", "source": "where it comes from, or whose judgement it is"}


def check_reasons(priors: PriorSet) -> tuple[Finding, ...]:
    """Find the priors of a set without a rationale or a source.

    Priors of effects, of both arms, of tables of adverse events and of tau are checked. The defaults of nuisance
    parameters (baselines, dispersion) are explained in METHODS and may be restated without reasons.

    Parameters
    ----------
    priors : PriorSet

    Returns
    -------
    tuple of Finding
    """
    kinds = {"effect": priors.effect, "arms": priors.arms, "hierarchy": priors.hierarchy}
    kinds["heterogeneity"] = priors.heterogeneity
    return tuple(
        Finding(priors.id, f"{kind}.{name}", field, UNDOCUMENTED, "", "", None, f"no {field}; state {words}")
        for kind, named in kinds.items()
        for name, prior in named.items()
        for field, words in NEEDED.items()
        if not (getattr(prior, field) or "").strip()
    )
