"""Exact likelihoods of counts in the vectorised engine, against the ordinary quadrature of the same tables."""

import numpy as np
import pytest
from scipy.special import gammaln

import bayes
from bayes.base.distributions import parse
from bayes.corpus.engine.answering import FINENESS, Pair, Work
from bayes.corpus.engine.averaged_counts import _averaged
from bayes.corpus.engine.count_curves import Tables, curves_of, log_of_odds_ratio, log_of_risk_ratio
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.prior_arrays import effect_priors, tau_priors
from bayes.corpus.engine.solving import solve
from bayes.quadrature import curve, integrate_synthesis, make_plane

NUISANCE = bayes.load_priors().nuisance
# events and n of treatment and control; the last analyses are nasty
ANALYSES = {
    "three trials": [(12, 120, 20, 118), (3, 40, 5, 41), (30, 200, 33, 190)],
    "one trial": [(16, 47, 27, 45)],
    "two that contradict each other": [(1, 50, 30, 50), (40, 50, 2, 50)],
    "an empty cell in every trial": [(0, 120, 1, 60), (0, 45, 2, 50)],
    "no events in either arm of one": [(0, 30, 0, 31), (4, 60, 9, 62), (2, 33, 1, 30)],
    "all against few": [(25, 25, 3, 24), (20, 20, 5, 21)],
}
MOST = max(map(len, ANALYSES.values()))
TABLES = Tables(*np.array([table for tables in ANALYSES.values() for table in tables], dtype=float).T)


def work(measure="odds_ratio"):
    place = np.full((len(ANALYSES), MOST), -1)
    y, s = np.zeros(place.shape), np.full(place.shape, np.inf)
    estimate, error = TABLES.estimates(measure)
    first = 0
    for row, tables in enumerate(ANALYSES.values()):
        own = np.arange(first, first + len(tables))
        place[row, : len(own)], y[row, : len(own)], s[row, : len(own)] = own, estimate[own], error[own]
        first += len(own)
    thresholds = np.array([[0.0, -0.2]] * len(ANALYSES))
    return Work(Reports(y, s), thresholds, curves_of(TABLES, measure, NUISANCE), place)


def ordinary_curves(tables, measure="odds_ratio"):
    outcomes = [bayes.outcome(measure=measure, benefit="lower", treatment=(a, b), control=(c, d)) for a, b, c, d in tables]
    return [curve(outcome, NUISANCE) for outcome in outcomes]


@pytest.mark.parametrize(("measure", "within"), [("odds_ratio", 2e-4), ("risk_ratio", 4e-3)])
def test_curves_are_those_of_the_ordinary_quadrature(measure, within):
    """A spline misses the corner of a risk ratio's likelihood by some thousandths of a log unit."""
    theta = np.linspace(-4, 4, 41)
    found = curves_of(TABLES, measure, NUISANCE)(np.broadcast_to(theta, (len(TABLES.x1), 41)))
    for row, table in enumerate(table for tables in ANALYSES.values() for table in tables):
        (one,) = ordinary_curves([table], measure)
        expected = one(theta)
        near = expected > expected.max() - 20
        assert found[row, near] == pytest.approx(expected[near], abs=within), table


def test_half_a_patient_is_added_only_where_there_is_no_estimate():
    """A risk of 20 in 20 against 10 in 20 has the log ratio log 2 and the variance 1/10 - 1/20."""
    tables = Tables(*np.array([(20, 20, 10, 20), (0, 20, 10, 20), (20, 20, 20, 20)], dtype=float).T)
    y, s = tables.estimates("risk_ratio")
    assert y == pytest.approx([np.log(2), np.log(0.5 / 10.5), 0.0])
    added = 1 / 0.5 - 1 / 21 + 1 / 10.5 - 1 / 21, 2 * (1 / 20.5 - 1 / 21)
    assert s**2 == pytest.approx([1 / 20, *added])
    assert tables.estimates("odds_ratio")[0][0] == pytest.approx(np.log(20.5 * 10.5 / (0.5 * 10.5)))


def test_the_baseline_is_integrated_right():
    """Against a sum over 20,001 baselines."""
    a = np.linspace(-40, 40, 20_001)
    theta = np.array([[-3.0, 0.0, 2.0]])
    for row in range(len(TABLES.x1)):
        one = TABLES.at(np.array([row]))
        found = log_of_odds_ratio(one, theta, NUISANCE)[0]
        for t, value in zip(theta[0], found, strict=True):
            up, down = a + t / 2, a - t / 2
            log_f = one.x1 * up - one.n1 * np.logaddexp(0, up) + one.x0 * down - one.n0 * np.logaddexp(0, down)
            log_f = log_f - 0.5 * (a / 2.5) ** 2 - np.log(2.5 * np.sqrt(2 * np.pi))
            ways = sum(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) for x, n in ((one.x1, one.n1), (one.x0, one.n0)))
            direct = np.log(np.exp(log_f - log_f.max()).sum() * (a[1] - a[0])) + log_f.max() + ways[0]
            assert value == pytest.approx(direct, abs=1e-5)


@pytest.mark.parametrize("tau", [0.05, 0.7, 20.0])
def test_averages_over_effects_against_a_sum(tau):
    """Log average, mean and variance of theta, against a sum over 40,001 effects."""
    curves = curves_of(TABLES, "odds_ratio", NUISANCE)
    mu = np.broadcast_to(np.array([-2.0, 0.3])[None, :, None], (len(TABLES.x1), 2, 1))
    found = _averaged(curves, mu, np.full(mu.shape, tau))
    theta = mu[..., 0][..., None] + tau * np.linspace(-9, 9, 40_001)
    log_f = curves(theta) - 0.5 * ((theta - mu[..., 0][..., None]) / tau) ** 2
    top = log_f.max(axis=-1, keepdims=True)
    mass = np.exp(log_f - top)
    step = 18 / 40_000 / np.sqrt(2 * np.pi)
    assert found[0][..., 0] == pytest.approx(np.log(mass.sum(axis=-1) * step) + top[..., 0], abs=1e-4)
    mean = (mass * theta).sum(axis=-1) / mass.sum(axis=-1)
    variance = (mass * (theta - mean[..., None]) ** 2).sum(axis=-1) / mass.sum(axis=-1)
    assert found[1][..., 0] == pytest.approx(mean, abs=1e-3 * tau)
    assert found[2][..., 0] == pytest.approx(variance, rel=2e-3)


def exact(tables, prior, spread):
    return integrate_synthesis(make_plane(ordinary_curves(tables)), parse(prior), spread and parse(spread))


@pytest.mark.parametrize(
    ("prior", "spread"),
    [("normal(0, 0.355)", "half_normal(0.3)"), ("normal(0, 2)", "half_cauchy(0.3)"), ("normal(0, 0.355)", None)],
)
def test_posteriors_are_those_of_the_ordinary_quadrature(prior, spread):
    """Mean, SD, quantiles and probabilities within 1e-3, those of means in posterior SDs."""
    rows = np.arange(len(ANALYSES))
    pair = Pair(rows, effect_priors([parse(prior)] * len(rows)), spread and tau_priors([parse(spread)] * len(rows)))
    numbers = solve(work(), {"pair": pair}, apart=True)["pair"].numbers
    assert numbers.exact.all()
    for row, tables in enumerate(ANALYSES.values()):
        answer = exact(tables, prior, spread)
        unit = answer.mu_sd
        assert numbers.mean[row] == pytest.approx(answer.mu_mean, abs=1e-3 * unit)
        assert numbers.sd[row] == pytest.approx(unit, rel=1e-3)
        assert numbers.above[row] == pytest.approx([answer.p_mu_above_null, answer.p_mu_above(-0.2)], abs=1e-3)
        assert numbers.quantiles[row] == pytest.approx(answer.mu_quantiles((0.025, 0.5, 0.975)), abs=2e-3 * unit)
        if spread is None:
            continue
        assert numbers.new_above[row, 0] == pytest.approx(answer.p_new_above(0.0), abs=1e-3)
        assert numbers.tau_quantiles[row, 1] == pytest.approx(answer.tau_quantiles([0.5])[0], rel=2e-3)
        effects = np.array(answer.effects)
        assert numbers.effect_mean[row, : len(tables)] == pytest.approx(effects[:, 0], abs=2e-3 * unit)
        assert numbers.effect_sd[row, : len(tables)] == pytest.approx(effects[:, 1], rel=2e-3)
        if len(tables) > 2:
            without = exact(tables[1:], prior, spread)
            assert numbers.left_mean[row, 0] == pytest.approx(without.mu_mean, abs=2e-3 * unit)
            assert numbers.left_above[row, 0] == pytest.approx(without.p_mu_above_null, abs=2e-3)


def test_a_prior_of_tau_far_below_the_errors_leaves_a_new_trial_the_mean():
    """No tau is wide there, so that every sum of the predictive distribution is over places of e."""
    rows = np.arange(len(ANALYSES))
    priors = effect_priors([parse("normal(0, 0.355)")] * len(rows))
    pair = Pair(rows, priors, tau_priors([parse("uniform(0, 0.001)")] * len(rows)))
    found = solve(work(), {"pair": pair}, apart=False)["pair"].numbers
    assert found.new_above == pytest.approx(found.above, abs=1e-3)
    assert found.new_quantiles == pytest.approx(found.quantiles, abs=2e-3)


def test_the_stated_error_covers_the_difference_to_the_finest_engine():
    rows = np.arange(len(ANALYSES))
    pair = Pair(rows, effect_priors([parse("normal(0, 1)")] * len(rows)), tau_priors([parse("half_normal(0.5)")] * len(rows)))
    found = {}
    for fineness in (FINENESS[0], FINENESS[-1]):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("bayes.corpus.engine.answering.FINENESS", (fineness,))
            found[fineness] = solve(work(), {"pair": pair}, apart=False)["pair"].numbers
    rough, fine = found.values()
    assert np.all(np.abs(rough.above - fine.above).max(axis=1) <= rough.error + fine.error + 1e-6)
    assert np.all(fine.error <= rough.error + 1e-6)


def test_risk_ratios_agree_with_the_sum_of_the_ordinary_quadrature():
    theta = np.linspace(-2, 2, 9)[None]
    one = TABLES.at(np.array([0]))
    (ordinary,) = ordinary_curves([(12, 120, 20, 118)], "risk_ratio")
    assert log_of_risk_ratio(one, theta, NUISANCE)[0] == pytest.approx(ordinary(theta[0]), abs=1e-9)
