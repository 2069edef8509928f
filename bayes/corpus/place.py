"""Where the files of a corpus are: a folder on this machine, or one on any filesystem that fsspec knows (s3://, gs://).

A file is there whole or not at all: it is written under another name and gets its own when it is finished.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol

from bayes.base.writing import replaced, sweep
from bayes.errors import InvalidInput

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PARTIAL = ".partial"


class Place(Protocol):
    """A folder; names of files in it are relative, with slashes."""

    def has(self, name: str) -> bool:
        """Return whether a file is there."""

    def names(self, folder: str) -> list[str]:
        """Return the names of the finished files of a folder, in order; none if there is no such folder."""

    def remove(self, folder: str) -> None:
        """Remove a folder, if it is there."""

    def sweep(self, folder: str) -> None:
        """Remove unfinished files of a folder, which an interrupted run left."""

    def reading(self, name: str) -> AbstractContextManager[Path]:
        """Lend a path on this machine from which a file can be read; an OSError says that it is not there."""

    def writing(self, name: str) -> AbstractContextManager[Path]:
        """Lend a path on this machine to which a file is written; without an error, it then gets its name."""


def place_of(out: str | os.PathLike[str]) -> Place:
    """Return the place of a path, or of an address with a protocol.

    Raises
    ------
    InvalidInput
        If fsspec, or what it needs for a protocol, is not installed.
    """
    return Remote(str(out)) if is_remote(out) else Folder(Path(out).resolve())


def is_remote(out: str | os.PathLike[str]) -> bool:
    """Return whether a results folder is an address with a protocol rather than a path."""
    return isinstance(out, str) and "://" in out


@dataclass(frozen=True)
class Folder:
    """A folder on this machine."""

    path: Path

    def has(self, name: str) -> bool:
        return (self.path / name).is_file()

    def names(self, folder: str) -> list[str]:
        found = (self.path / folder).glob("*")
        return sorted(f"{folder}/{path.name}" for path in found if path.is_file() and not path.name.startswith("."))

    def remove(self, folder: str) -> None:
        shutil.rmtree(self.path / folder, ignore_errors=True)

    def sweep(self, folder: str) -> None:
        sweep(self.path / folder)

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        yield self.path / name

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        with replaced(self.path / name) as unfinished:
            yield unfinished


@dataclass(frozen=True)
class Remote:
    """A folder on a filesystem of fsspec; files pass through a temporary folder of this machine."""

    address: str

    @cached_property
    def _opened(self) -> tuple[AbstractFileSystem, str]:
        try:
            from fsspec.core import url_to_fs

            filesystem, root = url_to_fs(self.address, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            said = f"{error}; accepted: a path, or an address of a filesystem that fsspec knows, with its packages"
            raise InvalidInput(self.address, [said]) from None
        return filesystem, root.rstrip("/")

    def _at(self, name: str) -> str:
        return f"{self._opened[1]}/{name}"

    def has(self, name: str) -> bool:
        return bool(self._opened[0].isfile(self._at(name)))

    def _all(self, folder: str) -> list[str]:
        try:
            return [str(path) for path in self._opened[0].ls(self._at(folder), detail=False)]
        except FileNotFoundError:
            return []

    def names(self, folder: str) -> list[str]:
        return sorted(f"{folder}/{path.rsplit('/', 1)[-1]}" for path in self._all(folder) if not path.endswith(PARTIAL))

    def remove(self, folder: str) -> None:
        if self._opened[0].exists(self._at(folder)):
            self._opened[0].rm(self._at(folder), recursive=True)

    def sweep(self, folder: str) -> None:
        for path in self._all(folder):
            if path.endswith(PARTIAL):
                self._opened[0].rm_file(path)

    @contextmanager
    def reading(self, name: str) -> Iterator[Path]:
        with TemporaryDirectory() as own:
            path = Path(own) / "file"
            self._opened[0].get_file(self._at(name), str(path))
            yield path

    @contextmanager
    def writing(self, name: str) -> Iterator[Path]:
        filesystem, at = self._opened[0], self._at(name)
        with TemporaryDirectory() as own:
            path = Path(own) / "file"
            yield path
            filesystem.makedirs(at.rsplit("/", 1)[0], exist_ok=True)
            filesystem.put_file(str(path), at + PARTIAL)
            filesystem.mv(at + PARTIAL, at)
