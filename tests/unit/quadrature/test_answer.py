"""The exact answer against closed forms, other implementations and brute force."""

import json
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate as scipy_integrate
from scipy import stats
from support.brute_force.posterior import Oracle
from support.paths import TESTS
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import Distribution, parse
from bayes.priors.sets import load_priors
from bayes.quadrature import event_families, ordinal
from bayes.quadrature.integrals import log_integral

CASES = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]
NUISANCE = load_priors().nuisance
MEASURE = {"HR": "hazard_ratio", "RR": "risk_ratio", "OR": "odds_ratio", "rate ratio": "rate_ratio"}


def answer(report, prior, nuisance=NUISANCE):
    outcome = make_outcome(*report)
    return quadrature.integrate(quadrature.curve(outcome, nuisance), parse(prior), outcome.null)


def reference_prior(prior: dict) -> Distribution:
    if prior["name"] == "spike_slab":
        return parse(f"spike_slab({prior['spike_weight']}, normal({prior['slab']['mean']}, {prior['slab']['sd']}))")
    if "low" in prior:
        return parse(f"uniform({prior['low']}, {prior['high']})")
    if "components" not in prior:
        return parse("normal(0, 1e6)")  # flat
    parts = tuple(
        (c["weight"], Distribution("normal", (float(c["mean"]), float(c["sd"])))) for c in prior["components"]
    )
    return parts[0][1] if len(parts) == 1 else Distribution("mixture", (), parts)


@pytest.mark.parametrize("case", [k for k, c in CASES.items() if c["family"] == "a-normal-ratio"])
def test_reported_ratios_against_closed_forms(case):
    """Normal and mixture updates in closed form; a flat prior is normal(0, 1e6) here."""
    inputs, expect = CASES[case]["inputs"], CASES[case]["expect"]
    benefit = "lower" if "<" in inputs["benefit"] else "higher"
    evidence = {
        "kind": "estimate",
        "estimate": inputs["estimate"],
        "ci": [inputs["ci_low"], inputs["ci_high"]],
        "level": inputs["ci_level"],
    }
    outcome = make_outcome(MEASURE[inputs["measure"]], benefit, evidence)
    found = quadrature.integrate(quadrature.curve(outcome, NUISANCE), reference_prior(CASES[case]["prior"]))
    p_benefit = found.p_below_null if benefit == "lower" else found.p_above_null
    assert found.mean == pytest.approx(expect["mean"], abs=2e-6)
    assert found.sd == pytest.approx(expect["sd"], abs=2e-6)
    assert p_benefit == pytest.approx(expect["p_benefit"], abs=2e-6)
    if "BF01" in expect:
        assert found.p_null == pytest.approx(expect["p_spike"], abs=2e-6)
        assert found.bf_01 == pytest.approx(expect["BF01"], abs=2e-6)
    if "post_weights" in expect:
        weights = [
            p.weight for p in quadrature.pieces(quadrature.curve(outcome, NUISANCE), reference_prior(CASES[case]["prior"]))
        ]
        assert sorted(weights) == pytest.approx(sorted(expect["post_weights"]), abs=2e-6)


@pytest.mark.parametrize("case", [k for k in CASES if k.startswith("g-")])
def test_bare_p_values_against_quadrature(case):
    inputs, prior, expect = (CASES[case][k] for k in ("inputs", "prior", "expect"))
    bare = {
        "n": {"treatment": inputs["n_treated"], "control": inputs["n_control"]},
        "reference": {"shares": [1 / 7] * 7, "source": "uniform"},
        "favours": "treatment" if "treatment" in inputs["direction"] else "unknown",
    }
    if inputs["p_two_sided"] is None:
        evidence = bare | {"kind": "significance", "significant": False}
    else:
        evidence = bare | {"kind": "p_value", "p": inputs["p_two_sided"]}
    found = answer(("common_odds_ratio", "higher", evidence), f"normal({prior['mean']}, {prior['sd']})")
    for name, value in (("mean", found.mean), ("sd", found.sd), ("p_benefit", found.p_above_null)):
        assert value == pytest.approx(expect[name], abs=2e-6)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "prior", "mean", "sd", "p_below"),
    [
        ("estimate", "normal(0, 0.355)", -0.0422, 0.2002, None),
        ("events in persons", "normal(0, 0.355)", -0.115, 0.205, 0.714),
        ("events Poisson", "normal(0, 0.355)", -0.261, 0.238, 0.864),
        ("events", "normal(0, 0.355)", -0.166, 0.291, 0.721),
        ("ordinal", "normal(0, 0.355)", 0.1495, 0.2039, 1 - 0.768),
        ("p known", "normal(0, 0.355)", 0.0553, 0.2988, 1 - 0.5734),
    ],
)
def test_worked_figures_of_the_methods(name, prior, mean, sd, p_below):
    """METHODS 3 to 5: computed there by other means, printed to three or four digits."""
    found = answer(REPORTS[name], prior)
    assert found.mean == pytest.approx(mean, abs=6e-4)
    assert found.sd == pytest.approx(sd, abs=6e-4)
    if p_below is not None:
        assert found.p_below_null == pytest.approx(p_below, abs=6e-4)


def test_two_dichotomies_against_whiteheads_score():
    """TREASURE's observed cuts: Z = 4.907, V = 10.22 by hand, so 0.480 (0.313) and, under N(0, 0.355), 0.270 (0.235)."""
    found = answer(REPORTS["ordinal cut"], "normal(0, 0.355)")
    assert found.mean == pytest.approx(0.270, abs=3e-3)
    assert found.sd == pytest.approx(0.235, abs=2e-3)
    assert found.p_above_null == pytest.approx(stats.norm.cdf(0.270 / 0.235), abs=5e-3)


def test_one_dichotomy_is_the_binary_report():
    """Nearly: the baseline priors differ (Dirichlet against normal on the log odds), and hardly matter."""
    cut = {"at_most": "2", "treatment": {"events": 34, "n": 97}, "control": {"events": 23, "n": 95}}
    ordinal_report = (
        "common_odds_ratio",
        "higher",
        {"kind": "ordinal_cut", "categories": list("0123456"), "cuts": [cut]},
    )
    binary = ("odds_ratio", "higher", {"kind": "binary", "treatment": cut["treatment"], "control": cut["control"]})
    one, other = (answer(report, "normal(0, 0.355)") for report in (ordinal_report, binary))
    assert one.mean == pytest.approx(other.mean, abs=2e-3)
    assert one.sd == pytest.approx(other.sd, abs=1e-3)


def test_unknown_direction_is_symmetric():
    found = answer(FOLDED["p unknown"], "normal(0, 0.355)")
    assert found.mean == pytest.approx(0, abs=1e-9)
    assert found.sd == pytest.approx(0.3039, abs=5e-5)
    assert found.p_above_null == pytest.approx(0.5, abs=1e-9)


def test_small_samples_use_the_noncentral_t():
    """p .004 with 16 v 15: d = 1.124 where the normal would say 1.034 (METHODS 5); the likelihood peaks within 1% of it."""
    report = (
        "standardised_mean_difference",
        "higher",
        {"kind": "p_value", "p": 0.004, "favours": "treatment", "n": {"treatment": 16, "control": 15}},
    )
    curve = quadrature.curve(make_outcome(*report), NUISANCE)
    grid = np.linspace(0.8, 1.4, 6001)
    t_obs = stats.t.ppf(1 - 0.002, 29) * (1 / 16 + 1 / 15) ** 0.5
    assert t_obs == pytest.approx(1.124, abs=1e-3)
    assert grid[curve(grid).argmax()] == pytest.approx(1.124, abs=0.01)


def test_events_in_persons_against_brute_force():
    """n = 6, mu = 1.2, k = 0.7: P(5, 3) = 0.04642, P(7, 2) = 0.01546, ... (METHODS 3, by simulation and convolution)."""
    from bayes.models.likelihoods.events_in_persons import log_f

    n, mu, k = 6, 1.2, 0.7
    for t, m, p in ((5, 3, 0.04642), (7, 2, 0.01546), (3, 3, 0.02608), (10, 5, 0.01005)):
        by_recursion = log_f(t, m, np.array([log(k)]))[0]
        by_powers = float(event_families.log_generating(type("Arm", (), {"events": t, "persons": m})())(log(k)))
        assert by_powers == pytest.approx(by_recursion, abs=1e-7)
        q = k / (k + mu)
        choose = stats.binom.pmf(m, n, 0.5) * 2**n
        assert choose * q ** (n * k) * (1 - q) ** t * exp(by_recursion) == pytest.approx(p, abs=1e-5)


def log_curve(treatment, control, concentration, theta):
    """log L(theta) of an ordinal table, theta the log odds of a better category, cutpoints midway between the arms."""
    table = ordinal.Table(np.array(treatment, float), np.array(control, float), concentration)
    return ordinal.log_curve(table, theta[:, None] / 2, -theta[:, None] / 2)


@pytest.mark.slow
def test_ordinal_curve_against_importance_sampling():
    """Another way to the same integral: cutpoints drawn from the conjugate posterior at theta = 0, four million draws."""
    x, y, c = np.array([4, 5, 3, 0, 6]), np.array([1, 0, 2, 4, 3]), 0.4
    theta = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    found = log_curve(x, y, np.full(5, c), theta)
    p = np.random.default_rng(1).dirichlet(x + y + c, 2_000_000)
    below = np.cumsum(p, axis=1)[:, :-1]
    cut = np.log(below / (1 - below))

    def cells(shift):
        q = 1 / (1 + np.exp(-(cut + shift)))
        return np.diff(np.hstack([np.zeros((len(q), 1)), q, np.ones((len(q), 1))]), axis=1)

    for t, value in zip(theta, found - found[1], strict=True):
        weight = np.exp((x * np.log(cells(t / 2) / p)).sum(1) + (y * np.log(cells(-t / 2) / p)).sum(1))
        error = weight.std() / weight.mean() / len(weight) ** 0.5
        assert value == pytest.approx(np.log(weight.mean()), abs=5 * error + 1e-9)


def test_crossing_windows_leave_the_ordinal_curve_smooth():
    """A category of two patients between large ones: neighbouring cutpoints nearly coincide. log L is concave here."""
    theta = np.linspace(-3, 4, 57)
    found = log_curve([1, 10, 10, 40, 40, 1, 40], [0, 0, 0, 10, 40, 1, 0], np.full(7, 0.3), theta)
    assert (np.diff(found, 2) < 0).all()
    assert theta[found.argmax()] == pytest.approx(0, abs=0.5)


def test_a_risk_ratio_far_out_does_not_lose_its_digits():
    """0 of 300 v 13 of 20 under a heavy-tailed prior: the mean is finite, and NUTS once gave -10.84."""
    counts = {"kind": "binary", "treatment": {"events": 0, "n": 300}, "control": {"events": 13, "n": 20}}
    found = answer(("risk_ratio", "lower", counts), "student_t(2, 0, 0.13)")
    assert found.mean == pytest.approx(-10.9, abs=0.2)
    every = counts | {"control": {"events": 20, "n": 20}}
    assert answer(("risk_ratio", "lower", every), "student_t(1, 0, 0.13)").mean is None  # the likelihood never vanishes


def test_two_categories_are_the_binomial():
    """With K = 2 and the same baseline prior the ordinal and the binary likelihood are one."""
    theta = np.linspace(-2, 2, 9)
    by_chain = log_curve([12, 20], [15, 9], np.ones(2), theta)
    for t, value in zip(theta, by_chain - by_chain[4], strict=True):

        def f(u, t=t):
            a = log(u / (1 - u))
            p, q = 1 / (1 + exp(-(a + t / 2))), 1 / (1 + exp(-(a - t / 2)))
            return p**12 * (1 - p) ** 20 * q**15 * (1 - q) ** 9 * 1e16

        total = scipy_integrate.quad(f, 0, 1, epsabs=0, epsrel=1e-12)[0]
        if t == theta[0]:
            totals = {}
        totals[t] = total, value
    centre = totals[0.0][0]
    for total, value in totals.values():
        assert value == pytest.approx(log(total / centre), abs=1e-6)


def test_a_beta_prior_is_conjugate():
    found = answer(REPORTS["proportion"], "beta(1, 1)")
    closed = stats.beta(17, 5)
    assert found.mean == pytest.approx(closed.mean(), abs=1e-10)
    assert found.sd == pytest.approx(closed.std(), abs=1e-10)
    assert found.p_above_null == pytest.approx(closed.sf(0.7), abs=1e-10)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "treatment", "control", "prior"),
    [
        ("mean_difference", (12.9, 10.2, 298), (-14.2, 9.1, 255), "normal(-5.86, 0.67)"),
        ("mean_difference", (6.4, 6.5, 224), (-15.4, 6.6, 196), "normal(-15, 1.3)"),
        ("standardised_mean_difference", (20, 1.1, 15), (1, 1, 280), "normal(0, 0.3)"),
        ("standardised_mean_difference", (1, 1, 2), (0, 1, 2), "normal(0, 1)"),
        ("mean_difference", (3, 1, 1000), (0, 1, 5000), "normal(0, 0.15)"),
    ],
)
def test_means_that_a_prior_contradicts_are_met_by_larger_standard_deviations(measure, treatment, control, prior):
    """Brute force: a flat grid of both standard deviations, fine where either turns."""
    arms = [dict(zip(("mean", "sd", "n"), arm, strict=True)) for arm in (treatment, control)]
    evidence = {"kind": "means", "treatment": arms[0], "control": arms[1]}
    found = answer((measure, "higher", evidence), prior)
    brute = Oracle(measure, "higher", evidence, 0.0)
    frozen = stats.norm(*parse(prior).args)
    mean, sd = brute.moments(frozen)
    assert found.mean == pytest.approx(mean, abs=2e-3 * sd)
    assert found.sd == pytest.approx(sd, rel=2e-3)
    assert found.p_above_null == pytest.approx(brute.above(frozen), abs=2e-3)


def test_risk_ratio_and_difference_keep_their_stated_prior():
    """Without data the posterior is the prior: the truncation of the baseline is normalised (METHODS 0)."""
    nothing = {"kind": "binary", "treatment": {"events": 0, "n": 1}, "control": {"events": 0, "n": 1}}
    curve = quadrature.curve(make_outcome("risk_ratio", "lower", nothing), NUISANCE)
    inner = log_integral(
        lambda w: stats.norm.logpdf(-1.0 - np.exp(w), 0, 2.5) + w, np.array(-60.0), np.array(5.0), points=257
    )
    assert inner == pytest.approx(stats.norm.logcdf(-1.0 / 2.5), abs=1e-9)
    assert np.isfinite(curve(np.array([-8.0, 0.0, 8.0]))).all()


def test_moments_that_do_not_exist_are_not_given():
    """A one-sided threshold leaves a Cauchy prior its tail: no mean, no sd, but probabilities."""
    found = answer(REPORTS["significant"], "student_t(1, 0, 0.5)")
    assert found.mean is None and found.sd is None
    assert 0.98 < found.p_above_null < 1
    two = answer(REPORTS["significant"], "student_t(2, 0, 0.5)")
    assert two.mean is not None and two.sd is None


@settings(max_examples=15, deadline=None)
@given(p=st.floats(0.001, 1), sd=st.floats(0.05, 2))
def test_unknown_direction_is_half_for_any_p(p, sd):
    found = answer(
        ("odds_ratio", "lower", {"kind": "p_value", "p": p, "favours": "unknown", "se": 0.4}), f"normal(0, {sd})"
    )
    assert found.p_above_null == pytest.approx(0.5, abs=1e-9)
