"""Where a number of a report stands: page, table or figure, and the words around it, one place for each number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator

from bayes.base.closed import Closed, check
from bayes.errors import Mistake, did_you_mean

BESIDE = ("printed", "mcid", "planned", "margin", "sd_ref", "observed")  # fields of an outcome that hold numbers
# a page may be "e1124", a table "S2": kept as text, though 1124 may be typed
Label = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]


class Place(Closed):
    """Where one number stands; `source` where it is another document than the outcome's own."""

    page: Label | None = None
    table: Label | None = None
    figure: Label | None = None
    section: str | None = None
    quote: str | None = None
    source: str | None = None

    @check
    def _says_something(self) -> Iterator[str]:
        if not any(getattr(self, name) for name in type(self).model_fields):
            yield f"one of {', '.join(type(self).model_fields)} is needed"

    def __str__(self) -> str:
        where = [f"{name} {value}" for name in ("page", "table", "figure") if (value := getattr(self, name))]
        where += [words for words in (self.section, self.source) if words]
        return ", ".join(where) + (f'{": " if where else ""}"{self.quote}"' if self.quote else "")


def numbers_of(record: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, digits) of every number that a record states, and of every list of them as a whole."""
    if (number := _digits(record)) is not None:
        yield path, number
        return
    if isinstance(record, BaseModel):
        stated = {name: getattr(record, name) for name in type(record).model_fields if name in record.model_fields_set}
    elif isinstance(record, Mapping):
        stated = record
    elif isinstance(record, tuple):
        stated = dict(enumerate(record))
        whole = ["none" if value is None else _digits(value) for value in record]
        if whole and None not in whole:
            yield path, ", ".join(whole)
    else:
        return
    for name, value in stated.items():
        yield from numbers_of(value, f"{path}.{name}" if path else str(name))


def _digits(value: Any) -> str | None:
    """A number, or the bound of one, as it was printed; None of anything else."""
    if isinstance(value, str):
        return value if value[:1] in ("<", ">") else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def located(outcome: Any) -> dict[str, str]:
    """Every number that a place can be given for, by its path: within the evidence, or of the outcome beside it."""
    beside = {name: getattr(outcome, name) for name in BESIDE}
    return dict(numbers_of(beside)) | dict(numbers_of(outcome.evidence))


def misplaced_numbers(outcome: Any) -> Iterator[Mistake]:
    """Places of numbers that the outcome does not state."""
    known = located(outcome)
    for path in outcome.sources:
        if path not in known:
            said = f"no number of this outcome{did_you_mean(path, known)}; stated: {', '.join(list(known)[:40])}"
            yield Mistake(f"sources.{path}", said)
