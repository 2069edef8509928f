"""The place of each number in a report: page, table or figure, and the words around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, BeforeValidator

from bayes.base.closed import Closed, check
from bayes.errors import Mistake, did_you_mean

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome

# fields, besides the evidence, with numbers
BESIDE = ("printed", "mcid", "planned", "margin", "sd_ref", "observed", "missing")
# a page may be "e1124" and a table "S2", so they are text; 1124 is accepted without quotes
Label = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]


class Place(Closed):
    """The place of one number: on paper, or `path` in a record (a JSON path, an XML path, or row and column).

    `source` names the document if it is not the source of the outcome.
    """

    page: Label | None = None
    table: Label | None = None
    figure: Label | None = None
    section: str | None = None
    path: str | None = None
    quote: str | None = None
    source: str | None = None

    @check
    def _says_something(self) -> Iterator[str]:
        if not any(getattr(self, name) for name in type(self).model_fields):
            yield f"no place is stated; accepted: {', '.join(type(self).model_fields)}"

    def __str__(self) -> str:
        where = [f"{name} {value}" for name in ("page", "table", "figure") if (value := getattr(self, name))]
        where += [words for words in (self.section, self.path, self.source) if words]
        return ", ".join(where) + (f'{": " if where else ""}"{self.quote}"' if self.quote else "")


def numbers_of(record: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Find the numbers that a record states.

    Parameters
    ----------
    record : object
        A record, a mapping, a tuple or a value.
    path : str
        Path of the record; the paths of its numbers begin with it.

    Yields
    ------
    path, digits : str
        The path and the printed digits of every number; for a tuple of numbers, also of the tuple as a whole.
    """
    if (number := _digits(record)) is not None:
        yield path, number
        return
    stated: Mapping[object, object]
    if isinstance(record, BaseModel):
        stated = {name: getattr(record, name) for name in type(record).model_fields if name in record.model_fields_set}
    elif isinstance(record, Mapping):
        stated = record
    elif isinstance(record, tuple):
        stated = dict(enumerate(record))
        whole = [digits for value in record if (digits := "none" if value is None else _digits(value)) is not None]
        if whole and len(whole) == len(record):
            yield path, ", ".join(whole)
    else:
        return
    for name, value in stated.items():
        yield from numbers_of(value, f"{path}.{name}" if path else str(name))


def _digits(value: object) -> str | None:
    """Return a number or a bound as it was printed, or None for anything else."""
    if isinstance(value, str):
        return value if value[:1] in ("<", ">") else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def located(outcome: Outcome) -> dict[str, str]:
    """Return the numbers of an outcome for which a place can be stated.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    dict of str to str
        Printed digits by path: relative to the evidence for its numbers, to the outcome for the others.
    """
    beside = {name: getattr(outcome, name) for name in BESIDE}
    return dict(numbers_of(beside)) | dict(numbers_of(outcome.evidence))


def misplaced_numbers(outcome: Outcome) -> Iterator[Mistake]:
    """Yield a `Mistake` for every place of a number that the outcome does not state."""
    known = located(outcome)
    for path in outcome.sources:
        if path not in known:
            said = f"not a number of this outcome{did_you_mean(path, known)}; accepted: {', '.join(list(known)[:40])}"
            yield Mistake(f"sources.{path}", said)
