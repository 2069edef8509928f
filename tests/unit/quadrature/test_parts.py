"""Parts of the quadrature that whole posteriors rest on, each against a closed form or a sum of its own."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, gammaln, logsumexp
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import parse
from bayes.priors.sets import load_priors
from bayes.quadrature import bare_tests, event_families, historical, ordered_tables, ordinal, two_risks
from bayes.quadrature.estimates import normal_curve as normal_estimate
from bayes.quadrature.likelihood_curve import Curve
from bayes.quadrature.plane import Surface, make_plane
from bayes.quadrature.synthesis import Apart

NUISANCE = load_priors().nuisance


def normal_curve(y=0.3, s=0.5):
    return Curve({"all": lambda theta: stats.norm.logpdf(y, theta, s)}, y, s, "normal", normal=(y, s))


@pytest.mark.parametrize("spike", [0.0, 0.4])
def test_a_tabled_posterior_has_its_distribution_function_with_and_without_a_spike(spike):
    """Normal(0.3, 0.5) under normal(0, 1): precision 5; the Bayes factor of the spike is that of two normal densities."""
    prior = parse(f"spike_slab({spike}, normal(0, 1))" if spike else "normal(0, 1)")
    found = quadrature.table(normal_curve(), [0.0, 0.2], quadrature.spots_of(prior)).under(prior)
    slab = stats.norm(0.24, 0.2**0.5)
    bf = stats.norm.pdf(0.3, 0, 0.5) / stats.norm.pdf(0.3, 0, 1.25**0.5)
    p = spike * bf / (spike * bf + 1 - spike)
    assert found.p_null == pytest.approx(p, abs=1e-6)
    assert (found.mean, found.sd) == pytest.approx(((1 - p) * 0.24, np.sqrt((1 - p) * (0.2 + 0.24**2) - ((1 - p) * 0.24) ** 2)), abs=1e-6)
    at = np.array([-0.5, 0.0, 0.2, 0.7])
    below = (1 - p) * slab.cdf(at) + p * (at >= 0)
    assert found.at_most(at) == pytest.approx(below, abs=1e-6)
    assert [found.above(t) for t in at] == pytest.approx(list(1 - below), abs=1e-6)
    assert [found.at_least(t) for t in at] == pytest.approx(list(1 - below + p * (at == 0)), abs=1e-6)
    for q in (0.01, 0.2, 0.9):
        (x,) = found.quantiles([q])
        expected = slab.ppf(q / (1 - p)) if q < (1 - p) * slab.cdf(0) else 0.0 if q < (1 - p) * slab.cdf(0) + p else slab.ppf((q - p) / (1 - p))
        assert x == pytest.approx(expected, abs=1e-5)


def test_both_directions_of_a_report_are_combined_by_their_weights():
    one, other = Surface(np.log([[1.0, 3.0]]), np.array([[2.0, 0.0]]), np.array([[5.0, 1.0]])), Surface(np.log([[3.0, 1.0]]), np.array([[-2.0, 4.0]]), np.array([[9.0, 17.0]]))
    both = one + other
    assert np.exp(both.log_average) == pytest.approx(np.array([[4.0, 4.0]]))
    assert both.mean == pytest.approx(np.array([[-1.0, 1.0]])) and both.second == pytest.approx(np.array([[8.0, 5.0]]))


LEVELS = {"kind": "ordinal", "categories": ["a", "b", "c"], "treatment": [7, 9, 5], "control": [4, 8, 7]}


@pytest.mark.parametrize(("curve", "direction"), [(ordered_tables.drifting, [-1.0, 1.0]), (ordered_tables.worst_apart, [0.0, 1.0])])
def test_a_departure_from_proportional_odds_is_averaged_over_its_prior(curve, direction):
    """A sum over 16 values of the departure, each a curve of its own; the log odds of cuts depart in the stated direction."""
    outcome = make_outcome("common_odds_ratio", "lower", LEVELS)
    theta = np.array([-0.8, 0.9])
    table, (mean, sd) = ordered_tables._table(outcome, NUISANCE), NUISANCE.departure.args
    gamma, weight = np.polynomial.hermite_e.hermegauss(16)
    parts = []
    for g, w in zip(mean + sd * gamma, weight / weight.sum(), strict=True):
        half = outcome.sign * (theta[:, None] + g * np.array(direction)) / 2
        parts.append(log(w) + ordered_tables.ordinal.log_curve(table, half, -half))
    expected = np.logaddexp.reduce(parts, axis=0)
    assert np.ptp(curve(outcome, NUISANCE)(theta) - expected) < 2e-4


def test_a_narrow_curve_takes_as_many_departures_as_it_is_narrow(monkeypatch):
    """Of 20,000 patients, ten times narrower than the prior of the departure; the oracle is 61 departures."""
    monkeypatch.setattr(ordered_tables, "tabulated_report", lambda log_l, *_: log_l)
    outcome = make_outcome("common_odds_ratio", "lower", LEVELS | {"treatment": [3500, 4200, 2300], "control": [3000, 4300, 2700]})
    near = normal_curve(y=0.17, s=0.026)
    theta = near.centre + near.width * np.array([-3.0, 0.0, 3.0])
    found = ordered_tables.drifting(outcome, NUISANCE, near)(theta)
    monkeypatch.setattr(ordered_tables, "FEWEST", 61)
    assert np.ptp(found - ordered_tables.drifting(outcome, NUISANCE, near)(theta)) < 1e-3


TABLES = [((7, 9, 5), (4, 8, 7)), ((3, 0), (1, 6)), ((0, 0, 4, 1, 7), (2, 0, 0, 9, 1)), ((155, 118, 16, 38, 59, 27, 96, 32), (113, 103, 10, 31, 62, 26, 119, 57))]


@pytest.mark.parametrize(("treatment", "control"), TABLES)
def test_a_table_without_an_effect_has_the_evidence_of_one_dirichlet_multinomial(treatment, control):
    both, c = np.add(treatment, control), np.full(len(control), ordinal.concentration(len(control), None))
    table, none = ordinal.Table(np.array(treatment, float), np.array(control, float), c), np.zeros((1, 1))
    expected = gammaln(c.sum()) - gammaln(c.sum() + both.sum()) + (gammaln(c + both) - gammaln(c)).sum()
    assert ordinal.log_curve(table, none, none) == pytest.approx([expected], abs=1e-5)


def test_many_events_in_persons_with_log_normal_rates():
    """More events than powers of a rate between two returns to the log scale: the sum of all ways by convolution, on the log scale."""
    t, m, n, sigma, mean = 70, 5, 6, 0.7, 72.0
    arm = {"events": t, "persons": m, "n": n}
    evidence = make_outcome("rate_ratio", "lower", {"kind": "events", "treatment": arm, "control": arm}).evidence
    one = event_families.Arm(evidence.treatment, float(n))
    z, step = np.linspace(-9, 9, 4001, retstep=True)
    rate = np.exp(log(mean / n) - sigma**2 / 2 + sigma * z)
    pmf = step * np.array([np.sum(stats.poisson.pmf(j, rate) * stats.norm.pdf(z)) for j in range(t + 1)])
    ways = np.array([1.0])
    for _ in range(m):
        ways = np.convolve(ways, np.concatenate([[0.0], pmf[1:]]))[: t + 1]
    found = event_families.lognormal({one: event_families.log_p_lognormal(one)})(one, np.array([log(sigma)]))(np.log([mean]))
    assert found == pytest.approx([log(n * ways[t] * pmf[0])], abs=1e-4)


@pytest.mark.parametrize(("x", "n"), [(0, 30), (3, 30), (30, 30), (15, 30)])
def test_the_peak_of_a_historical_arm_is_that_of_its_integrand(x, n):
    beta, tau = np.array([-2.0, 0.0, 1.5, -6.0]), np.array([0.05, 0.5, 2.0, 1.0])
    found = historical._peak(x, n, beta, tau)
    slope = x - n * expit(found) - (found - beta) / tau**2
    assert slope == pytest.approx(np.zeros(4), abs=1e-5 * n * 20)


def test_the_extent_of_a_function_holds_its_mass_and_its_peak():
    """Of a normal of SD 0.02 beside spots that say otherwise: 40 log units below the peak lie 9 SDs away."""
    centre, width, (low, high) = historical._extent([(0.0, 1.0), (3.0, 0.5)], lambda x: -0.5 * ((x - 1.7) / 0.02) ** 2)
    assert centre == pytest.approx(1.7, abs=0.005) and 0.01 < width < 0.04
    assert 1.2 < low < 1.7 - 8.9 * 0.02 and 1.7 + 8.9 * 0.02 < high < 2.2


def test_a_difference_of_effects_has_the_quantiles_of_its_mixture_in_any_unit():
    """Two normals of equal mass; in points of a scale their SDs are 10 and 20."""
    mean, sd, mass = np.array([-5.0, 30.0]), np.array([10.0, 20.0]), np.array([0.5, 0.5])
    for unit in (1.0, 0.001):
        found = Apart(unit * mean, unit * sd, mass)
        for p, at in zip((0.001, 0.5, 0.999), found.quantiles((0.001, 0.5, 0.999)), strict=True):
            assert mass @ stats.norm.cdf(at, unit * mean, unit * sd) == pytest.approx(p, abs=1e-9)
        assert found.p_above(unit * 10) == pytest.approx(mass @ stats.norm.sf(10, mean, sd))


@pytest.mark.parametrize("unit", [0.001, 1.0, 1000.0])
def test_nodes_of_the_mean_lie_a_fifth_of_the_narrowest_width_apart_in_any_unit(unit):
    y, s = unit * np.array([-0.4, 0.1, 0.9]), unit * np.array([0.2, 0.3, 0.9])
    plane = make_plane([replace(normal_curve(a, b), unit=unit) for a, b in zip(y, s, strict=True)])
    about = plane.mu[np.abs(plane.mu) < unit]
    assert 0.15 * unit * 0.2 < np.diff(about).min() <= 0.2001 * unit * 0.2 and np.diff(about).max() < 0.4 * unit * 0.2
    assert plane.mu[0] <= -50 * unit and plane.mu[-1] >= 50 * unit


def test_a_curve_says_how_it_was_computed():
    exact = make_outcome("mean_difference", "lower", {"kind": "p_value", "p": 0.2, "favours": "treatment", "se": 1.5})
    assert bare_tests.normal(exact, NUISANCE).method == "quadrature"
    small = make_outcome("standardised_mean_difference", "lower", {"kind": "p_value", "p": 0.2, "favours": "treatment", "n": {"treatment": 6, "control": 7}})
    assert bare_tests.small_sample(small, NUISANCE).method == "quadrature of the noncentral t likelihood"


def test_a_normal_estimate_has_its_density():
    theta = np.array([-1.0, 0.3, 2.0])
    assert normal_estimate(0.3, 0.5, "m", (-np.inf, np.inf))(theta) == pytest.approx(stats.norm.logpdf(0.3, theta, 0.5))


@pytest.mark.parametrize("at", ["midpoint", "control"])
def test_the_prior_of_the_baseline_is_that_of_the_midpoint_or_of_the_control_arm(at):
    """Counts and events, integrated over the baseline by a sum of 40,001 values."""
    nuisance = replace(NUISANCE, at=at)
    baseline, step = np.linspace(-12, 12, 40_001, retstep=True)
    (mean, sd), (rate_mean, rate_sd) = nuisance.binary.args, nuisance.events.args
    theta = np.array([-2.0, 0.5, 3.0])[:, None]
    treated, untreated = (baseline + theta / 2, baseline - theta / 2) if at == "midpoint" else (baseline + theta, baseline)
    counts = {"kind": "binary", "treatment": {"events": 3, "n": 20}, "control": {"events": 8, "n": 25}}
    log_f = stats.binom.logpmf(3, 20, expit(treated)) + stats.binom.logpmf(8, 25, expit(untreated)) + stats.norm.logpdf(baseline, mean, sd)
    found = quadrature.curve(make_outcome("odds_ratio", "lower", counts), nuisance)(theta[:, 0])
    assert found == pytest.approx(logsumexp(log_f, axis=1) + log(step), abs=1e-4)
    totals = {"kind": "events", "dispersion": "poisson", "treatment": {"events": 6, "exposure": 2}, "control": {"events": 9, "exposure": 2}}
    outcome = make_outcome("rate_ratio", "lower", totals)
    more, fewer = outcome.evidence.relative_exposure
    log_f = stats.poisson.logpmf(6, more * np.exp(treated)) + stats.poisson.logpmf(9, fewer * np.exp(untreated)) + stats.norm.logpdf(baseline, rate_mean, rate_sd)
    found = quadrature.curve(outcome, nuisance)(theta[:, 0])
    assert np.ptp(found - logsumexp(log_f, axis=1)) < 1e-3


@pytest.mark.parametrize("df", [0.5, 1.0])
def test_of_significance_alone_a_prior_without_a_mean_leaves_none(df):
    said = make_outcome("odds_ratio", "lower", {"kind": "significance", "significant": True, "favours": "treatment", "se": 0.3})
    found = quadrature.integrate(quadrature.curve(said, NUISANCE), parse(f"student_t({df}, 0, 1)"))
    assert found.mean is None and found.sd is None


@pytest.mark.parametrize(("x", "y"), [(7, 12), (0, 3), (0, 0), (30, 25)])
def test_tables_of_one_total_follow_the_noncentral_hypergeometric_law(x, y):
    """Given the total, the log odds midway between the arms cancels, whatever its prior (Fisher's law, by SciPy)."""
    table = make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": x, "n": 30}, "control": {"events": y, "n": 25}}).evidence
    nuisance, total = load_priors("default").nuisance, x + y
    every, theta = np.arange(max(0, total - 25), min(30, total) + 1), np.array([-40.0, -3.0, 0.0, 0.7, 9.0])
    log_p = two_risks.log_tables(table, nuisance, every, theta)
    for values, effect in zip(log_p.T, theta, strict=True):
        law = stats.nchypergeom_fisher(55, 30, total, np.exp(effect))
        assert np.exp(values - logsumexp(values)) == pytest.approx(law.pmf(every), abs=1e-9)
    alone = two_risks.log_odds_ratio((two_risks.BinomialArm(x, 30), two_risks.BinomialArm(y, 25)), nuisance)
    assert log_p[every == x][0] == pytest.approx(alone(theta), abs=1e-9)
