"""The grammar of prior expressions, such as `mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))`, read into a tree.

    expression = name "(" argument { "," argument } ")"
    argument   = number | [ number "*" ] expression
    number     = { sign } digits, with a point and an exponent as in Python

The parser is our own, because texts come from strangers: it has a limit of length and of depth, and what it cannot read
it quotes in a few characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bayes.errors import BayesError

LONGEST, DEEPEST = 10_000, 5  # characters; expressions within one another
QUOTED = 60  # characters of a text that a message repeats
TOKEN = re.compile(r"\s*((?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_]\w*|[-+*(),])", re.ASCII)
SHAPE = "an expression such as normal(0, 0.355)"


class ExpressionError(BayesError, ValueError):
    """A prior expression that cannot be read; the text says what is wrong and what is accepted."""


@dataclass(frozen=True)
class Call:
    """A name with its arguments."""

    name: str
    arguments: tuple[Argument, ...]


@dataclass(frozen=True)
class Weighted:
    """An expression with a weight before it."""

    weight: float
    of: Call


@dataclass(frozen=True)
class Word:
    """A name without arguments, where an argument should stand."""

    name: str


type Argument = float | Call | Weighted | Word


def quoted(text: str) -> str:
    """Return a text as a message repeats it: in quotes, without control characters, cut if it is long."""
    return ascii(text) if len(text) <= QUOTED else f"{ascii(text[:QUOTED])}..."


def read(text: str) -> Call:
    """Read a text into a tree.

    Parameters
    ----------
    text : str

    Returns
    -------
    Call

    Raises
    ------
    ExpressionError
        If the text is not an expression, is longer than 10,000 characters or more than five levels deep.
    """
    if len(text) > LONGEST:
        raise ExpressionError(f"{quoted(text)} has {len(text):,} characters; accepted: up to {LONGEST:,}")
    reader = _Reader(text)
    found = reader.argument(1)
    if not isinstance(found, Call) or reader.left:
        raise reader.unreadable()
    return found


class _Reader:
    """The tokens of a text, taken from the left."""

    def __init__(self, text: str) -> None:
        self.text, self.left = text, []
        place = 0
        while place < len(text.rstrip()):
            if (found := TOKEN.match(text, place)) is None:
                raise self.unreadable()
            self.left.append(found[1])
            place = found.end()
        self.left.reverse()

    def unreadable(self) -> ExpressionError:
        return ExpressionError(f"cannot read {quoted(self.text)}; accepted: {SHAPE}")

    def take(self) -> str:
        if not self.left:
            raise self.unreadable()
        return self.left.pop()

    def argument(self, depth: int) -> Argument:
        """Read one argument, or the whole expression."""
        if depth > DEEPEST:
            raise self.unreadable()
        token = self.take()
        sign = 1.0
        while token in ("-", "+"):
            sign, token = (-sign if token == "-" else sign), self.take()
        if token[0].isdigit() or token[0] == ".":
            value = sign * float(token)
            if not self.left or self.left[-1] != "*":
                return value
            self.take()
            of = self.argument(depth)
            if not isinstance(of, Call):
                raise self.unreadable()
            return Weighted(value, of)
        if not (token[0].isalpha() or token[0] == "_"):
            raise self.unreadable()
        if not self.left or self.left[-1] != "(":
            return Word(token)
        self.take()
        return Call(token, tuple(self.arguments(depth + 1)))

    def arguments(self, depth: int) -> list[Argument]:
        """Read arguments up to the closing bracket."""
        if self.left and self.left[-1] == ")":
            self.take()
            return []
        found = [self.argument(depth)]
        while (token := self.take()) == ",":
            found.append(self.argument(depth))
        if token != ")":
            raise self.unreadable()
        return found
