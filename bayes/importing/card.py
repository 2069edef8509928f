"""What is known of a format: what it is recognised by, what becomes of it, and its traps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from bayes.importing.answers import Answers
from bayes.importing.drafts import Record
from bayes.importing.source import Source


@dataclass(frozen=True)
class FormatCard:
    """A format that can be imported.

    Attributes
    ----------
    name : str
        The name on the command line.
    title : str
        What it is, in words.
    recognised_by : str
        What a file of this format looks like.
    makes : str
        The files that are made of it.
    traps : tuple of str
        What its numbers are easily mistaken for, and what is done about it.
    pools : bool
        Whether it makes syntheses, so that the trials of a document are kept until its end.
    """

    name: str
    title: str
    recognised_by: str
    makes: str
    traps: tuple[str, ...]
    pools: bool = False


class Reader(Protocol):
    """A reader of one format."""

    card: FormatCard

    def recognises(self, source: Source) -> bool:
        """Return whether a document is of this format, judged by its beginning."""
        ...

    def read(self, source: Source, answers: Answers) -> Iterator[Record]:
        """Yield what a document says, one trial or analysis at a time.

        Raises
        ------
        InvalidInput
            If the document as a whole cannot be read.
        """
        ...
