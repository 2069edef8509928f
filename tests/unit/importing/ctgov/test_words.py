"""The patterns by which free text is read: directions of benefit, measures, posteriors, categories, numbers."""

from decimal import Decimal

import pytest
from support.registry_records import analysis, measure, study

from bayes.importing.ctgov.categories import ranks
from bayes.importing.ctgov.directions import stated
from bayes.importing.ctgov.parameters import measure_of
from bayes.importing.ctgov.population import analysis_set
from bayes.importing.ctgov.posteriors import is_posterior, speaks_of_posteriors
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Node, measures
from bayes.importing.ctgov.values import number


def posted(**changes):
    (found,) = measures(Node(study(measure(**changes))))
    return found


@pytest.mark.parametrize(
    "text, benefit",
    [
        ("Scores range from 0 to 100; higher scores indicate better health.", "higher"),
        ("with higher scores representing greater severity of psoriasis", "lower"),
        ("Lower scores indicative of better outcomes", "lower"),
        ("A negative change from baseline indicates improvement.", "lower"),
        ("A decrease in LV mass is considered an improvement", "lower"),
        ("Scored from 0 (no pain) to 10 (worst possible pain).", "lower"),
        ("Scored from 0 (worst) to 100 (best).", "higher"),
        ("higher scores = more relief from pain", "higher"),
        ("The lower the indicator, the worse", "higher"),
        ("On functioning scales a higher score meant better functioning, on symptom scales a higher score meant greater [worse] symptoms", None),
        ("higher scores do not indicate better health", None),
        ("The mean of three readings.", None),
        ("A score greater than 1000 indicates poor perfusion", None),
    ],
)
def test_directions_of_values(text, benefit):
    found = stated(posted(description=text), "", "mean_difference")
    assert (found and found.benefit) == benefit


def test_a_reduction_turns_a_scale_round():
    """A larger reduction of a score of which higher is worse is better, which the statement about the score does not say."""
    assert stated(posted(title="Reduction in score", description="higher scores indicate worse pain"), "", "mean_difference") is None


@pytest.mark.parametrize(
    "title, measure_, benefit",
    [
        ("Death from any cause", "odds_ratio", "lower"),
        ("Overall Survival", "hazard_ratio", "lower"),
        ("Overall Survival", "mean_difference", None),
        ("Freedom from death", "odds_ratio", None),
        ("Participants without adverse events", "odds_ratio", None),
        ("Participants With Serious Adverse Events (SAEs)", "odds_ratio", "lower"),
        ("Non-fatal myocardial infarction", "odds_ratio", None),
        ("Days alive out of hospital", "mean_difference", None),
        ("Participants with a response", "odds_ratio", None),
        ("Anything", "win_ratio", "higher"),
    ],
)
def test_directions_by_definition(title, measure_, benefit):
    found = stated(posted(title=title), "", measure_)
    assert (found and found.benefit) == benefit


@pytest.mark.parametrize(
    "parameter, of, expected",
    [
        ("Hazard Ratio (HR)", {}, "hazard_ratio"),
        ("Cox Proportional Hazard", {}, "hazard_ratio"),
        ("Relative Risk (Hazard Ratio)", {}, "hazard_ratio"),
        ("Risk Ratio (RR)", {}, "risk_ratio"),
        ("Odds Ratio (OR)", {}, "odds_ratio"),
        ("Geometric mean ratio (GMR)", {}, "mean_ratio"),
        ("Ratio of geometric LS means", {}, "mean_ratio"),
        ("Ratio of exacerbation rate", {}, "rate_ratio"),
        ("LSM of ratio", {"parameter": "LEAST_SQUARES_MEAN"}, "mean_ratio"),
        ("LS Mean Difference", {}, "mean_difference"),
        ("Treatment difference", {"parameter": "MEDIAN"}, "mean_difference"),
        ("Difference", {"parameter": "COUNT_OF_PARTICIPANTS"}, "risk_difference"),
        ("Difference in Percentage of Participants", {"parameter": "NUMBER", "unit": "percentage of participants"}, "risk_difference"),
        ("Rate Difference", {"parameter": "NUMBER", "unit": "events per 100 person-years"}, "rate_difference"),
        ("Difference", {"parameter": "GEOMETRIC_MEAN"}, None),
        ("Log-Scale mean difference", {}, None),
        ("Spearman Correlation", {}, None),
        ("Least Squared Mean", {}, None),
        ("", {}, None),
    ],
)
def test_measures(parameter, of, expected):
    outcome = posted(analyses=[analysis(parameter)], **of)
    if expected is None:
        with pytest.raises(Unusable):
            measure_of(outcome.analyses[0], outcome)
    else:
        assert measure_of(outcome.analyses[0], outcome) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("Bayesian repeated measures model", True),
        ("a 95% two-sided credible interval was used", True),
        ("posterior median and 95% HPD CrI", True),
        ("Non-informative priors used; the posterior distribution", True),
        ("posterior wall thickness", False),
        ("the posterior annulus", False),
        ("compared by the Bayesian information criterion", False),
        ("an incredible result", False),
    ],
)
def test_texts_about_posteriors(text, expected):
    assert speaks_of_posteriors(text) == expected


def test_a_p_value_that_is_a_probability_of_the_effect_is_a_posterior():
    said = "The data entered represents the probability that the true treatment ratio is greater than 1."
    (one,) = posted(analyses=[analysis(pValueComment=said)]).analyses
    assert is_posterior(one)


@pytest.mark.parametrize(
    "title, names, expected",
    [
        ("NYHA class", ["Class I", "Class II", "Class III/IV"], [1, 2, 3]),
        ("Modified Rankin Scale", ["0", "1", "2", "3"], [0, 1, 2, 3]),
        ("Global impression", ["Worsening", "No Change", "Improvement"], [2, 0, -2]),
        ("Global impression", ["Very Much Better", "A Little Better", "No Change", "A Little Worse", "Very Much Worse"], [-4, -1, 0, 1, 4]),
        ("Pain", ["No pain", "Slight pain", "Moderate pain", "Severe pain", "Extreme pain"], [0, 2, 3, 4, 6]),
        ("Grade", ["Grade 0", "Grade 1", "Grade 2"], None),
        ("Answer", ["Never", "Rarely", "Often"], None),
        ("Global impression", ["Improvement", "Improvement", "No Change"], None),
    ],
)
def test_the_order_of_categories(title, names, expected):
    assert ranks(posted(title=title), names) == expected


@pytest.mark.parametrize(
    "text, expected",
    [("12.50", "12.50"), ("0,31", "0.31"), ("12,5", "12.5"), ("1,234,567", "1234567"), ("\u22121.5", "-1.5"), ("50 %", "50"), (".5", "0.5"), ("NA", None), ("", None)],
)
def test_numbers_keep_their_digits(text, expected):
    found = number(text)
    assert found == (None if expected is None else Decimal(expected)) and (found is None or str(found) == expected)


@pytest.mark.parametrize("text", ["1,553", "-1,763", "12 to 15", "1e400", "9" * 40, "\u0663x"])
def test_numbers_that_cannot_be_read(text):
    with pytest.raises(Unusable):
        number(text)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("The intention-to-treat population", "itt"),
        ("Full analysis set", "itt"),
        ("Modified intent-to-treat", None),
        ("Per-protocol population", "per_protocol"),
        ("Safety population", "as_treated"),
        ("ITT and per protocol", None),
        ("All patients", None),
    ],
)
def test_analysis_sets(text, expected):
    assert analysis_set(text) == expected


def test_deaths_say_nothing_about_the_other_components_of_an_outcome():
    """Where deaths are a class of their own, the title that names them is not about the classes beside it."""
    outcome = posted(title="Mortality or hospitalisation", classes={"Died": ("1", "2"), "Hospitalised": ("3", "4")})
    assert [stated(outcome, title, "odds_ratio") is None for title in ("Died", "Hospitalised")] == [False, True]


def test_the_words_that_state_a_direction_are_quoted():
    found = stated(posted(description="A negative change indicates a better outcome for the patient. It is scored by two readers."), "", "mean_difference")
    assert found.words == '"negative change indicates a better outcome for the patient"'
