"""`bayes report --bundle`: a results folder, its inputs and the software that computed it, in one zip.

Unzipped, it is again a results folder, and `make` in it (`bayes reproduce`) computes every number a second time.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from string import Template

from bayes.analysis.plan import Plan
from bayes.base import archive
from bayes.errors import InvalidInput
from bayes.posterior import monte_carlo
from bayes.posterior.row import SummaryRow
from bayes.posterior.rows import rows_of
from bayes.results import inputs, software, store
from bayes.results.posteriors import load_draws
from bayes.results.summary_file import DERIVED, THRESHOLDS, Summary, read_rows

BUNDLE = "bundle.zip"
ERRORS = "monte_carlo.json"
WHOLE = ("inputs", "syntheses", "report")
ALWAYS = ("summary.csv", "summary.json", THRESHOLDS, DERIVED, "manifest.json")
SINGLE = (*ALWAYS, "checklist.json", "operating.csv")  # the last, where `bayes operating --out` was run
WITH_TREES = "`posteriors/` holds the draws, one netCDF file per posterior, for `bayes.load_posterior` or ArviZ."
WITHOUT_TREES = (
    "The draws are omitted because of their size. The command above writes them to `reproduced/posteriors/`, one "
    "netCDF file per posterior, for `bayes.load_posterior` or ArviZ."
)


def bundle(
    results_folder: str | os.PathLike[str], path: str | os.PathLike[str] | None = None, posteriors: bool = False
) -> Path:
    """Write a results folder as a bundle.

    Parameters
    ----------
    results_folder : str or path
        A folder that `bayes regenerate` wrote, with its `inputs/` and `posteriors/`, all of them up to date.
    path : str or path, optional
        The zip to write; by default `bundle.zip` in the results folder. An existing file is replaced atomically.
    posteriors : bool
        Include the draws, about 0.6 MB per posterior.

    Returns
    -------
    Path
        The zip. The same folder always gives the same bytes.

    Raises
    ------
    InvalidInput
        If the folder is not a results folder, has no inputs, or does not match what the running software makes of them:
        a bundle that could not regenerate its own numbers is never written.
    """
    folder = Path(results_folder)
    rows = read_rows(folder)
    plan = inputs.plan_of(folder)
    _check_current(folder, rows, plan)
    return archive.pack(_files(folder, rows, plan, posteriors), folder / BUNDLE if path is None else Path(path))


def _check_current(folder: Path, rows: Sequence[SummaryRow], plan: Plan) -> None:
    """Refuse what a reproduction could not recreate: stale, missing or unrequested posteriors, and orphaned rows."""
    if missing := [name for name in ALWAYS if not (folder / name).is_file()]:
        raise InvalidInput(str(folder), [f"{name} is missing; `bayes regenerate` writes it" for name in missing])
    planned = {analysis.key for analysis in plan.analyses}
    of_key: dict[str | None, list[SummaryRow]] = {}
    for row in rows:
        of_key.setdefault(row["key"], []).append(row)
    mistakes = []
    for analysis in plan.analyses:
        exists = (path := store.path_of(folder, analysis.key)).exists()
        record = store.record(path) if exists else None
        if reason := store.why_stale(analysis, record, exists):
            mistakes.append(f"{analysis.key}: {reason}")
        elif record is not None and of_key.get(analysis.key) != rows_of(record):
            mistakes.append(f"{analysis.key}: its rows in the summary differ from those stored with its posterior")
    for key in sorted(key for key in of_key if key is not None and key not in planned):
        mistakes.append(f"{key}: not requested by {inputs.ASKED}; regenerate it, or delete its posterior")
    if mistakes:
        mistakes.append(f"to bring it up to date: `bayes regenerate --out {folder}` with its names and priors")
        raise InvalidInput(str(folder), mistakes)


def _files(folder: Path, rows: Sequence[SummaryRow], plan: Plan, posteriors: bool) -> dict[str, archive.Content]:
    """Return the content of the bundle by file name."""
    wheel, content = software.wheel()
    files: dict[str, archive.Content] = {f"software/{wheel}": content}
    files["constraints.txt"] = software.constraints().encode()
    files |= {name: folder / name for name in SINGLE if (folder / name).is_file()}
    files |= {name: path for name in ("LICENSE", "CITATION.cff") if (path := software.beside(name)) is not None}
    for name in (*WHOLE, *([store.POSTERIORS] if posteriors else [])):
        files |= {path.relative_to(folder).as_posix(): path for path in _visible(folder / name)}
    errors = errors_of(folder, [analysis.key for analysis in plan.analyses])
    files[ERRORS] = (json.dumps(errors, indent=1, ensure_ascii=False) + "\n").encode()
    files["README.md"] = _readme(folder, rows, plan, wheel, posteriors).encode()
    files["Makefile"] = (_templates() / "Makefile").read_bytes()
    return files


def errors_of(folder: Path, keys: Iterable[str]) -> dict[str, dict[str, dict[str, float]]]:
    """Return Monte Carlo standard errors of stored posteriors, to four digits, by key, parameter and quantity."""
    found = {}
    for key in keys:
        path = store.path_of(folder, key)
        record = store.sound_record(path)
        own = Summary.of([record])
        numbers = monte_carlo.numbers(record.reported, load_draws(path), own.rows, own.thresholds, own.derived)
        found[key] = {
            parameter: {name: float(f"{error:.4g}") for name, error in monte_carlo.standard_errors(some).items()}
            for parameter, some in numbers.items()
        }
    return found


def _readme(folder: Path, rows: Sequence[SummaryRow], plan: Plan, wheel: str, posteriors: bool) -> str:
    records = [store.sound_record(store.path_of(folder, analysis.key)) for analysis in plan.analyses]
    seconds = sum(record.provenance.seconds for record in records if record.provenance)
    return Template((_templates() / "README.md").read_text("utf-8")).substitute(
        rows=f"{len(rows):,}",
        posteriors=f"{len(plan.analyses):,}",
        version=version(software.NAME),
        system=f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        minutes=f"{seconds / 60:.0f} minutes" if seconds > 90 else f"{seconds:.0f} seconds",
        wheel=wheel,
        trees=WITH_TREES if posteriors else WITHOUT_TREES,
    )


def _templates() -> Path:
    return Path(str(files("bayes.data"))) / "bundle"


def _visible(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, except those that an interrupted run left behind."""
    yield from (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
