"""The curve of a model file from outside, integrated numerically: against closed forms and against the package's own quadrature."""

import numpy as np
import pytensor.tensor as pt
import pytest
from scipy import stats
from scipy.special import gammaln
from support.own_likelihoods import OWN, forgotten_afterwards  # noqa: F401
from support.reports import REPORTS
from support.trials import make_outcome

import bayes
from bayes import quadrature
from bayes.errors import NotFormable
from bayes.likelihoods import registry
from bayes.priors.sets import load_priors
from bayes.sampler import joint_density
from bayes.sampler.joint_density import compiled
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.sampler.numerical_curve import NumericalCurve, integrated, log_integral_over_box

NUISANCE = load_priors().nuisance


@pytest.mark.slow
def test_two_normal_errors_add_up_to_one():
    """y ~ N(theta + b + c, s), b ~ N(0.1, 0.3), c ~ N(-0.2, 0.4): y ~ N(theta - 0.1, sqrt(s^2 + 0.25)), in closed form."""
    bayes.register(OWN / "normal_shift.py")
    outcome = make_outcome(*REPORTS["estimate"])
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    log_l = integrated(*compiled("normal_shift", outcome, NUISANCE), outcome)
    theta = y + np.linspace(-60, 60, 241)
    exact = stats.norm.logpdf(y, theta - 0.1, np.hypot(s, 0.5))
    assert np.abs(log_l(theta) - exact).max() < 1e-7
    tabulated = quadrature.curve(outcome, NUISANCE, "normal_shift")
    near = np.abs(theta - y) < 3
    assert np.abs(tabulated(theta[near]) - exact[near]).max() < 1e-4  # the spline
    assert tabulated.method == "numerical integral of the model file itself" and tabulated.peaked


@pytest.mark.slow
def test_a_density_with_an_operation_that_has_no_code_here_is_left_to_pytensor():
    """A normal density of the smaller of two numbers, which sorting finds."""
    point, data = pt.tensor("point", dtype="float64", shape=(2,)), pt.tensor("data", dtype="float64", shape=(1,))
    with uncompiled():
        log_p = joint_density._function(point, [data], -0.5 * (pt.sort(point)[0] - data[0]) ** 2)
        points = np.array([[1.0, 2.0], [5.0, -1.0], [0.5, 0.5]])
        np.testing.assert_allclose(log_p(points, [np.array([0.5])]), -0.5 * np.array([0.5, -1.5, 0.0]) ** 2, rtol=1e-15)


def test_an_integral_over_a_box_has_closed_forms():
    """A correlated normal, and a gamma density with its exponential tail, both with their mass in a corner."""

    def normal(x, y):
        return -0.5 * (x**2 - 1.2 * x * y + y**2) / (1 - 0.36)

    found = log_integral_over_box(normal, np.array([[-90.0, -12.0]]), np.array([[11.0, 140.0]]))
    assert found == pytest.approx(np.log(2 * np.pi * 0.8), abs=1e-9)
    log_gamma = log_integral_over_box(lambda w: 3 * w - np.exp(w), np.array([[-60.0]]), np.array([[9.0]]))
    assert log_gamma == pytest.approx(gammaln(3), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "likelihood"), [("binary OR", "binomial"), ("binary RD", "binomial_risk_difference"), ("events", "events_negative_binomial"), ("proportion", "single_proportion")])
def test_a_shipped_model_file_gives_the_curve_that_quadrature_gives(name, likelihood):
    """The two are derived apart, so that the constant in front, which the file leaves out, may differ."""
    outcome = make_outcome(*REPORTS[name])
    exact = quadrature.curve(outcome, NUISANCE, likelihood)
    found = NumericalCurve(likelihood)(outcome, NUISANCE)
    low, high = (max(exact.bounds[0] + 0.01, exact.centre - 4 * exact.width), min(exact.bounds[1] - 0.01, exact.centre + 4 * exact.width))
    apart = found(np.linspace(low, high, 31)) - exact(np.linspace(low, high, 31))
    assert np.ptp(apart) < 1e-5
    assert found.width == pytest.approx(exact.width, rel=0.05)


@pytest.mark.slow
def test_more_than_two_parameters_need_a_curve_of_their_own():
    with pytest.raises(NotFormable, match="means estimates 3 numbers besides the effect.*give its card a `curve`"):
        NumericalCurve("means")(make_outcome(*REPORTS["means"]), NUISANCE)


@pytest.mark.slow
def test_a_registered_file_stays_registered():
    card = bayes.register(OWN / "normal_shift.py")
    assert bayes.register(OWN / "normal_shift.py") is card is registry.card_of("normal_shift")
