"""Tables of adverse events: terms within body systems, with persons or events per arm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.measures import Measure
from bayes.base.written_numbers import Count, Percent, Positive
from bayes.errors import quoted
from bayes.paper.evidence.arms import Arm, ArmSizes, EventsInArm, PersonsInArm, by_arm
from bayes.paper.evidence.counts import Binary, Dispersion, Events
from bayes.paper.evidence.reported import Reported

MOST_ROWS = 5_000
TOTALS = ("any", "all", "total", "overall", "any event", "any adverse event", "all events", "all adverse events")


class ArmCount(Closed):
    """The number of persons with the event, or of events, in one arm."""

    persons: Count | None = None
    events: Count | None = None

    @check
    def _one_of_two(self) -> Iterator[str]:
        if (self.persons is None) == (self.events is None):
            found = "neither `persons` nor `events`" if self.persons is None else "both `persons` and `events`"
            yield f"found {found}; exactly one of them is required"

    @property
    def number(self) -> int:
        """The number, whichever of the two is counted."""
        return next(number for number in (self.persons, self.events) if number is not None)


class AdverseEvent(Closed):
    """A row of the table: a term within its body system (system organ class, `soc`).

    `n` are the patients at risk of it, if they are not those of the table.
    """

    soc: str
    term: str
    treatment: ArmCount
    control: ArmCount
    n: ArmSizes | None = None

    @property
    def name(self) -> str:
        return f"{self.soc}/{self.term}"


class ArmExposure(Closed):
    """The total person-time per arm."""

    treatment: Positive
    control: Positive


class AdverseEvents(Reported):
    """A safety table, whose rows all count persons (odds ratio) or all count events (rate ratio).

    A row for any event of a class counts the same patients as the rows of its terms: they are not independent.

    Attributes
    ----------
    n : ArmSizes
        Patients at risk.
    listed_above : Decimal, optional
        Percentage of the patients of an arm: events in at most so many of every arm are not in the table.
    """

    measures: ClassVar[tuple[Measure, ...]] = ("odds_ratio", "rate_ratio")
    kind: Literal["adverse_events"]
    n: ArmSizes
    rows: Annotated[tuple[AdverseEvent, ...], Field(min_length=1, max_length=MOST_ROWS)]
    exposure: ArmExposure | None = None
    per: str | None = None
    dispersion: Dispersion = "negative_binomial"
    listed_above: Annotated[Percent, Field(gt=0, lt=100)] | None = None

    @check
    def _one_table(self) -> Iterator[str]:
        for name, times in Counter(row.name for row in self.rows).items():
            if times > 1:
                yield f"row {quoted(name)} appears {times} times; each row must be unique"
        counted = {count.persons is not None for row in self.rows for count in by_arm(row).values()}
        if len(counted) > 1:
            yield "the table mixes persons and events; all rows must count the same"
        elif counted == {True}:
            for row in self.rows:
                for arm, n in by_arm(row.n or self.n).items():
                    if (found := by_arm(row)[arm].number) > n:
                        yield f"row {row.name!r}: {found} persons in {arm} exceed n = {n}"
            if self.exposure is not None or self.per is not None:
                yield "`exposure` and `per` are not available for a table of persons, only for one of events"

    @property
    def sizes(self) -> ArmSizes:
        return self.n

    @property
    def counts_persons(self) -> bool:
        return self.rows[0].treatment.persons is not None

    @property
    def body_systems(self) -> tuple[str, ...]:
        """The names of the body systems, in the order of the table."""
        return tuple(dict.fromkeys(row.soc for row in self.rows))

    @property
    def systems(self) -> tuple[int, ...]:
        """The index of each row's body system in `body_systems`."""
        at = {soc: i for i, soc in enumerate(self.body_systems)}
        return tuple(at[row.soc] for row in self.rows)

    @property
    def overlaps(self) -> tuple[str, ...]:
        """Descriptions of rows that overlap with others: a class with its terms, or all classes with one of them."""
        terms: dict[str, list[str]] = {}
        for row in self.rows:
            terms.setdefault(row.soc, []).append(row.term)
        within = [
            f"{soc}/{term} includes the events in the other rows of its class"
            for soc, beside in terms.items()
            for term in beside
            if len(beside) > 1 and _is_total(term)
        ]
        across = [f"{soc} includes the events in the other classes" for soc in terms if _is_total(soc)]
        return (*within, *(across if len(terms) > 1 else ()))

    def each(self) -> Iterator[tuple[str, Binary | Events]]:
        """Yield the name of every row and the row as separate evidence."""
        for row in self.rows:
            yield row.name, self._alone(row)

    def _alone(self, row: AdverseEvent) -> Binary | Events:
        def persons(arm: Arm) -> PersonsInArm:
            return PersonsInArm(events=by_arm(row)[arm].number, n=by_arm(row.n or self.n)[arm])

        def events(arm: Arm) -> EventsInArm:
            exposure = None if self.exposure is None else by_arm(self.exposure)[arm]
            return EventsInArm(events=by_arm(row)[arm].number, n=by_arm(row.n or self.n)[arm], exposure=exposure)

        if self.counts_persons:
            return Binary(kind="binary", treatment=persons("treatment"), control=persons("control"))
        return Events(
            kind="events",
            per=self.per,
            dispersion=self.dispersion,
            treatment=events("treatment"),
            control=events("control"),
        )

    def standard_error(self, measure: str) -> None:
        """Return None: each row has its own standard error."""
        return None

    def why_no_estimate(self, measure: str) -> str:
        return "a table of adverse events has an estimate for each row, but no overall estimate"


def _is_total(name: str) -> bool:
    return name.strip().casefold() in TOTALS
