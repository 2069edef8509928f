"""All terms of a table of adverse events under every prior, as the file beside a page that shows only some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, TypedDict

from bayes.paper.evidence.adverse_events import AdverseEvent, AdverseEvents
from bayes.paper.evidence.arms import Arm, by_arm
from bayes.paper.trial import Outcome
from bayes.posterior.names import effect_of
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.dossier.stored import Stored
from bayes.report.dossier.terms import flags, table_of


class Counted(TypedDict):
    """What is printed of a term."""

    system: Annotated[str, "its body system"]
    term: Annotated[str, "its name within the system"]
    treatment: Annotated[int, "persons with the event, or events, under treatment"]
    treatment_n: Annotated[int, "patients at risk of it under treatment"]
    control: Annotated[int, "persons with the event, or events, under control"]
    control_n: Annotated[int, "patients at risk of it under control"]
    treatment_place: Annotated[str | None, "where its number is printed"]
    control_place: Annotated[str | None, "where its number is printed"]


class TermRow(Counted):
    """A term under one prior; effects are on the measure's own scale, and what does not exist is None."""

    on_page: Annotated[str, "yes or no: whether the page shows it"]
    prior: Annotated[str | None, "None if no posterior is stored"]
    model: Annotated[str | None, "each row alone, or all rows jointly"]
    estimate: Annotated[float | None, "posterior median"]
    estimate_low: Annotated[float | None, "lower limit of its 95% credible interval"]
    estimate_high: Annotated[float | None, "upper limit"]
    p_benefit: Annotated[float | None, "P(any benefit)"]
    p_harm: Annotated[float | None, "P(any harm)"]
    p_null: Annotated[float | None, "P(no effect at all), of a prior with a point mass"]
    flagged: Annotated[float | None, "the highest threshold of P(increase) that a hierarchy flags it for"]
    status: Annotated[str | None, "ok if the posterior passed its convergence checks"]
    reason: Annotated[str | None, "why it did not"]


def term_rows(stored: Stored, dossier: Dossier) -> Iterator[TermRow]:
    """Yield every term of a table of adverse events, in its order, under every prior; nothing for other reports."""
    table, target = table_of(stored), stored.target
    if table is None or not isinstance(target, Outcome):
        return
    found: dict[str, list[Row]] = {}
    for known in dossier["rows"]:
        found.setdefault(known["parameter"], []).append(known)
    shown, flagged = dossier["terms"] and set(dossier["terms"]["shown"]), flags(stored)
    places = {path: str(place) for path, place in target.sources.items()}
    for i, term in enumerate(table.rows):
        name = str(effect_of(term.name))
        counted = _counted(table, term, {arm: _place(places, i, arm) for arm in by_arm(term)})
        posteriors: Sequence[Row | None] = found.get(name) or [None]
        for row in posteriors:
            yield {
                **counted,
                "on_page": "yes" if shown is None or term.name in shown else "no",
                "prior": row and row["prior"],
                "model": row and row["model"],
                "estimate": row and row["estimate"],
                "estimate_low": row and row["estimate_low"],
                "estimate_high": row and row["estimate_high"],
                "p_benefit": row and row["p_benefit"],
                "p_harm": row and row["p_harm"],
                "p_null": row and row["p_null"],
                "flagged": row and flagged.get((row["key"], name)),
                "status": row and row["status"],
                "reason": row and row["reason"],
            }


def _counted(table: AdverseEvents, term: AdverseEvent, places: dict[Arm, str | None]) -> Counted:
    n = term.n or table.n
    return {
        "system": term.soc,
        "term": term.term,
        "treatment": term.treatment.number,
        "treatment_n": n.treatment,
        "control": term.control.number,
        "control_n": n.control,
        "treatment_place": places["treatment"],
        "control_place": places["control"],
    }


def _place(places: dict[str, str], row: int, arm: Arm) -> str | None:
    """Return where the number of a row in one arm is printed; None where the file does not say."""
    return places.get(f"rows.{row}.{arm}.persons") or places.get(f"rows.{row}.{arm}.events")
