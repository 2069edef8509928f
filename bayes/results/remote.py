"""What a Dask worker does with a task: compare its software with the sender's, register their models, and run it.

A task is sent packed, so that a worker compares versions before it unpacks anything that depends on them.
"""

from __future__ import annotations

import hashlib
import pickle
import platform
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from bayes.errors import InvalidInput
from bayes.fitting.registration import register, registered_files
from bayes.posterior.record import versions
from bayes.results.software import sources_hash

ALSO = ("pandas", "pyarrow", "pytensor", "distributed")  # beside the packages that the record of a posterior names
SOURCES = "sources of bayes-reanalysis"


@dataclass(frozen=True)
class Software:
    """What answers follow from, beside the data.

    Attributes
    ----------
    versions : tuple of (str, str)
        Python, packages, and the SHA-256 of this package's sources, each with its version.
    """

    versions: tuple[tuple[str, str], ...]

    def differences(self, other: Software) -> Iterator[str]:
        """Yield what differs in `other`: its version there, and the version here."""
        there = dict(other.versions)
        for name, here in self.versions:
            if there.get(name) != here:
                yield f"{name} {_short(there.get(name, 'none'))}, here {_short(here)}"


def _short(text: str) -> str:
    return text[:12]  # of a SHA-256; versions are shorter


@cache
def software() -> Software:
    """Return the software of this process."""
    python = ".".join(platform.python_version_tuple()[:2])
    found = {"Python": python} | versions() | {name: version(name) for name in ALSO} | {SOURCES: sources_hash()}
    return Software(tuple(found.items()))


@dataclass(frozen=True)
class OwnModel:
    """A model file from outside the package, which a worker on another machine does not have."""

    name: str
    text: str

    @classmethod
    def registered(cls) -> tuple[OwnModel, ...]:
        """Return those that are registered in this process."""
        return tuple(cls(path.name, path.read_text(encoding="utf-8")) for path in registered_files())

    def register(self) -> None:
        """Write the file where only its content decides, so that a second task finds it registered, and register it."""
        folder = Path(tempfile.gettempdir()) / f"bayes-{hashlib.sha256(self.text.encode()).hexdigest()[:16]}"
        folder.mkdir(exist_ok=True)
        path = folder / self.name
        if not path.is_file():
            partial = path.with_name(f".{threading.get_native_id()}.{self.name}")
            partial.write_text(self.text, encoding="utf-8")
            partial.replace(path)
        register(path)


def pack[T, R](function: Callable[[T], R], item: T) -> bytes:
    """Return a function of this package and what it is called with, packed."""
    return pickle.dumps((function, item), protocol=pickle.HIGHEST_PROTOCOL)


def run_packed(packed: bytes, wanted: Software, models: tuple[OwnModel, ...]) -> object:
    """Unpack a task in a worker and return its result.

    Raises
    ------
    InvalidInput
        If this worker runs other software than the sender.
    """
    if differs := list(wanted.differences(software())):
        raise InvalidInput(f"worker on {platform.node()}", [f"differs in {'; '.join(differs)}; versions must agree"])
    for model in models:
        model.register()
    function, item = pickle.loads(packed)
    result: object = function(item)
    return result
