"""The tables of a calibration: what a row of each says.

Scores are of predictions of the later trials' estimates, on the analysis scale; `*_low` and `*_high` are the 95%
interval of a bootstrap over groups.
"""

from __future__ import annotations

from typing import TypedDict

Number = float | None


class FactsRow(TypedDict):
    """What was compared, and how."""

    prior_set: str
    file: str | None  # its name; None of a data frame
    pairs: int  # that can be used
    groups: int  # of these
    counts: int  # pairs whose early trial is read by the exact likelihood of its counts
    thresholds: int  # pairs with an MCID
    first_year: Number  # of the early trials, where stated
    last_year: Number
    positive: float  # share of later estimates above no effect
    significant: float  # share of later estimates 1.96 standard errors or more from no effect
    information: Number  # median ratio of the later trial's information to the early one's
    reference_prior: str
    reference_heterogeneity: str
    samples: int  # of the bootstrap
    seed: int


class PriorRow(TypedDict):
    """A prior of the set."""

    of: str  # effect or heterogeneity
    name: str
    rule: str | None
    distribution: str | None  # as it is written, without a rule
    source: str | None


class RejectedRow(TypedDict):
    """A row of the table of pairs that cannot be used."""

    row: int  # counted from one
    group: str | None
    reason: str


class ScoresRow(TypedDict):
    """All pairs under one prior of the effect and one of tau."""

    prior: str
    heterogeneity: str  # "none" where both trials share one effect
    n: int  # pairs with a prediction
    groups: int
    coverage_95: Number  # share of later estimates within the predictive interval
    coverage_80: Number
    coverage_50: Number
    log_density: Number  # mean log predictive density of the later estimates
    median_error: Number  # median distance of the later estimate from the predictive median
    width_95: Number  # median width of the predictive interval
    brier_direction: Number  # mean of (P(estimate above no effect) - whether it was)^2; a coin has 0.25
    coverage_95_low: Number
    coverage_95_high: Number
    coverage_80_low: Number
    coverage_80_high: Number
    coverage_50_low: Number
    coverage_50_high: Number
    log_density_low: Number
    log_density_high: Number
    median_error_low: Number
    median_error_high: Number
    width_95_low: Number
    width_95_high: Number
    brier_direction_low: Number
    brier_direction_high: Number
    width_50: Number  # sharpness: median width of the 50% interval
    direction_stated: Number  # mean probability of the likelier direction
    direction_seen: Number  # share of later estimates in that direction
    brier_mcid: Number  # of P(beyond the MCID), among pairs that state one
    brier_significant: Number  # of P(1.96 standard errors or more from no effect)
    width_50_low: Number
    width_50_high: Number
    direction_stated_low: Number
    direction_stated_high: Number
    direction_seen_low: Number
    direction_seen_high: Number
    brier_mcid_low: Number
    brier_mcid_high: Number
    brier_significant_low: Number
    brier_significant_high: Number
    skipped: int  # usable pairs without a prediction
    rough: int  # predictions whose estimated error of a probability is above 0.005


class GainRow(TypedDict):
    """One pair of priors beside the reference, on the pairs of trials that both predict."""

    prior: str
    heterogeneity: str
    against: str  # the reference, as "prior, heterogeneity"
    n: int
    log_density: Number  # mean log density less that of the reference: above zero, the later trials were likelier
    log_density_low: Number
    log_density_high: Number
    brier_direction: Number  # less that of the reference: below zero, directions were predicted better
    brier_direction_low: Number
    brier_direction_high: Number


class LikelihoodRow(TypedDict):
    """What the exact likelihood of counts changes against their normal approximation."""

    prior: str
    heterogeneity: str
    n: int  # pairs with counts
    coverage_95: Number  # of the exact likelihood less that of the approximation, and so below
    coverage_95_low: Number
    coverage_95_high: Number
    log_density: Number
    log_density_low: Number
    log_density_high: Number
    median_error: Number
    median_error_low: Number
    median_error_high: Number
    shift_50: Number  # median absolute difference of the predictive medians
    shift_95: Number


class SplitRow(TypedDict):
    """A part of the pairs."""

    by: str  # measure, field, period or information
    part: str
    prior: str
    heterogeneity: str
    n: int
    groups: int
    coverage_95: Number
    coverage_50: Number
    log_density: Number
    log_density_low: Number
    log_density_high: Number
    median_error: Number
    width_95: Number
    direction_stated: Number
    direction_seen: Number


class CurveRow(TypedDict):
    """Forecasts of an event whose probability was in one interval."""

    prior: str
    heterogeneity: str
    event: str  # direction (of the likelier one), mcid or significant
    low: float  # the interval of stated probabilities
    high: float
    n: int
    stated: Number  # their mean
    seen: Number  # how often the event happened
    seen_low: Number
    seen_high: Number


class LevelRow(TypedDict):
    """Central predictive intervals of one level."""

    prior: str
    heterogeneity: str
    level: float
    coverage: Number


class PitRow(TypedDict):
    """Later estimates by the predictive probability of a smaller one; evenly spread where predictions are right."""

    prior: str
    heterogeneity: str
    low: float
    high: float
    n: int
    share: Number


class SkippedRow(TypedDict):
    """Why pairs have no prediction."""

    prior: str
    heterogeneity: str
    reason: str
    n: int
