"""Counts that are printed as bounds: "fewer than 5 in each arm", "at most 5% of the patients", "none to three"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from bayes.base.closed import Closed, check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Count, Percent, Size
from bayes.paper.evidence.arms import ArmSizes, by_arm
from bayes.paper.evidence.counts import Binary
from bayes.paper.evidence.reported import Reported

STATED = ("events", "at_most", "at_least", "at_most_percent")
ACCEPTED = "events, at_most, at_least (or at_least with at_most), or at_most_percent"


class CountWithin(Closed):
    """The number of persons with the event out of n, as a count or as the least and the greatest that it may be.

    `at_most_percent` is a share that the event did not exceed: the greatest count is the largest whole number that is
    at most this percentage of n, the percentage itself included. Where the share is printed as "fewer than 5%", and 5%
    of n is a whole number, `at_most` states one less.
    """

    n: Size
    events: Count | None = None
    at_most: Count | None = None
    at_least: Count | None = None
    at_most_percent: Percent | None = None

    @check
    def _stated_once(self) -> Iterator[str]:
        stated = tuple(name for name in STATED if getattr(self, name) is not None)
        if len(stated) != 1 and stated != ("at_most", "at_least"):
            yield f"{' and '.join(stated) or 'nothing'} stated; accepted: one of {ACCEPTED}"

    @check
    def _possible(self) -> Iterator[str]:
        for name in ("events", "at_most", "at_least"):
            count = getattr(self, name)
            if count is not None and count > self.n:
                yield f"{name} = {count} exceeds n = {self.n} persons"
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            yield f"at_least = {self.at_least} exceeds at_most = {self.at_most}; accepted: the lower bound first"

    @property
    def least(self) -> int:
        """The least number of persons with the event."""
        return self.events if self.events is not None else self.at_least or 0

    @property
    def most(self) -> int:
        """The greatest number of persons with the event."""
        if self.events is not None:
            return self.events
        if self.at_most is not None:
            return self.at_most
        return self.n if self.at_most_percent is None else int(self.at_most_percent * self.n / 100)

    @property
    def likeliest(self) -> int:
        """The count midway between the bounds, rounded up."""
        return (self.least + self.most + 1) // 2

    @property
    def said(self) -> str:
        """What is printed, in words: "at most 5% (10) of 200"."""
        if self.events is not None:
            words = f"{self.events}"
        elif self.at_most_percent is not None:
            words = f"at most {self.at_most_percent}% ({self.most})"
        elif self.at_least is None:
            words = f"at most {self.most}"
        else:
            words = f"at least {self.least}" if self.at_most is None else f"{self.least} to {self.most}"
        return f"{words} of {self.n}"

    @property
    def is_exact(self) -> bool:
        """Return whether a single count is possible."""
        return self.least == self.most

    @property
    def says_nothing(self) -> bool:
        """Return whether every count from none to all persons is possible."""
        return (self.least, self.most) == (0, self.n)


class CensoredCounts(Reported):
    """The number of persons with the event in each arm, of which that of one arm, or of both, is printed as a bound.

    Where a registry lists adverse events above a threshold, any other event occurred in at most this share of the
    patients of each arm.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("odds_ratio",)
    kind: Literal["censored_counts"]
    treatment: CountWithin
    control: CountWithin

    @check
    def _censored(self) -> Iterator[str]:
        arms = self.treatment, self.control
        if all(arm.is_exact for arm in arms):
            counts = " and ".join(f"{arm.least} of {arm.n}" for arm in arms)
            yield f'both counts are exact, {counts}; accepted: kind = "binary", with events and n'
        elif all(arm.says_nothing for arm in arms):
            yield "both arms may have any number of events: the bounds do not inform the comparison; omit the outcome"

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    def standard_error(self, measure: str) -> None:
        """Return None: the width of the likelihood has no closed form."""
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        """Return why the bounds do not determine an estimate; None if no arm may have been empty or full."""
        for name, arm in by_arm(self).items():
            if arm.least == 0 or arm.most == arm.n:
                who = "no patient" if arm.least == 0 else "every patient"
                return f"{who} in the {name} arm may have had the event: there is a bound, not an estimate"
        return None

    @property
    def midway(self) -> Binary:
        """The counts midway between their bounds, as if they were printed."""
        return _table(self.treatment, self.treatment.likeliest, self.control, self.control.likeliest)

    @property
    def at_the_ends(self) -> Iterator[tuple[str, Binary]]:
        """The counts of both arms at their least or greatest, each with the words for it, as if they were printed."""
        t, c = self.treatment, self.control
        for x, y in dict.fromkeys((x, y) for x in (t.least, t.most) for y in (c.least, c.most)):
            yield f"{x} v {y} events", _table(t, x, c, y)


def _table(treatment: CountWithin, x: int, control: CountWithin, y: int) -> Binary:
    """Return the counts x and y of two arms as evidence."""
    arms = {"treatment": {"events": x, "n": treatment.n}, "control": {"events": y, "n": control.n}}
    return Binary.model_validate({"kind": "binary", **arms})
