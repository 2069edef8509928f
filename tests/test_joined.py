"""Results of the same patients: refused together, or joined by a stated correlation; residual units by a stated rho."""

from math import log, sqrt

import numpy as np
import pytest
from conftest import SHARES, make_outcome

from bayes import exact
from bayes.errors import InvalidInput
from bayes.joined import join
from bayes.plan import make_plan
from bayes.pooling.explained import explain
from bayes.priors import load_priors
from bayes.synthesis import load_synthesis, synthesis_of


def outcome(name, evidence, measure="rate_ratio", patients="one", **more):
    made = make_outcome(measure, "lower", evidence, patients=patients, **more)
    made._id = name
    return made


def estimate(name, value, se, **more):
    return outcome(name, {"kind": "estimate", "estimate": value, "se": se}, **more)


SIX, TWO = estimate("six_months", 0.8, 0.2), estimate("two_years", 0.7, 0.3)
OTHER = estimate("other", 0.9, 0.25, patients="two")
STATED = {"outcomes": ["example:six_months", "example:two_years"], "r": 0.6, "rationale": "planted"}


def test_two_results_of_one_trial_are_refused_with_the_reason():
    with pytest.raises(InvalidInput, match=r"same patients \(one\).*correlations"):
        synthesis_of([SIX, TWO, OTHER])


def test_a_pooled_analysis_beside_its_member_is_refused():
    pooled = estimate("pooled", 0.85, 0.1, patients=["one", "three"])
    with pytest.raises(InvalidInput, match="same patients"):
        synthesis_of([SIX, pooled])
    assert len(synthesis_of([OTHER, pooled]).members) == 2


def test_joined_by_generalised_least_squares():
    """Bivariate normal by hand: weights (s2^2 - r s1 s2) and (s1^2 - r s1 s2)."""
    one, two, r = 0.2, 0.3, 0.6
    weights = np.array([two**2 - r * one * two, one**2 - r * one * two])
    error = sqrt(one**2 * two**2 * (1 - r**2) / weights.sum())
    made = synthesis_of([SIX, TWO, OTHER], correlations=[STATED])
    assert [m.name for m in made.members] == ["example:six_months+two_years", "example:other"]
    y, s = made.members[0].evidence.on_analysis_scale("rate_ratio")
    assert y == pytest.approx(weights @ [log(0.8), log(0.7)] / weights.sum(), abs=1e-12)
    assert s == pytest.approx(error, abs=1e-12)
    assert s > 1 / sqrt(one**-2 + two**-2), "correlated results say less than independent ones"


def test_p_values_and_means_join_as_normal_estimates():
    """A directed p of 0.05 under se 0.2 is an estimate 1.95996 standard errors towards benefit."""
    p = outcome("p", {"kind": "p_value", "p": 0.05, "favours": "treatment", "se": 0.2})
    alone = join([p, p.model_copy()], 0.0)
    y, s = alone.evidence.on_analysis_scale("rate_ratio")
    assert (y, s) == (pytest.approx(-1.959964 * 0.2, abs=1e-6), pytest.approx(0.2 / sqrt(2)))
    arms = {"treatment": {"mean": 1.0, "sd": 2.0, "n": 20}, "control": {"mean": 2.0, "sd": 2.0, "n": 20}}
    means = outcome("m", {"kind": "means"} | arms, measure="mean_difference")
    y, s = join([means, means.model_copy()], 0.5).evidence.on_analysis_scale("mean_difference")
    assert (y, s) == (pytest.approx(-1.0), pytest.approx(sqrt(0.4 * 0.75)))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcomes": ["example:six_months", "example:two"]}, "not among `outcomes`"),
        ({"outcomes": ["example:six_months", "example:other"]}, "different patients"),
        ({"r": 1}, "less than 1"),
        ({"rationale": None}, "rationale"),
    ],
)
def test_correlations_that_make_no_sense(change, said):
    stated = {k: v for k, v in (STATED | change).items() if v is not None}
    with pytest.raises(InvalidInput, match=said):
        synthesis_of([SIX, TWO, OTHER], correlations=[stated])


def test_only_normal_reports_can_be_joined():
    p = {"kind": "p_value", "p": 0.4, "favours": "unknown", "n": {"treatment": 30, "control": 30}, "reference": SHARES}
    folded = outcome("folded", p, measure="common_odds_ratio")
    other = estimate("other", 0.9, 0.2, measure="common_odds_ratio")
    stated = {"outcomes": ["example:folded", "example:other"], "r": 0.5, "rationale": "r"}
    with pytest.raises(InvalidInput, match="does not say which arm it favours"):
        synthesis_of([folded, other], correlations=[stated])


def test_other_correlations_are_shown():
    made = synthesis_of([SIX, TWO, OTHER], correlations=[STATED])
    explained = explain(make_plan([made], load_priors(), ["neutral"]).analyses[0])
    rows = {row["r"]: row for row in explained["correlations"]}
    assert list(rows) == [0.0, 0.3, 0.5, 0.6, 0.7, 0.9]
    assert rows[0.6]["stated"] and rows[0.6]["mean_moves"] == pytest.approx(0, abs=1e-9)
    at_the_ratio = join([SIX, TWO], 2 / 3).evidence.on_analysis_scale("rate_ratio")
    assert at_the_ratio == (pytest.approx(log(0.8)), pytest.approx(0.2)), "at r = s1 / s2 only the better one counts"


def test_rho_turns_residual_units_into_raw_ones(nuisance):
    """d_raw = d_adj sqrt(1 - rho^2): the synthesis states it, its members carry it, and other values are shown."""
    motor = load_synthesis("msc_motor")
    assert str(motor.members[0].evidence.rho) == "0.5" and not motor.members[0].evidence.in_residual_units
    explained = explain(make_plan([motor], load_priors(), ["neutral"]).analyses[0])
    assert [row["rho"] for row in explained["rho"] if row["stated"] or row["mean_moves"]] == [0.0, 0.5, 0.7]
    own = {rho: exact.curve(motor.with_rho(rho).members[0], nuisance).centre for rho in (0.0, 0.5)}
    assert own[0.5] == pytest.approx(own[0.0] * sqrt(0.75), rel=1e-6)
    with pytest.raises(InvalidInput, match="no outcome here"):
        synthesis_of([SIX, OTHER], rho={"value": 0.5, "rationale": "r"})
