"""The parts of a dossier that are taken from the file of a trial or a synthesis; see `contents`."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class InArms(TypedDict):
    """The names of the two arms."""

    treatment: str
    control: str


class SizesOfArms(TypedDict):
    """The numbers of patients in the two arms."""

    treatment: int
    control: int


class Cited(TypedDict):
    """The fields of a trial that a bibliography needs."""

    id: str
    title: str
    year: int | str  # "not stated" where a review or a table does not say it
    doi: str | None
    registration: str | None


class TrialPart(Cited):
    """The trial of an outcome, as its file describes it."""

    condition: str
    design: str
    blinding: str | None
    risk_of_bias: str | None
    arms: InArms  # those of the outcome's own comparison
    n: SizesOfArms | None
    sources: list[str]  # references


class Member(TypedDict):
    """An outcome that a synthesis combines."""

    name: str  # trial:outcome
    label: str
    kind: str  # of its evidence
    source: str  # where it is printed
    n: SizesOfArms | None  # of its trial
    trial: Cited


class Placed(TypedDict):
    """The place of one number in the publication."""

    number: str  # its path in the file of the trial
    printed: str  # its digits
    place: str


class Whose(TypedDict):
    """The trial and the reports behind a target; fields of a single outcome are None for a synthesis."""

    role: str | None
    timepoint: str | None
    source_level: str | None
    places: NotRequired[list[Placed]]  # only of an outcome
    trial: TrialPart | None
    members: list[Member]  # only of a synthesis
    evidence_kind: str  # of a synthesis all of them, separated by commas


class Where(TypedDict):
    """The files behind a target, relative to the results folder."""

    file: str
    sha256: str  # of the file
    priors_file: str
    command: str  # regenerates the posteriors


class FoundPart(TypedDict):
    """A printed number that does not follow from the rest of the report."""

    about: str  # which number, in words
    text: str  # with the reason where the file acknowledges it


class PrintedTable(TypedDict):
    """A table of text."""

    title: str
    headings: list[str]
    cells: list[list[str]]
    about: NotRequired[list[str | None]]  # the row of a table of adverse events that each line is about


class PrintedPart(TypedDict):
    """The file as a reader sees it."""

    brief: str  # what was printed, in a few words; empty for a synthesis

    facts: list[list[str]]  # pairs of a label and its text
    tables: list[PrintedTable]


class McidPart(TypedDict):
    """The minimal clinically important difference and the reason for it."""

    value: float
    rationale: str


class PlannedPart(TypedDict):
    """The effect for which the trial was planned."""

    value: float
    source: str


class MarginPart(PlannedPart):
    """The non-inferiority or equivalence margin, with the conclusion of the paper."""

    concluded: str | None


class Thresholds(TypedDict):
    """The thresholds that the file states, and the cut-offs between improbable, uncertain and probable."""

    mcid: McidPart | None
    planned: PlannedPart | None
    margin: MarginPart | None
    rope: list[float] | None  # two limits
    cutoffs: list[float]
