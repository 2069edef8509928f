"""The posteriors on disk: one netCDF file each, written atomically, and checked for being up to date.

Each file stores its record as one JSON attribute, so that finding stale posteriors and collecting the summary need only
h5py, not xarray or PyMC.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bayes.analysis.analysis import Analysis
from bayes.base.writing import replaced
from bayes.errors import InvalidInput
from bayes.posterior.record import ATTRIBUTE, PosteriorRecord
from bayes.results import netcdf

if TYPE_CHECKING:
    import xarray as xr

POSTERIORS = "posteriors"
DAMAGE = (OSError, LookupError, ValueError, TypeError, RuntimeError)  # what h5py raises on a damaged file
MAJOR = ("pymc", "nutpie")  # a change of major version makes a posterior stale


installed = cache(version)  # reading package metadata takes a millisecond, and every posterior needs it


def path_of(folder: Path, key: str) -> Path:
    """Return the path of the posterior with this key."""
    return folder / POSTERIORS / f"{key}.nc"


def save(tree: xr.DataTree, folder: Path, key: str) -> Path:
    """Write a posterior; the file gets its final name only when it is complete and on disk."""
    return keep(netcdf.content(tree), folder, key)


def keep(content: bytes, folder: Path, key: str) -> Path:
    """Write a posterior whose file was made before, as `save` does."""
    path = path_of(folder, key)
    with replaced(path) as unfinished:
        unfinished.write_bytes(content)
    return path


def record(path: Path) -> PosteriorRecord | None:
    """Return the record of a stored posterior; None if it cannot be read, or was written by another version."""
    try:
        return PosteriorRecord.from_json(_attribute(path))
    except DAMAGE:
        return None


def _attribute(path: Path) -> bytes:
    """Return the text of the record of a stored posterior; a run with nothing to do reads hundreds.

    The functions of HDF5 itself take half the time of h5py's objects for files and attributes.
    """
    from h5py import h5a, h5f

    file = h5f.open(os.fsencode(path), h5f.ACC_RDONLY)
    try:
        attribute = h5a.open(file, ATTRIBUTE.encode())
        text = np.empty((), attribute.dtype)
        attribute.read(text)
        return bytes(text[()])
    finally:
        file.close()


def is_whole(path: Path) -> bool:
    """Return whether the record of a stored posterior and every array beside it can be read."""
    import h5py

    def read(_: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            item[()]

    try:
        with h5py.File(path, "r") as file:
            file.attrs[ATTRIBUTE]
            file.visititems(read)
    except DAMAGE:
        return False
    return True


def sound_record(path: Path) -> PosteriorRecord:
    """Return the record of a stored posterior that must be readable.

    Raises
    ------
    InvalidInput
        If it is not.
    """
    found = record(path)
    if found is None:
        raise InvalidInput(str(path), ["its record cannot be read; `bayes regenerate` writes the posterior again"])
    return found


def paths(folder: Path) -> list[Path]:
    """Return the paths of all stored posteriors, readable or not."""
    return sorted((folder / POSTERIORS).glob("[!.]*.nc"))


def records(folder: Path, known: Mapping[str, PosteriorRecord] | None = None) -> dict[str, PosteriorRecord]:
    """Return the records of all readable stored posteriors, by key; those that are known are not read again."""
    known = known or {}
    found = {path.stem: known.get(path.stem) or record(path) for path in paths(folder)}
    return {key: one for key, one in found.items() if one is not None}


def why_stale(analysis: Analysis, stored: PosteriorRecord | None, exists: bool) -> str | None:
    """Return why a posterior must be fitted or refitted; None if the stored one is current."""
    if stored is None or stored.provenance is None:
        return "unreadable" if exists else "missing"
    made = stored.provenance
    changed = [name for name, value in analysis.parts.items() if made.parts.get(name) != value]
    for name in MAJOR:
        now, then = installed(name), made.versions.get(name, "")
        if now.split(".")[0] != then.split(".")[0]:
            changed.append(f"{name} {then} -> {now}")
    return f"changed: {', '.join(changed)}" if changed else None


def unknown_keys(stored: Iterable[str], planned: Iterable[str]) -> list[str]:
    """Return the keys of stored posteriors that are not planned."""
    return sorted(set(stored) - set(planned))
