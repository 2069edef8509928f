"""Pairs drawn from a known mean, spread and heterogeneity: right priors are found right, and wrong ones wrong by as much
as the closed form says."""

import numpy as np
import pytest
from scipy.stats import chi2, norm
from support.invented_pairs import counted, pairs, prior_set

from bayes.calibration import calibrate

pytestmark = pytest.mark.slow
N, SD, TAU = 3000, 0.3, 0.25


@pytest.fixture(scope="module")
def right():
    """The analyst's priors are those of nature; the wide one is not, and neither is no heterogeneity."""
    chosen = prior_set({"right": f"normal(0, {SD})", "wide": "normal(0, 2)"}, {"right": f"half_normal({TAU})"})
    return calibrate(pairs(N, SD, TAU, each=1), chosen, reference="right,right", samples=200, jobs=1)


@pytest.fixture(scope="module")
def narrow():
    """One effect for both trials, and an analyst whose prior has half of nature's sd."""
    frame = pairs(N, SD, 0.0, seed=5, each=1)
    return frame, calibrate(frame, prior_set({"half": f"normal(0, {SD / 2})"}), samples=200, jobs=1)


def row_of(found, table, prior, heterogeneity, **more):
    (row,) = [r for r in getattr(found, table) if all(r[k] == v for k, v in {"prior": prior, "heterogeneity": heterogeneity, **more}.items())]
    return row


def test_right_predictions_cover_what_they_state(right):
    row = row_of(right, "scores", "right", "right")
    for name, nominal in (("coverage_95", 0.95), ("coverage_80", 0.8), ("coverage_50", 0.5)):
        assert abs(row[name] - nominal) < 3.3 * np.sqrt(nominal * (1 - nominal) / N), name
    assert row["n"] == row["groups"] == N and row["skipped"] == row["rough"] == 0
    levels = [r for r in right.levels if (r["prior"], r["heterogeneity"]) == ("right", "right")]
    assert max(abs(r["coverage"] - r["level"]) for r in levels) < 1.95 / np.sqrt(N), "Kolmogorov's bound at 0.001"


def test_right_predictions_are_evenly_spread_and_wrong_ones_are_not(right):
    counts = {(p, h): np.array([r["n"] for r in right.pits if (r["prior"], r["heterogeneity"]) == (p, h)]) for p, h in (("right", "right"), ("right", "none"))}
    statistic = {names: ((n - N / 20) ** 2 / (N / 20)).sum() for names, n in counts.items()}
    assert statistic["right", "right"] < chi2.ppf(0.999, 19) < statistic["right", "none"] / 10


def test_right_predictions_have_the_highest_log_density(right):
    for prior, tau in (("right", "none"), ("wide", "none"), ("wide", "right")):
        gain = row_of(right, "gains", prior, tau)
        assert gain["against"] == "right, right" and gain["n"] == N and gain["log_density_high"] < 0
        own, base = row_of(right, "scores", prior, tau), row_of(right, "scores", "right", "right")
        assert gain["log_density"] == pytest.approx(own["log_density"] - base["log_density"])
        assert gain["brier_direction"] == pytest.approx(own["brier_direction"] - base["brier_direction"])
    assert right.best == row_of(right, "scores", "right", "right")


def test_right_probabilities_happen_as_often_as_they_are_stated(right):
    for event in ("direction", "significant"):
        rows = [r for r in right.curves if (r["prior"], r["heterogeneity"], r["event"]) == ("right", "right", event)]
        assert sum(r["n"] for r in rows) > 0.99 * N
        z = [(r["seen"] - r["stated"]) / np.sqrt(r["stated"] * (1 - r["stated"]) / r["n"]) for r in rows]
        assert np.square(z).sum() < chi2.ppf(0.999, len(z))
    row = row_of(right, "scores", "right", "right")
    assert abs(row["direction_seen"] - row["direction_stated"]) < 3.3 * 0.5 / np.sqrt(N)


def test_wrong_predictions_are_wrong_by_the_closed_form(narrow):
    """The residual and the stated sd of every pair are known, and so are the expected coverage, density and Brier score."""
    frame, found = narrow
    s, se = frame["se"].to_numpy(), frame["se_later"].to_numpy()
    kept = (SD / 2) ** 2 / ((SD / 2) ** 2 + s**2)
    stated = np.sqrt((SD / 2) ** 2 * (1 - kept) + se**2)
    true = np.sqrt((1 - kept) ** 2 * SD**2 + kept**2 * s**2 + se**2)  # of y_later - kept * y
    row = row_of(found, "scores", "half", "none")
    for name, level in (("coverage_95", 0.95), ("coverage_80", 0.8), ("coverage_50", 0.5)):
        expected = 2 * norm.cdf(norm.ppf((1 + level) / 2) * stated / true) - 1
        assert abs(row[name] - expected.mean()) < 3.3 * np.sqrt((expected * (1 - expected)).mean() / N), name
        assert row[f"{name}_low"] < expected.mean() < row[f"{name}_high"]
    density = -np.log(stated) - np.log(2 * np.pi) / 2 - (true / stated) ** 2 / 2
    error = np.sqrt(((true / stated) ** 4 / 2).mean() / N)
    assert abs(row["log_density"] - density.mean()) < 3.3 * error
    by_hand = norm.logpdf(frame["y_later"], kept * frame["y"], stated).mean()
    assert row["log_density"] == pytest.approx(by_hand, abs=1e-8), "and the very mean of these pairs"
    assert row["median_error"] == pytest.approx(np.median(np.abs(frame["y_later"] - kept * frame["y"])), abs=1e-6)
    assert row["width_95"] == pytest.approx(np.median(2 * norm.ppf(0.975) * stated), rel=1e-6)
    positive = norm.cdf(kept * frame["y"] / stated)
    assert row["brier_direction"] == pytest.approx(((positive - (frame["y_later"] > 0)) ** 2).mean(), abs=1e-8)


def test_the_intervals_hold_the_truth_as_often_as_they_say():
    """Bootstrap over groups of five that share an effect: 40 tables of 200 pairs, intervals of the mean log density."""
    inside, chosen = 0, prior_set({"right": f"normal(0, {SD})"})
    for seed in range(40):
        random = np.random.default_rng(seed)
        mu, s, se = np.repeat(random.normal(0, SD, 40), 5), np.full(200, 0.3), np.full(200, 0.1)
        frame = pairs(200, seed=seed, each=5).assign(y=random.normal(mu, s), se=s, y_later=random.normal(mu, se), se_later=se)
        row = calibrate(frame, chosen, samples=300, seed=seed, jobs=1).scores[0]
        kept = SD**2 / (SD**2 + 0.3**2)
        truth = -np.log(2 * np.pi * np.e * (SD**2 * (1 - kept) + 0.01)) / 2
        inside += row["log_density_low"] < truth < row["log_density_high"]
    assert inside >= 32, "at least 95% but for the few groups; below 32 of 40 has probability under 0.001"


def test_exact_counts_are_counted_apart():
    frame = counted(300)
    chosen = prior_set({"right": f"normal(0, {SD})"})
    found = calibrate(frame, chosen, samples=100, jobs=1)
    (row,), (score,) = found.likelihoods, found.scores
    x1, n1, x0, n0 = (frame[name].to_numpy(float) for name in ("events_t", "n_t", "events_c", "n_c"))
    half = np.where((x1 == 0) | (x0 == 0) | (x1 == n1) | (x0 == n0), 0.5, 0.0)  # added to all four cells if one is empty
    a, b, c, d = x1 + half, n1 - x1 + half, x0 + half, n0 - x0 + half
    estimates = frame.assign(y=np.log(a * d / (b * c)), se=np.sqrt(1 / a + 1 / b + 1 / c + 1 / d)).drop(columns=["events_t", "n_t", "events_c", "n_c"])
    other = calibrate(estimates, chosen, samples=100, jobs=1)
    assert other.likelihoods == [] and other.facts["counts"] == 0 and found.facts["counts"] == row["n"] == 300
    for name in ("coverage_95", "log_density", "median_error"):
        assert row[name] == pytest.approx(score[name] - other.scores[0][name], abs=1e-9), name
    assert 0 < row["shift_50"] < row["shift_95"] < 0.1
    nominal = 3.3 * np.sqrt(0.95 * 0.05 / 300)
    assert abs(score["coverage_95"] - 0.95) < nominal
    for table in (found, other):
        parts = [r["part"] for r in table.splits if r["by"] == "information"]
        assert parts == ["4 to 8 times", "8 to 16 times", "16 to 64 times", "above 64 times"][-len(parts) :] and len(parts) >= 2
    assert [r["n"] for r in found.splits] == [r["n"] for r in other.splits], "counts know their information as well"
