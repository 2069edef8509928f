"""The explanation of a synthesis: tables by quadrature that show what its mean rests on (`bayes.pooling` makes them).

In every row `mu_*`, `tau_*`, `*_moves` and `standard_error` are on the analysis scale, estimates and predictions on
the natural scale, and probabilities in the direction of benefit; P(benefit) is None where no trial has data that say
which arm is better.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import NotRequired, TypedDict


class PooledRow(TypedDict):
    """The mean and a new trial under one set of assumptions."""

    mu_mean: float
    mu_sd: float
    estimate_low: float
    estimate: float  # the median of mu
    estimate_high: float
    p_benefit: float | None
    p_mcid: float | None
    p_margin: NotRequired[float | None]  # only where a margin is stated
    tau_low: NotRequired[float]  # tau is absent where all trials share one effect
    tau_median: NotRequired[float]
    tau_high: NotRequired[float]
    predicted_low: float  # 95% prediction interval
    predicted_high: float
    p_benefit_new: float | None


class Moved(TypedDict):
    """How far the mean and SD of mu lie from those of the whole synthesis."""

    mean_moves: float
    sd_moves: float


class TrialRow(TypedDict):
    """One trial: its report, its weight in mu, its shrinkage and its effect in the synthesis.

    The report's own estimate and what follows from it are None where a report does not determine an estimate.
    """

    trial: str
    evidence: str
    own: float | None  # the report's own estimate
    standard_error: float | None
    weight: float | None  # posterior mean of its share in the sum of 1 / (s^2 + tau^2)
    shrinkage: float | None  # posterior mean of s^2 / (s^2 + tau^2)
    effect_mean: float  # analysis scale
    effect_sd: float  # analysis scale
    effect: float


class HeterogeneityRow(PooledRow):
    """One prior of tau."""

    heterogeneity: str
    distribution: str
    prior_median: float


class MovedRow(PooledRow, Moved):
    """The mean and a new trial under one change of the evidence or the assumptions, and how far mu moves."""


class LeftOutRow(MovedRow):
    """One trial left out."""

    left_out: str


class KindLeftOutRow(LeftOutRow):
    """One kind of evidence left out."""

    trials: int  # how many


class GroupLeftOutRow(KindLeftOutRow):
    """The adjusted, the unadjusted, or the reports that do not say, left out."""

    reports: str  # their names


class DirectionRow(TypedDict):
    """One report that does not say which arm it favours, and mu with either direction forced upon it."""

    trial: str
    p_favours_treatment: float
    if_treatment_mean_moves: float
    if_treatment_sd_moves: float
    if_treatment_mu_mean: float
    if_treatment_mu_sd: float
    if_treatment_estimate: float
    if_treatment_p_benefit: float | None
    if_control_mean_moves: float
    if_control_sd_moves: float
    if_control_mu_mean: float
    if_control_mu_sd: float
    if_control_estimate: float
    if_control_p_benefit: float | None


class SamePatientsRow(MovedRow):
    """One reading of results of the same patients."""

    results: str
    read: str
    own: float  # the estimate that enters
    standard_error: float
    weights: list[float] | None  # of the results in it
    effect: float | None  # a result's own effect in the model: its posterior mean
    note: str | None


class CorrelationRow(MovedRow):
    """One correlation between results of the same patients."""

    r: float
    stated: bool


class RhoRow(MovedRow):
    """One correlation with the baseline, which converts residual into raw standard deviations."""

    rho: float
    stated: bool


class InteractionRow(TypedDict):
    """Two subgroups of one trial: how far their effects differ, as a ratio of ratios or a difference."""

    one: str
    other: str
    difference: float  # median, shrunken
    difference_low: float
    difference_high: float
    p_more: float  # P(the first benefits more)
    own_difference: float | None  # of the reports alone
    own_difference_low: float | None
    own_difference_high: float | None
    own_p_more: float | None  # under flat priors of both


class Descriptives(TypedDict):
    """The usual descriptive statistics, which no inference uses; None where fewer than two reports have an estimate."""

    trials: int  # reports with an estimate
    q: float | None
    df: int | None
    p: float | None
    i_squared: float | None
    tau_dersimonian_laird: float | None  # analysis scale


@dataclass(frozen=True, slots=True)
class Explanation:
    """The tables of one synthesis under one prior of mu and one of tau, named as in `bayes.pooling.layout.TITLES`."""

    main: PooledRow
    all_folded: bool  # no report says which arm it favours
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

    def to_dict(self) -> dict[str, object]:
        """Return everything by name, as plain values."""
        return {one.name: getattr(self, one.name) for one in fields(self)}
