"""Days alive and free of organ support, ventilator or hospital: the median of each arm with its quartiles."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import inf, log
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Count, Percent, Printed, Size
from bayes.errors import Mistake
from bayes.paper.evidence.arms import ArmSizes, by_arm, counts_of_percent, nearest_count
from bayes.paper.evidence.reported import Reported

LONGEST = 1000
"""The most days that are accepted as a maximum."""


class DaysInArm(Closed):
    """The median of n patients' days with its quartiles, and the patients with the worst rank (count or percentage)."""

    n: Annotated[Size, Field(ge=4)]
    median: Printed
    quartiles: tuple[Printed, Printed] | None = None
    at_floor: Count | None = None
    percent_at_floor: Percent | None = None

    @check
    def _says_enough(self) -> Iterator[str]:
        if self.quartiles is None and self.at_floor is None and self.percent_at_floor is None:
            yield "a median alone has no precision; add quartiles = [lower, upper], at_floor or percent_at_floor"

    @check
    def _possible(self) -> Iterator[str]:
        if self.at_floor is not None and self.at_floor > self.n:
            yield f"{self.at_floor} patients at the floor exceed n = {self.n}"
        numbers = [number for number, _ in self.ranked]
        if sorted(numbers) != numbers:
            yield f"{', '.join(map(str, numbers))}: the quartiles and the median must not fall"
        elif any(a == b != a.to_integral_value() for a, b in pairwise(numbers)):
            yield f"{', '.join(map(str, numbers))}: two quantiles cannot lie between the same two days"

    @property
    def ranked(self) -> list[tuple[Printed, float]]:
        """The printed quantiles, least first, with their ranks among n: (n + 1)/4, twice and thrice it."""
        printed = (self.median,) if self.quartiles is None else (self.quartiles[0], self.median, self.quartiles[1])
        quarters = (2,) if self.quartiles is None else (1, 2, 3)
        return [(number, k * (self.n + 1) / 4) for number, k in zip(printed, quarters, strict=True)]

    @property
    def at_floor_as_printed(self) -> str:
        """The count or the percentage of patients at the floor, with its digits; empty where neither is printed."""
        if self.at_floor is not None:
            return str(self.at_floor)
        return "" if self.percent_at_floor is None else f"{self.percent_at_floor:f}%"

    @property
    def possible(self) -> tuple[int, ...]:
        """The counts at the floor that the report allows, the likeliest first; none where it does not say."""
        if self.at_floor is not None:
            return (self.at_floor,)
        if self.percent_at_floor is None:
            return ()
        nearest = nearest_count(self.percent_at_floor, self.n)
        return tuple(dict.fromkeys((nearest, *counts_of_percent(self.percent_at_floor, self.n))))

    @property
    def count(self) -> int | None:
        """The patients at the floor; None where the report does not say how many they are."""
        return self.possible[0] if self.possible else None


class DaysFree(Reported):
    """Days alive and free of something bad, at most `maximum`, with `floor` as the value of the worst rank.

    The worst rank is death, as -1 or 0, and at 0 also whoever had no such day. A common odds ratio compares the odds of
    more days over the whole scale, the worst rank included.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("common_odds_ratio",)
    kind: Literal["days_free"]
    maximum: Annotated[Size, Field(ge=2, le=LONGEST)]
    floor: Annotated[int, Field(strict=True, ge=-1, le=0)]
    treatment: DaysInArm
    control: DaysInArm

    @check
    def _on_the_scale(self) -> Iterator[Mistake]:
        for name, arm in by_arm(self).items():
            beyond = [number for number, _ in arm.ranked if not self.floor <= number <= self.maximum]
            if beyond:
                said = f"{beyond[0]} lies outside the scale; accepted: {self.floor} to {self.maximum} days"
                yield Mistake(name, said)

    @check
    def _counts_agree(self) -> Iterator[Mistake]:
        """Find a count at the floor that a quantile contradicts by more than the one patient of a convention."""
        for name, arm in by_arm(self).items():
            if (count := arm.count) is None:
                continue
            for number, rank in arm.ranked:
                if number < self.floor + 1 and count <= rank - 1:
                    said = f"{count} of {arm.n} at the floor are too few for a quantile of {number}"
                elif number > self.floor and count >= rank + 1:
                    said = f"{count} of {arm.n} at the floor are too many for a quantile of {number}"
                else:
                    continue
                yield Mistake(name, f"{said}; its rank is {rank:g}")

    @property
    def sizes(self) -> ArmSizes:
        return ArmSizes(treatment=self.treatment.n, control=self.control.n)

    def standard_error(self, measure: str) -> None:
        """Return None: the quantiles imply no standard error in closed form."""
        return None

    def why_no_estimate(self, measure: str) -> str | None:
        for name, arm in by_arm(self).items():
            least, greatest = self.floor, self.maximum
            counted = arm.count is not None and 0 < arm.count < arm.n
            if not counted and all(number in (least, greatest) for number, _ in arm.ranked):
                return f"the {name} arm's quantiles lie at an end of the scale, which only bounds the effect"
        return None

    def informative(self, arm: DaysInArm) -> list[tuple[float, float]]:
        """Return the quantiles of an arm that the count at its floor does not imply, with their ranks above it.

        Parameters
        ----------
        arm : DaysInArm

        Returns
        -------
        list of (float, float)
            Days and rank among the patients above the floor, or among all where their number is not known.
        """
        below = arm.count or 0
        least = -inf if arm.count is None else 1.0
        return [(float(number), rank - below) for number, rank in arm.ranked if rank - below >= least]

    @property
    def zero_is_apart(self) -> bool:
        """Return whether patients alive without a single day rank above the worst, which has a value below 0."""
        return self.floor < 0

    @property
    def rough_shape(self) -> dict[str, float]:
        """Where a search or a sampler may start, by the names of `days_scale.SHAPE`.

        Above zero days the log odds of at most d days are taken to be linear in the log odds of their share of the
        range; both arms are read as one, and one in five of those above the worst rank is taken to have no day.
        """
        arms, none = list(by_arm(self).values()), 0.2 if self.zero_is_apart else 0.0
        shares = [self._rough_share(arm) for arm in arms]
        points = [
            (_logit((float(number) - 0.5) / self.maximum), _logit(((rank / arm.n - p) / (1 - p) - none) / (1 - none)))
            for arm, p in zip(arms, shares, strict=True)
            for number, rank in arm.ranked
            if 0 < number < self.maximum
        ] or [(0.0, 0.0)]
        x, y = (sum(column) / len(points) for column in zip(*points, strict=True))
        across = sum((a - x) ** 2 for a, _ in points)
        slope = sum((a - x) * (b - y) for a, b in points) / across if across > 0.1 else 1.0
        slope = min(max(slope, 0.4), 4.0)
        found = {"floor_log_odds": _logit(sum(shares) / 2), "mid_log_days": x - y / slope, "log_steepness": log(slope)}
        return found | ({"zero_log_odds": _logit(none)} if self.zero_is_apart else {})

    def _rough_share(self, arm: DaysInArm) -> float:
        """Return the share of an arm at the floor: as counted, or nearer the last quantile there than the next."""
        if arm.count is not None:
            return (arm.count + 0.5) / (arm.n + 1)
        at = max((rank for number, rank in arm.ranked if number == self.floor), default=0.0)
        beyond = min((rank for number, rank in arm.ranked if number > self.floor), default=float(arm.n))
        return (0.7 * at + 0.3 * beyond) / arm.n


def _logit(share: float) -> float:
    """Return the log odds of a share, which is kept away from 0 and 1."""
    inside = min(max(share, 0.02), 0.98)
    return log(inside / (1 - inside))
