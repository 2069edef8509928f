"""What a document of RevMan says, whatever its form: studies, analyses, and the numbers of each row with their places.

Numbers of a row have these names; 1 is the experimental group and 2 the control group, as RevMan calls them:

events_1 n_1 mean_1 sd_1, and so on for 2    of the groups
estimate se                                  generic inverse variance: on the logarithmic scale for ratios
o_minus_e variance                           observed minus expected events of group 1, and its variance
effect low high                              the effect as the document prints it, on its own scale, and its interval

Numbers with which a document fills cells for want of data (a mean of 0 in a row of counts) are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Literal

from bayes.base.written_numbers import plainly

Data = Literal["dichotomous", "continuous", "generic", "o_minus_e", "other"]
Pools = Literal["all", "subgroups", "none"]
DECIMALS = 8  # of numbers that RevMan calculated, in its own export
DIGITS = 6
ALIKE = 20  # characters by which a subgroup's label repeats that of its analysis

OF_GROUPS = tuple(f"{name}_{group}" for group in (1, 2) for name in ("events", "n", "mean", "sd"))
OF_EFFECT = ("effect", "low", "high")
USED: Mapping[Data, tuple[str, ...]] = {
    "dichotomous": ("events_1", "n_1", "events_2", "n_2", *OF_EFFECT),
    "continuous": ("mean_1", "sd_1", "n_1", "mean_2", "sd_2", "n_2", *OF_EFFECT),
    "generic": ("estimate", "se", "n_1", "n_2", *OF_EFFECT),
    "o_minus_e": ("o_minus_e", "variance", "events_1", "n_1", "events_2", "n_2", *OF_EFFECT),
    "other": (),
}


@dataclass(frozen=True)
class Number:
    """A number with its printed digits, and its place in the document."""

    value: Decimal
    place: str

    @property
    def shortened(self) -> Decimal:
        """The number without the digits of double precision that a calculation leaves: 8 decimals, 6 digits at least.

        A number printed with fewer is as printed.
        """
        exponent = self.value.as_tuple().exponent
        if not isinstance(exponent, int) or -exponent <= DECIMALS:
            return self.value
        kept = max(DECIMALS, DIGITS - 1 - self.value.adjusted())
        return self.value.quantize(Decimal(1).scaleb(-kept), ROUND_HALF_EVEN) if -exponent > kept else self.value

    @property
    def whole(self) -> int | None:
        """The number as an integer, or None if it has a fraction."""
        return int(self.value) if self.value == self.value.to_integral_value() else None


Numbers = Mapping[str, Number]


@dataclass(frozen=True)
class Pooled:
    """What a document prints of a pooled effect: its numbers `effect`, `low` and `high`, and others in words."""

    numbers: Numbers
    words: str = ""


@dataclass(frozen=True)
class Row:
    """The data of a study in an analysis or a subgroup of it.

    Attributes
    ----------
    study : str
        Key of the study in `Review.studies`.
    place : str
    numbers : mapping of str to Number
    subgroup : str
        Number of the subgroup, "1.4.2"; empty without one.
    in_overall, in_subgroup : bool
        Whether it is counted in the effect of all studies, and in that of the subgroup.
    notes : str
        Its footnotes.
    """

    study: str
    place: str
    numbers: Numbers
    subgroup: str = ""
    in_overall: bool = True
    in_subgroup: bool = True
    notes: str = ""


@dataclass(frozen=True)
class Subgroup:
    """A subgroup of an analysis: its number, as "1.4.2", its name, its place and its pooled effect."""

    number: str
    label: str
    place: str
    pooled: Pooled | None = None


@dataclass(frozen=True)
class Analysis:
    """An analysis of a review.

    Attributes
    ----------
    number : str
        Comparison and outcome, as "1.4".
    label, comparison : str
    place : str
    data : {"dichotomous", "continuous", "generic", "o_minus_e", "other"}
    rows : tuple of Row
    effect : str
        The measure of effect, in the words of the document; empty if it names none.
    method : str
        How studies are pooled, in words.
    random : bool or None
        Whether effects are random; None if the document does not say it.
    groups : (str, str)
        Labels of the experimental and the control group.
    graph : (str, str)
        Labels of the left and the right side of the forest plot.
    level : Decimal
        Of the intervals of the studies.
    swapped : bool or None
        Whether event and non-event are exchanged; None if the document does not say it.
    logarithms : bool or None
        Whether the effects of generic inverse variance are entered as logarithms; None if the document does not say it.
    pools : {"all", "subgroups", "none"}
        What the review pools.
    subgroups : tuple of Subgroup
    pooled : Pooled, optional
    unit : str
        Unit of the effect.
    """

    number: str
    label: str
    comparison: str
    place: str
    data: Data
    rows: tuple[Row, ...]
    effect: str = ""
    method: str = ""
    random: bool | None = None
    groups: tuple[str, str] = ("", "")
    graph: tuple[str, str] = ("", "")
    level: Decimal = Decimal("0.95")
    swapped: bool | None = None
    logarithms: bool | None = None
    pools: Pools = "all"
    subgroups: tuple[Subgroup, ...] = ()
    pooled: Pooled | None = None
    unit: str = ""

    def label_of(self, group: Subgroup) -> str:
        """Return the label of a subgroup; that of the analysis is put before it, unless it begins alike."""
        alike = self.label[:ALIKE].lower()
        return group.label if group.label.lower().startswith(alike) else f"{self.label}: {group.label}"


@dataclass(frozen=True)
class Study:
    """A study: its name in the review, year, title, DOI, methods in words, and risk of bias by domain."""

    key: str
    name: str
    year: str = ""
    title: str = ""
    doi: str = ""
    methods: str = ""
    judgements: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Review:
    """A review: its title, the name of its document, its studies by key, and its analyses."""

    title: str
    document: str
    studies: Mapping[str, Study]
    analyses: tuple[Analysis, ...] = field(default=())


def number(text: str | None, place: str) -> Number | None:
    """Read a number, or return None for an empty cell, "NaN" and anything else that is not a finite number."""
    written = plainly(text) if text else None
    if written is None:
        return None
    value = Decimal(written)
    return Number(value, place) if value.is_finite() and abs(value.adjusted()) < 40 else None


def cleaned(data: Data, found: Iterable[tuple[str, Number | None]], estimable: bool = True) -> dict[str, Number]:
    """Keep the numbers that mean something in a row.

    Parameters
    ----------
    data : str
        The kind of data.
    found : iterable of (str, Number or None)
        What the row holds, by name.
    estimable : bool
        False if the document says that no effect can be estimated; its effect of 0 is then a filling.

    Returns
    -------
    dict of str to Number
        Numbers of another kind of data, arms of 0 patients, and an effect of 0 with limits of 0 are left out.
    """
    kept = {name: one for name, one in found if one is not None and name in USED[data]}
    printed = [kept[name].value for name in ("effect", "low", "high") if name in kept]
    if not estimable or not any(printed):
        kept = {name: one for name, one in kept.items() if name not in OF_EFFECT}
    return {name: one for name, one in kept.items() if one.value or not name.startswith("n_")}
