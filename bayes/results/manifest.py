"""The manifest of a results folder, the last file of a run: what its tables follow from, and their digests.

A file that has its digest is as the run wrote it, whatever its date says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bayes.errors import InvalidInput

MANIFEST = "manifest.json"
WRITTEN = "files"  # the entry with the digests of the files that the run wrote beside the posteriors


def read(folder: Path) -> Mapping[str, Any]:
    """Return the manifest of a results folder.

    Raises
    ------
    InvalidInput
        If it cannot be read, or is not a manifest.
    """
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("posteriors"), dict):
        raise InvalidInput(str(path), ["not a manifest"])
    return found


def recorded(folder: Path) -> Mapping[str, str]:
    """Return the digests that the last run recorded, by file; none without a manifest that can be read."""
    try:
        found = read(folder).get(WRITTEN)
    except InvalidInput:
        found = None
    return found if isinstance(found, dict) else {}


def digests(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of files of a results folder by name; a name without a file has none.

    Parameters
    ----------
    folder : Path
    names : iterable of str
        Relative to the folder.
    """
    return {name: digest for name in names if (digest := digest_of(folder / name)) is not None}


def digest_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if there is none that can be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
