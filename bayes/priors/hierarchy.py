"""Priors of the hierarchy of adverse events: terms within body systems (Berry and Berry 2004, Biometrics 60:418-26)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from bayes.base.closed import Closed, check
from bayes.base.distributions import POSITIVE_LINE, Distribution, Expression, number, parse
from bayes.base.written_numbers import Printed
from bayes.errors import Mistake, NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence import AdverseEvents
from bayes.paper.trial import Outcome

LOCATION = ("normal", "student_t")
Threshold = Annotated[Printed, Field(gt=0, lt=1)]


class HierarchyPrior(Closed):
    """A hierarchy as stated in a prior set; the defaults are those of Berry and Berry in the R package c212.

    Attributes
    ----------
    location : str
        Prior of both grand means, of effects and of baselines, on the log scale.
    variance : str
        Prior of every variance.
    share : str
        Prior of alpha - 1 and beta - 1, where the share of terms without an effect is beta(alpha, beta). "gamma(1, 1)"
        is Exp(1) truncated to above 1: an exponential truncated below at 1 is 1 plus the same exponential.
    point_mass : bool
        True if an effect may be exactly zero; false is model 1a of Xia, Ma and Carlin (2011).
    baseline : {"midpoint", "control"}
        Midway between the arms (swapping the arms inverts the answer), or in the control arm, as in c212.
    flag : tuple of Decimal
        Thresholds of P(effect above no effect) at which a row is flagged.
    """

    location: Expression = "normal(0, 3.1623)"
    variance: Expression = "inverse_gamma(3, 1)"
    share: Expression = "gamma(1, 1)"
    point_mass: bool = True
    baseline: Literal["midpoint", "control"] = "midpoint"
    flag: tuple[Threshold, ...] = (Decimal("0.8"), Decimal("0.95"))
    when: Literal["always", "formable"] = "always"
    rationale: str | None = None
    source: str | None = None

    @check
    def _families(self) -> Iterator[str | Mistake]:
        wanted = {"location": LOCATION, "variance": POSITIVE_LINE, "share": POSITIVE_LINE}
        for field, accepted in wanted.items():
            if (found := parse(getattr(self, field)).name) not in accepted:
                yield Mistake(field, f"found {found}; accepted: {', '.join(accepted)}")
        if not self.point_mass and "share" in self.model_fields_set:
            yield Mistake("share", "not used without a point mass; omit it, or state point_mass = true")

    @property
    def hierarchy(self) -> Hierarchy:
        """The hierarchy that these fields describe."""
        return Hierarchy(
            parse(self.location),
            parse(self.variance),
            parse(self.share) if self.point_mass else None,
            self.baseline,
            tuple(sorted(float(threshold) for threshold in self.flag)),
        )


@dataclass(frozen=True)
class Hierarchy:
    """The hyperpriors of effects and baselines; `share` is None if effects cannot be exactly zero."""

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
        """The hyperpriors by role, without a share if there is no point mass."""
        found = {"location": self.location, "variance": self.variance, "share": self.share}
        return {role: prior for role, prior in found.items() if prior is not None}

    @property
    def families(self) -> tuple[tuple[str, str], ...]:
        """The role and the family of every hyperprior, which determine the graph of the model."""
        return tuple((role, prior.name) for role, prior in self.roles.items())

    @property
    def baseline_offset(self) -> float:
        """The distance of the baseline from the midpoint towards the control arm, in effects: 0 or 1/2."""
        return 0.0 if self.baseline == "midpoint" else 0.5

    def symmetric_about(self, centre: float) -> bool:
        """Return whether the prior of an effect is symmetric, as it is if that of the grand mean is."""
        return self.location.symmetric_about(centre)


def form(prior: HierarchyPrior, endpoint: Endpoint) -> Hierarchy:
    """Form the hierarchy for an outcome.

    Parameters
    ----------
    prior : HierarchyPrior
    endpoint : Endpoint

    Returns
    -------
    Hierarchy

    Raises
    ------
    NotFormable
        If the evidence is not a table of adverse events, has a single row, or has rows that overlap.
    """
    evidence = endpoint.evidence if isinstance(endpoint, Outcome) else None
    if not isinstance(evidence, AdverseEvents):
        raise NotFormable("a hierarchy of terms within body systems requires 'adverse_events' evidence")
    if len(evidence.rows) < 2:
        raise NotFormable("the table has a single row; a hierarchy requires at least two")
    if overlaps := evidence.overlaps:
        raise NotFormable(
            f"the rows are not independent: {'; '.join(overlaps)}. "
            "Omit the total or its parts; rows that are fitted separately may overlap"
        )
    return prior.hierarchy
