"""The documents to be imported: opened within limits, and unpacked where they are archives.

An archive or a compressed file may grow a thousandfold and more when it is opened. Here no document is read beyond
`MOST_BYTES`, whatever its file promises, and an archive only as long as all its documents stay below `MOST_IN_ARCHIVE`.
"""

from __future__ import annotations

import gzip
import io
import os
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os.path import commonprefix
from pathlib import Path
from typing import BinaryIO

from bayes.base.unpacking import DAMAGE, in_words, is_inside
from bayes.errors import InvalidInput

MOST_BYTES = 64 << 20
MOST_IN_ARCHIVE = 256 << 20
MOST_MEMBERS = 10_000
DEEPEST = 3  # archives within archives; the data package of a review has two
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
SPREADSHEET = "[Content_Types].xml"  # the first file of .xlsx, which is a zip archive of another kind
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Source:
    """A document.

    Attributes
    ----------
    name : str
        The name of its file; within an archive, after that of the archive and a slash.
    open_raw : callable
        Opens the document, still compressed if it is.
    among : sequence of Source
        All documents of the file, folder or archive that was named, for a format that divides a record among several.
    """

    name: str
    open_raw: Callable[[], BinaryIO]
    among: Sequence[Source] = field(default=(), repr=False, compare=False)

    @property
    def suffix(self) -> str:
        """The last part of the name, in lower case and without `.gz`: ".csv" for table.csv.gz."""
        return Path(self.name.lower().removesuffix(".gz")).suffix

    @property
    def stem(self) -> str:
        """The name without folders, archives and suffixes: "table" for table.csv.gz."""
        return Path(self.name.lower().removesuffix(".gz")).stem

    @property
    def title(self) -> str:
        """The stem as it is written, for a record without a title: "Table" for Table.csv.gz."""
        return self.name.rpartition("/")[2][: len(self.stem)]

    def beside(self, name: str) -> Source | None:
        """Return the document of this name, without folders and in lower case, that is nearest to this one."""
        found = [one for one in self.among if one.name.rpartition("/")[2].lower().removesuffix(".gz") == name]
        return max(found, key=lambda one: len(commonprefix([one.name, self.name])), default=None)

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Open the document, decompressed.

        Raises
        ------
        InvalidInput
            If it is damaged or cannot be opened.
        """
        try:
            with self.open_raw() as raw:
                start = raw.read(2)
                raw.seek(0)
                if start == GZIP:
                    with gzip.GzipFile(fileobj=raw) as plain:
                        yield plain  # type: ignore[misc]  # a GzipFile reads as a binary file does
                else:
                    yield raw
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise InvalidInput(self.name, [f"damaged: it cannot be decompressed ({error})"]) from None
        except OSError as error:
            raise InvalidInput(self.name, [f"cannot be read: {error.strerror or error}"]) from None

    def start(self, size: int = 1 << 16) -> bytes:
        """Return the first bytes."""
        with self.opened() as file:
            return file.read(size)

    def read(self) -> bytes:
        """Return the whole document.

        Raises
        ------
        InvalidInput
            If it is larger than `MOST_BYTES`.
        """
        with self.opened() as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            said = f"larger than {MOST_BYTES // MEGABYTE} MB as one document; accepted: JSON lines, or several files"
            raise InvalidInput(self.name, [said])
        return content

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number of each line, from 1, and the line if it is not empty.

        Raises
        ------
        InvalidInput
            If a line is longer than `MOST_BYTES`.
        """
        with self.opened() as file:
            number = 0
            while line := file.readline(MOST_BYTES + 1):
                number += 1
                if len(line) > MOST_BYTES:
                    raise InvalidInput(self.name, [f"line {number} is longer than {MOST_BYTES // MEGABYTE} MB"])
                if line.strip():
                    yield number, line


def sources_of(path: Path) -> list[Source]:
    """Find the documents in a file, a folder or an archive.

    Parameters
    ----------
    path : Path
        A file, a folder (its files, and those of its folders, without hidden ones) or a zip archive.

    Returns
    -------
    list of Source
        In the order of their names.

    Raises
    ------
    InvalidInput
        If there is no such file, or an archive is damaged, too large when unpacked, or contains names outside it.
    """
    if os.path.isdir(path):
        found = sorted(file for file in path.rglob("*") if _is_visible(file.relative_to(path)) and file.is_file())
        if not found:
            raise InvalidInput(str(path), ["the folder contains no file"])
        return _together(_on_disk(file, file.relative_to(path).as_posix()) for file in found)
    if not os.path.exists(path):
        raise InvalidInput(str(path), ["no such file or folder"])
    return _together([_on_disk(path, path.name)])


def _together(named: Iterable[Source]) -> list[Source]:
    """Return the documents of all that was named, each of which knows the others."""
    found = [source for one in named for source in _unpacked(one)]
    return [replace(source, among=found) for source in found]


def _is_visible(path: Path) -> bool:
    return not any(part.startswith(".") for part in path.parts)


def _on_disk(path: Path, name: str) -> Source:
    return Source(name, lambda: open(path, "rb"))


@dataclass
class _Room:
    """The bytes that all documents of an archive may still take, those of archives within it included."""

    left: int = MOST_IN_ARCHIVE

    def take(self, size: int, name: str) -> None:
        self.left -= size
        if self.left < 0:
            raise InvalidInput(
                name, [f"more than {MOST_IN_ARCHIVE // MEGABYTE} MB with the archives within it unpacked"]
            )


def _unpacked(source: Source, depth: int = 0, room: _Room | None = None) -> Iterator[Source]:
    """Yield a document, or those of an archive."""
    if source.start(4) != ZIP:
        yield source
        return
    with source.opened() as file:
        try:
            archive = zipfile.ZipFile(io.BytesIO(file.read(MOST_IN_ARCHIVE)))
        except DAMAGE as error:
            raise InvalidInput(source.name, [f"cannot be read as a zip archive: {in_words(error)}"]) from None
    members = [member for member in archive.infolist() if not member.is_dir()]
    if any(member.filename == SPREADSHEET for member in members):
        yield source
        return
    _refuse_unsafe(source.name, members, depth)
    room = room or _Room()
    for member in sorted(members, key=lambda one: one.filename):
        content = _content(archive, member, source.name)
        room.take(len(content), source.name)
        yield from _unpacked(Source(f"{source.name}/{member.filename}", _again(content)), depth + 1, room)


def _again(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


def _refuse_unsafe(name: str, members: list[zipfile.ZipInfo], depth: int) -> None:
    mistakes = [f"{m.filename!r} would be outside its archive" for m in members if not is_inside(m.filename)]
    if depth >= DEEPEST:
        mistakes.append(f"archives within archives, more than {DEEPEST} deep")
    if len(members) > MOST_MEMBERS:
        mistakes.append(f"{len(members):,} files in one archive; accepted: {MOST_MEMBERS:,}")
    total = sum(member.file_size for member in members)
    if total > MOST_IN_ARCHIVE:
        said = f"{total // MEGABYTE:,} MB when unpacked; accepted: {MOST_IN_ARCHIVE // MEGABYTE} MB"
        mistakes.append(said)
    if mistakes:
        raise InvalidInput(name, mistakes)


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> bytes:
    """Return the content of a member, but no more than the archive declares: a forged size is damage."""
    try:
        with archive.open(member) as file:
            return file.read(member.file_size + 1)
    except DAMAGE as error:
        raise InvalidInput(f"{name}/{member.filename}", [f"cannot be unpacked: {in_words(error)}"]) from None
