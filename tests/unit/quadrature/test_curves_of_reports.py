"""Likelihood curves of every kind that brute force also sums: at a few effects, up to a constant."""

import numpy as np
import pytest
from support.brute_force.likelihoods import KINDS, log_likelihood
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import parse
from bayes.likelihoods.choice import likelihood_of
from bayes.priors.sets import load_priors
from bayes.quadrature.reports import Reading, curves_of

SUMMED = {name: report for name, report in {**REPORTS, **FOLDED}.items() if report[2]["kind"] in KINDS and name != "ordinal"}
SLOW = {"events in persons": 3, "ordinal cut": 3, "events": 3}  # effects of those whose sums take longest
WITHIN = {"events in persons": 0.03, "binary RR": 5e-5}  # a dispersion summed on a coarse grid, and a corner at no effect


@pytest.mark.parametrize("name", SUMMED)
def test_a_curve_is_that_of_brute_force(name):
    measure, benefit, evidence, *_ = SUMMED[name]
    outcome = make_outcome(*SUMMED[name])
    curve = quadrature.curve(outcome, load_priors().nuisance)
    low, high = np.maximum(curve.bounds[0] + 0.02, curve.centre - 3 * curve.width), np.minimum(curve.bounds[1] - 0.02, curve.centre + 3 * curve.width)
    theta = np.linspace(low, high, SLOW.get(name, 7))
    off = curve(theta) - log_likelihood(measure, benefit, evidence, theta)
    assert np.ptp(off) < WITHIN.get(name, 1e-5)


COSTLY = {
    "counts": ("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": 3, "n": 40}, "control": {"events": 9, "n": 38}}, 1.0),
    "none in one arm": ("odds_ratio", "lower", {"kind": "binary", "treatment": {"events": 0, "n": 20}, "control": {"events": 4, "n": 21}}, 1.0),
    "small trial, no direction": ("mean_difference", "higher", {"kind": "p_value", "p": 0.03, "favours": "unknown", "df": 14, "se": 2.1}, 1.0),
    "selected": ("mean_difference", "higher", {"kind": "p_value", "p": 0.03, "favours": "treatment", "df": 14, "se": 2.1}, 0.1),
}


@pytest.mark.parametrize("prior", ["normal(0, 10)", "normal(0.3, 0.2)", "student_t(3, 0, 1)"])
@pytest.mark.parametrize("name", COSTLY)
def test_a_curve_that_priors_share_is_tabulated_without_a_change_of_any_answer(name, prior):
    measure, benefit, evidence, omega = COSTLY[name]
    more = {"selection": {"alpha": 0.05, "sides": 2}} if omega < 1 else {}
    outcome, nuisance, belief = make_outcome(measure, benefit, evidence, **more), load_priors().nuisance, parse(prior)
    likelihood = likelihood_of(outcome, None)
    straight = quadrature.curve(outcome, nuisance, likelihood, omega)
    (shared,) = curves_of([Reading(outcome, nuisance, likelihood, omega)])
    assert straight.costly and not shared.costly
    one, other = quadrature.integrate(straight, belief), quadrature.integrate(shared, belief)
    assert vars(other) == pytest.approx(vars(one), rel=2e-7, abs=2e-7)


def test_reports_that_differ_in_their_unit_alone_share_no_curve():
    """The unit follows from the stated standard deviation, or from the number of patients."""
    evidence, nuisance = {"kind": "estimate", "estimate": 2, "se": 1}, load_priors().nuisance
    outcomes = [make_outcome("mean_difference", "higher", evidence, sd_ref=sd) for sd in (1, 20)]
    curves = curves_of([Reading(outcome, nuisance, likelihood_of(outcome, None)) for outcome in outcomes])
    assert [curve.unit for curve in curves] == [1, 20]
