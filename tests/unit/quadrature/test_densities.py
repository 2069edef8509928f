"""Log densities of priors in closed form, against those of SciPy."""

import numpy as np
import pytest
from scipy import stats

from bayes.base.distributions import parse
from bayes.quadrature.densities import frozen, log_density

X = np.concatenate([-np.geomspace(1e-6, 1e6, 40), [0.0], np.geomspace(1e-6, 1e6, 40)])
CLOSED = {
    "normal(0.3, 2.5)": stats.norm(0.3, 2.5).logpdf,
    "normal(-4, 1e-6)": stats.norm(-4, 1e-6).logpdf,
    "student_t(0.1, 0.3, 2.5)": stats.t(0.1, 0.3, 2.5).logpdf,
    "student_t(4, -1, 0.5)": stats.t(4, -1, 0.5).logpdf,
    "student_t(1e6, 0, 1)": stats.t(1e6, 0, 1).logpdf,
    "half_student_t(3, 0.5)": lambda x: np.where(x >= 0, np.log(2) + stats.t(3, 0, 0.5).logpdf(x), -np.inf),
    "log_student_t(5, -1, 0.7)": lambda x: np.where(
        x > 0, stats.t(5, -1, 0.7).logpdf(np.log(np.where(x > 0, x, 1))) - np.log(np.where(x > 0, x, 1)), -np.inf
    ),
}


@pytest.mark.parametrize("expression", CLOSED)
def test_the_closed_forms_are_those_of_scipy(expression):
    np.testing.assert_allclose(log_density(parse(expression), X), CLOSED[expression](X), rtol=1e-9, atol=1e-9)


def test_a_distribution_is_made_once():
    assert frozen(parse("gamma(2, 3)")) is frozen(parse("gamma(2, 3)"))
    assert frozen(parse("gamma(2, 3)")).mean() == pytest.approx(2 / 3)
