"""Reproducible zip archives with SHA-256 sums: written atomically, byte for byte the same, and unpacked safely."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bayes.base.unpacking import in_words, is_inside, unpack
from bayes.base.writing import replaced
from bayes.errors import InvalidInput

SUMS = "SHA256SUMS"
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest date of the zip format, so that equal contents give equal bytes
PACKED = (".nc", ".whl")  # already compressed
BLOCK = 1 << 20

Content = bytes | Path


def pack(files: Mapping[str, Content], path: Path) -> Path:
    """Write files and their SHA-256 sums to a zip archive, which takes its final name only when it is complete.

    Parameters
    ----------
    files : mapping of str to bytes or Path
        The content of each file, or the path to it, by its name in the archive.
    path : Path
        Path of the archive; missing folders are created.

    Returns
    -------
    Path
        The path that was given.
    """
    with replaced(path) as unfinished, zipfile.ZipFile(unfinished, "w") as archive:
        sums = "".join(f"{add(archive, name, files[name])}  {name}\n" for name in sorted(files))
        add(archive, SUMS, sums.encode())
    return path


def add(archive: zipfile.ZipFile, name: str, content: Content) -> str:
    """Add one file to an open archive, with a fixed date and mode, and return its SHA-256 as hexadecimal digits."""
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith(PACKED) else zipfile.ZIP_DEFLATED
    entry.create_system, entry.external_attr = 3, 0o100644 << 16
    digest = hashlib.sha256()
    with archive.open(entry, "w") as target:
        for block in _blocks(content):
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


@contextmanager
def opened(source: Path) -> Iterator[Path]:
    """Give access to an archive as a folder.

    Parameters
    ----------
    source : Path
        A folder, or a zip archive, which is unpacked into a temporary folder. That is removed afterwards, also if the
        work in it fails or is interrupted.

    Yields
    ------
    Path
        The folder.

    Raises
    ------
    InvalidInput
        If `source` does not exist, or the archive is refused (`unpacking.unpack`).
    """
    if source.is_dir():
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="bundle-") as folder:
        unpack(source, Path(folder))
        yield Path(folder)


def verify(folder: Path, listed: Collection[str]) -> int:
    """Compare every file listed in SHA256SUMS with its sum.

    Parameters
    ----------
    folder : Path
        The folder that contains SHA256SUMS.
    listed : collection of str
        The files and folders that will be read: all files in them must be listed.

    Returns
    -------
    int
        The number of files listed.

    Raises
    ------
    InvalidInput
        If files are missing, changed or not listed; names all of them.
    """
    sums = _read_sums(folder / SUMS)
    mistakes = []
    for name, expected in sums.items():
        path = folder / name
        if not path.is_file():
            mistakes.append(f"{name} is missing")
        elif (found := _sum(path)) != expected:
            mistakes.append(f"{name} has been changed: its SHA-256 is {found[:12]}..., not {expected[:12]}...")
    mistakes += [f"{name} is not listed in {SUMS}" for name in _files(folder, listed) if name not in sums]
    if mistakes:
        raise InvalidInput(str(folder), mistakes)
    return len(sums)


def _blocks(content: Content) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with open(content, "rb") as file:
        while block := file.read(BLOCK):
            yield block


def _read_sums(path: Path) -> dict[str, str]:
    sums = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise InvalidInput(str(path), [f"cannot be read: {in_words(error)}"]) from None
    for number, line in enumerate(lines, 1):
        digest, _, name = line.partition("  ")
        if len(digest) != 64 or not is_inside(name):
            raise InvalidInput(str(path), [f"line {number}: expected a SHA-256 digest, two spaces and a file name"])
        sums[name] = digest
    return sums


def _sum(path: Path) -> str:
    digest = hashlib.sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def _files(folder: Path, within: Collection[str]) -> list[str]:
    found = [path for name in within for path in (folder / name, *(folder / name).rglob("*")) if path.is_file()]
    return sorted(path.relative_to(folder).as_posix() for path in found)
