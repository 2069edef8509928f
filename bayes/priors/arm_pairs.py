"""Independent priors of the two arms, from which the measure follows: betas of risks, gammas of Poisson rates.

An arm's prior is written as an expression, or rests on historical arms (`rule = "map"`). Forming the latter is an
integral that belongs to the sampler's side: here it is only read, and `bayes.borrowing.map_prior` forms it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Tag

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.base.written_numbers import Level
from bayes.errors import Mistake, NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence.arms import PersonsInArm
from bayes.paper.trial import Outcome
from bayes.priors.scale_guard import heterogeneity_problem

FAMILY = {"binary": "beta", "events": "gamma"}
REAL = {"normal", "student_t"}


class HistoricalArm(PersonsInArm):
    """Persons with the event in one arm of an earlier trial."""

    source: str | None = None


class HistoricalArms(Closed):
    """A risk believed from earlier arms: the predictive distribution of a new one, with a vague part if `robust`."""

    rule: Literal["map"]
    historical: tuple[HistoricalArm, ...]
    location: Expression = "normal(0, 2)"
    heterogeneity: Expression = "half_normal(1)"
    robust: Level | None = None
    rationale: str | None = None

    def __str__(self) -> str:
        return f"{len(self.historical)} historical arm{'' if len(self.historical) == 1 else 's'}"

    @property
    def counts(self) -> tuple[tuple[int, int], ...]:
        """(events, persons) of every arm."""
        return tuple((arm.events, arm.n) for arm in self.historical)

    @property
    def weight(self) -> float | None:
        """Weight of the vague component."""
        return None if self.robust is None else float(self.robust)

    @check
    def _priors(self) -> Iterator[str | Mistake]:
        if not self.historical:
            yield Mistake("historical", "at least one arm is needed, { events, n }")
        location = parse(self.location)
        if location.spike or {d.name for _, d in location.components} - REAL:
            yield Mistake("location", f"a mean log odds needs normal or student_t, or mixtures; found {location}")
        if problem := heterogeneity_problem(parse(self.heterogeneity)):
            yield Mistake("heterogeneity", problem)


def _table_or_text(value: Any) -> str:
    return "table" if isinstance(value, dict | HistoricalArms) else "str"


Written = Annotated[
    Annotated[Expression, Tag("str")] | Annotated[HistoricalArms, Tag("table")], Discriminator(_table_or_text)
]


class ArmPrior(Closed):
    """One prior per arm, of the risk itself (beta) or of the rate itself (gamma), or mixtures of them."""

    treatment: Written
    control: Written
    rationale: str | None = None
    source: str | None = None

    @property
    def when(self) -> str:
        """Always a row, with the reason where it cannot be formed."""
        return "always"

    @property
    def pair(self) -> ArmPair:
        """Both arms as read: what rests on historical arms is not formed yet."""
        return ArmPair(*(parse(prior) if isinstance(prior, str) else prior for prior in (self.treatment, self.control)))

    @check
    def _one_family(self) -> Iterator[str]:
        names = {name for arm in self.pair.arms for name in _families(arm)}
        if names not in ({"beta"}, {"gamma"}):
            yield (
                "arm priors are beta(a, b) of both risks or gamma(shape, rate) of both rates, or mixtures; "
                f"found {', '.join(sorted(names))}"
            )


def _families(arm: Distribution | HistoricalArms) -> set[str]:
    return {"beta"} if isinstance(arm, HistoricalArms) else {part.name for _, part in arm.components}


@dataclass(frozen=True)
class ArmPair:
    """Independent distributions of a parameter of the treatment and of the control arm, on its own scale."""

    treatment: Distribution | HistoricalArms
    control: Distribution | HistoricalArms

    def __str__(self) -> str:
        return f"treatment {self.treatment}, control {self.control}"

    @property
    def family(self) -> str:
        return min(_families(self.treatment))

    @property
    def waiting(self) -> bool:
        """Whether an arm rests on historical ones and is still to be formed (`bayes.borrowing.map_prior.form_arms`)."""
        return any(isinstance(arm, HistoricalArms) for arm in self.arms)

    @property
    def arms(self) -> tuple[Distribution | HistoricalArms, Distribution | HistoricalArms]:
        return self.treatment, self.control

    def symmetric_about(self, centre: float) -> bool:
        """Whether the effect they imply is symmetric about no effect: where the arms are alike."""
        return centre == 0 and self.treatment == self.control


def form(prior: ArmPrior, endpoint: Endpoint) -> ArmPair:
    """The arms' priors for an outcome, as read.

    Raises
    ------
    NotFormable
        With the reason, where the evidence is not one of two arms that these priors describe.
    """
    pair = prior.pair
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if evidence is None or FAMILY.get(evidence.kind) != pair.family:
        wanted = {"beta": "binary evidence", "gamma": 'events with dispersion = "poisson"'}[pair.family]
        raise NotFormable(f"{pair.family} priors of the arms are for {wanted}")
    if evidence.kind == "events" and evidence.dispersion != "poisson":
        raise NotFormable('gamma priors of the arms are for events with dispersion = "poisson"')
    return pair
