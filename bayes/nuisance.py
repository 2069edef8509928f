"""Priors of what a likelihood estimates beside the effect: baselines, dispersion and the like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import model_validator

from bayes.distributions import Distribution, parse
from bayes.reading import Closed


class Stated(Closed):
    """A distribution with its reasons."""

    distribution: str
    rationale: str | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _readable(self):
        parse(self.distribution)
        return self

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)


class RealLine(Stated):
    """A prior of an unbounded nuisance parameter: normal or Student-t."""

    @model_validator(mode="after")
    def _unbounded(self):
        if (name := self.parsed.name) not in ("normal", "student_t"):
            raise ValueError(f"accepted here: normal(mean, sd) or student_t(df, mean, scale); found {name}")
        return self


class CategoryShares(Stated):
    """A prior of an ordinal scale's shares, or of each of its cutpoints (independent but for their order)."""

    @model_validator(mode="after")
    def _shares(self):
        if (name := self.parsed.name) not in ("dirichlet", "normal", "student_t"):
            raise ValueError(
                "accepted here: dirichlet(concentration) of the shares, or normal(mean, sd) or "
                f"student_t(df, mean, scale) of every cutpoint; found {name}"
            )
        return self


class Departure(Stated):
    """A prior of the departure from proportional odds: normal."""

    @model_validator(mode="after")
    def _normal(self):
        if (name := self.parsed.name) != "normal":
            raise ValueError(f"accepted here: normal(mean, sd); found {name}")
        return self


class UnitInterval(Stated):
    """A prior of a share: beta."""

    @model_validator(mode="after")
    def _inside(self):
        if (name := self.parsed.name) != "beta":
            raise ValueError(f"accepted here: beta(a, b); found {name}")
        return self


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
