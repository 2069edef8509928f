"""TOML at the door: written digits kept, every mistake of a file found at once, each with its field path."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterable
from copy import deepcopy
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints, ValidationError, WithJsonSchema

from bayes.errors import InvalidInput, Mistake, UnknownName, did_you_mean

ID_PATTERN = r"^[A-Za-z0-9](?:-?[A-Za-z0-9_])*-?$"
Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=100)]


def _printed(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("expected a number as printed, without quotes")
    return Decimal(repr(value)) if isinstance(value, float) else value


Printed = Annotated[Decimal, BeforeValidator(_printed), WithJsonSchema({"type": "number"})]
"""A number with its written digits: 1.50 stays 1.50, because its rounding interval depends on them."""


def half_unit(printed: Decimal) -> Decimal:
    """Half a unit of the last printed digit: 1.50 stands for 1.495 to 1.505."""
    return Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2


class Closed(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def read_toml(path: str | os.PathLike) -> dict[str, Any]:
    """Read a TOML file, keeping written digits.

    Raises
    ------
    InvalidInput
        If the file is missing, unreadable or not TOML.
    """
    path = Path(path)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except FileNotFoundError:
        raise InvalidInput(str(path), ["no such file"]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {error}"]) from None
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(str(path), [f"not valid TOML: {error}"]) from None


def validate[T: BaseModel](model: type[T], data: dict[str, Any], source: str, extra: Iterable[Mistake] = ()) -> T:
    """Build `model` from data, turning pydantic's findings into one error that lists all mistakes.

    Parameters
    ----------
    extra : iterable of Mistake
        Mistakes the caller has found itself; they are reported together with the rest.
    """
    mistakes = list(extra)
    try:
        built = model.model_validate(data)
    except ValidationError as error:
        mistakes += _mistakes(model, data, error)
    if mistakes:
        raise InvalidInput(source, mistakes)
    return built


def shipped(folder: str) -> dict[str, Path]:
    """Shipped files of a data folder, `{id: path}`, sorted by id."""
    root = Path(str(files("bayes.data"))) / folder
    return {p.stem: p for p in sorted(root.glob("*.toml"))}


def locate(name: str | os.PathLike, folder: str, what: str) -> Path:
    """The file a user means: a path to a file, or the id of a shipped one."""
    text = os.fspath(name)
    if text.endswith(".toml") or os.sep in text or Path(text).is_file():
        return Path(text)
    known = shipped(folder)
    if text not in known:
        raise UnknownName(what, text, known)
    return known[text]


def id_mistakes(data: dict[str, Any], path: Path) -> list[Mistake]:
    """The mistake of an id that differs from its file's name, if it is made."""
    found = data.get("id", path.stem)
    return [] if found == path.stem else [Mistake("id", f"{found!r} must equal the file name {path.stem!r}")]


def _mistakes(model: type[BaseModel], data: dict[str, Any], error: ValidationError) -> list[Mistake]:
    """All mistakes; a second pass without the unknown fields finds what they had hidden from the later checks."""
    found = error.errors()
    unknown = [e["loc"] for e in found if e["type"] == "extra_forbidden"]
    if unknown:
        try:
            model.model_validate(_without(data, unknown))
        except ValidationError as second:
            seen = {(e["loc"], e["type"]) for e in found}
            found += [e for e in second.errors() if (e["loc"], e["type"]) not in seen]
    return [_mistake(model, e) for e in found]


def _without(data: dict[str, Any], locations: list[tuple]) -> dict[str, Any]:
    """A copy of the data without the fields at these locations (union tags in a location name no level of the data)."""
    copy = deepcopy(data)
    for *steps, last in locations:
        level: Any = copy
        for step in steps:
            if isinstance(level, dict) and step in level or isinstance(level, list) and isinstance(step, int):
                level = level[step] if not (isinstance(level, dict) and level.get("kind") == step) else level
        if isinstance(level, dict):
            level.pop(last, None)
    return copy


def _mistake(model: type[BaseModel], error: dict[str, Any]) -> Mistake:
    steps = [str(step) for step in error["loc"]]
    path, owner = _walk(model, steps)
    kind, message = error["type"], error["msg"]
    if kind == "extra_forbidden":
        known = sorted(owner.model_fields) if owner else []
        message = f"unknown field{did_you_mean(steps[-1], known)}; accepted: {', '.join(known)}"
    elif kind == "missing":
        message = "required, but missing"
    elif kind == "union_tag_invalid":
        ctx = error["ctx"]
        known = re.findall(r"'([^']+)'", ctx["expected_tags"])
        path = f"{path}.kind"
        message = (
            f"{ctx['tag']!r} is not a kind of evidence{did_you_mean(ctx['tag'], known)}; accepted: {', '.join(known)}"
        )
    elif kind == "literal_error":
        known = re.findall(r"'([^']+)'", error["ctx"]["expected"]) or [error["ctx"]["expected"]]
        message = (
            f"{error['input']!r} is not accepted{did_you_mean(error['input'], known)}; accepted: {', '.join(known)}"
        )
    elif kind == "union_tag_not_found":
        message = "`kind` is required"
    elif kind == "string_pattern_mismatch" and error["ctx"]["pattern"] == ID_PATTERN:
        message = f"{error['input']!r} is not an id: letters, digits, _ and single -, beginning with a letter or digit"
    else:
        message = message.removeprefix("Value error, ")
        if isinstance(error["input"], str | int | float | Decimal):
            message += (
                f", found {str(error['input'])!r}" if isinstance(error["input"], str) else f", found {error['input']}"
            )
    return Mistake(path, message)


def _walk(model: type[BaseModel], steps: list[str]) -> tuple[str, type[BaseModel] | None]:
    """Follow an error's location: a path without union tags, and the model that holds the last step."""
    owners: list[type[BaseModel]] = [model]
    path: list[str] = []
    for step in steps:
        tagged = [o for o in owners if _tag(o) == step] if len(owners) > 1 else []
        record = next((o for o in owners if step in o.model_fields), None)
        if tagged:
            owners = tagged
        elif step not in ("[key]", "decimal", "str", "table") and "function-" not in step:
            owners = list(_models(record.model_fields[step].annotation)) if record else owners
            path.append(step)
    # an unknown field stands in no model: its owner is the model reached so far
    return ".".join(path), owners[0] if len(owners) == 1 else None


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation)[0] if kind else None


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
