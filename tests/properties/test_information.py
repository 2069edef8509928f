"""Reports that say less never narrow a posterior, on average over what might have been reported."""

from dataclasses import replace
from itertools import pairwise
from math import exp, sqrt

import numpy as np
import pytest
from scipy import stats
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import parse
from bayes.paper.evidence.counts import Events
from bayes.priors.sets import load_priors
from bayes.quadrature import events, ordinal

NUISANCE = load_priors().nuisance
LOG_CURVES = {"persons": events.log_in_persons, "totals": events.log_negative_binomial}
TABLES, TOTALS = 50, 30  # simulated data sets


@pytest.mark.parametrize(("ratio", "mean"), [(0.4, 0.0), (1.0, 0.0), (0.4, 0.3), (1.0, 0.3)])
def test_less_of_a_test_statistic_is_never_worth_more_on_average(ratio, mean):
    """Estimate, p with and without its direction, and significance with and without it: expected posterior variances.

    Joint model: theta ~ N(mean, tau), z ~ N(theta/s, 1), tau/s = `ratio`. The reports of one z are functions of one
    another, so the law of total variance orders them; no data set need obey. Expectations over z by Gauss-Legendre
    to |z| = 7, beyond which lies less than 1e-5 of the prior predictive.
    """
    tau = 0.4
    s = tau / ratio
    prior = parse(f"normal({mean}, {tau})")
    predictive = stats.norm(mean / s, sqrt(1 + ratio**2))

    def answer(**evidence):
        outcome = make_outcome("odds_ratio", "higher", evidence | {"se": s})
        return quadrature.integrate(quadrature.curve(outcome, NUISANCE), prior)

    expected = dict.fromkeys(("estimate", "p known", "p unknown", "significance known", "significance unknown"), 0.0)
    total = 0.0
    for x, w in zip(*np.polynomial.legendre.leggauss(40), strict=True):
        size = 3.5 * (1 + x)
        p = float(2 * stats.norm.sf(size))
        unknown = answer(kind="p_value", p=p, favours="unknown")
        density = 0.0
        for z, favours in ((size, "treatment"), (-size, "control")):
            known = answer(kind="p_value", p=p, favours=favours)
            # the package's own density of a report is the prior predictive; far out q(1 - p/2) loses digits of p
            assert np.exp(known.log_evidence) == pytest.approx(predictive.pdf(z), rel=1e-4)
            density += predictive.pdf(z)
            expected["p known"] += 3.5 * w * predictive.pdf(z) * known.sd**2
            estimate = answer(kind="estimate", estimate=exp(z * s))
            expected["estimate"] += 3.5 * w * predictive.pdf(z) * estimate.sd**2
            assert known.mean == pytest.approx(estimate.mean, abs=1e-4 * tau)
        assert np.exp(unknown.log_evidence) == pytest.approx(density, rel=1e-4)
        expected["p unknown"] += 3.5 * w * density * unknown.sd**2
        total += 3.5 * w * density
    for name, directions in (("significance known", ("treatment", "control")), ("significance unknown", ("unknown",))):
        found = [
            answer(kind="significance", significant=significant, favours=favours)
            for significant in (True, False)
            for favours in directions
        ]
        chance = np.exp([a.log_evidence for a in found])
        assert chance.sum() == pytest.approx(1, abs=1e-9)  # one of these reports is made
        expected[name] = float(chance @ [a.sd**2 for a in found])
    assert total == pytest.approx(1, abs=1e-5)
    assert expected["estimate"] == pytest.approx(1 / (1 / tau**2 + 1 / s**2), rel=2e-5)
    assert expected["p known"] == pytest.approx(expected["estimate"], rel=1e-6)
    chains = [
        ("p known", "significance known", "significance unknown"),
        ("p known", "p unknown", "significance unknown"),
    ]
    slack = 1e-5 * tau**2
    if mean == 0:  # a folded report cannot move the mean of a symmetric prior, so on average it narrows nothing
        for name in ("p unknown", "significance unknown"):
            assert expected[name] == pytest.approx(tau**2, rel=2e-5)
        chains = [("p known", "significance known", "significance unknown"), ("p known", "p unknown")]
        assert expected["significance unknown"] <= tau**2 + slack
    else:
        assert expected["significance unknown"] < tau**2 - slack
    for chain in chains:
        assert all(expected[a] < expected[b] - slack for a, b in pairwise(chain)), expected


TAU = 0.8
THETA = np.linspace(-4, 4, 21) * TAU  # posteriors at least 0.3 tau wide: the trapezoidal sum is exact to 1e-6 here


def moments(log_l) -> tuple[float, float]:
    """Posterior mean and variance under N(0, TAU)."""
    log_post = log_l + stats.norm.logpdf(THETA, 0, TAU)
    weight = np.exp(log_post - log_post.max())
    weight /= weight.sum()
    mean = weight @ THETA
    return mean, weight @ (THETA - mean) ** 2


def never_wider(fine, coarse) -> np.ndarray:
    """Paired differences of posterior variances over simulated data sets, after what theory says of their mean.

    Both are rows of (mean, variance). The mean difference is minus the mean squared distance of the posterior means
    (law of total variance), hence never above zero; a single difference may be.
    """
    fine, coarse = np.array(fine), np.array(coarse)
    difference = fine[:, 1] - coarse[:, 1]
    gap = difference + (fine[:, 0] - coarse[:, 0]) ** 2
    root = len(difference) ** 0.5
    assert difference.mean() <= 3 * difference.std() / root
    assert abs(gap.mean()) <= 3.5 * gap.std() / root
    return difference


def test_finer_ordinal_tables_are_never_wider_on_average():
    """The full table, two cuts of it, one of those: one Dirichlet prior, its concentrations summed over merged cells."""
    rng = np.random.default_rng(5)
    concentration, n = np.ones(4), 25
    reports = {"full": [0, 1, 2, 3], "two cuts": [0, 1, 3], "one cut": [0, 3]}  # where each cell begins
    found = {name: [] for name in reports}
    for _ in range(TABLES):
        theta = rng.normal(0, TAU)
        below = np.cumsum(rng.dirichlet(concentration))[:-1]
        cut = np.log(below / (1 - below))
        arms = []
        for move in (theta / 2, -theta / 2):
            shares = np.diff(np.concatenate([[0], 1 / (1 + np.exp(-cut - move)), [1]]))
            arms.append(rng.multinomial(n, np.maximum(shares, 0)))
        for name, starts in reports.items():
            merged = (np.add.reduceat(v, starts).astype(float) for v in (*arms, concentration))
            log_l = ordinal.log_curve(ordinal.Table(*merged), THETA[:, None] / 2, -THETA[:, None] / 2)
            found[name].append(moments(log_l))
    full, two, one = (found[name] for name in ("full", "two cuts", "one cut"))
    for fine, coarse in ((full, two), (two, one)):
        difference = never_wider(fine, coarse)
        assert difference.mean() < 0


def test_persons_with_an_event_never_widen_on_average():
    """T events in m persons against T alone, persons' counts negative binomial: m says how much they cluster."""
    rng = np.random.default_rng(1)
    nuisance = replace(NUISANCE, events=parse("normal(1, 0.5)"), dispersion=parse("normal(0, 1)"))
    n, found = 10, {name: [] for name in LOG_CURVES}
    for _ in range(TOTALS):
        theta, a, k = rng.normal(0, TAU), rng.normal(1, 0.5), exp(rng.normal(0, 1))
        fine, coarse = {}, {}
        for arm, move in (("treatment", theta / 2), ("control", -theta / 2)):
            each = rng.poisson(rng.gamma(k, exp(a + move) / k, n))
            coarse[arm] = {"events": int(each.sum()), "n": n}
            fine[arm] = coarse[arm] | {"persons": int((each > 0).sum())}
        for name, arms in zip(found, (fine, coarse), strict=True):
            found[name].append(moments(LOG_CURVES[name](Events(kind="events", **arms), nuisance)(THETA)))
    difference = never_wider(*found.values())
    assert difference.mean() < 0
    assert difference.max() > 0  # why nothing is claimed of one data set
