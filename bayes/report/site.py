"""`bayes report`: write the pages of a results folder, in parallel, skipping those for which nothing has changed.

report/index.html   report/outcomes/*.html   report/syntheses/*.html   report/trials/*.html   report/checklist.html
report/methods.html   report/corpus.html and corpus.json, of a folder that holds a corpus
report/calibration.html and calibration.json, of one that holds a calibration
report/findings/*.csv and *.docx   report/data/*.json and *.csv   report/text/*.md and *.bib   checklist.json
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import cast

from joblib import Parallel, delayed

from bayes.base.tables import Rows, Tabular
from bayes.base.writing import write_text
from bayes.calibration import Calibration
from bayes.calibration import folder as calibrations
from bayes.corpus.holdings import holdings
from bayes.corpus.summary.summarising import CorpusSummary, summarise
from bayes.errors import InvalidInput, NotFormable, NotWritten
from bayes.fitting.registration import register, registered_files
from bayes.paper.evidence.counts import Events
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome, Trial
from bayes.priors.sets import SomePriorSet, as_set
from bayes.report import findings
from bayes.report.calculator.page import calculator
from bayes.report.checklist import checklist
from bayes.report.dossier.build import dossier
from bayes.report.dossier.contents import Dossier, Written
from bayes.report.dossier.disclosures import Counted
from bayes.report.dossier.stored import Stored, collect
from bayes.report.dossier.term_rows import TermRow, term_rows
from bayes.report.manuscript import manuscript
from bayes.report.own_prior.section import OwnPrior, embedded
from bayes.report.pages import methods
from bayes.report.pages.figures import pictures
from bayes.report.pages.later_trials import DATA as CALIBRATION_DATA
from bayes.report.pages.later_trials import calibrated_in_words, calibration_page
from bayes.report.pages.navigation import CALCULATOR, CALIBRATION, CHECKLIST, CORPUS, INDEX
from bayes.report.pages.render import index_page, methods_page, target_page, trial_page
from bayes.report.pages.whole_corpus import DATA as CORPUS_DATA
from bayes.report.pages.whole_corpus import corpus_page, counted_in_words
from bayes.results import inputs
from bayes.results.fits import Done
from bayes.results.regeneration import Listener
from bayes.results.software import sources_hash
from bayes.results.summary_file import SUMMARY, as_csv, long_as_csv
from bayes.synthesis.file import Synthesis

FOLDER, DATA, TEXT, TRIALS = "report", "data", "text", "trials"


@dataclass(frozen=True)
class Report(Tabular):
    """The index page of a report, the pages lost to an unexpected error (with reasons), and unmet checklist items."""

    index: Path
    lost: dict[str, str]
    unmet: list[checklist.Entry]

    def tables(self) -> Mapping[str, Rows]:
        """Return the unmet items of the checklists, and the pages that could not be made, a row each."""
        return {"unmet": self.unmet, "lost": [{"page": name, "reason": why} for name, why in self.lost.items()]}

    def __str__(self) -> str:
        """Return where to begin reading, and the checklist items that fail."""
        unmet = [f"checklist: {item['id']} fails: {item['text']}" for item in self.unmet]
        return "\n".join([f"{self.index}: open it in a browser", *unmet])


def write(
    results_folder: str | os.PathLike[str] = "results",
    *,
    prior_set: SomePriorSet | None = None,
    jobs: int = 1,
    force: bool = False,
    listener: Listener | None = None,
    priors: SomePriorSet | None = None,
) -> Report:
    """Write the report of a results folder.

    Parameters
    ----------
    results_folder : str or path
        A folder that `bayes regenerate` wrote.
    prior_set, priors : str, path or PriorSet, optional
        A set whose rationales have changed since the folder was computed under it; the folder's copy is updated.
        `priors` is the older spelling.
    jobs : int
        Worker processes.
    force : bool
        Rewrite pages even if nothing has changed.
    listener : Listener, optional
        An object whose `begin` is called with the pages that are due, and `report` with each as it is written.

    Returns
    -------
    Report
        The index page, `report/index.html`, the pages that could not be written, and unmet checklist items.

    Raises
    ------
    InvalidInput
        If the folder is not a results folder, lacks the inputs it was computed from, or was not computed under this
        prior set.
    """
    folder, renewed = Path(results_folder), prior_set if priors is None else priors
    if renewed is not None:
        inputs.renew_priors(as_set(renewed), folder)
    corpus = summarise(folder) if holdings(folder) is not None else None
    calibration = calibrations.read(folder)
    without = (corpus is not None or calibration is not None) and not (folder / SUMMARY).is_file()
    found = [] if without else collect(folder)
    counted = _counted(found, corpus, calibration)
    reasons = {s.target.name: why for s in found if (why := "forced" if force else why_due(s, counted)) is not None}
    due = sorted((s for s in found if s.target.name in reasons), key=_costly, reverse=True)
    if listener is not None:
        listener.begin(reasons)
    lost: dict[str, str] = {}
    for done in _written(due, counted, jobs):
        lost |= {done.key: done.reason} if done.status == "error" else {}
        if listener is not None:
            listener.report(done)
    root, dossiers = folder / FOLDER, [read_dossier(stored) for stored in found if stored.target.name not in lost]
    expected = {root / name for d in dossiers for name in _files(d)}
    trials = {s.target.trial.id: s.target.trial for s in found if isinstance(s.target, Outcome)}
    for path, page in _trial_pages(trials.values(), dossiers, counted):
        write_text(root / path, page)
        expected.add(root / path)
    expected.update(_findings(root, trials.values(), dossiers))
    write_text(root / INDEX, index_page(dossiers, counted))
    write_text(root / methods.PAGE, methods_page(counted))
    write_text(root / CALCULATOR, calculator(counted))
    _write_tables(root, CORPUS, CORPUS_DATA, corpus, lambda own: corpus_page(own, counted))
    _write_tables(root, CALIBRATION, CALIBRATION_DATA, calibration, lambda own: calibration_page(own, counted))
    _sweep(root, expected)
    if not found:
        return Report(root / INDEX, lost, [])
    items = checklist.write(folder)
    write_text(root / CHECKLIST, checklist.html(items, counted))
    return Report(root / INDEX, lost, checklist.unmet(items))


def _write_tables[Found: Tabular](
    root: Path, page: str, data: str, found: Found | None, written: Callable[[Found], str]
) -> None:
    """Write the page of a corpus or a calibration, and its tables; remove those that the folder no longer holds."""
    if found is None:
        for name in (page, data):
            (root / name).unlink(missing_ok=True)
        return
    write_text(root / page, written(found))
    text = json.dumps(found.to_dict(), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    write_text(root / data, text + "\n")


def _written(due: Sequence[Stored], counted: Counted, jobs: int) -> Iterator[Done]:
    """Write pages in several workers, and yield each as it is finished."""
    known = registered_files()
    tasks = (delayed(_write_in_worker)(known, stored, counted) for stored in due)
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "A worker stopped", UserWarning
        )  # joblib replaces a worker that has grown too large; nothing is lost
        yield from Parallel(n_jobs=min(jobs, max(len(due), 1)), return_as="generator_unordered")(tasks)


def _write_in_worker(known: Sequence[Path], stored: Stored, counted: Counted) -> Done:
    """Write one page in a process that may not know the models from outside the package yet."""
    for model in known:
        register(model)
    return write_target(stored, counted)


def _trial_pages(trials: Iterable[Trial], dossiers: Sequence[Dossier], counted: Counted) -> Iterator[tuple[str, str]]:
    """Yield the path and the page of every trial."""
    for trial in trials:
        own = [d for d in dossiers if d["trial"] and d["trial"]["id"] == trial.id]
        yield f"{TRIALS}/{trial.id}.html", trial_page(trial, own, counted)


def _findings(root: Path, trials: Iterable[Trial], dossiers: Sequence[Dossier]) -> Iterator[Path]:
    """Write the summary of findings of every trial and of every synthesis, and yield what was written."""
    for trial in trials:
        own = [d for d in dossiers if d["trial"] and d["trial"]["id"] == trial.id]
        yield from findings.write(root, trial.id, trial.title, own)
    for one in dossiers:
        if one["trial"] is None:
            yield from findings.write(root, one["name"], one["label"], [one])


def write_target(stored: Stored, counted: Counted) -> Done:
    """Compute and write one page and its data; an unexpected error loses only this page.

    Raises
    ------
    NotWritten
        If it cannot be written, as then no other can.
    """
    started = time.monotonic()
    try:
        _write_target(stored, counted)
    except NotWritten:
        raise
    except Exception as error:  # one failure must not lose the other pages; it is reported, and the exit code is 1
        return Done(stored.target.name, "error", 0.0, f"{type(error).__name__}: {error}")
    return Done(stored.target.name, "written", time.monotonic() - started)


def _write_target(stored: Stored, counted: Counted) -> None:
    said = dossier(stored, counted)
    root, drawn = stored.folder / FOLDER, pictures(stored, said)
    written: Written = {
        **said,
        "figures": [{"id": p.id, "title": p.title, "description": p.description} for p in drawn],
        "made_of": stamp(stored, counted),
    }
    manuscript.write(said, stored.folder)
    write_text(root / DATA / f"{said['slug']}.csv", as_csv(stored.rows))
    if said["terms"] is not None:
        write_text(root / said["terms"]["file"], long_as_csv(list(term_rows(stored, said)), TermRow))
    write_text(root / said["page"], target_page(said, drawn, _curve(stored), counted))
    text = json.dumps(written, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    write_text(root / DATA / f"{said['slug']}.json", text + "\n")


def why_due(stored: Stored, counted: Counted) -> str | None:
    """Return why a page must be written; None if it exists and nothing it was made from has changed."""
    root = stored.folder / FOLDER
    if not (root / DATA / f"{stored.slug}.json").is_file():
        return "missing"
    try:
        before = read_dossier(stored)
        made_of, expected = before.get("made_of"), _files(before)
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return "damaged"
    if made_of != stamp(stored, counted):
        return "changed"
    return None if all((root / file).is_file() for file in expected) else "missing"


def read_dossier(stored: Stored) -> Written:
    """Read the dossier of a page."""
    text = (stored.folder / FOLDER / DATA / f"{stored.slug}.json").read_text(encoding="utf-8")
    return cast(Written, json.loads(text))  # written by `write_target`; one of an earlier version has another stamp


def stamp(stored: Stored, counted: Counted) -> str:
    """Return a hash of what a page is made from: posteriors, rows, files, installed versions, and this source code."""
    parts = [
        str(counted),
        [[a.key, a.fingerprint] for a in stored.analyses],
        stored.rows,
        stored.operating,
        [file.read_text(encoding="utf-8") for file in stored.files],
        [version(name) for name in ("matplotlib", "jinja2", "scipy", "arviz")],
        sources_hash(),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _counted(found: Sequence[Stored], corpus: CorpusSummary | None, calibration: Calibration | None) -> Counted:
    syntheses = sum(stored.kind == "synthesis" for stored in found)
    posteriors = sum(len(stored.analyses) for stored in found)
    of_corpus = "" if corpus is None else counted_in_words(corpus)
    of_pairs = "" if calibration is None else calibrated_in_words(calibration)
    return Counted(len(found) - syntheses, syntheses, posteriors, of_corpus, of_pairs)


def _costly(stored: Stored) -> int:
    """Rank targets by cost: long ones come first, so that no worker is left with a synthesis at the end."""
    if isinstance(stored.target, Synthesis):
        return 2
    return 1 if isinstance(stored.target.evidence, Ordinal | OrdinalCut | Events) else 0


def _curve(stored: Stored) -> OwnPrior | None:
    """Return the data for the reader's own prior; None if there is no likelihood curve."""
    if not stored.target.has_headline:
        return None
    try:
        return embedded(stored.subject, stored.called, stored.set_option)
    except (NotFormable, InvalidInput):
        return None


def _files(dossier: Dossier) -> list[str]:
    """Return the files of one target, relative to the root of the site."""
    slug, more = dossier["slug"], [dossier["terms"]["file"]] if dossier["terms"] else []
    data = [f"{DATA}/{slug}.json", f"{DATA}/{slug}.csv", *more]
    return [dossier["page"], *data, f"{TEXT}/{slug}.md", f"{TEXT}/{slug}.bib"]


def _sweep(root: Path, expected: set[Path]) -> None:
    """Remove pages of targets that the folder no longer contains."""
    for folder in ("outcomes", "syntheses", TRIALS, DATA, TEXT, findings.FOLDER):
        for path in (root / folder).glob("*"):
            if path not in expected:
                path.unlink()
