"""A prior on a risk difference takes its risk from what the report prints of both arms."""

import pytest
from support.paths import TESTS
from support.trials import make_analysis, make_outcome

from bayes.errors import NotFormable
from bayes.paper.trial import load_trial
from bayes.posterior.remarks import remarks_on
from bayes.priors.effect_rules import form

DIFFERENCE = {"kind": "estimate", "estimate": 0.028, "ci": [0.001, 0.055]}


def sd(outcome, rule="neutral"):
    return form(rule, outcome).univariate.args[1]


def test_percentages_beside_an_estimate_are_the_risk_of_its_prior():
    """ABYSS, 23.8% and 21.1%: 0.355 p (1 - p) at their mean, whichever arm is named first."""
    risk = (0.238 + 0.211) / 2
    for arms in ((23.8, 21.1), (21.1, 23.8)):
        printed = {"percent": dict(zip(("treatment", "control"), arms, strict=True))}
        outcome = make_outcome("risk_difference", "lower", DIFFERENCE, printed=printed)
        assert sd(outcome) == pytest.approx(0.355 * risk * (1 - risk))
        assert "mean of the percentages of both arms" in form("neutral", outcome).basis


def test_percentages_of_each_arm_are_it_as_well():
    arms = {"treatment": {"percent": 24.0, "se": 2.0}, "control": {"percent": 30.0, "se": 2.0}}
    outcome = make_outcome("risk_difference", "lower", {"kind": "percentages", **arms})
    assert sd(outcome) == pytest.approx(0.355 * 0.27 * 0.73)


def test_counts_in_another_report_of_the_same_result_are_it_too():
    """SuDDICU prints a difference and, as another report, 753 of 2791 against 928 of 3191."""
    outcome = load_trial(TESTS / "files/abstracts/suddicu.toml").outcomes["death_difference"]
    risk = (753 + 928) / (2791 + 3191)
    assert sd(outcome) == pytest.approx(0.355 * risk * (1 - risk))


def test_one_percentage_or_none_is_not_enough():
    for printed in ({}, {"printed": {"percent": {"control": 21.1}}}):
        with pytest.raises(NotFormable, match="reference_risk"):
            form("neutral", make_outcome("risk_difference", "lower", DIFFERENCE, **printed))


@pytest.mark.parametrize(
    ("prior", "said"), [("flat", "prior was flat: its posterior is its likelihood"), ("normal(0, 1)", "is undone")]
)
def test_a_flat_prior_is_not_said_to_be_undone(prior, said):
    evidence = DIFFERENCE | {"interval": "credible", "prior": prior}
    (remark, *_) = remarks_on(make_analysis(make_outcome("risk_difference", "lower", evidence), "vague"), None, None)
    assert said in str(remark) and ("undone" in str(remark)) == (prior != "flat")
