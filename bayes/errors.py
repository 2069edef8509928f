"""The errors raised on purpose.

BayesError
├── InvalidInput       a file or a value that is not accepted; lists all mistakes at once
│   └── UnknownName    a trial, outcome, prior set, ... that does not exist; suggests the nearest name
├── NotFormable        a prior rule that lacks the information it needs (an MCID, a standard error, ...)
├── NotWritten         a file that the system cannot write: a full disk, a read-only folder; what was finished is stored
└── ClusterLost        a scheduler that no longer answers; what was finished is stored
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MOST_SHOWN = 50  # mistakes in the text of an error
LONGEST_MESSAGE, LONGEST_PATH, LONGEST_NAME = 2_000, 300, 100  # characters
QUOTED = 60  # characters of a found text that a message repeats


class BayesError(Exception):
    """Base class of all errors raised on purpose; the text is written for the user."""


def printable(text: str, longest: int) -> str:
    """Return a text with control characters escaped, which may steer a terminal, cut to so many characters."""
    text = text if len(text) <= longest else f"{text[:longest]}..."
    if text.isprintable():
        return text
    return "".join(ascii(c)[1:-1] if unicodedata.category(c).startswith("C") else c for c in text)


def quoted(text: str) -> str:
    """Return a found text as a message repeats it: in quotes, without control characters, cut if it is long."""
    return repr(text) if len(text) <= QUOTED else f"{text[:QUOTED]!r}..."


def first(mistakes: tuple[Mistake, ...], path: str = "") -> tuple[Mistake, ...]:
    """Return the first fifty mistakes, and a last one, at a path, that says how many more there are."""
    more = len(mistakes) - MOST_SHOWN
    return mistakes if more <= 0 else (*mistakes[:MOST_SHOWN], Mistake(path, f"and {more} more"))


@dataclass(frozen=True)
class Mistake:
    """A mistake in one field.

    Attributes
    ----------
    path : str
        Path of the field within its file, with dots (`outcomes.death.ci.0`); empty for the file as a whole.
    message : str
        What is wrong, then what is accepted; without control characters, and cut if it is very long.
    """

    path: str
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", printable(self.path, LONGEST_PATH))
        object.__setattr__(self, "message", printable(self.message, LONGEST_MESSAGE))

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
        return "\n".join(f"{printable(self.source, LONGEST_MESSAGE)}: {one}" for one in first(self.mistakes))


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
        super().__init__(
            what, [f"{quoted(name)} is not known{did_you_mean(name, known)}; accepted: {', '.join(known)}"]
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.args)


def _rebuild(kind: type[InvalidInput], args: tuple[str, tuple[Mistake, ...]]) -> InvalidInput:
    error = kind.__new__(kind)
    InvalidInput.__init__(error, *args)
    return error


class NotFormable(BayesError):
    """A prior rule that cannot be formed for this outcome; the text gives the reason."""


class NotWritten(BayesError):
    """A file that the system does not let be written.

    Parameters
    ----------
    path : str
        Of the file or folder.
    reason : str
        What the system says, such as "No space left on device".
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path, self.reason = path, reason
        super().__init__(path, reason)

    def __str__(self) -> str:
        reason = self.reason[:1].lower() + self.reason[1:]
        return f"{printable(self.path, LONGEST_PATH)}: cannot be written ({reason}); files written before are whole"


class ClusterLost(BayesError):
    """A scheduler that stopped answering during a run; what was finished is stored."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a clause that suggests the nearest known name, or an empty string if none is similar."""
    near = get_close_matches(str(name), list(known), n=1) if len(str(name)) <= LONGEST_NAME else []
    return f"; did you mean {near[0]!r}?" if near else ""
