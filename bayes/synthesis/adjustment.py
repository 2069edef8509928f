"""Adjusted and unadjusted effects in one synthesis: with a non-collapsible measure they are different quantities.

An odds or hazard ratio adjusted for prognostic covariates is conditional on them, and further from no effect than the
marginal one, also in a randomised trial without confounding (Gail, Wieand and Piantadosi 1984, Biometrika 71:431-44;
Daniel, Zhang and Farewell 2021, Biom J 63:528-57). Risk and rate ratios, and differences, are collapsible.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bayes.paper.trial import Outcome

NON_COLLAPSIBLE = ("odds_ratio", "common_odds_ratio", "hazard_ratio")
COUNTED = ("binary", "ordinal", "ordinal_cut", "events", "means", "proportion")  # analysed as counted: never adjusted
NAMES = ("adjusted", "unadjusted", "not stated")


@dataclass(frozen=True)
class Adjustment:
    """Which reports of a synthesis are adjusted, by their positions among its members.

    Attributes
    ----------
    measure : str
    names : tuple of str
        Of the reports.
    groups : dict of str to tuple of int
        "adjusted", "unadjusted" and "not stated", each only where there are such.
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
        """Whether different quantities are, or may be, pooled: several groups of a non-collapsible measure."""
        return self.measure in NON_COLLAPSIBLE and len(self.groups) > 1

    @property
    def known(self) -> bool:
        """Whether adjusted and unadjusted reports are known to stand together."""
        return {"adjusted", "unadjusted"} <= self.groups.keys()

    def named(self, group: str) -> str:
        """The reports of a group, in words."""
        return ", ".join(self.names[i] for i in self.groups[group])

    @property
    def text(self) -> str | None:
        """A clause for a note; None where nothing needs to be said."""
        if not self.matters:
            return None
        ratios = f"{self.measure.replace('_', ' ')}s"
        head = f"adjusted and unadjusted {ratios} are pooled" if self.known else f"{ratios} may differ in adjustment"
        told = "; ".join(f"{group}: {self.named(group)}" for group in self.groups)
        return f"{head}, which are different quantities ({told})"


def adjusted(outcome: Outcome) -> str:
    """One of `NAMES`: how the effect that is analysed was obtained, not what else the paper prints."""
    if outcome.evidence.kind in COUNTED:
        return "unadjusted"
    return {True: "adjusted", False: "unadjusted", None: "not stated"}[outcome.adjusted]
