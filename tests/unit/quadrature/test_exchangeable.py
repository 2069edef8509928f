"""Exchangeable effects on several outcomes: by hand, on a grid, by plain Monte Carlo, by NUTS, and with planted truth."""

import numpy as np
import pytest
from scipy import integrate, stats
from support.textbook_sampling import error_of

from bayes.base.distributions import parse
from bayes.quadrature.exchangeable import exchangeable, nodes_of_rho

UNIFORM = nodes_of_rho(parse("uniform(0, 1)"))
Y, E = np.array([1.4, -0.3, 0.8]), np.array([0.5, 0.9, 0.7])
AT = np.array([0.0, -0.2, 0.3])  # thresholds


def stated(y, e, r, rho):
    return exchangeable(np.asarray(y), np.asarray(e), r, np.array([rho]))


@pytest.mark.parametrize(("rho", "r"), [(0.4, 0.3), (0.8, -0.5), (0.0, 0.6), (0.6, 0.0)])
def test_two_outcomes_by_hand(rho, r):
    """The inverse of a two by two matrix, written out."""
    (y1, y2), (e1, e2) = (1.4, -0.3), (0.5, 0.9)
    a, b, d = 1 + e1**2, rho + r * e1 * e2, 1 + e2**2
    det = a * d - b * b
    on_first, on_second = (d - rho * b) / det, (rho * a - b) / det  # weights of y1 and y2 in the first effect
    mean = on_first * y1 + on_second * y2
    variance = 1 - on_first - on_second * rho
    found = stated([y1, y2], [e1, e2], r, rho)
    assert found.mean[0, 0] == pytest.approx(mean, abs=1e-12)
    assert found.covariance[0, 0, 0] == pytest.approx(variance, abs=1e-12)
    assert found.borrowed[0] == pytest.approx(1 - variance / (e1**2 / (1 + e1**2)), abs=1e-12)
    assert found.p_above(np.zeros(2))[0] == pytest.approx(stats.norm.cdf(mean / variance**0.5), abs=1e-12)
    assert found.quantile(0.975)[0] == pytest.approx(stats.norm.ppf(0.975, mean, variance**0.5), abs=1e-10)
    both = stats.multivariate_normal(found.mean[0], found.covariance[0])
    assert found.p_all_below(np.array([0.1, 0.2])) == pytest.approx(both.cdf([0.1, 0.2]), abs=1e-9)


def test_two_outcomes_on_a_grid():
    """Prior times likelihood on a grid of both effects and rho, without any formula for the posterior."""
    y, e, r, at = Y[:2], E[:2], 0.4, AT[:2]
    step = 0.02
    z = np.arange(-5, 5, step) + step / 2
    z1, z2 = np.meshgrid(z, z, indexing="ij")
    error = stats.multivariate_normal([0, 0], [[e[0] ** 2, r * e[0] * e[1]], [r * e[0] * e[1], e[1] ** 2]])
    likelihood = error.pdf(np.stack([y[0] - z1, y[1] - z2], axis=-1))
    rhos = (np.arange(90) + 0.5) / 100
    joint = np.stack([stats.multivariate_normal([0, 0], [[1, p], [p, 1]]).pdf(np.stack([z1, z2], -1)) for p in rhos])
    joint *= likelihood / (joint * likelihood).sum()
    grid = joint.sum(axis=0)
    found = exchangeable(y, e, r, *nodes_of_rho(parse("uniform(0, 0.9)")))
    assert found.mean_rho == pytest.approx(joint.sum(axis=(1, 2)) @ rhos, abs=2e-5)
    assert found.moments()[0] == pytest.approx([(grid * z1).sum(), (grid * z2).sum()], abs=2e-5)
    assert found.p_above(at) == pytest.approx([grid[z1 > at[0]].sum(), grid[z2 > at[1]].sum()], abs=2e-5)
    assert found.p_all_above(at) == pytest.approx(grid[(z1 > at[0]) & (z2 > at[1])].sum(), abs=5e-5)
    assert found.p_all_below(at) == pytest.approx(grid[(z1 < at[0]) & (z2 < at[1])].sum(), abs=5e-5)


def test_three_outcomes_by_plain_monte_carlo():
    """Effects drawn from the model as it is written, each weighted by the density of the three estimates."""
    rng, size, r = np.random.default_rng(20261130), 1_000_000, 0.3
    rho = rng.beta(2, 3, size)[:, None]
    z = np.sqrt(rho) * rng.normal(size=(size, 1)) + np.sqrt(1 - rho) * rng.normal(size=(size, 3))
    cov = np.where(np.eye(3, dtype=bool), 1, r) * np.outer(E, E)
    weight = stats.multivariate_normal(np.zeros(3), cov).pdf(Y - z)
    weight /= weight.sum()
    found = exchangeable(Y, E, r, *nodes_of_rho(parse("beta(2, 3)")))
    mean, sd = found.moments()
    pairs = [(found.mean_rho, rho[:, 0]), (found.p_all_above(AT), (z > AT).all(axis=1)), (found.p_all_below(AT), (z < AT).all(axis=1))]
    for j in range(3):
        pairs += [(mean[j], z[:, j]), (found.p_above(AT)[j], z[:, j] > AT[j]), (sd[j] ** 2, (z[:, j] - mean[j]) ** 2)]
        pairs += [(p, z[:, j] < found.quantile(p)[j]) for p in (0.025, 0.5, 0.975)]
    for known, value in pairs:
        drawn = weight @ value
        error = np.sqrt((weight**2) @ (value - drawn) ** 2)
        assert abs(drawn - known) < 4 * error < 0.02


@pytest.mark.nuts
def test_three_outcomes_by_nuts():
    """The model written down plainly in PyMC, with every effect and rho sampled."""
    import pymc as pm

    r = 0.3
    cov = np.where(np.eye(3, dtype=bool), 1, r) * np.outer(E, E)
    with pm.Model():
        rho = pm.Uniform("rho", 0, 1)
        common, own = pm.Normal("common"), pm.Normal("own", shape=3)
        z = pm.Deterministic("z", pm.math.sqrt(rho) * common + pm.math.sqrt(1 - rho) * own)
        pm.MvNormal("y", mu=z, cov=cov, observed=Y)
        tree = pm.sample(2000, tune=1000, chains=4, cores=2, target_accept=0.95, nuts_sampler="nutpie", random_seed=7, progressbar=False)
    drawn = tree["posterior"]
    found = exchangeable(Y, E, r, *UNIFORM)
    z = np.asarray(drawn["z"])
    pairs = [(found.mean_rho, np.asarray(drawn["rho"])), (found.p_all_above(AT), (z > AT).all(axis=-1).astype(float))]
    pairs += [(found.moments()[0][j], z[..., j]) for j in range(3)]
    pairs += [(found.p_above(AT)[j], (z[..., j] > AT[j]).astype(float)) for j in range(3)]
    for known, draws in pairs:
        assert abs(draws.mean() - known) < 4 * error_of(draws) < 0.05


def test_four_outcomes_given_what_they_have_in_common():
    """With independent errors the outcomes are independent given c: an integral of products in place of a matrix."""
    y, e, at, rho = np.array([0.9, 0.1, 1.2, -0.4]), np.array([0.4, 0.8, 0.6, 1.1]), np.array([0.0, 0.1, 0.3, -0.5]), 0.55
    left = 1 - rho

    def of_outcomes(c, low):
        centre = np.sqrt(rho) * c
        variance = 1 / (1 / left + 1 / e**2)
        mean = variance * (centre / left + y / e**2)
        return stats.norm.pdf(c) * np.prod(stats.norm.pdf(y, centre, np.sqrt(left + e**2)) * stats.norm.sf(low, mean, np.sqrt(variance)))

    above, total = (integrate.quad(of_outcomes, -9, 9, args=(low,), epsabs=1e-13)[0] for low in (at, -np.inf))
    assert stated(y, e, 0.0, rho).p_all_above(at) == pytest.approx(above / total, abs=2e-5)


def test_without_any_correlation_each_outcome_is_alone():
    found = stated(Y, E, 0.0, 0.0)
    assert found.mean[0] == pytest.approx(Y / (1 + E**2), abs=1e-12)
    assert found.sd[0] == pytest.approx(np.sqrt(E**2 / (1 + E**2)), abs=1e-12)
    assert found.borrowed == pytest.approx(np.zeros(3), abs=1e-12)
    assert found.p_all_above(AT) == pytest.approx(found.p_above(AT).prod(), abs=1e-5)


@pytest.mark.parametrize("rho", [1.0, 1 - 1e-9])
def test_with_full_correlation_there_is_one_effect(rho):
    """Its precision is that of the prior and of every estimate together, and the strictest threshold decides."""
    found = stated(Y, E, 0.0, rho)
    precision = 1 + (E**-2).sum()
    assert found.mean[0] == pytest.approx(np.full(3, (Y / E**2).sum() / precision), abs=1e-7)
    assert found.sd[0] == pytest.approx(np.full(3, precision**-0.5), abs=1e-7)
    one = stats.norm((Y / E**2).sum() / precision, precision**-0.5)
    assert found.p_all_above(AT) == pytest.approx(one.sf(AT.max()), abs=1e-4)
    correlated = stated(Y, E, 0.5, rho)  # generalised least squares, with the prior as a further estimate
    precise = np.linalg.inv(np.where(np.eye(3, dtype=bool), 1, 0.5) * np.outer(E, E))
    assert correlated.mean[0, 0] == pytest.approx((precise @ Y).sum() / (1 + precise.sum()), abs=1e-7)


def test_without_information_the_posterior_is_the_declared_prior():
    """P(both above the mean) is 1/4 + asin(rho) / (2 pi), and asin has the mean pi/2 - 1 over rho from 0 to 1."""
    found = exchangeable(np.zeros(2), np.full(2, 1e5), 0.3, *UNIFORM)
    mean, sd = found.moments()
    assert mean == pytest.approx(np.zeros(2), abs=1e-9) and sd == pytest.approx(np.ones(2), abs=1e-9)
    assert found.mean_rho == pytest.approx(0.5, abs=1e-9)
    assert found.p_all_above(np.zeros(2)) == pytest.approx(0.25 + (np.pi / 2 - 1) / (2 * np.pi), abs=1e-8)


@pytest.mark.parametrize("r", [0.0, 0.6])
def test_turning_every_effect_inverts_the_answer(r):
    found, turned = exchangeable(Y, E, r, *UNIFORM), exchangeable(-Y, E, r, *UNIFORM)
    assert turned.p_above(-AT) == pytest.approx(1 - found.p_above(AT), abs=1e-12)
    assert turned.quantile(0.9) == pytest.approx(-found.quantile(0.1), abs=1e-9)
    assert turned.p_all_below(-AT) == pytest.approx(found.p_all_above(AT), abs=1e-12)
    assert turned.borrowed == pytest.approx(found.borrowed, abs=1e-12)


def test_the_order_of_outcomes_does_not_matter():
    order = [2, 0, 1]
    found, other = exchangeable(Y, E, 0.4, *UNIFORM), exchangeable(Y[order], E[order], 0.4, *UNIFORM)
    assert other.moments()[0] == pytest.approx(found.moments()[0][order], abs=1e-12)
    assert other.p_all_above(AT[order]) == pytest.approx(found.p_all_above(AT), abs=2e-5)


@pytest.mark.parametrize(("prior", "mean", "variance"), [("uniform(0.2, 0.6)", 0.4, 0.4**2 / 12), ("beta(2, 6)", 0.25, 12 / (64 * 9)), ("beta(0.5, 0.5)", 0.5, 1 / 8)])
def test_nodes_have_the_moments_of_the_prior_of_rho(prior, mean, variance):
    rho, weight = nodes_of_rho(parse(prior))
    assert weight.sum() == pytest.approx(1, abs=1e-12) and ((rho >= 0) & (rho <= 1)).all()
    assert weight @ rho == pytest.approx(mean, abs=1e-6)
    assert weight @ (rho - mean) ** 2 == pytest.approx(variance, abs=1e-6)


@pytest.mark.parametrize(("y", "e", "r"), [([0.05, 0.052], [0.01, 0.01], 0.9), ([3.0, -2.0], [0.1, 0.2], -0.6), ([0.2, -0.3, 1.25], [0.4, 0.9, 0.6], 0.9)])
def test_rho_is_integrated_whatever_the_precision(y, e, r):
    """Against adaptive integration, also where the likelihood of rho rises steeply towards one."""
    y, e = np.array(y), np.array(e)
    found = exchangeable(y, e, r, *UNIFORM)

    def moment(rho, power):
        k = len(y)
        total = np.where(np.eye(k, dtype=bool), 1, rho) + np.where(np.eye(k, dtype=bool), 1, r) * np.outer(e, e)
        return rho**power * stats.multivariate_normal(np.zeros(k), total, allow_singular=True).pdf(y)

    mass, first = (integrate.quad(moment, 0, 1, args=(p,), points=[0.9, 0.99, 0.999, 0.9999], limit=400, epsrel=1e-10)[0] for p in (0, 1))
    assert found.mean_rho == pytest.approx(first / mass, abs=1e-6)


def family(rng, r, e):
    """The posterior of a family of outcomes whose effects and estimates are drawn from the model, and the effects."""
    rho, cov = rng.uniform(), np.where(np.eye(len(e), dtype=bool), 1, r) * np.outer(e, e)
    z = np.sqrt(rho) * rng.normal() + np.sqrt(1 - rho) * rng.normal(size=len(e))
    return z, exchangeable(rng.multivariate_normal(z, cov), e, r, *UNIFORM)


@pytest.mark.parametrize(("r", "e"), [(0.0, [0.5, 0.9, 0.7]), (0.5, [0.3, 0.3, 1.5, 0.8])])
def test_planted_effects_are_covered_and_posteriors_narrower_on_average(r, e):
    """2,000 families: coverage within four binomial errors, and the mean variance below that of an outcome alone."""
    rng, e, families = np.random.default_rng(3), np.array(e), 2000
    drawn = [family(rng, r, e) for _ in range(families)]
    below = np.array([1 - found.p_above(z) for z, found in drawn])  # uniform if the posterior is right
    for level in (0.5, 0.8, 0.95):
        covered = (np.abs(below - 0.5) < level / 2).mean(axis=0)
        assert np.abs(covered - level).max() < 4 * np.sqrt(level * (1 - level) / families)
    variance = np.array([found.moments()[1] ** 2 for _, found in drawn])
    error = variance.std(axis=0) / np.sqrt(families)
    assert (variance.mean(axis=0) + 4 * error < e**2 / (1 + e**2)).all()


@pytest.mark.slow
def test_joint_probabilities_hold_as_often_as_they_say():
    rng, e = np.random.default_rng(4), np.array([0.5, 0.9])
    drawn = [family(rng, 0.5, e) for _ in range(200)]
    p = np.array([found.p_all_above(np.zeros(2)) for _, found in drawn])
    held = sum((z > 0).all() for z, _ in drawn)
    assert abs(held - p.sum()) < 4 * np.sqrt((p * (1 - p)).sum())
    assert p.std() > 0.2, "they distinguish"
