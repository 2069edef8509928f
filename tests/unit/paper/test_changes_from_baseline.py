"""Standardised changes from baseline in units of final values: by hand, by planted patients, and in a synthesis."""

from math import sqrt

import numpy as np
import pytest
from support.trials import make_outcome

from bayes import InvalidInput, fit, outcome, synthesis_of
from bayes.quadrature.means import log_curve
from bayes.sensitivity.information import unit_of
from bayes.sensitivity.subject import Subject

SMD = "standardised_mean_difference"
CHANGE = {"kind": "means", "values": "change", "treatment": {"mean": 6.0, "sd": 8.0, "n": 40}, "control": {"mean": 2.0, "sd": 7.0, "n": 38}}
CONVERTED = CHANGE | {"baseline_correlation": 0.875}  # SD(final) is twice SD(change)


def g(evidence):
    return make_outcome(SMD, "higher", evidence).evidence.own_estimate(SMD)


def test_a_correlation_converts_the_unit():
    """Cochrane Handbook 6.5.2.8: SD(change)^2 = 2 SD^2 (1 - r); at r = 0.5 both are the same."""
    plain, same, high = g(CHANGE), g(CHANGE | {"baseline_correlation": 0.5}), g(CONVERTED)
    assert same == pytest.approx(plain)
    assert high == pytest.approx([x / 2 for x in plain])


def test_standard_deviations_of_final_values_say_the_same():
    arms = {arm: CHANGE[arm] | {"sd_final": 2 * CHANGE[arm]["sd"]} for arm in ("treatment", "control")}
    assert g(CHANGE | arms) == pytest.approx(g(CONVERTED))


def test_the_whole_curve_is_that_of_the_change_in_another_unit():
    """L(theta) with c = 2 is L(2 theta) with c = 1, whatever the standard deviations."""
    grid = np.linspace(-0.6, 1.2, 37)
    one, two = (log_curve(make_outcome(SMD, "higher", e).evidence, SMD) for e in (CHANGE, CONVERTED))
    assert two(grid) == pytest.approx(one(2 * grid), abs=1e-8)


def test_the_information_of_a_patient_is_counted_in_the_same_unit():
    one, two = (unit_of(Subject.of(make_outcome(SMD, "higher", e))).information(np.zeros(1)) for e in (CHANGE, CONVERTED))
    assert two == pytest.approx(4 * one)


@pytest.mark.nuts
def test_nuts_agrees_in_the_converted_unit():
    """Mean and SD of the effect by NUTS within 4 MCSE of quadrature, under r = 0.875."""
    (row,) = fit(make_outcome(SMD, "higher", CONVERTED), prior="normal(0, 1)").rows
    assert row["status"] == "ok"
    assert abs(row["mean"] - row["exact_mean"]) < 4 * row["mcse_mean"]


def test_patients_who_were_planted_have_the_effect_of_their_final_values():
    """100,000 patients an arm, r = 0.7, baseline and final SD 10, effect 3: SMD 0.3 from the changes and from the finals."""
    rng, n, r = np.random.default_rng(7), 100_000, 0.7
    shared, arms, finals = sqrt(r), {}, {}
    for arm, effect in (("treatment", 3.0), ("control", 0.0)):
        u = rng.normal(size=n)
        base, final = (10 * (shared * u + sqrt(1 - r) * rng.normal(size=n)) for _ in range(2))
        change = final + effect - base
        arms[arm] = {"mean": change.mean(), "sd": change.std(ddof=1), "n": n}
        finals[arm] = {"mean": final.mean() + effect, "sd": final.std(ddof=1), "n": n}
    (of_change, s1), (of_final, s0) = (g(e) for e in ({"kind": "means", "values": "change", "baseline_correlation": r, **arms}, {"kind": "means", "values": "final", **finals}))
    assert abs(of_change - 0.3) < 4 * s1 and abs(of_final - 0.3) < 4 * s0


def standardised(name, values, **fields):
    arms = {arm: tuple(CHANGE[arm].values()) for arm in ("treatment", "control")}
    return outcome(trial=name, measure=SMD, benefit="higher", kind="means", values=values, **arms, **fields)


def test_changes_and_finals_are_not_pooled_without_a_conversion():
    with pytest.raises(InvalidInput, match="a:outcome: in standard deviations of the change, but b:outcome in those of final values"):
        synthesis_of([standardised("a", "change"), standardised("b", "final")])
    assert len(synthesis_of([standardised("a", "change", baseline_correlation=0.6), standardised("b", "final")]).members) == 2
    assert len(synthesis_of([standardised("a", "change"), standardised("b", "change")]).members) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"values": "final", "baseline_correlation": 0.5}, 'they require values = "change"'),
        ({"treatment": CHANGE["treatment"] | {"sd_final": 9.0}}, "sd_final is stated for one arm"),
        ({**{arm: CHANGE[arm] | {"sd_final": 9.0} for arm in ("treatment", "control")}, "baseline_correlation": 0.5}, "say the same"),
    ],
)
def test_what_contradicts_itself_is_named(fields, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome(SMD, "higher", CHANGE | fields)
