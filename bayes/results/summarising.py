"""The files by which a results folder is read: summary, long tables, syntheses and manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import Plan, after_the_main
from bayes.base.writing import write_text
from bayes.posterior.explanation import Explanation
from bayes.posterior.not_sampled import failed_row, skipped_row
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import SCHEMA, DerivedRow, SummaryRow, ThresholdRow
from bayes.results import inputs, store
from bayes.results.damage import TABLES
from bayes.results.manifest import MANIFEST, WRITTEN, digests
from bayes.results.software import sources_hash
from bayes.results.summary_file import DERIVED, SUMMARY, THRESHOLDS, Summary, as_csv, long_as_csv

SYNTHESES = "syntheses"
WITHOUT = ("trial", "outcome", "model", "prior", "reason")  # of a row without a posterior: which it is, and why


@dataclass(frozen=True, slots=True)
class Explained:
    """A posterior of a synthesis, what it rests on, and its analysis."""

    record: PosteriorRecord
    explanation: Explanation
    analysis: Analysis


def write_summary(
    plan: Plan, folder: Path, lost: Mapping[str, str], known: Mapping[str, PosteriorRecord] | None = None
) -> list[str]:
    """Collect and write the summary of every stored posterior, lost fit and skipped prior.

    A posterior from an earlier run that could not be refitted stays on disk but contributes no row to the summary. A
    folder whose manifest would be the same, and whose tables have the digests in it, is left as it is.

    Parameters
    ----------
    plan : Plan
    folder : Path
        The results folder.
    lost : mapping of str to str
        Why fits were lost, by key.
    known : mapping of str to PosteriorRecord, optional
        Records that need not be read again.

    Returns
    -------
    list of str
        The keys of fits that were lost and of posteriors that did not pass the convergence checks.
    """
    stored = {key: one for key, one in store.records(folder, known).items() if key not in lost}
    order = {a.key: i for i, a in enumerate(plan.analyses)}
    records = {key: stored[key] for key in sorted(stored, key=lambda key: (order.get(key, len(order)), key))}
    others = [failed_row(a, lost[a.key]) for a in plan.analyses if a.key in lost]
    others += [skipped_row(s) for s in plan.skipped]
    explained = _explained(records, plan, folder)
    names = [*TABLES, *(file for id_ in explained for file in _files_of(id_))]
    made_of = _manifest(records, others, folder)

    def manifest() -> str:
        return _json(made_of | {WRITTEN: digests(folder, names)})

    path = folder / MANIFEST
    if not path.is_file() or path.read_text(encoding="utf-8") != manifest():
        _write_tables(Summary.of(records.values(), others), folder)
        for id_, posteriors in explained.items():
            _write_synthesis(id_, posteriors, folder)
        for id_ in {a.target.id for a in plan.analyses if a.joined_by} - explained.keys():
            for file in _files_of(id_):  # of posteriors that are lost
                (folder / file).unlink(missing_ok=True)
        write_text(path, manifest())
    return sorted({*lost, *(key for key, one in records.items() if one.gate.status == "failed")})


def _write_tables(summary: Summary, folder: Path) -> None:
    write_text(folder / "summary.csv", as_csv(summary.rows))
    write_text(folder / SUMMARY, _json(summary.rows))
    write_text(folder / THRESHOLDS, long_as_csv(summary.thresholds, ThresholdRow))
    write_text(folder / DERIVED, long_as_csv(summary.derived, DerivedRow))


def _files_of(synthesis: str) -> tuple[str, str]:
    """Return the files in which a synthesis is explained: its tables, and its main posterior in words."""
    return f"{SYNTHESES}/{synthesis}.json", f"{SYNTHESES}/{synthesis}.md"


def _explained(records: Mapping[str, PosteriorRecord], plan: Plan, folder: Path) -> dict[str, dict[str, Explained]]:
    """Return, by synthesis and key, the posteriors that have an explanation and a current analysis.

    One of an earlier run has none if its prior was removed from its set, or if its synthesis has changed: the words
    would be those of other trials.
    """
    found: dict[str, dict[str, Explained]] = {}
    analyses = _analyses(plan, folder, [key for key, record in records.items() if record.explanation is not None])
    for key, record in records.items():
        if record.explanation is None or key not in analyses:
            continue
        if store.why_stale(analyses[key], record, True) is None:
            one = Explained(record, record.explanation, analyses[key])
            found.setdefault(record.reported.trial, {})[key] = one
    return found


def _write_synthesis(name: str, posteriors: Mapping[str, Explained], folder: Path) -> None:
    """Write what every posterior of a synthesis rests on, and the main one in words."""
    from bayes.pooling.layout import markdown
    from bayes.pooling.words import sentences

    tables, words = _files_of(name)
    text = {key: sentences(one.analysis, one.explanation) for key, one in posteriors.items()}
    said = {key: one.explanation.to_dict() | {"text": text[key]} for key, one in posteriors.items()}
    main = main_key({key: one.record for key, one in posteriors.items()})
    write_text(folder / tables, _json(said))
    write_text(folder / words, markdown(posteriors[main].record, text[main]))


def _analyses(plan: Plan, folder: Path, keys: Sequence[str]) -> dict[str, Analysis]:
    """Return the analyses with these keys: those of this plan, and others that the folder was asked for before."""
    known = {analysis.key: analysis for analysis in plan.analyses}
    if all(key in known for key in keys):
        return known
    return {analysis.key: analysis for analysis in inputs.plan_of(folder).analyses} | known


def main_key(posteriors: Mapping[str, PosteriorRecord]) -> str:
    """Return the key of a synthesis's main posterior: neutral prior, heterogeneity prior of the synthesis file."""

    def rank(key: str) -> tuple[bool, bool]:
        one = posteriors[key]
        return after_the_main(one.prior.name, one.heterogeneity.name if one.heterogeneity else None)

    return min(posteriors, key=rank)  # the first of equals


def _manifest(records: Mapping[str, PosteriorRecord], others: Iterable[SummaryRow], folder: Path) -> dict[str, object]:
    """Return how every posterior was made, and whatever else the tables follow from."""
    return {
        "bayes_reanalysis": version("bayes-reanalysis"),
        "sources": sources_hash(),
        "summary_schema": SCHEMA,
        "inputs": digests(folder, inputs.names_of_files(folder)),
        "posteriors": {key: _made(record) for key, record in records.items()},
        "without_posterior": [[value for name, value in row.items() if name in WITHOUT] for row in others],
    }


def _made(record: PosteriorRecord) -> dict[str, object]:
    made = record.provenance
    if made is None:
        raise ValueError(f"the stored posterior {record.key} has no provenance")
    return {
        "fingerprint": made.fingerprint,
        "parts": made.parts,
        "settings": asdict(record.settings),
        "versions": made.versions,
        "draws": made.draws,
        "pieces": made.pieces,
        "target_accept": made.target_accept,
        "seconds": made.seconds,
        "status": record.gate.status,
    }


def _json(content: object) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
