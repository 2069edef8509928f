"""Families of event counts in persons: probabilities that simulation, dense sums and printed standard errors confirm."""

import numpy as np
import pytensor.tensor as pt
import pytest
from scipy import stats
from support.trials import make_outcome

import bayes
from bayes import quadrature
from bayes.base.distributions import parse
from bayes.models.likelihoods import events_lognormal, events_poisson
from bayes.models.shared.event_rates import log_surjections
from bayes.priors.sets import load_priors
from bayes.quadrature import event_families

pytestmark = pytest.mark.nuts

NUISANCE = load_priors().nuisance
EVENTS = {
    "kind": "events",
    "treatment": {"events": 30, "persons": 14, "n": 30},
    "control": {"events": 44, "persons": 17, "n": 31},
}


def test_families_are_probabilities_and_agree_with_simulation():
    """P(T, m) of six persons by 400,000 simulated trials, and the standard errors METHODS 3 gives for MESEMS."""
    n, mu, sigma, never = 6, 1.2, 0.8, 0.4
    rng = np.random.default_rng(5)
    rates = mu * np.exp(sigma * rng.standard_normal((400_000, n)) - sigma**2 / 2)
    counts = rng.poisson(rates)
    total, persons = counts.sum(axis=1), (counts > 0).sum(axis=1)
    for t, m in ((5, 3), (0, 0)):
        table = events_lognormal.log_p(t, m, n)
        assert table.shape == (len(events_lognormal.SCALED_LOG_MEDIAN), len(events_lognormal.LOG_SIGMA))
        assert np.isfinite(table[np.abs(events_lognormal.SCALED_LOG_MEDIAN) < 1]).all()
        p = np.exp(log_p_of_quadrature(t, m, n, mu, sigma))
        share = float(((total == t) & (persons == m)).mean())
        assert share == pytest.approx(p, abs=5 * (p / 4e5) ** 0.5)
    rate = mu / (1 - never)
    q = (1 - never) * -np.expm1(-rate)
    drawn = rng.poisson(rate, (400_000, n)) * (rng.random((400_000, n)) >= never)
    for t, m in ((5, 3), (9, 4), (3, 3)):
        p = stats.binom.pmf(m, n, q) * rate**t * np.expm1(rate) ** -m * np.exp(log_surjections(t, m))
        share = float(((drawn.sum(axis=1) == t) & ((drawn > 0).sum(axis=1) == m)).mean())
        assert share == pytest.approx(p, abs=5 * (p / 4e5) ** 0.5)


def an_arm(t, m, n):
    """The report of an arm."""
    arm = {"events": t, "persons": m, "n": n}
    return make_outcome("rate_ratio", "lower", {"kind": "events", "treatment": arm, "control": arm}).evidence.treatment


def log_p_of_quadrature(t, m, n, mean, sigma):
    """Return log P(T, m) from the independent table that quadrature uses."""
    arm = event_families.Arm(an_arm(t, m, n), float(n))
    log_p = event_families.lognormal({arm: event_families.log_p_lognormal(arm)})
    return float(log_p(arm, np.array([np.log(sigma)]))(np.log([mean * n]))[0])


def log_p_of_model(t, m, n, mean, sigma):
    """Return log P(T, m) from the surface in the graph."""
    table = events_lognormal._table(an_arm(t, m, n))[None]
    at = [pt.as_tensor_variable(np.array([float(number)])) for number in (mean, sigma)]
    return float(events_lognormal._log_p_at(*at, pt.as_tensor_variable(table)).eval()[0])


FEW = [(0, 0, 31), (1, 1, 13), (7, 4, 31)]


@pytest.mark.parametrize("spread", [0.3, 2.0, 5.0, 10.0])
@pytest.mark.parametrize("report", FEW, ids=str)
def test_log_normal_rates_of_few_events_and_any_spread(report, spread):
    """Against a dense sum over the rates of persons and a convolution, at 0.1 events a person."""
    t, m, n = report
    deviate = np.linspace(-10, 10, 100_001)
    weight = stats.norm.pdf(deviate) / stats.norm.pdf(deviate).sum()
    rate = 0.1 * np.exp(spread * deviate - spread**2 / 2)
    p = np.array([weight @ stats.poisson.pmf(j, rate) for j in range(t + 1)])
    several = np.eye(t + 1)[0]
    for _ in range(m):
        several = np.convolve(several, np.concatenate([[0.0], p[1:]]))[: t + 1]
    exactly = np.log(stats.binom(n, 0.5).pmf(m)) + n * np.log(2) + (n - m) * np.log(p[0]) + np.log(several[t])
    assert log_p_of_model(t, m, n, 0.1, spread) == pytest.approx(exactly, abs=2e-3)
    assert log_p_of_quadrature(t, m, n, 0.1, spread) == pytest.approx(exactly, abs=2e-3)


@pytest.mark.parametrize("log_p", [log_p_of_model, log_p_of_quadrature])
def test_a_probability_of_no_event_stays_a_probability(log_p):
    """Far beyond the table, too, where it once was above one, and the sampler followed it."""
    for mean in (0.01, 0.1, 1.0):
        for log_spread in (2.0, 3.0, 4.0, 6.0):
            assert log_p(0, 0, 31, mean, np.exp(log_spread)) <= 1e-5


def test_log_normal_rates_of_a_single_event_are_sampled_without_divergences():
    evidence = {"kind": "events", "treatment": {"events": 1, "persons": 1, "n": 13}, "control": {"events": 0, "persons": 0, "n": 31}}
    fit = bayes.fit(make_outcome("rate_ratio", "lower", evidence), "normal(0, 0.5)", likelihood="events_lognormal")
    row = fit.summary()
    assert row["status"] == "ok" and row["divergences"] == 0
    assert row["mean"] == pytest.approx(row["exact_mean"], abs=5 * row["mcse_mean"])


def test_no_event_in_either_arm_has_a_zero_inflated_curve():
    """Against a sum over the baseline and both shares: such a report says next to nothing on the effect, but not nothing."""
    evidence = {"kind": "events", "treatment": {"events": 0, "persons": 0, "n": 13}, "control": {"events": 0, "persons": 0, "n": 31}}
    curve = quadrature.curve(make_outcome("rate_ratio", "lower", evidence), load_priors().nuisance, "events_zero_inflated")
    a, never = np.linspace(-20, 20, 2001)[:, None], (np.arange(2000) + 0.5) / 2000

    def log_l(theta):
        none = [
            ((never + (1 - never) * np.exp(-np.exp(a + side * theta / 2) / (1 - never))) ** n).mean(axis=1)
            for side, n in ((1, 13), (-1, 31))
        ]
        return np.log(none[0] * none[1] @ stats.norm.pdf(a[:, 0], 0, 2.5))

    at = curve(np.array([-1.5, 0.0, 1.5]))
    for value, theta in zip(at, (-1.5, 0.0, 1.5), strict=True):
        assert value - at[1] == pytest.approx(log_l(theta) - log_l(0.0), abs=1e-4)


def test_what_a_poisson_total_says_of_persons():
    """P(m persons | T events among n) sums to one over m."""
    arm = make_outcome("rate_ratio", "lower", EVENTS).evidence.treatment
    chances = [
        np.exp(events_poisson.log_p_persons(arm.model_copy(update={"events": 7, "persons": m, "n": 5})))
        for m in range(1, 6)
    ]
    assert sum(chances) == pytest.approx(1)


def test_standard_errors_of_the_families_on_mesems():
    """METHODS 3: 93 in 35 of 69 v 120 in 42 of 75: Poisson 0.138, zero-inflated 0.20, negative binomial 0.25."""
    outcome = bayes.load_trial("mesems").outcomes["ae_events_24w"]
    for name, sd in (("events_poisson", 0.138), ("events_zero_inflated", 0.20), ("events_in_persons", 0.25)):
        found = quadrature.integrate(quadrature.curve(outcome, NUISANCE, name), parse("normal(0, 5)"))
        assert found.sd == pytest.approx(sd, abs=0.006)
