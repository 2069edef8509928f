"""Independent arms with conjugate priors: moments, quantiles and marginal likelihoods by SciPy's distributions."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.special import logsumexp
from support.trials import make_outcome

from bayes.base.distributions import parse
from bayes.priors.arm_pairs import ArmPair
from bayes.quadrature.arms import effect_of_arms, integrate_arms, posterior, prior_sd_of_arms

ON = {"odds_ratio": lambda p: np.log(p / (1 - p)), "risk_ratio": np.log, "risk_difference": lambda p: p}
MIXED = "mixture(0.3*beta(2, 5), 0.7*beta(4, 3))"
COUNTS = {"kind": "binary", "treatment": {"events": 4, "n": 30}, "control": {"events": 10, "n": 40}}


def moments(parts, scale):
    """Mean and variance of a mixture of distributions on a scale, by adaptive integration of each."""
    found = []
    for weight, law in parts:
        mean, square = (law.expect(lambda p, k=k: scale(p) ** k, epsabs=1e-12, limit=400) for k in (1, 2))
        found.append((weight, mean, square))
    mean = sum(w * m for w, m, _ in found)
    return mean, sum(w * s for w, _, s in found) - mean**2


@pytest.mark.parametrize("measure", ON)
def test_the_sd_that_two_arms_imply(measure):
    pair = ArmPair(parse(MIXED), parse("beta(3, 2)"))
    parts = [(0.3, stats.beta(2, 5)), (0.7, stats.beta(4, 3))], [(1.0, stats.beta(3, 2))]
    variance = sum(moments(one, ON[measure])[1] for one in parts)
    assert prior_sd_of_arms(pair, measure) == pytest.approx(np.sqrt(variance), rel=1e-5)


def test_the_sd_of_two_rates():
    pair = ArmPair(parse("gamma(3, 2)"), parse("mixture(0.5*gamma(2, 1), 0.5*gamma(5, 2))"))
    parts = [(1.0, stats.gamma(3, scale=0.5))], [(0.5, stats.gamma(2)), (0.5, stats.gamma(5, scale=0.5))]
    assert prior_sd_of_arms(pair, "rate_ratio") == pytest.approx(np.sqrt(sum(moments(one, np.log)[1] for one in parts)), rel=1e-5)


def test_an_arm_is_updated_with_the_probability_of_its_report():
    """Weights follow the beta-binomial and the negative binomial probabilities of the counts."""
    arm = make_outcome("odds_ratio", "lower", COUNTS).evidence.treatment
    components, total = posterior(parse(MIXED), arm, "beta")
    log_m = np.log([0.3, 0.7]) + [stats.betabinom(30, a, b).logpmf(4) for a, b in ((2, 5), (4, 3))]
    assert [w for w, _, _ in components] == pytest.approx(list(np.exp(log_m - logsumexp(log_m))))
    assert [ab for _, *ab in components] == [[6, 31], [8, 29]]
    _, alone = posterior(parse("beta(2, 5)"), arm, "beta")
    assert total - alone == pytest.approx(logsumexp(log_m) - stats.betabinom(30, 2, 5).logpmf(4))
    events = {"kind": "events", "dispersion": "poisson", "treatment": {"events": 4, "exposure": 30}, "control": {"events": 10, "exposure": 40}}
    arm = make_outcome("rate_ratio", "lower", events).evidence.treatment
    components, total = posterior(parse("mixture(0.3*gamma(2, 5), 0.7*gamma(4, 3))"), arm, "gamma")
    log_m = np.log([0.3, 0.7]) + [stats.nbinom(a, b / (b + 30)).logpmf(4) for a, b in ((2, 5), (4, 3))]
    assert [w for w, _, _ in components] == pytest.approx(list(np.exp(log_m - logsumexp(log_m))))
    assert [ab for _, *ab in components] == [[6, 35], [8, 33]]


@pytest.mark.parametrize("measure", ON)
def test_the_effect_of_two_arms_is_that_of_their_risks(measure):
    """The mean by adaptive integration, P(effect > t) over the control risk, and quantiles as its roots."""
    outcome = make_outcome(measure, "lower", COUNTS)
    pair = ArmPair(parse("beta(1, 1)"), parse("beta(0.5, 0.5)"))
    treated, control = stats.beta(5, 27), stats.beta(10.5, 30.5)
    found = integrate_arms(pair, outcome)
    (m1, v1), (m0, v0) = (moments([(1.0, law)], ON[measure]) for law in (treated, control))
    assert (found.mean, found.sd) == pytest.approx((m1 - m0, np.sqrt(v1 + v0)), rel=1e-6)
    none = integrate.quad(lambda p: control.pdf(p) * treated.sf(p), 0, 1, epsabs=1e-12)[0]
    assert (found.p_above_null, found.p_below_null, found.p_null) == pytest.approx((none, 1 - none, 0.0), abs=1e-9)
    above, quantiles = effect_of_arms(pair, outcome)
    assert above(0.0) == pytest.approx(none, abs=1e-9)
    for p, at in zip((0.025, 0.5, 0.999), quantiles((0.025, 0.5, 0.999)), strict=True):
        assert above(at) == pytest.approx(1 - p, abs=1e-9)


def test_quantiles_are_found_however_wide_or_narrow_the_effect():
    """A beta(0.1, 0.1) without an event leaves log odds with an SD of 10; the limits of a risk difference are not passed."""
    for measure in ON:
        outcome = make_outcome(measure, "lower", {"kind": "binary", "treatment": {"events": 0, "n": 3}, "control": {"events": 0, "n": 1000}})
        pair = ArmPair(parse("beta(0.1, 0.1)"), parse("beta(0.5, 0.5)"))
        above, quantiles = effect_of_arms(pair, outcome)
        low, high = quantiles((0.05, 0.95))
        assert low < high and (above(low), above(high)) == pytest.approx((0.95, 0.05), abs=1e-6)
