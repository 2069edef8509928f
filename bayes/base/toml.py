"""Reading and validation of TOML files: printed digits are kept; all mistakes are reported with their field paths."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, get_args

from pydantic import BaseModel, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from bayes.base import documents
from bayes.base.documents import TomlTable
from bayes.errors import QUOTED, InvalidInput, Mistake, UnknownName, did_you_mean, printable, quoted

ID_PATTERN = r"^[A-Za-z0-9](?:-?[A-Za-z0-9_])*-?$"
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
_DATE = re.compile(rf"(?i)\d{{4}}-\d\d-\d\d.*|\d{{1,2}}[-. ]?{_MONTH}\w*(?:[-. ]?\d+)?|{_MONTH}\w*[-. ]?\d+")
Identifier = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=100)]


def read_toml(path: str | os.PathLike[str]) -> TomlTable:
    """Read a TOML file, keeping the printed digits of its numbers.

    Parameters
    ----------
    path : str or os.PathLike
        Path of the file.

    Returns
    -------
    dict
        The content; numbers with a decimal point are `Decimal`.

    Raises
    ------
    InvalidInput
        If the file is missing, unreadable or not TOML; lists slips of typing with their lines.
    """
    return documents.read(Path(path))


def validate[T: BaseModel](model: type[T], data: TomlTable, source: str, extra: Iterable[Mistake] = ()) -> T:
    """Build a record from data.

    Parameters
    ----------
    model : type of BaseModel
        Class of the record.
    data : dict
        The content of a file.
    source : str
        The file, as named in the error.
    extra : iterable of Mistake
        Mistakes found by the caller, reported together with the others.

    Returns
    -------
    BaseModel
        An instance of `model`.

    Raises
    ------
    InvalidInput
        If there are mistakes; lists all of them, each with its field path.
    """
    mistakes = list(extra)
    try:
        built = model.model_validate(data)
    except ValidationError as error:
        mistakes += [_mistake(model, e) for e in error.errors()]
    if mistakes:
        raise InvalidInput(source, mistakes)
    return built


MOST_ELEMENTS = 8  # elements of a list that a message repeats
ANSWERS = "answers.toml"  # what a person decides of an import lies beside the files that it concerns


def files_of(folder: Path) -> list[Path]:
    """Return the TOML files of a folder by name, without the answers of an import."""
    return sorted(path for path in folder.glob("*.toml") if path.name != ANSWERS)


def shipped(folder: str) -> dict[str, Path]:
    """Return the shipped files of a data folder as `{id: path}`, sorted by id."""
    root = Path(str(files("bayes.data"))) / folder
    return {p.stem: p for p in sorted(root.glob("*.toml"))}


def locate(name: str | os.PathLike[str], folder: str, what: str) -> Path:
    """Find the file that a user refers to.

    Parameters
    ----------
    name : str or os.PathLike
        Path of a file, or the id of a shipped file.
    folder : {"trials", "syntheses", "priors"}
        The data folder of the shipped files.
    what : str
        What the name stands for, as named in the error.

    Returns
    -------
    Path

    Raises
    ------
    UnknownName
        If it is neither a path nor the id of a shipped file.
    """
    text = os.fspath(name)
    if text.endswith(".toml") or os.sep in text or os.path.isfile(text):
        return Path(text)
    known = shipped(folder)
    if text not in known:
        raise UnknownName(what, text, known)
    return known[text]


def id_mistakes(data: TomlTable, path: Path) -> list[Mistake]:
    """Return the mistake that an id differs from the name of its file, in a list, or an empty list."""
    found = data.get("id", path.stem)
    if found == path.stem:
        return []
    said = f"{_shortly(str(found))} must equal the file name {path.stem!r}"
    if any(_DATE.fullmatch(name) for name in (str(found), path.stem)):
        said += "; one of them looks like a date: spreadsheets turn ids such as 2-Mar into dates"
    return [Mistake("id", said)]


_RANGE = {
    "greater_than": "must be above {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be below {lt}",
    "less_than_equal": "must be {le} or less",
    "int_type": "expected a whole number",
    "string_type": "expected text in quotes",
    "bool_type": "expected true or false",
    "decimal_type": "expected a number",
    "decimal_parsing": "expected a number",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a finite number",
    "tuple_type": "expected a list in brackets, such as [0.77, 1.04]",
    "list_type": "expected a list in brackets",
    "dict_type": "expected a table, {{ name = value }}",
    "mapping_type": "expected a table, {{ name = value }}",
    "too_short": "{actual_length} given; at least {min_length} required",
    "too_long": "{actual_length} given; at most {max_length} accepted",
}


def _mistake(model: type[BaseModel], error: ErrorDetails) -> Mistake:
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
        meant = did_you_mean(ctx["tag"], known)
        message = f"{quoted(str(ctx['tag']))} is not a kind of evidence{meant}; accepted: {', '.join(known)}"
    elif kind == "literal_error":
        known = re.findall(r"'([^']+)'", error["ctx"]["expected"]) or [error["ctx"]["expected"]]
        meant = did_you_mean(error["input"], known)
        message = f"{_shortly(error['input'])} is not accepted{meant}; accepted: {', '.join(known)}"
    elif kind == "union_tag_not_found":
        message = "`kind` is required"
    elif kind == "string_pattern_mismatch" and error["ctx"]["pattern"] == ID_PATTERN:
        message = (
            f"{_shortly(error['input'])} is not a valid id; accepted: letters, digits, _ and single -, "
            "starting with a letter or a digit"
        )
    elif kind in ("model_type", "model_attributes_type", "dataclass_type"):
        message = f"expected a table, {_example(owner)}" if owner else "expected a table"
        if isinstance(error["input"], str | int | float | Decimal | list | tuple):
            message += f", found {_shortly(error['input'])}"
    else:
        message = _RANGE[kind].format(**error["ctx"]) if kind in _RANGE else message.removeprefix("Value error, ")
        if isinstance(error["input"], str | int | float | Decimal):
            message += f", found {_shortly(error['input'])}"
    message = re.sub(r"Decimal\('([^']+)'\)", r"\1", message)
    # very long words and numbers of thousands of digits are abbreviated
    return Mistake(path, re.sub(r"(\S{40})\S{60,}", r"\1...", message))


def _example(model: type[BaseModel]) -> str:
    """Return a table with the required fields of a model, or with all its fields if none is required."""
    required = [name for name, field in model.model_fields.items() if field.is_required()] or [*model.model_fields]
    return f"{{ {', '.join(f'{name} = ...' for name in required)} }}"


def _shortly(found: object) -> str:
    """Format what was found, with quotes around text and brackets around a list."""
    if isinstance(found, list | tuple):
        shown = [*map(_shortly, found[:MOST_ELEMENTS]), *(["..."] if len(found) > MOST_ELEMENTS else [])]
        return f"[{', '.join(shown)}]"
    if isinstance(found, int) and abs(found) >= 10**60:  # Python refuses to format integers of more than 4300 digits
        return f"a number of about {int(found.bit_length() * 0.30103) + 1} digits"
    return quoted(found) if isinstance(found, str) else printable(str(found), QUOTED)


def _walk(model: type[BaseModel], steps: list[str]) -> tuple[str, type[BaseModel] | None]:
    """Follow the location of an error; return its path without union tags and the model that has the last step."""
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
    # an unknown field belongs to none of the models: its owner is the model reached so far
    return ".".join(path), owners[0] if len(owners) == 1 else None


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    return get_args(kind.annotation)[0] if kind else None


def _models(annotation: object) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
