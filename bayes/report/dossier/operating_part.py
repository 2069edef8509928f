"""The operating characteristics of an outcome in its dossier: a part for each rule that was studied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayes.calibration.operating.layout import in_words, shown_effects
from bayes.calibration.operating.row import OperatingRow
from bayes.report.dossier.contents import OperatingNumber, OperatingPart

DIGITS = 7  # significant: far more than a page prints
ONE_EFFECT = ("type_i_error", "type_i_error_sup")  # kept whatever the effect at which they were found


def operating_parts(rows: Iterable[OperatingRow]) -> list[OperatingPart]:
    """Return what was found for each rule, at the effects that a page shows; operating.csv has the others.

    Parameters
    ----------
    rows : iterable of OperatingRow
        Of one outcome.
    """
    by_rule: dict[str, list[OperatingRow]] = {}
    for row in rows:
        by_rule.setdefault(row["rule"], []).append(row)
    return [_part(own) for own in by_rule.values()]


def _part(rows: Sequence[OperatingRow]) -> OperatingPart:
    first = rows[0]
    effects = {effect for effect, _ in shown_effects(rows, whole=False)}
    kept = [r for r in rows if r["effect"] is None or r["effect"] in effects or r["characteristic"] in ONE_EFFECT]
    return {
        "rule": first["rule"],
        "claim": first["claim"],
        "evidence": first["evidence"],
        "fingerprint": first["fingerprint"],
        "likelihood": first["likelihood"],
        "method": first["method"],
        "baseline": first["baseline"],
        "text": in_words(rows),
        "characteristics": [_number(row) for row in kept],
    }


def _number(row: OperatingRow) -> OperatingNumber:
    return {
        "prior": row["prior"],
        "prior_distribution": row["prior_distribution"],
        "characteristic": row["characteristic"],
        "effect": row["effect"],
        "marks": row["marks"],
        "design_prior": row["design_prior"],
        "design_prior_distribution": row["design_prior_distribution"],
        "value": _rounded(row["value"]),
        "mcse": _rounded(row["mcse"]),
        "status": row["status"],
        "reason": row["reason"],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.{DIGITS}g}")


def rows_of(part: OperatingPart, name: str, measure: str, benefit: str) -> list[OperatingRow]:
    """Return the rows of one rule again, as the layout of tables takes them.

    Parameters
    ----------
    part : OperatingPart
    name : str
        Of the outcome, trial:outcome.
    measure, benefit : str
        Of the outcome.
    """
    trial, _, outcome = name.partition(":")
    return [
        {
            "trial": trial,
            "outcome": outcome,
            "measure": measure,
            "benefit": benefit,
            "evidence": part["evidence"],
            "likelihood": part["likelihood"],
            "rule": part["rule"],
            "claim": part["claim"],
            "method": part["method"],
            "baseline": part["baseline"],
            "fingerprint": part["fingerprint"],
            **number,
        }
        for number in part["characteristics"]
    ]
