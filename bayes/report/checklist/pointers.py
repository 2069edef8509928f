"""The only way from a results folder to a checklist: a file, a JSON pointer into it, and the value that stands there.

    Evidence(folder, "report/data/mesems.gel_24w.json", "/priors/0/rationale").value

Nobody can hand a value in: it is read. TOML files are read as the JSON they amount to; a Markdown file is an object of
its headings, each with the text beneath it.
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
from typing import Any

LONG = 200  # characters of JSON; longer values are shortened where they are shown


class Absent(Exception):
    """Nothing stands there.

    Attributes
    ----------
    nearest : Evidence or None
        What stands furthest along the way; None where the file itself is missing.
    """

    def __init__(self, reason: str, nearest: Evidence | None) -> None:
        super().__init__(reason)
        self.nearest = nearest


class Folder:
    """A results folder; each file is read once."""

    def __init__(self, root: str | os.PathLike) -> None:
        self.root = Path(root)
        self._read: dict[str, Any] = {}
        self._digests: dict[str, str | None] = {}

    def files(self, pattern: str) -> list[str]:
        """Names of files, relative to the folder, in order."""
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.glob(pattern))

    def content(self, file: str) -> Any:
        """What a file holds, as JSON values.

        Raises
        ------
        Absent
            If there is no such file in the folder.
        """
        if file not in self._read:
            path = self._path(file)
            if path is None:
                raise Absent(f"there is no file {file}", None)
            self._read[file] = _parse(path)
        return self._read[file]

    def sha256(self, file: str) -> str | None:
        """Of the bytes of a file; None where it is missing."""
        if file not in self._digests:
            path = self._path(file)
            self._digests[file] = None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
        return self._digests[file]

    def _path(self, file: str) -> Path | None:
        """Of a file that is there; a name that leads out of the folder names none."""
        inside = not Path(file).is_absolute() and ".." not in Path(file).parts
        path = self.root / file
        return path if inside and path.is_file() else None


@dataclass(frozen=True)
class Evidence:
    """A value of a results folder, with where it stands.

    Attributes
    ----------
    file : str
        Relative to the folder.
    pointer : str
        RFC 6901; "" is the whole file.
    value
        As read; it cannot be given.

    Raises
    ------
    Absent
        If nothing stands there.
    """

    folder: InitVar[Folder]
    file: str
    pointer: str
    value: Any = field(init=False, compare=False)

    def __post_init__(self, folder: Folder) -> None:
        value, done = folder.content(self.file), ""
        for part in parts(self.pointer):
            try:
                value = _step(value, part)
            except (KeyError, IndexError, ValueError, TypeError):
                raise Absent(f"{done or self.file} holds no {part!r}", Evidence(folder, self.file, done)) from None
            done += f"/{escape(part)}"
        object.__setattr__(self, "value", value)

    def as_json(self) -> dict[str, Any]:
        """File, pointer and value; a long value is shortened."""
        return {"file": self.file, "pointer": self.pointer, "value": shortened(self.value)}


def parts(pointer: str) -> list[str]:
    """The reference tokens of a JSON pointer, unescaped (RFC 6901)."""
    if pointer and not pointer.startswith("/"):
        raise ValueError(f"a JSON pointer is empty or starts with '/': {pointer!r}")
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def escape(part: str) -> str:
    """A key as a reference token."""
    return part.replace("~", "~0").replace("/", "~1")


def entries(value: Any) -> Iterator[tuple[str, Any]]:
    """Tokens and values of an array or object; none of anything else."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from ((str(i), entry) for i, entry in enumerate(value))


def shortened(value: Any) -> Any:
    """A value as it is shown: in full up to 200 characters of JSON, else what it is and how it begins."""
    said = json.dumps(value, ensure_ascii=False)
    if len(said) <= LONG:
        return value
    if isinstance(value, str):
        return f"{value[:LONG]} ... ({len(value):,} characters)"
    if isinstance(value, dict):
        return f"an object of {len(value):,}: {', '.join(value)}"[:LONG]
    return f"an array of {len(value):,}: {said[1:]}"[:LONG] + " ..."


def _step(value: Any, part: str) -> Any:
    if isinstance(value, list):
        if not re.fullmatch(r"0|[1-9][0-9]*", part):  # RFC 6901: no sign, no leading zero
            raise ValueError(part)
        return value[int(part)]
    return value[part] if isinstance(value, dict) else _nothing(part)


def _nothing(part: str) -> None:
    raise KeyError(part)


def _parse(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".json":
        return json.loads(text)
    if path.suffix == ".toml":
        return json.loads(json.dumps(tomllib.loads(text), default=str))
    if path.suffix == ".md":
        _, *sections = re.split(r"^#+ +(.*)$", text, flags=re.MULTILINE)
        return {head.strip(): body.strip() for head, body in zip(sections[::2], sections[1::2], strict=True)}
    return text
