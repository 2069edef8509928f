"""Bayesian fragility: the fewest events that would have to move between the arms for a verdict to change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from math import ceil
from typing import TypedDict

import pandas as pd

from bayes import quadrature
from bayes.base.measures import normal_quantile
from bayes.paper.evidence.arms import EventsInArm, PersonsInArm
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import TARGETS, Subject, Target

NOT_COUNTS = "not defined: the report is not a count of events per arm"


class FragilityRow(TypedDict):
    """The fewest events whose move makes P(benefit) cross one target."""

    target: float  # the probability of benefit to be crossed
    events: int | None  # how many events move; None if no number is enough
    towards: str | None  # the arm to which they move: "treatment" or "control"
    p_benefit: float | None  # P(better than no effect) as reported
    p_after: float | None  # the same once they have moved
    reason: str  # the result in words, or why there is none


@dataclass(frozen=True)
class _Counts:
    """A subject whose report counts events per arm, with P(benefit) by the number moved from control to treatment."""

    subject: Subject
    outcome: Outcome
    evidence: Binary | Events

    @cached_property
    def p_benefit(self) -> Callable[[int], float]:
        """P(benefit) after moving so many events, each computed once."""
        return cache(self._after)

    def _after(self, moved: int) -> float:
        arms = {"treatment": _arm(self.evidence.treatment, moved), "control": _arm(self.evidence.control, -moved)}
        changed = self.outcome.model_copy(update={"evidence": self.evidence.model_copy(update=arms)})
        analysis = self.subject.analysis
        curve = quadrature.curve(changed, analysis.nuisance, analysis.likelihoods[0], like=self.subject.curve)
        return self.subject.probabilities_of_curve(curve)["p_benefit"]


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


def fragility_rows(subject: Subject, targets: Sequence[float] = TARGETS) -> list[FragilityRow]:
    """List the rows of `fragility` for a subject."""
    match subject.target:
        case Outcome(evidence=Binary() | Events() as evidence) as outcome:
            counts = _Counts(subject, outcome, evidence)
        case _:
            return [_row(c, None, None, None, None, NOT_COUNTS) for c in targets]
    counts.p_benefit(0)
    return [_one(counts, target) for target in targets]


def _one(counts: _Counts, target: float) -> FragilityRow:
    sign, p, evidence = counts.subject.sign, counts.p_benefit, counts.evidence
    before = p(0)
    # more events in the treatment arm are good if a higher effect is
    step = sign if before < target else -sign
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


def _movable(giver: PersonsInArm | EventsInArm, taker: PersonsInArm | EventsInArm) -> int:
    """Return how many events the giving arm has and the taking arm has room for."""
    match giver, taker:
        case PersonsInArm(), PersonsInArm():
            return min(giver.events, taker.n - taker.events)
        case EventsInArm(persons=int(persons)), EventsInArm(persons=int(others), n=int(n)):
            left = 1 if giver.events > persons else 0  # the events that stay need at least one person
            return max(0, min(persons - left, n - others))
    return giver.events


def _arm(arm: PersonsInArm | EventsInArm, by: int) -> PersonsInArm | EventsInArm:
    """Return the arm with `by` more events and, if persons were printed, as many more persons."""
    more = {"events": arm.events + by}
    if isinstance(arm, EventsInArm) and arm.persons is not None:
        more["persons"] = arm.persons + by
    return arm.model_copy(update=more)


def _row(
    target: float, events: int | None, towards: str | None, before: float | None, after: float | None, reason: str
) -> FragilityRow:
    return {
        "target": target, "events": events, "towards": towards, "p_benefit": before, "p_after": after, "reason": reason
    }  # fmt: skip
