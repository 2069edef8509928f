"""Scores and their bootstrap, against resampled tables written out row by row."""

import numpy as np
import pytest

from bayes.calibration.predicting import Predictions
from bayes.calibration.scores import Outcomes, Resampling, Score, pointwise, scored

GROUP = np.array(["a", "b", "a", "c", "c", "c", "d", None], dtype=object)
USABLE = np.arange(7)  # the last row has no group, and is not scored
VALUES = np.array([0.3, 2.0, np.nan, -1.0, 0.7, 5.0, 1.1, np.nan])


def again(over):
    """The rows of every sample, each as often as it is drawn."""
    for times in over.times.astype(int):
        yield np.concatenate([np.repeat(np.flatnonzero(over.of_row[USABLE] == g), n) for g, n in enumerate(times)])


@pytest.mark.parametrize("at_once", [1, 40, 4_000_000])
def test_means_and_medians_are_those_of_the_rows_that_are_drawn(at_once, monkeypatch):
    monkeypatch.setattr("bayes.calibration.scores.AT_ONCE", at_once)
    over = Resampling.of(GROUP, USABLE, 300, 1)
    assert over.groups == 4 and (over.times[0] == 1).all() and (over.times.sum(axis=1) == 4).all()
    drawn = [VALUES[rows][np.isfinite(VALUES[rows])] for rows in again(over)]
    assert over.mean(VALUES) == pytest.approx([values.mean() for values in drawn])
    assert over.median(VALUES) == pytest.approx([np.median(values) for values in drawn])


def test_the_interval_is_that_of_a_bootstrap_with_the_same_draws():
    over = Resampling.of(GROUP, USABLE, 500, 7)
    random, rows = np.random.default_rng(7), {g: np.flatnonzero(GROUP == g) for g in "abcd"}
    means = []
    for times in random.multinomial(4, [0.25] * 4, size=500):
        chosen = VALUES[np.concatenate([np.repeat(rows[g], n) for g, n in zip("abcd", times, strict=True)])]
        means.append(np.nanmean(chosen))
    score = Score.of(over.mean(VALUES))
    assert score.value == pytest.approx(np.nanmean(VALUES))
    assert (score.low, score.high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])))


def test_the_spread_of_a_bootstrap_over_single_rows_is_the_standard_error():
    values = np.random.default_rng(2).normal(0, 1, 400)
    over = Resampling.of(np.arange(400).astype(object), np.arange(400), 4000, 1)
    error = values.std() / 20
    assert over.mean(values)[1:].std() == pytest.approx(error, rel=5 / np.sqrt(2 * 4000))


def test_a_sample_without_values_has_neither_mean_nor_median():
    over = Resampling.of(np.array(["a", "b"], dtype=object), np.arange(2), 200, 1)
    only_a = np.array([3.0, np.nan])
    lacking = over.times[:, 0] == 0
    assert 20 < lacking.sum() < 80, "a quarter of the samples draw b twice"
    for found in (over.mean(only_a), over.median(only_a)):
        assert (np.isnan(found) == lacking).all() and (found[~lacking] == 3).all()
    assert np.isnan(over.median(np.full(2, np.nan))).all()


def test_a_group_without_usable_rows_is_not_drawn():
    group = np.array(["a", "z", "b", "z"], dtype=object)
    over = Resampling.of(group, np.array([0, 2]), 100, 1)
    assert over.groups == 2 and over.times.shape == (101, 2)


def test_scores_of_single_pairs():
    def row(**of):
        names = ("pit", "log_density", "low", "lower", "median", "upper", "high", "p_positive", "p_mcid", "p_significant", "error")
        return Predictions(*(np.array(of.get(name, [0.0] * 4), dtype=float) for name in names))

    found = row(pit=[0.02, 0.09, 0.26, np.nan], median=[1, 1, 1, np.nan], low=[-1, 0, 0, np.nan], high=[3, 2, 2, np.nan],
                lower=[0, 0.5, 0.5, np.nan], upper=[2, 1.5, 1.5, np.nan], log_density=[-1, -2, -3, np.nan],
                p_positive=[0.8, 0.3, 0.5, np.nan], p_mcid=[0.6, np.nan, 0.1, np.nan], p_significant=[0.5, 0.5, 0.9, np.nan])  # fmt: skip
    later = Outcomes(np.array([-1.1, 0.1, 0.5, 1.0]), np.array([0.5, 0.2, 0.1, 1.0]), np.array([1.0, np.nan, 0.0, 1.0]))
    each = pointwise(found, later)
    expected = {
        "coverage_95": [0, 1, 1], "coverage_80": [0, 0, 1], "coverage_50": [0, 0, 1],  # the tails of 2, 9 and 26%
        "median_error": [2.1, 0.9, 0.5], "width_95": [4, 2, 2], "width_50": [2, 1, 1],
        "brier_direction": [0.64, 0.49, 0.25], "direction_stated": [0.8, 0.7, 0.5], "direction_seen": [0, 0, 1],
        "brier_mcid": [0.16, np.nan, 0.01], "brier_significant": [0.25, 0.25, 0.01], "log_density": [-1, -2, -3],
    }  # fmt: skip
    assert each.keys() == expected.keys()
    for name, values in expected.items():
        assert each[name] == pytest.approx([*values, np.nan], nan_ok=True), name
    over = Resampling.of(np.array(list("abcd"), dtype=object), np.arange(4), 10, 1)
    every = scored(each, over)
    assert every["median_error"][0] == 0.9 and every["coverage_95"][0] == pytest.approx(2 / 3) and every["width_95"][0] == 2
