"""Ordinal scales of any length up to 100 levels, alone and mixed in one synthesis.

Oracles: proportional-odds maximum likelihood (which a weak prior of the cutpoints hardly moves), sums of logarithms
of multinomial cells for the sampler's graph, and numbers of independent importance sampling where tables of practitioners are
concerned (ACTT-1 and the remdesivir trial of Wang: Drugs 2023, PMC10474216; Lancet 2020, PMC7190303).
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import special, stats
from scipy.special import expit, log_expit
from support.graphs import graph_of
from support.trials import make_analysis, make_outcome

from bayes import quadrature
from bayes.analysis.analysis import Settings
from bayes.analysis.plan import joined
from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.checks import common_odds
from bayes.priors.sets import find_prior, load_priors
from bayes.quadrature import ordered_tables, ordinal
from bayes.sampler import graphs
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.synthesis.file import Synthesis

ACTT1 = (155, 118, 16, 38, 59, 27, 96, 32), (113, 103, 10, 31, 62, 26, 119, 57)  # largest remainders of whole per cent
SEVEN = (5, 9, 20, 15, 31, 18, 6), (3, 8, 12, 17, 39, 20, 3)
THREE = (12, 20, 18), (15, 21, 14)


def outcome(treatment, control):
    report = {"kind": "ordinal", "categories": [str(k) for k in range(len(treatment))]}
    return make_outcome("common_odds_ratio", "higher", report | {"treatment": [*treatment], "control": [*control]})


def curve_of(target) -> quadrature.Curve:
    return quadrature.curve(target, make_analysis(target, "neutral").nuisance)


def drawn(levels: int, n: int):
    """Two arms of n patients over so many levels, drawn from one distribution."""
    random = np.random.default_rng(levels)
    shares = random.dirichlet(np.ones(levels))
    return random.multinomial(n, shares).tolist(), random.multinomial(n, shares).tolist()


@pytest.mark.slow
@pytest.mark.parametrize(("levels", "n"), [(8, 60), (12, 60), (20, 60), (100, 80)])
def test_maximum_and_curvature_are_those_of_proportional_odds(levels, n):
    target = outcome(*drawn(levels, n))
    _, treatment, control = zip(*target.evidence.observed, strict=True)
    found, fitted = curve_of(target).estimate, common_odds.fit(treatment, control)
    assert found.value == pytest.approx(fitted.theta, abs=0.02 * fitted.se)
    assert found.standard_error == pytest.approx(fitted.se, rel=0.01)


@pytest.mark.parametrize(
    ("treatment", "control"), [((0, 0, 9), (9, 0, 0)), ((0, 0, 4), (3, 0, 0)), ((12, 20, 18), (15, 21, 14)), ((0, 5, 5), (5, 5, 0))]
)
def test_three_categories_by_a_sum_over_both_cutpoints(treatment, control):
    """Tables that separate the arms, whose cutpoints the data hardly inform far from no effect, and one that does not.

    log L within the range that matters, 25 log units below its highest, against a sum of 1,200 x 1,200 cells.
    """
    c = ordinal.concentration(3, None)
    theta = np.array([-20.0, -10.0, -5.0, -2.0, 0.0, 2.0, 5.0, 10.0, 20.0])[:, None]
    table = ordinal.Table(np.array(treatment, float), np.array(control, float), np.full(3, c))
    found = ordinal.log_curve(table, theta / 2, -theta / 2)
    exact = np.array([sum_over_two_cutpoints(treatment, control, float(one), c) for one in theta[:, 0]])
    exact += special.gammaln(3 * c) - 3 * special.gammaln(c)
    matters = exact > exact.max() - 25
    assert matters.sum() >= 3
    np.testing.assert_allclose(found[matters], exact[matters], atol=2e-6)


def sum_over_two_cutpoints(treatment, control, theta: float, c: float) -> float:
    """The log of the integral over a and b = a + exp(w), by the trapezoidal rule."""
    a, w = np.linspace(-60, 60, 1200), np.linspace(-50, 5.0, 1200)
    gap, a = np.exp(w), a[:, None]
    b = a + gap
    between = np.log(-np.expm1(-gap))
    log_f = w + log_expit(a) + log_expit(-a) + log_expit(b) + log_expit(-b)
    for n, move in ((np.array(treatment), theta / 2), (np.array(control), -theta / 2), (np.full(3, c - 1), 0.0)):
        first, last = log_expit(a + move), log_expit(-b - move)
        log_f = log_f + n[0] * first + n[2] * last
        log_f += n[1] * (log_expit(b + move) + log_expit(-a - move) + between)
    step = np.log((a[1, 0] - a[0, 0]) * (w[1] - w[0]))
    return float(special.logsumexp(log_f) + step)


@pytest.mark.slow
def test_the_eight_levels_of_actt_1():
    """Neutral prior, by importance sampling of 310,000 draws: mean .3969, sd .1041, P .99994."""
    target = outcome(*ACTT1)
    prior = parse("normal(0, 0.355)")
    found = quadrature.integrate(curve_of(target), prior)
    assert (found.mean, found.sd) == pytest.approx((0.3969, 0.1041), abs=6e-4)  # 3 errors of the mean, .1041 / 557
    assert found.p_above_null == pytest.approx(0.99994, abs=5e-5)


def synthesis(*tables) -> Synthesis:
    members = tuple(outcome(*table) for table in tables)
    for i, member in enumerate(members):
        member._id = f"o{i}"
    data = {
        "id": "s",
        "label": "l",
        "measure": "common_odds_ratio",
        "benefit": "higher",
        "outcomes": [m.name for m in members],
        "heterogeneity": {"distribution": "half_normal(0.3)", "rationale": "r"},
    }
    made = validate(Synthesis, data, "s")
    made._members = members
    return made


def analysed(target: Synthesis):
    priors = load_priors("default")
    return joined(target, find_prior("neutral", priors), priors, Settings())


@pytest.mark.slow
@pytest.mark.parametrize(("departing", "g"), [(ordered_tables.worst_apart, np.eye(6)[5]), (ordered_tables.drifting, np.linspace(-1, 1, 6))])
def test_a_table_of_thousands_settles_the_departure_between_the_nodes(departing, g):
    """Its likelihood of gamma is a third as wide as the prior; the curve against a sum over 161 departures."""
    target = outcome((163, 229, 142, 197, 191, 184, 408), (128, 205, 177, 202, 217, 192, 407))
    nuisance = make_analysis(target, "neutral").nuisance
    table, sd = ordered_tables._table(target, nuisance), nuisance.departure.args[1]
    curve = departing(target, nuisance)
    theta, z = curve.centre + curve.width * np.array([-3.0, -1.0, 0.0, 2.0, 3.0]), np.linspace(-5, 5, 161)
    half = (theta[:, None, None] + sd * z[:, None] * g).reshape(-1, 6) / 2
    given = ordinal.log_curve(table, half, -half).reshape(len(theta), -1)
    exact = np.log(np.exp(given - given.max() - z**2 / 2).sum(axis=1))
    assert np.ptp(curve(theta) - exact) < 2e-3  # what the gate allows beyond Monte Carlo error


def test_scales_of_three_seven_and_eight_levels_stand_in_one_graph():
    """The graph's log likelihood at given cutpoints and effects is that of multinomials, shorter scales filled up."""
    tables = (THREE, SEVEN, ACTT1)
    analysis = analysed(synthesis(*tables))
    (block,) = graphs._blocks(analysis)
    assert block.data["treatment"].shape == (3, 8)
    model = graph_of(analysis).make()
    shapes = {"mu_raw": (), "tau_raw": (), "z_raw": (3,), "proportional_odds::stick_logodds__": (3, 7)}
    random = np.random.default_rng(1)
    point = {value.name: random.normal(size=shapes[value.name]) for value in model.value_vars}
    named = model.replace_rvs_by_values([model["theta"], model["proportional_odds::cutpoint"], model["log_likelihood"]])
    with uncompiled():
        evaluate = model.compile_fn(named, inputs=model.value_vars, on_unused_input="ignore")
    theta, cutpoint, log_l = evaluate(point)
    expected = 0.0
    for i, table in enumerate(tables):
        for counts, sign in zip(table, (1, -1), strict=True):
            upto = expit(cutpoint[i, : len(counts) - 1] + sign * theta[i] / 2)
            expected += np.array(counts) @ np.log(np.diff(np.concatenate([[0.0], upto, [1.0]])))
    assert float(log_l) == pytest.approx(expected, abs=1e-8)


@pytest.mark.slow
def test_seven_and_eight_levels_in_a_synthesis():
    """Against the two-trial normal hierarchy of their own estimates, by brute force: close for tables of this size."""
    analysis = analysed(synthesis(SEVEN, ACTT1))
    curves = [curve_of(member) for member in analysis.members]
    found = quadrature.integrate_synthesis(
        quadrature.make_plane(curves), parse("normal(0, 0.355)"), analysis.heterogeneity.distribution
    )
    mu, tau = np.linspace(-2, 2, 801)[:, None], (np.arange(600) + 0.5)[None] / 300
    log_post = stats.norm.logpdf(mu, 0, 0.355) + stats.halfnorm.logpdf(tau, 0, 0.3)
    for curve in curves:
        log_post = log_post + stats.norm.logpdf(curve.estimate.value, mu, np.hypot(curve.estimate.standard_error, tau))
    mass = np.exp(log_post - log_post.max())
    mean = (mass * mu).sum() / mass.sum()
    assert found.mu_mean == pytest.approx(mean, abs=0.01)
