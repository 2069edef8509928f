"""Likelihood curves of every kind that brute force also sums: at a few effects, up to a constant."""

import numpy as np
import pytest
from support.brute_force.likelihoods import KINDS, log_likelihood
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.priors.sets import load_priors

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
