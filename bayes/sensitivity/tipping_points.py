"""Tipping points: the prior beliefs at which a probability crosses a target.

Closed forms apply to a normal likelihood with a normal prior (METHODS 6); otherwise, roots are found on the likelihood
curve. With theta oriented so that benefit is positive, z = y / s, and q the normal quantile of the target:

    prior sd    tau* = s sqrt(q^2 / (z^2 - q^2)), none when z <= q
    prior mean  m* = tau^2 (q sqrt(1/s^2 + 1/tau^2) - y/s^2)
    mixture     w* = M2 (c - P2) / [M1 (P1 - c) + M2 (c - P2)], M marginal likelihoods, P posterior probabilities,
                for sceptic and enthusiast, and for the informative and the vague part of a robust prior
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from bayes.base import numbers
from bayes.base.arrays import FloatArray
from bayes.base.measures import normal_quantile
from bayes.base.numbers import bound, significant
from bayes.errors import NotFormable
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.informative_weight import informative_weights, judged, tipping_weight
from bayes.sensitivity.missing_tipping import missing_tipping_rows
from bayes.sensitivity.priors_side_by_side import camps
from bayes.sensitivity.subject import TARGETS, Subject, Target
from bayes.sensitivity.tipping_row import Tipped, TippingRow, tipping_row

STEPS = 161


def tipping(
    target: Target,
    targets: Sequence[float] = TARGETS,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Find the priors (and the MCID) at which each probability crosses each target (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    targets : sequence of float
        Probabilities to be crossed, between 0 and 1.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `vary`, `probability` and `target`. `value` is on the analysis scale for `prior_sd` (of a prior
        centred on the null) and `prior_mean` (at the sd in `at`); a weight between 0 and 1 for `mixture_weight` (of the
        sceptical prior, against the enthusiastic one) and `informative_weight` (of the evidence-based part of a robust
        prior, against its vague part; one row per robust prior); on the measure's own scale for `mcid`; a log odds
        ratio for `imor_treatment` and `imor_opposite`, and standard deviations for `imdom_treatment` and
        `imdom_opposite` (of patients without an outcome, where the file states their number); and empty if
        the target is never crossed. `natural`, `prior_low` and `prior_high` are the mean and 95% limits of that prior
        on the measure's own scale. `reason` says what the number means, or why there is none.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.sensitivity.tipping("mesems:gel_24w", [0.95])
    >>> print(found[found["vary"] == "prior_sd"]["reason"].iloc[0])
    never: even a flat prior gives 0.601
    """
    return pd.DataFrame(tipping_rows(Subject.of(target, prior, prior_set, priors), targets))


def tipping_rows(subject: Subject, targets: Sequence[float] = TARGETS) -> list[TippingRow]:
    """List the rows of `tipping` for a subject."""
    rows: list[TippingRow] = []
    probabilities: list[Tipped] = ["p_benefit"] if subject.mcid is None else ["p_benefit", "p_mcid"]
    for vary, solve in (("prior_sd", prior_sd_at), ("prior_mean", prior_mean_at)):
        rows += [_row_of(vary, name, c, solve(subject, name, c)) for name in probabilities for c in targets]
    rows += [_mixture_weight(subject, name, c) for name in probabilities for c in targets]
    rows += informative_weights(subject, probabilities, targets)
    rows += missing_tipping_rows(subject, probabilities, targets)
    return rows + [_mcid(subject, c) for c in targets]


@dataclass(frozen=True, slots=True)
class TippingPrior:
    """The prior at which a probability equals its target.

    Attributes
    ----------
    value : float
        Its sd or its mean, whichever was sought, on the analysis scale.
    mean, low, high : float
        Its mean and 95% limits, on the measure's own scale.
    at : str
        What was held fixed, in words.
    how : str
        How it was found: "closed form" or "root".
    """

    value: float
    mean: float
    low: float
    high: float
    at: str
    how: str


@dataclass(frozen=True, slots=True)
class NeverTips:
    """No prior of the kind sought reaches the target.

    Attributes
    ----------
    at : str
        What was held fixed, in words.
    why : str
        The reason, in words.
    """

    at: str
    why: str


def threshold_of(subject: Subject, probability: Tipped) -> float:
    """Return the threshold whose exceedance has this probability, on the analysis scale."""
    if probability == "p_benefit":
        return subject.null
    if subject.mcid is None:
        raise NotFormable(f"{subject.target.name} states no MCID")
    return subject.mcid


def _closed(subject: Subject) -> tuple[float, float] | None:
    """Return (y, s) if the likelihood is exactly normal and the priors are normal, so that closed forms apply."""
    unbounded = subject.curve.bounds == (-np.inf, np.inf)
    return subject.normal if unbounded and subject.family.shape == "normal" else None


def prior_sd_at(subject: Subject, probability: Tipped, target: float) -> TippingPrior | NeverTips:
    """Find the sd of a prior centred on no effect at which the posterior probability equals the target."""
    family, threshold = subject.family, threshold_of(subject, probability)
    at = f"prior mean {significant(subject.natural(subject.null), 4)} (no effect)"
    closed = _closed(subject)
    if closed is not None and probability == "p_benefit":
        y, s = closed
        z, q = subject.sign * (y - subject.null) / s, normal_quantile(target)
        if z <= q:
            top = numbers.probability(_phi(z), table=True)
            return NeverTips(at, f"even a flat prior gives {top}" if z > 0 else _wrong_way(z, top))
        sd = s * sqrt(q**2 / (z**2 - q**2))
        return _tipping_prior(subject, subject.null, sd, at, "closed form", value=sd)
    low, high = family.sd_range(subject.null)

    def p(sds: FloatArray) -> FloatArray:
        return p_better(subject, np.full_like(sds, subject.null), sds, threshold)

    roots, values = crossings(p, np.geomspace(low, high, STEPS), target)
    if not roots:
        return NeverTips(at, _why_never(subject, values, target, "sd"))
    note = "root" if len(roots) == 1 else "first of " + ", ".join(significant(root) for root in roots)
    return _tipping_prior(subject, subject.null, roots[0], at, note, value=roots[0])


def prior_mean_at(subject: Subject, probability: Tipped, target: float) -> TippingPrior | NeverTips:
    """Find the prior mean, at the neutral sd, at which the posterior probability equals the target."""
    family, threshold, sd = subject.family, threshold_of(subject, probability), subject.family.sd
    at = f"prior sd {significant(sd, 4)}"
    closed = _closed(subject)
    if closed is not None:
        y, s = (subject.sign * (closed[0] - threshold), closed[1])
        q = normal_quantile(target)
        mean = threshold + subject.sign * sd**2 * (q * sqrt(1 / s**2 + 1 / sd**2) - y / s**2)
        return _tipping_prior(subject, mean, sd, at, "closed form", value=mean)

    def p(means: FloatArray) -> FloatArray:
        return p_better(subject, means, np.full_like(means, sd), threshold)

    roots, values = crossings(p, np.linspace(*family.mean_range(subject.null), STEPS), target)
    if not roots:
        return NeverTips(at, _why_never(subject, values, target, "mean"))
    return _tipping_prior(subject, roots[0], sd, at, "root", value=roots[0])


def _mixture_weight(subject: Subject, probability: Tipped, target: float) -> TippingRow:
    """Return the row of the weight of the sceptical prior, against the enthusiastic one."""
    vary = "mixture_weight"
    try:
        sceptic, enthusiast = camps(subject)
    except NotFormable as reason:
        return tipping_row(vary, probability, target, "", f"never: {reason}")
    at = f"weight of the sceptic {sceptic} against the enthusiast {enthusiast}"
    (p1, m1), (p2, m2) = (judged(subject, prior, probability) for prior in (sceptic, enthusiast))
    weight = tipping_weight(target, p1, m1, p2, m2)
    if weight is None:
        side = "above" if min(p1, p2) >= target else "below"
        sceptical, enthusiastic = (numbers.probability(p, table=True) for p in (p1, p2))
        why = f"{side} the target at any weight: sceptical prior {sceptical}, enthusiastic prior {enthusiastic}"
        return tipping_row(vary, probability, target, at, f"never: {why}")
    said = f"a weight of at most {weight:.3f} on the sceptical prior keeps the probability above the target (exact)"
    return tipping_row(vary, probability, target, at, said, weight)


def _mcid(subject: Subject, target: float) -> TippingRow:
    """Return the row of the MCID that the effect reaches with the target probability, under the main prior."""
    posterior = subject.under(subject.prior)
    (value,) = posterior.quantiles([1 - target if subject.sign > 0 else target])
    natural = subject.natural(value)
    beyond = subject.sign * (value - subject.null)
    side = "a benefit" if beyond > 0 else "a harm"
    reason = f"an effect at least as good as {significant(natural)} has this probability: {side}"
    return tipping_row("mcid", "p_mcid", target, f"prior {subject.prior}", reason, natural, natural)


def p_better(subject: Subject, means: FloatArray, sds: FloatArray, threshold: float) -> FloatArray:
    """Return P(effect better than the threshold) under priors of the family, given by arrays of means and sds."""
    many = subject.tabled.many(lambda theta: subject.family.log_densities(means, sds, theta))
    above = many.above[threshold]
    return above if subject.sign > 0 else 1 - above


def crossings(p: Callable[[FloatArray], FloatArray], grid: FloatArray, target: float) -> tuple[list[float], FloatArray]:
    """Return every crossing of the target on the grid, refined by root finding, and the probabilities on the grid."""
    values = p(grid)
    crossing = np.flatnonzero(np.diff(np.sign(values - target)) != 0)
    roots = [brentq(lambda x: float(p(np.array([x]))[0]) - target, grid[i], grid[i + 1], xtol=1e-10) for i in crossing]
    return roots, values


def _why_never(subject: Subject, values: FloatArray, target: float, what: str) -> str:
    top, bottom = float(np.nanmax(values)), float(np.nanmin(values))
    if subject.direction_unknown and what == "sd":
        return f"the report does not say which arm it favours: at most {bound(top)}, whatever the prior sd"
    if bottom > target:
        return f"the probability is always above the target: at least {bound(bottom)}, whatever the prior {what}"
    return f"the probability is at most {bound(top)}, whatever the prior {what}"


def _wrong_way(z: float, top: str) -> str:
    return f"the report points to harm (z = {z:.2f} towards benefit): even a flat prior gives {top}"


def _phi(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(z))


def _tipping_prior(subject: Subject, mean: float, sd: float, at: str, how: str, value: float) -> TippingPrior:
    low, high = subject.family.limits(mean, sd)
    return TippingPrior(value, subject.natural(mean), subject.natural(low), subject.natural(high), at, how)


def _row_of(vary: str, probability: Tipped, target: float, found: TippingPrior | NeverTips) -> TippingRow:
    if isinstance(found, NeverTips):
        return tipping_row(vary, probability, target, found.at, f"never: {found.why}")
    around, below, above = map(significant, (found.mean, found.low, found.high))
    words = f"a prior with mean {around} and 95% interval {below} to {above} ({found.how})"
    limits = (found.low, found.high)
    return tipping_row(vary, probability, target, found.at, words, found.value, found.mean, limits)
