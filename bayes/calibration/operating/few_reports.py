"""Repeated trials without a baseline: one arm, discordant pairs, and bare statements of significance.

The probability of a report given the effect is its likelihood itself, so that all reports are enumerated as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import numpy as np

from bayes import quadrature
from bayes.base.arrays import FloatArray
from bayes.calibration.operating.finite import FiniteReports
from bayes.calibration.operating.nodes import row_of_spots
from bayes.calibration.operating.study import Range
from bayes.likelihoods.cards import reported_p
from bayes.paper.evidence import Evidence, PairedCounts, Significance, SingleProportion
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance


def one_arm(outcome: Outcome, evidence: SingleProportion, nuisance: Nuisance) -> FiniteReports:
    """Return the design of a single arm of the observed size, compared with its goal."""
    n = evidence.n
    reports = [evidence.model_copy(update={"events": x}) for x in range(n + 1)]
    return _enumerated(outcome, reports, nuisance, f"exact: all {n + 1} counts of {n} patients", (0.0, 1.0))


def discordant_pairs(outcome: Outcome, evidence: PairedCounts, nuisance: Nuisance) -> FiniteReports:
    """Return the design with the observed number of discordant patients."""
    n = evidence.treatment_only + evidence.control_only
    reports = [evidence.model_copy(update={"treatment_only": x, "control_only": n - x}) for x in range(n + 1)]
    return _enumerated(outcome, reports, nuisance, f"exact: all {n + 1} divisions of {n} discordant patients")


def significance(outcome: Outcome, evidence: Significance, nuisance: Nuisance) -> FiniteReports:
    """Return the design in which only a test result is reported: significant or not, and its direction if stated."""
    directions = ("unknown",) if evidence.direction_unknown else ("treatment", "control")
    reports = [
        evidence.model_copy(update={"significant": significant, "favours": favours})
        for significant in (True, False)
        for favours in directions
    ]
    said = f"exact: all {len(reports)} possible statements"
    return _enumerated(outcome, reports, nuisance, said, test=reported_p.CARD.name)


def _enumerated(
    outcome: Outcome,
    reports: Sequence[Evidence],
    nuisance: Nuisance,
    how: str,
    bounds: tuple[float, float] = (-inf, inf),
    test: str | None = None,
) -> FiniteReports:
    changed = [outcome.model_copy(update={"evidence": report}) for report in reports]
    curves = [quadrature.curve(one, nuisance, test) for one in changed]

    def log_l(theta: FloatArray, some: slice) -> FloatArray:
        return np.array([curve(theta) for curve in curves[some]])

    centres, widths = [curve.centre for curve in curves], [curve.width for curve in curves]
    return FiniteReports(
        how=how,
        baseline="",
        width=float(np.median(widths)),
        truths=Range(bounds, (-inf, inf)),
        number=len(reports),
        log_l=log_l,
        log_p=lambda theta: log_l(theta, slice(None)),
        spots=tuple(row_of_spots(min(centres), max(centres), 0.7 * min(widths))),
        bounds=bounds,
    )
