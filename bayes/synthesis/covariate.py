"""The covariate of a meta-regression, which may explain why effects differ between trials."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.base.written_numbers import Printed


class Covariate(Closed):
    """The covariate of a meta-regression, with the prior of its slope.

    Attributes
    ----------
    label : str
        Name of the covariate, with its unit.
    values : tuple of Decimal
        A value for each outcome, in the order of `outcomes`.
    at : Decimal, optional
        Value at which mu is the effect; by default the mean over trials.
    distribution : str
        Prior of the slope, on the analysis scale per unit of the covariate.
    """

    label: str
    values: Annotated[tuple[Printed, ...], Field(min_length=2, max_length=2_000)]
    at: Printed | None = None
    distribution: Expression
    rationale: str
    source: str | None = None

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)

    @property
    def centred(self) -> list[float]:
        values = [float(v) for v in self.values]
        middle = sum(values) / len(values) if self.at is None else float(self.at)
        return [v - middle for v in values]

    @check
    def _makes_sense(self) -> Iterator[str]:
        if len(set(self.values)) == 1:
            yield "all values are equal; a regression requires at least two different values"
        if self.parsed.support != (-inf, inf) or self.parsed.spike:
            yield f"{self.parsed} is not a prior of the slope; accepted: one on the whole real line, as normal(0, 0.1)"
