"""Likelihood curves L(theta) for every likelihood: all parameters but the effect are integrated out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from math import pi

import numpy as np
from scipy import stats
from scipy.special import erfcx, gammaln, log_ndtr, logsumexp

from bayes.base.measures import TestStatistic
from bayes.likelihoods.contract import likelihood_of
from bayes.paper.selective_reporting import log_printed
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature import bare_tests, events, means, ordinal
from bayes.quadrature.densities import log_density
from bayes.quadrature.integrals import log_integral
from bayes.quadrature.likelihood_curve import Curve, LogCurve, bounds_of, landmarks_of, tabulated
from bayes.quadrature.starting_point import starting_point


def curve(
    outcome: Outcome,
    nuisance: Nuisance,
    likelihood: str | None = None,
    omega: float = 1.0,
    like: Curve | None = None,
) -> Curve:
    """Return the likelihood curve of a reported outcome.

    Parameters
    ----------
    outcome : Outcome
    nuisance : Nuisance
        Priors of the parameters that are integrated out.
    likelihood : str, optional
        A likelihood of the catalogue; by default the outcome's own.
    omega : float
        How likely a non-significant result is to be published, relative to a significant one. Below 1, L(theta) is
        divided by the probability that the report was published (`selective_reporting`).
    like : Curve, optional
        The curve of a nearly identical report; its peak and width replace the search for those of a costly curve.

    Returns
    -------
    Curve
        log L(theta), with theta on the analysis scale.

    Raises
    ------
    UnknownName
        If the likelihood cannot read this outcome.
    """
    plain = CURVES[likelihood_of(outcome, likelihood)](outcome, nuisance, like)
    textbook = outcome.evidence.own_estimate(outcome.measure)
    plain = replace(plain, unit=outcome.unit, determined=outcome.has_estimate, textbook=textbook)
    if omega == 1:
        return plain
    parts = {
        name: lambda theta, part=part: part(theta) - log_printed(theta, outcome, omega)
        for name, part in plain.parts.items()
    }
    return replace(
        plain,
        parts=parts,
        width=2 * plain.width,
        normal=None,
        textbook=None,
        method=f"{plain.method}, selection omega {omega:g}",
    )


def _estimate(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    constant = -np.log(s) - 0.5 * np.log(2 * pi)
    parts = {"all": lambda theta: constant - 0.5 * ((y - theta) / s) ** 2}
    return Curve(parts, y, s, "closed-form normal likelihood", bounds_of(outcome), normal=(y, s))


def _estimate_t(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    log_l = stats.t(float(outcome.evidence.df), y, s).logpdf
    return Curve({"all": log_l}, y, s, "closed-form Student-t likelihood", bounds_of(outcome))


def _ordinal(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    table = _table(outcome, nuisance)

    def log_l(theta: np.ndarray) -> np.ndarray:
        shift = outcome.sign * theta[:, None]
        return ordinal.log_curve(
            table, (0.5 + nuisance.baseline_offset) * shift, (nuisance.baseline_offset - 0.5) * shift
        )

    return _tabulated(log_l, outcome, "cutpoints integrated one after another", like)


def _partial(shape: LogCurve, outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Average the curve over the departure gamma from proportional odds; `shape` is its direction across the cuts."""
    table = _table(outcome, nuisance)
    g = shape(np.arange(len(table.treatment) - 1.0))
    mean, sd = nuisance.departure.args
    node, weight = np.polynomial.hermite_e.hermegauss(11)
    gamma, log_weight = mean + sd * node, np.log(weight / weight.sum())

    def log_l(theta: np.ndarray) -> np.ndarray:
        effect = (theta[:, None, None] + gamma[:, None] * g).reshape(-1, len(g))
        half = outcome.sign * effect / 2
        return logsumexp(ordinal.log_curve(table, half, -half).reshape(len(theta), -1) + log_weight, axis=1)

    method = "cutpoints integrated one after another, departure by quadrature"
    return _tabulated(log_l, outcome, method, like or _ordinal(outcome, nuisance))


def _table(outcome: Outcome, nuisance: Nuisance) -> ordinal.Table:
    _, treatment, control = (np.array(column) for column in zip(*outcome.evidence.observed, strict=True))
    k, stated = len(treatment), nuisance.ordinal
    threshold = stated if stated is not None and stated.name != "dirichlet" else None
    c = ordinal.concentration(k, stated)
    return ordinal.Table(treatment.astype(float), control.astype(float), np.full(k, c), threshold)


def _binary(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    evidence = outcome.evidence
    x1, n1, x0, n0 = evidence.treatment.events, evidence.treatment.n, evidence.control.events, evidence.control.n
    constant = sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in ((x1, n1), (x0, n0)))

    def odds(theta: np.ndarray) -> np.ndarray:
        def log_f(a: np.ndarray) -> np.ndarray:
            up, down = a + theta[:, None] / 2, a - theta[:, None] / 2
            log_l = x1 * up - n1 * np.logaddexp(0, up) + x0 * down - n0 * np.logaddexp(0, down)
            return log_l + log_density(nuisance.binary, a - nuisance.baseline_offset * theta[:, None])

        reach = 60.0 + np.abs(theta)
        return log_integral(log_f, -reach, reach) + constant

    def ratio(theta: np.ndarray) -> np.ndarray:
        mean, sd = nuisance.binary.args
        bound = -np.abs(theta) / 2
        z = (bound - mean) / sd

        def log_f(w: np.ndarray) -> np.ndarray:  # a = bound - t, t = exp(w)
            t = np.exp(w)
            log_p1, log_p0 = np.minimum(theta, 0.0)[:, None] - t, np.minimum(-theta, 0.0)[:, None] - t
            log_l = x1 * log_p1 + (n1 - x1) * _log1mexp(log_p1) + x0 * log_p0 + (n0 - x0) * _log1mexp(log_p0)
            # normal density at a relative to that at the bound: avoids a difference of large squares in the tail
            return log_l - (t / sd - 2 * z[:, None]) * t / (2 * sd) + w

        # log of (density at the bound / mass below it), from the inverse Mills ratio where the mass is tiny
        mills = np.where(z < 0, 0.5 * np.log(2 / np.pi) - np.log(erfcx(np.maximum(-z, 0.0) / np.sqrt(2))), 0.0)
        hazard = np.where(z < 0, mills, stats.norm.logpdf(z) - log_ndtr(z)) - np.log(sd)
        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 5.0), points=257) + hazard + constant

    def difference(theta: np.ndarray) -> np.ndarray:
        room, up, down = (1 - np.abs(theta))[:, None], np.maximum(theta, 0)[:, None], np.maximum(-theta, 0)[:, None]

        def log_f(w: np.ndarray) -> np.ndarray:  # the baseline as a uniform share expit(w) of its range
            share, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))
            log_l = x1 * np.log(up + room * share) + (n1 - x1) * np.log(down + room * rest)
            log_l = log_l + x0 * np.log(down + room * share) + (n0 - x0) * np.log(up + room * rest)
            return log_l + np.log(share) + np.log(rest)

        return log_integral(log_f, np.full_like(theta, -60.0), np.full_like(theta, 60.0)) + constant

    log_l = {"odds_ratio": odds, "risk_ratio": ratio, "risk_difference": difference}[outcome.measure]
    bounds = bounds_of(outcome)
    centre, width = landmarks_of(log_l, bounds, starting_point(outcome), outcome.has_estimate)
    # with all patients of one arm affected and none of the other, L rises to a plateau as the ratio grows
    level = outcome.measure == "risk_ratio" and ((x1, x0) == (0, n0) or (x1, x0) == (n1, 0))
    return Curve({"all": log_l}, centre, width, "quadrature over the baseline", bounds, level)


def _events(likelihood: str, outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    log_l, method = events.log_curve(likelihood, outcome.evidence, nuisance)
    return _tabulated(log_l, outcome, method, like)


def _means(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    log_l = means.log_curve(outcome.evidence, outcome.measure)
    return _tabulated(log_l, outcome, "quadrature over both standard deviations", like)


def _proportion(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    x, n = outcome.evidence.events, outcome.evidence.n
    centre, width = (x + 1) / (n + 2), np.sqrt((x + 1) * (n - x + 1) / (n + 2) ** 2 / (n + 3))
    return Curve({"all": lambda p: stats.binom.logpmf(x, n, p)}, centre, width, "quadrature", (0.0, 1.0))


def _bare(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    return bare_tests.curve(outcome, TestStatistic())


def _bare_small(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    return bare_tests.curve(outcome, outcome.evidence.statistic(outcome.measure))


CURVES: dict[str, Callable[[Outcome, Nuisance, Curve | None], Curve]] = {
    "reported_estimate": _estimate,
    "reported_estimate_t": _estimate_t,
    "proportional_odds": _ordinal,
    "partial_odds_worst": partial(_partial, lambda cut: (cut == cut[-1]).astype(float)),
    "partial_odds_linear": partial(_partial, lambda cut: 2 * cut / cut[-1] - 1),
    "binomial": _binary,
    "binomial_risk_ratio": _binary,
    "binomial_risk_difference": _binary,
    "events_poisson": partial(_events, "events_poisson"),
    "events_negative_binomial": partial(_events, "events_negative_binomial"),
    "events_in_persons": partial(_events, "events_in_persons"),
    "events_zero_inflated": partial(_events, "events_zero_inflated"),
    "events_lognormal": partial(_events, "events_lognormal"),
    "means": _means,
    "single_proportion": _proportion,
    "reported_p": _bare,
    "reported_p_small_sample": _bare_small,
}


def _tabulated(log_l: LogCurve, outcome: Outcome, method: str, like: Curve | None) -> Curve:
    """Tabulate a costly curve as a spline, starting the search for its peak at a textbook approximation."""
    start = starting_point(outcome)
    return tabulated(log_l, start, method, unit=outcome.unit, determined=outcome.has_estimate, like=like)


def _log1mexp(x: np.ndarray) -> np.ndarray:
    """Return log(1 - exp(x)) for x < 0."""
    return np.log(-np.expm1(np.minimum(x, -1e-300)))
