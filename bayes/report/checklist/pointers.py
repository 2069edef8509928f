"""The evidence of a checklist: a file of a results folder, a JSON pointer into it, and the value found there.

    Evidence(folder, "report/data/mesems.gel_24w.json", "/priors/0/rationale").value

A value cannot be supplied; it is always read. TOML files are read as the equivalent JSON; a Markdown file is read as an
object that maps each heading to the text below it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import InitVar, dataclass, field
from pathlib import Path
from typing import TypedDict

from bayes.base.unpacking import in_words
from bayes.errors import InvalidInput

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
LONG = 200  # characters of JSON; longer values are shortened for display


class Absent(Exception):
    """The error raised when a pointer leads to no value.

    Attributes
    ----------
    nearest : Evidence or None
        The last value found along the pointer; None if the file itself is missing.
    """

    def __init__(self, reason: str, nearest: Evidence | None) -> None:
        super().__init__(reason)
        self.nearest = nearest


class Folder:
    """A results folder, each file of which is read once."""

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root)
        self._read: dict[str, Json] = {}
        self._digests: dict[str, str | None] = {}

    def files(self, pattern: str) -> list[str]:
        """Return the sorted paths of matching files, relative to the folder."""
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern))

    def content(self, file: str) -> Json:
        """Return the content of a file as JSON values.

        Raises
        ------
        Absent
            If the folder has no such file.
        InvalidInput
            If it is damaged.
        """
        if file not in self._read:
            path = self._path(file)
            if path is None:
                raise Absent(f"there is no file {file}", None)
            try:
                self._read[file] = _parse(path)
            except (OSError, ValueError, RecursionError) as error:
                problem = f"cannot be read: {in_words(error)}; `bayes regenerate` and `bayes report` write it again"
                raise InvalidInput(str(path), [problem]) from None
        return self._read[file]

    def sha256(self, file: str) -> str | None:
        """Return the digest of a file; None if it is missing."""
        if file not in self._digests:
            path = self._path(file)
            self._digests[file] = None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
        return self._digests[file]

    def _path(self, file: str) -> Path | None:
        """Return the path of an existing file; None if it is missing or outside the folder."""
        inside = not Path(file).is_absolute() and ".." not in Path(file).parts
        path = self.root / file
        return path if inside and path.is_file() else None


@dataclass(frozen=True)
class Evidence:
    """A value in a results folder, and its location.

    Attributes
    ----------
    file : str
        A path relative to the folder.
    pointer : str
        A JSON pointer (RFC 6901); "" is the whole file.
    value
        The value as read; it cannot be supplied.

    Raises
    ------
    Absent
        If the pointer leads to no value.
    """

    folder: InitVar[Folder]
    file: str
    pointer: str
    value: Json = field(init=False, compare=False)

    def __post_init__(self, folder: Folder) -> None:
        value, done = folder.content(self.file), ""
        for part in parts(self.pointer):
            try:
                value = _step(value, part)
            except (KeyError, IndexError, ValueError, TypeError):
                raise Absent(f"{done or self.file} has no {part!r}", Evidence(folder, self.file, done)) from None
            done += f"/{escape(part)}"
        object.__setattr__(self, "value", value)

    def as_json(self) -> Shown:
        """Return the file, the pointer and the value; a long value is shortened."""
        return {"file": self.file, "pointer": self.pointer, "value": shortened(self.value)}


class Shown(TypedDict):
    """A value and its location, as `checklist.json` holds them."""

    file: str
    pointer: str
    value: Json  # in full up to 200 characters, else described


def parts(pointer: str) -> list[str]:
    """Return the reference tokens of a JSON pointer, unescaped (RFC 6901)."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"not a JSON pointer: {pointer!r}; it must be empty or start with '/'")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def escape(part: str) -> str:
    """Return a key as an escaped reference token."""
    return part.replace("~", "~0").replace("/", "~1")


def entries(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield the tokens and values of an array or object; nothing for any other value."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(i), entry) for i, entry in enumerate(value))


def shortened(value: Json) -> Json:
    """Return a value for display: in full up to 200 characters of JSON, otherwise its type, size and beginning."""
    said = json.dumps(value, ensure_ascii=False)
    if len(said) <= LONG or not isinstance(value, str | dict | list):
        return value
    if isinstance(value, str):
        return f"{value[:LONG]} ... ({len(value):,} characters)"
    if isinstance(value, dict):
        return f"an object of {len(value):,}: {', '.join(value)}"[:LONG]
    return f"an array of {len(value):,}: {said[1:]}"[:LONG] + " ..."


def _step(value: Json, part: str) -> Json:
    if isinstance(value, list):
        if not re.fullmatch(r"0|[1-9][0-9]*", part):  # RFC 6901: no sign, no leading zero
            raise ValueError(part)
        return value[int(part)]
    if not isinstance(value, dict):
        raise TypeError(part)
    return value[part]


def _parse(path: Path) -> Json:
    text = path.read_text(encoding="utf-8")
    found: Json = text
    if path.suffix == ".json":
        found = json.loads(text)
    if path.suffix == ".toml":
        found = json.loads(json.dumps(tomllib.loads(text), default=str))
    if path.suffix == ".md":
        _, *sections = re.split(r"^#+ +(.*)$", text, flags=re.MULTILINE)
        found = {head.strip(): body.strip() for head, body in zip(sections[::2], sections[1::2], strict=True)}
    return found
