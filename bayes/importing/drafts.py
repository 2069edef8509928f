"""What a reader makes of a record: drafts of files, and a result for everything that the record reports."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import Literal

from bayes.base.documents import TomlTable

Status = Literal["imported", "offered", "refused"]
LONGEST_ID = 60
SYNTHESIS = "synthesis"  # the kind of a result that is pooled from others; its outcome is the id of the synthesis file


@dataclass(frozen=True)
class Result:
    """A result in a record, and what became of it: a row of the ledger.

    Attributes
    ----------
    place : str
        Where it is in its source: a JSON path, an XML path, or row and columns.
    label : str
        What was measured, in the words of the source.
    status : {"imported", "offered", "refused"}
        Whether it is in a file; if it is offered, a decision is missing.
    reason : str
        Which decision, or why it is refused; of an imported result, what it is used as.
    outcome : str
        Id of the outcome in the file, if there is one.
    kind, measure : str
        Kind of evidence and measure of effect.
    file : str
        Name of the file that contains it.
    """

    place: str
    label: str
    status: Status
    reason: str = ""
    outcome: str = ""
    kind: str = ""
    measure: str = ""
    file: str = ""

    def refused(self, reason: str) -> Result:
        """Return the same result as one that is refused."""
        return replace(self, status="refused", reason=reason, outcome="", file="")


@dataclass(frozen=True)
class OutcomeDraft:
    """An outcome of a trial file, as yet unchecked.

    Attributes
    ----------
    id : str
    fields : dict
        The fields of the outcome, in the order in which they are written; numbers are `Decimal` with their digits, or
        `int`.
    comments : tuple of str
        Lines above it in the file.
    """

    id: str
    fields: TomlTable
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrialDraft:
    """A trial file, as yet unchecked; `head` are its fields other than the outcomes."""

    id: str
    head: TomlTable
    outcomes: tuple[OutcomeDraft, ...]
    comments: tuple[str, ...] = ()

    def document(self) -> TomlTable:
        """Return the content of the file."""
        return {"id": self.id, **self.head, "outcomes": {one.id: one.fields for one in self.outcomes}}


@dataclass(frozen=True)
class SynthesisDraft:
    """A synthesis file, as yet unchecked.

    Attributes
    ----------
    id : str
    fields : dict
        The fields of the file other than `id` and `outcomes`.
    members : tuple of tuple of str
        The id of the trial and of the outcome of each member, in order.
    comments : tuple of str
    """

    id: str
    fields: TomlTable
    members: tuple[tuple[str, str], ...]
    comments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """What one record, study or analysis of a source became."""

    id: str
    results: tuple[Result, ...]
    trial: TrialDraft | None = None
    syntheses: tuple[SynthesisDraft, ...] = ()
    questions: tuple[str, ...] = field(default=())


def slug(text: str, taken: Container[str] = ()) -> str:
    """Make an id of a title.

    Parameters
    ----------
    text : str
        Words in any script.
    taken : container of str
        Ids that are in use.

    Returns
    -------
    str
        Lower-case letters, digits and underscores, at most 60; with a number at its end if it would be taken.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST_ID].strip("_") or "result"
    return free(name, taken)


def free(name: str, taken: Container[str]) -> str:
    """Return a name, with a number at its end if it is taken: the first that is free where numbers follow one another.

    Numbers are tried in steps that double and then halve, because thousands of rows may have one name.
    """
    if name not in taken:
        return name
    used, unused = 1, 2
    while f"{name}_{unused}" in taken:
        used, unused = unused, 2 * unused
    while unused - used > 1:
        middle = (used + unused) // 2
        used, unused = (middle, unused) if f"{name}_{middle}" in taken else (used, middle)
    return f"{name}_{unused}"
