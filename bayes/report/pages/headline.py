"""The first screen of a page: the answer in three probabilities, its cautions, and what would change it."""

from __future__ import annotations

from typing import NamedTuple

from bayes.base import measures
from bayes.base.numbers import article, number, percent, probability, significant
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.dossier.reading import by_prior, has_headline, main_of, main_row, one_a_prior, verdict
from bayes.text.rows import by_construction, effect, given
from bayes.text.wording import listed

CONVINCED = 0.95
SPREAD = 1.959964  # sds on either side that hold 95% of a normal distribution
COUNTED = ("ordinal", "ordinal_cut", "binary", "events", "proportion")


class Bar(NamedTuple):
    """A probability as a bar that needs no legend."""

    name: str
    more: str  # what it is the probability of, in a few words
    kind: str  # good, matters or bad, for its colour
    share: float
    text: str


class Headline(NamedTuple):
    """What the first screen of a page shows beside its sentences."""

    verdict: str  # on any benefit: probable, uncertain or improbable; empty where none may be given
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
        return Headline("", [], _inconsistent(dossier), None)
    row = main_row(dossier)
    bars = _bars(dossier, row) if has_headline(dossier) and by_construction(row) is None else []
    cautions = [*_weight(dossier, row), *_inconsistent(dossier)]
    if by_construction(row) == "0.50":
        cautions = [
            "The report does not say which arm did better; it bounds only how large an effect may be.",
            *cautions,
        ]
    return Headline(verdict(dossier), bars, cautions or _open(dossier, row), _changes(dossier))


def _open(dossier: Dossier, row: Row) -> list[str]:
    """Return what is left open where nothing else is to be cautioned: no effect, and the choice of the prior."""
    found = by_prior(dossier)
    if not has_headline(dossier) or row["estimate_low"] is None or row["estimate_high"] is None or not found:
        return []
    includes = row["estimate_low"] < dossier["null"] < row["estimate_high"]
    said = f"The interval {'includes' if includes else 'does not include'} no effect"
    least, most = min(found, key=found.__getitem__), max(found, key=found.__getitem__)
    if least == most:
        return [f"{said}."]
    ends = f"{percent(found[least])} ({least} prior) to {percent(found[most])} ({most} prior)"
    return [f"{said}; the probability of benefit runs from {ends}."]


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
    measure = dossier["measure"].replace("_", " ")
    beside = f" The data alone, under a vague prior: {measure} {alone}." if alone and row["prior"] != "vague" else ""
    conflict = (one for one in dossier["sensitivity"]["tables"].get("conflict", ()) if one["conflict"])
    if any(one["prior"] == row["prior"] for one in conflict):
        said = "conflicts with the data, which lie where it expects little: read both answers"
        return [f"The {row['prior']} prior {said}.{beside}"]
    if main_of(dossier)["outweighs"]:
        return [f"The {row['prior']} prior outweighs the data.{beside}"]
    return []


def _inconsistent(dossier: Dossier) -> list[str]:
    """Return a caution that names the printed numbers that do not follow from the rest of the report."""
    about = list(dict.fromkeys(found["about"] for found in dossier["findings"]))
    if not about:
        return []
    verb = "does" if len(about) == 1 else "do"
    source = "the counts" if dossier["evidence_kind"] in COUNTED else "the numbers named as evidence"
    return [
        f"The printed {listed(about)} {verb} not follow from the rest of the report (see the published data); "
        f"the answer rests on {source}."
    ]


def _changes(dossier: Dossier) -> str | None:
    """Return the prior belief that it would take to be sure of benefit, or not to be."""
    row = main_row(dossier)
    if not has_headline(dossier) or by_construction(row) is not None or row["p_benefit"] is None:
        return None
    tips = {
        one["vary"]: one
        for one in dossier["sensitivity"]["tables"].get("tipping", ())
        if one["probability"] == "p_benefit" and one["target"] == CONVINCED and one["value"] is not None
    }
    sure, measure = row["p_benefit"] >= CONVINCED, dossier["measure"].replace("_", " ")
    if "prior_sd" in tips:
        spread = SPREAD * given(tips["prior_sd"]["value"])
        low, high = (
            number(measures.to_natural(_no_effect(dossier) + end, dossier["measure"])) for end in (-spread, spread)
        )
        held = f"a reader who held beforehand, with 95%, that the {measure} lies between {low} and {high}"
        return (
            f"only {held} would be less than 95% sure of benefit." if sure else f"{held} would be 95% sure of benefit."
        )
    if "prior_mean" in tips and not sure:
        expected = number(given(tips["prior_mean"]["natural"]))
        return (
            f"only a reader who expected {article(measure)} of about {expected} beforehand would be 95% sure "
            "of benefit; no prior centred on no effect would do."
        )
    return None


def _no_effect(dossier: Dossier) -> float:
    """Return no effect on the analysis scale."""
    return measures.to_analysis(dossier["null"], dossier["measure"])
