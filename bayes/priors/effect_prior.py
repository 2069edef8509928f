"""The declaration of an effect's prior in a set: a named rule with its arguments, or a distribution as written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Literal, get_args

from pydantic import Field

from bayes.base import published_tables
from bayes.base.closed import Closed, check
from bayes.base.distributions import EffectExpression
from bayes.base.written_numbers import Printed
from bayes.errors import Mistake
from bayes.priors import effect_rules

BorrowingRule = Literal["evidence", "map"]  # rules that borrow from earlier evidence, formed by `bayes.borrowing`
BORROWED: tuple[BorrowingRule, ...] = get_args(BorrowingRule)
RuleName = Literal[effect_rules.RuleName, BorrowingRule]
Share = Annotated[Printed, Field(gt=0, lt=1)]


class Earlier(Closed):
    """An outcome of an earlier trial, with the power in [0, 1] to which its likelihood is raised."""

    outcome: Annotated[str, Field(pattern=":")]  # written trial:outcome
    weight: Annotated[Printed, Field(ge=0, le=1)] = Decimal(1)


class EffectPrior(Closed):
    """A named rule with its arguments, or a distribution that is taken literally.

    Attributes
    ----------
    rule, distribution : str, optional
        Exactly one of them; a distribution is on the analysis scale, except `interval(low, high)`.
    tail, threshold, centre, strength, field, reference_risk : optional
        Arguments of named rules (`effect_rules.Arguments`).
    outcomes : tuple of Earlier
        Of rule "evidence": the outcomes of a power prior.
    synthesis, heterogeneity : str, optional
        Of rule "map": the synthesis, and the prior of its heterogeneity (by default its own).
    without_own : bool
        Of rule "map": omit trials of the same patients.
    initial : str, optional
        Of both: the prior before the evidence; vague by default.
    robust, robust_component : optional
        Of both: the weight of a component for the case that the past does not apply, and its distribution (by default
        `initial`).
    """

    rule: RuleName | None = None
    distribution: EffectExpression | None = None
    rationale: str | None = None
    source: str | None = None
    allow_one_sided: bool = False
    when: Literal["always", "formable"] = "always"
    tail: Share | None = None
    threshold: effect_rules.Aim | None = None
    centre: effect_rules.Aim | None = None
    strength: effect_rules.Strength | None = None
    field: str | None = None
    reference_risk: Share | None = None
    outcomes: tuple[Earlier, ...] = ()
    synthesis: str | None = None
    heterogeneity: str | None = None
    without_own: bool = False
    initial: EffectExpression | None = None
    robust: Share | None = None
    robust_component: EffectExpression | None = None

    @check
    def _one_of_two(self) -> Iterator[str | Mistake]:
        if (self.rule is None) == (self.distribution is None):
            found = "neither `rule` nor `distribution`" if self.rule is None else "both `rule` and `distribution`"
            yield f"found {found}; exactly one of them is required"
        if (self.rule == "evidence") != bool(self.outcomes):
            lacks = "are missing" if self.rule == "evidence" else "are not available for this prior"
            yield f'`outcomes` {lacks}; rule "evidence" requires them, each with a weight'
        if (self.rule == "map") != (self.synthesis is not None):
            lacks = "is missing" if self.rule == "map" else "is not available for this prior"
            yield f'`synthesis` {lacks}; rule "map" requires it'
        if self.rule != "map" and (self.heterogeneity is not None or self.without_own):
            yield '`heterogeneity` and `without_own` are available only for rule "map"'
        if self.rule not in BORROWED and (self.initial is not None or self.robust is not None):
            yield '`initial` and `robust` are available only for the rules "evidence" and "map"'
        if self.outcomes and not any(earlier.weight for earlier in self.outcomes):
            yield "all weights are 0; at least one must be positive"
        if self.robust_component is not None and self.robust is None:
            yield "`robust` is missing; `robust_component` requires it as its weight"
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())

    @property
    def arguments(self) -> effect_rules.Arguments:
        """The arguments of its rule, with the rule's default for those that are not stated."""
        default = effect_rules.Arguments()
        return effect_rules.Arguments(
            tail=default.tail if self.tail is None else float(self.tail),
            threshold=self.threshold,
            centre=self.centre or default.centre,
            strength=self.strength,
            field=self.field,
            reference_risk=None if self.reference_risk is None else float(self.reference_risk),
        )
