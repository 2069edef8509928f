"""The questions that pages and texts ask of a dossier: its main rows, and its measure and direction in words."""

from __future__ import annotations

from math import isclose
from typing import NamedTuple

from bayes.base.numbers import article
from bayes.paper.scales import dichotomies
from bayes.posterior.explanation import Explanation
from bayes.posterior.verdict import class_of
from bayes.report.dossier.contents import Dossier, MainPart, Pooling, Row
from bayes.text.rows import by_construction, given, headlined

PER = 1000  # patients among whom a risk is counted


def measure(dossier: Dossier) -> str:
    """Return the measure in words."""
    return dossier["measure"].replace("_", " ")


def favours(dossier: Dossier) -> str:
    """Return in words which side of no effect is good, from `benefit` alone."""
    side = "above" if dossier["benefit"] == "higher" else "below"
    if dossier["measure"] == "proportion":
        return f"a proportion {side} {dossier['null']:g} meets the goal"
    of = ""
    if dossier["measure"] == "common_odds_ratio":
        of = " of a better category" if dossier["benefit"] == "higher" else " of a worse category"
    return f"{article(measure(dossier))}{of} {side} {dossier['null']:g} favours the treatment"


def main_of(dossier: Dossier) -> MainPart:
    """Return which posterior is the main one.

    Raises
    ------
    LookupError
        If no posterior is stored.
    """
    if dossier["main"] is None:
        raise LookupError(f"no posterior is stored for {dossier['name']}")
    return dossier["main"]


def explanation(pooling: Pooling) -> Explanation:
    """Return the tables of a synthesis as they were when it was fitted."""
    return Explanation(
        main=pooling["main"],
        all_folded=pooling["all_folded"],
        trials=pooling["trials"],
        heterogeneity=pooling["heterogeneity"],
        leave_one_out=pooling["leave_one_out"],
        leave_kind_out=pooling["leave_kind_out"],
        adjustment=pooling["adjustment"],
        directions=pooling["directions"],
        same_patients=pooling["same_patients"],
        correlations=pooling["correlations"],
        rho=pooling["rho"],
        interactions=pooling["interactions"],
        descriptives=pooling["descriptives"],
    )


def main_rows(dossier: Dossier) -> list[Row]:
    """Return the rows of the main posterior, in the order of the summary."""
    return [row for row in dossier["rows"] if dossier["main"] and row["key"] == dossier["main"]["key"]]


def main_row(dossier: Dossier) -> Row:
    """Return the row of the effect, or of mu, of the main posterior."""
    wanted = "mu" if dossier["kind"] == "synthesis" else "effect"
    return next(row for row in main_rows(dossier) if row["parameter"] == wanted)


def has_headline(dossier: Dossier) -> bool:
    """Return whether the main probabilities may be given at the top.

    Each row of a table of adverse events decides this for itself, so the table as a whole may always have a headline.
    """
    return dossier["main"] is None or dossier["kind"] == "adverse_events" or headlined(main_row(dossier))


def one_a_prior(dossier: Dossier) -> list[Row]:
    """Return the sound rows that answer the main question, the first for each prior."""
    main = main_row(dossier)
    found: dict[str, Row] = {}
    for row in dossier["rows"]:
        if same_question(row, main):
            found.setdefault(row["prior"], row)
    return list(found.values())


def p_increase(dossier: Dossier, row: Row) -> float:
    """Return the probability that an effect is above no effect, whichever side is good."""
    return given(row["p_benefit"] if dossier["benefit"] == "higher" else row["p_harm"])


def p_decrease(dossier: Dossier, row: Row) -> float:
    """Return the probability that an effect is below no effect, whichever side is good."""
    return given(row["p_harm"] if dossier["benefit"] == "higher" else row["p_benefit"])


def probability_at(row: Row, threshold: float) -> float | None:
    """Return the probability of an effect at least as good as a threshold; None if the row does not have it.

    Parameters
    ----------
    row : Row
    threshold : float
        On the measure's own scale.
    """
    found = (one["probability"] for one in row["beyond"] if isclose(one["threshold"], threshold, rel_tol=1e-9))
    return next(found, None)


def same_question(row: Row, main: Row) -> bool:
    """Return whether a row is sound and about the same parameter under another prior, all else being equal."""
    return row["status"] == "ok" and _asked(row) == _asked(main)


def _asked(row: Row) -> tuple[str | float | None, ...]:
    return row["parameter"], row["heterogeneity"], row["model"], row["selection_omega"], row["likelihood"]


def by_prior(dossier: Dossier) -> dict[str, float]:
    """Return P(benefit) by prior, for posteriors like the main one; empty for a table, whose rows differ in it."""
    if dossier["main"] is None or dossier["kind"] == "adverse_events":
        return {}
    return {row["prior"]: given(row["p_benefit"]) for row in one_a_prior(dossier) if headlined(row)}


def verdict(dossier: Dossier) -> str:
    """Return the class of P(benefit) under the main prior; empty where none may be given."""
    p = by_prior(dossier)
    settled = dossier["main"] is None or not p or by_construction(main_row(dossier)) is not None
    return "" if settled else class_of(given(main_row(dossier)["p_benefit"]))


class Absolute(NamedTuple):
    """A risk, or a rate, without and with treatment: posterior median and 95% credible interval."""

    control: float
    treated: float
    low: float
    high: float
    per: str | None  # of a rate


def observed(dossier: Dossier) -> Absolute | None:
    """Return the absolute effect at the risk or rate observed under control; None if the report counts none."""
    for row in dossier["absolute"]["rows"]:
        if row.get("observed") and (control := row["control_risk"]) is not None:
            return Absolute(control, row["treated_risk"], control + row["low"], control + row["high"], row["per"])
    return None


def sides(dossier: Dossier) -> tuple[str, str]:
    """Return what patients on the better and the worse side of the dichotomy are whose share is the observed risk."""
    cut = dichotomies().get(dossier["absolute"]["counted"] or "")
    return (cut.good, cut.bad) if cut else ("with a good outcome", "with a poor outcome")
