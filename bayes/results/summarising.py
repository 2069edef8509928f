"""The files by which a results folder is read: summary, long tables, syntheses and manifest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import Plan, after_the_main
from bayes.base.writing import write_text
from bayes.posterior.not_sampled import failed_row, skipped_row
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import SCHEMA, DerivedRow, SummaryRow, ThresholdRow
from bayes.results import inputs, store
from bayes.results.damage import MANIFEST, is_untouched
from bayes.results.software import sources_hash
from bayes.results.summary_file import DERIVED, SUMMARY, THRESHOLDS, Summary, as_csv, long_as_csv

SYNTHESES = "syntheses"
WITHOUT = ("trial", "outcome", "model", "prior", "reason")  # of a row without a posterior: which it is, and why


def write_summary(
    plan: Plan, folder: Path, lost: Mapping[str, str], known: Mapping[str, PosteriorRecord] | None = None
) -> list[str]:
    """Collect and write the summary of every stored posterior, lost fit and skipped prior.

    A posterior from an earlier run that could not be refitted stays on disk but contributes no row to the summary. A
    folder in which nothing changed since a run whose manifest would be the same is left as it is.

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
    manifest, path = json.dumps(_manifest(records, others), indent=1, ensure_ascii=False) + "\n", folder / MANIFEST
    if not (path.is_file() and path.read_text(encoding="utf-8") == manifest and is_untouched(folder)):
        _write_syntheses(records, plan, folder)
        _write_tables(Summary.of(records.values(), others), folder)
        write_text(path, manifest)
        path.touch()  # the last file of a run: what is newer has changed since
    return sorted({*lost, *(key for key, one in records.items() if one.gate.status == "failed")})


def _write_tables(summary: Summary, folder: Path) -> None:
    write_text(folder / "summary.csv", as_csv(summary.rows))
    write_text(folder / SUMMARY, _json(summary.rows))
    write_text(folder / THRESHOLDS, long_as_csv(summary.thresholds, ThresholdRow))
    write_text(folder / DERIVED, long_as_csv(summary.derived, DerivedRow))


def _write_syntheses(stored: Mapping[str, PosteriorRecord], plan: Plan, folder: Path) -> None:
    """Write what every posterior of a synthesis rests on as `syntheses/ID.json`, and the main one in words as .md."""
    from bayes.pooling.layout import markdown
    from bayes.pooling.words import sentences

    explained: dict[str, dict[str, PosteriorRecord]] = {}
    for key, record in stored.items():
        if record.explanation is not None:
            explained.setdefault(record.reported.trial, {})[key] = record
    analyses = _analyses(plan, folder, [key for posteriors in explained.values() for key in posteriors])
    for name, posteriors in explained.items():
        text = {key: sentences(analyses[key], one.explanation) for key, one in posteriors.items() if one.explanation}
        tables = {key: one.explanation.to_dict() for key, one in posteriors.items() if one.explanation}
        path, main = folder / SYNTHESES / name, main_key(posteriors)
        write_text(path.with_suffix(".json"), _json({key: tables[key] | {"text": text[key]} for key in tables}))
        write_text(path.with_suffix(".md"), markdown(posteriors[main], text[main]))


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


def _manifest(records: Mapping[str, PosteriorRecord], others: Iterable[SummaryRow]) -> dict[str, object]:
    """Return how every posterior was made, and whatever else the tables follow from."""
    return {
        "bayes_reanalysis": version("bayes-reanalysis"),
        "sources": sources_hash(),
        "summary_schema": SCHEMA,
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
