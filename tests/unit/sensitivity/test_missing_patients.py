"""Rows, tipping points and words about patients without an outcome."""

from math import exp, log

import pytest

import bayes
from bayes.quadrature.departures import Departures
from bayes.sensitivity import examine
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.missing_patients import EXTREME, MISSING, lost, spread_in_words
from bayes.sensitivity.missing_tipping import crossings_of
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import tipping_rows
from bayes.synthesis.file import synthesis_of

LOST = {"treatment": 9, "control": 5}
GRADES = {"kind": "ordinal", "categories": ["0-1", "2-3", "4-5", "6"]}
REPORTS = {
    "binary": {"measure": "odds_ratio", "treatment": (23, 97), "control": (34, 95)},
    "risk ratio": {"measure": "risk_ratio", "treatment": (23, 97), "control": (34, 95)},
    "means": {"measure": "mean_difference", "treatment": (14.8, 23.8, 139), "control": (20.6, 23.0, 135)},
    "ordinal": {"measure": "common_odds_ratio", "treatment": [14, 35, 49, 6], "control": [11, 29, 59, 3], **GRADES},
}
MCID = {"odds_ratio": 0.8, "risk_ratio": 0.85, "mean_difference": -2, "common_odds_ratio": 0.8}


def outcome_of(kind, benefit="lower", **missing):
    report = REPORTS[kind]
    return bayes.outcome(**report, benefit=benefit, missing=LOST | missing)


def rows_of(outcome):
    """Return the rows about missing patients by their words, the main row, and the extremes."""
    rows = likelihood_rows(Subject.of(outcome))
    found, extremes = ([row for row in rows if row["question"] == name] for name in (MISSING, EXTREME))
    return {row["variation"]: row for row in found}, rows[0], extremes


def lost_of(kind, **missing):
    subject = Subject.of(outcome_of(kind, **missing))
    return lost(subject.target, subject.analysis.nuisance, subject.curve)


SUMMARY = ("mean", "sd", "p_benefit", "p_harm", "estimate_low", "estimate", "estimate_high")


@pytest.mark.slow
@pytest.mark.parametrize("kind", REPORTS)
def test_rows_begin_with_the_main_analysis_and_have_one_assumption_each(kind):
    rows, main, extremes = rows_of(outcome_of(kind))
    assert [rows["missing at random"][name] for name in SUMMARY] == [main[name] for name in SUMMARY]
    how = [words.rpartition("; ")[2] for words in rows][1:]
    both = ["independent in both arms", "correlation 0.5 between the arms", "the same in both arms"]
    assert how == [*both, "treatment arm only", "control arm only"]
    assert len(extremes) == (0 if kind == "means" else 2)
    spreads = [row["sd"] for row in rows.values()]
    at_random, apart, _, alike, treated, control = spreads
    assert apart > max(treated, control) > at_random * 0.999, "departures of both arms are more uncertain than of one"
    assert alike < apart, "departures that the arms share nearly cancel"


@pytest.mark.slow
@pytest.mark.parametrize("benefit", ["lower", "higher"])
@pytest.mark.parametrize("kind", ["binary", "ordinal"])
def test_the_best_case_is_best_whichever_direction_is_good(kind, benefit):
    rows, main, (best, worst) = rows_of(outcome_of(kind, benefit))
    assert best["variation"].startswith("best case") and worst["variation"].startswith("worst case")
    assert worst["p_benefit"] < min(row["p_benefit"] for row in rows.values())
    assert best["p_benefit"] > max(row["p_benefit"] for row in rows.values())


@pytest.mark.slow
def test_an_extreme_is_the_ordinary_analysis_of_all_patients():
    """The counts by hand: no event in 9 missing treated patients, an event in all 5 missing controls."""
    _, _, (best, worst) = rows_of(outcome_of("binary"))
    for row, treatment, control in ((best, (23, 106), (39, 100)), (worst, (32, 106), (34, 100))):
        report = REPORTS["binary"] | {"treatment": treatment, "control": control}
        alone = Subject.of(bayes.outcome(**report, benefit="lower")).probabilities()
        assert (row["mean"], row["p_benefit"]) == pytest.approx((alone["mean"], alone["p_benefit"]), abs=1e-9)
    _, _, (best, worst) = rows_of(outcome_of("ordinal", "higher"))
    for row, treatment, control in ((best, [23, 35, 49, 6], [11, 29, 59, 8]), (worst, [14, 35, 49, 15], [16, 29, 59, 3])):
        report = REPORTS["ordinal"] | {"treatment": treatment, "control": control}
        alone = Subject.of(bayes.outcome(**report, benefit="higher")).probabilities()
        assert (row["mean"], row["p_benefit"]) == pytest.approx((alone["mean"], alone["p_benefit"]), abs=1e-5)


@pytest.mark.slow
def test_extremes_of_cuts_move_every_cut():
    cuts = [
        {"at_most": "1", "treatment": {"events": 14, "n": 97}, "control": {"events": 11, "n": 95}},
        {"at_most": "2", "treatment": {"events": 34, "n": 97}, "control": {"events": 23, "n": 95}},
    ]
    report = {"measure": "common_odds_ratio", "benefit": "higher", "kind": "ordinal_cut", "categories": list("0123456")}
    _, _, (best, _) = rows_of(bayes.outcome(**report, cuts=cuts, missing={"treatment": 7, "control": 7}))
    counted = [
        {"at_most": at, "treatment": {"events": t + 7, "n": 104}, "control": {"events": c, "n": 102}}
        for at, t, c in (("1", 14, 11), ("2", 34, 23))
    ]
    alone = Subject.of(bayes.outcome(**report, cuts=counted)).probabilities()
    assert best["p_benefit"] == pytest.approx(alone["p_benefit"], abs=1e-5)


@pytest.mark.slow
def test_a_stated_prior_takes_the_place_of_the_default():
    prior = {"treatment": "interval(0.5, 4)", "control": "normal(0, 0.5)"}
    rows, _, _ = rows_of(outcome_of("binary", prior=prior, correlation=0.3, rationale="elicited"))
    first = list(rows)[1]
    assert first == (
        "treatment log odds ratio normal(0.347, 0.53), 0.50 to 4.00 times the odds; "
        "control log odds ratio normal(0, 0.5), 0.38 to 2.66 times the odds; correlation 0.3 between the arms"
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", REPORTS)
def test_a_tipping_point_gives_its_target(kind):
    """Each value against the posterior under that departure, computed alone."""
    report = REPORTS[kind]
    outcome = bayes.outcome(**report, benefit="lower", mcid=MCID[report["measure"]], missing=LOST)
    subject = Subject.of(outcome)
    found = lost(outcome, subject.analysis.nuisance, subject.curve)
    rows = [row for row in tipping_rows(subject) if row["vary"].startswith("im")]
    assert len(rows) == 12 and {row["probability"] for row in rows} == {"p_benefit", "p_mcid"}
    tipped = [row for row in rows if row["value"] is not None]
    assert tipped
    for row in tipped:
        lam = row["value"]
        opposite = -lam if row["vary"].endswith("opposite") else 0.0
        alone = subject.probabilities_of_curve(found.curve(Departures((lam, 0.0), (opposite, 0.0))))
        assert alone[row["probability"]] == pytest.approx(row["target"], abs=1e-3)
        natural = exp(lam) if kind != "means" else lam * outcome.evidence.pooled_sd
        assert row["natural"] == pytest.approx(natural)


def test_a_crossing_of_a_known_curve():
    """A logistic curve of lambda with slope 2 through 0.5 at 0.3: the target 0.9 is at 0.3 + log(9) / 2."""
    grid = [-3 + 0.5 * i for i in range(13)]
    values = [1 / (1 + exp(-2 * (lam - 0.3))) for lam in grid]
    assert crossings_of(grid, values, 0.9) == pytest.approx([0.3 + log(9) / 2], abs=1e-9)


@pytest.mark.slow
def test_words_for_clinicians():
    text = examine(outcome_of("binary"), ["likelihood", "tipping"]).text
    (said,) = (paragraph for paragraph in text.split("\n\n") if "have no outcome" in paragraph)
    assert said.startswith(
        "9 of 106 treated patients and 5 of 100 controls have no outcome; the main analysis assumes that they are "
        "missing at random. If their odds of the event were 0.14 to 7.10 times those of the others of their "
        "arm (95%, independently in both arms), the probability of any benefit would be 0.90 instead of 0.9"
    )
    assert "times the odds of the event of those with an outcome, it would be 0.95." in said
    assert "(all missing treated patients had the event, and no missing controls)" in said


@pytest.mark.slow
def test_verdicts_are_not_asked_to_survive_the_extremes():
    found = examine(outcome_of("binary"), ["likelihood", "verdicts"])
    (row,) = (r for r in found.rows["verdicts"] if (r["conclusion"], r["question"]) == ("any benefit", "likelihood"))
    worst = [r["p_benefit"] for r in found.rows["likelihood"] if r["question"] == EXTREME][1]
    assert row["low"] > worst


def test_without_missing_patients_there_is_nothing_to_say():
    outcome = bayes.outcome(**REPORTS["binary"], benefit="lower")
    subject = Subject.of(outcome)
    assert not any(row["vary"].startswith("im") for row in tipping_rows(subject))
    assert not any(row["question"].startswith(MISSING) for row in likelihood_rows(subject))


@pytest.mark.slow
def test_one_arm_alone_may_have_missing_patients():
    rows, _, _ = rows_of(outcome_of("binary", treatment=0))
    assert [words.rpartition("; ")[2] for words in rows] == ["missing at random", "control arm only"]
    vary = {row["vary"] for row in tipping_rows(Subject.of(outcome_of("binary", treatment=0)))}
    assert {name for name in vary if name.startswith("im")} == {"imor_control"}


@pytest.mark.slow
def test_arms_that_do_not_overlap_have_extremes_only():
    report = {"measure": "common_odds_ratio", "benefit": "higher", "kind": "ordinal", "categories": ["good", "fair", "poor"]}
    outcome = bayes.outcome(**report, treatment=[8, 3, 0], control=[0, 0, 9], missing={"treatment": 2, "control": 1})
    rows, _, extremes = rows_of(outcome)
    assert list(rows) == ["missing at random"] and len(extremes) == 2
    assert not any(row["vary"].startswith("im") for row in tipping_rows(Subject.of(outcome)))


@pytest.mark.slow
def test_a_synthesis_changes_every_report_that_states_missing_patients():
    one = bayes.outcome(**REPORTS["binary"], benefit="lower", trial="one", missing=LOST)
    two = bayes.outcome(measure="odds_ratio", benefit="lower", treatment=(12, 60), control=(19, 62), trial="two")
    rows = likelihood_rows(Subject.of(synthesis_of([one, two])))
    found = {row["variation"]: row for row in rows if row["question"].startswith(MISSING)}
    assert list(found) == [
        "departures by their priors, 1 of 2 reports",
        "best case for the treatment, 1 of 2 reports",
        "worst case for the treatment, 1 of 2 reports",
    ]
    prior, best, worst = (row["p_benefit"] for row in found.values())
    assert worst < prior < best and prior < rows[0]["p_benefit"]


@pytest.mark.slow
def test_shipped_missing_patients():
    """TREASURE, Table 2: the modified Rankin Scale was observed in 97 of 104 and 95 of 102 patients."""
    outcome = bayes.load_trial("treasure").outcomes["mrs02_90d"]
    assert (outcome.missing.treatment, outcome.missing.control) == (104 - 97, 102 - 95)
    rows, main, (best, worst) = rows_of(outcome)
    assert worst["p_benefit"] < list(rows.values())[1]["p_benefit"] < main["p_benefit"] < best["p_benefit"]


def test_the_words_are_of_the_arm_that_has_missing_patients():
    """The control arm's prior, interval(2, 8), where controls alone are missing, and nothing of both arms."""
    said = spread_in_words(lost_of("binary", treatment=0, control=5, prior={"treatment": "interval(0.5, 2)", "control": "interval(2, 8)"}, rationale="r"))
    assert "were 2.00 to 8.00 times" in said and "both arms" not in said
    assert "independently in both arms" in spread_in_words(lost_of("binary"))


def test_a_standardised_departure_is_in_standard_deviations_of_what_is_printed():
    """With SD(final) twice SD(change), the same patients shift a standardised effect by half of what they do without."""
    means = {"treatment": {"mean": 6.0, "sd": 8.0, "n": 40}, "control": {"mean": 2.0, "sd": 7.0, "n": 38}, "values": "change"}
    plain, converted = (
        bayes.outcome(measure="standardised_mean_difference", benefit="higher", kind="means", **means, **more) for more in ({}, {"baseline_correlation": 0.875})
    )
    one, other = (o.evidence.sd_of_observations(o.measure) for o in (plain, converted))
    assert (one, other) == (1.0, 0.5) and plain.evidence.sd_of_observations("mean_difference") == plain.evidence.pooled_sd
