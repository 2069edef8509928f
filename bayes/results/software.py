"""The running software as an installable wheel, and the exact versions of everything it needs."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import platform
import zipfile
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from bayes.base import archive
from bayes.errors import InvalidInput

if TYPE_CHECKING:
    from packaging.requirements import Requirement

NAME = "bayes-reanalysis"
LEFT_OUT = ("__pycache__", ".pyc", ".pyo")


def wheel() -> tuple[str, bytes]:
    """Return the file name and content of a wheel of the running package.

    The wheel contains the package as it runs, data included, whether it was installed from a wheel or in place.
    """
    about = distribution(NAME)
    stem = f"{NAME.replace('-', '_')}-{about.version}"
    info = f"{stem}.dist-info"
    files = {name: path.read_bytes() for name, path in sources().items()}
    files[f"{info}/METADATA"] = _text(about, "METADATA", "PKG-INFO").encode()
    files[f"{info}/entry_points.txt"] = _text(about, "entry_points.txt").encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: bayes bundle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if (terms := beside("LICENSE")) is not None:
        files[f"{info}/licenses/LICENSE"] = terms.read_bytes()
    files = dict(sorted(files.items()))
    lines = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    record = f"{info}/RECORD"
    files[record] = "\n".join([*lines, f"{record},,", ""]).encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, content in files.items():
            archive.add(packed, name, content)
    return f"{stem}-py3-none-any.whl", written.getvalue()


def sources() -> dict[str, Path]:
    """Return the files of the running package by their path in a wheel; the models may be in a separate folder."""
    found: dict[str, Path] = {}
    for package in ("bayes", "bayes.models"):
        root = _home(package)
        for place, folders, names in root.walk():
            folders[:] = [name for name in folders if not _is_left_out(name)]
            inner = PurePosixPath(package.replace(".", "/"), *place.relative_to(root).parts)
            files = {f"{inner}/{name}": place / name for name in names if not _is_left_out(name)}
            found |= {name: path for name, path in files.items() if path.is_file()}  # no link to a folder
    return dict(sorted(found.items()))


def _is_left_out(name: str) -> bool:
    return name.startswith(".") or name.endswith(LEFT_OUT)


@cache
def sources_hash() -> str:
    """Return the SHA-256 of the files of the running package, data included."""
    digest = hashlib.sha256()
    for name, path in sources().items():
        digest.update(name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _home(package: str) -> Path:
    """Return the folder of a package, which is installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ImportError(f"{package} is not installed")
    return Path(spec.origin).parent


def beside(name: str) -> Path | None:
    """Return a file from the metadata of the installed package or next to it in a checkout; None if neither has it."""
    installed = [Path(file.locate()) for file in distribution(NAME).files or () if file.name == name]
    root = _home("bayes").parent
    in_checkout = [root / name] if (root / "pyproject.toml").is_file() else []
    return next((path for path in (*installed, *in_checkout) if path.is_file()), None)


def constraints() -> str:
    """Return a line `name==version` for every installed distribution that this package needs, directly or not."""
    from packaging.requirements import Requirement

    found = {name: version for name, version in needed([Requirement(NAME)]) if name != NAME}
    head = f"# Python {platform.python_version()}, {platform.system()} {platform.machine()}\n"
    return head + "".join(f"{name}=={found[name]}\n" for name in sorted(found))


def needed(requirements: Iterable[Requirement]) -> Iterator[tuple[str, str]]:
    """Yield the name and installed version of everything that these requirements need on this machine.

    Raises
    ------
    InvalidInput
        If a required distribution is not installed.
    """
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    waiting, seen = list(requirements), set()
    while waiting:
        wanted = waiting.pop()
        name, extras = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            about = distribution(wanted.name)
        except PackageNotFoundError:
            raise InvalidInput("environment", [f"{wanted} is required but not installed"]) from None
        yield name, about.version
        for text in about.requires or ():
            more = Requirement(text)
            if more.marker is None or any(more.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append(more)


def _text(about: Distribution, *names: str) -> str:
    """Return the first of these metadata files that exists: its name differs between wheels and older installs."""
    return next(filter(None, map(about.read_text, names)))


def _digest(content: bytes) -> str:
    """Return a SHA-256 digest as RECORD writes it: URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
