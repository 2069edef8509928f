"""Zip archives from strangers, unpacked within limits: nothing outside the folder, no links, and no sizes that explode.

An archive is refused by what it declares before a byte is written, and again while it is inflated, a block at a time.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from stat import S_ISLNK

from bayes.errors import InvalidInput

# What reading a damaged archive raises; a RuntimeError also where it is encrypted, or its compression is not known, a
# ValueError where its directory is broken, and an OSError where a place in the file does not exist.
DAMAGE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error, RuntimeError, ValueError,
    EOFError, OSError, LookupError, OverflowError,
)  # fmt: skip
BLOCK = 1 << 20
MEGABYTE = 1 << 20
KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # others inflate whole blocks before anyone can count their bytes
ENCRYPTED = 0x1  # a flag of the zip format
SHOWN = 10  # mistakes of an archive that are listed one by one
LONGEST = 120  # characters of a name or a foreign message in ours


@dataclass(frozen=True, slots=True)
class Limits:
    """What an archive may grow to.

    Attributes
    ----------
    bytes : int
        Of all files together when unpacked.
    ratio : int
        Of the unpacked size to that of the archive.
    free : int
        Bytes up to which the ratio does not matter: a small archive of long tables shrinks a lot.
    members : int
        Files in it.
    """

    bytes: int = 4 << 30
    ratio: int = 100
    free: int = 64 << 20
    members: int = 100_000

    def most(self, packed: int) -> int:
        """Return the bytes that an archive of so many bytes may unpack to."""
        return min(self.bytes, max(self.free, self.ratio * packed))


LIMITS = Limits()


def unpack(source: Path, folder: Path, limits: Limits = LIMITS) -> None:
    """Unpack an archive into a folder.

    Parameters
    ----------
    source : Path
        A zip archive.
    folder : Path
        An existing folder.
    limits : Limits
        What it may grow to.

    Raises
    ------
    InvalidInput
        If there is no such file, or it is damaged or encrypted, contains links or names outside its own folder, or
        grows beyond the limits.
    """
    if not source.exists():
        raise InvalidInput(str(source), ["no such file or folder; accepted: a bundle (zip) or a results folder"])
    try:
        most = limits.most(source.stat().st_size)
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
            if mistakes := [*_too_large(members, most, limits), *_unsafe(members)]:
                raise InvalidInput(str(source), shortened(mistakes))
            _write(archive, members, folder, most)
    except DAMAGE as error:
        raise InvalidInput(str(source), [f"cannot be read as a zip archive: {in_words(error)}"]) from None


def is_inside(name: str) -> bool:
    """Return whether a file name stays inside the folder it is unpacked into, on every operating system."""
    for path in (PurePosixPath(name), PureWindowsPath(name)):
        if path.anchor or ".." in path.parts:
            return False
    return bool(name) and "\0" not in name


def in_words(error: BaseException) -> str:
    """Return why reading failed, in one line of at most `LONGEST` characters and without a path."""
    said = (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
    return " ".join(str(said).split())[:LONGEST]


def shortened(mistakes: list[str]) -> list[str]:
    """Return the first `SHOWN` mistakes, and how many more there are."""
    more = len(mistakes) - SHOWN
    return mistakes if more <= 0 else [*mistakes[:SHOWN], f"and {more:,} more such files"]


def _too_large(members: list[zipfile.ZipInfo], most: int, limits: Limits) -> Iterator[str]:
    if len(members) > limits.members:
        yield f"{len(members):,} files; accepted: {limits.members:,}"
    total = sum(member.file_size for member in members)
    if total > most:
        yield _growth(f"{total / MEGABYTE:,.0f} MB", most)


def _growth(found: str, most: int) -> str:
    allowed = f"accepted for an archive of this size: {most // MEGABYTE:,} MB"
    return f"{found} when unpacked; {allowed}, or the folder that you unpack it into yourself"


def _unsafe(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    seen = set()
    for member in members:
        name = repr(member.filename[:LONGEST])
        if not is_inside(member.filename):
            yield f"{name} would be written outside its folder"
        if member.filename in seen:
            yield f"{name} appears twice"
        if S_ISLNK(member.external_attr >> 16):
            yield f"{name} is a link; accepted: files"
        if member.flag_bits & ENCRYPTED:
            yield f"{name} is encrypted; accepted: files without a password"
        elif member.compress_type not in KNOWN:
            yield f"{name} is compressed by another method; accepted: stored or deflated"
        seen.add(member.filename)


def _write(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], folder: Path, most: int) -> None:
    written = 0
    for member in members:
        path = folder / member.filename
        if member.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(member) as packed, open(path, "xb") as file:
            while block := packed.read(BLOCK):
                written += len(block)
                if written > most:  # the directory of the archive promised less
                    raise InvalidInput(str(archive.filename), [_growth(f"more than {most / MEGABYTE:,.0f} MB", most)])
                file.write(block)
