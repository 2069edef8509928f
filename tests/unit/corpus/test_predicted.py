"""The predictive density of an estimate, exact counts included, against sums over a fine grid of the effect and tau."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

import bayes
from bayes.base.distributions import parse
from bayes.corpus.engine.answering import Pair, Work, answers
from bayes.corpus.engine.count_curves import Tables, curves_of
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.prior_arrays import effect_priors, tau_priors
from bayes.quadrature import curve
from bayes.quadrature.densities import log_density

NUISANCE = bayes.load_priors().nuisance
# events and n of both arms; the estimate that came later, and its standard error
CASES = [(1, 94, 23, 55, -0.83, 0.134), (12, 45, 0, 24, -0.68, 0.205), (30, 100, 35, 100, -0.1, 0.1),
         (30, 100, 35, 100, 2.0, 0.1), (3, 40, 9, 41, 0.2, 0.6)]  # fmt: skip
SD = 0.355
THETA = np.linspace(-30, 30, 24001)


def by_sums(table, y, se, spread):
    """Return log density and P(estimate < y), by sums over theta and tau."""
    x1, n1, x0, n0 = table
    outcome = bayes.outcome(measure="odds_ratio", benefit="higher", treatment=(x1, n1), control=(x0, n0))
    log_l = curve(outcome, NUISANCE)(THETA)
    taus = np.array([0.0]) if spread is None else np.exp(np.linspace(-9, 4, 400))
    weight = 0.0 if spread is None else log_density(parse(spread), taus) + np.log(taus)
    every, of_y, below = [], [], []
    for tau in taus:
        total = np.hypot(SD, tau)
        joint = log_l + norm.logpdf(THETA, 0, total)
        share = (SD / total) ** 2
        sd = np.sqrt(SD**2 * (1 - share) + tau**2 + se**2)
        every.append(logsumexp(joint))
        of_y.append(logsumexp(joint + norm.logpdf(y, share * THETA, sd)))
        below.append(logsumexp(joint + norm.logcdf(y, share * THETA, sd)))
    total = logsumexp(weight + np.array(every))
    return logsumexp(weight + np.array(of_y)) - total, np.exp(logsumexp(weight + np.array(below)) - total)


@pytest.mark.parametrize("spread", [None, "lognormal(-1.28, 0.87)", "half_normal(0.5)"])
def test_of_tables(spread):
    tables = Tables(*np.array([case[:4] for case in CASES], dtype=float).T)
    y, se = np.array([case[4:] for case in CASES]).T
    estimate, error = tables.estimates("odds_ratio")
    n = len(CASES)
    work = Work(Reports(estimate[:, None], error[:, None]), np.zeros((n, 1)),
                curves_of(tables, "odds_ratio", NUISANCE), np.arange(n)[:, None])  # fmt: skip
    tau = None if spread is None else tau_priors([parse(spread)] * n)
    pair = Pair(np.arange(n), effect_priors([parse(f"normal(0, {SD})")] * n), tau)
    log_of_y, below = np.full(n, np.nan), np.full(n, np.nan)
    for found in answers(work, {"pair": pair}):
        of = found.answer.predicted(se[found.inside])
        log_of_y[found.inside] = of.log_density(y[found.inside])
        below[found.inside] = of.below(y[found.inside], np.arange(len(found.inside)))[0]
    expected = np.array([by_sums(case[:4], *case[4:], spread) for case in CASES])
    assert log_of_y == pytest.approx(expected[:, 0], abs=2e-3)  # five standard errors out as well
    assert below == pytest.approx(expected[:, 1], abs=1e-4)


def test_of_estimates():
    """A mixture of normals has its density in closed form."""
    reports = Reports(np.array([[0.4], [0.4]]), np.array([[0.3], [0.3]]))
    pair = Pair(np.arange(2), effect_priors([parse("normal(0, 0.355)")] * 2), None)
    (found,) = answers(Work(reports, np.zeros((2, 1)), None, np.full((2, 1), -1)), {"pair": pair})
    shrunken = SD**2 / (SD**2 + 0.3**2)
    sd = np.sqrt(SD**2 * (1 - shrunken) + 0.2**2)
    y = np.array([0.1, 9.0])
    assert found.answer.predicted(np.full(2, 0.2)).log_density(y) == pytest.approx(norm.logpdf(y, shrunken * 0.4, sd))


def test_a_heavy_tailed_prior_of_the_effect_leaves_tables_with_an_empty_cell_exact():
    """The widest parts of a Student-t have no mass to speak of, and must not set the width of the polynomials."""
    tables = Tables(*np.array([(0, 150, 26, 150), (54, 54, 31, 54)], dtype=float).T)
    estimate, error = tables.estimates("odds_ratio")
    work = Work(Reports(estimate[:, None], error[:, None]), np.zeros((2, 1)), curves_of(tables, "odds_ratio", NUISANCE),
                np.arange(2)[:, None])  # fmt: skip
    pair = Pair(np.arange(2), effect_priors([parse("student_t(4, 0, 0.31)")] * 2), tau_priors([parse("half_normal(0.3)")] * 2))
    *_, last = answers(work, {"pair": pair})
    assert last.answer.error.max() < 1e-3
