"""Priors from historical arms: the predictive distribution against quadrature of others, and the way into a fit."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import stats
from support.trials import make_outcome

from bayes import load_priors, load_trial
from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.borrowing.map_prior import map_prior
from bayes.errors import InvalidInput, NotFormable
from bayes.quadrature.historical import predict

COLITIS = ((6, 56), (9, 63), (18, 121), (7, 123))  # RBesT::colitis
# Two-dimensional quadrature (SciPy 1.17), good to 3.9e-5; gMAP of RBesT 1.7-2 agrees within Monte Carlo error
EXPECTED = {
    "risk": (0.1308493909, 0.09104992316, (0.02834407319, 0.1115111164, 0.3795974793)),
    "beta": (-2.061852168, 0.3539906655, None),
    "tau": (0.51946856, 0.3606748536, None),
}
# An own trapezoidal sum over 1,281 x 144 x 801 nodes of beta, tau and each arm's deviate
BRUTE = {
    "beta": (-2.06185855, 0.35401955, (-2.746540, -2.071680, -1.298047)),
    "tau": (0.51947201, 0.36068334, (0.035572, 0.448915, 1.425265)),
}


@pytest.fixture(scope="module")
def colitis():
    return predict(COLITIS, parse("normal(0, 2)"), parse("half_normal(1)"))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_the_predictive_distribution(colitis, name):
    found = getattr(colitis, name)
    mean, sd, quantiles = EXPECTED[name]
    assert found.mean == pytest.approx(mean, abs=3.91e-5)
    assert found.sd == pytest.approx(sd, abs=3.91e-5)
    if quantiles:
        assert found.quantiles == pytest.approx(quantiles, abs=3.91e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", BRUTE)
def test_mean_and_spread_of_the_log_odds(colitis, name):
    found, (mean, sd, quantiles) = getattr(colitis, name), BRUTE[name]
    assert (found.mean, found.sd) == pytest.approx((mean, sd), abs=1e-7)
    assert found.quantiles == pytest.approx(quantiles, abs=4e-5)


@pytest.mark.slow
def test_without_spread_it_is_one_pooled_arm():
    """tau near zero: the new risk is that of all arms together, a one-dimensional integral."""
    found = predict(COLITIS, parse("normal(0, 2)"), parse("half_normal(1e-4)"))
    theta = np.linspace(-8, 6, 20001)
    log_p = stats.norm(0, 2).logpdf(theta) + 40 * theta - 363 * np.logaddexp(0, theta)
    p = np.exp(log_p - log_p.max())
    p /= p.sum()
    risk = 1 / (1 + np.exp(-theta))
    mean = p @ risk
    assert found.risk.mean == pytest.approx(mean, abs=1e-6)
    assert found.risk.sd == pytest.approx(np.sqrt(p @ (risk - mean) ** 2), abs=1e-6)
    assert found.risk.quantiles == pytest.approx(np.interp([0.025, 0.5, 0.975], np.cumsum(p) - p / 2, risk), abs=1e-5)


@pytest.mark.slow
def test_events_turned_round_turn_the_risk_round():
    """No events in either arm, and events in everybody: mirror images."""
    none = predict([(0, 20), (1, 30)], parse("normal(0, 2)"), parse("half_normal(1)"))
    all_ = predict([(20, 20), (29, 30)], parse("normal(0, 2)"), parse("half_normal(1)"))
    assert none.risk.mean == pytest.approx(1 - all_.risk.mean, abs=1e-7)
    assert none.risk.sd == pytest.approx(all_.risk.sd, abs=1e-7)
    assert none.tau.quantiles == pytest.approx(all_.tau.quantiles, rel=1e-6)
    assert none.risk.quantiles == pytest.approx(1 - np.array(all_.risk.quantiles[::-1]), abs=1e-6)


@pytest.mark.slow
def test_the_map_prior_keeps_the_predictive_distribution(colitis):
    """Mean, sd and distribution function of the mixture; ELIR between moments and Morita (Neuenschwander 2020)."""
    found = map_prior(COLITIS)
    parts = [(w, stats.beta(*d.args)) for w, d in found.distribution.components]
    mean = sum(w * d.mean() for w, d in parts)
    sd = np.sqrt(sum(w * (d.var() + (d.mean() - mean) ** 2) for w, d in parts))
    assert found.divergence < 1e-4
    assert (mean, sd) == pytest.approx((colitis.risk.mean, colitis.risk.sd), abs=5e-4)
    at = [sum(w * d.cdf(q) for w, d in parts) for q in colitis.risk.quantiles]
    assert at == pytest.approx((0.025, 0.5, 0.975), abs=np.sqrt(found.divergence / 2))
    assert found.sizes["moments"] < found.sizes["elir"] < found.sizes["morita"] < 363
    robust = map_prior(COLITIS, robust=0.2)
    assert robust.distribution.components[-1] == (0.2, parse("beta(1, 1)"))
    assert robust.sizes["elir"] < found.sizes["elir"]
    assert map_prior(list(COLITIS)) is found


SET = """
[arms.history]
treatment = "beta(1, 1)"
control = { rule = "map", historical = [{ events = 6, n = 56, source = "invented" }, { events = 9, n = 63 }, { events = 18, n = 121 }, { events = 7, n = 123 }], robust = 0.2, rationale = "..." }
"""
COUNTS = {"kind": "binary", "treatment": {"events": 3, "n": 40}, "control": {"events": 2, "n": 20}}


@pytest.fixture
def priors(tmp_path):
    (tmp_path / "mine.toml").write_text(SET)
    return tmp_path / "mine.toml"


@pytest.mark.slow
def test_a_prior_set_may_hold_historical_arms(priors):
    """Formed for an outcome, with a basis that says how; the other arm's prior stays as written."""
    formed = make_plan([make_outcome("odds_ratio", "lower", COUNTS)], load_priors(priors)).analyses[0].formed
    assert formed.distribution.arms == (parse("beta(1, 1)"), map_prior(COLITIS, robust=0.2).distribution)
    for said in ("4 historical arms (40 of 363 persons)", "divergence", "weight 0.2", "ELIR", "Morita", "moments"):
        assert said in formed.basis


def test_the_same_set_for_other_evidence_is_a_reason(priors):
    plan = make_plan([load_trial("mesems").outcomes["gel_24w"]], load_priors(priors))
    assert [s.reason for s in plan.skipped] == ["beta priors of the arms require binary evidence"]


@pytest.mark.slow
def test_the_formed_numbers_are_those_of_the_fingerprint(priors):
    outcome = make_outcome("risk_ratio", "lower", COUNTS)
    one, again = (make_plan([outcome], load_priors(priors)).analyses[0] for _ in range(2))
    assert one.fingerprint == again.fingerprint
    priors.write_text(SET.replace("0.2", "0.1"))
    assert make_plan([outcome], load_priors(priors)).analyses[0].fingerprint != one.fingerprint


@pytest.mark.slow
def test_reading_a_set_costs_no_scipy(priors):
    code = (
        f"import sys; from bayes.priors.sets import load_priors; load_priors({str(priors)!r}); print('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_all_mistakes_of_historical_arms_at_once(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        '[arms.a]\ntreatment = "beta(1, 1)"\ncontrol = { rule = "mapp", historical = [{ events = 60, n = 56 }], robust = 2 }\n'
        '[arms.b]\ntreatment = 3\ncontrol = { rule = "map", historical = [] }\n'
        '[arms.c]\ntreatment = "beta(1, 1)"\ncontrol = { rule = "map", historical = [{ events = 6, n = 56 }], location = "beta(1, 1)" }\n'
        '[arms.d]\ntreatment = "beta(1, 1)"\ncontrol = { rule = "map", historical = [{ events = 6, n = 56 }], heterogeneity = "normal(0, 1)" }\n'
        '[arms.e]\ntreatment = "gamma(1, 1)"\ncontrol = { rule = "map", historical = [{ events = 6, n = 56 }] }\n'
    )
    with pytest.raises(InvalidInput) as caught:
        load_priors(path)
    found = {m.path: m.message for m in caught.value.mistakes}
    assert "did you mean 'map'" in found["arms.a.control.rule"]
    assert "60 events exceed n = 56" in found["arms.a.control.historical.0"]
    assert "arms.a.control.robust" in found
    assert "text in quotes, found 3" in found["arms.b.treatment"]
    assert "at least one is required" in found["arms.b.control.historical"]
    assert "mean log odds" in found["arms.c.control.location"]
    assert "is not a prior of tau" in found["arms.d.control.heterogeneity"]
    assert "found beta, gamma" in found["arms.e"]
    assert len(found) == 8


def test_what_cannot_be_predicted_says_why():
    with pytest.raises(NotFormable, match="prior of tau is too wide"):
        map_prior([(5, 50)], heterogeneity="half_cauchy(1)")
    for arms in ([], [(5, 4)], [(0, 0)]):
        with pytest.raises(ValueError, match="events <= persons"):
            map_prior(arms)


@pytest.mark.slow
def test_a_prior_of_tau_with_a_log_student_t_forms_a_prior_of_the_arm():
    """Its quantiles place the nodes: exp of those of the Student-t (field tables give such priors)."""
    formed = map_prior([(3, 30), (5, 40), (4, 35)], heterogeneity="log_student_t(5, -1, 0.5)")
    near = map_prior([(3, 30), (5, 40), (4, 35)], heterogeneity="lognormal(-1, 0.6)")
    assert formed.predictive.risk.mean == pytest.approx(near.predictive.risk.mean, abs=0.005)
