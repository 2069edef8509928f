"""The likelihood of a standardised effect d given a bare test result (for `reported_p*`)."""

from __future__ import annotations

from math import log, pi
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from numpy.typing import NDArray
from pytensor.tensor.special import logaddexp

from bayes.base.arrays import FloatArray
from bayes.base.measures import TestStatistic
from bayes.models.shared.normal import log_ndtr, log_ndtr_between
from bayes.models.shared.signatures import Report, Tensor
from bayes.paper.evidence.bare_tests import BareP, Significance
from bayes.paper.trial import Outcome

FAR = 1e6  # the unbounded end of a region of z
NEVER = -1e12  # log weight of a direction that the report excludes


def bare(outcome: Outcome) -> BareP | Significance:
    """Return the evidence of an outcome that reports a test without an effect."""
    match outcome.evidence:
        case BareP() | Significance() as evidence:
            return evidence
    raise TypeError(f"{outcome.evidence.kind} evidence where a bare test was expected")


def statistic(outcome: Outcome) -> TestStatistic:
    """Return the distribution of the test statistic behind a report."""
    return bare(outcome).statistic(outcome.measure)


def region(outcome: Outcome, statistic: TestStatistic) -> dict[str, float]:
    """Return the reported region of the test statistic, oriented by `favours`.

    Parameters
    ----------
    outcome : Outcome
        With a bare test as evidence.
    statistic : TestStatistic

    Returns
    -------
    dict of float
        A point `z` (with `is_point` = 1) or the interval `low` to `high`, the standard error `s` (analysis scale), and
        the log weights of both directions of d: (0, 0) when the direction is unknown.
    """
    evidence, s = bare(outcome), outcome.standard_error
    if s is None:
        raise ValueError("the report does not imply a standard error")
    reported = statistic.quantile(evidence.upper_tail)
    if isinstance(evidence, BareP) and not evidence.p_is_bound:
        span = {"z": reported, "low": -1.0, "high": 1.0, "is_point": 1.0}
    else:
        inside = evidence.falls_short
        span = {"z": 0.0, "low": 0.0 if inside else reported, "high": reported if inside else FAR, "is_point": 0.0}
    raises = evidence.favours != ("control" if outcome.sign > 0 else "treatment")
    folded = evidence.favours == "unknown"
    return span | {
        "s": s,
        "log_weight_up": 0.0 if raises or folded else NEVER,
        "log_weight_down": 0.0 if not raises or folded else NEVER,
    }


def folded(d: Tensor, data: Report, ratio: Tensor | float = 1.0, central: Tensor | float = 0.0) -> Tensor:
    """Return the log likelihood of d, summed over both directions with their weights.

    Given u = `ratio`, the standardised distance of a reported value from its expectation is (value - d) u where
    `central` is one, and value u - d where it is zero.

    Parameters
    ----------
    d : Tensor, shape (trial,)
        Effect in standard errors.
    data : mapping of Tensor, shape (trial,)
        As `region`.
    ratio : Tensor, shape (trial,)
        Ratio of the sample SD to the true SD.
    central : Tensor, shape (trial,)
        One for a central t, zero for a noncentral t.

    Returns
    -------
    Tensor, shape (trial,)
    """
    at_d = pt.switch(central, ratio, 1.0)
    up = data["log_weight_up"] + _one_direction(d * at_d, data, ratio)
    down = data["log_weight_down"] + _one_direction(-d * at_d, data, ratio)
    both: Tensor = logaddexp(up, down)
    return both


def _one_direction(d: Tensor, data: Report, scale: Tensor | float) -> Tensor:
    """Return the log likelihood of d if the statistic is in the reported direction.

    Parameters
    ----------
    d : Tensor, shape (trial,)
        Expectation of the statistic times `scale`, with the sign of the direction.
    data : mapping of Tensor, shape (trial,)
        As `region`.
    scale : Tensor, shape (trial,)
        The reciprocal of the statistic's standard deviation.

    Returns
    -------
    Tensor, shape (trial,)
    """
    density = -0.5 * (data["z"] * scale - d) ** 2 - 0.5 * log(2 * pi) + pt.log(scale)
    tail = log_ndtr_between(data["low"] * scale - d, data["high"] * scale - d)
    log_l: Tensor = pt.switch(data["is_point"], density, tail)
    return log_l


def observe(
    effect: Tensor,
    outcome: Outcome,
    statistic: TestStatistic,
    ratio: Tensor | float = 1.0,
    of: str = "",
) -> None:
    """Add the reported test statistic, or the reported statement about it, to the current model.

    The statistic is oriented: positive in the direction that `favours` states. Without a stated direction its absolute
    value is reported.

    Parameters
    ----------
    effect : Tensor, shape ()
        On the analysis scale.
    outcome : Outcome
        With a bare test as evidence.
    statistic : TestStatistic
    ratio : Tensor, shape ()
        Ratio of the sample SD to the true SD.
    of : str
        The ending of names, which says whose they are.
    """
    known = region(outcome, statistic)
    direction = -1.0 if known["log_weight_up"] == NEVER else 1.0
    d = direction * effect / pm.Data(f"standard_error{of}", known["s"])
    mean, sd = d if statistic.central else d / ratio, 1 / pt.as_tensor_variable(ratio)
    either = bare(outcome).favours == "unknown"
    if not known["is_point"]:
        _statement(f"statement{of}", mean, sd, (known["low"], known["high"]), either)
    elif either:
        _folded_normal(f"absolute_test_statistic{of}", mean, sd, known["z"])
    else:
        pm.Normal(f"test_statistic{of}", mu=mean, sigma=sd, observed=known["z"])


def _folded_normal(name: str, mean: Tensor, sd: Tensor, observed: float) -> None:
    """Add the observed absolute value of a normal variable to the current model.

    Parameters
    ----------
    name : str
    mean, sd : Tensor, shape ()
    observed : float
    """

    def logp(value: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
        """Return the log density of an absolute value, (); all arguments : ()."""
        either: Tensor = logaddexp(*(pm.logp(pm.Normal.dist(m, sd), value) for m in (mean, -mean)))
        return either

    def random(mean: FloatArray, sd: FloatArray, rng: np.random.Generator, size: Any) -> FloatArray:
        """Return absolute values, `size`; mean and sd : ()."""
        absolute: FloatArray = np.abs(rng.normal(mean, sd, size))
        return absolute

    pm.CustomDist(name, mean, sd, logp=logp, random=random, observed=observed)


def _statement(name: str, mean: Tensor, sd: Tensor, inside: tuple[float, float], either: bool) -> None:
    """Add the observed statement that a normal variable is within an interval, true (1) or not (0), to the model.

    Both probabilities are sums of tails, so that they stay exact where one of them is nearly certain.

    Parameters
    ----------
    name : str
    mean, sd : Tensor, shape ()
    inside : (float, float)
        The interval, not below zero.
    either : bool
        Whether the statement is about the absolute value.
    """
    low, high = inside

    def log_p(mean: Tensor, sd: Tensor, true: bool) -> Tensor:
        """Return the log probability that a statement on the variable is true or false, (); mean and sd : ()."""
        a, b = (low - mean) / sd, (high - mean) / sd
        p: Tensor = log_ndtr_between(a, b) if true else logaddexp(log_ndtr(a), log_ndtr(-b))
        return p

    def of_absolute(mean: Tensor, sd: Tensor, true: bool) -> Tensor:
        """Return the log probability that a statement on its absolute value is true or false, ()."""
        beyond = [log_ndtr((m - high) / sd) for m in (mean, -mean)]
        within = log_ndtr_between((-low - mean) / sd, (low - mean) / sd)
        false = logaddexp(*beyond, within) if low > 0 else logaddexp(*beyond)
        p: Tensor = logaddexp(log_p(mean, sd, True), log_p(-mean, sd, True)) if true else false
        return p

    def logp(value: Tensor, mean: Tensor, sd: Tensor) -> Tensor:
        """Return the log probability of the statement, true (1) or false (0), (); all arguments : ()."""
        of = of_absolute if either else log_p
        found: Tensor = pt.switch(pt.eq(value, 1), of(mean, sd, True), of(mean, sd, False))
        return found

    def random(mean: FloatArray, sd: FloatArray, rng: np.random.Generator, size: Any) -> NDArray[np.int64]:
        """Return whether the statement is true of drawn statistics, `size`; mean and sd : ()."""
        drawn = rng.normal(mean, sd, size)
        drawn = np.abs(drawn) if either else drawn
        true: NDArray[np.int64] = ((drawn >= low) & (drawn <= high)).astype(np.int64)
        return true

    pm.CustomDist(name, mean, sd, logp=logp, random=random, dtype="int64", observed=1)
