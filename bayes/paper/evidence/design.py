"""How a printed number was made: which arm stands first, what kind of interval it is, what the analysis allowed for."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from bayes.base.written_numbers import Positive, Printed

Compares = Literal["treatment_vs_control", "control_vs_treatment"]
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
"""How an interval was made; `robust` is a Wald interval with a sandwich or cluster-robust standard error."""

CENTRED = ("wald", "robust")
"""The intervals whose limits lie as far from the estimate on one side as on the other (analysis scale)."""

DesignEffect = Annotated[Printed, Field(ge=1)]
Correlation = Annotated[Printed, Field(ge=0, lt=1)]
ClusterSize = Positive


def variance_factor(design_effect: Decimal | None, icc: Decimal | None, size: Decimal | None) -> float | None:
    """How many times the variance of a clustered comparison exceeds that of independent patients.

    As stated, or 1 + (m - 1) ICC of clusters of m patients (METHODS 12; Kish 1965). None where nothing is stated.
    """
    if design_effect is not None:
        return float(design_effect)
    return None if icc is None or size is None else 1 + (float(size) - 1) * float(icc)
