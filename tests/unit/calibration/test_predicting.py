"""Predictions of later estimates, against mixtures of normals written out by hand and sums over tau."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import halfnorm, norm, t
from support.invented_pairs import counted, prior_set

from bayes.calibration.pairs import read_pairs
from bayes.calibration.predicting import QUANTILES, Under, predict
from bayes.corpus.reading import COUNTS

WEIGHTS, MEANS, SDS = np.array([0.7, 0.3]), np.array([0.0, 0.5]), np.array([0.2, 0.6])
MIXTURE = "mixture(0.7*normal(0, 0.2), 0.3*normal(0.5, 0.6))"
ROWS = pd.DataFrame(
    [("a", 0.4, 0.3, 0.1, 0.1, "higher", 1.25), ("a", -0.2, 0.1, -0.6, 0.2, "lower", 0.8), ("b", 1.5, 0.5, 3.0, 0.1, "higher", None)],
    columns=["group", "y", "se", "y_later", "se_later", "benefit", "mcid"],
)


def mixture(y, s, se, tau=0.0):
    """Weights, means and sds of the predictive mixture of one pair, given tau, and the density of its early estimate."""
    marginal = WEIGHTS * norm.pdf(y, MEANS, np.sqrt(SDS**2 + tau**2 + s**2))
    kept = SDS**2 / (SDS**2 + tau**2 + s**2)
    mean = MEANS + kept * (y - MEANS)
    sd = np.sqrt(SDS**2 * (1 - kept) + tau**2 + se**2)
    return marginal / marginal.sum(), mean, sd, marginal.sum()


def expected(row, spread=None):
    """The density and the distribution function of the later estimate."""
    if spread is None:
        taus, weights = np.array([0.0]), np.array([1.0])
    else:  # Gauss-Legendre over fourteen scales of tau
        x, w = np.polynomial.legendre.leggauss(400)
        taus = 7 * spread * (x + 1)
        weights = w * halfnorm.pdf(taus, 0, spread)
    parts = [mixture(row.y, row.se, row.se_later, tau) for tau in taus]
    weights = weights * np.array([part[3] for part in parts])
    weights /= weights.sum()

    def total(function):
        return lambda at: sum(w * (p[0] * function(at, p[1], p[2])).sum() for w, p in zip(weights, parts, strict=True))

    return total(norm.pdf), total(norm.cdf)


@pytest.mark.parametrize(("tau", "spread", "near"), [(None, None, 1e-9), pytest.param("half_normal", 0.3, 2e-4, marks=pytest.mark.slow)])
def test_predictions_are_those_of_normal_mixtures(tau, spread, near):
    chosen = prior_set({"two": MIXTURE}, {"half_normal": "half_normal(0.3)"})
    found = predict(read_pairs(ROWS), chosen).under[Under("two", tau)]
    for i, row in enumerate(ROWS.itertuples()):
        density, below = expected(row, spread)
        assert found.log_density[i] == pytest.approx(np.log(density(row.y_later)), abs=max(near, 1e-8) * 10)
        assert found.pit[i] == pytest.approx(below(row.y_later), abs=near)
        assert found.p_positive[i] == pytest.approx(1 - below(0), abs=near)
        z = norm.ppf(0.975) * row.se_later
        assert found.p_significant[i] == pytest.approx(below(-z) + 1 - below(z), abs=near)
        for p, name in zip(QUANTILES, ("low", "lower", "median", "upper", "high"), strict=True):
            assert below(getattr(found, name)[i]) == pytest.approx(p, abs=max(near, 1e-6))
    reached = [1 - expected(ROWS.loc[0], spread)[1](np.log(1.25)), expected(ROWS.loc[1], spread)[1](np.log(0.8))]
    assert found.p_mcid[:2] == pytest.approx(reached, abs=near), "beyond the MCID is below it where lower is better"
    assert np.isnan(found.p_mcid[2]), "without an MCID there is no such event"


def test_a_student_t_prior_is_integrated():
    """By sums over a fine grid of the effect, for which no mixture is needed."""
    found = predict(read_pairs(ROWS), prior_set({"heavy": "student_t(3, 0.1, 0.4)"})).under[Under("heavy", None)]
    theta = np.linspace(-12, 12, 48001)
    for i, row in enumerate(ROWS.itertuples()):
        weight = t.pdf(theta, 3, 0.1, 0.4) * norm.pdf(row.y, theta, row.se)
        weight /= weight.sum()
        assert found.pit[i] == pytest.approx(weight @ norm.cdf(row.y_later, theta, row.se_later), abs=2e-4)
        assert found.log_density[i] == pytest.approx(np.log(weight @ norm.pdf(row.y_later, theta, row.se_later)), abs=2e-3)


def test_without_counts_there_is_one_prediction_and_with_them_two():
    frame, chosen = counted(12), prior_set({"narrow": "normal(0, 0.3)"})
    both = predict(read_pairs(frame), chosen)
    exact, normal = both.under[Under("narrow", None)], both.normal[Under("narrow", None)]
    a, b, c, d = frame["events_t"], frame["n_t"] - frame["events_t"], frame["events_c"], frame["n_c"] - frame["events_c"]
    inner = frame[(a > 0) & (b > 0) & (c > 0) & (d > 0)].index
    y, s = np.log(a * d / (b * c)), np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    kept = 0.3**2 / (0.3**2 + s**2)
    by_hand = norm.cdf(frame["y_later"], kept * y, np.sqrt(0.3**2 * (1 - kept) + frame["se_later"] ** 2))
    assert len(inner) > 8 and normal.pit[inner] == pytest.approx(by_hand[inner], abs=1e-9)
    assert both.s[inner] == pytest.approx(s[inner])
    assert 1e-4 < np.abs(exact.pit - normal.pit)[inner].max() < 0.1, "the approximation is near, and not the same"
    estimates = frame.assign(y=y, se=s).loc[inner]
    without = predict(read_pairs(estimates.drop(columns=list(COUNTS))), chosen)
    assert without.under[Under("narrow", None)].pit == pytest.approx(by_hand[inner], abs=1e-9)


def test_exact_predictions_are_sums_over_the_binomial_likelihood():
    """Two free risks: a normal(0, 2.5) prior of the log odds midway between the arms, by sums over a fine grid."""
    frame, spread = counted(3), 0.3
    found = predict(read_pairs(frame), prior_set({"narrow": f"normal(0, {spread})"})).under[Under("narrow", None)]
    theta, middle = np.linspace(-2.5, 2.5, 1501)[:, None], np.linspace(-9, 9, 2001)[None]
    for i, row in enumerate(frame.itertuples()):
        log_l = norm.logpdf(middle, 0, 2.5)
        for events, n, side in ((row.events_t, row.n_t, 0.5), (row.events_c, row.n_c, -0.5)):
            odds = middle + side * theta
            log_l = log_l + events * odds - n * np.logaddexp(0, odds)
        weight = np.exp(log_l - log_l.max()).sum(axis=1) * norm.pdf(theta[:, 0], 0, spread)
        weight /= weight.sum()
        assert found.pit[i] == pytest.approx(weight @ norm.cdf(row.y_later, theta[:, 0], row.se_later), abs=2e-4)
        density = weight @ norm.pdf(row.y_later, theta[:, 0], row.se_later)
        assert found.log_density[i] == pytest.approx(np.log(density), abs=2e-3)


def test_what_cannot_be_formed_is_left_out_with_its_reason():
    frame = ROWS.drop(columns="benefit").assign(mcid=[1.25, None, None])
    chosen = prior_set({
        "plain": "normal(0, 1)",
        "sceptical": {"rule": "sceptical"},
        "quietly": {"rule": "sceptical", "when": "formable"},
        "at_null": "spike_slab(0.5, normal(0, 1))",
    })  # fmt: skip
    found = predict(read_pairs(frame), chosen)
    there = {under.prior: list(one.there) for under, one in found.under.items()}
    assert there == {"plain": [0, 1, 2], "sceptical": [0], "quietly": [0], "at_null": []}
    said = {under.prior: why for under, why in found.reasons.items()}
    assert said["plain"] == {} and set(said["sceptical"]) == {1, 2} and "mcid" in said["sceptical"][1].casefold()
    assert set(said["quietly"]) == {1, 2} and "mcid" in said["quietly"][1].casefold()
    assert set(said["at_null"]) == {0, 1, 2} and "without mass at no effect" in said["at_null"][0]


def test_counts_of_a_difference_of_risks_need_an_estimate():
    frame = counted(2).assign(measure="risk_difference")
    chosen = prior_set({"narrow": "normal(0, 0.1)"})
    (why,) = predict(read_pairs(frame), chosen).reasons.values()
    assert set(why) == {0, 1} and "odds ratio or risk ratio" in why[0]
    stated = frame.assign(y=0.01, se=0.05, y_later=0.0, se_later=0.02)
    (found,) = predict(read_pairs(stated), chosen).under.values()
    kept = 0.1**2 / (0.1**2 + 0.05**2)
    assert found.pit == pytest.approx(norm.cdf(0, kept * 0.01, np.sqrt(0.1**2 * (1 - kept) + 0.02**2)), abs=1e-9)
