"""Integrals: narrow peaks beside long tails, against closed forms and sums over very many nodes."""

import numpy as np
import pytest
from scipy.special import gammaln, ndtr, ndtri

import bayes
from bayes.base.arrays import log_sum_exp
from bayes.quadrature.integrals import crowded, cumulative, log_integral, panels, quantiles_of, singular_ends, towards
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


def test_panels_are_gausss_rule_on_every_interval():
    """Three nodes integrate a polynomial of degree five exactly, whatever the order of the breaks."""
    nodes, weights = panels([2.0, 0.0, 0.5, 0.5], order=3)
    assert len(nodes) == 6 and list(nodes) == sorted(nodes) and (nodes[:3] < 0.5).all()
    assert weights @ nodes**5 == pytest.approx(2.0**6 / 6) and weights.sum() == pytest.approx(2.0)
    assert len(panels([0.0, 1.0])[0]) == 16


def test_breaks_halve_the_distance_to_a_bound_from_either_side():
    assert towards(1.0, -2.0)[:3] == [1.0, 0.5, 0.75] and towards(-1.0, 4.0)[:2] == [-1.0, 0.0]
    assert towards(0.0, 1.0)[-1] == 2.0**-26 and len(towards(0.0, 1.0)) == 26


@pytest.mark.parametrize("p", [0.02, 0.3, 1.0, 2.0])
@pytest.mark.parametrize("bounds", [(0.0, 1.0), (-3.0, 1.0)])
def test_a_density_that_is_singular_at_a_bound_has_its_whole_mass(p, bounds):
    """x^(p - 1), x being the distance to either bound in turn, integrates to r^p / p over the range r."""
    span = bounds[1] - bounds[0]
    theta, weight = panels([*towards(bounds[0], span), *towards(bounds[1], -span)])
    for distance in (theta - bounds[0], bounds[1] - theta):
        log_f = (p - 1) * np.log(distance)
        total = (weight * np.exp(log_f + singular_ends(theta, weight, log_f, bounds))).sum()
        assert total == pytest.approx(span**p / p, rel=2e-6)
    assert not singular_ends(theta, weight, np.zeros_like(theta), (-np.inf, np.inf)).any()


def test_edges_crowd_about_narrow_spots():
    """Panels are about as wide as a spot at its centre, and a few of its widths further out."""
    edges = crowded([(0.0, 0.01), (2.0, 0.5)], -5.0, 5.0)
    assert (edges[0], edges[-1]) == (-5.0, 5.0) and list(edges) == sorted(edges)
    wide = np.diff(edges)
    at = lambda x: wide[np.searchsorted(edges, x) - 1]  # noqa: E731
    assert 0.005 < at(0.001) < 0.012 and 0.005 < at(-0.001) < 0.012
    assert 0.3 < at(2.05) < 0.55 and at(-4.5) > 0.5
    assert len(edges) < 80


@pytest.mark.parametrize("bounds", [(-np.inf, np.inf), (0.0, np.inf), (-np.inf, 0.0), (0.0, 1.0)])
def test_a_density_on_nodes_has_its_distribution_function_up_to_a_bound_where_it_is_highest(bounds):
    """Normal, cut off at its peak or not."""
    nodes = np.linspace(max(bounds[0], -9.0), min(bounds[1], 9.0), 201)
    if np.isfinite(bounds[0]):
        nodes = nodes[1:]
    if np.isfinite(bounds[1]):
        nodes = nodes[:-1]
    x, cdf = cumulative(nodes, np.exp(-0.5 * nodes**2), bounds)
    mass = ndtr(bounds[1]) - ndtr(bounds[0])
    assert cdf == pytest.approx((ndtr(x) - ndtr(bounds[0])) / mass, abs=2e-5)  # the panel at a bound is extrapolated
    assert np.isfinite(bounds[0]) <= (x[0] == bounds[0]) and np.isfinite(bounds[1]) <= (x[-1] == bounds[1])


def test_an_integral_is_resolved_only_as_far_as_it_matters():
    """Bounds and nodes are as given without narrowing; with it, a peak of width 1e-6 beside a bound of 1 is found."""
    def peak(w):
        return -0.5 * ((w - 0.3) / 1e-6) ** 2

    found = log_integral(peak, np.array([-1.0, 0.0]), np.array([1.0, 0.3 + 1e-5]), zooms=12)
    assert np.exp(found[1]) == pytest.approx(1e-6 * np.sqrt(2 * np.pi), rel=1e-9)
    plain = log_integral(lambda w: np.zeros_like(w), np.array([0.0]), np.array([2.0]), points=3, zooms=0)
    assert np.exp(plain[0]) == pytest.approx(3.0), "three nodes of one, one apart"
