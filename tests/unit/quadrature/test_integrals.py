"""Integrals: narrow peaks beside long tails, against closed forms and sums over very many nodes."""

import numpy as np
import pytest
from scipy.special import gammaln, ndtr, ndtri

import bayes
from bayes.base.arrays import log_sum_exp
from bayes.quadrature.integrals import log_integral, quantiles_of
from bayes.sensitivity.subject import Subject


@pytest.mark.parametrize("shape", [0.2, 1.0, 30.0])
@pytest.mark.parametrize("rate", [1.0, 1e3, 1e7])
def test_a_log_gamma_density_integrates_to_its_closed_form(shape, rate):
    low, high = np.array([-300.0]), np.array([20.0])
    found = log_integral(lambda w: shape * w - rate * np.exp(w), low, high, points=41)
    assert found[0] == pytest.approx(gammaln(shape) - shape * np.log(rate), abs=1e-9)


@pytest.mark.parametrize("sd", [0.3, 0.02])
def test_a_narrow_peak_on_a_long_tail_is_resolved(sd):
    at = -2.4

    def log_f(w):
        return w + np.logaddexp(0.0, 3 - 0.5 * ((w - at) / sd) ** 2) - 50 * np.exp(w)

    w = np.linspace(-60, 5, 2_000_001)
    wanted = log_sum_exp(log_f(w)) + np.log(w[1] - w[0])
    found = log_integral(log_f, np.array([-60.0]), np.array([5.0]), points=65)
    assert found[0] == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("counts", [(41, 264, 0, 9), (0, 3, 480, 1000), (700, 2000, 4, 4), (1, 5000, 0, 8)])
def test_lopsided_tables_have_the_risk_difference_of_a_sum_over_many_nodes(counts):
    x1, n1, x0, n0 = counts
    outcome = bayes.outcome(measure="risk_difference", benefit="lower", treatment=(x1, n1), control=(x0, n0))
    curve = Subject.of(outcome, "normal(0, 0.3)").curve
    w = np.linspace(-60, 60, 200_001)
    share, rest = 1 / (1 + np.exp(-w)), 1 / (1 + np.exp(w))

    def by_sum(theta):
        room, up, down = 1 - abs(theta), max(theta, 0.0), max(-theta, 0.0)
        p1, q1, p0, q0 = up + room * share, down + room * rest, down + room * share, up + room * rest
        log_f = x1 * np.log(p1) + (n1 - x1) * np.log(q1) + x0 * np.log(p0) + (n0 - x0) * np.log(q0)
        return log_sum_exp(log_f + np.log(share) + np.log(rest)) + np.log(w[1] - w[0])

    theta = np.clip(curve.centre + curve.width * np.linspace(-4, 4, 41), -0.95, 0.95)
    off = curve(theta) - np.array([by_sum(t) for t in theta])
    assert np.ptp(off) < 1e-8  # but for the binomial coefficients


def test_quantiles_follow_the_curve_of_a_distribution_function_and_its_jumps():
    x = np.linspace(-8, 8, 801)
    p = np.array([1e-4, 0.025, 0.3, 0.5, 0.975])
    assert quantiles_of(x, ndtr(x), p) == pytest.approx(ndtri(p).tolist(), abs=1e-6)  # the line between points: 5e-6
    jump = np.where(x < 0, ndtr(x) / 2, 0.5 + ndtr(x) / 2)  # half of the mass lies on zero
    at = np.searchsorted(x, 0.0)
    x, jump = np.insert(x, at, [0.0, 0.0]), np.insert(jump, at, [0.25, 0.75])
    assert quantiles_of(x, jump, [0.3, 0.5, 0.74]) == [0.0, 0.0, 0.0]
