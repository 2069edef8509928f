"""How a printed number was obtained: which arm comes first, the method of its interval, and allowance for clusters."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from bayes.base.written_numbers import Positive, Printed

Compares = Literal["treatment_vs_control", "control_vs_treatment"]
Benefit = Literal["higher", "lower"]
"""The direction of the effect that is good for the patient."""

IntervalMethod = Literal[
    "wald",
    "robust",
    "exact",
    "profile",
    "score",
    "wilson",
    "newcombe",
    "miettinen_nurminen",
    "hodges_lehmann",
    "bootstrap",
    "group_sequential",
    "credible",
    "other",
]
"""The method of an interval; `robust` is a Wald interval with a sandwich or cluster-robust standard error."""

CENTRED = ("wald", "robust")
"""The methods whose limits are equally far from the estimate on both sides, on the analysis scale."""

DesignEffect = Annotated[Printed, Field(ge=1)]
Correlation = Annotated[Printed, Field(ge=0, lt=1)]
ClusterSize = Positive


def variance_factor(design_effect: Decimal | None, icc: Decimal | None, size: Decimal | None) -> float | None:
    """Return the design effect: the variance of a clustered comparison over that of independent patients.

    METHODS 12; Kish 1965, Survey Sampling.

    Parameters
    ----------
    design_effect : Decimal or None
        Design effect as stated; it takes precedence.
    icc : Decimal or None
        Intracluster correlation coefficient.
    size : Decimal or None
        Patients per cluster, m.

    Returns
    -------
    float or None
        The stated design effect, or 1 + (m - 1) ICC; None if neither is stated.
    """
    if design_effect is not None:
        return float(design_effect)
    return None if icc is None or size is None else 1 + (float(size) - 1) * float(icc)
