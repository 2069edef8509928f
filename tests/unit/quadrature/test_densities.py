"""Log densities of priors in closed form, against those of SciPy."""

import numpy as np
import pytest
from scipy import stats

from bayes.base.distributions import parse
from bayes.quadrature.densities import (
    frozen,
    landmarks,
    log_binomial,
    log_choose,
    log_density,
    log_normal_between,
    log_prior_density,
    moments,
    quantiles,
)  # fmt: skip

X = np.concatenate([-np.geomspace(1e-6, 1e6, 40), [0.0], np.geomspace(1e-6, 1e6, 40)])
CLOSED = {
    "normal(0.3, 2.5)": stats.norm(0.3, 2.5).logpdf,
    "normal(-4, 1e-6)": stats.norm(-4, 1e-6).logpdf,
    "student_t(0.1, 0.3, 2.5)": stats.t(0.1, 0.3, 2.5).logpdf,
    "student_t(4, -1, 0.5)": stats.t(4, -1, 0.5).logpdf,
    "student_t(1e6, 0, 1)": stats.t(1e6, 0, 1).logpdf,
    "half_student_t(3, 0.5)": lambda x: np.where(x >= 0, np.log(2) + stats.t(3, 0, 0.5).logpdf(x), -np.inf),
    "log_student_t(5, -1, 0.7)": lambda x: np.where(
        x > 0, stats.t(5, -1, 0.7).logpdf(np.log(np.where(x > 0, x, 1))) - np.log(np.where(x > 0, x, 1)), -np.inf
    ),
}


@pytest.mark.parametrize("expression", CLOSED)
def test_the_closed_forms_are_those_of_scipy(expression):
    np.testing.assert_allclose(log_density(parse(expression), X), CLOSED[expression](X), rtol=1e-9, atol=1e-9)


def test_a_distribution_is_made_once():
    assert frozen(parse("gamma(2, 3)")) is frozen(parse("gamma(2, 3)"))
    assert frozen(parse("gamma(2, 3)")).mean() == pytest.approx(2 / 3)


OTHERS = {
    "normal(0.3, 2.5)": stats.norm(0.3, 2.5),
    "student_t(4, -1, 0.5)": stats.t(4, -1, 0.5),
    "lognormal(-1, 0.7)": stats.lognorm(0.7, 0, np.exp(-1)),
    "half_normal(0.4)": stats.halfnorm(0, 0.4),
    "half_cauchy(0.4)": stats.halfcauchy(0, 0.4),
    "half_student_t(3, 0.5)": None,
    "log_student_t(5, -1, 0.7)": None,
    "inverse_gamma(3, 0.2)": stats.invgamma(3, 0, 0.2),
    "gamma(2, 4)": stats.gamma(2, 0, 0.25),
    "lomax(3, 0.5)": stats.lomax(3, 0, 0.5),
    "beta(2, 5)": stats.beta(2, 5),
    "uniform(-1, 3)": stats.uniform(-1, 4),
}
P = [0.001, 0.25, 0.5, 0.75, 0.999]


@pytest.mark.parametrize("expression", OTHERS)
def test_quantiles_are_the_inverse_of_scipys_distribution_functions(expression):
    """A half-Student-t is folded, and a log-Student-t is the exponential of one."""
    at = quantiles(parse(expression), P)
    if expression.startswith("half_student_t"):
        found = 2 * stats.t(3, 0, 0.5).cdf(at) - 1
    elif expression.startswith("log_student_t"):
        found = stats.t(5, -1, 0.7).cdf(np.log(at))
    else:
        found = OTHERS[expression].cdf(at)
    assert found == pytest.approx(P, abs=1e-9)


@pytest.mark.parametrize("expression", [name for name, law in OTHERS.items() if law is not None])
def test_moments_and_densities_are_those_of_scipy(expression):
    law = OTHERS[expression]
    assert moments(parse(expression)) == pytest.approx((law.mean(), law.var()))
    x = law.ppf(P)
    assert log_density(parse(expression), x) == pytest.approx(law.logpdf(x))


def test_uniform_shrinkage_makes_the_weight_of_the_mean_uniform():
    """With tau of this prior, tau^2 / (s^2 + tau^2) is below q with probability q."""
    tau = quantiles(parse("uniform_shrinkage(0.3)"), [0.1, 0.5, 0.9])
    assert tau**2 / (0.3**2 + tau**2) == pytest.approx([0.1, 0.5, 0.9])


def test_landmarks_are_the_median_and_the_sd_of_a_normal():
    assert landmarks(parse("normal(0.3, 2.5)")) == pytest.approx((0.3, 2.5), rel=1e-3)
    assert landmarks(parse("uniform(-1, 3)")) == pytest.approx((1.0, 2 / 1.349))
    assert landmarks(parse("half_student_t(3, 0.5)")) == (0.0, 0.5)


def test_a_prior_of_components_has_the_density_of_their_sum():
    x = np.array([-1.0, 0.2, 1.5])
    found = log_prior_density(parse("mixture(0.3 * normal(0, 1), 0.7 * normal(1, 0.5))"), x)
    assert np.exp(found) == pytest.approx(0.3 * stats.norm.pdf(x) + 0.7 * stats.norm.pdf(x, 1, 0.5))


@pytest.mark.parametrize(("low", "high"), [(-1.0, 0.5), (0.2, 0.3), (-9.0, -8.5), (8.5, 9.0), (37.0, 38.0), (-np.inf, 1.0), (-2.0, np.inf)])
def test_the_probability_between_two_normal_quantiles_is_accurate_in_both_tails(low, high):
    """By integration of the density, which underflows nowhere here; the tails mirror each other."""
    (found,) = log_normal_between(np.array([low]), np.array([high]))
    (mirrored,) = log_normal_between(np.array([-high]), np.array([-low]))
    node, weight = np.polynomial.legendre.leggauss(60)
    a, b = max(low, -40.0), min(high, 40.0)
    edges = np.linspace(a, b, 41)
    x = (edges[:-1, None] + np.diff(edges)[:, None] * (node + 1) / 2).ravel()
    w = (np.diff(edges)[:, None] / 2 * weight).ravel()
    assert found == pytest.approx(np.log(np.sum(w * stats.norm.pdf(x))), abs=1e-9) == pytest.approx(mirrored, abs=1e-9)


def test_binomial_probabilities_are_those_of_scipy_and_impossible_counts_have_none():
    p = np.array([0.0, 0.2, 1.0])
    with np.errstate(divide="ignore"):
        for x, n in ((0, 5), (2, 5), (5, 5), (1, 1)):
            assert log_binomial(x, n, p) == pytest.approx(stats.binom(n, p).logpmf(x))
    assert np.exp(log_choose(5, np.array([-1, 0, 1, 2, 5, 6]))) == pytest.approx([0, 1, 5, 10, 1, 0])
