"""Prior-data conflict: would the prior have expected such data at all?

Box p     P(f(Y) <= f(y)),  f the prior predictive of what was printed (`sample_space` says what that is, kind by kind)
overlap   integral of min(prior, likelihood scaled to one)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from bayes import quadrature
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.priors_side_by_side import effect_priors
from bayes.sensitivity.sample_space import box_p_of
from bayes.sensitivity.subject import Row, Subject, Target

SURPRISING = 0.05


def conflict(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """How surprising the data are under each prior, and how far prior and likelihood overlap.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.

    Returns
    -------
    DataFrame
        `prior`, `distribution`, `box_p` (small: the data lie where the prior hardly expected any), `overlap` (0 to 1),
        `conflict` (whether box_p is below 0.05), `reason` where one of them is not defined.
    """
    return pd.DataFrame(conflict_rows(Subject.of(target, prior, prior_set, priors)))


def conflict_rows(subject: Subject) -> list[Row]:
    """List the rows of `conflict` for a subject."""
    priors = effect_priors(subject)
    try:
        box_p = box_p_of(subject, priors.values())
    except NotFormable as why:
        box_p = str(why)
    return [{"prior": name, "distribution": str(prior), **_of(subject, prior, box_p)} for name, prior in priors.items()]


def _of(subject: Subject, prior: Distribution, box_p: Callable[[Distribution], float] | str) -> Row:
    box = None if isinstance(box_p, str) else box_p(prior)
    overlap = _overlap(subject, prior)
    reasons = [f"no Box p: {box_p}"] if isinstance(box_p, str) else []
    if isinstance(overlap, str):
        reasons.append(f"no overlap: {overlap}")
    return {
        "box_p": box,
        "overlap": None if isinstance(overlap, str) else overlap,
        "conflict": None if box is None else box < SURPRISING,
        "reason": "; ".join(reasons) or None,
    }


def _overlap(subject: Subject, prior: Distribution) -> float | str:
    """A number from 0 to 1, or why the likelihood cannot be scaled to one, or the prior has no density."""
    if subject.why_no_estimate is not None and not subject.undirected:
        return subject.why_no_estimate
    if subject.curve.level_tails:
        return "the likelihood never falls"
    if prior.spike:
        return "a prior with a spike has no density there"
    on = subject.tabled
    log_l = on.log_l - logsumexp(on.log_l, b=on.weight)
    log_prior = on.to_the_ends(quadrature.log_prior_density(prior, on.theta))
    log_prior = log_prior - logsumexp(log_prior, b=on.weight)
    return min(float(np.exp(np.minimum(log_l, log_prior)) @ on.weight), 1.0)
