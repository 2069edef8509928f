"""Remarks at the limits of their rules, and the numbers in their words by closed forms."""

import pytest
from support.noted import noted
from support.trials import make_analysis, make_estimate, make_outcome

import bayes
from bayes.analysis.plan import make_plan
from bayes.posterior.description import reported
from bayes.posterior.remark import Remark
from bayes.posterior.remarks import NAMED, remarks_on
from bayes.priors.sets import load_priors


def kinds(analysis, prior_sd=None, posterior_sd=None):
    return [remark.kind for remark in remarks_on(analysis, prior_sd, posterior_sd)]


@pytest.mark.parametrize(
    ("prior_sd", "posterior_sd", "found"),
    [(2.0, 1.41, []), (2.0, 1.42, ["outweighs"]), (0.1, 0.0708, ["outweighs"]), (2.0, None, ["no_moments"]), (None, 1.42, []), (None, None, [])],
)
def test_a_prior_outweighs_a_trial_that_leaves_more_than_half_its_variance(prior_sd, posterior_sd, found):
    assert kinds(make_analysis(make_estimate(), "neutral"), prior_sd, posterior_sd) == found


def synthesis_of(n, **more):
    said = {"measure": "odds_ratio", "benefit": "lower", "estimate": 0.9, "ci": [0.6, 1.35]}
    together = bayes.synthesis_of([bayes.outcome(trial=f"t{i}", **said) for i in range(n)])
    return make_plan([together], load_priors(), ["neutral"], **more).analyses[0]


def test_five_trials_are_few_and_six_are_not():
    assert kinds(synthesis_of(5)) == ["few_trials"] and kinds(synthesis_of(6)) == []
    assert kinds(synthesis_of(5, model="common_effect")) == ["common_effect"]


ROW = {"treatment": {"persons": 3}, "control": {"persons": 2}}


def hierarchy(systems, likelihood=None, **more):
    """A table with as many rows in each body system as are asked for; a negative number is as many without an event."""
    rows = []
    for i, n in enumerate(systems):
        for j in range(abs(n)):
            arms = {} if n > 0 else {"treatment": {"persons": 0}, "control": {"persons": 0}}
            rows.append(ROW | {"term": f"term {i} {j}", "soc": f"system {i}"} | arms)
    evidence = {"kind": "adverse_events", "n": {"treatment": 50, "control": 52}, "rows": rows} | more
    outcome = make_outcome("odds_ratio", "lower", evidence)
    return make_plan([outcome], load_priors(), ["berry"], likelihood=likelihood).analyses[0]


@pytest.mark.parametrize(
    ("systems", "remarks"),
    [
        ([2, 2], ["2 body systems: the prior of their differences dominates"]),
        ([2] * 5, ["5 body systems: the prior of their differences dominates"]),
        ([2] * 6, []),
        ([2, 2, 2, 2, 2, 1], ["1 body system with 1 term: the hierarchy's own priors dominate"]),
        ([2, 1, 2, 1], ["2 body systems with 1 term: the hierarchy's own priors dominate"]),
    ],
)
def test_a_table_says_how_little_joins_it(systems, remarks):
    found = noted(hierarchy(systems), None, None)
    assert [text for text in found if "body system" in text and "dominate" in text] == remarks
    assert found[0].startswith("hierarchy: ")


def test_rows_without_an_event_are_named_up_to_a_limit():
    """One more than the limit is named as well, because "and 1 others" is no shorter."""
    names = [f"system 1/term 1 {j}" for j in range(NAMED + 2)]
    for empty, said in ((1, names[:1]), (NAMED + 1, names[: NAMED + 1])):
        assert noted(hierarchy([2, -empty]), None, None)[-1].endswith(": " + ", ".join(said))
    assert noted(hierarchy([2, -NAMED - 2]), None, None)[-1].endswith(", ".join(names[:NAMED]) + " and 2 others")


def bound(n):
    """The risk at which no event in n persons has a probability of 5%."""
    return f"{100 * (1 - 0.05 ** (1 / n)):.1f}%"


def test_no_event_and_nothing_but_events_bound_the_risk_of_each_arm_and_of_both():
    none = str(Remark("no_event", (True, False, "participant", 69, 75)))
    assert none.endswith(f"a risk up to {bound(69)} (0/69), {bound(75)} (0/75), {bound(144)} (0/144), 95% one-sided")
    assert "the comparison is not informed by the data" in none
    every = str(Remark("all_had_the_event", (True, 69, 75)))
    down = [f"{100 * 0.05 ** (1 / n):.1f}% ({n}/{n})" for n in (69, 75, 144)]
    assert every.endswith(f"a risk down to {', '.join(down)}, 95% one-sided") and "the data bound both risks" in every
    rates = str(Remark("no_event", (False, True, "patient-year", 20.0, 30.0)))
    assert rates.endswith("a rate up to 0.15 per patient-year (0 in 20), 0.0999 per patient-year (0 in 30), 0.0599 per patient-year (0 in 50), 95% one-sided")


@pytest.mark.parametrize(
    ("remark", "words", "settled"),
    [
        (Remark("one_sided", (False, True)), "P(benefit) is 1 by construction: this prior has no mass on the side of harm", 1.0),
        (Remark("one_sided", (True, False)), "P(benefit) of the mean is 0 by construction: this prior has no mass on the side of benefit", 0.0),
        (Remark("open_by_construction"), "P(benefit) is 0.50 by construction: neither the report nor the prior says which arm is favoured", 0.5),
        (Remark("outweighs", (False,)), "this prior outweighs the trial", None),
        (Remark("outweighs", (True,)), "this prior outweighs the trials", None),
        (Remark("discordant", (1,)), "an odds ratio within a patient, from 1 patient with the event under one treatment only", None),
        (Remark("discordant", (2,)), "an odds ratio within a patient, from 2 patients with the event under one treatment only", None),
    ],
)  # fmt: skip
def test_words_agree_with_what_they_count_and_settle(remark, words, settled):
    assert (str(remark), remark.p_by_construction) == (words, settled)


@pytest.mark.parametrize(("omega", "words"), [(1.0, "no selection: "), (0.5, "selective reporting: ")])
def test_selection_has_another_name_where_nothing_is_selected(omega, words):
    assert str(Remark("selection", (omega,))).startswith(words) and f" {omega:g} times as likely" in str(Remark("selection", (omega,)))


def test_odds_that_are_not_proportional_are_named_from_the_lowest():
    said = str(Remark("not_proportional", (0.5, "mRS 1", 2.0, "mRS 4", 12.3, 5, 0.03142)))
    assert "from 0.5 (cut after mRS 1) to 2 (cut after mRS 4); likelihood ratio 12.3 on 5 df, p = 0.031" in said


@pytest.mark.parametrize(("benefit", "share"), [("higher", "0.30"), ("lower", "0.70")])
def test_a_uniform_prior_of_a_proportion_says_what_it_holds_before_any_data(benefit, share):
    """Of a risk uniform on 0 to 1, the share above a goal of 0.7 is 0.3."""
    outcome = make_outcome("proportion", benefit, {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7})
    assert f"before any data this prior gives P(benefit) = {share}" in noted(make_analysis(outcome, "beta(1, 1)"), None, None)
    assert not any("before any data" in text for text in noted(make_analysis(outcome, "beta(1, 2)"), None, None))


@pytest.mark.parametrize(("dispersion", "kind"), [(None, "dispersion"), ("poisson", "poisson")])
def test_a_table_of_events_says_what_its_rates_assume(dispersion, kind):
    rows = [{"term": f"t{i}", "soc": "s", "treatment": {"events": 3}, "control": {"events": 2}} for i in range(3)]
    evidence = {"kind": "adverse_events", "n": {"treatment": 50, "control": 52}, "rows": rows} | ({"dispersion": dispersion} if dispersion else {})
    (analysis,) = make_plan([make_outcome("rate_ratio", "lower", evidence)], load_priors(), ["berry"]).analyses
    assert [one for one in kinds(analysis) if one in ("dispersion", "poisson")] == [kind]
    assert not {"dispersion", "poisson"} & set(kinds(hierarchy([2, 2])))


def test_skewed_medians_say_as_what_they_are_read():
    """A difference of numbers that are skewed on its own scale only is read as log-normal; a ratio of even numbers as normal."""
    skewed, even = {"median": 3, "quartiles": [1, 9], "n": 200}, {"median": 50, "quartiles": [10, 90], "n": 200}
    for measure, arm, taken in (("mean_difference", skewed, "skewed for normal observations and are read as log-normal ones"), ("mean_ratio", even, "skewed for log-normal observations and are read as normal ones")):
        outcome = make_outcome(measure, "lower", {"kind": "medians", "treatment": arm, "control": arm})
        assert [text for text in noted(make_analysis(outcome, "normal(0, 1)"), None, None) if taken in text]


def test_hazards_are_judged_for_a_hazard_ratio_alone():
    """Survival that crosses: nothing is remarked of a difference of restricted means of the same curves."""
    times, at = [0, 2, 4, 6, 8, 10, 12], [0, 4, 8, 12]
    first = {"times": times, "survival": [100, 60, 50, 46, 44, 43, 42], "at_risk_times": at, "at_risk": [200, 100, 88, 84]}
    second = {"times": times, "survival": [100, 98, 94, 80, 60, 40, 20], "at_risk_times": at, "at_risk": [200, 188, 120, 40]}
    curves = {"kind": "digitised_curve", "unit": "months", "treatment": first, "control": second}
    for measure, more, found in (("hazard_ratio", {}, ["reconstructed", "hazards_not_proportional"]), ("mean_difference", {"until": 12}, ["reconstructed"]), ("risk_difference", {"time": 12}, ["reconstructed"])):
        analysis = make_analysis(make_outcome(measure, "lower", curves | more), "normal(0, 1)")
        assert [one for one in kinds(analysis) if one in ("reconstructed", "hazards_not_proportional")] == found


def test_ten_rows_without_an_event_are_named_before_others_are_counted():
    text = noted(hierarchy([2, -12]), None, None)[-1]
    assert text.count("term 1 ") == 10 and text.endswith(" and 2 others")


@pytest.mark.parametrize(("prior", "remark"), [("normal(0, 1)", "open_by_construction"), ("normal(-0.1, 1)", "both_directions")])
def test_an_unknown_direction_leaves_the_probability_open_under_a_symmetric_prior_only(prior, remark):
    report = {"kind": "significance", "significant": False, "favours": "unknown", "n": {"treatment": 40, "control": 40}}
    found = kinds(make_analysis(make_outcome("standardised_mean_difference", "higher", report), prior))
    assert remark in found and not {"open_by_construction", "both_directions"} - {remark} & set(found)


def test_the_counts_that_a_rounded_percentage_allows_are_named_by_their_ends():
    arms = {"treatment": {"percent": 10, "n": 512}, "control": {"events": 40, "n": 500}}
    (found,) = [r for r in remarks_on(make_analysis(make_outcome("odds_ratio", "lower", {"kind": "binary"} | arms), "neutral"), None, None) if r.kind == "rounded_percentages"]
    assert found.values == ("treatment 49 to 53",)


@pytest.mark.parametrize(("persons", "remarks"), [(None, ["dispersion"]), (5, [])])
def test_the_dispersion_of_totals_alone_is_that_of_its_prior(persons, remarks):
    arms = {arm: {"events": 12, "n": 50} | ({} if persons is None else {"persons": persons}) for arm in ("treatment", "control")}
    found = kinds(make_analysis(make_outcome("rate_ratio", "lower", {"kind": "events"} | arms), "neutral"))
    assert [kind for kind in found if kind == "dispersion"] == remarks


def test_results_of_the_same_patients_say_where_a_weight_is_negative():
    plain = "results of the same patients have one effect each, and their weighted mean is the trial's: a and b"
    assert str(Remark("same_patients", ("a and b", None))) == plain
    assert str(Remark("same_patients", ("a and b", "b"))) == f"{plain}; under one effect b would have a negative weight"


def test_a_synthesis_and_a_table_of_adverse_events_are_informed_and_an_outcome_without_events_is_not():
    assert reported(hierarchy([2, -2])).informative and reported(synthesis_of(5)).informative
    none = {"kind": "binary", "treatment": {"events": 0, "n": 40}, "control": {"events": 0, "n": 42}}
    assert not reported(make_analysis(make_outcome("odds_ratio", "lower", none), "neutral")).informative
