"""Independent priors of the two arms, which imply that of the effect: betas for risks, gammas for Poisson rates.

The prior of an arm is written as an expression, or based on historical arms (`rule = "map"`). The latter is only read
here; `bayes.borrowing.map_prior` forms it, by integration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Discriminator, Tag

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.base.written_numbers import Level
from bayes.errors import Mistake, NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence import Binary, Events
from bayes.paper.evidence.arms import PersonsInArm
from bayes.paper.trial import Outcome
from bayes.priors.scale_guard import heterogeneity_problem

REAL = {"normal", "student_t"}


class HistoricalArm(PersonsInArm):
    """The number of persons with the event in one arm of an earlier trial."""

    source: str | None = None


class HistoricalArms(Closed):
    """A prior of a risk from historical arms: the meta-analytic predictive distribution of a new arm.

    Attributes
    ----------
    historical : tuple of HistoricalArm
        Persons with the event in earlier arms.
    location, heterogeneity : str
        Priors of the mean log odds and of the standard deviation between arms, on the log odds scale.
    robust : Decimal, optional
        Weight of a vague component, between 0 and 1.
    """

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
        """The events and persons of every arm."""
        return tuple((arm.events, arm.n) for arm in self.historical)

    @property
    def weight(self) -> float | None:
        """The weight of the vague component, or None without one."""
        return None if self.robust is None else float(self.robust)

    @check
    def _priors(self) -> Iterator[str | Mistake]:
        if not self.historical:
            yield Mistake("historical", "no arms are stated; at least one is required: { events, n }")
        location = parse(self.location)
        if location.spike or {d.name for _, d in location.components} - REAL:
            said = f"{location} is not a prior of a mean log odds; accepted: normal, student_t, or mixtures of them"
            yield Mistake("location", said)
        if problem := heterogeneity_problem(parse(self.heterogeneity)):
            yield Mistake("heterogeneity", problem)


def _table_or_text(value: object) -> str:
    return "table" if isinstance(value, dict | HistoricalArms) else "str"


Written = Annotated[
    Annotated[Expression, Tag("str")] | Annotated[HistoricalArms, Tag("table")], Discriminator(_table_or_text)
]


class ArmPrior(Closed):
    """A prior of each arm: beta for its risk, gamma for its rate, or mixtures of these."""

    treatment: Written
    control: Written
    rationale: str | None = None
    source: str | None = None

    @property
    def when(self) -> str:
        """When the prior has a row in the results: always, with the reason if it cannot be formed."""
        return "always"

    @property
    def pair(self) -> ArmPair:
        """The priors of both arms as read; one based on historical arms is not formed yet."""
        return ArmPair(*(parse(prior) if isinstance(prior, str) else prior for prior in (self.treatment, self.control)))

    @check
    def _one_family(self) -> Iterator[str]:
        names = {name for arm in self.pair.arms for name in _families(arm)}
        if names not in ({"beta"}, {"gamma"}):
            yield (
                f"found {', '.join(sorted(names))}; accepted: beta(a, b) for both risks, gamma(shape, rate) for both "
                "rates, or mixtures of them"
            )


def _families(arm: Distribution | HistoricalArms) -> set[str]:
    return {"beta"} if isinstance(arm, HistoricalArms) else {part.name for _, part in arm.components}


@dataclass(frozen=True)
class ArmPair:
    """Independent distributions of the risk, or of the rate, in the treatment and the control arm."""

    treatment: Distribution | HistoricalArms
    control: Distribution | HistoricalArms

    def __str__(self) -> str:
        return f"treatment {self.treatment}, control {self.control}"

    @property
    def family(self) -> str:
        return min(_families(self.treatment))

    @property
    def needs_forming(self) -> bool:
        """Return whether an arm is based on historical arms and must be formed (`map_prior.form_arms`)."""
        return any(isinstance(arm, HistoricalArms) for arm in self.arms)

    @property
    def arms(self) -> tuple[Distribution | HistoricalArms, Distribution | HistoricalArms]:
        return self.treatment, self.control

    @property
    def formed(self) -> tuple[Distribution, Distribution]:
        """The distributions of the treatment and the control arm; a TypeError while an arm still needs forming."""
        if isinstance(self.treatment, HistoricalArms) or isinstance(self.control, HistoricalArms):
            raise TypeError("an arm of this pair is based on historical arms and has not been formed")
        return self.treatment, self.control

    def symmetric_about(self, centre: float) -> bool:
        """Return whether the implied effect is symmetric about no effect, as it is if both arms have the same prior."""
        return centre == 0 and self.treatment == self.control


def form(prior: ArmPrior, endpoint: Endpoint) -> ArmPair:
    """Return the priors of both arms for an outcome, as read.

    Parameters
    ----------
    prior : ArmPrior
    endpoint : Endpoint
        An outcome, or a synthesis, for which arm priors are not available.

    Returns
    -------
    ArmPair

    Raises
    ------
    NotFormable
        If the evidence does not have the parameters that these priors describe.
    """
    pair = prior.pair
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if pair.family == "beta" and not isinstance(evidence, Binary):
        raise NotFormable("beta priors of the arms require binary evidence")
    if pair.family == "gamma" and not (isinstance(evidence, Events) and evidence.dispersion == "poisson"):
        raise NotFormable('gamma priors of the arms require events with dispersion = "poisson"')
    return pair
