"""Risks of all patients, with and without an outcome: against brute force, published formulae and their limits."""

from collections import namedtuple
from dataclasses import replace
from math import log, pi, sqrt

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

import bayes
from bayes import quadrature
from bayes.base.distributions import parse
from bayes.quadrature.departures import Departures, normal_nodes, shares_missing
from bayes.quadrature.risks_with_missing import curve
from bayes.sensitivity.subject import Subject

Lost = namedtuple("Lost", ["treatment", "control"])
MEASURES = ("odds_ratio", "risk_ratio", "risk_difference")
SEEN = ((34, 97), (23, 95))
LOST = Lost(12, 9)
AT_RANDOM = Departures((0.0, 0.0), (0.0, 0.0))
HIGGINS = ((29, 47), (20, 34)), Lost(22, 34)  # Beasley 1996 in Higgins, White and Wood 2008: 29 + 18, 20 + 14


def subject_of(measure, arms=SEEN, prior=None, benefit="higher"):
    treatment, control = arms
    return Subject.of(bayes.outcome(measure=measure, benefit=benefit, treatment=treatment, control=control), prior)


def with_missing(subject, lost, departures, nuisance=None):
    nuisance = nuisance or subject.analysis.nuisance
    return curve(subject.target, nuisance, lost, departures, quadrature.curve(subject.target, nuisance))


def posterior(subject, lost, departures, nuisance=None):
    return subject.row(subject.posterior_of(with_missing(subject, lost, departures, nuisance)))


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("spread", [0.0, 1e-4])
def test_without_a_departure_it_is_the_ordinary_analysis(measure, spread):
    subject = subject_of(measure)
    found = posterior(subject, LOST, Departures((0.0, spread), (0.0, spread)))
    ordinary = subject.probabilities()
    for name in ("mean", "sd", "p_benefit", "p_harm"):
        assert found[name] == pytest.approx(ordinary[name], abs=2e-6), name


@pytest.mark.parametrize("measure", MEASURES)
def test_an_arm_without_missing_patients_has_no_departure(measure):
    subject = subject_of(measure)
    wide = Departures((0.0, 2.0), (0.0, 2.0))
    alone = posterior(subject, Lost(12, 0), wide)
    assert alone == pytest.approx(posterior(subject, Lost(12, 0), replace(wide, control=(0.0, 0.0))), abs=1e-7)
    none = posterior(subject, Lost(0, 0), wide)
    assert none == pytest.approx(subject.probabilities(), abs=1e-9)


@pytest.mark.parametrize("measure", MEASURES)
def test_an_infinite_departure_counts_the_missing_patients(measure):
    """lambda = +-12 stands for infinity; the limit is exact for an odds ratio, and within a pseudo-patient otherwise."""
    (x1, n1), (x0, n0) = SEEN
    found = posterior(subject_of(measure), LOST, Departures((12.0, 0.0), (-12.0, 0.0)))
    counted = subject_of(measure, ((x1 + LOST.treatment, n1 + LOST.treatment), (x0, n0 + LOST.control)))
    assert found == pytest.approx(counted.probabilities(), abs=1e-4 if measure == "odds_ratio" else 4e-3)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("measure", ["odds_ratio", "risk_difference"])
def test_swapped_arms_invert(measure, correlation):
    prior = "normal(0, 0.355)"
    departures = Departures((0.4, 1.0), (-0.2, 0.7), correlation)
    swapped = Departures(departures.control, departures.treatment, correlation)
    a = posterior(subject_of(measure, prior=prior), LOST, departures)
    b = posterior(subject_of(measure, SEEN[::-1], prior), Lost(*LOST[::-1]), swapped)
    assert a["p_benefit"] == pytest.approx(b["p_harm"], abs=1e-6)
    assert (a["mean"], a["sd"]) == pytest.approx((-b["mean"], b["sd"]), abs=1e-6)


def effect_of(measure, p1, p0):
    """Return the effect, and the log prior density of the baseline with respect to both risks on the measure's scale.

    The baseline is Normal(0, 2.5) midway on the log scale of the measure, below -|theta| / 2 for a risk ratio, or
    uniform over the risks that are compatible with a difference (METHODS 0).
    """
    baseline = stats.norm(0, 2.5)
    if measure == "odds_ratio":
        return logit(p1) - logit(p0), baseline.logpdf((logit(p1) + logit(p0)) / 2)
    if measure == "risk_ratio":
        theta = np.log(p1 / p0)
        return theta, baseline.logpdf(np.log(p1 * p0) / 2) - baseline.logcdf(-np.abs(theta) / 2)
    return p1 - p0, -np.log(1 - np.abs(p1 - p0))


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0, -0.5])
@pytest.mark.parametrize("measure", MEASURES)
def test_a_posterior_by_weighted_draws(measure, correlation):
    """Brute force, forwards: risks with an outcome, shares and departures are drawn, their mixture is weighted.

    The risks, on the scale of the measure, and the logit shares have flat priors, so that given the counts they are
    beta; the weight is the prior of the effect and of the baseline in all patients.
    """
    rng, draws, sd = np.random.default_rng(11), 400_000, 1.5
    subject = subject_of(measure)
    z = rng.multivariate_normal([0, 0], [[1, correlation], [correlation, 1]], draws)
    of_all = []
    for arm, (lost, (x, n), mean) in enumerate(zip(LOST, SEEN, (0.3, -0.2), strict=True)):
        more, fewer = {"odds_ratio": (0, 0), "risk_ratio": (0, 1), "risk_difference": (1, 1)}[measure]
        q, share = rng.beta(x + more, n - x + fewer, draws), rng.beta(lost, n, draws)
        of_all.append((1 - share) * q + share * expit(logit(q) + mean + sd * z[:, arm]))
    theta, log_w = effect_of(measure, *of_all)
    log_w = log_w + quadrature.log_prior_density(subject.prior, theta)
    w = np.exp(log_w - log_w.max())
    w /= w.sum()
    effective = 1 / (w**2).sum()
    mean = w @ theta
    spread, above = sqrt(w @ (theta - mean) ** 2), w @ (theta > 0)
    found = posterior(subject, LOST, Departures((0.3, sd), (-0.2, sd), correlation))
    assert effective > 40_000
    assert found["mean"] == pytest.approx(mean, abs=4 * spread / sqrt(effective))
    assert found["sd"] == pytest.approx(spread, rel=4 / sqrt(2 * effective))
    assert found["p_benefit"] == pytest.approx(above, abs=4 * sqrt(above * (1 - above) / effective))


def two_stage(measure, arms, lost, lam):
    """Return the effect in all patients and its standard error, given lambda.

    White, Higgins and Wood 2008 (Stat Med 27:711-27), also `w4` of metamiss in Stata: a Taylor expansion with
    var(p*) = q (1 - q) / n (d p* / d q)^2 + share (1 - share) / N (q_missing - q)^2.
    """
    found, variance = [], 0.0
    for (x, n), m, one in zip(arms, lost, lam, strict=True):
        q, share, total = x / n, m / (n + m), n + m
        other = expit(logit(q) + one)
        p = (1 - share) * q + share * other
        slope = 1 - share + share * other * (1 - other) / (q * (1 - q))
        of_p = q * (1 - q) / n * slope**2 + share * (1 - share) / total * (other - q) ** 2
        scaled = {"odds_ratio": (logit(p), 1 / (p * (1 - p))), "risk_ratio": (log(p), 1 / p), "risk_difference": (p, 1.0)}
        value, derivative = scaled[measure]
        found.append(value)
        variance += of_p * derivative**2
    return found[0] - found[1], sqrt(variance)


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("imor", [(2, 2), (2, 0.5), (0.5, 0.5)])
def test_fixed_odds_ratios_of_missing_patients_as_in_a_large_trial(measure, imor):
    """The two-stage formula for the haloperidol trial with most missing patients, a hundredfold."""
    arms = tuple((100 * x, 100 * n) for x, n in HIGGINS[0])
    lost = Lost(*(100 * m for m in HIGGINS[1]))
    lam = tuple(map(log, imor))
    subject = subject_of(measure, arms)
    own = with_missing(subject, lost, Departures((lam[0], 0.0), (lam[1], 0.0))).estimate
    effect, error = two_stage(measure, arms, lost, lam)
    assert own.value == pytest.approx(effect, abs=0.02 * error)
    assert own.standard_error == pytest.approx(error, rel=0.002)


@pytest.mark.slow
@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0])
def test_random_odds_ratios_of_missing_patients_as_in_a_large_trial(measure, correlation):
    """log IMOR ~ Normal(0, 1): the two-stage moments over a fine sum of both, under a flat prior of the effect."""
    arms = tuple((100 * x, 100 * n) for x, n in HIGGINS[0])
    lost = Lost(*(100 * m for m in HIGGINS[1]))
    node, weight = np.polynomial.hermite_e.hermegauss(41)
    weight = weight / weight.sum()
    z1, z2 = np.meshgrid(node, node, indexing="ij")
    lam0 = correlation * z1 + sqrt(1 - correlation**2) * z2
    found = [two_stage(measure, arms, lost, pair) for pair in zip(z1.ravel(), lam0.ravel(), strict=True)]
    w, (effects, errors) = np.outer(weight, weight).ravel(), np.array(found).T
    mean = w @ effects
    sd = sqrt(w @ (errors**2 + (effects - mean) ** 2))
    subject = subject_of(measure, arms)
    vague = replace(subject.analysis.nuisance, binary=parse("normal(0, 100)"))  # of the baseline, about which they say nothing
    found = with_missing(subject, lost, Departures((0.0, 1.0), (0.0, 1.0), correlation), vague)
    theta = np.linspace(mean - 7 * sd, mean + 7 * sd, 2001)
    log_l = found(theta) + (np.log(1 - np.abs(theta)) if measure == "risk_difference" else 0.0)  # less its baseline's prior
    density = np.exp(log_l - log_l.max())
    density /= density.sum()
    assert density @ theta == pytest.approx(mean, abs=0.01 * sd)
    assert sqrt(density @ (theta - density @ theta) ** 2) == pytest.approx(sd, rel=0.005)


@pytest.mark.slow
def test_few_and_no_events_have_a_curve():
    """No event in an arm, one missing patient, all events: finite, and as brute force in the middle."""
    for arms, lost in ((((0, 20), (3, 20)), Lost(1, 4)), (((20, 20), (0, 20)), Lost(3, 1)), (((1, 2), (0, 3)), Lost(8, 1))):
        for measure in MEASURES:
            row = posterior(subject_of(measure, arms), lost, Departures((0.0, 1.0), (0.0, 1.0), 0.5))
            assert np.isfinite([row["mean"], row["sd"]]).all() and 0 <= row["p_benefit"] <= 1


@pytest.mark.parametrize(("missing", "seen"), [(1, 3), (1, 5000), (7, 95), (400, 3)])
def test_the_share_of_missing_patients_is_a_beta(missing, seen):
    share, log_weight = shares_missing(missing, seen)
    weight, beta = np.exp(log_weight), stats.beta(missing, seen)
    assert weight.sum() == pytest.approx(1, abs=1e-12)
    assert weight @ share == pytest.approx(beta.mean(), rel=1e-5)
    assert weight @ share**2 == pytest.approx(beta.moment(2), rel=1e-5)


def test_normal_nodes_have_the_moments_of_a_normal():
    z, log_weight = normal_nodes(10.0)
    w = np.exp(log_weight)
    assert [w @ z**k for k in range(5)] == pytest.approx([1, 0, 1, 0, 3], abs=1e-9)


@pytest.mark.slow
def test_a_large_trial_keeps_a_smooth_curve():
    """With 20,000 patients an arm, lambda is far wider than the likelihood: the density against the normal limit."""
    arms, lost = ((8000, 20_000), (8400, 20_000)), Lost(4000, 3000)
    subject = subject_of("odds_ratio", arms, prior="normal(0, 100)")
    found = with_missing(subject, lost, Departures((0.0, 1.0), (0.0, 1.0), 0.5))
    theta = np.linspace(-0.6, 0.5, 1001)
    log_l = found(theta)
    bends = np.diff(np.sign(np.diff(log_l)))
    assert np.count_nonzero(bends) == 1  # one peak, no ripple
    node, weight = np.polynomial.hermite_e.hermegauss(61)
    z1, z2 = np.meshgrid(node, node, indexing="ij")
    pairs = zip(z1.ravel(), (0.5 * z1 + sqrt(0.75) * z2).ravel(), strict=True)
    effects = np.array([two_stage("odds_ratio", arms, lost, pair)[0] for pair in pairs])
    w = np.outer(weight, weight).ravel() / (2 * pi)
    row = subject.row(subject.posterior_of(found))
    assert row["mean"] == pytest.approx(w @ effects, abs=2e-3)


def test_quadrature_of_a_curve_is_that_of_the_main_one():
    """The log ratio to the main curve is tabulated: as exact off the nodes as on them."""
    subject = subject_of("risk_ratio", ((0, 50), (3, 45)))
    found = with_missing(subject, Lost(4, 5), AT_RANDOM)
    theta = np.linspace(-4, 4, 4001)
    assert found(theta) == pytest.approx(quadrature.curve(subject.target, subject.analysis.nuisance)(theta), abs=1e-4)
