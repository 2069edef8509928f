"""Priors that take evidence as belief: power priors and the predictive distribution of a synthesis."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import stats
from support.trials import make_outcome

import bayes
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.errors import InvalidInput, NotFormable
from bayes.paper.trial import load_trial
from bayes.priors.sets import load_priors
from bayes.quadrature import curve, integrate, integrate_synthesis

SET = """
[effect.earlier]
rule = "evidence"
outcomes = [{ outcome = "mesems:gel_24w", weight = 0.5 }]
initial = "normal(0.1, 0.4)"
[effect.map]
rule = "map"
synthesis = "msc_ms_gel"
initial = "normal(0, 1)"
[effect.robust]
rule = "map"
synthesis = "msc_ms_gel"
initial = "normal(0, 1)"
robust = 0.2
[effect.own_left_out]
rule = "map"
synthesis = "msc_ms_gel"
without_own = true
"""


@pytest.fixture(scope="module")
def priors(tmp_path_factory):
    path = tmp_path_factory.mktemp("priors") / "borrowed.toml"
    path.write_text(SET)
    return load_priors(path)


@pytest.fixture(scope="module")
def new_trial():
    return make_outcome("rate_ratio", "lower", {"kind": "estimate", "estimate": 0.8, "ci": [0.5, 1.3]})


def formed(outcome, priors, name):
    plan = make_plan([outcome], priors, [name])
    assert not plan.skipped, plan.skipped
    return plan.analyses[0].formed


def test_a_power_prior_of_an_estimate_is_conjugate(priors, new_trial):
    """N(0.1, 0.4) times L^0.5 with y = ln 0.94 and s from the interval: precisions 1/0.16 and 0.5/s^2 add up."""
    y, s = load_trial("mesems").outcomes["gel_24w"].evidence.on_analysis_scale("rate_ratio")
    precision = 1 / 0.4**2 + 0.5 / s**2
    found = formed(new_trial, priors, "earlier")
    mean, sd = found.distribution.args
    assert mean == pytest.approx((0.1 / 0.4**2 + 0.5 * log(0.94) / s**2) / precision, abs=1e-5)
    assert sd == pytest.approx(precision**-0.5, abs=1e-5)
    assert "mesems:gel_24w to the power 0.5" in found.basis and "144 were in the trials" in found.basis


def test_weight_one_is_the_posterior_of_the_earlier_trial(priors, new_trial):
    full = priors.model_copy(
        update={
            "effect": {
                "all": priors.effect["earlier"].model_copy(
                    update={
                        "outcomes": tuple(e.model_copy(update={"weight": 1}) for e in priors.effect["earlier"].outcomes)
                    }
                )
            }
        }
    )
    earlier = load_trial("mesems").outcomes["gel_24w"]
    answer = integrate(curve(earlier, priors.nuisance), parse("normal(0.1, 0.4)"))
    mean, sd = formed(new_trial, full, "all").distribution.args
    assert mean == pytest.approx(answer.mean, abs=1e-5) and sd == pytest.approx(answer.sd, abs=1e-5)


@pytest.mark.slow
def test_a_map_prior_is_the_prediction_of_its_synthesis(priors, new_trial):
    """Moments of the mixture against the quadrature of the synthesis, its tails against the predictive probability."""
    found = formed(new_trial, priors, "map")
    plan = make_plan([bayes.load_synthesis("msc_ms_gel")], load_priors(), ["normal(0, 1)"])
    analysis = plan.analyses[0]
    answer = integrate_synthesis(
        plane_of_synthesis(analysis), analysis.formed.distribution, analysis.heterogeneity.distribution
    )
    weight, args = zip(*((w, d.args) for w, d in found.distribution.components), strict=True)
    mean, sd = np.array(args).T
    weight = np.array(weight)
    assert weight @ mean == pytest.approx(answer.mu_mean, abs=0.002)
    assert sqrt(weight @ (sd**2 + mean**2) - (weight @ mean) ** 2) == pytest.approx(answer.new_sd, rel=0.01)
    for x in (-0.8, -0.3, 0.0, 0.4):
        assert weight @ stats.norm.sf(x, mean, sd) == pytest.approx(answer.p_new_above(x), abs=0.004)
    robust = formed(new_trial, priors, "robust").distribution.components
    assert robust[-1][0] == pytest.approx(0.2) and str(robust[-1][1]) == "normal(0, 1)", "what was believed before"
    assert sum(w for w, _ in robust) == pytest.approx(1)


@pytest.mark.slow
def test_patients_are_never_their_own_prior(priors):
    outcome = load_trial("mesems").outcomes["gel_24w"]
    plan = make_plan([outcome], priors)
    reasons = {s.prior.name: s.reason for s in plan.skipped}
    assert set(reasons) == {"earlier", "map", "robust"}
    assert all("same patients" in reason for reason in reasons.values())
    (left,) = [a for a in plan.analyses if a.prior.name == "own_left_out"]
    assert "1 trial (1 of the same patients left out)" in left.formed.basis


def test_another_scale_is_refused(priors):
    other = make_outcome("odds_ratio", "lower", {"kind": "estimate", "estimate": 0.8, "ci": [0.5, 1.3]})
    with pytest.raises(NotFormable, match="rate ratio"):
        bayes.fit(other, "map", priors=priors)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('rule = "evidence"', "`outcomes` are missing"),
        ('rule = "map"', "`synthesis` is missing"),
        ('rule = "vague"\nrobust = 0.1', "available only for the rules"),
        ('rule = "map"\nsynthesis = "msc_ms_gel"\nrobust_component = "normal(0, 1)"', "`robust` is missing"),
        ('rule = "evidence"\noutcomes = [{ outcome = "mesems:gel_24w", weight = 1.5 }]', "must be 1 or less"),
        ('rule = "evidence"\noutcomes = [{ outcome = "mesems:gel_24w", weight = 0 }]', "all weights are 0"),
        ('rule = "evidence"\noutcomes = [{ outcome = "mesems" }]', "outcome"),
    ],
)
def test_what_cannot_be_borrowed(tmp_path, text, said):
    path = tmp_path / "s.toml"
    path.write_text(f"[effect.x]\n{text}\n")
    with pytest.raises(InvalidInput, match=said):
        load_priors(path)


def test_sources_may_lie_beside_the_set(tmp_path, new_trial):
    (tmp_path / "mine.toml").write_text(
        'id = "mine"\ntitle = "t"\nyear = 2020\ncondition = "c"\ndesign = "d"\narms = { treatment = "a", control = "b" }\n'
        'n = { treatment = 40, control = 40 }\n[outcomes.it]\nlabel = "l"\nmeasure = "rate_ratio"\nbenefit = "lower"\n'
        'source = "s"\nevidence = { kind = "estimate", estimate = 0.7, se = 0.3 }\n'
    )
    (tmp_path / "set.toml").write_text('[effect.x]\nrule = "evidence"\noutcomes = [{ outcome = "mine.toml:it" }]\n')
    found = formed(new_trial, load_priors(tmp_path / "set.toml"), "x")
    assert found.distribution.args[0] == pytest.approx(log(0.7) / (1 + 0.3**2 / 25), abs=1e-4)
