"""The comparison of two results folders: which conclusions moved by more than Monte Carlo error.

For every posterior in both folders, the probabilities and the median are compared. Monte Carlo standard errors combine
as the root of the sum of squares; a difference exceeds Monte Carlo error if it is more than four combined standard
errors or, where more than 15 numbers are compared, more than the bound that keeps the probability of any false alarm at
0.1% (`agreement`): 4.4 for a hundred, 5.5 for ten thousand. With n the smaller of the bulk and tail effective sample
sizes, the standard errors are

    P                   the stored mcse_* of that probability; if the summary lacks it,
                        sqrt(q (1 - q) / n) with q = (n P + 1) / (n + 2), which is never zero
    median              1.2533 sd / sqrt(n_bulk), with sd the width of the 95% credible interval / 3.92

The last holds for a normal posterior; it is too small for a median that lies between two well-separated modes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from math import hypot
from typing import Literal, TypedDict, get_args

import pandas as pd

from bayes.posterior.monte_carlo import Quantity, standard_error
from bayes.posterior.row import SummaryRow
from bayes.posterior.verdict import class_of
from bayes.results.agreement import bound_of
from bayes.results.summary_file import by_identity, read_rows

LEAST = 4.0  # combined Monte Carlo standard errors that are allowed, however few numbers are compared
QUANTITIES: tuple[Quantity, ...] = ("p_benefit", "p_mcid", "p_harm", "median")
PROBABILITIES = QUANTITIES[:-1]
Stated = Literal[
    "measure", "benefit", "mcid", "prior_distribution", "heterogeneity_distribution", "likelihood", "evidence"
]
STATED: tuple[Stated, ...] = get_args(Stated)
OTHER_QUESTION: tuple[Stated, ...] = (
    "measure",
    "benefit",
)  # numbers on different measures or in different directions are not comparable
Value = str | float | None
Kind = Literal["only in old", "only in new", "status", "stated", "value", "class"]


class Change(TypedDict):
    """One number or input of one parameter that differs between two folders."""

    trial: str
    outcome: str
    parameter: str
    model: str
    prior: str
    heterogeneity: str | None
    selection_omega: float | None
    change: Kind
    quantity: str | None
    old: Value
    new: Value
    difference: float | None
    tolerance: float | None  # as many combined Monte Carlo standard errors as are allowed
    old_class: str | None  # improbable, uncertain or probable
    new_class: str | None
    moved: bool  # beyond Monte Carlo error


COLUMNS = tuple(Change.__annotations__)


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> pd.DataFrame:
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


def differences(old: Sequence[SummaryRow], new: Sequence[SummaryRow]) -> Iterator[Change]:
    """Yield the rows of `diff` from the rows of two summaries; missing values are None."""
    before, after = by_identity(old), by_identity(new)
    pairs = [(before[identity], after[identity]) for identity in before.keys() & after.keys()]
    compared = sum(None not in (one[name], other[name]) for one, other in pairs for name in QUANTITIES)
    errors = max(LEAST, bound_of(compared))
    for identity in dict.fromkeys([*after, *before]):
        if identity not in after:
            yield _change(before[identity], "only in old", moved=True)
        elif identity not in before:
            yield _change(after[identity], "only in new", moved=True)
        else:
            yield from _compared(before[identity], after[identity], errors)


def tolerance(one: SummaryRow, other: SummaryRow, quantity: Quantity, errors: float = LEAST) -> float:
    """Return so many combined Monte Carlo standard errors; 0 if neither row records its number of draws."""
    return errors * hypot(standard_error(one, quantity), standard_error(other, quantity))


def _compared(old: SummaryRow, new: SummaryRow, errors: float) -> Iterator[Change]:
    if old["status"] != new["status"]:
        yield _change(new, "status", "status", old["status"], new["status"], moved=True)
    for name in STATED:
        if old[name] != new[name]:
            yield _change(new, "stated", name, old[name], new[name], moved=name in OTHER_QUESTION)
    if any(old[name] != new[name] for name in OTHER_QUESTION):
        return
    for quantity in QUANTITIES:
        a, b = old[quantity], new[quantity]
        if (a is None) != (b is None):
            yield _change(new, "value", quantity, a, b, moved=True)
        elif a is not None and b is not None:
            yield from _moved(old, new, quantity, (a, b), tolerance(old, new, quantity, errors))


def _moved(
    old: SummaryRow, new: SummaryRow, quantity: Quantity, values: tuple[float, float], allowed: float
) -> Iterator[Change]:
    a, b = values
    has_verdict = quantity in PROBABILITIES and old["mcid"] is not None and new["mcid"] is not None
    classes = (class_of(a), class_of(b)) if has_verdict else (None, None)
    beyond = abs(b - a) > allowed
    if beyond or classes[0] != classes[1]:
        change = _change(new, "class" if classes[0] != classes[1] else "value", quantity, a, b, moved=beyond)
        change.update({"difference": b - a, "tolerance": allowed, "old_class": classes[0], "new_class": classes[1]})
        yield change


def _change(
    row: SummaryRow,
    change: Kind,
    quantity: str | None = None,
    old: Value = None,
    new: Value = None,
    *,
    moved: bool,
) -> Change:
    return {
        "trial": row["trial"],
        "outcome": row["outcome"],
        "parameter": row["parameter"],
        "model": row["model"],
        "prior": row["prior"],
        "heterogeneity": row["heterogeneity"],
        "selection_omega": row["selection_omega"],
        "change": change,
        "quantity": quantity,
        "old": old,
        "new": new,
        "difference": None,
        "tolerance": None,
        "old_class": None,
        "new_class": None,
        "moved": moved,
    }
