"""What the importer cannot know and a person decides: direction of benefit, which arm is the treatment, thresholds."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Self

from bayes.base.closed import Closed
from bayes.base.measures import Measure
from bayes.base.toml import read_toml, validate
from bayes.paper.annotations import Judged

Benefit = Literal["higher", "lower"]


class Decisions(Closed):
    """The decisions about some results.

    Attributes
    ----------
    treatment, control : str, optional
        Name of the arm, or a part of it, in lower or upper case.
    benefit : {"higher", "lower"}, optional
        The direction of the effect that is good for the patient.
    measure : str, optional
        Measure of effect.
    mcid : Judged, optional
        The minimal clinically important difference, on the measure's own scale.
    leave_out : bool
        Whether the results are to be refused.
    """

    treatment: str | None = None
    control: str | None = None
    benefit: Benefit | None = None
    measure: Measure | None = None
    mcid: Judged | None = None
    leave_out: bool = False

    def over(self, other: Decisions) -> Decisions:
        """Return these decisions, and those of `other` where they decide nothing."""
        stated = {name: getattr(self, name) for name in self.model_fields_set}
        return other.model_copy(update=stated)


class OfRecord(Decisions):
    """The decisions about one record, and about single outcomes of it by their ids in the trial file."""

    outcomes: Mapping[str, Decisions] = {}


class Answers(Decisions):
    """The content of an answers file: decisions about everything, and about single records by their ids.

    Attributes
    ----------
    records : mapping of str to OfRecord
        By the id of the trial file (a registry number in lower case) or of an analysis of a review.
    columns : mapping of str to str
        For tables: the column of the table that holds each field, such as `estimate = "HR"`.
    condition, design : str, optional
        Of the trials of a table or review that does not state them.
    """

    records: Mapping[str, OfRecord] = {}
    columns: Mapping[str, str] = {}
    condition: str | None = None
    design: str | None = None

    def about(self, record: str, outcome: str = "", within: Sequence[str] = ()) -> Decisions:
        """Return what is decided about a record, or about one of its outcomes: the most specific decision counts.

        Parameters
        ----------
        record, outcome : str
        within : sequence of str
            The table or review of which the record is a part, and the study: what is decided about them holds for it.
        """
        found: Decisions = self
        for name in (*within, record):
            if (of_record := self.records.get(name)) is not None:
                found = of_record.over(found)
                if outcome in of_record.outcomes:
                    found = of_record.outcomes[outcome].over(found)
        return Decisions(**{name: getattr(found, name) for name in Decisions.model_fields})

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Load an answers file.

        Raises
        ------
        InvalidInput
            If it has mistakes; lists all of them.
        """
        return validate(cls, read_toml(path), str(Path(path)))
