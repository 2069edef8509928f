"""Quadrature over mu and tau: against reference meta-analyses, conjugate formulae and brute force."""

import json
from functools import cache
from math import sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.interpolate import CubicSpline
from scipy.special import logsumexp
from support.paths import TESTS

from bayes.base.distributions import parse
from bayes.quadrature import Curve, directions, integrate_synthesis, make_plane
from bayes.quadrature.densities import log_density
from bayes.quadrature.scatter import NORMAL, student_t

CASES = {
    name: case
    for name, case in json.loads((TESTS / "reference" / "deterministic.json").read_text())[
        "cases"
    ].items()
    if case["family"] == "e-meta-analysis" and "y" in case["inputs"]
}
FLAT = "normal(0, 20000)"  # the references have a flat prior of mu; this one is flat to seven digits
TAU = {"half-normal": "half_normal(0.5)", "half-Cauchy": "half_cauchy(0.5)", "Turner": "lognormal(-1.07, 0.87)"}


def curves(y, s, closed=True):
    """Likelihoods of estimates: their surfaces in closed form, or by the panels that any other curve takes."""

    def one(y, s):
        return Curve({"all": lambda t: stats.norm.logpdf(y, t, s)}, y, s, "normal", normal=(y, s) if closed else None)

    return [one(*pair) for pair in zip(y, s, strict=True)]


@cache
def plane_of(name, unit=1.0):
    """The plane of a reference meta-analysis, which no prior changes; its numbers in units of `unit`."""
    y, s = ([value / unit for value in CASES[name]["inputs"][key]] for key in ("y", "se"))
    return make_plane(curves(y, s, closed=unit != 1.0 or len(y) > 8))  # panels for the smaller ones: they are slower


def prior_of_tau(case):
    stated = case["prior"]["tau"]
    return stated if isinstance(stated, str) else f"lognormal({stated['meanlog_tau']}, {stated['sdlog_tau']})"


def test_every_reference_meta_analysis_is_here():
    assert len(CASES) == 5


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_reference_meta_analyses(name):
    """bayesmeta and an independent quadrature: moments to 5e-6, quantiles to 2e-4 of an sd (splines of the cdf)."""
    case, expect = CASES[name], CASES[name]["expect"]
    found = integrate_synthesis(plane_of(name), parse(FLAT), parse(prior_of_tau(case)))
    scale = expect["mu_sd"] / 0.3
    moments = {
        "mu_mean": found.mu_mean,
        "mu_sd": found.mu_sd,
        "tau_mean": found.tau_mean,
        "tau_sd": found.tau_sd,
        "pred_sd": found.new_sd,
        "shrink_mean": [mean for mean, _ in found.effects],
        "shrink_sd": [sd for _, sd in found.effects],
    }
    for what, value in moments.items():
        assert value == pytest.approx(expect[what], abs=5e-6 * scale), what
    assert 1 - found.p_mu_above_null == pytest.approx(expect["p_mu_lt0"], abs=1e-6)
    assert 1 - found.p_new_above(0.0) == pytest.approx(expect["p_pred_lt0"], abs=1e-5)
    tails = (0.025, 0.5, 0.975)
    assert found.mu_quantiles(tails) == pytest.approx(expect["mu_q"], abs=2e-4 * expect["mu_sd"])
    assert found.tau_quantiles(tails) == pytest.approx(expect["tau_q"], abs=2e-4 * expect["tau_sd"])
    assert found.new_quantiles(tails) == pytest.approx(expect["pred_q"], abs=2e-4 * expect["pred_sd"])


@pytest.mark.parametrize("tau", TAU)
@pytest.mark.parametrize("name", CASES)
def test_conjugate_oracle(name, tau):
    """mu given tau is normal: one integral over tau gives mean, sd and P(mu < 0) under a proper prior of mu."""
    given = CASES[name]["inputs"]
    y, s = np.array(given["y"]), np.array(given["se"])
    unit = float(np.median(s))  # so that eight schools, in points, meet the same priors as log ratios
    y, s = y / unit, s / unit
    mean_0, sd_0, prior = 0.2, 1.5, parse(TAU[tau])
    u, width = np.linspace(-18, 12, 30001, retstep=True)
    t = np.exp(u)
    w = 1 / (s[:, None] ** 2 + t**2)
    precision = w.sum(axis=0) + sd_0**-2
    mean = ((w * y[:, None]).sum(axis=0) + mean_0 / sd_0**2) / precision
    log_m = 0.5 * (np.log(w).sum(axis=0) - np.log(precision) - (w * y[:, None] ** 2).sum(axis=0) + mean**2 * precision)
    log_p = log_m + log_density(prior, t) + u
    mass = np.exp(log_p - log_p.max())
    mass /= mass.sum()
    expected = float(mass @ mean)
    sd = sqrt(mass @ (1 / precision + (mean - expected) ** 2))
    below = float(mass @ stats.norm.cdf(-mean * np.sqrt(precision)))
    found = integrate_synthesis(plane_of(name, unit), parse(f"normal({mean_0}, {sd_0})"), prior)
    assert found.mu_mean == pytest.approx(expected, abs=2e-5)
    assert found.mu_sd == pytest.approx(sd, abs=2e-5)
    assert 1 - found.p_mu_above_null == pytest.approx(below, abs=1e-5)
    assert found.tau_mean == pytest.approx(float(mass @ t), abs=2e-5 * max(1, float(mass @ t)))


def folded(z, s):
    def part(sign):
        return lambda theta: -0.5 * (z - sign * theta / s) ** 2

    return Curve({"up": part(1), "down": part(-1)}, 0.0, s * max(1.0, z), "folded")


@pytest.mark.slow
def test_mixed_reports_against_brute_force():
    """One estimate and one folded p-value: two-dimensional adaptive integration of the marginal likelihoods."""
    y, s, z, s_2 = 0.4, 0.2, 1.3, 0.3
    prior, tau = parse("normal(0, 0.5)"), parse("half_normal(0.3)")

    node, weight = np.polynomial.legendre.leggauss(300)
    mu, t = (2 * node)[:, None], (1 + node)[None, :]
    v = np.hypot(1, t / s_2)
    up, down = (stats.norm.pdf(z, sign * mu / s_2, v) for sign in (1, -1))
    mass = (
        stats.norm.pdf(y, mu, np.hypot(s, t)) * (up + down) * stats.norm.pdf(mu, 0, 0.5) * stats.halfnorm.pdf(t, 0, 0.3)
    )
    mass = mass * weight[:, None] * weight
    mass /= mass.sum()
    plane = make_plane([*curves([y], [s]), folded(z, s_2)])
    found = integrate_synthesis(plane, prior, tau)
    assert found.mu_mean == pytest.approx((mass * mu).sum(), abs=1e-6)
    assert found.tau_mean == pytest.approx((mass * t).sum(), abs=1e-6)
    assert directions(plane, prior, tau)[1] == pytest.approx((mass * up / (up + down)).sum(), abs=1e-6)


@pytest.mark.slow
def test_directions_average_to_the_whole():
    plane = make_plane([*curves([0.4], [0.2]), folded(1.3, 0.3)])
    prior, tau = parse("normal(0, 0.5)"), parse("half_normal(0.3)")
    whole = integrate_synthesis(plane, prior, tau)
    p_up = directions(plane, prior, tau)[1]
    up, down = (integrate_synthesis(plane, prior, tau, directions={1: way}) for way in ("up", "down"))
    assert p_up * up.mu_mean + (1 - p_up) * down.mu_mean == pytest.approx(whole.mu_mean, abs=1e-7)
    assert up.mu_mean > whole.mu_mean > down.mu_mean


def test_a_subset_is_a_synthesis_of_its_own():
    y, s = [0.5, -0.1, 0.3], [0.2, 0.3, 0.15]
    prior, tau = parse("normal(0, 0.7)"), parse("half_cauchy(0.3)")
    part = integrate_synthesis(make_plane(curves(y, s)), prior, tau, include=[0, 2])
    alone = integrate_synthesis(make_plane(curves(y[::2], s[::2])), prior, tau)
    for name in ("mu_mean", "mu_sd", "tau_mean", "tau_sd"):
        assert getattr(part, name) == pytest.approx(getattr(alone, name), abs=1e-6)
    nothing = integrate_synthesis(make_plane(curves(y, s)), prior, tau, include=[])
    assert (nothing.mu_mean, nothing.mu_sd) == pytest.approx((0.0, 0.7), abs=1e-9)


def test_one_shared_effect_is_the_inverse_variance_mean():
    y, s = np.array([0.5, -0.1, 0.3]), np.array([0.2, 0.3, 0.15])
    found = integrate_synthesis(make_plane(curves(y, s)), parse(FLAT), None)
    weight = s**-2
    assert found.mu_mean == pytest.approx(weight @ y / weight.sum(), abs=1e-7)
    assert found.mu_sd == pytest.approx(weight.sum() ** -0.5, abs=1e-7)
    assert found.p_new_above(0.2) == pytest.approx(stats.norm.sf(0.2, found.mu_mean, found.mu_sd), abs=5e-6)


@pytest.mark.slow
def test_student_effects_against_brute_force():
    """Two estimates, Student-t(4) effects: nested adaptive integration."""
    y, s, nu = [0.9, -0.1], [0.15, 0.2], 4
    prior, tau = parse("normal(0, 0.5)"), parse("half_normal(0.3)")
    u = np.linspace(-5, 1.2, 249)  # log tau
    mu = np.linspace(-2.0, 2.2, 106)
    log_p = stats.norm.logpdf(mu, 0, 0.5)[:, None] + stats.halfnorm.logpdf(np.exp(u), 0, 0.3) + u
    theta = np.linspace(-9, 9, 1201)
    for centre, error in zip(y, s, strict=True):
        near = centre + error * theta
        own = stats.norm.pdf(near, centre, error)
        e = (near[None, :] - mu[:, None])[:, None, :] / np.exp(u)[None, ::8, None]
        average = (own * stats.t.pdf(e, nu)).sum(axis=2) / np.exp(u)[None, ::8] * (near[1] - near[0])
        log_p = log_p + CubicSpline(u[::8], np.log(average), axis=1)(u)
    mass = np.exp(log_p - log_p.max())
    mass /= mass.sum()
    found = integrate_synthesis(make_plane(curves(y, s), student_t(nu)), prior, tau)
    assert found.mu_mean == pytest.approx(float(mass.sum(axis=1) @ mu), abs=2e-4)
    assert found.tau_mean == pytest.approx(float(mass.sum(axis=0) @ np.exp(u)), abs=2e-4)
    normal = integrate_synthesis(make_plane(curves(y, s)), prior, tau)
    assert found.effects[0][0] > normal.effects[0][0]  # the outlier is shrunken less


def test_more_evidence_is_less_spread_on_average():
    """The expected posterior variance of mu falls with a further trial, whatever one data set does."""
    y, s, s_2 = 0.3, 0.25, 0.5
    prior, tau = parse("normal(0, 0.5)"), parse("half_normal(0.3)")
    one = integrate_synthesis(make_plane(curves([y], [s])), prior, tau)
    spread = sqrt(one.new_sd**2 + s_2**2)

    def expected(y_2):
        found = integrate_synthesis(make_plane(curves([y, y_2], [s, s_2])), prior, tau)
        return found.mu_sd**2 * np.exp(found.log_evidence)

    node, weight = np.polynomial.hermite_e.hermegauss(9)
    values = np.array([expected(one.mu_mean + spread * x) for x in node]) * np.exp(node**2 / 2) * weight
    assert values.sum() * spread / np.exp(one.log_evidence) < one.mu_sd**2


@pytest.mark.slow
def test_swapping_the_arms_inverts_the_answer():
    y, s = [0.5, -0.1], [0.2, 0.3]
    tau = parse("half_normal(0.3)")
    there = integrate_synthesis(make_plane([*curves(y, s), folded(1.3, 0.3)]), parse("normal(0.1, 0.5)"), tau)
    back = integrate_synthesis(
        make_plane([*curves([-v for v in y], s), folded(1.3, 0.3)]), parse("normal(-0.1, 0.5)"), tau
    )
    assert back.mu_mean == pytest.approx(-there.mu_mean, abs=1e-8)
    assert back.p_mu_above_null == pytest.approx(1 - there.p_mu_above_null, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("nu", [None, 4.0])
def test_log_likelihood_of_a_report_given_mu_and_tau(nu):
    """Averaged over the posterior, 1 / p(report | mu, tau) is p(others) / p(all): the identity behind leave-one-out."""
    y, s = [0.3, -0.2, 0.8], [0.3, 0.2, 0.5]
    plane = make_plane(curves(y, s), NORMAL if nu is None else student_t(nu))
    prior, tau = parse("normal(0, 1)"), parse("half_normal(0.5)")
    whole = integrate_synthesis(plane, prior, tau)
    log_l = plane.log_likelihoods(whole.mu[:, None, None], whole.tau[None, :, None])
    assert log_l.shape == (*whole.mass.shape, 3)
    if nu is None:
        variance = np.array(s) ** 2 + whole.tau[None, :, None] ** 2
        closed = stats.norm.logpdf(y, whole.mu[:, None, None], np.sqrt(variance))
        assert np.abs(log_l - closed)[whole.mass > 1e-12].max() < 5e-4  # splines, far out
    for i in range(3):
        others = integrate_synthesis(plane, prior, tau, [j for j in range(3) if j != i])
        seen = whole.mass > 1e-300
        found = logsumexp(np.log(whole.mass[seen]) - log_l[..., i][seen])
        assert found == pytest.approx(others.log_evidence - whole.log_evidence, abs=1e-4)


@pytest.mark.parametrize(
    ("prior", "heterogeneity"), [("normal(0, 0.355)", 0.02), ("normal(0, 0.355)", 0.3), ("normal(0, 5)", 0.05)]
)
@pytest.mark.parametrize("y", [[5.8, -0.8], [3.0, -2.0, 0.1], [0.0, 0.1, -0.2, 4.0]])
def test_reports_that_contradict_the_prior_of_tau_against_one_dimension(prior, heterogeneity, y):
    """Tau lies beyond every quantile of its prior there, and mu ten of its prior SDs away.

    Given tau everything is normal, so that one sum over a million places of tau is the oracle.
    """
    y, s = np.array(y), np.linspace(0.07, 0.4, len(y))
    tau = (np.arange(1_000_000) + 0.5) * 6e-5
    w, m, v = 1 / (s[:, None] ** 2 + tau**2), *parse(prior).args
    precision = w.sum(axis=0) + v**-2
    mean = (w.T @ y + m / v**2) / precision
    log_post = 0.5 * (np.log(w).sum(axis=0) - w.T @ y**2 + precision * mean**2 - np.log(precision))
    log_post = log_post - 0.5 * (tau / heterogeneity) ** 2
    mass = np.exp(log_post - log_post.max())
    mass /= mass.sum()
    found = integrate_synthesis(make_plane(curves(y, s)), parse(prior),
                                parse(f"half_normal({heterogeneity})"))  # fmt: skip
    centre = float(mass @ mean)
    assert found.mu_mean == pytest.approx(centre, abs=3e-5)
    assert found.mu_sd == pytest.approx(sqrt(mass @ (1 / precision + (mean - centre) ** 2)), rel=1e-4)
    assert found.tau_mean == pytest.approx(float(mass @ tau), rel=1e-4)
