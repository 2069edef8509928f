"""Medians with their quartiles or ranges: their curve by brute force, and the usual conversion in closed form."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import special, stats
from support.medians import QUARTILES
from support.trials import make_analysis, make_outcome

from bayes.errors import InvalidInput
from bayes.paper.evidence.medians import MedianOfArm
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.quadrature.families import NORMAL
from bayes.quadrature.medians import log_arm, log_curve
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.subject import Subject


def brute_force(evidence, theta, difference=False):
    """log L(theta) on a fixed grid of the midpoint and both sigmas, from the density of order statistics as it is written."""

    def order_statistics(arm, location, sigma):
        values, ranks = zip(*arm.ranked, strict=True)
        x, gaps = np.log([float(v) for v in values]), np.diff([0, *ranks, arm.n + 1])
        below = [np.zeros_like(location + sigma), *(stats.norm.cdf((v - location) / sigma) for v in x), np.ones_like(location + sigma)]
        found = special.gammaln(arm.n + 1) - special.gammaln(gaps).sum() + sum(stats.norm.logpdf(v, location, sigma) for v in x)
        with np.errstate(divide="ignore", invalid="ignore"):
            return found + sum((g - 1) * np.log(b - a) for g, a, b in zip(gaps, below[:-1], below[1:], strict=True))

    arms = evidence.treatment, evidence.control
    sizes = np.array([arm.n for arm in arms])
    centre = float(sizes @ [arm.mean(True) for arm in arms]) / sizes.sum()
    pooled = float(np.sqrt((sizes - 1) @ [arm.spread(True) ** 2 for arm in arms] / (sizes.sum() - 2)))
    # a difference of medians exp(m + h) - exp(m - h) = theta: h solved for by hand, from exp(h) = x + sqrt(x^2 + 1)
    mid, sigma = np.linspace(centre - 1.2, centre + 1.2, 601)[:, None], np.linspace(0.3, 2.5, 801)[None]
    prior = np.log(2 / (2.5 * pooled)) + stats.t.logpdf(sigma / (2.5 * pooled), 3)
    step = np.log(sigma[0, 1] - sigma[0, 0])
    both = 0.0
    for arm, side in zip(arms, (1, -1), strict=True):
        x = theta / 2 * np.exp(-mid)
        half = np.log(x + np.sqrt(x**2 + 1)) if difference else theta / 2
        log_f = np.nan_to_num(order_statistics(arm, mid + side * half, sigma) + prior, nan=-np.inf)
        both = both + special.logsumexp(log_f, axis=1) + step
    return special.logsumexp(both + stats.norm.logpdf(mid[:, 0], centre, 10 * pooled)) + np.log(mid[1, 0] - mid[0, 0])


@pytest.mark.parametrize("theta", [-0.6, -0.28, 0.0, 0.3])
def test_the_curve_of_medians_is_that_of_brute_force(theta):
    outcome = make_outcome("mean_ratio", "lower", QUARTILES)
    assert log_curve(outcome.evidence, "mean_ratio")(np.array([theta]))[0] == pytest.approx(
        brute_force(outcome.evidence, theta), abs=1e-5
    )


def test_whole_ranks_are_the_density_of_order_statistics():
    """n = 7: quartiles and median are the 2nd, 4th and 6th of seven, whose joint density is n! / (1! 1! 1! 1!) times f and F."""
    arm = {"median": 0.3, "quartiles": [-0.8, 1.1], "n": 7}
    outcome = make_outcome("mean_difference", "higher", {"kind": "medians", "treatment": arm, "control": arm})
    assert [rank for _, rank in outcome.evidence.treatment.ranked] == [2, 4, 6]
    by_hand, grid = [], np.exp(np.linspace(log(0.05), log(60), 4001))
    for location in (0.0, 0.9):
        f = [stats.norm.cdf((x - location) / grid) for x in (-0.8, 0.3, 1.1)]
        joint = f[0] * (f[1] - f[0]) * (f[2] - f[1]) * (1 - f[2]) * 5040
        for x in (-0.8, 0.3, 1.1):
            joint = joint * stats.norm.pdf(x, location, grid)
        by_hand.append(log(float(np.trapezoid(joint * 2 * stats.t.pdf(grid / 2.5, 3) / 2.5, grid))))
    found = log_arm(outcome.evidence.treatment, NORMAL, 1.0, np.array([0.0, 0.9]))
    assert found == pytest.approx(by_hand, abs=1e-5)


def test_with_many_patients_quantiles_say_what_means_say():
    """Normal patients without any noise: quantiles at their expectation; the width is that of a median's efficiency or less."""
    n, z = 4000, stats.norm.ppf(0.75)
    arms = {arm: {"median": m, "quartiles": [m - 2 * z, m + 2 * z], "n": n} for arm, m in (("treatment", 11.0), ("control", 10.0))}
    outcome = make_outcome("mean_difference", "higher", {"kind": "medians", **arms})
    answer = exact_answers(make_analysis(outcome, "normal(0, 50)"))[EFFECT]
    assert answer.mean == pytest.approx(1.0, abs=1e-3)
    efficient, of_medians = 2 * sqrt(2 / n), 2 * sqrt(2 / n) * sqrt(np.pi / 2)
    assert efficient < answer.sd < of_medians


def test_more_that_is_printed_never_widens_on_average():
    """Twenty simulated trials: the posterior sd with range and quartiles is at most that with either alone, on average."""
    rng, sds = np.random.default_rng(20261129), {"both": [], "quartiles": [], "range": []}
    for _ in range(20):
        arms = {}
        for arm, shift in (("treatment", 0.5), ("control", 0.0)):
            v = rng.normal(shift, 1, 40)
            q = [float(x) for x in np.quantile(v, (0.25, 0.5, 0.75))]
            arms[arm] = {"median": q[1], "quartiles": [q[0], q[2]], "range": [float(v.min()), float(v.max())], "n": 40}
        for name, dropped in (("both", None), ("quartiles", "range"), ("range", "quartiles")):
            kept = {arm: {k: v for k, v in said.items() if k != dropped} for arm, said in arms.items()}
            outcome = make_outcome("mean_difference", "higher", {"kind": "medians", **kept})
            sds[name].append(exact_answers(make_analysis(outcome, "normal(0, 5)"))[EFFECT].sd)
    means = {name: float(np.mean(values)) for name, values in sds.items()}
    assert means["both"] < means["quartiles"] < means["range"]


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        ({"median": 9, "n": 84}, "a median alone has no precision"),
        ({"median": 9, "quartiles": [9, 16], "n": 84}, "without ties"),
        ({"median": 9, "quartiles": [5, 16], "range": [6, 30], "n": 84}, "must rise"),
        ({"median": 9, "quartiles": [0, 16], "n": 84}, "0 has no logarithm"),
    ],
)
def test_medians_that_cannot_be_read_are_refused(arm, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("mean_ratio", "lower", QUARTILES | {"treatment": arm})


def test_medians_beside_the_usual_conversion():
    """A row of the sensitivity report has the means and SDs of Luo and Wan, in the closed form of their papers."""
    outcome = make_outcome("mean_ratio", "lower", QUARTILES)
    (y, s), arms = outcome.evidence.own_estimate("mean_ratio"), (outcome.evidence.treatment, outcome.evidence.control)
    weights = [0.7 + 0.39 / arm.n for arm in arms]
    luo = [w * (log(a) + log(b)) / 2 + (1 - w) * log(m) for w, a, m, b in zip(weights, (5, 7), (9, 12), (16, 20), strict=True)]
    wan = [log(b / a) / (2 * stats.norm.ppf((0.75 * n - 0.125) / (n + 0.25))) for a, b, n in ((5, 16, 84), (7, 20, 80))]
    assert (y, s) == pytest.approx((luo[0] - luo[1], sqrt(wan[0] ** 2 / 84 + wan[1] ** 2 / 80)))
    rows = likelihood_rows(Subject.of(outcome, "neutral"))
    assert any("Luo 2018 and Wan 2014" in row["variation"] for row in rows)


@pytest.mark.parametrize("theta", [-6.0, -2.4, 0.0, 1.5])
def test_a_difference_of_log_normal_medians_is_that_of_brute_force(theta):
    """The same brute force at the difference of logs that theta is at every midpoint: theta = 2 exp(m) sinh(h)."""
    outcome = make_outcome("mean_difference", "lower", QUARTILES)
    found = log_curve(outcome.evidence, "mean_difference")(np.array([theta]))[0]
    assert found == pytest.approx(brute_force(outcome.evidence, theta, difference=True), abs=1e-5)


# intervals of medians


def test_an_interval_of_a_median_has_order_statistics_as_limits():
    """n = 25 at 95%: ranks 13 -+ 4.9 (Conover 1999, section 3.2), the eighth and the eighteenth of 25."""
    arm = MedianOfArm(median=9, ci=(7, 12), n=25)
    assert [rank for _, rank in arm.ranked] == pytest.approx([13 - 1.96 * 2.5, 13, 13 + 1.96 * 2.5], abs=1e-3)
    assert arm.error(False) == pytest.approx(5 / (2 * stats.norm.ppf(0.975)))


@pytest.mark.parametrize("n", [25])
def test_intervals_of_medians_cover_the_difference_that_was_planted(n):
    """Planted: normal patients 0.4 apart, 60 trials, each arm printed by its median and the distribution-free interval."""
    random, covered = np.random.default_rng(9), 0
    low, high = (n + 1) / 2 - 1.96 * sqrt(n) / 2, (n + 1) / 2 + 1.96 * sqrt(n) / 2
    for _ in range(60):
        arms = {}
        for name, shift in (("treatment", 0.4), ("control", 0.0)):
            x = np.sort(random.normal(10 + shift, 1, n)).round(4)
            a, b = (float(np.interp(rank, np.arange(1, n + 1), x).round(5)) for rank in (low, high))
            arms[name] = {"median": float(np.median(x).round(5)), "ci": [a, b], "n": n}
        outcome = make_outcome("mean_difference", "higher", {"kind": "medians", "family": "normal", **arms})
        answer = exact_answers(make_analysis(outcome, "normal(0, 20)"))[EFFECT]
        covered += answer.ci_low <= 0.4 <= answer.ci_high
    assert covered / 60 > 0.95 - 3 * sqrt(0.95 * 0.05 / 60)


@pytest.mark.parametrize(
    ("arm", "said"),
    [
        ({"median": 9, "ci": [7, 12], "quartiles": [5, 16], "n": 84}, "ci stated with quartiles or range"),
        ({"median": 9, "ci": [7, 12], "n": 4}, "reaches beyond the sample"),
        ({"median": 9, "ci": [10, 12], "n": 84}, "must rise"),
    ],
)
def test_an_interval_that_cannot_be_is_named(arm, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("mean_ratio", "lower", QUARTILES | {"treatment": arm})
