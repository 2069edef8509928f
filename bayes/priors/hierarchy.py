"""Priors of the adverse-event hierarchy: terms within body systems, every hyperprior as data (Berry and Berry 2004)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.distributions import POSITIVE_LINE, Distribution, Expression, number, parse
from bayes.base.written_numbers import Printed
from bayes.errors import Mistake, NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.paper.trial import Outcome

LOCATION = ("normal", "student_t")
Threshold = Annotated[Printed, Field(gt=0, lt=1)]


class HierarchyPrior(Closed):
    """A hierarchy as a prior set states it; the defaults are those of Berry and Berry as the R package c212 has them.

    Attributes
    ----------
    location : of both grand means, of the effects and of the baselines, on the log scale
    variance : of every variance
    share : of alpha - 1 and beta - 1 where the share of terms without an effect is beta(alpha, beta); an exponential
        cut off below 1 is 1 plus the same exponential, so "gamma(1, 1)" is Exp(1) truncated to above 1
    point_mass : whether an effect may be exactly zero; false is model 1a of Xia, Ma and Carlin (2011)
    baseline : midway between the arms (swapping the arms inverts the answer) or in the control arm, as c212 has it
    flag : thresholds of P(effect above no effect) at which a row is flagged
    """

    location: Expression = "normal(0, 3.1623)"
    variance: Expression = "inverse_gamma(3, 1)"
    share: Expression = "gamma(1, 1)"
    point_mass: bool = True
    baseline: Literal["midpoint", "control"] = "midpoint"
    flag: tuple[Threshold, ...] = (0.8, 0.95)
    when: Literal["always", "formable"] = "always"
    rationale: str | None = None
    source: str | None = None

    @check
    def _families(self) -> Iterator[str | Mistake]:
        wanted = {"location": LOCATION, "variance": POSITIVE_LINE, "share": POSITIVE_LINE}
        for field, accepted in wanted.items():
            if (found := parse(getattr(self, field)).name) not in accepted:
                yield Mistake(field, f"accepted: {', '.join(accepted)}; found {found}")
        if not self.point_mass and "share" in self.model_fields_set:
            yield Mistake("share", "belongs to the point mass; without one it has no meaning")

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy these fields state."""
        return Hierarchy(
            parse(self.location),
            parse(self.variance),
            parse(self.share) if self.point_mass else None,
            self.baseline,
            tuple(sorted(float(threshold) for threshold in self.flag)),
        )


@dataclass(frozen=True)
class Hierarchy:
    """Hyperpriors of effects and baselines; `share` is None where no effect can be exactly zero."""

    location: Distribution
    variance: Distribution
    share: Distribution | None
    baseline: Literal["midpoint", "control"]
    flag: tuple[float, ...]

    def __str__(self) -> str:
        share = "no point mass" if self.share is None else f"share of no effect beta(1 + {self.share}, 1 + same)"
        flags = ", ".join(number(threshold) for threshold in self.flag) or "none"
        stated = (f"means {self.location}", f"variances {self.variance}", share, f"baseline {self.baseline}")
        return f"hierarchy({', '.join(stated)}, flags {flags})"

    @property
    def roles(self) -> dict[str, Distribution]:
        """The hyperpriors by role; no share without a point mass."""
        found = {"location": self.location, "variance": self.variance, "share": self.share}
        return {role: prior for role, prior in found.items() if prior is not None}

    @property
    def families(self) -> tuple[tuple[str, str], ...]:
        """Role and family of every hyperprior: what of them is part of a graph."""
        return tuple((role, prior.name) for role, prior in self.roles.items())

    @property
    def lean(self) -> float:
        """How far from the midpoint towards the control arm the baseline sits, in effects: 0 or 1/2."""
        return 0.0 if self.baseline == "midpoint" else 0.5

    def symmetric_about(self, centre: float) -> bool:
        """Whether the prior of an effect is symmetric: wherever its grand mean's is."""
        return self.location.symmetric_about(centre)


def form(prior: HierarchyPrior, endpoint: Endpoint) -> Hierarchy:
    """The hierarchy for an outcome.

    Raises
    ------
    NotFormable
        With the reason, where the evidence is no table of adverse events, has a single row, or has rows that count
        the same events twice.
    """
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if evidence is None or evidence.kind != "adverse_events":
        raise NotFormable("a hierarchy of terms within body systems is for evidence of kind adverse_events")
    if len(evidence.rows) < 2:
        raise NotFormable("a hierarchy needs two rows or more: a single one has nothing to borrow from")
    if overlaps := evidence.overlaps:
        raise NotFormable(
            f"a class and its own terms are not independent rows: {'; '.join(overlaps)}. "
            "Leave the total or its parts out; rows fitted alone may stand side by side"
        )
    return prior.hierarchy
