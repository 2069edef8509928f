"""The errors raised on purpose.

BayesError
├── InvalidInput       a file or a value that is not accepted; lists all mistakes at once
│   └── UnknownName    a trial, outcome, prior set, ... that does not exist; suggests the nearest name
├── NotFormable        a prior rule that lacks the information it needs (an MCID, a standard error, ...)
├── NotWritten         a file that the system cannot write: a full disk, a read-only folder; what was finished is stored
└── ClusterLost        a scheduler that no longer answers; what was finished is stored
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

MOST_SHOWN = 50  # mistakes in the text of an error
LONGEST_TEXT = 4_000  # characters of the text of an error, all its mistakes together, without the name of the file
LONGEST_MESSAGE, LONGEST_PATH, LONGEST_NAME = 2_000, 300, 100  # characters of its parts
ESCAPED = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")  # categories of characters that a message shows by their codes
ACCEPTED = "; accepted: "  # between what is wrong and what is accepted
QUOTED = 60  # characters of a found text that a message repeats
# control characters but tabs and line feeds, separators of lines, marks of direction, and halves of characters
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class BayesError(Exception):
    """Base class of all errors raised on purpose; the text is written for the user."""

    def __str__(self) -> str:
        """Return the text without control characters, and cut if it is very long."""
        return "\n".join(printable(line, LONGEST_TEXT) for line in super().__str__().split("\n"))[:LONGEST_TEXT]


def printable(text: str, longest: int) -> str:
    """Return a text with the characters escaped that may steer a terminal or end a line, cut to so many characters."""
    shown = text[:longest]
    if not shown.isprintable():
        shown = "".join(ascii(c)[1:-1] if unicodedata.category(c) in ESCAPED else c for c in shown)
    return shown if len(text) <= longest and len(shown) <= longest else f"{shown[:longest]}..."


def quoted(text: str) -> str:
    """Return a found text as a message repeats it: in quotes, without control characters, cut if it is long."""
    return repr(text) if len(text) <= QUOTED else f"{text[:QUOTED]!r}..."


def first(mistakes: tuple[Mistake, ...]) -> tuple[Mistake, ...]:
    """Return the first mistakes, at most fifty and as many as fit into one text, and a last one that counts the others.

    A long list of what is accepted is given once.
    """
    shown: list[Mistake] = []
    room, said = LONGEST_TEXT, set[str]()
    for mistake in mistakes[:MOST_SHOWN]:
        wrong, sign, accepted = mistake.message.rpartition(ACCEPTED)
        if accepted in said:
            mistake = Mistake(mistake.path, f"{wrong}{sign}as above")
        room -= len(str(mistake)) + 1
        if room < 0:
            break
        shown.append(mistake)
        said |= {accepted} if len(accepted) > QUOTED else set()
    more = len(mistakes) - len(shown)
    return (*shown, Mistake("", f"and {more} more")) if more else tuple(shown)


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
        source = printable(self.source, LONGEST_PATH)
        return "\n".join(f"{source}: {one}" for one in first(self.mistakes))


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
