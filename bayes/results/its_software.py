"""A bundle reproduced by the software that came in it, in an environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from bayes.base import archive
from bayes.errors import InvalidInput
from bayes.results.reproduction import place_of

ENVIRONMENT = ".software"
CONSTRAINTS, WHEELS = "constraints.txt", "software"
LISTED = (CONSTRAINTS, WHEELS)


def reproduce_by_its_software(source: Path, out: Path | None, options: Sequence[str] = ()) -> int:
    """Install the software of a bundle into the folder of the new results, and let it reproduce the bundle.

    Parameters
    ----------
    source : Path
        A bundle, zipped or unzipped.
    out : Path, optional
        The folder for the new results, by default as for `reproduce`; the environment is its `.software/`.
    options : sequence of str
        Of `bayes reproduce`.

    Returns
    -------
    int
        The exit code of that software.

    Raises
    ------
    InvalidInput
        If it is not a bundle with one wheel, a file was changed, or the software cannot be installed.

    Notes
    -----
    This runs code from the bundle; the checksums beside it were written by whoever wrote the code.
    """
    out = place_of(source, out)
    with archive.opened(source) as folder:
        if not (folder / archive.SUMS).exists():
            raise InvalidInput(
                str(source), [f"not a bundle (no {archive.SUMS}); accepted: what `bayes report --bundle` writes"]
            )
        archive.verify(folder, LISTED)
        command = _installed(folder, out / ENVIRONMENT)
    # the zip is given, not its folder: whatever that software makes of it, nothing of it is left here
    return subprocess.run([command, "reproduce", str(source), "--out", str(out), *options]).returncode


def _installed(bundle: Path, environment: Path) -> Path:
    """Make an environment with the versions that a bundle lists, and return its command."""
    wheels = sorted((bundle / WHEELS).glob("*.whl"))
    if len(wheels) != 1:
        raise InvalidInput(
            str(bundle / WHEELS), [f"{len(wheels)} wheels; accepted: 1, as `bayes report --bundle` writes it"]
        )
    venv.create(environment, clear=True, with_pip=True)
    programs = environment / ("Scripts" if os.name == "nt" else "bin")
    words = ["-m", "pip", "install", "--quiet", "--constraint", str(bundle / CONSTRAINTS), str(wheels[0])]
    done = subprocess.run([programs / "python", *words], stdout=sys.stderr)
    if done.returncode:
        raise InvalidInput(str(wheels[0]), ["its software cannot be installed; pip has said why"])
    return programs / "bayes"
