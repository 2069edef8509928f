"""Frozen records that refuse fields they do not know and find all their mistakes at once.

Pydantic runs no check of a whole record while one of its fields is wrong, and stops at the first check that fails, so
that a threshold on the side of harm would hide behind a missing title. Here every check is made that can be: on the
fields that are sound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from bayes.errors import Mistake

Found = str | Mistake
Check = Callable[[Any], Iterable[Found]]
_MARK = "_checks_a_record"


def check(method: Check) -> Check:
    """Mark a method that checks a record whose fields are sound each.

    It yields what is wrong, as text or as a `Mistake` with the path of a field within the record. Where the record has
    other mistakes the method sees its sound fields only, and is left as soon as it asks for one that is not there.
    """
    setattr(method, _MARK, True)
    return method


class Closed(BaseModel):
    """A frozen record that refuses fields it does not know; all its methods marked by `check` are tried."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            record = handler(data)
        except ValidationError as error:
            found = [_kept(one) for one in error.errors()] + _in_part(cls, data, error)
            raise ValidationError.from_exception_data(cls.__name__, found) from None
        if problems := _found(record):
            raise ValidationError.from_exception_data(cls.__name__, problems)
        return record


def _in_part(cls: type[Closed], data: Any, error: ValidationError) -> list[InitErrorDetails]:
    """What the checks find in the sound fields of a record that has others."""
    if not isinstance(data, dict):
        return []
    record = cls.model_construct()
    record.__dict__.clear()
    record.__dict__.update(_sound(cls, data, {one["loc"][0] for one in error.errors() if one["loc"]}))
    return _found(record, AttributeError)  # a check needs a field that is not sound


def _found(record: Closed, leave: type[Exception] | tuple[()] = ()) -> list[InitErrorDetails]:
    """What the checks of a record find; one that raises `leave` is left there."""
    found: list[InitErrorDetails] = []
    for name in _checks(type(record)):
        try:
            found += map(_error, getattr(record, name)())
        except leave:
            continue
    return found


def _sound(cls: type[Closed], data: dict[str, Any], wrong: set[Any]) -> dict[str, Any]:
    """The fields that are sound, as they are read, and the defaults of those that are not stated."""
    values = {}
    for name, field in cls.model_fields.items():
        if name in data and name not in wrong:
            values[name] = _reader(cls, name).validate_python(data[name])
        elif name not in wrong and not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    return values


@cache
def _reader(cls: type[Closed], name: str) -> TypeAdapter:
    field = cls.model_fields[name]
    return TypeAdapter(Annotated[field.annotation, field])


@cache
def _checks(cls: type[Closed]) -> tuple[str, ...]:
    """Names of the checks of a record, those that it inherits first."""
    marked = (name for one in reversed(cls.__mro__) for name, value in vars(one).items() if hasattr(value, _MARK))
    return tuple(dict.fromkeys(marked))


def _kept(error: Any) -> InitErrorDetails:
    """A mistake of a field as it was found."""
    more = {key: value for key, value in error.get("ctx", {}).items() if key != "error"}
    kind = PydanticCustomError(error["type"], "{text}", more | {"text": error["msg"]})
    return InitErrorDetails(type=kind, loc=error["loc"], input=error["input"])


def _error(problem: Found) -> InitErrorDetails:
    """What a check found, at the record or at one of its fields."""
    at = tuple(problem.path.split(".")) if isinstance(problem, Mistake) and problem.path else ()
    said = problem.message if isinstance(problem, Mistake) else problem
    return InitErrorDetails(type=PydanticCustomError("check", "{text}", {"text": said}), loc=at, input=None)
