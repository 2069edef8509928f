"""The calculations that a stated kind of interval may refer to, and the kinds that cannot be recomputed."""

from __future__ import annotations

from collections.abc import Iterable

from bayes.base import measures
from bayes.checks.printed_effects import PrintedEffect
from bayes.paper.evidence.design import CENTRED

HALVES = "with 1/2 added to every cell"
ONE_CALCULATION = {  # kinds without variants, so that disagreement is informative
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


def choose_intervals(entry: PrintedEffect, names: Iterable[str]) -> tuple[list[str], str]:
    """Select the calculations that a printed interval may come from, given its stated kind.

    Parameters
    ----------
    entry : Entry
        The printed result.
    names : iterable of str
        Names of the available calculations.

    Returns
    -------
    names : list of str
        The calculations to compare with; all of them if no kind is stated.
    doubt : str
        Why disagreement is not informative (the kind cannot be recomputed, or has several variants); else empty.
    """
    names, said = list(names), entry.interval
    if said is None:
        return names, ""
    kind = said.replace("_", " ")
    family = [n for n in names if n in ONE_CALCULATION.get(said, ()) + SEVERAL.get(said, ())]
    if not family:
        return names, f"an interval of the stated kind, {kind}, cannot be recomputed from these numbers"
    return family, f"there is more than one {kind} interval" if said in SEVERAL else ""


def need_not_be_centred(entry: PrintedEffect) -> str:
    """Return why an estimate may be off the centre of its interval, or an empty string if it must be central.

    Differences are often printed with an interval from another method (ranks, a bootstrap, two scores), so that one of
    unstated kind is not informative, unless a standard error or degrees of freedom show that it is a Wald interval.
    """
    if entry.interval is not None:
        kind = entry.interval.replace("_", " ")
        return "" if entry.interval in CENTRED else f"an interval of the stated kind, {kind}, need not be centred"
    result = entry.result
    if measures.is_log(entry.measure) or result.df is not None or result.se is not None:
        return ""
    return 'an interval of unstated kind need not be centred; state its `interval`, such as "wald"'


def apart_from_p(entry: PrintedEffect) -> str:
    """Return why an interval and its p-value need not agree, or an empty string if they share a standard error."""
    if entry.interval is None or entry.interval in CENTRED:
        return ""
    kind = entry.interval.replace("_", " ")
    return f"an interval of the stated kind, {kind}, is not based on the standard error behind the p-value"
