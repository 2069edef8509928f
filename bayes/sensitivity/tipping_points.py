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
from math import sqrt

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from bayes.base.measures import normal_quantile
from bayes.base.numbers import significant
from bayes.errors import NotFormable
from bayes.priors.effect_rules import FormedPrior
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.informative_weight import informative_weights, tipping_weight
from bayes.sensitivity.priors_side_by_side import camps
from bayes.sensitivity.subject import TARGETS, Row, Subject, Target

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
        prior, against its vague part; one row per robust prior); on the measure's own scale for `mcid`; and empty if
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


def tipping_rows(subject: Subject, targets: Sequence[float] = TARGETS) -> list[Row]:
    """List the rows of `tipping` for a subject."""
    rows = []
    probabilities = ["p_benefit", *(["p_mcid"] if subject.mcid is not None else [])]
    for vary, solve in (("prior_sd", prior_sd_at), ("prior_mean", prior_mean_at), ("mixture_weight", _mixture_weight)):
        for probability in probabilities:
            rows += [
                {"vary": vary, "probability": probability, "target": c} | solve(subject, probability, c)
                for c in targets
            ]
    rows += informative_weights(subject, probabilities, targets)
    return rows + [{"vary": "mcid", "probability": "p_mcid", "target": c} | _mcid(subject, c) for c in targets]


def _threshold(subject: Subject, probability: str) -> float:
    return subject.null if probability == "p_benefit" else subject.mcid


def _closed(subject: Subject) -> tuple[float, float] | None:
    """Return (y, s) if the likelihood is exactly normal and the priors are normal, so that closed forms apply."""
    normal = subject.normal
    unbounded = subject.curve.bounds == (-np.inf, np.inf)
    return normal if normal is not None and unbounded and subject.family.shape == "normal" else None


def prior_sd_at(subject: Subject, probability: str, target: float) -> Row:
    """Find the sd of a prior centred on no effect at which the posterior probability equals the target."""
    family, threshold = subject.family, _threshold(subject, probability)
    at = f"prior mean {significant(subject.natural(subject.null), 4)} (no effect)"
    closed = _closed(subject)
    if closed is not None and probability == "p_benefit":
        y, s = closed
        z, q = subject.sign * (y - subject.null) / s, normal_quantile(target)
        if z <= q:
            top = f"{_phi(z):.3f}"
            return _never(at, f"even a flat prior gives {top}" if z > 0 else _wrong_way(subject, z, top))
        return _found(subject, subject.null, s * sqrt(q**2 / (z**2 - q**2)), at, "closed form", vary="sd")
    low, high = family.sd_range(subject.null)

    def p(sds: np.ndarray) -> np.ndarray:
        return p_better(subject, np.full_like(sds, subject.null), sds, threshold)

    roots, values = crossings(p, np.geomspace(low, high, STEPS), target)
    if not roots:
        return _never(at, _why_never(subject, values, target, "sd"))
    note = "root" if len(roots) == 1 else "first of " + ", ".join(significant(root) for root in roots)
    return _found(subject, subject.null, roots[0], at, note, vary="sd")


def prior_mean_at(subject: Subject, probability: str, target: float) -> Row:
    """Find the prior mean, at the neutral sd, at which the posterior probability equals the target."""
    family, threshold, sd = subject.family, _threshold(subject, probability), subject.family.sd
    at = f"prior sd {significant(sd, 4)}"
    closed = _closed(subject)
    if closed is not None:
        y, s = (subject.sign * (closed[0] - threshold), closed[1])
        q = normal_quantile(target)
        shift = sd**2 * (q * sqrt(1 / s**2 + 1 / sd**2) - y / s**2)
        return _found(subject, threshold + subject.sign * shift, sd, at, "closed form", vary="mean")

    def p(means: np.ndarray) -> np.ndarray:
        return p_better(subject, means, np.full_like(means, sd), threshold)

    roots, values = crossings(p, np.linspace(*family.mean_range(subject.null), STEPS), target)
    if not roots:
        return _never(at, _why_never(subject, values, target, "mean"))
    return _found(subject, roots[0], sd, at, "root", vary="mean")


def _mixture_weight(subject: Subject, probability: str, target: float) -> Row:
    try:
        sceptic, enthusiast = camps(subject)
    except NotFormable as reason:
        return _never("", str(reason))
    at = f"weight of the sceptic {sceptic.distribution} against the enthusiast {enthusiast.distribution}"
    (p1, m1), (p2, m2) = (_component(subject, formed, probability) for formed in (sceptic, enthusiast))
    weight = tipping_weight(target, p1, m1, p2, m2)
    if weight is None:
        side = "above" if min(p1, p2) >= target else "below"
        return _never(at, f"{side} the target at any weight: sceptical prior {p1:.3f}, enthusiastic prior {p2:.3f}")
    said = f"a weight of at most {weight:.3f} on the sceptical prior keeps the probability above the target (exact)"
    return _row(weight, None, at, said)


def _mcid(subject: Subject, target: float) -> Row:
    posterior = subject.under(subject.prior)
    (value,) = posterior.quantiles([1 - target if subject.sign > 0 else target])
    natural = subject.natural(value)
    beyond = subject.sign * (value - subject.null)
    side = "a benefit" if beyond > 0 else "a harm"
    reason = f"an effect at least as good as {significant(natural)} has this probability: {side}"
    return _row(natural, natural, f"prior {subject.prior}", reason)


def _component(subject: Subject, formed: FormedPrior, probability: str) -> tuple[float, float]:
    posterior = subject.under(formed.distribution)
    return subject.row(posterior)[probability], posterior.log_evidence


def p_better(subject: Subject, means: np.ndarray, sds: np.ndarray, threshold: float) -> np.ndarray:
    """Return P(effect better than the threshold) under priors of the family, given by arrays of means and sds."""
    many = subject.tabled.many(lambda theta: subject.family.log_densities(means, sds, theta))
    above = many.above[threshold]
    return above if subject.sign > 0 else 1 - above


def crossings(p: Callable[[np.ndarray], np.ndarray], grid: np.ndarray, target: float) -> tuple[list[float], np.ndarray]:
    """Return every crossing of the target on the grid, refined by root finding, and the probabilities on the grid."""
    values = p(grid)
    crossing = np.flatnonzero(np.diff(np.sign(values - target)) != 0)
    roots = [brentq(lambda x: float(p(np.array([x]))[0]) - target, grid[i], grid[i + 1], xtol=1e-10) for i in crossing]
    return roots, values


def _why_never(subject: Subject, values: np.ndarray, target: float, what: str) -> str:
    top, bottom = float(np.nanmax(values)), float(np.nanmin(values))
    if subject.direction_unknown and what == "sd":
        return f"the report does not say which arm it favours: at most {top:.3f}, whatever the prior sd"
    if bottom > target:
        return f"the probability is always above the target: at least {bottom:.3f}, whatever the prior {what}"
    return f"the probability is at most {top:.3f}, whatever the prior {what}"


def _wrong_way(subject: Subject, z: float, top: str) -> str:
    return f"the report points to harm (z = {z:.2f} towards benefit): even a flat prior gives {top}"


def _phi(z: float) -> float:
    from scipy.special import ndtr

    return float(ndtr(z))


def _found(subject: Subject, mean: float, sd: float, at: str, how: str, vary: str) -> Row:
    low, high = subject.family.limits(mean, sd)
    natural = [subject.natural(x) for x in (mean, low, high)]
    around, below, above = map(significant, natural)
    words = f"a prior with mean {around} and 95% interval {below} to {above} ({how})"
    row = _row(sd if vary == "sd" else mean, natural[0], at, words)
    return row | {"prior_low": natural[1], "prior_high": natural[2]}


def _never(at: str, reason: str) -> Row:
    return _row(None, None, at, f"never: {reason}")


def _row(value: float | None, natural: float | None, at: str, reason: str) -> Row:
    return {
        "value": value, "natural": natural, "prior_low": None, "prior_high": None, "at": at, "reason": reason
    }  # fmt: skip
