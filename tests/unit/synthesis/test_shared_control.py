"""Several arms of a trial against one control: their covariance is the variance of the control arm, of counts too."""

from math import log

import numpy as np
import pytest
from support.explanations import explain
from support.noted import noted
from support.trials import make_outcome

from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.errors import InvalidInput
from bayes.priors.sets import load_priors
from bayes.synthesis.file import synthesis_of
from bayes.synthesis.same_patients import Together


def contrast(name, evidence, measure="odds_ratio", patients="one", **more):
    made = make_outcome(measure, "lower", evidence, patients=patients, **more)
    made._id = name
    return made


def counts(name, events, n, control=(30, 100), **more):
    arms = {"treatment": {"events": events, "n": n}, "control": {"events": control[0], "n": control[1]}}
    return contrast(name, {"kind": "binary", **arms}, **more)


def means(name, mean, control=12.0, n=40, **more):
    arms = {"treatment": {"mean": mean, "sd": 4, "n": n}, "control": {"mean": control, "sd": 4, "n": n}}
    return contrast(name, {"kind": "means", **arms}, "mean_difference", **more)


SHARED = {"outcomes": ["example:low", "example:high"], "shared_control": True}
OTHER = counts("other", 20, 90, patients="two")


@pytest.mark.parametrize("measure", ["odds_ratio", "risk_ratio", "risk_difference"])
def test_the_covariance_of_planted_counts(measure):
    """40,000 trials of two arms and a control, 150 patients each: covariance and variances of both effects to 5%."""
    rng, n = np.random.default_rng(20261129), 150
    low, high, control = (rng.binomial(n, p, 40_000) / n for p in (0.35, 0.25, 0.4))
    of = {"odds_ratio": lambda p: np.log(p / (1 - p)), "risk_ratio": np.log, "risk_difference": lambda p: p}[measure]
    empirical = np.cov(of(low) - of(control), of(high) - of(control))
    results = [counts(name, round(p * n), n, (60, n), measure=measure) for name, p in (("low", 0.35), ("high", 0.25))]
    together = Together(tuple(results), shared_control=True)
    assert together.covariance == pytest.approx(empirical, rel=0.05)


def test_two_equal_arms_are_worth_one_arm_of_both():
    """Closed form: with one SD and 40 patients an arm, the mean of both contrasts has the variance 16 (1/80 + 1/40)."""
    y, error = Together((means("low", 10.0), means("high", 9.0)), shared_control=True).estimate
    assert (y, error**2) == pytest.approx((-2.5, 16 * (1 / 80 + 1 / 40)))
    pooled = make_outcome("mean_difference", "lower", {"kind": "means", "treatment": {"mean": 9.5, "sd": 4, "n": 80}, "control": {"mean": 12, "sd": 4, "n": 40}})
    assert pooled.evidence.own_estimate("mean_difference") == pytest.approx((y, error))


def test_a_synthesis_of_counts_keeps_the_covariance():
    """The joined trial enters with w'y and w'Vw by hand, in which 30/100 is counted once."""
    low, high = counts("low", 25, 100), counts("high", 20, 100)
    made = synthesis_of([low, high, OTHER], correlations=[SHARED])
    assert [m.name for m in made.members] == ["example:low+high", "example:other"]
    v1, v2, v0 = (1 / x + 1 / (100 - x) for x in (25, 20, 30))
    weights = np.array([1 / (v1 + v0), 1 / (v2 + v0)])
    w = weights / weights.sum()
    y = w @ [log(25 / 75 / (30 / 70)), log(20 / 80 / (30 / 70))]
    variance = w @ [[v1 + v0, v0], [v0, v2 + v0]] @ w
    analysis = make_plan([made], load_priors(), ["neutral"]).analyses[0]
    joined, _ = likelihood_curves(analysis)
    assert joined.normal == pytest.approx((y, variance**0.5))
    assert variance > w**2 @ [v1 + v0, v2 + v0], "as independent, the control arm would count twice"
    (remark,) = [note for note in noted(analysis, 1.0, 0.2) if "same patients" in note]
    assert "example:low, example:high" in remark


@pytest.mark.slow
def test_the_words_say_what_the_covariance_is():
    made = synthesis_of([counts("low", 25, 100), counts("high", 20, 100), OTHER], correlations=[SHARED], heterogeneity={"distribution": "half_normal(0.3)", "rationale": "r"})
    explained = explain(make_plan([made], load_priors(), ["neutral"]).analyses[0])
    assert "with errors correlated by one control arm" in "\n".join(explained["text"])
    assert not explained["correlations"], "nothing was assumed that could be varied"
    own = explained["same_patients"][0]
    assert 0.5 < own["own"] < 1


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"outcomes": SHARED["outcomes"]}, "either r or shared_control"),
        (SHARED | {"r": 0.5, "rationale": "r"}, "either r or shared_control"),
        ({"outcomes": SHARED["outcomes"], "r": 0.5}, "rationale"),
    ],
)
def test_a_correlation_is_stated_in_one_way(stated, said):
    with pytest.raises(InvalidInput, match=said):
        synthesis_of([counts("low", 25, 100), counts("high", 20, 100)], correlations=[stated])


def test_what_is_no_shared_control_is_refused():
    other_control = counts("high", 20, 100, (31, 100))
    with pytest.raises(InvalidInput, match="the control arm of example:high is not that of example:low"):
        synthesis_of([counts("low", 25, 100), other_control], correlations=[SHARED])
    printed = [contrast(name, {"kind": "estimate", "estimate": 0.8, "se": 0.2}) for name in ("low", "high")]
    with pytest.raises(InvalidInput, match="does not say how precise its control arm is"):
        synthesis_of(printed, correlations=[SHARED])
    with pytest.raises(InvalidInput, match="no patient in the treatment arm had the event"):
        synthesis_of([counts("low", 0, 100), counts("high", 20, 100)], correlations=[SHARED])


def test_counts_are_joined_by_a_stated_correlation_too():
    half = {"outcomes": SHARED["outcomes"], "r": 0.5, "rationale": "equal arms"}
    made = synthesis_of([counts("low", 30, 100), counts("high", 30, 100)], correlations=[half])
    shared = synthesis_of([counts("low", 30, 100), counts("high", 30, 100)], correlations=[SHARED])
    assert made.members[0].standard_error == pytest.approx(shared.members[0].standard_error), "equal arms: r is one half"


def test_a_design_effect_of_joined_counts_is_not_lost():
    """Variances and covariance are multiplied by it, so that the error of the trial grows by its root."""
    plain, clustered = (
        synthesis_of([counts("low", 25, 100, **more), counts("high", 20, 100, **more), OTHER], correlations=[SHARED])
        for more in ({}, {"design_effect": 1.44})
    )
    assert clustered.members[0].standard_error == pytest.approx(1.2 * plain.members[0].standard_error)
    analysis = make_plan([clustered], load_priors(), ["neutral"]).analyses[0]
    assert not any("in spite of the design" in note for note in noted(analysis, 1.0, 0.2))
    open_ = synthesis_of([counts("low", 25, 100, cluster_size=20), counts("high", 20, 100, cluster_size=20), OTHER], correlations=[SHARED])
    assert any("in spite of the design: example:low, example:high" in note for note in noted(make_plan([open_], load_priors(), ["neutral"]).analyses[0], 1.0, 0.2))
