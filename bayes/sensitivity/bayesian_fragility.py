"""Bayesian fragility: the fewest events that would have to move between the arms for a verdict to change."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from math import ceil
from typing import Any

import pandas as pd

from bayes import quadrature
from bayes.base.measures import normal_quantile
from bayes.paper.evidence.arms import PersonsInArm
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import TARGETS, Row, Subject, Target

NOT_COUNTS = "not defined: the report is not a count of events per arm"


def fragility(
    target: Target,
    targets: Sequence[float] = TARGETS,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Find the fewest events to move from one arm to the other for P(benefit) to cross each target (METHODS 6).

    Moving events changes neither the sizes of the arms nor the total. If `persons` are printed, each event moves
    together with one person. The main prior applies throughout.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    targets : sequence of float
        Probabilities of benefit, between 0 and 1.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `target`: `events` (empty if no number of events is enough), `towards` (the arm to which they move),
        `p_benefit` as reported, `p_after` once they have moved, and `reason`, the result in words.
    """
    return pd.DataFrame(fragility_rows(Subject.of(target, prior, prior_set, priors), targets))


def fragility_rows(subject: Subject, targets: Sequence[float] = TARGETS) -> list[Row]:
    """List the rows of `fragility` for a subject."""
    if subject.is_synthesis or subject.target.evidence.kind not in ("binary", "events"):
        return [_row(c, None, None, None, None, NOT_COUNTS) for c in targets]

    @cache
    def p(moved: int) -> float:
        return _p_benefit(subject, moved)

    p(0)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # array arithmetic leaves Python free for another thread
        return list(pool.map(lambda target: _one(subject, target, p), targets))


def _one(subject: Subject, target: float, p: Callable[[int], float]) -> Row:
    before = p(0)
    # more events in the treatment arm are good if a higher effect is
    step = subject.sign if before < target else -subject.sign
    evidence = subject.target.evidence
    giver, taker = (evidence.control, evidence.treatment) if step > 0 else (evidence.treatment, evidence.control)
    most = _movable(giver, taker)
    if not most:
        return _row(target, None, None, before, None, "never: no event is left to move that way")
    if (p(step * most) >= target) == (before >= target):
        way = "above" if before >= target else "below"
        return _row(target, None, None, before, None, f"never: {way} the target however many of {most} events move")
    moved = _fewest(lambda k: p(step * k), target, most)
    arm, said = "treatment" if step > 0 else "control", "lose" if before >= target else "reach"
    events = "event" if moved == 1 else "events"
    reason = f"moving {moved} {events} to {arm} would {said} {target:g}"
    return _row(target, moved, arm, before, p(step * moved), reason)


def _fewest(p: Callable[[int], float], target: float, most: int) -> int:
    """Return the smallest move that crosses the target, as `most` does; nearly linear probits keep the search short."""
    crossed = p(0) < target

    def probit(k: int) -> float:
        return normal_quantile(min(max(p(k), 1e-12), 1 - 1e-12)) - normal_quantile(target)

    low, high, guess = 0, most, max(1, most // 8)
    while high - low > 1:
        guess = min(max(guess, low + 1), high - 1)
        slope = (probit(guess) - probit(0)) / guess
        low, high = (low, guess) if (p(guess) >= target) == crossed else (guess, high)
        root = ceil(guess - probit(guess) / slope) if slope else (low + high) // 2
        guess = root if low < root < high else root - 1 if root == high else low + 1
    return high


def _movable(giver: Any, taker: Any) -> int:
    """Return how many events the giving arm has and the taking arm has room for."""
    persons = getattr(giver, "persons", None)
    if persons is not None:
        left = 1 if giver.events > persons else 0  # the events that stay need at least one person
        return max(0, min(persons - left, taker.n - taker.persons))
    return min(giver.events, taker.n - taker.events) if isinstance(giver, PersonsInArm) else giver.events


def _p_benefit(subject: Subject, moved: int) -> float:
    """Return P(benefit) after moving `moved` events from control to treatment."""
    outcome = subject.target
    arms = {
        "treatment": _arm(outcome.evidence.treatment, moved),
        "control": _arm(outcome.evidence.control, -moved),
    }
    evidence = outcome.evidence.model_copy(update=arms)
    changed = outcome.model_copy(update={"evidence": evidence})
    analysis = subject.analysis
    curve = quadrature.curve(changed, analysis.nuisance, analysis.likelihoods[0], like=subject.curve)
    return subject.probabilities_of_curve(curve)["p_benefit"]


def _arm(arm: Any, by: int) -> Any:
    """Return the arm with `by` more events and, if persons were printed, as many more persons."""
    persons = getattr(arm, "persons", None)
    more = {} if persons is None else {"persons": persons + by}
    return arm.model_copy(update={"events": arm.events + by, **more})


def _row(target, events, towards, before, after, reason) -> Row:
    return {
        "target": target, "events": events, "towards": towards, "p_benefit": before, "p_after": after, "reason": reason
    }  # fmt: skip
