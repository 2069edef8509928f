"""A table of adverse events: terms within body systems, persons or events per arm."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.written_numbers import Count, Positive
from bayes.paper.evidence.arms import ARMS, ArmSizes, EventsInArm, PersonsInArm
from bayes.paper.evidence.counts import Binary, Dispersion, Events

TOTALS = ("any", "all", "total", "overall", "any event", "any adverse event", "all events", "all adverse events")


class ArmCount(Closed):
    """Persons with the event, or events, in one arm."""

    persons: Count | None = None
    events: Count | None = None

    @check
    def _one_of_two(self) -> Iterator[str]:
        if (self.persons is None) == (self.events is None):
            yield "either `persons` or `events` is needed, not both"


class AdverseEvent(Closed):
    """One row: a term within its body system (system organ class)."""

    soc: str
    term: str
    treatment: ArmCount
    control: ArmCount

    @property
    def name(self) -> str:
        return f"{self.soc}/{self.term}"


class ArmExposure(Closed):
    """Total person-time per arm."""

    treatment: Positive
    control: Positive


class AdverseEvents(Closed):
    """Rows of one safety table: all persons (an odds ratio), or all events (a rate ratio).

    A row for any event of a class and the rows of its terms count the same patients: they are not independent.
    """

    measures: ClassVar = ("odds_ratio", "rate_ratio")
    kind: Literal["adverse_events"]
    n: ArmSizes
    rows: Annotated[tuple[AdverseEvent, ...], Field(min_length=1)]
    exposure: ArmExposure | None = None
    per: str | None = None
    dispersion: Dispersion = "negative_binomial"

    @check
    def _one_table(self) -> Iterator[str]:
        names = [row.name for row in self.rows]
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            yield f"row {name!r} stands there {names.count(name)} times"
        counted = {getattr(row, arm).persons is not None for row in self.rows for arm in ARMS}
        if len(counted) > 1:
            yield "all rows count persons, or all rows count events; this table mixes them"
        elif counted == {True}:
            for row in self.rows:
                for arm in ARMS:
                    if (found := getattr(row, arm).persons) > (n := getattr(self.n, arm)):
                        yield f"row {row.name!r}: {found} persons of {arm} among n = {n}"
            if self.exposure is not None or self.per is not None:
                yield "`exposure` and `per` belong to a table of events, not of persons"

    @property
    def counts_persons(self) -> bool:
        return self.rows[0].treatment.persons is not None

    @property
    def body_systems(self) -> tuple[str, ...]:
        """Names of the body systems, in the order of the table."""
        return tuple(dict.fromkeys(row.soc for row in self.rows))

    @property
    def systems(self) -> tuple[int, ...]:
        """Position of every row's body system among them."""
        return tuple(self.body_systems.index(row.soc) for row in self.rows)

    @property
    def overlaps(self) -> tuple[str, ...]:
        """Rows that count again what other rows count: a class beside its terms, all classes beside one of them."""
        terms: dict[str, list[str]] = {}
        for row in self.rows:
            terms.setdefault(row.soc, []).append(row.term)
        within = [
            f"{soc}/{term} counts again what the other rows of its class count"
            for soc, beside in terms.items()
            for term in beside
            if len(beside) > 1 and _is_total(term)
        ]
        across = [f"{soc} counts again what the other classes count" for soc in terms if _is_total(soc)]
        return (*within, *(across if len(terms) > 1 else ()))

    def each(self) -> Iterator[tuple[str, Binary | Events]]:
        """(name, evidence of its own) of every row."""
        for row in self.rows:
            yield row.name, self._alone(row)

    def _alone(self, row: AdverseEvent) -> Binary | Events:
        if self.counts_persons:
            arms = {a: PersonsInArm(events=getattr(row, a).persons, n=getattr(self.n, a)) for a in ARMS}
            return Binary(kind="binary", **arms)
        exposure = {a: self.exposure and getattr(self.exposure, a) for a in ARMS}
        arms = {a: EventsInArm(events=getattr(row, a).events, n=getattr(self.n, a), exposure=exposure[a]) for a in ARMS}
        return Events(kind="events", per=self.per, dispersion=self.dispersion, **arms)

    def standard_error(self, measure: str) -> None:
        """None: every row has its own."""
        return None

    def why_no_estimate(self, measure: str) -> str:
        return "a table of adverse events has an estimate per row, none of its own"

    def own_estimate(self, measure: str) -> None:
        """None: every row has its own."""
        return None


def _is_total(name: str) -> bool:
    return name.strip().casefold() in TOTALS
