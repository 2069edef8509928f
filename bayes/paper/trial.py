"""Trials and their outcomes, each trial in one TOML file, and `load_trial`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PrivateAttr, model_validator

from bayes.base import html, measures, published_tables
from bayes.base.closed import Closed, check
from bayes.base.toml import Identifier, id_mistakes, locate, read_toml, validate
from bayes.errors import Mistake
from bayes.paper.annotations import Acknowledged, ArmNames, Contrast, NotAnalysed, Selection, Year
from bayes.paper.endpoint import Endpoint
from bayes.paper.evidence import (
    AdverseEvents,
    Estimate,
    Evidence,
    PrintedResult,
    SingleProportion,
)
from bayes.paper.evidence.arms import ArmSizes
from bayes.paper.evidence.design import IntervalMethod
from bayes.paper.mismatches import dangling, mismatches, stray_fields, without_sizes
from bayes.paper.missing import Missing, missing_in_vain, more_than_randomised
from bayes.paper.outcomes_by_id import Outcomes
from bayes.paper.places import Place, misplaced_numbers
from bayes.paper.stated_design import StatedDesign, counted_as_independent, error_factor


class Outcome(StatedDesign, Endpoint):
    """A reported comparison, which refers to its trial and can be fitted on its own.

    Attributes
    ----------
    source : str
        Where the result is printed; `sources` gives the place of each number by its path.
    evidence : Evidence
        The numbers that enter the likelihood.
    patients : str or tuple of str, optional
        Ids of the trials whose patients these are, if not those of this trial.
    informative : bool
        False if the data do not inform the comparison.
    reported : bool
        False if the outcome was measured but not printed.
    observed : ArmSizes, optional
        Patients whose outcome was not imputed.
    missing : Missing, optional
        Patients without an outcome, who are not in the evidence.
    other_reports : tuple of str
        Ids of outcomes of the trial that report the same result in another form.
    printed : tuple of PrintedResult
        Further reports of the comparison, which are checked but not used.
    """

    source: str
    evidence: Evidence
    role: Literal["primary", "secondary", "safety", "part"] | None = None
    patients: str | tuple[str, ...] | None = None
    sources: Mapping[str, Place] = {}
    timepoint: str | None = None
    adjusted: bool | None = None
    stratified: bool | None = None
    interval: IntervalMethod | None = None
    analysis_set: Literal["itt", "as_treated", "per_protocol"] | None = None
    source_level: Literal["paper", "registry", "secondary", "derived"] | None = None
    informative: bool = True
    contrast: str | None = None
    reported: bool = True
    selection: Selection | None = None
    likelihood: str | None = None
    observed: ArmSizes | None = None
    missing: Missing | None = None
    other_reports: tuple[Identifier, ...] = ()
    printed: Annotated[tuple[PrintedResult, ...], BeforeValidator(lambda v: [v] if isinstance(v, dict) else v)] = ()
    acknowledged: tuple[Acknowledged, ...] = ()
    notes: str | None = None

    _id: str = PrivateAttr(default="outcome")
    _trial: Trial | None = PrivateAttr(default=None)

    def __eq__(self, other: object) -> bool:
        """Compare names and file contents; the trial is not compared, because it refers back to its outcomes."""
        return type(self) is type(other) and (self.name, self.__dict__) == (other.name, other.__dict__)

    __hash__ = Endpoint.__hash__

    @property
    def id(self) -> str:
        return self._id

    @property
    def omega(self) -> float:
        """P(printed | not significant) / P(printed | significant), as stated in the file; 1 without a selection."""
        return 1.0 if self.selection is None else float(self.selection.omega)

    @property
    def trial(self) -> Trial:
        """The trial that reports the outcome."""
        if self._trial is None:
            raise LookupError(f"outcome {self._id} is not part of a trial yet")
        return self._trial

    @property
    def name(self) -> str:
        """The name on the command line, `trial:outcome`."""
        return f"{self._trial.id}:{self._id}" if self._trial else self._id

    @property
    def patient_sources(self) -> frozenset[str]:
        """The ids of the trials whose patients these are; several for a pooled analysis."""
        stated = self.patients or self.trial.id
        return frozenset([stated] if isinstance(stated, str) else stated)

    @property
    def field(self) -> str | None:
        """The Cochrane field of the trial."""
        return self.trial.field

    @property
    def cochrane_field(self) -> str | None:
        return self.field

    @property
    def null(self) -> float:
        if self.measure == "proportion" and isinstance(self.evidence, SingleProportion):
            return float(self.evidence.goal)
        return super().null

    @property
    def reference_sd(self) -> tuple[float | None, str]:
        if self.sd_ref is None and (sd := self.evidence.pooled_sd) is not None:
            return sd, "scaled by the data"
        return super().reference_sd

    @property
    def no_event(self) -> bool:
        """Return whether no events occurred in either arm."""
        return self.evidence.no_event

    @property
    def everybody(self) -> bool:
        """Return whether all patients in both arms had the event."""
        return self.evidence.everybody

    @property
    def is_informative(self) -> bool:
        """Return whether the data inform the effect.

        Without events they do not inform a ratio; if all patients had the event they do not inform an odds ratio. The
        risks and their difference are bounded even then.
        """
        silent = {"risk_difference": False, "risk_ratio": self.no_event}
        return self.informative and not silent.get(self.measure, self.no_event or self.everybody)

    @property
    def has_headline(self) -> bool:
        """Return whether P(benefit) may be a headline: not if none or all of the patients in both arms had the event.

        Only this property decides; summary rows carry it in the column `headline`.
        """
        return self.informative and not (self.no_event or self.everybody)

    @property
    def standard_error(self) -> float | None:
        found = self.evidence.standard_error(self.measure)
        return None if found is None else found * error_factor(self)

    @property
    def known_standard_error(self) -> float:
        """The standard error, for a likelihood that requires one; a `LookupError` if the report does not imply it."""
        if (found := self.standard_error) is None:
            raise LookupError(f"{self.name} does not imply a standard error")
        return found

    @property
    def why_no_estimate(self) -> str | None:
        """The reason why the report does not determine an estimate (an empty arm, a bound, ...); None if it does."""
        return self.evidence.why_no_estimate(self.measure)

    @property
    def has_estimate(self) -> bool:
        """Return whether the report determines an estimate."""
        return self.why_no_estimate is None

    @property
    def unit(self) -> float:
        """A large effect on the analysis scale: 1, or one SD for mean differences in the paper's own units."""
        if self.measure != "mean_difference":
            return 1.0
        sd, _ = self.reference_sd
        if sd is not None:
            return sd
        if (n := self.trial.n or self.evidence.sizes) is None:
            raise LookupError(f"{self.name} states neither `sd_ref` nor `n`")
        return self.known_standard_error / measures.se_standardised_mean_difference(n.treatment, n.control)

    @property
    def counted_as_independent(self) -> bool:
        """Return whether the likelihood treats clustered patients as independent, as that of counts and means does."""
        return counted_as_independent(self)

    @property
    def rows(self) -> tuple[tuple[str, Outcome], ...]:
        """The name of every row of a table of adverse events, with the row as an outcome; empty for other reports."""
        if not isinstance(self.evidence, AdverseEvents):
            return ()
        return tuple((name, self.model_copy(update={"evidence": alone})) for name, alone in self.evidence.each())

    def __repr__(self) -> str:
        """Describe the outcome in one line; `bayes show` gives the details."""
        return f"Outcome({self.name}: {self.label}; {self.measure}, {self.benefit} is better; {self.evidence.kind})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Describe the outcome as a table, for display in a notebook."""
        report = [("evidence", self.evidence.kind), ("printed in", self.source), ("role", self.role)]
        return html.facts(f"{self.name}: {self.label}", [*self._in_short, *report, ("notes", self.notes)])

    @model_validator(mode="after")
    def _printed_compares_as_the_evidence(self) -> Outcome:
        """Let further printed results inherit `compares` from the evidence, unless they state their own."""
        way = self.evidence.compares if isinstance(self.evidence, Estimate) else "treatment_vs_control"
        self.__dict__["printed"] = tuple(
            result.model_copy(update={"compares": result.compares or way}) for result in self.printed
        )
        return self

    @check
    def _evidence_fits_measure(self) -> Iterator[Mistake]:
        yield from mismatches(self)

    @check
    def _places_are_of_its_numbers(self) -> Iterator[Mistake]:
        yield from misplaced_numbers(self)

    @check
    def _fields_fit_evidence(self) -> Iterator[Mistake]:
        yield from stray_fields(self)
        yield from missing_in_vain(self)


class Trial(Closed):
    """A published trial: its arms, its design and its reported outcomes."""

    id: Identifier
    title: str
    year: Year
    condition: str
    design: str
    arms: ArmNames
    n: ArmSizes | None = None
    outcomes: Annotated[Mapping[Identifier, Outcome], Field(min_length=1), AfterValidator(Outcomes)]
    contrasts: Mapping[Identifier, Contrast] = {}
    registration: str | None = None
    doi: str | None = None
    field: str | None = None
    blinding: str | None = None
    risk_of_bias: str | None = None
    sources: tuple[str, ...] = ()
    notes: str | None = None
    not_analysed: Mapping[Identifier, NotAnalysed] = {}

    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file from which the trial was loaded."""
        return self._path

    @property
    def sizes(self) -> str:
        """The number of patients per arm, in words."""
        return f"{self.n.treatment} v {self.n.control}" if self.n else "patients not printed"

    @check
    def _says_how_many(self) -> Iterator[Mistake]:
        """Require the number of patients, and no more in any outcome."""
        if self.n is None:
            yield from without_sizes(self)
        yield from more_than_randomised(self)

    @check
    def _field_is_in_the_tables(self) -> Iterator[Mistake]:
        yield from published_tables.unknown_key("field", self.field, published_tables.fields())

    @model_validator(mode="after")
    def _outcomes_know_their_trial(self) -> Trial:
        for name, outcome in self.outcomes.items():
            outcome._id, outcome._trial = name, self
        return self

    def __repr__(self) -> str:
        """Describe the trial in one line; `bayes show` gives the details."""
        return f"Trial({self.id}, {self.year}, {self.sizes}; outcomes: {', '.join(self.outcomes)})"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        """Describe the trial and its outcomes as tables, for display in a notebook."""
        arms = f"{self.arms.treatment} v {self.arms.control} ({self.sizes})"
        about = [("condition", self.condition), ("design", self.design), ("arms", arms), ("doi", self.doi)]
        rows = [(i, o.label, o.measure.replace("_", " "), o.benefit, o.evidence.kind) for i, o in self.outcomes.items()]
        headings = ("outcome", "label", "measure", "better", "evidence")
        return html.facts(f"{self.id}: {self.title} ({self.year})", about) + html.table(headings, rows)


def load_trial(trial: str | os.PathLike[str]) -> Trial:
    """Load a trial.

    Parameters
    ----------
    trial : str or os.PathLike
        Id of a shipped trial, or path of a TOML file.

    Returns
    -------
    Trial

    Raises
    ------
    InvalidInput
        If the file has mistakes; lists all of them, each with its field path.

    Examples
    --------
    >>> import bayes
    >>> bayes.load_trial("mesems").outcomes["gel_24w"].measure
    'rate_ratio'
    """
    path = locate(trial, "trials", "trial")
    data = read_toml(path)
    loaded = validate(Trial, data, str(path), [*id_mistakes(data, path), *dangling(data)])
    loaded._path = path
    return loaded
