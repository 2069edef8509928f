"""Sums of exponentials against SciPy's, at the edges too."""

import numpy as np
import pytest
from scipy.special import logsumexp

from bayes.base.arrays import log_sum_exp

RANDOM = np.random.default_rng(4)
VALUES = RANDOM.normal(scale=300, size=(4, 5, 6))
WEIGHTS = RANDOM.uniform(size=6)
EDGES = [[-np.inf, -np.inf], [-np.inf, 3.0], [1e308, 1e308], [-1e308, 0.0], [np.inf, 1.0], [-745.0, -800.0], [7.0, 7.0]]


@pytest.mark.parametrize("axis", [None, 0, -1, (1, 2)])
def test_any_axes(axis):
    np.testing.assert_allclose(log_sum_exp(VALUES, axis=axis), logsumexp(VALUES, axis=axis), rtol=1e-13)


def test_weights_are_factors():
    np.testing.assert_allclose(log_sum_exp(VALUES, axis=2, weights=WEIGHTS), logsumexp(VALUES, axis=2, b=WEIGHTS), rtol=1e-13)


@pytest.mark.parametrize("values", EDGES)
def test_zero_infinity_and_what_would_overflow(values):
    np.testing.assert_allclose(log_sum_exp(values), logsumexp(values), rtol=1e-15)
    assert np.isnan(log_sum_exp([np.nan, 1.0]))
