"""What a file states about the design behind a report (clusters, periods), and what its reading ignores of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bayes.base.closed import Closed, check
from bayes.base.distributions import Distribution, Expression, parse
from bayes.base.written_numbers import Positive
from bayes.errors import Mistake
from bayes.paper.evidence.bare_tests import BareTest
from bayes.paper.evidence.design import ClusterSize, Correlation, DesignEffect
from bayes.paper.evidence.paired import PairedCounts
from bayes.paper.evidence.reported import Reported, Tested

if TYPE_CHECKING:
    from bayes.paper.trial import Outcome

OF_CLUSTERS = re.compile(
    r"\bcluster(?! headache)|\bstepped[ -]wedge|"
    r"\b(?:group|community|practice|hospital|ward|unit|school|village)[ -]randomi[sz]",
    re.IGNORECASE,
)
# the first period of a crossover, or patients who may change over when their disease progresses
DIFFERENT_PATIENTS = re.compile(
    r"\bfirst period|\bbefore\b.*\bcross|\bcross-? ?over\b[^,;.]*\b(?:allowed|permitted|progression)|"
    r"\b(?:allowed|permitted)\b[^,;.]*\bcross",
    re.IGNORECASE,
)
OF_THE_SAME = re.compile(
    r"\bcross-?over|\bcross over|\bwithin[ -](?:person|patient|participant|subject)|\bsplit[ -](?:mouth|body|face)|"
    r"\bmatched[ -]pairs?|\bn[ -]of[ -](?:1|one)\b",
    re.IGNORECASE,
)


class IccPrior(Closed):
    """A prior of the intracluster correlation, a beta distribution, with the reasons for it."""

    distribution: Expression
    rationale: str

    @property
    def parsed(self) -> Distribution:
        return parse(self.distribution)

    @check
    def _of_a_correlation(self) -> Iterator[Mistake]:
        if self.parsed.name != "beta":
            yield Mistake("distribution", f"found {self.parsed.name}; accepted: beta(a, b)")


class StatedDesign(Closed):
    """What an outcome states about clusters (design effect, or size and intracluster correlation) and periods.

    Attributes
    ----------
    design_effect : Decimal, optional
        The variance over that of independent patients.
    icc : Decimal, optional
    icc_prior : IccPrior, optional
        In place of an ICC that is not printed, for the rows of `bayes sensitivity`.
    cluster_size : Decimal, optional
        Patients per cluster, m.
    cluster_size_cv : Decimal, optional
        Coefficient of variation of the sizes of the clusters.
    first_period : bool
        Whether the arms of a crossover trial are compared in its first period only, and so are of different patients.
    """

    design_effect: DesignEffect | None = None
    icc: Correlation | None = None
    icc_prior: IccPrior | None = None
    cluster_size: ClusterSize | None = None
    cluster_size_cv: Positive | None = None
    first_period: bool = False

    @property
    def variance_factor(self) -> float | None:
        """The design effect, as stated or from the ICC; None if the file states neither (METHODS 12)."""
        if self.design_effect is not None:
            return float(self.design_effect)
        return None if self.icc is None else self.factor_at(float(self.icc))

    @property
    def icc_is_open(self) -> bool:
        """Return whether clusters and their size are stated, but not how alike the patients of a cluster are."""
        return self.cluster_size is not None and self.variance_factor is None

    def factor_at(self, icc: float) -> float:
        """Return the design effect of an ICC, 1 + ((cv^2 + 1) m - 1) ICC.

        Kish 1965, Survey Sampling; with clusters of unequal size Eldridge et al. 2006, Int J Epidemiol 35:1292-300.
        """
        if self.cluster_size is None:
            raise LookupError("the size of the clusters is not stated")
        cv = float(self.cluster_size_cv or 0)
        return 1 + ((cv**2 + 1) * float(self.cluster_size) - 1) * icc

    @check
    def _stated_once(self) -> Iterator[Mistake]:
        if self.design_effect is not None and self.icc is not None:
            yield Mistake("design_effect", "duplicates icc: state one of them")
        for name in ("icc", "icc_prior", "cluster_size_cv"):
            if getattr(self, name) is not None and self.cluster_size is None:
                said = "requires cluster_size: the design effect is 1 + (cluster_size - 1) icc"
                yield Mistake(name, said)
        if self.icc_prior is not None and self.variance_factor is not None:
            yield Mistake("icc_prior", "not used: the ICC or the design effect is stated; omit one of them")


def error_from_patients(evidence: Reported) -> bool:
    """Return whether the standard error of a bare test follows from numbers of patients."""
    return isinstance(evidence, BareTest) and evidence.se is None


def error_factor(outcome: Outcome) -> float:
    """Return the root of the design effect where a bare report's standard error follows from its patients; else 1."""
    return (outcome.variance_factor or 1.0) ** 0.5 if error_from_patients(outcome.evidence) else 1.0


def counted_as_independent(outcome: Outcome) -> bool:
    """Return whether the likelihood treats patients of stated clusters as independent.

    That of counts and means does. That of a bare test whose standard error follows from its patients does as long as
    their ICC is open.
    """
    if not isinstance(outcome.evidence, Tested):
        return outcome.icc_is_open or (outcome.variance_factor or 1) > 1
    return outcome.icc_is_open and error_from_patients(outcome.evidence)


def not_allowed_for(outcome: Outcome) -> str | None:
    """Return the part of the trial's design that the reading of an outcome ignores without the file saying so, or None.

    Clusters are ignored by crude counts and means, and by a bare p-value whose standard error follows from numbers of
    patients, unless a design effect or the size of the clusters is stated (a design effect of 1 says that patients are
    as good as independent). That the same patients had both treatments is ignored by arms read as different patients,
    unless the outcome or the design says that the comparison is of the first period. A published estimate with its own
    precision is taken to allow for its design.
    """
    evidence, design = outcome.evidence, outcome.trial.design
    crude = not isinstance(evidence, Tested | PairedCounts) or error_from_patients(evidence)
    if not crude:
        return None
    if OF_CLUSTERS.search(design):
        return None if outcome.variance_factor is not None or outcome.icc_is_open else "clusters"
    apart = outcome.first_period or DIFFERENT_PATIENTS.search(design)
    return "same patients" if OF_THE_SAME.search(design) and not apart else None
