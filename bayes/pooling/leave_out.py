"""The evidence that a synthesis rests on: each trial, each kind of evidence and each adjustment left out in turn."""

from __future__ import annotations

from collections.abc import Iterable

from bayes.pooling.view import PooledView
from bayes.posterior.explanation import GroupLeftOutRow, KindLeftOutRow, LeftOutRow, MovedRow
from bayes.quadrature import SynthesisAnswer
from bayes.synthesis.adjustment import Adjustment

BARE = ("p_value", "significance")


def without_each_trial(view: PooledView, whole: SynthesisAnswer) -> list[LeftOutRow]:
    """Return one row per trial left out: mu, tau and a new trial from the others; none for a single trial.

    Parameters
    ----------
    view : View
    whole : SynthesisAnswer
        The answer from all reports, from which the moves are measured.

    Returns
    -------
    list of LeftOutRow
    """
    count = len(view.names)
    if count < 2:
        return []
    return [{"left_out": name, **_without(view, whole, [i])} for i, name in enumerate(view.names)]


def without_each_kind(view: PooledView, whole: SynthesisAnswer) -> list[KindLeftOutRow]:
    """Return one row per kind of evidence left out, with the number of its trials and how far mean and SD of mu move.

    Bare p-values and statements of significance are also left out together where both occur.

    Parameters
    ----------
    view, whole
        As in `without_each_trial`.
    """
    kinds: list[str] = [member.evidence.kind for member in view.analysis.members]
    groups = {kind: [i for i, k in enumerate(kinds) if k == kind] for kind in dict.fromkeys(kinds)}
    if all(kind in groups for kind in BARE):
        groups[" and ".join(BARE)] = sorted(i for kind in BARE for i in groups[kind])
    return [
        {"left_out": kind, "trials": len(where), **_without(view, whole, where)}
        for kind, where in groups.items()
        if len(where) < len(kinds)
    ]


def without_each_adjustment(view: PooledView, whole: SynthesisAnswer) -> list[GroupLeftOutRow]:
    """Return one row per group left out: adjusted, unadjusted and not stated; none unless they are, or may be, mixed.

    Parameters
    ----------
    view, whole
        As in `without_each_trial`.
    """
    found = Adjustment.of(view.analysis.target.measure, view.analysis.members)
    if not found.matters:
        return []
    return [
        {"left_out": group, "reports": found.named(group), "trials": len(where), **_without(view, whole, where)}
        for group, where in found.groups.items()
    ]


def _without(view: PooledView, whole: SynthesisAnswer, left_out: Iterable[int]) -> MovedRow:
    gone = set(left_out)
    answer = view.answer(i for i in range(len(view.names)) if i not in gone)
    return view.moved_row(answer, whole)
