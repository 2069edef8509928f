"""Priors of what a likelihood estimates beside the effect: baselines, dispersion and the like."""

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
    """A distribution with its reasons; `FAMILIES` are those that make sense in its place (any, if none is named)."""

    FAMILIES: ClassVar[tuple[str, ...]] = ()
    distribution: Expression
    rationale: str | None = None
    source: str | None = None

    @check
    def _accepted(self) -> Iterator[Mistake]:
        name = self.parsed.name
        if self.FAMILIES and name not in self.FAMILIES:
            accepted = " or ".join(SIGNATURE[family] for family in self.FAMILIES)
            yield Mistake("distribution", f"accepted here: {accepted}; found {name}")

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)


class RealLine(Stated):
    """A prior of an unbounded nuisance parameter."""

    FAMILIES = ("normal", "student_t")


class CategoryShares(Stated):
    """A prior of an ordinal scale's shares, or of each of its cutpoints (independent but for their order)."""

    FAMILIES = ("dirichlet", "normal", "student_t")


class Departure(Stated):
    """A prior of the departure from proportional odds."""

    FAMILIES = ("normal",)


class UnitInterval(Stated):
    """A prior of a share."""

    FAMILIES = ("beta",)


class Baselines(Closed):
    """Priors of the baseline by evidence kind, midway between the arms or, as in R's packages, in the control arm."""

    at: Literal["midpoint", "control"] = "midpoint"
    binary: RealLine = RealLine(distribution="normal(0, 2.5)")
    events: RealLine = RealLine(distribution="normal(0, 2.5)")
    ordinal: CategoryShares | None = None


@dataclass(frozen=True)
class Nuisance:
    """Priors of what a likelihood estimates beside the effect, as distributions.

    Attributes
    ----------
    binary, events : of the logit risk and the log rate of the baseline
    ordinal : of the category shares or of the cutpoints; None is the default Dirichlet (METHODS 0)
    dispersion : of the log of the negative-binomial size
    departure : of the departure from proportional odds, on the log scale
    never : of the share of persons who never have an event (zero inflation)
    spread : of the log of the standard deviation of log rates between persons (Poisson-lognormal)
    at : where the baseline sits
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
    def lean(self) -> float:
        """How far from the midpoint towards the control arm the baseline sits, in effects: 0 or 1/2."""
        return 0.0 if self.at == "midpoint" else 0.5
