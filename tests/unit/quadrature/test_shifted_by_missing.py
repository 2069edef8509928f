"""Effects that patients without an outcome shift: against closed forms, another optimiser and the exact binary model."""

from collections import namedtuple
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.special import expit, logit

import bayes
from bayes import quadrature
from bayes.checks import common_odds
from bayes.quadrature import risks_with_missing
from bayes.quadrature.departures import Departures
from bayes.quadrature.shifted_by_missing import curve
from bayes.sensitivity.subject import Subject

Lost = namedtuple("Lost", ["treatment", "control"])
LOST = Lost(12, 9)
TREATED, CONTROLS = [5, 9, 20, 15, 31, 18, 6], [3, 8, 12, 17, 39, 20, 3]


def means(measure="mean_difference", treatment=(14.8, 23.8, 80), control=(20.6, 19.0, 75)):
    return Subject.of(bayes.outcome(measure=measure, benefit="lower", treatment=treatment, control=control))


def table(treatment=TREATED, control=CONTROLS, benefit="higher"):
    categories = [str(i) for i in range(len(treatment))]
    evidence = {"kind": "ordinal", "categories": categories, "treatment": treatment, "control": control}
    return Subject.of(bayes.outcome(measure="common_odds_ratio", benefit=benefit, **evidence))


def with_missing(subject, lost, departures):
    return curve(subject.target, lost, departures, subject.curve)


def posterior(subject, lost, departures):
    return subject.row(subject.posterior_of(with_missing(subject, lost, departures)))


def moments_of(found, reach=14):
    """Return mean and variance of a likelihood as a density of theta."""
    theta = found.centre + found.width * np.linspace(-reach, reach, 8001)
    log_l = found(theta)
    w = np.exp(log_l - log_l.max())
    w /= w.sum()
    return w @ theta, w @ (theta - w @ theta) ** 2


@pytest.mark.parametrize("correlation", [0.0, 0.5, 1.0, -0.7])
@pytest.mark.parametrize("measure", ["mean_difference", "standardised_mean_difference"])
def test_cumulants_of_means_add(measure, correlation):
    """Closed form: the shift phi1 lam1 S - phi0 lam0 S is independent, so that means and variances add.

    phi ~ Beta(m, n): E phi = m / N, E phi^2 = m (m + 1) / (N (N + 1)). With phi fixed at m / N, this is the variance of
    Mavridis et al. 2015 (Stat Med 34:721-41) for a difference of means.
    """
    subject = means(measure)
    evidence = subject.target.evidence
    unit = evidence.pooled_sd if measure == "mean_difference" else 1.0
    (mean1, sd1), (mean0, sd0) = departures = (0.3, 0.5), (-0.1, 0.8)
    first, variance = [], 0.0
    for lost, n, mean, sd in ((12, 80, mean1, sd1), (9, 75, mean0, sd0)):
        total = lost + n
        share, square = lost / total, lost * (lost + 1) / (total * (total + 1))
        first.append(share * mean)
        variance += square * (mean**2 + sd**2) - (share * mean) ** 2
    variance -= 2 * correlation * sd1 * sd0 * (12 / 92) * (9 / 84)
    before, after = moments_of(subject.curve), moments_of(with_missing(subject, LOST, Departures(*departures, correlation)))
    assert after[0] - before[0] == pytest.approx(unit * (first[0] - first[1]), abs=2e-4 * unit)
    assert after[1] - before[1] == pytest.approx(unit**2 * variance, rel=5e-3)


@pytest.mark.slow
@pytest.mark.parametrize("subject", [means(), table()], ids=["means", "ordinal"])
@pytest.mark.parametrize("spread", [0.0, 1e-4])
def test_without_a_departure_it_is_the_ordinary_analysis(subject, spread):
    found = posterior(subject, LOST, Departures((0.0, spread), (0.0, spread)))
    ordinary = subject.probabilities()
    for name in ("mean", "sd", "p_benefit"):
        assert found[name] == pytest.approx(ordinary[name], abs=3e-5), name


@pytest.mark.slow
@pytest.mark.parametrize("subject", [means(), table()], ids=["means", "ordinal"])
def test_an_arm_without_missing_patients_has_no_departure(subject):
    wide = Departures((0.2, 1.0), (0.5, 2.0))
    alone = posterior(subject, Lost(12, 0), wide)
    assert alone == pytest.approx(posterior(subject, Lost(12, 0), replace(wide, control=(0.0, 0.0))), abs=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("correlation", [0.0, 0.5])
def test_swapped_arms_invert(correlation):
    departures = Departures((0.4, 1.0), (-0.2, 0.7), correlation)
    swapped = Departures(departures.control, departures.treatment, correlation)
    a = posterior(table(), LOST, departures)
    b = posterior(table(CONTROLS, TREATED), Lost(*LOST[::-1]), swapped)
    assert a["p_benefit"] == pytest.approx(b["p_harm"], abs=2e-5)
    assert (a["mean"], a["sd"]) == pytest.approx((-b["mean"], b["sd"]), abs=2e-5)


@pytest.mark.slow
def test_a_departure_is_in_the_direction_that_the_measure_counts():
    """With benefit = "lower" a common odds ratio counts worse categories: the mirror image of better ones."""
    departures = Departures((0.7, 1.0), (-0.2, 0.7))
    better = posterior(table(), LOST, Departures((-0.7, 1.0), (0.2, 0.7)))
    worse = posterior(table(benefit="lower"), LOST, departures)
    assert better["p_benefit"] == pytest.approx(worse["p_benefit"], abs=2e-5)


def proportional_odds(treatment, control):
    """Maximise the likelihood of a common log odds ratio with SciPy's BFGS, from the shares of all patients."""
    counts = np.array([treatment, control], float)
    upto = counts.sum(0).cumsum()[:-1] / counts.sum()

    def loss(beta):
        cells = [np.diff(expit(beta[1:] + move), prepend=0.0, append=1.0) for move in (beta[0], 0.0)]
        return 1e9 if np.min(cells) <= 0 else -float((counts * np.log(cells)).sum())

    return optimize.minimize(loss, np.concatenate([[0.0], logit(upto)]), method="BFGS", options={"gtol": 1e-7}).x[0]


def of_all(counts, lam, share):
    """Return the patients by category of an arm of whom a share has e^lam times the odds of a better one."""
    upto = np.cumsum(counts)[:-1] / sum(counts)
    mixed = (1 - share) * upto + share * expit(logit(upto) + lam)
    return sum(counts) / (1 - share) * np.diff(mixed, prepend=0.0, append=1.0)


@pytest.mark.slow
@pytest.mark.parametrize("lam", [(1.0, 0.0), (0.0, 1.0), (1.0, -1.0), (-2.0, 2.0), (0.7, 0.7)])
def test_a_common_odds_ratio_shifts_as_the_fit_to_all_patients_does(lam):
    """Another optimiser, both arms at once and the share fixed: the sum of the arms is within a fiftieth of it."""
    shares = [lost / (lost + sum(arm)) for lost, arm in zip(LOST, (TREATED, CONTROLS), strict=True)]
    arms = [of_all(arm, one, share) for arm, one, share in zip((TREATED, CONTROLS), lam, shares, strict=True)]
    seen = [np.array(arm) / (1 - share) for arm, share in zip((TREATED, CONTROLS), shares, strict=True)]
    shift = proportional_odds(*arms) - proportional_odds(*seen)
    subject = table()
    found, _ = moments_of(with_missing(subject, LOST, Departures((lam[0], 0.0), (lam[1], 0.0))))
    before, _ = moments_of(subject.curve)
    assert found - before == pytest.approx(shift, abs=0.02 * abs(shift) + 0.002)


@pytest.mark.slow
def test_two_categories_are_the_binary_model_in_a_large_trial():
    """The exact likelihood of two risks, whose baseline prior hardly matters with thousands of patients."""
    counts, lost = ((1200, 2800), (1000, 3100)), Lost(400, 300)
    departures = Departures((0.5, 1.0), (-0.3, 1.0), 0.5)
    arms = [(event, event + other) for event, other in counts]
    binary = Subject.of(bayes.outcome(measure="odds_ratio", benefit="higher", treatment=arms[0], control=arms[1]), "normal(0, 1)")
    exact = risks_with_missing.curve(binary.target, binary.analysis.nuisance, lost, departures, binary.curve)
    exact_row = binary.row(binary.posterior_of(exact))
    ordinal = table(*map(list, counts))
    prior = binary.prior
    row = ordinal.row(quadrature.table(with_missing(ordinal, lost, departures), [0.0], quadrature.spots_of(prior)).under(prior))
    assert row["mean"] == pytest.approx(exact_row["mean"], abs=0.02 * exact_row["sd"])
    assert row["sd"] == pytest.approx(exact_row["sd"], rel=0.02)


@pytest.mark.slow
def test_a_posterior_of_means_by_simulation():
    """Brute force: a normal likelihood of 4,000 patients, drawn departures and shares, weighted by the prior."""
    subject = means(treatment=(14.8, 23.8, 2000), control=(16.6, 23.0, 2000))
    lost, departures = Lost(300, 200), Departures((0.0, 0.551), (0.0, 0.551), 0.5)
    rng, draws = np.random.default_rng(3), 1_000_000
    evidence = subject.target.evidence
    y, s = evidence.own_estimate("mean_difference")
    lam = rng.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]], draws) * 0.551
    share = np.stack([rng.beta(m, 2000, draws) for m in lost], axis=1)
    theta = rng.normal(y, s, draws) + evidence.pooled_sd * (share * lam) @ [1.0, -1.0]
    (mean, sd) = subject.prior.args
    w = stats.norm(mean, sd).pdf(theta)
    w /= w.sum()
    effective = 1 / (w**2).sum()
    row = posterior(subject, lost, departures)
    centre = w @ theta
    assert row["mean"] == pytest.approx(centre, abs=4 * row["sd"] / sqrt(effective))
    assert row["sd"] == pytest.approx(sqrt(w @ (theta - centre) ** 2), rel=4 / sqrt(2 * effective) + 1e-3)
    assert row["p_benefit"] == pytest.approx(w @ (theta < 0), abs=4 * 0.5 / sqrt(effective))


@pytest.mark.slow
def test_an_ordinal_posterior_by_simulation():
    """Brute force: drawn shares of each arm's categories, departures and shares missing, and the fit to each mixture."""
    treatment, control, lost = [42, 60, 189], [33, 36, 216], Lost(60, 45)
    rng, draws, found = np.random.default_rng(5), 2500, []
    for _ in range(draws):
        arms = []
        for counts, missing in zip((treatment, control), lost, strict=True):
            upto = np.cumsum(rng.dirichlet(counts))[:-1]
            share = rng.beta(missing, sum(counts))
            mixed = (1 - share) * upto + share * expit(logit(upto) + rng.normal())
            arms.append(((sum(counts) + missing) * np.diff(mixed, prepend=0.0, append=1.0)).tolist())
        found.append(common_odds.fit(*arms).theta)
    subject = table(treatment, control)
    mean, variance = moments_of(with_missing(subject, lost, Departures((0.0, 1.0), (0.0, 1.0))))
    assert mean == pytest.approx(np.mean(found), abs=4 * np.std(found) / sqrt(draws))
    assert sqrt(variance) == pytest.approx(np.std(found), rel=4 / sqrt(2 * draws))
