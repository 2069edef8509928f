"""How a printed number was obtained: which arm comes first, the method of its interval, and allowance for clusters."""

from __future__ import annotations

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
