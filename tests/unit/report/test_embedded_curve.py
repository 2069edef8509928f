"""Few numbers stand for a likelihood curve: the cubic through them is the curve."""

import json

import numpy as np
import pytest
from scipy.interpolate import CubicHermiteSpline
from support.reports import FOLDED, PRIOR_OF, REPORTS
from support.trials import make_outcome

from bayes.report.own_prior.embedded_curve import embedded_curve, hermite
from bayes.sensitivity.subject import Subject

pytestmark = pytest.mark.slow

KINDS = {**REPORTS, **FOLDED}


@pytest.mark.parametrize("name", KINDS)
def test_the_cubic_keeps_to_the_curve(name):
    curve = Subject.of(make_outcome(*KINDS[name]), PRIOR_OF.get(name)).curve
    carried = embedded_curve(curve)
    theta = curve.centre + curve.width * np.sinh(np.linspace(-1, 1, 1501) * np.arcsinh(40))
    low, high = curve.bounds
    theta = theta[(low + 1e-7 < theta) & (theta < high - 1e-7)]
    at = theta if carried["bounds"] is None else np.log((theta - low) / (high - theta))
    x, value, slope = (np.array(carried[column]) for column in ("x", "value", "slope"))
    truth = curve(theta)
    drop = truth.max() - truth
    off = hermite(x, value, slope, at) - truth
    off -= np.median(off[drop < 2])  # a constant: the page's curve has its maximum at zero
    assert (np.abs(off) < 4e-6 * (1 + drop)).all()
    assert len(json.dumps(carried, allow_nan=False)) < 16_000


def test_the_cubic_is_that_of_hermite():
    rng = np.random.default_rng(3)
    x, value, slope = np.sort(rng.normal(size=9)), rng.normal(size=9), rng.normal(size=9)
    inside = np.linspace(x[0], x[-1], 200)
    assert hermite(x, value, slope, inside) == pytest.approx(CubicHermiteSpline(x, value, slope)(inside), abs=1e-12)
    beyond = np.array([x[0] - 2, x[-1] + 3])
    straight = [value[0] - 2 * slope[0], value[-1] + 3 * slope[-1]]
    assert hermite(x, value, slope, beyond) == pytest.approx(straight)


def test_a_corner_at_no_effect_is_kept():
    """L of two risks with a difference: the mean risk has most room at no difference, and its slope jumps there."""
    curve = Subject.of(make_outcome(*REPORTS["binary RD"]), "normal(0, 0.2)").curve
    carried = embedded_curve(curve)
    step = np.array([-1e-5, 0.0, 1e-5])
    before, after = np.diff(curve(step)) / 1e-5
    assert after - before == pytest.approx(1.95, abs=0.05)
    beside = [i for i, x in enumerate(carried["x"]) if abs(x) < 1e-6]
    slopes = [carried["slope"][i] * 2 for i in beside]  # theta is tanh(x / 2), half as steep
    assert slopes == pytest.approx([before, after], abs=1e-3)
