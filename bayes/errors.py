"""The errors raised on purpose.

BayesError
├── InvalidInput       a file or a value that is not accepted; lists all mistakes at once
│   └── UnknownName    a trial, outcome, prior set, ... that does not exist; suggests the nearest name
├── NotFormable        a prior rule that lacks the information it needs (an MCID, a standard error, ...)
└── ClusterLost        a scheduler that no longer answers; what was finished is stored
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class BayesError(Exception):
    """Base class of all errors raised on purpose; the text is written for the user."""


@dataclass(frozen=True)
class Mistake:
    """A mistake in one field.

    Attributes
    ----------
    path : str
        Path of the field within its file, with dots (`outcomes.death.ci.0`); empty for the file as a whole.
    message : str
        What is wrong, then what is accepted.
    """

    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}: {self.message}" if self.path else self.message


class InvalidInput(BayesError):
    """An input that is not accepted.

    Attributes
    ----------
    source : str
        The file, or the name of the argument, that contains the mistakes.
    mistakes : tuple of Mistake
        All mistakes, so that the file needs to be corrected only once.
    """

    def __init__(self, source: str, mistakes: Iterable[Mistake | str]) -> None:
        self.source = str(source)
        self.mistakes = tuple(m if isinstance(m, Mistake) else Mistake("", m) for m in mistakes)
        super().__init__(self.source, self.mistakes)

    def __str__(self) -> str:
        return "\n".join(f"{self.source}: {mistake}" for mistake in self.mistakes)


class UnknownName(InvalidInput):
    """A name that does not exist.

    Parameters
    ----------
    what : str
        What the name stands for (`trial`, `prior`, ...).
    name : str
        The name that was given.
    known : iterable of str
        The names that exist.
    """

    def __init__(self, what: str, name: str, known: Iterable[str]) -> None:
        known = tuple(known)
        super().__init__(what, [f"{name!r} is not known{did_you_mean(name, known)}; accepted: {', '.join(known)}"])

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args)


def _rebuild(kind: type[InvalidInput], args: tuple[str, tuple[Mistake, ...]]) -> InvalidInput:
    error = kind.__new__(kind)
    InvalidInput.__init__(error, *args)
    return error


class NotFormable(BayesError):
    """A prior rule that cannot be formed for this outcome; the text gives the reason."""


class ClusterLost(BayesError):
    """A scheduler that stopped answering during a run; what was finished is stored."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a clause that suggests the nearest known name, or an empty string if none is similar."""
    near = get_close_matches(str(name), list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
