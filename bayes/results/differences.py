"""The comparison of two results folders: which conclusions moved by more than Monte Carlo error.

For every posterior in both folders, the probabilities and the median are compared. Monte Carlo standard errors combine
as the root of the sum of squares; a difference exceeds Monte Carlo error if it is more than four combined standard
errors. With n the smaller of the bulk and tail effective sample sizes, the standard errors are

    P                   the stored mcse_* of that probability; if the summary lacks it,
                        sqrt(q (1 - q) / n) with q = (n P + 1) / (n + 2), which is never zero
    median              1.2533 sd / sqrt(n_bulk), with sd the width of the 95% credible interval / 3.92

The last holds for a normal posterior; it is too small for a median that lies between two well-separated modes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import hypot
from typing import Any

import pandas as pd

from bayes.posterior.monte_carlo import standard_error
from bayes.posterior.verdict import class_of
from bayes.results.summary_file import by_identity, read_rows

Row = dict[str, Any]
BEYOND = 4  # combined Monte Carlo standard errors
PROBABILITIES = ("p_benefit", "p_mcid", "p_harm")
STATED = ("measure", "benefit", "mcid", "prior_distribution", "heterogeneity_distribution", "likelihood", "evidence")
OTHER_QUESTION = ("measure", "benefit")  # numbers on different measures or in different directions are not comparable
NAMES = ("trial", "outcome", "parameter", "model", "prior", "heterogeneity", "selection_omega")
COLUMNS = (*NAMES, "change", "quantity", "old", "new", "difference", "tolerance", "old_class", "new_class", "moved")


def diff(old: str | os.PathLike, new: str | os.PathLike) -> pd.DataFrame:
    """Compare two results folders.

    Parameters
    ----------
    old, new : str or path
        Folders that `bayes regenerate` wrote.

    Returns
    -------
    DataFrame
        One row per posterior, parameter and quantity that differs; empty if nothing does. `change` is "only in old",
        "only in new", "status", "stated" (an input differs, such as a prior or the MCID), "value" (beyond Monte Carlo
        error) or "class" (improbable, uncertain or probable; even a difference within Monte Carlo error can change the
        class). Medians and their `tolerance` are on the analysis scale. Classes are given if both rows have an MCID.
        `moved` says whether the change exceeds Monte Carlo error.

    Raises
    ------
    InvalidInput
        If either is not a results folder.
    """
    return pd.DataFrame(list(differences(read_rows(old), read_rows(new))), columns=list(COLUMNS))


def differences(old: Sequence[Row], new: Sequence[Row]) -> Iterator[Row]:
    """Yield the rows of `diff` from the rows of two summaries; missing values are None."""
    before, after = by_identity(old), by_identity(new)
    for identity in dict.fromkeys([*after, *before]):
        if identity not in after:
            yield _change(before[identity], "only in old", moved=True)
        elif identity not in before:
            yield _change(after[identity], "only in new", moved=True)
        else:
            yield from _compared(before[identity], after[identity])


def tolerance(one: Row, other: Row, quantity: str) -> float:
    """Return four combined Monte Carlo standard errors; 0 if neither row records its number of draws."""
    return BEYOND * hypot(standard_error(one, quantity), standard_error(other, quantity))


def _compared(old: Row, new: Row) -> Iterator[Row]:
    if old["status"] != new["status"]:
        yield _change(new, "status", "status", old["status"], new["status"], moved=True)
    for name in STATED:
        if old[name] != new[name]:
            yield _change(new, "stated", name, old[name], new[name], moved=name in OTHER_QUESTION)
    if any(old[name] != new[name] for name in OTHER_QUESTION):
        return
    for quantity in (*PROBABILITIES, "median"):
        a, b = old[quantity], new[quantity]
        if (a is None) != (b is None):
            yield _change(new, "value", quantity, a, b, moved=True)
        elif a is not None:
            yield from _moved(old, new, quantity)


def _moved(old: Row, new: Row, quantity: str) -> Iterator[Row]:
    a, b = old[quantity], new[quantity]
    allowed = tolerance(old, new, quantity)
    has_verdict = quantity in PROBABILITIES and old["mcid"] is not None and new["mcid"] is not None
    classes = (class_of(a), class_of(b)) if has_verdict else (None, None)
    beyond = abs(b - a) > allowed
    if beyond or classes[0] != classes[1]:
        change = _change(new, "class" if classes[0] != classes[1] else "value", quantity, a, b, moved=beyond)
        more = {"difference": b - a, "tolerance": allowed, "old_class": classes[0], "new_class": classes[1]}
        yield change | more


def _change(row: Row, change: str, quantity: str | None = None, old=None, new=None, *, moved: bool) -> Row:
    named = {name: row[name] for name in NAMES}
    said = {"change": change, "quantity": quantity, "old": old, "new": new, "moved": moved}
    return dict.fromkeys(COLUMNS) | named | said
