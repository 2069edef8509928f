"""Statements about several outcomes of one trial: a copula with a stated correlation, and bounds that need none."""

import numpy as np
import pytest
from scipy import stats

import bayes
from bayes import quadrature
from bayes.base.distributions import parse
from bayes.errors import InvalidInput, NotFormable
from bayes.fitting.joint_statements import together

MESEMS = bayes.load_trial("mesems").outcomes


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.5, 0.9])
def test_two_statements_against_the_bivariate_normal(r):
    p = np.array([0.7, 0.4])
    expected = stats.multivariate_normal(cov=[[1, r], [r, 1]]).cdf(stats.norm.ppf(p))
    assert together(p, r) == pytest.approx(expected, abs=1e-5)


def test_three_statements_and_the_edges():
    p, r = np.array([0.7, 0.4, 0.9]), 0.5
    cov = np.where(np.eye(3, dtype=bool), 1, r)
    expected = stats.multivariate_normal(cov=cov, seed=1, abseps=1e-8, maxpts=3_000_000).cdf(stats.norm.ppf(p))
    assert together(p, r) == pytest.approx(expected, abs=1e-5)
    assert together(p, 0.0) == pytest.approx(p.prod(), abs=1e-12)
    assert together(p, 1.0) == pytest.approx(p.min()) and together(np.array([1.0, 0.3]), 0.4) == pytest.approx(0.3)
    assert together(np.array([0.7, 0.4]), -1.0) == pytest.approx(0.1)


def test_benefit_without_an_excess_of_serious_events(nuisance):
    """Marginals are those of the fits; every r lies between the bounds; independence is the product."""
    found = bayes.joint([(MESEMS["gel_24w"], "benefit"), (MESEMS["sae_24w"], "no excess")], prior="neutral")
    frame = found.summary()
    curve = quadrature.curve(MESEMS["gel_24w"], nuisance)
    alone = quadrature.integrate(curve, parse("normal(0, 0.355)")).p_below_null
    assert found.statements[0].probability == pytest.approx(alone, abs=1e-9)
    p = [s.probability for s in found.statements]
    by_r = frame.dropna().set_index("r")["p_all"]
    assert by_r[0.0] == pytest.approx(p[0] * p[1], abs=1e-9) and by_r.is_monotonic_increasing
    bounds = frame[frame["r"].isna()].set_index("assumed")["p_all"]
    assert bounds["least possible"] == pytest.approx(max(0, sum(p) - 1))
    assert bounds["least possible"] <= by_r.min() and by_r.max() <= bounds["most possible"] == pytest.approx(min(p))


def test_thresholds_on_the_measures_own_scale():
    """P(RR <= 0.75) and P(RR <= 1.25) as `p_beyond` has them; an excess that is tolerated is a margin."""
    outcome, other = MESEMS["gel_24w"], MESEMS["sae_24w"]
    found = bayes.joint([(outcome, "mcid"), (other, 1.25)])
    y, s = outcome.evidence.on_analysis_scale("rate_ratio")
    precision = s**-2 + 0.355**-2
    below = stats.norm.cdf((np.log(0.75) - y / s**2 / precision) * precision**0.5)
    assert found.statements[0].probability == pytest.approx(below, abs=1e-7)
    spike = bayes.joint([(outcome, "no excess"), (other, "benefit")], "spike_slab(0.5, normal(0, 0.4))").statements
    plain = bayes.joint([(outcome, "benefit"), (other, "benefit")], "spike_slab(0.5, normal(0, 0.4))").statements
    assert spike[0].probability > plain[0].probability + 0.3, "exactly no effect is no excess, and no benefit"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("mesems", "gel_24w", "benefit")], "two or more"),
        ([("mesems", "gel_24w", "benefit"), ("treasure", "mrs_90d", "benefit")], "different patients"),
        ([("mesems", "gel_24w", "good"), ("mesems", "sae_24w", "benefit")], 'accepted: "benefit"'),
        ([("mesems", "gel_24w", "benefit"), ("mesems", "ae_table", "benefit")], "a table"),
    ],
)
def test_statements_that_cannot_be_made(pairs, said):
    stated = [(bayes.load_trial(trial).outcomes[name], what) for trial, name, what in pairs]
    with pytest.raises(InvalidInput, match=said):
        bayes.joint(stated)


def test_correlations_out_of_range_and_missing_thresholds():
    pair = [(MESEMS["gel_24w"], "benefit"), (MESEMS["sae_24w"], "benefit")]
    with pytest.raises(InvalidInput, match="not between -1 and 1"):
        bayes.joint(pair, correlations=[1.5])
    three = [*pair, (MESEMS["ae_events_24w"], "benefit")]
    with pytest.raises(InvalidInput, match="not between 0 and 1"):
        bayes.joint(three, correlations=[-0.3])
    assert bayes.joint(three).correlations == (0.0, 0.3, 0.6, 0.9), "by default those that are possible"
    free = MESEMS["gel_24w"].model_copy(update={"mcid": None})
    with pytest.raises(NotFormable, match="no MCID"):
        bayes.joint([(free, "mcid"), pair[1]])


def test_a_prior_of_both_arms_is_refused():
    outcomes = bayes.load_trial("escape").outcomes
    pair = [(outcomes["mrs02_90d"], "benefit"), (outcomes["death_90d"], "benefit")]
    with pytest.raises(NotFormable, match="'jeffreys' for escape:mrs02_90d is a prior of both arms; accepted: a prior of"):
        bayes.joint(pair, "jeffreys", prior_set="arms")
