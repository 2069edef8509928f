"""The checklist of a results folder: what each reporting standard requires, and the value that proves it.

It only reads files. Each status is derived from the values found in them and is not stored anywhere: see judgement.py.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypedDict

from bayes.base.writing import write_text
from bayes.errors import InvalidInput
from bayes.report.checklist.judgement import (
    DOSSIERS,
    FAIL,
    MANUAL,
    MUST,
    NOT_APPLICABLE,
    PASS,
    Item,
    Judged,
    Judgement,
    Severity,
    Status,
    Target,
)
from bayes.report.checklist.pointers import Folder, Shown
from bayes.report.checklist.standards import barg, fda, goligher, robust, zampieri
from bayes.report.dossier.disclosures import Counted

FILE = "checklist.json"
LISTED = 12  # targets of one status and reason; more are counted, and checklist.json names them
STANDARDS = (robust, barg, fda, zampieri, goligher)
ITEMS: tuple[Item, ...] = tuple(item for standard in STANDARDS for item in standard.ITEMS)
WORST_FIRST: tuple[Status, ...] = (FAIL, MANUAL, PASS, NOT_APPLICABLE)
SYMBOL = {PASS: "✓", FAIL: "✗", NOT_APPLICABLE: "–", MANUAL: "?"}


class Entry(TypedDict):
    """One item over all targets, as `checklist.json` holds it."""

    id: str
    standard: str
    severity: Severity
    text: str
    threshold: str  # the requirement
    status: Status  # fail if any target fails, n/a if all are, manual if a human must judge, otherwise pass
    evidence: Shown | None  # for the first target with that status
    reason: str | None
    targets: list[Judged]


class Group(TypedDict):
    """The targets of an item with the same status and reason, which the page lists or, if they are many, counts."""

    status: Status
    reason: str | None
    targets: list[Judged]
    listed: bool


class ShownEntry(Entry):
    """An item as the page shows it: its targets grouped, and counted by status."""

    groups: list[Group]
    counts: dict[Status, int]
    n: int


class Section(TypedDict):
    """The items of one standard."""

    title: str
    counts: dict[Status, int]
    entries: list[ShownEntry]


def checklist(results: str | os.PathLike[str]) -> list[Entry]:
    """Judge every item for every dossier of a results folder.

    Parameters
    ----------
    results : str or path
        A results folder in which `bayes report` has written `report/data` and `report/text`.

    Returns
    -------
    list of Entry

    Raises
    ------
    InvalidInput
        If the folder contains no dossiers.
    """
    folder = Folder(results)
    targets = [Target(folder, file) for file in folder.files(f"{DOSSIERS}/*.json")]
    if not targets:
        raise InvalidInput(str(results), [f"no {DOSSIERS}/*.json to check; `bayes report` writes them"])
    return [_entry(item, [Judgement(item, target) for target in targets]) for item in ITEMS]


def write(results: str | os.PathLike[str]) -> list[Entry]:
    """Judge every item, write `checklist.json` and return the items."""
    items = checklist(results)
    text = json.dumps(items, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    write_text(Path(results) / FILE, text)
    return items


def unmet(items: Iterable[Entry]) -> list[Entry]:
    """Return the mandatory items that fail for at least one target."""
    return [item for item in items if item["severity"] == MUST and item["status"] == FAIL]


def html(items: Sequence[Entry], counted: Counted) -> str:
    """Return the page `report/checklist.html`: counts by status, then a table with the evidence for each standard."""
    from bayes.report.pages.render import render  # its libraries take seconds to load and are not needed for judging

    return render(
        "checklist.html",
        counted,
        "",
        statuses=WORST_FIRST,
        symbol=SYMBOL,
        sections=list(_by_standard(items)),
        counts=_counts(items),
        link=_link,
    )


def _by_standard(items: Sequence[Entry]) -> Iterator[Section]:
    for title in dict.fromkeys(item["standard"] for item in items):
        own = [item for item in items if item["standard"] == title]
        yield {"title": title, "counts": _counts(own), "entries": [_shown(item) for item in own]}


def _link(file: str) -> str:
    """Return the link from the page to a file of the results folder."""
    return file.removeprefix("report/") if file.startswith("report/") else f"../{file}"


def _entry(item: Item, judgements: Sequence[Judgement]) -> Entry:
    """Return one item over all targets: the worst status, with the first evidence for it."""
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


def _counts(items: Sequence[Entry] | Sequence[Judged]) -> dict[Status, int]:
    return {status: sum(item["status"] == status for item in items) for status in WORST_FIRST}


def _shown(item: Entry) -> ShownEntry:
    """Return an item with its targets grouped by status and reason."""
    groups: dict[tuple[Status, str | None], list[Judged]] = {}
    for target in item["targets"]:
        groups.setdefault((target["status"], target["reason"]), []).append(target)
    ordered = sorted(groups.items(), key=lambda pair: WORST_FIRST.index(pair[0][0]))
    grouped: list[Group] = [
        {"status": status, "reason": reason, "targets": held, "listed": status == FAIL or len(held) <= LISTED}
        for (status, reason), held in ordered
    ]
    return {**item, "groups": grouped, "counts": _counts(item["targets"]), "n": len(item["targets"])}
