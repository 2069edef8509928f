"""Which calculations a named kind of interval can mean, and which kinds no calculation here can repeat."""

from __future__ import annotations

from collections.abc import Iterable

from bayes.base import measures
from bayes.checks.printed_effects import Entry
from bayes.paper.evidence.design import CENTRED

HALVES = "with 1/2 added to every cell"
ONE_CALCULATION = {  # of which there are no variants: disagreement says something
    "wald": (
        *(
            "Wald",
            "Wald with continuity correction",
            "Wald with expected information",
            "Welch",
            "Student",
            "z",
            "d",
            "Hedges g",
        ),
        *("Woolf", f"Woolf {HALVES}", "Katz", f"Katz {HALVES}"),
    ),
    "profile": ("profile likelihood",),
    "wilson": ("Wilson",),
    "newcombe": ("Newcombe",),
    "miettinen_nurminen": ("Miettinen-Nurminen",),
}
SEVERAL = {"exact": ("exact conditional", "exact"), "score": ("Miettinen-Nurminen", "Wilson")}


def choose_intervals(entry: Entry, names: Iterable[str]) -> tuple[list[str], str]:
    """Which of the intervals at hand a printed one can be, by how the file says it was made.

    Returns
    -------
    names : list of str
        All of them where nothing is said.
    doubt : str
        Why disagreement says nothing: an interval of this kind is not recomputed, or is made in more ways than one.
    """
    names, said = list(names), entry.interval
    if said is None:
        return names, ""
    kind = said.replace("_", " ")
    family = [n for n in names if n in ONE_CALCULATION.get(said, ()) + SEVERAL.get(said, ())]
    if not family:
        return names, f"an interval of the kind stated, {kind}, is not recomputed from these numbers"
    return family, f"there is more than one {kind} interval" if said in SEVERAL else ""


def need_not_be_centred(entry: Entry) -> str:
    """Why an estimate may lie off the centre of its interval; empty where it may not.

    Differences are often printed with an interval that is not theirs (of the ranks, of a bootstrap, of two scores), so
    that an unnamed one proves nothing, unless a standard error or degrees of freedom say that it is made of one.
    """
    if entry.interval is not None:
        kind = entry.interval.replace("_", " ")
        return "" if entry.interval in CENTRED else f"an interval of the kind stated, {kind}, need not be centred"
    result = entry.result
    if measures.is_log(entry.measure) or result.df is not None or result.se is not None:
        return ""
    return 'an interval that is not a Wald interval need not be centred: `interval` says how it was made, or "wald"'


def apart_from_p(entry: Entry) -> str:
    """Why interval and p-value of one result need not agree; empty where both come from one standard error."""
    if entry.interval is None or entry.interval in CENTRED:
        return ""
    kind = entry.interval.replace("_", " ")
    return f"an interval of the kind stated, {kind}, is not made of the standard error behind a p-value"
