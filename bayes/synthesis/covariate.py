"""The covariate of a meta-regression: one number per trial that may explain why effects differ."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Annotated

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.base.written_numbers import Printed


class Covariate(Closed):
    """One number per trial that may explain why effects differ, and the prior of its slope.

    `values` stand in the order of `outcomes`; the slope is per unit, on the analysis scale; mu is the effect at `at`
    (by default the trials' mean).
    """

    label: str
    values: Annotated[tuple[Printed, ...], Field(min_length=2)]
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
            yield "every trial has the same value: there is nothing to regress on"
        if self.parsed.support != (-inf, inf) or self.parsed.spike:
            yield "the slope needs a prior on the whole real line, such as normal(0, 0.1)"
