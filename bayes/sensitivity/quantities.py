"""The rows of the reverse-Bayes table: one quantity each."""

from __future__ import annotations

from typing import TypedDict


class ReverseBayesRow(TypedDict):
    """A quantity of the reverse-Bayes analysis."""

    quantity: str  # its name, such as scepticism_limit
    value: float | None  # analysis scale; p-values, ratios and Bayes factors as they are; None if not defined or capped
    natural: float | None  # the same on the measure's own scale, for an effect
    reason: str  # what the number means, or why there is none


def quantity_row(quantity: str, value: float | None, reason: str, natural: float | None = None) -> ReverseBayesRow:
    """Return the row of a quantity; `natural` is that of an effect, on the measure's own scale."""
    return {"quantity": quantity, "value": value, "natural": natural, "reason": reason}
