"""The shipped files: complete, sourced, and fit for every rule."""

from math import log

import pytest
from support.explanations import explain

from bayes import load_priors, load_synthesis, load_trial, quadrature
from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.base.toml import shipped
from bayes.checks import INCONSISTENT, check_outcome
from bayes.errors import InvalidInput
from bayes.synthesis.file import synthesis_of

OUTCOMES = {
    "mesems": ["gel_24w", "ae_events_24w", "ae_persons_24w", "infections_24w", "sae_24w", "sae_persons_24w", "deaths_24w"],
    "isis_hermes": "feasibility ae_6m ae_2y motor_nihss_2y motor_fm_2y fmri_mi4a_2y fmri_mi4p_2y mrs_2y barthel_2y nihss_2y".split(),
    "starting2": "mrs_90d mrs_decrease_90d motricity_leg_90d motricity_side_90d motricity_arm_90d fugl_meyer_90d fac_90d sae_related_90d".split(),
    "starting2_imaging": ["fm_ratio_90d", "connectivity_90d"],
    "treasure": "mrs_90d mrs_365d death_90d death_365d mrs01_90d mrs02_90d".split(),
    "mr_clean": ["mrs_90d"],
    "invest": "mrs_180d mrs03_180d barthel_180d nihss_180d".split(),
    "starting": "survival_5y death_5y mrs03_followup".split(),
    "cobis2": ["mrs_90d"],
    "cl2020": "mrs02_12w ae_persons_12w".split(),
    "masters": "excellent_1y barthel95_1y".split(),
    "amascis": ["sae_24m"],
    "llufriu2014": ["gel_6m"],
    "petrou2020": "relapses_6m_it relapses_6m_iv".split(),
    "interact2": ["mrs_90d"],
    "escape": ["mrs_90d"],
    "defuse3": ["mrs_90d"],
    "rescue_japan_limit": ["mrs_90d"],
    "distal": ["mrs_90d"],
    "prisms": ["mrs_90d"],
    "focus": ["mrs_6m"],
    "affinity": ["mrs_6m"],
    "effects": ["mrs_6m"],
    "ist3": ["mrs_6m"],
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
    any_event = mesems["ae_persons_24w"].evidence
    assert [(a.events, a.n) for a in (any_event.treatment, any_event.control)] == [(35, 69), (42, 75)]
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
    assert (sum(treasure.counts("treatment")), sum(treasure.counts("control"))) == (104, 102)
    clean = load_trial("mr_clean").outcomes["mrs_90d"].evidence
    assert (sum(clean.counts("treatment")), sum(clean.counts("control"))) == (233, 267)


def test_the_same_patients_are_marked():
    imaging = load_trial("starting2_imaging").outcomes
    assert {o.patients for o in imaging.values()} == {"starting2"}
    mesems = load_trial("mesems").outcomes
    assert mesems["infections_24w"].role == "part"
    with pytest.raises(InvalidInput, match="about the same patients"):
        synthesis_of([mesems["ae_persons_24w"], mesems["sae_persons_24w"]])


# Printed common odds ratios, unadjusted where one is printed (trial files, `printed`).
COMMON_ODDS_RATIOS = {
    "mr_clean": 1.67,
    "escape": 2.6,
    "defuse3": 2.77,
    "rescue_japan_limit": 2.42,
    "distal": 0.90,
    "interact2": 0.87,
    "prisms": 0.81,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMON_ODDS_RATIOS)
def test_the_refitted_common_odds_ratio_is_the_printed_one(name):
    """Within 4%: the median under the vague prior against what the paper printed of the same counts."""
    outcome = load_trial(name).outcomes["mrs_90d"]
    printed = COMMON_ODDS_RATIOS[name]
    assert printed in [float(p.estimate) for p in outcome.printed if p.estimate is not None]
    found = quadrature.integrate(quadrature.curve(outcome, load_priors().nuisance), parse("normal(0, 5)"))
    assert found.mean == pytest.approx(log(printed), abs=log(1.04))


@pytest.mark.slow
def test_treasure_at_three_depths():
    """The full table and its two observed cuts (METHODS 4; Whitehead by hand: 0.270, 0.235), its bare p of 0.62."""
    trial, nuisance, prior = load_trial("treasure"), load_priors().nuisance, parse("normal(0, 0.355)")
    found = {}
    for name in ("mrs_90d", "mrs_90d_cuts", "mrs_90d_p"):
        answer = quadrature.integrate(quadrature.curve(trial.outcomes[name], nuisance), prior)
        found[name] = (answer.mean, answer.sd)
    assert found["mrs_90d"] == pytest.approx((0.1495, 0.2039), abs=1e-4)
    assert found["mrs_90d_cuts"] == pytest.approx((0.271, 0.235), abs=1e-3)
    s, z = trial.outcomes["mrs_90d_p"].standard_error, 0.4959
    shrink = 1 / (1 + (s / 0.355) ** 2)
    assert found["mrs_90d_p"] == pytest.approx((shrink * z * s, shrink**0.5 * s), abs=1e-4)
    (finding,) = (f for f in check_outcome(trial.outcomes["mrs_90d"]) if f.path == "printed.p")
    assert finding.verdict == INCONSISTENT and "0.37" in finding.implied and finding.acknowledged


def test_what_is_secondary_says_so_and_contrasts_are_named():
    assert {o.source_level for o in load_trial("masters").outcomes.values()} <= {"secondary", "derived"}
    petrou = load_trial("petrou2020")
    assert len(petrou.contrasts) == 2
    assert {o.contrast for o in petrou.outcomes.values()} == set(petrou.contrasts)


def test_every_significant_result_an_abstract_singles_out_shows_its_selection():
    for trial, names in (
        ("isis_hermes", ("motor_nihss_2y", "motor_fm_2y", "fmri_mi4a_2y", "fmri_mi4p_2y")),
        ("starting2_imaging", ("fm_ratio_90d", "connectivity_90d")),
        ("starting", ("mrs03_followup",)),
    ):
        outcomes = load_trial(trial).outcomes
        plan = make_plan([outcomes[n] for n in names], load_priors(), ["neutral"])
        assert [a.omegas[0] for a in plan.analyses] == [1, 0.5, 0.1, 0] * len(names)


@pytest.mark.slow
def test_mr_clean_under_a_vague_prior_is_its_maximum_likelihood():
    """Median common odds ratio within 2% of 1.66, interval close to 1.21-2.28 (MASS::polr on the same counts).

    By quadrature, as a synthesis of this one trial; that NUTS agrees on an ordinal table stands in test_models.
    """
    alone = synthesis_of([load_trial("mr_clean").outcomes["mrs_90d"]])
    found = explain(make_plan([alone], load_priors(), ["vague"], model="common_effect").analyses[0])["main"]
    assert found["estimate"] == pytest.approx(1.66, rel=0.02)
    assert found["estimate_low"] == pytest.approx(1.21, rel=0.025)
    assert found["estimate_high"] == pytest.approx(2.28, rel=0.025)
