"""Frozen records that reject unknown fields and report all their mistakes at once.

Pydantic does not run the checks of a whole record while one of its fields is invalid, and it stops at the first check
that fails: a missing title would hide a threshold on the side of harm. Here every check runs that can run on the valid
fields.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, TypeAdapter, ValidationError, model_validator
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from bayes.errors import Mistake

Found = str | Mistake
Check = Callable[[Any], Iterable[Found]]
_MARK = "_checks_a_record"


def check(method: Check) -> Check:
    """Mark a method as a check of a whole record.

    Parameters
    ----------
    method : callable
        Yields what is wrong, as text or as a `Mistake` whose path is that of a field within the record. In a record
        with invalid fields it sees the valid ones only and is abandoned when it reads another.

    Returns
    -------
    callable
        The same method.
    """
    setattr(method, _MARK, True)
    return method


class Closed(BaseModel):
    """A frozen record that rejects unknown fields and runs all its methods marked by `check`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: object, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            record = handler(data)
        except ValidationError as error:
            found = [_kept(one) for one in error.errors()] + _in_part(cls, data, error)
            raise ValidationError.from_exception_data(cls.__name__, found) from None
        if problems := _found(record):
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return record


def _in_part(cls: type[Closed], data: object, error: ValidationError) -> list[InitErrorDetails]:
    """Return what the checks find in the valid fields of a record that also has invalid ones."""
    if not isinstance(data, dict):
        return []
    record = cls.model_construct()
    record.__dict__.clear()
    record.__dict__.update(_sound(cls, data, {one["loc"][0] for one in error.errors() if one["loc"]}))
    return _found(record, AttributeError)  # raised by a check that reads an invalid field


def _found(record: Closed, leave: type[Exception] | tuple[()] = ()) -> list[InitErrorDetails]:
    """Return what the checks of a record find; a check that raises `leave` is abandoned."""
    found: list[InitErrorDetails] = []
    for name in _checks(type(record)):
        try:
            found += map(_error, getattr(record, name)())
        except leave:
            continue
    return found


def _sound(cls: type[Closed], data: Mapping[str, object], wrong: Container[int | str]) -> dict[str, object]:
    """Return the valid fields, converted, and the defaults of the fields that are not stated."""
    values = {}
    for name, field in cls.model_fields.items():
        if name in data and name not in wrong:
            values[name] = _reader(cls, name).validate_python(data[name])
        elif name not in wrong and not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    return values


@cache
def _reader(cls: type[Closed], name: str) -> TypeAdapter[object]:
    field = cls.model_fields[name]
    kind: Any = Annotated[field.annotation, field]  # a type that is only known when the field is read
    return TypeAdapter(kind)


@cache
def _checks(cls: type[Closed]) -> tuple[str, ...]:
    """Return the names of the checks of a record, inherited ones first."""
    marked = (name for one in reversed(cls.__mro__) for name, value in vars(one).items() if hasattr(value, _MARK))
    return tuple(dict.fromkeys(marked))


def _kept(error: ErrorDetails) -> InitErrorDetails:
    """Convert an error of a field without changing its text."""
    more = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    kind = PydanticCustomError(error["type"], "{text}", more | {"text": error["msg"]})
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])


def _error(problem: Found) -> InitErrorDetails:
    """Convert what a check found, with the location of the record or of one of its fields."""
    at = tuple(problem.path.split(".")) if isinstance(problem, Mistake) and problem.path else ()
    said = problem.message if isinstance(problem, Mistake) else problem
    return InitErrorDetails(type=PydanticCustomError("check", "{text}", {"text": said}), loc=at, input=None)
