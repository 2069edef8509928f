"""Likelihood curves of tables over ordered categories, under proportional odds and two departures from it."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import log_softmax

from bayes.base.arrays import FloatArray, log_sum_exp
from bayes.paper.evidence import of_kind
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.priors.nuisance import Nuisance
from bayes.quadrature import ordinal
from bayes.quadrature.likelihood_curve import Curve, LogCurve
from bayes.quadrature.starting_point import tabulated_report

DEPARTURES = 5.0  # standard deviations of their prior, on either side
FEWEST, APART = 7, 3.3  # departures at which the curve is computed, and how many widths of the curve they are apart
MANY = 201  # departures to which a spline takes it


def proportional_odds(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of a common odds ratio, with the cutpoints integrated out."""
    log_l = log_proportional_odds(outcome, nuisance)
    return tabulated_report(log_l, outcome, "cutpoints integrated one after another", like)


def log_proportional_odds(outcome: Outcome, nuisance: Nuisance) -> LogCurve:
    """Return log L of a common log odds ratio as a function that integrates at every value it is asked for."""
    table = _table(outcome, nuisance)

    def log_l(theta: FloatArray) -> FloatArray:
        shift = outcome.sign * theta[:, None]
        return ordinal.log_curve(
            table, (0.5 + nuisance.baseline_offset) * shift, (nuisance.baseline_offset - 0.5) * shift
        )

    return log_l


def worst_apart(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the odds ratio of all cuts but the last, which departs from it by gamma."""
    return _departing(lambda cut: (cut == cut[-1]).astype(float), outcome, nuisance, like)


def drifting(outcome: Outcome, nuisance: Nuisance, like: Curve | None = None) -> Curve:
    """Return the curve of the average log odds ratio, which changes linearly over the cuts by up to gamma."""
    return _departing(lambda cut: 2 * cut / cut[-1] - 1, outcome, nuisance, like)


def _departing(shape: LogCurve, outcome: Outcome, nuisance: Nuisance, like: Curve | None) -> Curve:
    """Average the curve over the departure gamma from proportional odds; `shape` is its direction across the cuts."""
    table = _table(outcome, nuisance)
    g = shape(np.arange(len(table.treatment) - 1.0))
    mean, sd = nuisance.departure.args
    near = like or proportional_odds(outcome, nuisance)
    count = max(FEWEST, 1 + int(np.ceil(2 * DEPARTURES * sd / (APART * near.width))))
    few, many = (np.linspace(-DEPARTURES, DEPARTURES, number) for number in (count, MANY))
    gamma, log_weight = mean + sd * few, log_softmax(-0.5 * many**2)

    def log_l(theta: FloatArray) -> FloatArray:
        effect = (theta[:, None, None] + gamma[:, None] * g).reshape(-1, len(g))
        half = outcome.sign * effect / 2
        given = ordinal.log_curve(table, half, -half).reshape(len(theta), -1)
        return log_sum_exp(CubicSpline(few, given, axis=1)(many) + log_weight, axis=1)

    method = "cutpoints integrated one after another, departure by the trapezoidal rule"
    return tabulated_report(log_l, outcome, method, near)


def _table(outcome: Outcome, nuisance: Nuisance) -> ordinal.Table:
    evidence = outcome.evidence
    observed = (evidence if isinstance(evidence, Ordinal) else of_kind(evidence, OrdinalCut)).observed
    _, treatment, control = (np.array(column) for column in zip(*observed, strict=True))
    k, stated = len(treatment), nuisance.ordinal
    threshold = stated if stated is not None and stated.name != "dirichlet" else None
    c = ordinal.concentration(k, stated)
    return ordinal.Table(treatment.astype(float), control.astype(float), np.full(k, c), threshold)
