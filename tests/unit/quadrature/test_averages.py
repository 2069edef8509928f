"""A report averaged over effects: quick rules about the peak against a dense sum, and hundreds of reports together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import log_expit, logsumexp

from bayes import quadrature
from bayes.base.distributions import parse
from bayes.quadrature import synthesis
from bayes.quadrature.averages import NORMAL, Quick, averages
from bayes.quadrature.likelihood_curve import Curve
from bayes.quadrature.plane import MANY
from bayes.quadrature.synthesis import curve_of_mean, integrate_synthesis

LIKELIHOODS = {
    "many events": (lambda t: 57 * log_expit(t) + 56 * log_expit(-t), 0.2),
    "few events": (lambda t: 4 * log_expit(t) + 2 * log_expit(-t), 0.9),
    "no event in one arm": (lambda t: 3 * log_expit(t), 1.5),  # level on one side
    "heavy tails": (lambda t: -1.5 * np.log1p(t**2 / 2), 1.0),  # not log-concave: two peaks with mu far away
}


def dense(log_l, mu: float, tau: float, width: float) -> tuple[float, float, float]:
    """Log average, mean and second moment by the trapezoidal rule, exact for smooth curves, as far as effects reach."""
    step = min(tau, width) / 40
    theta = np.arange(min(0.0, mu) - 14 * tau, max(0.0, mu) + 14 * tau, step)
    log_mass = log_l(theta) - 0.5 * ((theta - mu) / tau) ** 2 - 0.5 * np.log(2 * np.pi) - np.log(tau) + np.log(step)
    total = logsumexp(log_mass)
    share = np.exp(log_mass - total)
    return float(total), float(share @ theta), float(share @ theta**2)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_averages_are_those_of_a_dense_sum(name):
    log_l, width = LIKELIHOODS[name]
    curve = Curve({"all": log_l}, 0.0, width, "")
    mu, tau = np.array([-9.0, -1.0, 0.1, 2.5]), np.array([0.02, 0.3, 1.0, 6.0, 80.0])
    if name == "heavy tails":
        tau = tau[:-1]  # far out, panels give the log of the average of so heavy a tail to 2e-4
    found = averages(Quick.of(curve, log_l), mu, tau, NORMAL)
    for i, m in enumerate(mu):
        for j, t in enumerate(tau):
            total, mean, second = dense(log_l, m, t, width)
            sd = (second - mean**2) ** 0.5
            assert found[0][i, j] == pytest.approx(total, abs=1e-7)
            assert found[1][i, j] == pytest.approx(mean, abs=1e-6 * sd)
            assert (found[2][i, j] - found[1][i, j] ** 2) ** 0.5 == pytest.approx(sd, rel=1e-6)


MEAN, SPREAD = parse("normal(0, 1)"), parse("half_normal(0.3)")


@pytest.fixture(scope="module")
def plane():
    """Reports of two counts, more than are summed one by one, of which some have no event."""
    random = np.random.default_rng(60)
    events = random.poisson(np.exp(random.normal(1.8, 0.7, MANY + 4)))
    curves = []
    for treated, both in zip(random.binomial(events, 0.45), events, strict=True):
        other = both - treated
        apart = np.log((treated + 0.5) / (other + 0.5))
        width = (1 / (treated + 0.5) + 1 / (other + 0.5)) ** 0.5
        curves.append(Curve({"all": lambda t, a=treated, b=other: a * log_expit(t) + b * log_expit(-t)}, apart, width, ""))
    return quadrature.make_plane(curves)


def answers(plane, left_out):
    others = [i for i in range(len(plane.curves)) if i not in left_out]
    answer = integrate_synthesis(plane, MEAN, SPREAD, others)
    return [answer.mu_mean, answer.mu_sd, answer.tau_mean, answer.log_evidence, *np.ravel(answer.effects)]


@pytest.mark.parametrize("left_out", [(), (0,), (3, 31)])
def test_many_reports_without_a_few_are_summed_as_one_by_one(plane, left_out, monkeypatch):
    """The sum of all without a few is that of the others, which other tests hold against brute force."""
    quick = answers(plane, left_out)
    monkeypatch.setattr(synthesis, "MANY", len(plane.curves))
    assert quick == pytest.approx(answers(plane, left_out), abs=1e-9)


def test_replacing_one_of_many_reports_is_the_synthesis_with_the_other_report(plane, monkeypatch):
    mu = np.linspace(-0.5, 0.1, 7)
    changed = quadrature.replace_curves(plane, {5: plane.curves[20]})
    quick = curve_of_mean(changed, SPREAD)(mu)
    monkeypatch.setattr(synthesis, "MANY", len(plane.curves))
    assert quick == pytest.approx(curve_of_mean(changed, SPREAD)(mu), abs=1e-9)
    assert abs(quick - curve_of_mean(plane, SPREAD)(mu)).max() > 0.1


def test_effects_are_the_averages_of_their_moments_over_mu_and_tau(plane):
    """One set of weights for all reports gives what interpolating the moments of each report gives."""
    answer = integrate_synthesis(plane, MEAN, SPREAD)
    for i in (0, 17, 33):
        surface = plane.surfaces[i]
        mean, second = (float((answer.mass * plane.at(v, answer.mu, answer.tau)).sum()) for v in (surface.mean, surface.second))
        assert answer.effects[i] == pytest.approx((mean, (second - mean**2) ** 0.5), abs=1e-8)


@pytest.mark.parametrize("name", LIKELIHOODS)
def test_a_quick_curve_has_the_values_and_derivatives_of_its_formula(name):
    """By central differences; beyond the grid it goes on as a straight line in the arcsinh of the distance."""
    log_l, width = LIKELIHOODS[name]
    quick = Quick.of(Curve({"all": log_l}, 0.1, width, ""), log_l)
    t, h = np.array([-20.0, -3.0, -0.4, 0.1, 0.7, 5.0]), 1e-3
    assert quick(t) == pytest.approx(log_l(t), abs=1e-6, rel=1e-8)
    first, second = quick.bend(t)
    assert first == pytest.approx((log_l(t + h) - log_l(t - h)) / (2 * h), abs=1e-4)
    assert second == pytest.approx((log_l(t + h) - 2 * log_l(t) + log_l(t - h)) / h**2, abs=5e-3)
    at = lambda u: 0.1 + width * np.sinh(np.asarray(u))  # noqa: E731
    for side in (-1, 1):
        edge = side * np.arcsinh(1000.0)
        slope = (quick(at(edge)) - quick(at(edge - side * 1e-4))) / 1e-4
        assert quick(at(edge + side * 2.0)) == pytest.approx(quick(at(edge)) + 2.0 * slope, rel=1e-3)


def test_the_steepest_bend_tells_whether_a_curve_has_one_peak():
    """Of 4 log(expit) + 2 log(expit(-t)) the second derivative is below zero throughout; heavy tails bend up to 3/8 at t = sqrt(6)."""
    log_l, width = LIKELIHOODS["few events"]
    assert Quick.of(Curve({"all": log_l}, 0.0, width, ""), log_l).steepest == pytest.approx(0, abs=1e-5)
    log_l, width = LIKELIHOODS["heavy tails"]
    assert Quick.of(Curve({"all": log_l}, 0.0, width, ""), log_l).steepest == pytest.approx(3 / 16, rel=1e-2)
