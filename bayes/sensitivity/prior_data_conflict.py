"""Prior-data conflict: how surprising the data are under the prior.

Box's p   P(f(Y) <= f(y)), with f the prior predictive distribution of the report (defined by kind in `sample_space`)
overlap   integral of min(prior, likelihood scaled to integrate to one)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypedDict

import numpy as np
import pandas as pd

from bayes import quadrature
from bayes.base.arrays import log_sum_exp
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.priors_side_by_side import effect_priors
from bayes.sensitivity.sample_space import box_p_of
from bayes.sensitivity.subject import Subject, Target

SURPRISING = 0.05


class ConflictRow(TypedDict):
    """How surprising the data are under one prior."""

    prior: str  # its name
    distribution: str  # as written in a prior set, on the analysis scale
    box_p: float | None  # Box's prior predictive p-value: small if the data are surprising; None if not defined
    overlap: float | None  # of prior and likelihood, 0 (apart) to 1 (the same); None if not defined
    conflict: bool | None  # whether `box_p` is below 0.05; None if not defined
    reason: str | None  # why either is not defined


def conflict(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Measure how surprising the data are under each prior, and how far prior and likelihood overlap (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `prior`: its `distribution`; `box_p`, Box's prior predictive p-value, small if the prior made these
        data improbable (Box 1980); `overlap`, from 0 to 1; `conflict`, whether `box_p` is below 0.05; and `reason` if
        either is not defined.
    """
    return pd.DataFrame(conflict_rows(Subject.of(target, prior, prior_set, priors)))


def conflict_rows(subject: Subject) -> list[ConflictRow]:
    """List the rows of `conflict` for a subject."""
    priors = effect_priors(subject)
    try:
        box_p: Callable[[Distribution], float] | str = box_p_of(subject, priors.values())
    except NotFormable as why:
        box_p = str(why)
    return [_row(subject, name, prior, box_p) for name, prior in priors.items()]


def _row(subject: Subject, name: str, prior: Distribution, box_p: Callable[[Distribution], float] | str) -> ConflictRow:
    """Return the row of one prior; `box_p` is the p-value as a function of the prior, or why it is not defined."""
    box = None if isinstance(box_p, str) else box_p(prior)
    overlap = _overlap(subject, prior)
    reasons = [f"Box's p is not defined: {box_p}"] if isinstance(box_p, str) else []
    if isinstance(overlap, str):
        reasons.append(f"the overlap is not defined: {overlap}")
    return {
        "prior": name,
        "distribution": str(prior),
        "box_p": box,
        "overlap": None if isinstance(overlap, str) else overlap,
        "conflict": None if box is None else box < SURPRISING,
        "reason": "; ".join(reasons) or None,
    }


def _overlap(subject: Subject, prior: Distribution) -> float | str:
    """Return the overlap, from 0 to 1, or why it is not defined."""
    if subject.why_no_estimate is not None and not subject.direction_unknown:
        return subject.why_no_estimate
    if subject.curve.level_tails:
        return "the likelihood does not fall to zero, so it has no finite integral"
    if prior.spike:
        return "a prior with a spike has no density"
    on = subject.tabled
    log_l = on.log_l - log_sum_exp(on.log_l, weights=on.weight)
    log_prior = on.to_the_ends(quadrature.log_prior_density(prior, on.theta))
    log_prior = log_prior - log_sum_exp(log_prior, weights=on.weight)
    return min(float(np.exp(np.minimum(log_l, log_prior)) @ on.weight), 1.0)
