"""The contents of a dossier: what is written to `report/data/*.json`, and what every page and text is made from.

A dossier is a plain dictionary, so that it is its own JSON and the JSON pointers of the checklist lead into it; these
classes say which keys it has and what they mean. Effects and thresholds are on the measure's own scale and priors on
the analysis scale unless a comment says otherwise; what does not exist is None.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from bayes.calibration.operating.row import Characteristic
from bayes.posterior.explanation import (
    CorrelationRow,
    Descriptives,
    DirectionRow,
    GroupLeftOutRow,
    HeterogeneityRow,
    InteractionRow,
    KindLeftOutRow,
    LeftOutRow,
    PooledRow,
    RhoRow,
    SamePatientsRow,
    TrialRow,
)
from bayes.posterior.row import SummaryRow
from bayes.report.dossier.published_parts import FoundPart, PrintedPart, Thresholds, Where, Whose
from bayes.sensitivity.absolute_effects import BaselineRiskRow
from bayes.sensitivity.conclusions import Tables

Kind = Literal["outcome", "adverse_events", "synthesis"]
KindOfPrior = Literal["effect", "arms", "hierarchy", "heterogeneity", "nuisance"]


class ParameterPart(TypedDict):
    """A parameter of the model with its prior as text."""

    name: str
    role: Literal["primary", "nuisance"]
    prior: str


class ModelPart(TypedDict):
    """The model of the main posterior."""

    structure: str
    likelihoods: list[str]
    formulas: list[str]  # LaTeX
    text: str  # the docstrings of its files
    parameters: list[ParameterPart]
    files: dict[str, str]  # SHA-256 digests by path


class PriorPart(TypedDict):
    """A prior as formed for the target: of the effect, of heterogeneity or of a nuisance parameter."""

    name: str
    kind: KindOfPrior
    role: str
    distribution: str | None  # None if it could not be formed
    basis: str | None  # how its numbers were obtained
    rationale: str | None
    source: str | None
    status: str  # of its row: ok, skipped or failed
    reason: str | None  # why it is not ok


class MainPart(TypedDict):
    """Which posterior is the main one."""

    prior: str
    heterogeneity: str | None
    key: str
    outweighs: bool  # whether its prior is worth more than the data


class PriorPrediction(TypedDict):
    """The implications of a prior before any data: medians and central 95%; all None for a prior not of the effect."""

    prior: str
    estimate_low: float | None
    estimate: float | None
    estimate_high: float | None
    p_benefit: float | None
    p_mcid: float | None
    control_risk_low: float | None  # of a binary outcome
    control_risk_high: float | None
    difference_low: float | None  # treatment minus control risk
    difference_high: float | None
    categories: list[CategoryShare] | None  # of an ordinal outcome


class CategoryShare(TypedDict):
    """The central 95% of a category's share of the control arm."""

    category: str
    low: float
    high: float


class AtThreshold(TypedDict):
    """The probability of an effect at least as good as a threshold."""

    threshold: float  # natural scale
    probability: float


class DerivedQuantity(TypedDict):
    """A risk, a rate, their difference or a number needed to treat, from the draws of one effect."""

    median: float | None
    low: float | None  # of the 95% credible interval
    high: float | None
    text: NotRequired[str]  # of a number needed to treat


class Row(SummaryRow):
    """A row of the summary, with its thresholds, its absolute effects, and what decides beside its Bayes factor."""

    beyond: list[AtThreshold]
    quantities: dict[str, DerivedQuantity]
    prior_p_that_decides: float | None  # the least prior probability of an effect that makes it 0.95 afterwards


class TermsPart(TypedDict):
    """What a page shows of a long table of adverse events."""

    shown: list[str]  # system/term, in the order of the table
    left_out: int
    left_out_flagged: int
    left_out_failed: int  # with a posterior that failed its checks
    file: str  # all terms, from the root of the site


class Diagnosed(TypedDict):
    """The convergence of one posterior, and its agreement with the answer by quadrature."""

    key: str | None
    prior: str
    heterogeneity: str | None
    r_hat: float | None
    ess_bulk: float | None
    ess_tail: float | None
    divergences: int | None
    mcse_p_benefit: float | None
    p_benefit: float | None
    exact_p_benefit: float | None
    mcse_p_harm: float | None
    p_harm: float | None
    exact_p_harm: float | None
    mcse_p_mcid: float | None
    p_mcid: float | None
    exact_p_mcid: float | None
    mean: float | None  # on the analysis scale
    exact_mean: float | None
    exact_method: str | None
    status: str
    e_bfmi: float | None  # the least of all chains


class UsedSettings(TypedDict, total=False):
    """The settings of the sampler and what they came to; empty if no posterior is stored."""

    chains: int
    draws: int  # per chain
    tune: int
    target_accept: float
    seed: int
    pieces: int  # unimodal components, each sampled on its own


class Computed(TypedDict):
    """The computation of the stored posteriors."""

    software: dict[str, str]  # versions by package
    settings: UsedSettings
    fingerprint: dict[str, str]  # by key


class Pooling(TypedDict):
    """What the mean of a synthesis rests on: the tables of `bayes.posterior.explanation`, and their text."""

    main: PooledRow
    all_folded: bool
    trials: list[TrialRow]
    heterogeneity: list[HeterogeneityRow]
    leave_one_out: list[LeftOutRow]
    leave_kind_out: list[KindLeftOutRow]
    adjustment: list[GroupLeftOutRow]
    directions: list[DirectionRow]
    same_patients: list[SamePatientsRow]
    correlations: list[CorrelationRow]
    rho: list[RhoRow]
    interactions: list[InteractionRow]
    descriptives: Descriptives
    text: list[str]


class AtCutoffs(TypedDict):
    """The probability of an effect at least as good as each cut-off, under one prior."""

    prior: str
    beyond: list[list[float]]  # pairs of a cut-off and its probability, from harm to benefit


class Sensitivity(TypedDict):
    """The sensitivity analyses: the summary in words and the tables by question, or the reason why there are none."""

    text: str | None
    tables: Tables
    reason: str | None


class Absolute(TypedDict):
    """The absolute effects that the main posterior implies, a row for each control risk, or why there are none."""

    rows: list[BaselineRiskRow]
    counted: str | None  # of an ordinal scale: the dichotomy whose share is the control risk
    reason: str | None


class Predicted(TypedDict):
    """A printed number with the central 95% of its posterior predictive distribution."""

    quantity: str
    arm: str | None
    observed: float | None  # None for a statement without a number
    low: float
    high: float
    inside: bool


class Predictive(TypedDict):
    """The posterior predictive check, or why there is none."""

    rows: list[Predicted]
    reason: str | None
    cannot_fail: str | None  # why the check could not have failed


class Drawn(TypedDict):
    """A figure of the page; its description is the text alternative."""

    id: str
    title: str
    description: str


class OperatingNumber(TypedDict):
    """One operating characteristic of a rule, at a true effect or averaged over a design prior."""

    prior: str  # under which posteriors are computed
    prior_distribution: str | None
    characteristic: Characteristic
    effect: float | None  # the true effect
    marks: str | None  # what it is: null, mcid, planned
    design_prior: str | None  # from which the true effect is drawn
    design_prior_distribution: str | None
    value: float | None
    mcse: float | None  # None where it is exact
    status: str
    reason: str | None


class OperatingPart(TypedDict):
    """The operating characteristics of one decision rule, if the trial were repeated."""

    rule: str
    claim: str
    evidence: str
    likelihood: str
    method: str
    baseline: str | None
    fingerprint: str  # of the report and its thresholds
    text: list[str]
    characteristics: list[OperatingNumber]


class Dossier(Whose, Where, Computed):
    """Everything that is reported about an outcome, a table of adverse events or a synthesis."""

    name: str  # trial:outcome, or the id of a synthesis
    slug: str  # its file name
    kind: Kind
    page: str  # from the root of the site
    label: str
    measure: str
    benefit: Literal["higher", "lower"]
    scale: Literal["log", "identity"]  # the analysis scale
    null: float
    direction: str  # the measure and its good direction in words
    printed: PrintedPart
    findings: list[FoundPart]  # inconsistencies of the report
    disclosures: list[list[str]]  # pairs of a name and a text
    thresholds: Thresholds
    model: ModelPart | None
    priors: list[PriorPart]
    main: MainPart | None
    rows: list[Row]
    prior_predictive: list[PriorPrediction]
    diagnostics: list[Diagnosed]
    pooling: Pooling | None  # of a synthesis
    cutoffs: list[AtCutoffs]
    sensitivity: Sensitivity
    absolute: Absolute
    predictive: Predictive
    operating: list[OperatingPart]  # a part for each rule; empty where `bayes operating` was not run
    terms: TermsPart | None  # of a table of adverse events with more terms than a page shows
    plain: str


class Written(Dossier):
    """A dossier as written beside its page."""

    figures: list[Drawn]
    made_of: str  # a hash of what the page was made from
