"""The shipped files: complete, sourced, and fit for every rule."""

import pytest

from bayes import load_priors, load_synthesis, load_trial
from bayes.analysis import make_plan
from bayes.reading import shipped

OUTCOMES = {
    "mesems": ["gel_24w", "ae_events_24w", "infections_24w", "sae_24w", "sae_persons_24w", "deaths_24w"],
    "isis_hermes": "feasibility ae_6m ae_2y motor_nihss_2y motor_fm_2y fmri_mi4a_2y fmri_mi4p_2y mrs_2y barthel_2y nihss_2y".split(),
    "starting2": "mrs_90d mrs_decrease_90d motricity_leg_90d motricity_side_90d motricity_arm_90d fugl_meyer_90d fac_90d sae_related_90d".split(),
    "starting2_imaging": ["fm_ratio_90d", "connectivity_90d"],
    "treasure": "mrs_90d mrs_365d death_90d death_365d mrs01_90d mrs02_90d".split(),
    "mr_clean": ["mrs_90d"],
}
ALWAYS = {"vague", "neutral", "sceptical", "enthusiastic", "pessimistic"}


@pytest.mark.parametrize("name", OUTCOMES)
def test_the_reported_outcomes_are_all_there(name):
    assert set(OUTCOMES[name]) <= set(load_trial(name).outcomes)


def test_nothing_is_shipped_that_is_not_loaded_here():
    assert set(shipped("trials")) >= set(OUTCOMES)
    for name in shipped("syntheses"):
        load_synthesis(name)
    for name in shipped("priors"):
        load_priors(name)


@pytest.mark.parametrize("name", shipped("trials"))
def test_every_outcome_forms_every_rule(name):
    outcomes = load_trial(name).outcomes.values()
    plan = make_plan(outcomes, load_priors())
    assert not plan.skipped
    for outcome in outcomes:
        assert {a.prior.name for a in plan.analyses if a.target is outcome} >= ALWAYS
        assert outcome.mcid is not None and outcome.mcid.rationale
        assert outcome.source


def test_the_printed_numbers():
    """Abstracts of Uccelli 2021, Chung 2021, Jaillard 2020; Table 2 of Houkin 2024."""
    mesems = load_trial("mesems").outcomes
    gel = mesems["gel_24w"].evidence
    assert (str(gel.estimate), [str(x) for x in gel.ci], str(gel.p)) == ("0.94", ["0.58", "1.50"], "0.78")
    ae = mesems["ae_events_24w"].evidence
    assert [(a.events, a.persons, a.n) for a in (ae.treatment, ae.control)] == [(93, 35, 69), (120, 42, 75)]
    assert mesems["deaths_24w"].informative is False
    assert str(load_trial("starting2").outcomes["mrs_90d"].evidence.p) == "0.732"
    assert load_trial("starting2").outcomes["mrs_90d"].evidence.favours == "unknown"
    isis = load_trial("isis_hermes").outcomes
    assert [str(isis[o].evidence.p) for o in ("motor_nihss_2y", "motor_fm_2y", "fmri_mi4a_2y", "fmri_mi4p_2y")] == [
        "0.004",
        "0.028",
        "0.031",
        "0.002",
    ]
    treasure = load_trial("treasure").outcomes["mrs_90d"].evidence
    assert (sum(treasure.treatment), sum(treasure.control)) == (104, 102)
    clean = load_trial("mr_clean").outcomes["mrs_90d"].evidence
    assert (sum(clean.treatment), sum(clean.control)) == (233, 267)


def test_the_same_patients_are_marked():
    imaging = load_trial("starting2_imaging").outcomes
    assert {o.patients for o in imaging.values()} == {"starting2"}
    assert load_trial("mesems").outcomes["infections_24w"].role == "part"


def test_mr_clean_under_a_vague_prior_is_its_maximum_likelihood():
    """Median common odds ratio within 2% of 1.66, interval close to 1.21-2.28 (MASS::polr on the same counts)."""
    from bayes import fit

    found = fit(load_trial("mr_clean").outcomes["mrs_90d"], "vague").summary()
    assert found["estimate"] == pytest.approx(1.66, rel=0.02)
    assert found["estimate_low"] == pytest.approx(1.21, rel=0.025)
    assert found["estimate_high"] == pytest.approx(2.28, rel=0.025)
    assert found["status"] == "ok"
