"""Priors of nuisance parameters: baselines, over-dispersion and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.errors import Mistake

SIGNATURE = {
    "normal": "normal(mean, sd)",
    "student_t": "student_t(df, mean, scale)",
    "dirichlet": "dirichlet(concentration)",
    "beta": "beta(a, b)",
}


class Stated(Closed):
    """A distribution with its reasons; `FAMILIES` lists the accepted families (all if empty)."""

    FAMILIES: ClassVar[tuple[str, ...]] = ()
    distribution: Expression
    rationale: str | None = None
    source: str | None = None

    @check
    def _accepted(self) -> Iterator[Mistake]:
        name = self.parsed.name
        if self.FAMILIES and name not in self.FAMILIES:
            accepted = " or ".join(SIGNATURE[family] for family in self.FAMILIES)
            yield Mistake("distribution", f"found {name}; accepted: {accepted}")

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)


class RealLine(Stated):
    """A prior of an unbounded nuisance parameter."""

    FAMILIES = ("normal", "student_t")


class CategoryShares(Stated):
    """A prior of the category probabilities of an ordinal scale, or of its cutpoints (independent except for order)."""

    FAMILIES = ("dirichlet", "normal", "student_t")


class Departure(Stated):
    """A prior of the departure from proportional odds."""

    FAMILIES = ("normal",)


class UnitInterval(Stated):
    """A prior of a probability."""

    FAMILIES = ("beta",)


class Baselines(Closed):
    """Priors of the baseline by evidence kind, which is midway between the arms or in the control arm.

    Attributes
    ----------
    at : {"midpoint", "control"}
        Position of the baseline; R packages put it in the control arm.
    binary : RealLine
        Prior of the logit of the risk.
    events : RealLine
        Prior of the log rate per average follow-up of a participant.
    ordinal : CategoryShares, optional
        Prior of category probabilities or of cutpoints; by default a Dirichlet (METHODS 0).
    """

    at: Literal["midpoint", "control"] = "midpoint"
    binary: RealLine = RealLine(distribution="normal(0, 2.5)")
    events: RealLine = RealLine(distribution="normal(0, 2.5)")
    ordinal: CategoryShares | None = None


@dataclass(frozen=True)
class Nuisance:
    """The priors of nuisance parameters, as distributions.

    Attributes
    ----------
    binary, events : Distribution
        Of the logit of the baseline risk, and of the log of the baseline rate.
    ordinal : Distribution or None
        Of category probabilities or cutpoints; None for the default Dirichlet (METHODS 0).
    dispersion : Distribution
        Of the log of the negative binomial size (over-dispersion).
    departure : Distribution
        Of the departure from proportional odds, on the log scale.
    never : Distribution
        Of the proportion of persons who never have an event (zero inflation).
    spread : Distribution
        Of the log of the standard deviation of log rates between persons (Poisson-lognormal).
    at : {"midpoint", "control"}
        Position of the baseline.
    """

    binary: Distribution
    events: Distribution
    ordinal: Distribution | None
    dispersion: Distribution
    departure: Distribution
    never: Distribution
    spread: Distribution
    at: Literal["midpoint", "control"] = "midpoint"

    @property
    def baseline_offset(self) -> float:
        """The distance of the baseline from the midpoint towards the control arm, in effects: 0 or 1/2."""
        return 0.0 if self.at == "midpoint" else 0.5
