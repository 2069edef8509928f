"""A study as its results are read: what holds for all of its outcome measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from bayes.importing.answers import Answers, Decisions
from bayes.importing.ctgov import posteriors, record
from bayes.importing.ctgov.arms import Arm, arms_of
from bayes.importing.ctgov.reasons import NOT_RANDOMISED
from bayes.importing.ctgov.record import Measure, Node
from bayes.importing.drafts import slug

LONGEST_BASE = 34


@dataclass(frozen=True)
class Study:
    """A record with what a person decided about it.

    Attributes
    ----------
    id : str
        The registry number in lower case.
    record : Node
    measures : tuple of Measure
    arms : tuple of Arm
    answers : Answers
    """

    id: str
    record: Node
    measures: tuple[Measure, ...]
    arms: tuple[Arm, ...]
    answers: Answers

    @classmethod
    def of(cls, node: Node, answers: Answers) -> Study:
        """Read a record."""
        name = node.text("protocolSection", "identificationModule", "nctId")
        return cls(slug(name or "study"), node, record.measures(node), arms_of(node), answers)

    @property
    def registration(self) -> str:
        return self.record.text("protocolSection", "identificationModule", "nctId")

    @cached_property
    def bases(self) -> Mapping[str, str]:
        """The id of each outcome measure, by its path; the ids of its results begin with it."""
        found: dict[str, str] = {}  # the paths by the ids
        for measure in self.measures:
            found[slug(slug(measure.title)[:LONGEST_BASE].strip("_"), found)] = measure.path
        return {path: name for name, path in found.items()}

    def decided(self, measure: Measure, outcome: str = "") -> Decisions:
        """Return what is decided about a result: by its id, by that of its outcome measure, or about the record."""
        base = self.bases[measure.path]
        about = self.answers.records.get(self.id)
        named = about is not None and outcome in about.outcomes
        return self.answers.about(self.id, outcome if named else base)

    @cached_property
    def why_not(self) -> str | None:
        """The reason why none of its results compares randomised arms, or None."""
        design = self.record.at("protocolSection", "designModule", "designInfo")
        return None if design.text("allocation").upper() == "RANDOMIZED" else NOT_RANDOMISED

    @cached_property
    def crossover(self) -> bool:
        design = self.record.at("protocolSection", "designModule", "designInfo")
        return design.text("interventionModel").upper() == "CROSSOVER"

    @cached_property
    def bayesian(self) -> bool:
        """Return whether the study as a whole is said to be Bayesian."""
        return posteriors.of_study(self.record, self.measures)
