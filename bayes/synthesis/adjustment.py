"""Adjusted and unadjusted effects in a synthesis, which are different quantities if the measure is non-collapsible.

An odds or hazard ratio adjusted for prognostic covariates is conditional on them, and further from no effect than the
marginal ratio, even in a randomised trial without confounding (Gail, Wieand and Piantadosi 1984, Biometrika 71:431-44;
Daniel, Zhang and Farewell 2021, Biom J 63:528-57). Risk and rate ratios, and differences, are collapsible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bayes.paper.evidence import Tested
from bayes.paper.trial import Outcome

NON_COLLAPSIBLE = ("odds_ratio", "common_odds_ratio", "hazard_ratio")
NAMES = ("adjusted", "unadjusted", "not stated")


@dataclass(frozen=True)
class Adjustment:
    """The reports of a synthesis by adjustment.

    Attributes
    ----------
    measure : str
        Measure of effect.
    names : tuple of str
        Names of the reports.
    groups : dict of str to tuple of int
        Indices of the reports that are "adjusted", "unadjusted" and "not stated"; empty groups are omitted.
    """

    measure: str
    names: tuple[str, ...]
    groups: dict[str, tuple[int, ...]]

    @classmethod
    def of(cls, measure: str, members: Iterable[Outcome]) -> Adjustment:
        members = tuple(members)
        said = [adjusted(member) for member in members]
        groups = {name: tuple(i for i, word in enumerate(said) if word == name) for name in NAMES}
        return cls(measure, tuple(m.name for m in members), {name: where for name, where in groups.items() if where})

    @property
    def matters(self) -> bool:
        """Return whether different quantities are, or may be, pooled: several groups of a non-collapsible measure."""
        return self.measure in NON_COLLAPSIBLE and len(self.groups) > 1

    @property
    def known(self) -> bool:
        """Return whether adjusted and unadjusted reports are known to be pooled."""
        return {"adjusted", "unadjusted"} <= self.groups.keys()

    def named(self, group: str) -> str:
        """Return the names of the reports in a group, in words."""
        return ", ".join(self.names[i] for i in self.groups[group])

    @property
    def text(self) -> str | None:
        """A clause for a note, or None if adjustment does not matter."""
        if not self.matters:
            return None
        ratios = f"{self.measure.replace('_', ' ')}s"
        head = (
            f"adjusted and unadjusted {ratios} are pooled, although they are different quantities"
            if self.known
            else f"pooled {ratios} may differ in adjustment, which would make them different quantities"
        )
        told = "; ".join(f"{group}: {self.named(group)}" for group in self.groups)
        return f"{head} ({told})"


def adjusted(outcome: Outcome) -> str:
    """Return which of `NAMES` applies to the effect that is analysed, whatever else the paper prints."""
    if not isinstance(outcome.evidence, Tested):  # crude data
        return "unadjusted"
    return {True: "adjusted", False: "unadjusted", None: "not stated"}[outcome.adjusted]
