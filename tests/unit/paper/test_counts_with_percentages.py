"""A count that is printed with its percentage is known; a percentage alone allows every count that rounds to it."""

import pytest
from support.trials import make_analysis, make_outcome

from bayes.checks import INCONSISTENT, ONLY_ROUNDING, check_outcome
from bayes.posterior.remarks import remarks_on

COUNTED = {"events": 100, "n": 2000, "percent": 5}
SHARED = {"percent": 5, "n": 2000}
CONTROL = {"events": 200, "n": 2000}


def report(treatment, **more):
    return make_outcome("odds_ratio", "lower", {"kind": "binary", "treatment": treatment, "control": CONTROL}, **more)


@pytest.mark.parametrize(("arm", "counts"), [(COUNTED, (100,)), (SHARED, tuple(range(90, 111))), (CONTROL, (200,))])
def test_only_a_percentage_without_its_count_leaves_the_count_open(arm, counts):
    """5% of 2000 by hand: 4.5% to 5.5%, or 90 to 110."""
    treatment = report(arm).evidence.treatment
    assert tuple(treatment.possible) == tuple(treatment.model_copy().possible) == counts


@pytest.mark.parametrize(("arm", "verdict"), [(COUNTED, INCONSISTENT), (SHARED, ONLY_ROUNDING)])
def test_an_odds_ratio_of_another_count_is_excused_by_a_percentage_alone(arm, verdict):
    """By hand, 90/1910 / (200/1800) = 0.42, whereas 100/1900 / (200/1800) = 0.47."""
    outcome = report(arm, printed={"estimate": 0.42})
    assert [f.verdict for f in check_outcome(outcome) if f.path == "printed.estimate"] == [verdict]


@pytest.mark.parametrize(("arm", "said"), [(COUNTED, False), (SHARED, True)])
def test_a_row_says_that_its_counts_are_of_percentages_only_where_they_are(arm, said):
    remarks = " ".join(map(str, remarks_on(make_analysis(report(arm), "neutral"), None, None)))
    assert ("rounded percentages" in remarks) == said
