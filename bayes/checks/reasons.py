"""Whether a prior set says of every prior why it is believed and where it comes from (METHODS 2)."""

from __future__ import annotations

from bayes.checks.finding import UNDOCUMENTED, Finding
from bayes.priors.sets import PriorSet

NEEDED = {"rationale": "why anybody would believe it", "source": "where it comes from, or whose judgement it is"}


def check_reasons(priors: PriorSet) -> tuple[Finding, ...]:
    """A finding for every reason that is missing: a posterior is no better than what can be said for its prior.

    Of effects, of both arms, of tables of adverse events and of tau; what else a model needs (baselines, dispersion)
    has its defaults explained in METHODS, and may be restated without a word.
    """
    kinds = {"effect": priors.effect, "arms": priors.arms, "hierarchy": priors.hierarchy}
    kinds["heterogeneity"] = priors.heterogeneity
    return tuple(
        Finding(priors.id, f"{kind}.{name}", field, UNDOCUMENTED, "", "", None, f"no {field}: {words}")
        for kind, named in kinds.items()
        for name, prior in named.items()
        for field, words in NEEDED.items()
        if not (getattr(prior, field) or "").strip()
    )
