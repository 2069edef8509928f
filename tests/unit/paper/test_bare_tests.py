"""P-values of which only a bound is printed, on either side: p < 0.001, p > 0.99."""

import numpy as np
import pytest
from support.trials import make_outcome

from bayes.base.measures import TestStatistic
from bayes.checks.rounding import Range, distance, meets
from bayes.errors import InvalidInput
from bayes.models.shared.bare_test import region
from bayes.paper.selective_reporting import is_significant
from bayes.quadrature.bare_tests import curve as bare_curve

SMD = "standardised_mean_difference"


def test_p_above_a_bound_is_a_result_that_is_not_significant_there():
    """p > 0.99 says that z lies between no effect and z(0.99): the likelihood of "not significant at 0.99"."""
    theta = np.linspace(-2, 2, 41)
    n = {"treatment": 30, "control": 30}
    for favours in ("treatment", "control", "unknown"):
        p = make_outcome(SMD, "higher", {"kind": "p_value", "p": ">0.8", "favours": favours, "n": n})
        bare = make_outcome(
            SMD, "higher", {"kind": "significance", "significant": False, "alpha": 0.8, "favours": favours, "n": n}
        )
        for statistic in (TestStatistic(None), TestStatistic(58.0)):
            one, other = (bare_curve(outcome, statistic) for outcome in (p, bare))
            for part, likelihood in one.parts.items():
                assert likelihood(theta) == pytest.approx(other.parts[part](theta), abs=1e-12)
            assert region(p, statistic) == region(bare, statistic)
    with pytest.raises(InvalidInput, match="state the two-sided p-value"):
        make_outcome(SMD, "higher", {"kind": "p_value", "p": ">0.8", "favours": "control", "n": n, "sides": 1})


def test_p_above_a_bound_is_checked_from_its_side():
    assert meets(">0.99", Range(0.995, 0.995, 0.995)) and not meets(">0.99", Range(0.5, 0.4, 0.6))
    assert meets("<0.01", Range(0.005, 0.005, 0.005)) and not meets("<0.01", Range(0.5, 0.4, 0.6))
    assert distance(">0.99", 0.97) == pytest.approx(2) and distance(">0.99", 0.999) == 0


@pytest.mark.parametrize(("p", "told"), [("<0.01", True), ("<0.1", False), (">0.2", True), (">0.01", False)])
def test_a_bound_that_leaves_significance_open_has_no_selection(p, told):
    data = {"kind": "p_value", "p": p, "favours": "treatment", "se": 0.3}
    if told:
        assert is_significant(make_outcome("odds_ratio", "lower", data, selection={})) == (p == "<0.01")
    else:
        with pytest.raises(InvalidInput, match="leaves open whether the result passes alpha"):
            make_outcome("odds_ratio", "lower", data, selection={})
