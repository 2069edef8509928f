"""The card of an evidence kind: the words for it, without anything that is computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

KindName = Literal[
    "ordinal",
    "ordinal_cut",
    "binary",
    "censored_counts",
    "events",
    "means",
    "geometric_means",
    "medians",
    "paired_means",
    "paired_counts",
    "days_free",
    "estimate",
    "log_rank",
    "survival",
    "median_survival",
    "rmst",
    "digitised_curve",
    "rates",
    "percentages",
    "p_value",
    "significance",
    "proportion",
    "adverse_events",
]


@dataclass(frozen=True, slots=True)
class Example:
    """An outcome in the skeleton of a trial file.

    Attributes
    ----------
    what : str
        What the paper prints.
    measure : str
    benefit : {"higher", "lower"}
    lines : str
        The evidence as TOML, without its kind; every number is a placeholder.
    """

    what: str
    measure: str
    benefit: Literal["higher", "lower"]
    lines: str


@dataclass(frozen=True, slots=True)
class KindCard:
    """The words for an evidence kind.

    Attributes
    ----------
    kind : str
        Its name in files.
    title : str
        What it holds, for a reader of the file.
    data : str
        What the data were, as the end of "The data were ...".
    one, several : str
        What a sentence calls one such report, and several.
    bare : bool
        The report gives the result of a test and no effect.
    example : Example
    """

    kind: KindName
    title: str
    data: str
    one: str
    several: str
    example: Example
    bare: bool = False
