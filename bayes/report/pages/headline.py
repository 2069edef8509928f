"""The first screen of a page: the answer in three probabilities, its cautions, and what would change it."""

from __future__ import annotations

from typing import NamedTuple

from bayes.base.numbers import probability, significant
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.dossier.reading import has_headline, main_of, main_row, one_a_prior
from bayes.text.rows import by_construction, effect


class Bar(NamedTuple):
    """A probability as a bar that needs no legend."""

    name: str
    more: str  # what it is the probability of, in a few words
    kind: str  # good, matters or bad, for its colour
    share: float
    text: str


class Headline(NamedTuple):
    """What the first screen of a page shows beside its sentences."""

    bars: list[Bar]
    cautions: list[str]
    changes: str | None


def headline(dossier: Dossier) -> Headline:
    """Return the probabilities, the cautions and the sentence on what would change the conclusion.

    Parameters
    ----------
    dossier : Dossier

    Returns
    -------
    Headline
        Empty for a target without a posterior or without a single effect.
    """
    if dossier["main"] is None or dossier["kind"] == "adverse_events":
        return Headline([], _inconsistent(dossier), None)
    row = main_row(dossier)
    bars = _bars(dossier, row) if has_headline(dossier) and by_construction(row) is None else []
    return Headline(bars, [*_weight(dossier, row), *_inconsistent(dossier)], _changes(dossier))


def _bars(dossier: Dossier, row: Row) -> list[Bar]:
    goal = dossier["measure"] == "proportion"
    asked = [("Benefit", "the goal is met" if goal else "better, by however little", "good", row["p_benefit"])]
    if row["mcid"] is not None:
        more = f"{significant(row['mcid'], 12)} or better"
        asked.append(("Benefit that matters", more, "matters", row["p_mcid"]))
    asked.append(("Harm", "the goal is missed" if goal else "worse", "bad", row["p_harm"]))
    return [Bar(name, more, kind, p, probability(p)) for name, more, kind, p in asked if p is not None]


def _weight(dossier: Dossier, row: Row) -> list[str]:
    """Return a caution where the prior outweighs the data or conflicts with them, beside what the data alone say."""
    alone = next((effect(other) for other in one_a_prior(dossier) if other["prior"] == "vague"), None)
    beside = "" if alone is None or row["prior"] == "vague" else f" The data alone, under a vague prior: {alone}."
    conflict = (one for one in dossier["sensitivity"]["tables"].get("conflict", ()) if one["conflict"])
    if any(one["prior"] == row["prior"] for one in conflict):
        return [f"The {row['prior']} prior conflicts with the data.{beside}"]
    if main_of(dossier)["outweighs"]:
        return [f"The {row['prior']} prior outweighs the data.{beside}"]
    return []


def _inconsistent(dossier: Dossier) -> list[str]:
    """Return a caution where printed numbers do not follow from the rest of the report."""
    count = len(dossier["findings"])
    if not count:
        return []
    said = "One printed number does" if count == 1 else f"{count} printed numbers do"
    return [f"{said} not follow from the rest of the report; see the published data below."]


def _changes(dossier: Dossier) -> str | None:
    """Return the sentence of the reverse-Bayes analysis: whom the data would just convince, or just not."""
    if not has_headline(dossier):
        return None
    rows = dossier["sensitivity"]["tables"].get("reverse_bayes", ())
    found = (one["reason"] for one in rows if one["quantity"] == "fail_safe" and one["value"] is not None)
    return next(found, None)
