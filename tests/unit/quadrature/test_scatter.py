"""Effects that scatter otherwise than normally: their distribution from a density alone, and the plane under it."""

from math import log, sqrt

import numpy as np
import pytest
from scipy import integrate, stats

from bayes.base.distributions import parse
from bayes.errors import InvalidInput
from bayes.quadrature import Curve, integrate_synthesis, make_plane
from bayes.quadrature.scatter import of_density, student_t

LAPLACE = stats.laplace(0, 1 / sqrt(2))
SHARP = of_density("laplace", LAPLACE.logpdf)


def estimate(y: float, s: float) -> Curve:
    """A normal likelihood."""
    return Curve({"all": lambda theta: stats.norm.logpdf(y, theta, s)}, y, s, "normal", normal=(y, s))


def test_a_distribution_follows_from_its_density():
    """Against SciPy's Laplace distribution."""
    e = np.array([-7.0, -1.3, -0.2, 0.0, 0.4, 2.5, 8.0])
    assert SHARP.cdf(e) == pytest.approx(LAPLACE.cdf(e), abs=1e-6)
    assert SHARP.log_density(e) == pytest.approx(LAPLACE.logpdf(e), abs=1e-6)
    assert SHARP.sd == pytest.approx(1.0, abs=1e-5)
    drawn = SHARP.draw(np.random.default_rng(1), (20, 2000))
    assert stats.kstest(drawn.ravel(), LAPLACE.cdf).pvalue > 0.01


@pytest.mark.parametrize(
    ("log_density", "said"),
    [
        (lambda e: LAPLACE.logpdf(e) + log(2), "integrates to 2"),
        (lambda e: stats.norm.logpdf(e, 0.5), "has mean 0.5"),
    ],
)
def test_what_is_no_density_about_zero_is_refused(log_density, said):
    with pytest.raises(InvalidInput, match=said):
        of_density("mine", log_density)


@pytest.fixture(scope="module")
def plane():
    """Two reports under Laplace effects."""
    return make_plane([estimate(0.6, 0.25), estimate(-0.4, 0.2)], SHARP)


@pytest.mark.slow
@pytest.mark.parametrize("tau", [0.02, 0.3, 2.0])
@pytest.mark.parametrize("mu", [-1.2, 0.1, 0.6])
def test_a_report_averaged_over_laplace_effects(plane, mu, tau):
    """Against adaptive integration in SciPy, wherever the mean and the report lie: log average and mean effect."""
    y, s = 0.6, 0.25

    def density(theta):
        return stats.norm.pdf(y, theta, s) * LAPLACE.pdf((theta - mu) / tau) / tau

    span = (min(mu, y) - 60 * max(s, tau), max(mu, y) + 60 * max(s, tau))
    points = sorted({mu, y, mu - tau, mu + tau, y - s, y + s})
    total, first = (
        integrate.quad(lambda t, p=p: t**p * density(t), *span, points=points, limit=2000, epsabs=1e-14)[0] for p in (0, 1)
    )
    surface = plane.surfaces[0]
    at = lambda values: float(plane.at(values, np.array([mu]), np.array([tau]))[0, 0])  # noqa: E731
    assert at(surface.log_average) == pytest.approx(log(total), abs=2e-4)
    assert at(surface.mean) == pytest.approx(first / total, abs=2e-4)


@pytest.mark.slow
def test_a_student_t_from_its_density_gives_the_student_t():
    """Two routes to the same plane: a random scale, and the density itself."""
    reports = [estimate(0.9, 0.15), estimate(-0.1, 0.2)]
    prior, tau = parse("normal(0, 0.5)"), parse("half_normal(0.3)")
    whole = integrate_synthesis(make_plane(reports, student_t(5)), prior, tau)
    again = integrate_synthesis(make_plane(reports, of_density("t5", stats.t(5).logpdf)), prior, tau)
    for name in ("mu_mean", "mu_sd", "tau_mean", "p_mu_above_null", "new_sd"):
        assert getattr(again, name) == pytest.approx(getattr(whole, name), abs=3e-4), name
    assert again.p_new_above(0.3) == pytest.approx(whole.p_new_above(0.3), abs=3e-4)
    assert again.log_evidence == pytest.approx(whole.log_evidence, abs=1e-3)


@pytest.mark.parametrize("nu", [1.0, 2.5, 8.0])
def test_a_student_t_has_its_density_its_tails_and_its_sd(nu):
    law, found, e = stats.t(nu), student_t(nu), np.array([-30.0, -1.2, 0.0, 0.4, 5.0])
    assert found.log_density(e) == pytest.approx(law.logpdf(e)) and found.cdf(e) == pytest.approx(law.cdf(e))
    assert found.sd == (pytest.approx(law.std()) if nu > 2 else None)
