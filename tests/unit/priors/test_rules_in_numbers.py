"""Rules, guards and refusals of priors: every width, tail and word at the limits where they change."""

import math
from statistics import NormalDist

import pytest
from scipy import stats
from support.trials import endpoint, make_outcome

import bayes
from bayes.base.distributions import parse
from bayes.errors import InvalidInput, NotFormable
from bayes.priors.effect_rules import Arguments, form
from bayes.priors.elicitation import elicited
from bayes.priors.proportion_rules import _with_tail, proportion_prior
from bayes.priors.scale_guard import certain_side, scale_problem
from bayes.priors.sets import load_priors, on_analysis_scale
from bayes.priors.tau import OfferedHeterogeneity, OutcomeClass, form_offered

ESTIMATE = {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5]}
COUNTS = {"kind": "binary", "treatment": {"events": 4, "n": 30}, "control": {"events": 10, "n": 40}}
MCID = {"mcid": {"value": 0.8, "rationale": "r"}}
PLANNED = {"planned": {"value": 0.5, "source": "s"}}
q = NormalDist().inv_cdf


def formed(rule, measure, evidence=ESTIMATE, benefit="lower", arguments=None, **more):
    return form(rule, make_outcome(measure, benefit, evidence, **more), arguments or Arguments())


@pytest.mark.parametrize(("strength", "width"), [("weak", 5.0), ("moderate", 0.355), ("strong", 0.205)])
def test_fixed_widths_are_those_of_zampieri_on_every_scale(strength, width):
    """A standardised difference takes them divided by pi / sqrt(3), a risk difference times p (1 - p), a rate times its mean."""
    said = Arguments(strength=strength)
    assert formed("neutral", "rate_ratio", arguments=said).distribution.args == (0.0, width)
    about_smd = form("neutral", endpoint("standardised_mean_difference"), said).distribution.args[1]
    assert about_smd == pytest.approx(width * math.sqrt(3) / math.pi, rel=0.02)
    of_means = form("neutral", endpoint("mean_difference", sd_ref=4), said)
    assert of_means.distribution.args[1] == pytest.approx(4 * about_smd) and f"{about_smd:g} standard deviations of 4 " in of_means.basis
    rates = {"kind": "rates", "per": "year", "treatment": {"rate": 1.0, "se": 0.1}, "control": {"rate": 2.0, "se": 0.2}}
    of_rates = formed("neutral", "rate_difference", rates, arguments=said)
    assert of_rates.distribution.args[1] == pytest.approx(1.5 * width) and f"{width:g} on the log rate ratio at a rate of 1.5 " in of_rates.basis
    risk = formed("neutral", "risk_difference", COUNTS, arguments=said)
    assert risk.distribution.args[1] == pytest.approx(0.5 if strength == "weak" else width * 0.2 * 0.8)


def test_the_reference_risk_is_stated_or_found_in_the_reports():
    stated = formed("neutral", "risk_difference", COUNTS, arguments=Arguments(reference_risk=0.5))
    assert stated.distribution.args[1] == pytest.approx(0.355 / 4) and "at a reference risk of 0.5 (stated in the prior set)" in stated.basis
    shares = {"kind": "percentages", "treatment": {"percent": 20, "se": 4}, "control": {"percent": 40, "se": 5}}
    assert formed("neutral", "risk_difference", shares).distribution.args[1] == pytest.approx(0.355 * 0.3 * 0.7)
    said = {"kind": "estimate", "estimate": -0.05, "ci": [-0.2, 0.1]}
    printed = formed("neutral", "risk_difference", said, printed=[{"percent": {"treatment": 10, "control": 30}}])
    assert printed.distribution.args[1] == pytest.approx(0.355 * 0.2 * 0.8)
    for evidence in (said, COUNTS | {"treatment": {"events": 0, "n": 30}, "control": {"events": 0, "n": 40}}):
        with pytest.raises(NotFormable, match="no `reference_risk` is stated"):
            formed("neutral", "risk_difference", evidence)


@pytest.mark.parametrize(("tail", "said"), [(0.05, "5%"), (0.025, "2.5%"), (0.2, "20%")])
def test_a_tail_is_the_mass_beyond_a_threshold_and_is_said(tail, said):
    arguments = Arguments(tail=tail)
    sceptic, enthusiast, pessimist = (formed(rule, "odds_ratio", COUNTS, arguments=arguments, **MCID) for rule in ("sceptical", "enthusiastic", "pessimistic"))
    assert NormalDist(*sceptic.distribution.args).cdf(math.log(0.8)) == pytest.approx(tail)
    assert 1 - NormalDist(*enthusiast.distribution.args).cdf(0) == pytest.approx(tail)
    assert NormalDist(*pessimist.distribution.args).cdf(0) == pytest.approx(tail)
    assert sceptic.basis == f"centred on no effect, {said} beyond the MCID 0.8"
    assert enthusiast.basis == f"centred on the MCID 0.8, {said} on the side of harm"
    assert pessimist.basis == f"centred on harm as large as the MCID 0.8, {said} on the side of benefit"


def test_aims_may_be_chosen():
    both = MCID | PLANNED
    for aim, value in (("mcid", 0.8), ("planned", 0.5)):
        sceptic = formed("sceptical", "odds_ratio", COUNTS, arguments=Arguments(threshold=aim), **both)
        assert sceptic.distribution.args[1] == pytest.approx(abs(math.log(value)) / q(0.95))
        enthusiast = formed("enthusiastic", "odds_ratio", COUNTS, arguments=Arguments(centre=aim, threshold=aim), **both)
        assert enthusiast.distribution.args[0] == pytest.approx(math.log(value)) and "no mirror" not in enthusiast.basis
    strong = formed("optimistic", "odds_ratio", COUNTS, arguments=Arguments(strength="strong"), **PLANNED)
    assert strong.basis == "strong, centred on the planned effect 0.5, 5% on the side of harm"
    against = formed("pessimistic", "odds_ratio", COUNTS, arguments=Arguments(strength="weak"), **PLANNED)
    assert against.basis == "centred on harm as large as the planned effect, 30% on the side of benefit"
    assert against.distribution.args == pytest.approx((math.log(2), math.log(2) / q(0.7)))
    with pytest.raises(NotFormable, match="no planned effect is stated"):
        formed("optimistic", "odds_ratio", COUNTS)


def test_published_and_calibrated_priors_follow_the_unit():
    cochrane = formed("cochrane", "odds_ratio", COUNTS)
    s = math.sqrt(1 / 4 + 1 / 26 + 1 / 10 + 1 / 30)
    assert [round(d.args[1] / s, 9) for _, d in cochrane.distribution.components] == [0.61, 1.42, 2.16, 5.64]
    assert [w for w, _ in cochrane.distribution.components] == [0.32, 0.31, 0.30, 0.07] and all(d.args[0] == 0 for _, d in cochrane.distribution.components)
    df, centre, scale = form("calibrated", endpoint("odds_ratio")).distribution.args
    again = form("calibrated", endpoint("standardised_mean_difference")).distribution.args
    assert again == pytest.approx((df, centre, scale * math.sqrt(3) / math.pi)) and centre == 0
    with pytest.raises(NotFormable, match="calibrated on log ratios, not on a risk difference"):
        form("calibrated", endpoint("risk_difference"))
    said = Arguments(field="Stroke")
    plain = form("field", endpoint("standardised_mean_difference"), said).distribution.args
    times = form("field", endpoint("mean_difference", sd_ref=4), said)
    assert times.distribution.args == pytest.approx((plain[0], 0.0, 4 * plain[2])) and "times the standard deviation 4 (" in times.basis


@pytest.mark.parametrize(("goal", "target", "benefit"), [(0.7, 0.85, "higher"), (0.3, 0.2, "lower")])
def test_beta_priors_of_a_proportion_meet_their_conditions(goal, target, benefit):
    evidence = {"kind": "proportion", "events": 16, "n": 20, "goal": goal}
    about = make_outcome("proportion", benefit, evidence, mcid={"value": target, "rationale": "r"})
    good = (lambda law, at: law.sf(at)) if benefit == "higher" else (lambda law, at: law.cdf(at))
    medians = {"sceptical": goal, "enthusiastic": target, "pessimistic": 2 * goal - target}
    words = {"sceptical": f"20% beyond the target {target:g}", "enthusiastic": f"20% on the bad side of the goal {goal:g}", "pessimistic": f"20% on the good side of the goal {goal:g}"}
    for rule, median in medians.items():
        prior, basis = proportion_prior(rule, about, "moderate", 0.2)
        law = stats.beta(*prior.args)
        assert law.median() == pytest.approx(median, abs=1e-5)
        beyond = good(law, target) if rule == "sceptical" else 1 - good(law, goal) if rule == "enthusiastic" else good(law, goal)
        assert beyond == pytest.approx(0.2, abs=1e-5)
        assert basis.endswith(words[rule]) and f"{median:g}" in basis.split(",")[0]
    prior, basis = proportion_prior("neutral", about, "moderate", 0.05)
    assert sum(prior.args) == pytest.approx(4) and stats.beta(*prior.args).median() == pytest.approx(goal, abs=1e-5) and "worth 4 patients" in basis
    for rule, strength in (("vague", "strong"), ("neutral", "weak")):
        assert proportion_prior(rule, about, strength, 0.05) == (parse("beta(1, 1)"), "uniform")
    for rule, strength in (("neutral", "strong"), ("optimistic", "moderate")):
        with pytest.raises(NotFormable, match=f"the rule '{rule}' is not defined for a proportion"):
            proportion_prior(rule, about, strength, 0.05)


def test_offers_that_cannot_be_formed_are_silent_only_if_they_may_be():
    offered = {"a": OfferedHeterogeneity(rule="turner"), "b": OfferedHeterogeneity(rule="turner", when="formable"), "c": OfferedHeterogeneity(rule="default")}
    found, reasons = form_offered(offered, endpoint("odds_ratio"), OutcomeClass())
    assert [one.name for one in found] == ["c"] and len(reasons) == 1 and reasons[0].startswith("heterogeneity 'a': no outcome class")


def test_calibrated_priors_are_converted_for_standardised_differences_only():
    plain = form("calibrated", endpoint("odds_ratio")).distribution.args
    for measure in ("risk_ratio", "hazard_ratio", "win_odds", "win_ratio", "mean_ratio"):
        assert form("calibrated", endpoint(measure)).distribution.args == plain
        assert form_offered({"a": OfferedHeterogeneity(rule="calibrated")}, endpoint(measure), OutcomeClass())[0][0].distribution.args == (-2.07, 1.05)
    (of_smd,), _ = form_offered({"a": OfferedHeterogeneity(rule="calibrated")}, endpoint("standardised_mean_difference"), OutcomeClass())
    assert of_smd.distribution.args == pytest.approx((-2.07 + math.log(math.sqrt(3) / math.pi), 1.05))
    with pytest.raises(NotFormable, match="calibrated on log ratios, not on a mean difference"):
        form("calibrated", endpoint("mean_difference"))


def test_strength_is_that_of_the_neutral_rule_only():
    about = make_outcome("proportion", "higher", {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}, mcid={"value": 0.85, "rationale": "r"})
    for rule in ("sceptical", "enthusiastic", "pessimistic"):
        assert proportion_prior(rule, about, "weak", 0.05) == proportion_prior(rule, about, "strong", 0.05)


@pytest.mark.parametrize("text", ["uniform(1.5, 2)", "uniform(-3, -1.5)"])
def test_a_prior_beyond_the_range_of_a_risk_difference_has_no_mass_there(text):
    assert "has no mass between -1 and 1" in scale_problem(parse(text), endpoint("risk_difference"), allow_one_sided=True)


def test_limits_that_a_measure_cannot_have_are_refused_with_the_prior_and_the_outcome():
    outcome = make_outcome("odds_ratio", "lower", COUNTS)
    for text in ("interval(-1, 2)", "normal(0, x)"):
        with pytest.raises(InvalidInput) as caught:
            on_analysis_scale(text, outcome)
        assert f"prior '{text}' for example:it: " in str(caught.value)


def test_files_from_which_a_set_borrows_lie_beside_it(tmp_path):
    for name in ("mine.toml", "other.toml"):
        (tmp_path / name).write_text("x = 1")
    path = tmp_path / "set.toml"
    path.write_text(
        '[effect.a]\nrule = "evidence"\noutcomes = [{ outcome = "mine.toml:it" }, { outcome = "mesems:gel_24w" }]\n'
        '[effect.b]\nrule = "map"\nsynthesis = "other.toml"\n[effect.c]\nrule = "map"\nsynthesis = "msc_stroke_mrs"\n'
    )
    found = load_priors(path).effect
    assert [earlier.outcome for earlier in found["a"].outcomes] == [f"{tmp_path / 'mine.toml'}:it", "mesems:gel_24w"]
    assert (found["b"].synthesis, found["c"].synthesis) == (str(tmp_path / "other.toml"), "msc_stroke_mrs")


@pytest.mark.parametrize(("text", "null", "side"), [("uniform(0, 0.6)", 0.7, -1), ("uniform(-2, 0)", 0, -1), ("uniform(0, 2)", 0, 1)])
def test_all_the_mass_may_lie_well_beyond_no_effect(text, null, side):
    assert certain_side(parse(text), null) == side


@pytest.mark.parametrize(("errors", "said"), [((0.3, None), "too few standard errors (b:outcome has none)"), ((None, None), "too few standard errors (a:outcome, b:outcome have none)")])
def test_reports_without_a_standard_error_are_named(errors, said):
    reports = [{"events": (3, 50)} if s is None else {"estimate": 0.8, "se": s} for s in errors]
    members = [
        bayes.outcome(trial=name, measure="rate_ratio", benefit="lower", **({"treatment": {"events": 3, "n": 50}, "control": {"events": 5, "n": 50}, "kind": "events"} if "events" in one else one))
        for name, one in zip("ab", reports, strict=True)
    ]
    _, reasons = form_offered({"d": OfferedHeterogeneity(rule="dumouchel")}, bayes.synthesis_of(members), OutcomeClass())
    assert said in reasons[0]


def test_experts_of_one_name_and_chips_of_any_number():
    chips = [(0.5, 0.7, 0.2), (0.7, 0.9, 0.3), (0.9, 1.2, 0.3)]
    found = elicited(endpoint("odds_ratio", mcid={"value": 1.2, "rationale": "r"}), {"A B": chips, "a-b": chips, "a_b": chips}, "why")
    assert [line for line in found.to_toml().splitlines() if line.startswith("[effect")] == ["[effect.a_b]", "[effect.a_b_2]", "[effect.a_b_3]", "[effect.experts]"]
    (p1, x1), (p2, x2) = found.beliefs[0].stated
    assert (x1, x2) == (0.7, 0.9) and (p1, p2) == pytest.approx((0.25, 0.625))
    with pytest.raises(InvalidInput, match="-0.5 chips on a bin; accepted: 0 or more"):
        elicited(endpoint("odds_ratio"), {"A": [(0.5, 0.7, -0.5), (0.7, 0.9, 3), (0.9, 1.2, 3)]}, "why")


@pytest.mark.parametrize(("limit", "side"), [(0.3, 1), (0.7, -1), (0.5, 1)])
def test_a_tail_beyond_a_limit_on_the_side_of_the_median_has_no_beta(limit, side):
    """Half the mass or more lies beyond it, however narrow the prior is."""
    with pytest.raises(NotFormable, match="no beta distribution satisfies the conditions of the sceptical prior"):
        _with_tail(0.5, limit, side, 0.05, "sceptical")
