"""Damaged files of a results folder, set aside before a run so that it writes them again.

A file is set aside as NAME.damaged beside its old place, never deleted: what was in it may still be wanted.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bayes.errors import InvalidInput
from bayes.posterior.record import PosteriorRecord
from bayes.results import inputs, manifest, store, stored_plan
from bayes.results.manifest import MANIFEST
from bayes.results.summary_check import NEEDED
from bayes.results.summary_file import DERIVED, SUMMARY, THRESHOLDS, read_derived, read_rows, read_thresholds

SUFFIX = ".damaged"
FOLDERS = (inputs.FOLDER, *(f"{inputs.FOLDER}/{kind}" for kind in inputs.KINDS), store.POSTERIORS, "syntheses")
TABLES = ("summary.csv", SUMMARY, THRESHOLDS, DERIVED)


def set_aside_damage(folder: Path) -> dict[Path, Path]:
    """Rename what a run could not read or replace, and return the new path of each by the old one.

    Parameters
    ----------
    folder : Path
        A results folder, which need not exist.

    Notes
    -----
    That is: a file in place of a folder and a folder in place of a file; a summary, a long table, a manifest, a record
    of inputs and a plan that are not what this version writes. For posteriors see `unreadable`. Tables with the digest
    that the manifest records are as the last run wrote them and are not read.
    """
    return {path: set_aside(path) for path in list(_damaged(folder))}


def unreadable(folder: Path, stored: Mapping[str, PosteriorRecord]) -> list[Path]:
    """Return the paths of posteriors that cannot be read, as opposed to those of another version.

    Parameters
    ----------
    folder : Path
        A results folder.
    stored : mapping of str to PosteriorRecord
        The records that could be read, by key.

    Notes
    -----
    The draws are tried where the record cannot be read or the file has changed since the manifest was written, which
    is after all posteriors of a run. To decompress all draws of some thousand posteriors would take seconds in a run
    that has nothing to do; draws that decay without a trace in the date of their file are found by whoever reads them.
    """
    since = _end_of_last_run(folder)
    suspect = [path for path in store.paths(folder) if path.stem not in stored or _has_changed(path, since)]
    return [path for path in suspect if not store.is_whole(path)]


def set_aside(path: Path) -> Path:
    """Rename a file or folder to the first name NAME.damaged, NAME.damaged-2, ... that is free, and return it."""
    place, count = path.with_name(path.name + SUFFIX), 1
    while place.exists() or place.is_symlink():
        count += 1
        place = path.with_name(f"{path.name}{SUFFIX}-{count}")
    return path.rename(place)


def _end_of_last_run(folder: Path) -> int:
    """Return when the manifest was written, the last file of a run, in nanoseconds; 0 if that is not known."""
    path = folder / MANIFEST
    written = path.stat().st_mtime_ns if path.is_file() else 0
    return written if written <= time.time_ns() else 0  # from a clock that was ahead: nothing is older for certain


def _has_changed(path: Path, since: int) -> bool:
    return path.stat().st_mtime_ns >= since


def _damaged(folder: Path) -> Iterator[Path]:
    yield from (path for name in FOLDERS if (path := folder / name).exists() and not path.is_dir())
    as_written = manifest.recorded(folder)
    for name in (*TABLES, MANIFEST):
        path = folder / name
        known = name in as_written and as_written[name] == manifest.digest_of(path)
        if path.is_dir() or (path.is_file() and not known and _is_refused(READERS[name], folder)):
            yield path
    for kind in inputs.KINDS:
        yield from (path for path in sorted((folder / inputs.FOLDER / kind).glob("*.*")) if _is_displaced(path))
    for name, read in ((inputs.ASKED, inputs.requests), (stored_plan.PLAN, stored_plan.read)):
        path = folder / inputs.FOLDER / name
        if path.is_dir() or (path.is_file() and _is_refused(read, folder)):
            yield path
    yield from (path for path in sorted((folder / "syntheses").glob("*.*")) if _is_displaced(path))


def _is_displaced(path: Path) -> bool:
    return path.is_dir() and SUFFIX not in path.name


def _is_refused(read: Callable[[Path], object], folder: Path) -> bool:
    try:
        read(folder)
    except InvalidInput:
        return True
    return False


def _read_table(folder: Path) -> None:
    path = folder / "summary.csv"
    try:
        with open(path, encoding="utf-8", newline="") as file:
            columns = next(csv.reader(file), [])
            for _ in file:  # the rest is text
                pass
    except (OSError, ValueError, csv.Error):
        columns = []
    if not {*NEEDED} <= {*columns}:
        raise InvalidInput(str(path), ["not a summary"])


READERS: dict[str, Callable[[Path], object]] = {
    "summary.csv": _read_table,
    SUMMARY: read_rows,
    THRESHOLDS: read_thresholds,
    DERIVED: read_derived,
    MANIFEST: manifest.read,
}
