"""The tables of the summary of a corpus: what a row of each says."""

from __future__ import annotations

from typing import TypedDict

Number = float | None


class CorpusRow(TypedDict):
    """The corpus, one row."""

    kind: str  # "results" or "analyses"
    subjects: int  # results or analyses
    answers: int  # rows of the main file
    rejected: int  # rows of the corpus that could not be used
    audited: int | None  # posteriors that NUTS sampled; None without an audit
    not_vouched_for: int | None  # those of them that failed
    reference: str  # the prior with which the others are compared
    heterogeneity: str | None  # the prior of tau under which priors are compared on the page and in figures


class PriorRow(TypedDict):
    """One parameter under one pair of priors."""

    parameter: str  # effect, mu or new_trial
    prior: str
    heterogeneity: str | None  # None for a single result or a common effect
    n: int  # results or analyses with an answer
    skipped: int  # those without one: the prior cannot be formed or read, or none or all of both arms had the event
    benefit_95: Number  # share with P(benefit) > 0.95
    benefit_975: Number  # share with P(benefit) > 0.975
    harm_95: Number  # share with P(harm) > 0.95
    harm_975: Number  # share with P(harm) > 0.975
    p_benefit_25: Number  # quartiles of P(benefit)
    p_benefit_50: Number
    p_benefit_75: Number
    log_width: Number  # median width of the credible interval of log ratios
    width_ratio: Number  # median of its width relative to that under the reference prior


class ChangeRow(TypedDict):
    """How often a conclusion changes between two answers to the same result or analysis."""

    question: str  # what differs: prior, heterogeneity, common effect or normal approximation
    prior: str
    heterogeneity: str | None
    against: str  # the first answer
    n: int  # results or analyses with both answers
    changed: int
    share: Number
    low: Number  # 95% interval of the share, as if they were independent
    high: Number
    lost: int  # from benefit or harm to open
    gained: int  # from open to benefit or harm
    reversed: int  # from benefit to harm, or from harm to benefit
    difference_50: Number  # quantiles of the absolute difference of P(benefit)
    difference_90: Number
    difference_99: Number
    difference_max: float


class TransitionRow(TypedDict):
    """How many go from one conclusion to another."""

    question: str
    prior: str
    heterogeneity: str | None
    against: str
    before: str  # benefit, open or harm
    after: str
    n: int


class ShrinkageRow(TypedDict):
    """Shrinkage under one pair of priors."""

    prior: str
    heterogeneity: str | None
    n: int  # results or analyses whose effect under the reference is at least half its sd from no effect
    tiny: int  # those nearer to no effect
    ratio_25: Number  # quartiles of the posterior mean relative to that under the reference, both from no effect
    ratio_50: Number
    ratio_75: Number
    studies: int  # studies with a shrunken effect
    studies_25: Number  # quartiles of the weight of mu in the effect of a study
    studies_50: Number
    studies_75: Number


class GroupRow(TypedDict):
    """Conclusions in one group under one pair of priors."""

    by: str  # field, outcome_class, measure or period
    group: str
    prior: str
    heterogeneity: str | None
    n: int
    benefit: Number  # share that concludes benefit, with its 95% interval
    benefit_low: Number
    benefit_high: Number
    harm: Number  # share that concludes harm, with its 95% interval
    harm_low: Number
    harm_high: Number
    compared: int  # those with an answer under the reference prior
    changed: Number  # share of these whose conclusion differs from that under it, with its 95% interval
    changed_low: Number
    changed_high: Number


class DistributionRow(TypedDict):
    """How many values of P(benefit) are in one interval."""

    parameter: str
    prior: str
    heterogeneity: str | None
    low: float
    high: float
    n: int


class BesideRow(TypedDict):
    """Effects under a prior, where that under the reference is in one interval; positive is benefit.

    Effects are posterior means from no effect, in posterior standard deviations under the reference.
    """

    prior: str
    heterogeneity: str | None
    low: float
    high: float
    n: int
    effect_25: Number  # quartiles of the effect under the prior
    effect_50: Number
    effect_75: Number
