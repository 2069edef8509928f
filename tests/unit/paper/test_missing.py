"""Patients without an outcome, as a trial file states them."""

import pytest

import bayes
from bayes.errors import InvalidInput
from bayes.paper.missing import Missing
from bayes.text.files import portrait

COUNTS = {"measure": "odds_ratio", "benefit": "lower", "treatment": (23, 97), "control": (34, 95)}
RATIONALE = {"rationale": "elicited"}


def binary(**missing):
    return bayes.outcome(**COUNTS, missing={"treatment": 7, "control": 5} | missing)


WRONG = {
    "nobody": ({"treatment": 0, "control": 0}, "missing.treatment", "no patient of either arm is missing"),
    "a prior without a reason": ({"prior": "normal(0, 1)"}, "missing.rationale", "requires the reason"),
    "another family": ({"prior": "student_t(4, 0, 1)", **RATIONALE}, "missing.prior", "accepted: normal(mean, sd)"),
    "not a distribution": ({"prior": "norml(0, 1)", **RATIONALE}, "missing.prior", "did you mean 'normal'?"),
    "a negative odds ratio": ({"prior": "interval(-1, 4)", **RATIONALE}, "missing.prior", "accepted: 0 to inf"),
    "no correlation": ({"correlation": 2}, "missing.correlation", "must be 1 or less"),
    "a misspelt field": ({"pror": "normal(0, 1)"}, "missing.pror", "prior"),
}


@pytest.mark.parametrize("what", WRONG)
def test_mistakes_are_named_with_what_is_accepted(what):
    stated, path, words = WRONG[what]
    with pytest.raises(InvalidInput) as error:
        binary(**stated)
    (mistake,) = error.value.mistakes
    assert mistake.path == path and words in mistake.message


def test_all_mistakes_are_found_at_once():
    with pytest.raises(InvalidInput) as error:
        binary(treatment=-1, prior="student_t(4, 0, 1)", correlation=3)
    assert {mistake.path for mistake in error.value.mistakes} >= {"missing.treatment", "missing.correlation"}


def test_missing_and_seen_patients_are_no_more_than_were_randomised():
    with pytest.raises(InvalidInput, match="7 without and 97 with an outcome exceed the 100 patients randomised"):
        bayes.outcome(**COUNTS, missing={"treatment": 7, "control": 5}, n={"treatment": 100, "control": 100})
    bayes.outcome(**COUNTS, missing={"treatment": 7, "control": 5}, n={"treatment": 104, "control": 100})


def test_counts_with_imputed_patients_have_none_missing():
    with pytest.raises(InvalidInput, match="contradicts observed"):
        bayes.outcome(**COUNTS, missing={"treatment": 7, "control": 5}, observed={"treatment": 90, "control": 90})


def test_evidence_without_a_pattern_mixture_is_refused():
    with pytest.raises(InvalidInput, match="supported kinds: binary, means, ordinal, ordinal_cut"):
        bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), missing={"treatment": 7, "control": 5})


def test_an_interval_of_the_odds_ratio_is_a_normal_on_the_log_scale():
    """interval(1/4, 4): log 4 over the normal quantile 1.959964, by hand."""
    stated = Missing(treatment=3, control=4, prior="interval(0.25, 4)", rationale="r")
    ((mean, sd), control) = stated.departures(odds=True)
    assert (mean, sd) == pytest.approx((0.0, 0.707306), abs=1e-6) and control == (mean, sd)


def test_a_prior_may_differ_between_the_arms():
    prior = {"treatment": "normal(-0.5, 1)", "control": "normal(0, 0.5)"}
    stated = Missing(treatment=3, control=4, prior=prior, rationale="r", correlation=0.5)
    assert stated.departures(odds=True) == ((-0.5, 1.0), (0.0, 0.5))


def test_show_says_how_many_are_missing_and_what_is_believed():
    outcome = binary(prior="normal(0, 1)", correlation=0.5, **RATIONALE)
    facts = dict(portrait(outcome).facts)
    assert facts["without an outcome"] == "7 v 5; departure normal(0, 1), correlation 0.5 (elicited)"
