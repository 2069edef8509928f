"""Persons with an event in two arms, counts of which are known within bounds, compared by an odds ratio.

    X_arm ~ Binomial(n_arm, p_arm),   lo_arm <= X_arm <= hi_arm
    logit p = a + theta/2 (treatment),  a - theta/2 (control)
    a ~ Normal(0, 2.5) by default
    log L = sum over arms of  log P(lo <= X <= hi),   P(X >= k) = I_p(k, n - k + 1), the incomplete beta function

Known: lo, hi and n; lo = hi for a count that is printed as such. Estimated: theta (log odds ratio) and a, the log odds
midway between the arms. Assumes independent persons, one risk per arm, and bounds that say nothing more: they do not
depend on the counts, as a threshold of a registry does not that is stated beforehand. The cost does not depend on how
many counts the bounds allow. The textbook form sums the probabilities of these counts instead.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.special import logsumexp

from bayes.base.arrays import FloatArray
from bayes.models.shared import priors, textbook_priors, two_risks
from bayes.models.shared.signatures import Derived, Draws, Report, Row, Tensor
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.censored_counts import CensoredCounts, CountWithin
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance

TINY = 1e-280  # below which the logarithm of a tail is taken from its first term
LEAST = -700.0  # log odds, below which a risk would underflow


def prepare(outcome: Outcome, nuisance: Nuisance) -> Row:
    """Return one trial's bounds and persons per arm, and the prior of the baseline.

    Parameters
    ----------
    outcome : Outcome
        With censored counts.
    nuisance : Nuisance

    Returns
    -------
    dict of float
    """
    row = priors.nuisance_row("mid_log_odds", nuisance.binary) | {"baseline_offset": nuisance.baseline_offset}
    for name, arm in by_arm(of_kind(outcome.evidence, CensoredCounts)).items():
        row |= {f"least_{name}": arm.least, f"most_{name}": arm.most, f"n_{name}": arm.n}
    return row


def log_likelihood(theta: Tensor, data: Report) -> Tensor:
    """Return the log likelihood of each trial, and declare the baseline.

    Parameters
    ----------
    theta : Tensor, shape (trial,)
        Log odds ratio.
    data : mapping of Tensor, shape (trial,)
        As `prepare`, with a leading trial axis.

    Returns
    -------
    Tensor, shape (trial,)
    """
    mid = priors.nuisance("mid_log_odds", data, prior_at=-data["baseline_offset"] * theta)
    log_l: Tensor = pt.add(
        *(
            _log_within(eta, *(data[f"{name}_{arm}"] for name in ("least", "most", "n")))
            for arm, eta in (("treatment", mid + theta / 2), ("control", mid - theta / 2))
        )
    )
    return log_l


def _log_within(eta: Tensor, least: Tensor, most: Tensor, n: Tensor) -> Tensor:
    """Return the log probability that a binomial count is one of those that the bounds allow.

    Below the middle of the bounds it is a difference of upper tails, and above it one of lower tails, which are upper
    tails of the persons without the event: terms that are small where the risk lies outside the bounds.

    Parameters
    ----------
    eta : Tensor
        Log odds.
    least, most, n : Tensor, in the shape of eta

    Returns
    -------
    Tensor, in the shape of eta
    """
    middle = pt.log(least + most + 1) - pt.log(2 * n + 1 - least - most)
    log_p: Tensor = pt.switch(
        pt.eq(least, most),
        _log_count(eta, least, n),
        pt.switch(
            pt.lt(eta, middle),
            _log_between(pt.minimum(eta, middle), least, most, n),
            _log_between(-pt.maximum(eta, middle), n - most, n - least, n),
        ),
    )
    return log_p


def _log_between(eta: Tensor, least: Tensor, most: Tensor, n: Tensor) -> Tensor:
    """Return log(P(X >= least) - P(X >= most + 1)), for risks below the middle of the bounds; shapes as above."""
    from_least = pt.switch(pt.gt(least, 0), _log_at_least(eta, pt.maximum(least, 1), n), 0.0)
    above = _log_at_least(eta, pt.minimum(most + 1, n), n)
    room = pt.minimum(above - from_least, -1e-15)
    log_p: Tensor = from_least + pt.switch(pt.lt(most, n), pt.log1mexp(room), 0.0)
    return log_p


def _log_at_least(eta: Tensor, k: Tensor, n: Tensor) -> Tensor:
    """Return log P(X >= k) = log I_p(k, n - k + 1) for 1 <= k <= n; far in the tail from a geometric series.

    Parameters
    ----------
    eta : Tensor
        Log odds.
    k, n : Tensor, in the shape of eta

    Returns
    -------
    Tensor, in the shape of eta
    """
    tail = pt.betainc(k, n - k + 1, pt.sigmoid(pt.maximum(eta, LEAST)))
    ratio = pt.minimum((n - k) / (k + 1) * pt.exp(pt.minimum(eta, 0.0)), 0.9)
    log_p: Tensor = pt.switch(
        pt.gt(tail, TINY), pt.log(pt.maximum(tail, TINY)), _log_count(eta, k, n) - pt.log1p(-ratio)
    )
    return log_p


def _log_count(eta: Tensor, k: Tensor, n: Tensor) -> Tensor:
    """Return the log probability of k of n persons with the event; all in the shape of eta, the log odds."""
    coefficient = pt.gammaln(n + 1) - pt.gammaln(k + 1) - pt.gammaln(n - k + 1)
    log_p: Tensor = coefficient - k * pt.softplus(-eta) - (n - k) * pt.softplus(eta)
    return log_p


def observe(effect: Tensor, outcome: Outcome, nuisance: Nuisance, of: str = "") -> None:
    """Add the baseline, both risks and what is known of the counts to the current model.

    Parameters
    ----------
    effect : Tensor, shape ()
        Log odds ratio.
    outcome : Outcome
    nuisance : Nuisance
    of : str
        The ending of names, which says whose they are.
    """
    mid = textbook_priors.baseline("log_odds", nuisance.binary, effect, nuisance.baseline_offset, of)
    arms = by_arm(of_kind(outcome.evidence, CensoredCounts))
    log_odds = mid + effect / 2, mid - effect / 2
    for name, eta in zip(arms, log_odds, strict=True):
        pm.Deterministic(f"risk_{name}{of}", pt.sigmoid(eta))
    _observed(f"events{of}", pt.stack(log_odds), tuple(arms.values()))


def _observed(name: str, log_odds: Tensor, arms: tuple[CountWithin, ...]) -> None:
    """Add the counts of both arms to the current model; any count within the bounds is recorded as the greatest.

    Parameters
    ----------
    name : str
    log_odds : Tensor, shape (arm,)
    arms : tuple of CountWithin
    """
    least, most, n = (np.array(x) for x in zip(*((a.least, a.most, a.n) for a in arms), strict=True))

    def logp(value: Tensor, eta: Tensor) -> Tensor:
        """Return the log probability of a record of each arm, (..., arm); value and eta : (..., arm)."""
        found = []
        for i, arm in enumerate(arms):
            counts, size = (pt.as_tensor_variable(x) for x in (np.arange(arm.least, arm.most + 1.0), float(arm.n)))
            within = logsumexp(_log_count(eta[..., i, None], counts, size), axis=-1)
            inside = pt.ge(value[..., i], arm.least) & pt.lt(value[..., i], arm.most)
            another = pt.switch(inside, -np.inf, _log_count(eta[..., i], value[..., i], size))
            found.append(pt.switch(pt.eq(value[..., i], arm.most), within, another))
        log_p: Tensor = pt.stack(found, axis=-1)
        return log_p

    def random(eta: FloatArray, rng: np.random.Generator, size: Any) -> Any:
        """Return records of both arms, (*size); eta : (..., arm)."""
        drawn = rng.binomial(n, two_risks.expit(eta), size)
        return np.where((least <= drawn) & (drawn <= most), most, drawn)

    pm.CustomDist(
        name, log_odds, logp=logp, random=random, signature="()->()", dtype="int64", observed=most, dims="arm"
    )


def derived(effect: FloatArray, draws: Draws, outcome: Outcome) -> Derived:
    """Return the baseline, both risks and every comparison of them.

    Parameters
    ----------
    effect : ndarray, shape (chain, draw)
        Log odds ratio.
    draws : mapping of ndarray, shape (chain, draw)
        The likelihood's own parameters.
    outcome : Outcome

    Returns
    -------
    dict of (dims, ndarray), shape (chain, draw)
        The baseline in log odds, the others on their natural scales.
    """
    mid = draws["mid_log_odds"]
    risks = two_risks.expit(mid + effect / 2), two_risks.expit(mid - effect / 2)
    return {"mid_log_odds": ((), mid), **two_risks.describe(*risks, outcome)}


def recovered(stored: Draws, outcome: Outcome, nuisance: Nuisance) -> Draws:
    """Return the parameters of `observe` that a stored posterior does not have under their own names.

    Parameters
    ----------
    stored : mapping of ndarray, shape (chain, draw)
        As `derived` names them, with `effect`.
    outcome : Outcome
    nuisance : Nuisance

    Returns
    -------
    dict of ndarray, shape (chain, draw)
    """
    return {"control_log_odds": stored["mid_log_odds"] - nuisance.baseline_offset * stored["effect"]}
