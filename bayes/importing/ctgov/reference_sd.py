"""The standard deviation between patients to which the priors of a posted mean difference are scaled.

A posted difference has no unit of its own. The arms beside it have: their standard deviations, or those that their
standard errors or intervals and their sizes imply (of a model's means, the residual ones), pooled as for two samples.
"""

from __future__ import annotations

from decimal import Decimal

from pydantic import ValidationError

from bayes.base.numbers import significant
from bayes.importing.ctgov.joining import Planned
from bayes.importing.ctgov.posted import Summary
from bayes.paper.evidence import Means

DIGITS = 4


def reference_sd(plan: Planned) -> tuple[Decimal, str] | None:
    """Return the pooled standard deviation of the arms beside a mean difference, and its place.

    Parameters
    ----------
    plan : Planned

    Returns
    -------
    (Decimal, str) or None
        In the unit of the means, to four significant digits, with the JSON paths of the numbers that it follows from;
        None if the evidence is the arms themselves, or no spread of them is posted.
    """
    arms = plan.part.summary
    if plan.measure != "mean_difference" or arms is None or arms.kind != "means" or isinstance(plan.evidence, Summary):
        return None
    try:
        pooled = Means.model_validate(arms.evidence).pooled_sd
    except ValidationError:
        return None
    spreads = [path for name, path in arms.places.items() if name.rpartition(".")[2] not in ("mean", "n")]
    return Decimal(significant(pooled, DIGITS, group="")), f"pooled from {', '.join(dict.fromkeys(spreads))}"
