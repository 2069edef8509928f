"""The parts of a dossier that are taken from the file of a trial or a synthesis."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.checks import INCONSISTENT, Finding, check_outcome
from bayes.paper.places import located
from bayes.paper.trial import Outcome, Trial
from bayes.posterior.verdict import CUTOFFS
from bayes.report.dossier.published_parts import (
    Cited,
    FoundPart,
    Member,
    PrintedPart,
    PrintedTable,
    SizesOfArms,
    Thresholds,
    TrialPart,
    Whose,
)
from bayes.synthesis.file import Synthesis
from bayes.text.evidence import in_brief, number_at
from bayes.text.files import portrait
from bayes.text.printed import Table
from bayes.text.wording import sentence


def whose(target: Outcome | Synthesis) -> Whose:
    """Return the trial and the reports behind a target."""
    if isinstance(target, Synthesis):
        members: list[Member] = [
            {
                "name": m.name,
                "label": m.label,
                "kind": m.evidence.kind,
                "source": m.source,
                "n": _sizes(m),
                "trial": _cited(m.trial),
            }
            for m in target.members
        ]
        return {
            "trial": None,
            "role": None,
            "timepoint": None,
            "source_level": None,
            "members": members,
            "evidence_kind": ", ".join(dict.fromkeys(m["kind"] for m in members)),
        }
    numbers = located(target)
    places = target.sources.items()
    return {
        "role": target.role,
        "timepoint": target.timepoint,
        "source_level": target.source_level,
        "places": [{"number": path, "printed": numbers[path], "place": str(place)} for path, place in places],
        "trial": _trial(target),
        "members": [],
        "evidence_kind": target.evidence.kind,
    }


def findings(target: Outcome | Synthesis) -> list[FoundPart]:
    """Return the inconsistencies of an outcome's report in words, with the reason where its file acknowledges one."""
    if not isinstance(target, Outcome):
        return []
    found = [finding for finding in check_outcome(target) if finding.verdict == INCONSISTENT]
    return [{"about": number_at(f.path), "text": " ".join(_texts(f))} for f in found]


def _texts(finding: Finding) -> Iterator[str]:
    yield sentence(finding.text)
    if finding.acknowledged:
        yield f"Acknowledged: {sentence(finding.acknowledged)}"


def _trial(outcome: Outcome) -> TrialPart:
    """Return the trial, with the arms that the outcome compares."""
    trial = outcome.trial
    contrast = trial.contrasts[outcome.contrast] if outcome.contrast else None
    compared = contrast or trial.arms
    return {
        "id": trial.id,
        "title": trial.title,
        "year": trial.year,
        "condition": trial.condition,
        "design": trial.design,
        "doi": trial.doi,
        "registration": trial.registration,
        "blinding": trial.blinding,
        "risk_of_bias": trial.risk_of_bias,
        "arms": {"treatment": compared.treatment, "control": compared.control},
        "n": _sizes(outcome),
        "sources": list(trial.sources),
    }


def _sizes(outcome: Outcome) -> SizesOfArms | None:
    """Return the patients of the arms that an outcome compares, if the file of its trial has them."""
    contrast = outcome.trial.contrasts[outcome.contrast] if outcome.contrast else None
    n = (contrast and contrast.n) or outcome.trial.n
    return None if n is None else {"treatment": n.treatment, "control": n.control}


def _cited(trial: Trial) -> Cited:
    return {
        "id": trial.id,
        "title": trial.title,
        "year": trial.year,
        "doi": trial.doi,
        "registration": trial.registration,
    }


def printed(target: Outcome | Synthesis) -> PrintedPart:
    """Return the file as a reader sees it."""
    page = portrait(target)
    return {
        "brief": in_brief(target.evidence) if isinstance(target, Outcome) else "",
        "facts": [list(fact) for fact in page.facts],
        "tables": [_table(one) for one in page.tables],
    }


def _table(shown: Table) -> PrintedTable:
    found: PrintedTable = {
        "title": shown.title,
        "headings": list(shown.headings),
        "cells": [list(row) for row in shown.cells],
    }
    if shown.about:
        found["about"] = list(shown.about)
    return found


def thresholds(target: Outcome | Synthesis) -> Thresholds:
    """Return the thresholds that the file states, and the cut-offs of verdicts."""
    mcid, planned, margin, rope = target.mcid, target.planned, target.margin, target.rope_natural
    return {
        "mcid": None if mcid is None else {"value": float(mcid.value), "rationale": mcid.rationale},
        "planned": None if planned is None else {"value": float(planned.value), "source": planned.source},
        "margin": None
        if margin is None
        else {"value": float(margin.value), "source": margin.source, "concluded": margin.concluded},
        "rope": None if rope is None else list(rope),
        "cutoffs": list(CUTOFFS),
    }
