"""Normal likelihoods pooled by the vectorised engine, against one sum over tau and against another package."""

import json

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import t as student
from support.paths import TESTS

from bayes.base.distributions import parse
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.numbers import numbers_of
from bayes.corpus.engine.pooled_normal import pool
from bayes.corpus.engine.prior_arrays import effect_priors, tau_priors
from bayes.quadrature.densities import log_density

CASES = {
    name: case
    for name, case in json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"].items()
    if case["family"] == "e-meta-analysis" and "y" in case["inputs"]
}
PRIORS = ("normal(0, 0.355)", "mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))", "student_t(4, 0, 0.4)")
SPREADS = (
    "half_normal(0.3)", "half_normal(0.02)", "half_cauchy(0.5)", "half_student_t(3, 0.4)", "lognormal(-1.5, 0.8)",
    "log_student_t(5, -1.7, 0.7)", "inverse_gamma(1.8, 0.3)", "gamma(2, 5)", "uniform(0, 2)", "lomax(1, 0.3)",
    "uniform_shrinkage(0.2)",
)  # fmt: skip
ROWS, MOST = 4, 8


def invented(seed=4):
    """One to eight trials an analysis; those of the first contradict every prior of tau."""
    random = np.random.default_rng(seed)
    y, s = random.normal(0, 0.5, (ROWS, MOST)), random.uniform(0.05, 0.6, (ROWS, MOST))
    y[0] *= 6
    for row, count in enumerate((8, 1, 2, 5)):
        s[row, count:] = np.inf
    return Reports(y, s)


def by_one_sum(y, s, prior, spread, nodes=12_001):
    """Sum over tau, dense enough to need no thought: weights, means, SDs and tau of a mixture of normals."""
    unit = s.min() / 4
    x = np.linspace(0, np.arcsinh(min(1e5, parse(spread).support[1]) / unit), nodes)  # ends where the prior does
    x = (x[1:] + x[:-1]) / 2
    tau = unit * np.sinh(x)
    with np.errstate(divide="ignore"):
        log_tau = log_density(parse(spread), tau) + np.log(np.cosh(x))
    of_mu = effect_priors([parse(prior)])
    w = 1 / (s[:, None] ** 2 + tau**2)
    parts = []
    for share, m, v in zip(of_mu.weight[0], of_mu.mean[0], of_mu.sd[0], strict=True):
        precision = w.sum(axis=0) + v**-2
        mean = (w.T @ y + m / v**2) / precision
        # relative to the mean, so that no large squares cancel
        square = (w * (y[:, None] - mean) ** 2).sum(axis=0) + ((m - mean) / v) ** 2
        log_weight = np.log(share / v) + 0.5 * (np.log(w).sum(axis=0) - square - np.log(precision)) + log_tau
        parts.append((log_weight, mean, precision**-0.5))
    log_weight = np.concatenate([part[0] for part in parts])
    weight = np.exp(log_weight - log_weight.max())
    means, sds = (np.concatenate([part[i] for part in parts]) for i in (1, 2))
    return weight / weight.sum(), means, sds, np.tile(tau, len(parts))


def quantile(weight, mean, sd, p):
    kept = weight > 1e-13
    weight, mean, sd = weight[kept], mean[kept], sd[kept]
    return brentq(lambda x: weight @ ndtr((x - mean) / sd) - p, (mean - 9 * sd).min(), (mean + 9 * sd).max(), xtol=1e-12)


@pytest.mark.parametrize(("prior", "spread"), [(PRIORS[i % 3], spread) for i, spread in enumerate(SPREADS)])
def test_against_one_sum_over_tau(prior, spread):
    """The oracle is the sum over tau that is left when everything else is normal; a Student-t is a mixture in both."""
    reports = invented()
    answer = pool(reports, effect_priors([parse(prior)] * ROWS), tau_priors([parse(spread)] * ROWS))
    found = numbers_of(answer, np.array([[0.0, 0.2]] * ROWS))
    found.put_trials(np.arange(ROWS), answer, answer.left_out())
    for row in range(ROWS):
        there = reports.there[row]
        y, s = reports.y[row, there], reports.s[row, there]
        weight, mean, sd, tau = by_one_sum(y, s, prior, spread)
        centre = weight @ mean
        unit = np.sqrt(weight @ (sd**2 + (mean - centre) ** 2))
        assert found.mean[row] == pytest.approx(centre, abs=2e-4 * unit)
        assert found.sd[row] == pytest.approx(unit, rel=2e-4)
        assert found.above[row] == pytest.approx([weight @ ndtr((mean - t) / sd) for t in (0.0, 0.2)], abs=5e-5)
        assert found.quantiles[row] == pytest.approx(
            [quantile(weight, mean, sd, p) for p in (0.025, 0.5, 0.975)], abs=2e-4 * unit
        )
        new = np.hypot(sd, tau)
        of_new = quantile(weight, mean, new, 0.975) - quantile(weight, mean, new, 0.025)
        assert found.new_quantiles[row, 2] - found.new_quantiles[row, 0] == pytest.approx(of_new, rel=5e-4)
        order = np.argsort(tau)
        at = np.interp((0.025, 0.5, 0.975), np.cumsum(weight[order]) - weight[order] / 2, tau[order])
        assert found.tau_quantiles[row] == pytest.approx(at, rel=2e-3, abs=1e-3 * at[2])
        own = weight * tau**2 / (tau**2 + s[0] ** 2)
        shrunken = own.sum() * y[0] + (weight * s[0] ** 2 / (tau**2 + s[0] ** 2)) @ mean
        assert found.effect_mean[row, 0] == pytest.approx(shrunken, abs=2e-4 * unit)
        assert found.shrinkage[row, 0] == pytest.approx(1 - own.sum(), abs=1e-4)


@pytest.mark.parametrize("spread", ["half_normal(0.3)", "half_cauchy(0.5)"])
def test_a_trial_left_out_is_an_analysis_without_it(spread):
    reports = invented(seed=9)
    priors, taus = effect_priors([parse("normal(0, 0.355)")] * ROWS), tau_priors([parse(spread)] * ROWS)
    left = pool(reports, priors, taus).left_out()
    several = np.flatnonzero(reports.there.sum(axis=1) > 1)
    without = pool(reports.without(np.ones(ROWS, dtype=int)), priors, taus)
    assert left.mean[several, 1] == pytest.approx(without.mu.means[several], abs=3e-4)
    assert left.sd[several, 1] == pytest.approx(without.mu.sds[several], abs=3e-4)
    assert left.above[several, 1] == pytest.approx(without.mu.above(0.0)[several], abs=3e-4)


@pytest.mark.parametrize("name", CASES)
def test_bayesmeta(name):
    """bayesmeta's moments and probabilities to 1e-4 of a posterior SD."""
    case, expect = CASES[name], CASES[name]["expect"]
    stated = case["prior"]["tau"]
    spread = stated if isinstance(stated, str) else f"lognormal({stated['meanlog_tau']}, {stated['sdlog_tau']})"
    y, s = (np.array([case["inputs"][key]]) for key in ("y", "se"))
    flat = effect_priors([parse("normal(0, 20000)")])  # the references have a flat prior of mu
    answer = pool(Reports(y, s), flat, tau_priors([parse(spread)]))
    found = numbers_of(answer, np.array([[0.0]]))
    found.put_trials(np.arange(1), answer, answer.left_out())
    unit = expect["mu_sd"]
    for key, value in (
        ("mu_mean", found.mean), ("mu_sd", found.sd), ("tau_mean", found.tau_mean), ("tau_sd", found.tau_sd),
        ("pred_sd", found.new_sd), ("shrink_mean", found.effect_mean), ("shrink_sd", found.effect_sd),
        ("mu_q", found.quantiles), ("tau_q", found.tau_quantiles), ("pred_q", found.new_quantiles),
    ):  # fmt: skip
        assert value[0] == pytest.approx(expect[key], abs=1e-4 * unit * (2 if key.endswith("_q") else 1)), key
    assert 1 - found.above[0, 0] == pytest.approx(expect["p_mu_lt0"], abs=1e-5)
    assert 1 - found.new_above[0, 0] == pytest.approx(expect["p_pred_lt0"], abs=1e-5)


def test_student_t_priors_of_mu_keep_their_density():
    """As a mixture of normals, a Student-t has the density and the tails of its formula."""
    prior = effect_priors([parse("student_t(3, 0.1, 0.5)")])
    x = np.array([-40.0, -3.0, -0.2, 0.1, 0.6, 5.0, 100.0])
    z = (x[:, None] - prior.mean[0]) / prior.sd[0]
    density = (prior.weight[0] / prior.sd[0] * np.exp(-0.5 * z**2)).sum(axis=1) / np.sqrt(2 * np.pi)
    assert density == pytest.approx(student.pdf(x, 3, 0.1, 0.5), rel=1e-6)


def test_swapped_arms_turn_the_answer():
    reports = invented()
    priors, taus = effect_priors([parse("normal(0, 0.5)")] * ROWS), tau_priors([parse("half_normal(0.3)")] * ROWS)
    one, other = pool(reports, priors, taus), pool(Reports(-reports.y, reports.s), priors, taus)
    assert one.mu.means == pytest.approx(-other.mu.means, abs=1e-12)
    assert one.new.above(0.1) == pytest.approx(1 - other.new.above(-0.1), abs=1e-12)
