"""The rows of the table of tipping points."""

from __future__ import annotations

from typing import Literal, TypedDict

Tipped = Literal["p_benefit", "p_mcid"]
"""The column of a probability that tips."""


class TippingRow(TypedDict):
    """Where one probability crosses one target as one thing varies."""

    # what varies: prior_sd, prior_mean, mixture_weight, informative_weight, mcid, or the departure of patients without
    # an outcome: imor_treatment, imor_control, imor_opposite, imdom_treatment, imdom_control or imdom_opposite
    vary: str
    probability: Tipped  # the probability that crosses the target
    target: float  # the probability to be crossed
    value: float | None  # where it is crossed: analysis scale, a weight, or the MCID on its own scale; None if never
    natural: float | None  # mean of that prior, MCID or departure, on its own scale; None for a weight
    prior_low: float | None  # lower 95% limit of that prior, on the measure's own scale
    prior_high: float | None  # upper 95% limit of that prior, on the measure's own scale
    at: str  # what is held fixed, in words
    reason: str  # what the value means, or why there is none


def tipping_row(
    vary: str,
    probability: Tipped,
    target: float,
    at: str,
    reason: str,
    value: float | None = None,
    natural: float | None = None,
    limits: tuple[float | None, float | None] = (None, None),
) -> TippingRow:
    """Return one row; without a `value`, one of a target that is never crossed."""
    return {
        "vary": vary,
        "probability": probability,
        "target": target,
        "value": value,
        "natural": natural,
        "prior_low": limits[0],
        "prior_high": limits[1],
        "at": at,
        "reason": reason,
    }
