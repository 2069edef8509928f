"""Which terms of a long table of adverse events a page shows.

A registry's table has hundreds of terms, most of them with one or two events. A page shows at most `MOST` of them:
first those that are flagged, then in turn the next of those whose effect has the most extreme probability of a
direction and the next of those with the most events. `term_rows` has them all.
"""

from __future__ import annotations

from collections.abc import Sequence

from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.trial import Outcome
from bayes.plots.adverse_event_rows import FLAG
from bayes.posterior.names import effect_of
from bayes.report.dossier.contents import Dossier, TermsPart
from bayes.report.dossier.reading import main_rows, p_decrease, p_increase
from bayes.report.dossier.stored import Stored

MOST = 50  # terms of a table; one with no more is shown whole


def table_of(stored: Stored) -> AdverseEvents | None:
    """Return the table of adverse events behind a page; None for a page about another report."""
    target = stored.target
    return target.evidence if isinstance(target, Outcome) and isinstance(target.evidence, AdverseEvents) else None


def flags(stored: Stored) -> dict[tuple[str | None, str], float]:
    """Return the highest threshold of P(increase) that a hierarchy flags a term for, by posterior and parameter."""
    every = ((key, one) for key, record in stored.records.items() for one in record.parameters)
    return {(key, str(one.name)): one.flag.threshold for key, one in every if one.flag is not None}


def terms(stored: Stored, dossier: Dossier) -> TermsPart | None:
    """Return what a page shows of a table of adverse events; None if it shows the whole table, and for other reports.

    Parameters
    ----------
    stored : Stored
    dossier : Dossier
        With the rows of the summary.
    """
    table = table_of(stored)
    if table is None or len(table.rows) <= MOST:
        return None
    main = {row["parameter"]: row for row in main_rows(dossier) if row["p_benefit"] is not None}
    of = {row.name: main[name] for row in table.rows if (name := str(effect_of(row.name))) in main}
    up = {row.name: p_increase(dossier, of[row.name]) if row.name in of else 0.0 for row in table.rows}
    either = {name: max(p, p_decrease(dossier, of[name])) if name in of else 0.0 for name, p in up.items()}
    events = {row.name: row.treatment.number + row.control.number for row in table.rows}
    by_hierarchy = {parameter for _, parameter in flags(stored)}
    flagged = [name for name, p in up.items() if p >= FLAG or str(effect_of(name)) in by_hierarchy]
    shown = set(chosen(_first(flagged, up), _first(list(up), either), _first(list(up), events)))
    left_out = [name for name in up if name not in shown]
    failed = {row["parameter"] for row in dossier["rows"] if row["status"] == "failed"}
    return {
        "shown": [name for name in up if name in shown],
        "left_out": len(left_out),
        "left_out_flagged": sum(name in flagged for name in left_out),
        "left_out_failed": sum(str(effect_of(name)) in failed for name in left_out),
        "file": f"data/{stored.slug}.terms.csv",
    }


def chosen(flagged: Sequence[str], extreme: Sequence[str], frequent: Sequence[str], most: int = MOST) -> list[str]:
    """Return the names of the terms that a page shows.

    Parameters
    ----------
    flagged : sequence of str
        Names of the flagged terms, those to be shown first in front.
    extreme, frequent : sequence of str
        Names of all terms, from the most extreme probability and from the most events.
    most : int
    """
    in_turn = [name for pair in zip(extreme, frequent, strict=True) for name in pair]
    return list(dict.fromkeys([*flagged, *in_turn]))[:most]


def _first(names: Sequence[str], of: dict[str, float] | dict[str, int]) -> list[str]:
    """Return names from the largest number to the smallest; those with equal numbers in the order of the table."""
    return sorted(names, key=lambda name: -of[name])
