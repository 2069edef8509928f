"""What was known the day before a large trial, what priors made of it, and what came: magnesium, streptokinase,
corticosteroids in head injury and hydroxychloroquine.

Sources, of the numbers that their abstracts print: Teo 1991, BMJ 303:1499; ISIS-4 1995, Lancet 345:669; Stampfer 1982,
N Engl J Med 307:1180; GISSI 1986, Lancet 327:397; Alderson 1997, BMJ 314:1855; CRASH 2004, Lancet 364:1321; Geleris
2020, N Engl J Med 382:2411; RECOVERY 2020, N Engl J Med 383:2030. Predictions from estimates are checked against the
closed form written out here; those from counts, and under a prior of tau, against sums over a grid.
"""

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaln, logsumexp
from scipy.stats import norm
from scipy.stats import t as student

import bayes
from bayes.calibration import predict, read_pairs
from bayes.calibration.predicting import Under


def from_interval(estimate, low, high):
    return np.log(estimate), np.log(high / low) / (2 * 1.959964)


def from_counts(a, n, c, m):
    cells = np.array([a, n - a, c, m - c])
    return np.log(cells[0] * cells[3] / (cells[1] * cells[2])), np.sqrt((1 / cells).sum())


MAGNESIUM = (25, 657, 53, 644)
EARLY = {
    "streptokinase": ("risk_ratio", from_interval(0.80, 0.68, 0.95)),
    "corticosteroids": ("odds_ratio", from_interval(0.91, 0.74, 1.12)),
    "hydroxychloroquine": ("hazard_ratio", from_interval(1.04, 0.82, 1.32)),
}
LATER = {
    "magnesium": from_counts(2216, 29011, 2103, 29039),
    "streptokinase": from_interval(0.81, 0.72, 0.90),
    "corticosteroids": from_counts(1052, 4985, 893, 4979),
    "hydroxychloroquine": from_interval(1.09, 0.97, 1.23),
}
SD, DF, SCALE, TAU = 0.355, 4, 0.31, (-2.07, 1.05)  # neutral; calibrated


def pairs():
    counts = dict(zip(("events_t", "n_t", "events_c", "n_c"), MAGNESIUM, strict=True))
    rows = [{"group": "magnesium", "measure": "odds_ratio"} | counts]
    rows += [{"group": name, "measure": measure, "y": y, "se": s} for name, (measure, (y, s)) in EARLY.items()]
    table = pd.DataFrame(rows).assign(benefit="lower", mcid=0.85)
    table["y_later"], table["se_later"] = zip(*(LATER[name] for name in table["group"]), strict=True)
    return read_pairs(table)


@pytest.fixture(scope="module")
def found():
    return {name: predict(pairs(), bayes.load_priors(name)).under for name in ("default", "calibrated")}


NAMES = ["magnesium", *EARLY]


def test_estimates_under_the_neutral_prior_by_the_closed_form(found):
    neutral = found["default"][Under("neutral", None)]
    for row, name in enumerate(NAMES[1:], 1):
        y, s = EARLY[name][1]
        shrunken = SD**2 / (SD**2 + s**2)
        later, se = LATER[name]
        sd = np.sqrt(SD**2 * (1 - shrunken) + se**2)
        assert neutral.pit[row] == pytest.approx(norm.cdf(later, shrunken * y, sd), abs=1e-6)
        assert neutral.log_density[row] == pytest.approx(norm.logpdf(later, shrunken * y, sd), abs=1e-6)


def test_estimates_under_the_calibrated_set_by_sums(found):
    calibrated = found["calibrated"][Under("calibrated", "calibrated")]
    mu, tau = np.linspace(-8, 8, 8001)[:, None], np.exp(np.linspace(-8, 3, 400))
    prior = student.logpdf(mu / SCALE, DF) + norm.logpdf(np.log(tau), *TAU)  # the grid of tau is even in its log
    for row, name in enumerate(NAMES[1:], 1):
        (y, s), (later, se) = EARLY[name][1], LATER[name]
        joint = prior + norm.logpdf(y, mu, np.hypot(s, tau))
        after = joint + norm.logcdf(later, mu, np.hypot(se, tau))
        assert calibrated.pit[row] == pytest.approx(np.exp(logsumexp(after) - logsumexp(joint)), abs=2e-4)


def log_likelihood(theta):
    """That of the seven trials of magnesium together, the log odds midway between the arms ~ Normal(0, 2.5)."""
    a, n, c, m = MAGNESIUM
    middle = np.linspace(-12, 6, 3601)[:, None]
    up, down = middle + theta / 2, middle - theta / 2
    log_l = a * up - n * np.logaddexp(0, up) + c * down - m * np.logaddexp(0, down) + norm.logpdf(middle, 0, 2.5)
    ways = gammaln(n + 1) - gammaln(a + 1) - gammaln(n - a + 1) + gammaln(m + 1) - gammaln(c + 1) - gammaln(m - c + 1)
    return logsumexp(log_l, axis=0) + ways


def test_magnesium_is_not_rescued_by_shrinkage():
    """78 deaths outweigh any prior that allows an odds ratio of 0.5 at all; only the sceptic doubts."""
    theta = np.linspace(-4, 4, 1601)
    log_l = log_likelihood(theta)
    outcome = bayes.outcome(measure="odds_ratio", benefit="lower", treatment=(25, 657), control=(53, 644), mcid=0.85)
    sceptic = abs(np.log(0.85)) / norm.ppf(0.95)
    p_benefit = {}
    for name, prior_set, prior in (
        ("neutral", "default", norm.logpdf(theta, 0, SD)),
        ("sceptical", "default", norm.logpdf(theta, 0, sceptic)),
        ("calibrated", "calibrated", student.logpdf(theta / SCALE, DF)),
    ):
        mass = np.exp(log_l + prior - logsumexp(log_l + prior))
        expected = mass[theta < 0].sum() + mass[theta == 0].sum() / 2
        fit = bayes.fit(outcome, prior=name, prior_set=prior_set)
        row = fit.to_frame().query("parameter == 'effect'").iloc[0]
        assert row["exact_p_benefit"] == pytest.approx(expected, abs=1e-4)
        p_benefit[name] = row["exact_p_benefit"]
    assert p_benefit["neutral"] > 0.99 and p_benefit["calibrated"] > 0.99
    assert 0.85 < p_benefit["sceptical"] < 0.95


def test_the_day_before(found):
    """Printed intervals and shrinkage alone miss ISIS-4 and CRASH; with heterogeneity every large trial is inside."""
    inside = {}
    for name, under in (
        ("vague", Under("vague", None)),
        ("neutral", Under("neutral", None)),
        ("sceptical", Under("sceptical", None)),
        ("plain", Under("neutral", "plain")),
        ("calibrated", Under("calibrated", "calibrated")),
    ):
        one = found["calibrated" if name == "calibrated" else "default"][under]
        inside[name] = dict(zip(NAMES, (np.abs(one.pit - 0.5) < 0.475).tolist(), strict=True))
    missed = {name: [story for story, held in stories.items() if not held] for name, stories in inside.items()}
    assert missed["vague"] == missed["neutral"] == ["magnesium", "corticosteroids"]
    assert missed["sceptical"] == ["corticosteroids"]
    assert missed["plain"] == missed["calibrated"] == []


def test_streptokinase_was_predicted_and_hydroxychloroquine_was_not_promising(found):
    neutral = found["default"][Under("neutral", None)]
    assert np.exp(neutral.median[1]) == pytest.approx(0.81, abs=0.01)  # what GISSI found
    assert 1 - neutral.p_positive[1] > 0.97  # P(GISSI's estimate below 1)
    assert 1 - neutral.p_positive[3] == pytest.approx(0.39, abs=0.01)  # P(RECOVERY's estimate below 1)
