"""Arguments of the verbs that nothing can be made of are refused in words, before anything is sampled."""

from decimal import Decimal

import numpy as np
import pytest

import bayes
from bayes.errors import InvalidInput
from bayes.fitting.verbs import _several

OUTCOME = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02))


@pytest.mark.parametrize("prior", [["sceptical", "neutral"], None, 0.3])
def test_a_prior_is_a_text(prior):
    with pytest.raises(InvalidInput, match="accepted: the name of one prior of the set, a rule, or an expression"):
        bayes.fit(OUTCOME, prior=prior)


@pytest.mark.parametrize("threshold", ["a", [0.8, None]])
def test_thresholds_are_numbers(threshold):
    with pytest.raises(InvalidInput, match="accepted: numbers"):
        bayes.fit(OUTCOME, threshold=threshold)


@pytest.mark.parametrize("threshold", [np.int64(1), np.array([1, 2]), [Decimal("0.8"), np.float32(1)], ()])
def test_numbers_of_any_kind_are_thresholds(threshold):
    assert all(type(one) is float for one in _several(threshold))


def test_a_synthesis_has_outcomes():
    with pytest.raises(InvalidInput, match="no outcomes are given"):
        bayes.synthesis_of([])
