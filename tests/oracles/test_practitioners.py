"""Results that people who do this work have published or asked about, with their right values.

Deaths after myocardial infarction and lengths of stay from Fleiss 1993 (the example data of R's meta, as RevMan exports
them), towels reused by hotel guests (metaBMA), and adverse events of nobody (metalite.ae issue 210).
"""

from decimal import Decimal

import numpy as np
import pytest
from scipy import stats
from support.trials import make_outcome

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.checks import check_outcome
from bayes.pooling import heterogeneity
from bayes.pooling.view import PooledView
from bayes.priors.sets import PriorSet, load_priors
from bayes.quadrature.integrals import cumulative
from bayes.synthesis.file import synthesis_of

ASPIRIN = (  # treated: events, n; control: events, n
    (49, 615, 67, 624), (44, 758, 64, 771), (102, 832, 126, 850), (32, 317, 38, 309), (85, 810, 52, 406),
    (246, 2267, 219, 2257), (1570, 8587, 1720, 8600),
)  # fmt: skip
STAY = (  # treated: mean, sd, n; control: mean, sd, n
    (5, 4.7, 13, 6.5, 3.8, 13), (4.9, 1.71, 30, 6.1, 2.3, 50), (22.5, 3.44, 35, 24.9, 10.65, 35),
    (12.5, 1.47, 20, 12.3, 1.66, 20), (6.5, 0.76, 8, 7.38, 1.41, 8),
)  # fmt: skip
TOWELS = (
    (1.4623, 0.1977), (1.3499, 0.1361), (1.2337, 0.1916), (1.2840, 0.1701), (1.3364, 0.8248), (0.8869, 0.2481),
    (0.2322, 0.7603),
)  # fmt: skip
ONE_SIDED = {
    "effect": {
        "positive_only": {"distribution": "half_normal(0.3)", "allow_one_sided": True},
        "two_sided": {"distribution": "normal(0, 0.3)"},
    }
}


def trials(measure, benefit, evidence, **more):
    made = [make_outcome(measure, benefit, e, patients=f"trial_{i}", **more) for i, e in enumerate(evidence)]
    for i, outcome in enumerate(made):
        outcome._id = f"trial_{i}"
    return made


def answer(synthesis, prior, priors=None, model=None):
    analysis = make_plan([synthesis], priors or load_priors(), [prior], model=model).analyses[0]
    tau = analysis.heterogeneity and analysis.heterogeneity.distribution
    return quadrature.integrate_synthesis(plane_of_synthesis(analysis), analysis.formed.distribution, tau), analysis


@pytest.fixture(scope="module")
def aspirin():
    counts = [
        {"kind": "binary", "treatment": {"events": a, "n": n1}, "control": {"events": c, "n": n0}}
        for a, n1, c, n0 in ASPIRIN
    ]
    heterogeneity = {"distribution": "half_normal(0.5)", "rationale": "as in the source"}
    return synthesis_of(trials("odds_ratio", "lower", counts), heterogeneity=heterogeneity)


def test_aspirin(aspirin):
    """Random effects, half-normal(0.5): odds ratio 0.872 (0.706 to 1.016), tau 0.153, P(benefit) .965, of a new trial .834."""
    found, analysis = answer(aspirin, "vague")
    assert (found.mu_mean, found.mu_sd) == (pytest.approx(-0.14595, abs=0.001), pytest.approx(0.09061, abs=0.001))
    assert np.exp(found.mu_quantiles([0.025, 0.5, 0.975])) == pytest.approx([0.70616, 0.87154, 1.01577], abs=0.001)
    assert (found.tau_mean, 1 - found.p_mu_above_null) == pytest.approx((0.15319, 0.96490), abs=0.001)
    assert 1 - found.p_new_above(0) == pytest.approx(0.83442, abs=0.003)
    described = heterogeneity.descriptives(PooledView.of(analysis))
    assert described["i_squared"] == pytest.approx(0.397, abs=0.001) and described["df"] == 6


def test_aspirin_as_revman_prints_it(aspirin):
    """RevMan: Mantel-Haenszel 0.897 (0.841 to 0.957), common to all trials."""
    found, _ = answer(aspirin, "vague", model="common_effect")
    assert np.exp(found.mu_quantiles([0.5, 0.025, 0.975])) == pytest.approx([0.897, 0.841, 0.957], abs=0.001)
    assert (found.mu_mean, found.mu_sd) == (pytest.approx(-0.10895, abs=2e-4), pytest.approx(0.03312, abs=2e-4))
    assert 1 - found.p_mu_above_null == pytest.approx(0.9995, abs=1e-4)


def test_lengths_of_stay():
    """Common effect with both standard deviations estimated: -0.738 (0.310); RevMan, with them known, -0.709 (0.280)."""
    means = [
        {"kind": "means", "treatment": {"mean": m1, "sd": s1, "n": n1}, "control": {"mean": m0, "sd": s0, "n": n0}}
        for m1, s1, n1, m0, s0, n0 in STAY
    ]
    synthesis = synthesis_of(trials("mean_difference", "lower", means, sd_ref=4), model="common_effect", sd_ref=4)
    found, _ = answer(synthesis, "vague")
    assert (found.mu_mean, found.mu_sd) == (pytest.approx(-0.7382, abs=0.002), pytest.approx(0.3095, abs=0.002))
    assert found.mu_quantiles([0.025, 0.975]) == pytest.approx([-1.3475, -0.1318], abs=0.003)
    assert 1 - found.p_mu_above_null == pytest.approx(0.9913, abs=5e-4)


@pytest.fixture(scope="module")
def towels():
    odds = [{"kind": "estimate", "estimate": Decimal(str(y)), "se": Decimal(str(s))} for y, s in TOWELS]
    heterogeneity = {"distribution": "inverse_gamma(1, 0.15)", "rationale": "as in the source"}
    return synthesis_of(trials("odds_ratio", "higher", odds), heterogeneity=heterogeneity)


@pytest.mark.parametrize(
    ("prior", "mu", "tau", "new", "printed"),
    [
        # mean, sd, 2.5%, median, 97.5%; tau; P(new > 0); metaBMA's own (by simulation): mean, tau
        ("positive_only", (0.19379, 0.08863, 0.02855, 0.19236, 0.37229), 0.12812, 0.89735, (0.1929, 0.1328)),
        ("two_sided", (0.18220, 0.10318, -0.03782, 0.18711, 0.37043), 0.13492, 0.87556, (0.183, 0.135)),
    ],
)
def test_towels_under_a_one_sided_prior(towels, prior, mu, tau, new, printed):
    found, _ = answer(towels, prior, validate(PriorSet, ONE_SIDED, "towels"))
    assert (found.mu_mean, found.mu_sd, *found.mu_quantiles([0.025, 0.5, 0.975])) == pytest.approx(mu, abs=1e-4)
    assert found.tau_mean == pytest.approx(tau, abs=2e-4) and found.p_new_above(0) == pytest.approx(new, abs=2e-4)
    assert (found.mu_mean, found.tau_mean) == (pytest.approx(printed[0], abs=0.004), pytest.approx(printed[1], abs=0.005))


@pytest.mark.parametrize(
    ("prior", "bounds"), [(stats.halfnorm(0, 0.3), (0.0, np.inf)), (stats.uniform(-0.2, 0.7), (-0.2, 0.5))]
)
def test_a_density_that_ends_at_its_highest_loses_nothing(prior, bounds):
    """What lies between a bound and the outermost node of a coarse panel counts; quantiles by SciPy."""
    node, _ = np.polynomial.legendre.leggauss(8)
    edges = np.linspace(bounds[0], min(bounds[1], 3.0), 12)
    nodes = ((edges[:-1] + edges[1:])[:, None] / 2 + np.diff(edges)[:, None] / 2 * node).ravel()
    x, cdf = cumulative(nodes, prior.pdf(nodes), bounds)
    for p in (0.001, 0.025, 0.5, 0.975, 0.999):
        assert np.interp(p, cdf, x) == pytest.approx(prior.ppf(p), abs=2e-5), p


def test_an_outcome_under_a_one_sided_prior():
    """The same of one trial: y = 0.1, s = 0.5 under half-normal(0.3) is a normal cut off at zero."""
    outcome = make_outcome("mean_difference", "higher", {"kind": "estimate", "estimate": 0.1, "se": 0.5}, sd_ref=1)
    analysis = make_plan([outcome], validate(PriorSet, ONE_SIDED, "one"), ["positive_only"]).analyses[0]
    (curve,) = likelihood_curves(analysis)
    posterior = quadrature.table(curve, [0.0], quadrature.spots_of(analysis.formed.distribution)).under(analysis.formed.distribution)
    variance = 1 / (1 / 0.3**2 + 1 / 0.5**2)
    mean, sd = variance * 0.1 / 0.5**2, variance**0.5
    truth = stats.truncnorm(-mean / sd, np.inf, mean, sd)
    assert posterior.quantiles([0.025, 0.5, 0.975]) == pytest.approx(truth.ppf([0.025, 0.5, 0.975]), abs=1e-5)


# --- nobody in either arm ---------------------------------------------------------------------------------------------


def counts(a, c, measure="risk_difference", **more):
    arms = {"treatment": {"events": a, "n": 105}, "control": {"events": c, "n": 101}}
    return make_outcome(measure, "lower", {"kind": "binary"} | arms, **more)


@pytest.mark.parametrize(
    ("a", "c", "mean", "sd", "low", "high", "benefit"),
    [
        (0, 0, -0.00037, 0.01346, -0.02924, 0.02779, 0.50970),
        (10, 20, -0.10269, 0.04912, -0.20017, -0.00709, 0.98219),
    ],
)
def test_risk_differences(a, c, mean, sd, low, high, benefit):
    """metalite.ae issue 210: 0/105 v 0/101 and 10/105 v 20/101, under N(0, 0.5) cut off at -1 and 1."""
    analysis = make_plan([counts(a, c)], load_priors(), ["vague"]).analyses[0]
    (curve,) = likelihood_curves(analysis)
    prior = analysis.formed.distribution
    found = quadrature.integrate(curve, prior)
    assert (found.mean, found.sd) == (pytest.approx(mean, abs=1e-4), pytest.approx(sd, abs=1e-4))
    assert found.p_below_null == pytest.approx(benefit, abs=1e-4)
    posterior = quadrature.table(curve, [0.0], quadrature.spots_of(prior)).under(prior)
    assert posterior.quantiles([0.025, 0.975]) == pytest.approx([low, high], abs=1e-4)
    assert counts(a, c).has_headline == (a + c > 0)


def test_nobody_under_uniform_arms():
    """Beta(1, 106) and Beta(1, 102) are powers of uniforms: P(fewer under treatment) = 106 / (106 + 102) = 0.5096."""
    arms = {"arms": {"flat": {"treatment": "beta(1, 1)", "control": "beta(1, 1)"}}}
    analysis = make_plan([counts(0, 0)], validate(PriorSet, arms, "arms"), ["flat"]).analyses[0]
    found = quadrature.integrate_arms(analysis.formed.distribution, analysis.target)
    assert found.p_below_null == pytest.approx(106 / 208, abs=1e-6)
    assert found.mean == pytest.approx(1 / 107 - 1 / 103, abs=1e-9)


def test_the_printed_interval_is_miettinen_and_nurminens():
    """-10.3 points (-20.3 to -0.6), p = 0.037: nothing to object to."""
    numbers = {"estimate": Decimal("-0.103"), "ci": [Decimal("-0.203"), Decimal("-0.006")], "p": Decimal("0.037")}
    found = check_outcome(counts(10, 20, printed={"measure": "risk_difference"} | numbers))
    assert [f for f in found if f.path.startswith("printed")] == []
