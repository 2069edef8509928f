"""Files that take their final name only when they are complete and on disk, and are otherwise never seen."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bayes.errors import NotWritten

SUFFIX = ".unfinished"


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give the path of an unfinished file, which replaces a file at the end; missing folders are created.

    Parameters
    ----------
    path : Path

    Yields
    ------
    Path
        In the same folder. It is removed if writing fails.

    Raises
    ------
    NotWritten
        If the disk is full, the folder read-only, or something else keeps the file from being written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}{SUFFIX}")
    with in_words(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield unfinished
            with open(unfinished, "rb+") as file:
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        finally:
            unfinished.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Replace a text file; leave it untouched if nothing changes."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with replaced(path) as unfinished:
        unfinished.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn the error of a system that cannot write a file into one for the user; errors of reading others stay.

    Raises
    ------
    NotWritten
    """
    try:
        yield
    except OSError as error:
        if error.errno is None or error.errno == errno.ENAMETOOLONG:  # of a library; of a name that a user chose
            raise
        at = None if error.filename is None else Path(error.filename)  # None: there was room to begin, not to go on
        if at is not None and not path.is_relative_to(at) and not any(SUFFIX in part for part in at.parts):
            raise
        raise NotWritten(str(error.filename or path), error.strerror or str(error)) from error


def sweep(folder: Path) -> None:
    """Remove the unfinished files of interrupted runs from a folder."""
    for path in folder.glob(f".*{SUFFIX}"):
        path.unlink(missing_ok=True)
