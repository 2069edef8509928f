"""The checklist of a results folder: what each reporting standard asks for, and the value that proves it.

It reads files only. A status follows from values that were found, and is written nowhere else: see judgement.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bayes.errors import InvalidInput
from bayes.report.checklist.judgement import DOSSIERS, FAIL, MANUAL, MUST, NOT_APPLICABLE, PASS, Item, Judgement, Target
from bayes.report.checklist.pointers import Folder
from bayes.report.checklist.standards import barg, fda, goligher, robust, zampieri
from bayes.report.dossier.disclosures import Counted
from bayes.results.store import write_text

FILE = "checklist.json"
STANDARDS = (robust, barg, fda, zampieri, goligher)
ITEMS: tuple[Item, ...] = tuple(item for standard in STANDARDS for item in standard.ITEMS)
WORST_FIRST = (FAIL, MANUAL, PASS, NOT_APPLICABLE)
SYMBOL = {PASS: "✓", FAIL: "✗", NOT_APPLICABLE: "–", MANUAL: "?"}
Entry = dict[str, Any]


def checklist(results: str | os.PathLike) -> list[Entry]:
    """Every item judged over every dossier of a results folder.

    Parameters
    ----------
    results : str or path
        A results folder in which `bayes report` has written `report/data` and `report/text`.

    Returns
    -------
    list of dict
        `id`, `standard`, `severity` (must or should), `text`, `threshold` (what is needed), `status` (fail if any
        target fails, n/a if all are, manual if a human must judge, else pass), `evidence` (file relative to the
        folder, JSON pointer and value, of the first target with that status; a long value is shortened), `reason`,
        and `targets` with their own.

    Raises
    ------
    InvalidInput
        If the folder holds no dossiers.
    """
    folder = Folder(results)
    targets = [Target(folder, file) for file in folder.files(f"{DOSSIERS}/*.json")]
    if not targets:
        raise InvalidInput(str(results), [f"no {DOSSIERS}/*.json to check; `bayes report` writes them"])
    return [_entry(item, [Judgement(item, target) for target in targets]) for item in ITEMS]


def write(results: str | os.PathLike) -> list[Entry]:
    """Judge every item and write `checklist.json`; returns the items."""
    items = checklist(results)
    text = json.dumps(items, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_text(Path(results) / FILE, text)
    return items


def unmet(items: Iterable[Entry]) -> list[Entry]:
    """Items that a report must meet, and this one fails for some target."""
    return [item for item in items if item["severity"] == MUST and item["status"] == FAIL]


def html(items: Sequence[Entry], counted: Counted) -> str:
    """The page `report/checklist.html`: counts by status, then a table for each standard, with the evidence."""
    from bayes.report.pages.render import render  # the pages' libraries take seconds to load; the judgement needs none

    return render("checklist.html", counted, "", **_shown_by_standard(items))


def _shown_by_standard(items: Sequence[Entry]) -> dict[str, Any]:
    titles = dict.fromkeys(item["standard"] for item in items)
    sections = []
    for title in titles:
        own = [item for item in items if item["standard"] == title]
        sections.append({"title": title, "counts": _counts(own), "entries": [_shown(item) for item in own]})
    return {"statuses": WORST_FIRST, "symbol": SYMBOL, "sections": sections, "counts": _counts(items), "link": _link}


def _link(file: str) -> str:
    """A file of the results folder, as seen from the page."""
    return file.removeprefix("report/") if file.startswith("report/") else f"../{file}"


def _entry(item: Item, judgements: Sequence[Judgement]) -> Entry:
    """One item over all targets: the worst status, with the first evidence of it."""
    worst = min(judgements, key=lambda judgement: WORST_FIRST.index(judgement.status))
    said = worst.as_json()
    return {
        "id": item.id,
        "standard": item.standard,
        "severity": item.severity,
        "text": item.text,
        "threshold": item.threshold,
        "status": said["status"],
        "evidence": said["evidence"],
        "reason": f"{said['target']}: {said['reason']}" if said["status"] == FAIL else said["reason"],
        "targets": [judgement.as_json() for judgement in judgements],
    }


def _counts(items: Sequence[Entry]) -> dict[str, int]:
    return {status: sum(item["status"] == status for item in items) for status in WORST_FIRST}


def _shown(item: Entry) -> Entry:
    """An item with its targets by status, each reason once with the targets it holds of."""
    groups: dict[tuple[str, str | None], list[Entry]] = {}
    for target in item["targets"]:
        groups.setdefault((target["status"], target["reason"]), []).append(target)
    ordered = sorted(groups.items(), key=lambda pair: WORST_FIRST.index(pair[0][0]))
    grouped = [{"status": status, "reason": reason, "targets": held} for (status, reason), held in ordered]
    return item | {"groups": grouped, "counts": _counts(item["targets"]), "n": len(item["targets"])}
