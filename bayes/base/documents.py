"""Reading TOML files, with an explanation where a file is in another format.

A byte order mark and any style of line ending are accepted. The parser's own message is the last resort, because it
names a symptom rather than the cause.
"""

from __future__ import annotations

import codecs
import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import log10
from pathlib import Path
from typing import Any

from bayes.base.slips import slips
from bayes.errors import STEERING, InvalidInput, Mistake

TomlTable = dict[str, Any]
"""A table as TOML gives it: what its values are is for the records to find out, so that here they may be anything."""

MOST_BYTES = 3_000_000  # of a file, which a table of thousands of adverse events with their places does not reach
LONGEST_TEXT, LONGEST_LIST = 20_000, 10_000  # characters of a text; elements of a list or a table
MOST_DIGITS = 300  # of a whole number, which a float then holds
LARGEST_EXPONENT = 4_000  # of a decimal number, up and down: decimal arithmetic and Python's texts hold as many digits
DEEPEST = 12  # levels of nested tables and arrays; the fields of a file need six
_MAGIC = {
    b"PK\x03\x04": "a spreadsheet or another zip archive (.xlsx, .ods, .docx)",
    b"\xd0\xcf\x11\xe0": "a spreadsheet or another Office document (.xls, .doc)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file (.gz)",
    b"\x89HDF": "a binary file (HDF5, netCDF)",
    b"PAR1": "a binary file (Parquet)",
    b"\x89PNG": "a picture",
}
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_TYPED = "type its numbers into a trial file (`bayes new trial ID` writes a skeleton)"


def read(path: Path) -> TomlTable:
    """Read a TOML file, keeping the printed digits of its numbers.

    Parameters
    ----------
    path : Path
        Path of the file.

    Returns
    -------
    dict
        The content; numbers with a decimal point are `Decimal`.

    Raises
    ------
    InvalidInput
        If the file is missing, is not UTF-8 text or not TOML, or has slips of typing, each with its line number.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InvalidInput(str(path), ["no such file"]) from None
    except OSError as error:
        raise InvalidInput(str(path), [f"cannot be read: {error.strerror}"]) from None
    except ValueError:
        raise InvalidInput(str(path), ["cannot be read: not the name of a file"]) from None
    if len(raw) > MOST_BYTES:
        raise InvalidInput(str(path), [f"larger than {MOST_BYTES / 1e6:g} MB; accepted: one trial, synthesis or set"])
    try:
        return _parsed(_decoded(raw))
    except _Foreign as found:
        raise InvalidInput(str(path), found.mistakes) from None


class _Foreign(Exception):
    """A file that is not valid TOML, with the reasons."""

    def __init__(self, *mistakes: Mistake | str) -> None:
        self.mistakes = mistakes
        super().__init__(*mistakes)


def _decoded(raw: bytes) -> str:
    """Return the text of a file with the line endings of TOML."""
    for magic, what in _MAGIC.items():
        if raw.startswith(magic):
            raise _Foreign(f"this is {what}, not TOML: {_TYPED}")
    if raw.startswith(_UTF_32):
        raise _Foreign("the file is UTF-32: save it as UTF-8")
    if raw.startswith(_UTF_16) or any(2 * half.count(0) > len(half) > 0 for half in (raw[::2], raw[1::2])):
        raise _Foreign("the file is UTF-16: save it as UTF-8")
    if b"\0" in raw:
        raise _Foreign(f"this is a binary file, not TOML: {_TYPED}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        said = raw.splitlines()[line - 1].decode("cp1252", "replace").strip()[:60]
        raise _Foreign(
            Mistake(f"line {line}", f"not UTF-8, but apparently Latin-1 or Windows-1252 ({said!r}): save it as UTF-8")
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str) -> TomlTable:
    if other := _other_format(text):
        raise _Foreign(f"this is {other}, not TOML: {_TYPED}")
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except RecursionError:
        raise _Foreign(_TOO_DEEP) from None
    except ValueError as error:  # TOMLDecodeError, impossible dates, whole numbers of thousands of digits
        if _is_table(text):
            raise _Foreign(f"this is a table (CSV), not TOML: {_TYPED}") from None
        raise _Foreign(*_explained(text, error)) from None
    if _depth(data) > DEEPEST:
        raise _Foreign(_TOO_DEEP)
    if beyond := [*out_of_bounds(data), *_control_characters(data)]:
        raise _Foreign(*beyond)
    if not data:
        raise _Foreign("the file is empty or contains only comments")
    return data


_TOO_DEEP = f"tables or arrays are nested more than {DEEPEST} levels deep: no field is nested so deeply"


def _other_format(text: str) -> str | None:
    """Return the format of a text that is not TOML, recognised by its first characters, or None."""
    start = text.lstrip()[:2000]
    if start.startswith("<"):
        if "COCHRANE_REVIEW" in start:
            return "a RevMan file"
        return "a web page (HTML)" if re.match(r"(?i)<!doctype html|<html", start) else "XML"
    if start.startswith("{"):
        return "JSON"
    if start.startswith("["):
        try:
            json.loads(text)
        except (ValueError, RecursionError):
            return None
        return "JSON"
    return None


def _is_table(text: str) -> bool:
    """Return whether all lines have the same number of columns, at least two, and none assigns a value."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2 or any("=" in line or line.lstrip().startswith("[") for line in lines):
        return False
    return any(lines[0].count(mark) and len({line.count(mark) for line in lines}) == 1 for mark in ";\t,")


def _explained(text: str, error: ValueError) -> Sequence[Mistake | str]:
    """Return all slips of typing by line, and the parser's message if the line at which it stopped has no slip."""
    found = [Mistake(f"line {line}", said) for line, said in slips(text)]
    stopped = re.search(r"\(at line (\d+), column \d+\)", str(error))
    if stopped and not any(mistake.path == f"line {stopped[1]}" for mistake in found):
        words = str(error).replace(stopped[0], "").strip()
        words = {"Cannot overwrite a value": "a field or a table is defined twice"}.get(words, words)
        found.append(Mistake(f"line {stopped[1]}", f"not valid TOML: {words}"))
    return found or [f"not valid TOML: {str(error)[:200]}"]


def _depth(data: TomlTable) -> int:
    """Count the levels of nested tables and arrays, without recursion and no further than is allowed."""
    level: list[TomlTable | list[Any]] = [data]
    deep = 0
    while level and deep <= DEEPEST:
        values = (value.values() if isinstance(value, dict) else value for value in level)
        level = [inner for inside in values for inner in inside if isinstance(inner, dict | list)]
        deep += 1
    return deep


def out_of_bounds(data: TomlTable) -> Iterator[Mistake]:
    """Yield the texts, lists, tables and numbers of a file that are longer than any field needs."""
    for path, value in _values(data):
        match value:
            case str() if len(value) > LONGEST_TEXT:
                yield Mistake(path, f"a text of {len(value)} characters; at most {LONGEST_TEXT} accepted")
            case dict() | list() if len(value) > LONGEST_LIST:
                yield Mistake(path, f"{len(value)} given; at most {LONGEST_LIST} accepted")
            case int() if (digits := _digits(value)) > MOST_DIGITS:
                yield Mistake(path, f"a number of about {digits} digits; at most {MOST_DIGITS} accepted")
            case Decimal() if value.is_finite() and abs(value.adjusted()) > LARGEST_EXPONENT:
                yield Mistake(path, f"an exponent of {value.adjusted()}; at most {LARGEST_EXPONENT} accepted")


def _control_characters(data: TomlTable) -> Iterator[Mistake]:
    """Yield the texts with characters that may steer a terminal, on which texts are shown."""
    for path, value in _values(data):
        if isinstance(value, str) and (found := STEERING.search(value)):
            yield Mistake(path, f"the control character U+{ord(found[0]):04X}; accepted: text, line breaks and tabs")


def _values(data: TomlTable) -> Iterator[tuple[str, object]]:
    """Yield every value of a file with its path; of what is longer than any list, only the whole."""
    left: list[tuple[str, object]] = [("", data)]
    while left:
        path, value = left.pop()
        yield path, value
        if isinstance(value, dict | list | tuple) and len(value) <= LONGEST_LIST:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            left += [(f"{path}.{key}" if path else str(key), inner) for key, inner in items]


def _digits(number: int) -> int:
    """Return about how many digits a whole number has, without writing it out."""
    return int(number.bit_length() * log10(2)) + 1
