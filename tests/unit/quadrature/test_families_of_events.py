"""Probabilities of events in persons under every family, against convolutions of what one person may have."""

from math import comb, exp, log

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import gammaln
from support.trials import make_outcome

from bayes.base.distributions import parse
from bayes.quadrature import event_families as families
from bayes.quadrature import events

N = 6


def arm_of(t, m):
    arm = {"events": t, "persons": m, "n": N}
    evidence = make_outcome("rate_ratio", "lower", {"kind": "events", "treatment": arm, "control": arm}).evidence
    return families.Arm(evidence.treatment, float(N))


def by_convolution(t, m, pmf):
    """P(T = t, m persons with an event) of N persons whose events have the probabilities `pmf` of 0, 1, ... t."""
    ways = np.array([1.0])
    for _ in range(m):
        ways = np.convolve(ways, [0.0, *pmf[1:]])[: t + 1]
    return comb(N, m) * (ways[t] if len(ways) > t else 0.0) * pmf[0] ** (N - m)


REPORTED = [(0, 0), (5, 3), (4, 4), (9, 6)]
LOG_MEAN = np.log([7.2])  # of the expected events of the arm, 1.2 a person


@pytest.mark.parametrize(("t", "m"), REPORTED)
def test_poisson_events_in_persons(t, m):
    found = families.poisson(arm_of(t, m))(LOG_MEAN)
    assert np.exp(found) == pytest.approx([by_convolution(t, m, stats.poisson(1.2).pmf(np.arange(t + 1)))])


@pytest.mark.parametrize(("t", "m"), REPORTED)
@pytest.mark.parametrize("k", [0.4, 3.0])
def test_over_dispersed_events_in_persons_and_their_total(t, m, k):
    arm, log_k = arm_of(t, m), np.array([log(k)])
    law = stats.nbinom(k, k / (k + 1.2))
    found = families.in_persons({arm: families.log_generating(arm)})(arm, log_k)(LOG_MEAN)
    assert np.exp(found) == pytest.approx([by_convolution(t, m, law.pmf(np.arange(t + 1)))], rel=1e-5)
    of_total = families.negative_binomial(arm, log_k)(LOG_MEAN)
    assert np.exp(of_total) == pytest.approx([stats.nbinom(N * k, k / (k + 1.2)).pmf(t)])


@pytest.mark.parametrize(("t", "m"), REPORTED)
def test_persons_of_whom_some_never_have_an_event(t, m):
    """The share of those is integrated over its beta prior; the mean of all persons stays as it is."""

    def given(never):
        law = stats.poisson(1.2 / (1 - never))
        pmf = (1 - never) * law.pmf(np.arange(t + 1))
        return by_convolution(t, m, [pmf[0] + never, *pmf[1:]]) * stats.beta(2, 3).pdf(never)

    found = families.zero_inflated(parse("beta(2, 3)"))(arm_of(t, m))(LOG_MEAN)
    assert np.exp(found) == pytest.approx([integrate.quad(given, 0, 1, epsabs=1e-14)[0]], rel=1e-6)


@pytest.mark.parametrize(("t", "m"), [(0, 0), (5, 3)])
@pytest.mark.parametrize("sigma", [0.3, 1.5])
def test_persons_with_log_normal_rates(t, m, sigma):
    arm = arm_of(t, m)
    z, step = np.linspace(-9, 9, 4001, retstep=True)
    rate = np.exp(log(1.2) - sigma**2 / 2 + sigma * z)
    pmf = [step * np.sum(np.exp(-rate + j * np.log(rate) - gammaln(j + 1)) * stats.norm.pdf(z)) for j in range(t + 1)]
    found = families.lognormal({arm: families.log_p_lognormal(arm)})(arm, np.array([log(sigma)]))(LOG_MEAN)
    assert np.exp(found) == pytest.approx([by_convolution(t, m, pmf)], rel=1e-4)


@pytest.mark.parametrize(("t", "m"), [(0, 0), (5, 3)])
def test_rates_that_vary_beyond_all_measure_take_more_nodes(t, m):
    """An SD of 15 of the log rates, beyond which nodes grow in number with it; each term of the mean is a sum over 40,000 deviates."""
    sigma, arm = 15.0, arm_of(t, m)
    z, step = np.linspace(-9, 9, 40_001, retstep=True)
    rate = np.exp(sigma * z)
    with np.errstate(over="ignore", under="ignore"):
        pmf = [step * np.sum(np.exp(-rate + j * sigma * z - gammaln(j + 1)) * stats.norm.pdf(z)) for j in range(t + 1)]
    log_mean = np.array([log(arm.n) + sigma**2 / 2])
    found = families.lognormal({arm: families.log_p_lognormal(arm)})(arm, np.array([log(sigma)]))(log_mean)
    assert np.exp(found) == pytest.approx([by_convolution(t, m, pmf)], rel=2e-3)


def test_rates_far_from_those_of_a_table_go_on_as_straight_lines():
    """An arm without an event, at a rate so low that none is expected: log P(0) is minus the expected number."""
    arm = arm_of(0, 0)
    log_p = families.lognormal({arm: families.log_p_lognormal(arm)})(arm, np.array([log(0.5)]))
    assert log_p(np.log([1e-30, 1e-2])) == pytest.approx([0.0, -1e-2], abs=5e-4)


@pytest.mark.parametrize(("prior", "reach"), [("normal(0, 0.1)", (-1.2, 1.2)), ("normal(0, 100)", (-5.0, 5.0)), ("normal(4.9, 0.1)", (3.7, 5.0)), ("student_t(3, 0, 0.1)", (-5.0, 5.0))])
def test_a_shape_is_integrated_where_its_prior_has_mass_within_its_grid(prior, reach):
    assert events.reach_of(parse(prior), np.linspace(-5, 5, 11)) == pytest.approx(reach)


def test_powers_of_series():
    """(x + x^2 / 2)^3 has x^4 with 3 / 2; e^x - 1 squared has x^3 with 1."""
    found = families.log_power(np.log(np.array([[1.0, 0.5, 1e-300, 1e-300]])), 3)
    assert np.exp(found) == pytest.approx([1.5])
    assert exp(families.log_onto(3, 2)) == pytest.approx(1.0) and families.log_onto(0, 0) == 0.0
