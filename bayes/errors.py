"""Every error a user can meet, and nothing else.

BayesError
├── InvalidInput       a file or value that cannot be accepted; lists every mistake at once
│   └── UnknownName    a trial, outcome, prior set, ... that does not exist; names the nearest one
└── NotFormable        a prior rule that lacks what it needs (no MCID, no standard error, ...)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class BayesError(Exception):
    """Base of all errors raised on purpose; its text is meant for the user."""


@dataclass(frozen=True)
class Mistake:
    """One thing wrong with one field: where, what was found, what would be accepted."""

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidInput(BayesError):
    """Input that cannot be accepted.

    Attributes
    ----------
    source : str
        The file (or the name of the argument) the mistakes are in.
    mistakes : tuple of Mistake
        All of them, so that a user corrects the file once.
    """

    def __init__(self, source: str, mistakes: Iterable[Mistake | str]) -> None:
        self.source = str(source)
        self.mistakes = tuple(m if isinstance(m, Mistake) else Mistake("", m) for m in mistakes)
        super().__init__(self.source, self.mistakes)

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {mistake}" for mistake in self.mistakes)


class UnknownName(InvalidInput):
    """A name that is not among the known ones."""

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        known = tuple(known)
        super().__init__(what, [f"{name!r} is not known{did_you_mean(name, known)}; accepted: {', '.join(known)}"])

    def __reduce__(self):
        return _rebuild, (type(self), self.args)


def _rebuild(kind: type[InvalidInput], args: tuple) -> InvalidInput:
    error = kind.__new__(kind)
    InvalidInput.__init__(error, *args)
    return error


class NotFormable(BayesError):
    """A prior rule that cannot be formed for this outcome. The text is the reason."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A clause naming the nearest known name, or nothing when none is near."""
    near = get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
