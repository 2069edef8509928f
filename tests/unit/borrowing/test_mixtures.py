"""Mixtures fitted to densities: planted mixtures come back, the stated divergence is the real one, starts need no luck."""

import numpy as np
import pytest
from scipy import integrate, stats

from bayes.base.distributions import parse
from bayes.borrowing.mixtures import BOUND, approximate, robustify
from bayes.quadrature.integrals import panels

LINE = panels(np.linspace(-14, 14, 60), order=8)
UNIT = panels(1 / (1 + np.exp(-np.linspace(-18, 18, 90))), order=8)


def density(mixture, x):
    frozen = {"normal": stats.norm, "beta": stats.beta}
    return sum(w * frozen[d.name](*d.args).pdf(x) for w, d in mixture.components)


@pytest.mark.parametrize(
    "planted",
    [
        "normal(0.3, 0.7)",
        "mixture(0.6*normal(-1, 0.5), 0.4*normal(1.2, 0.8))",
        "mixture(0.8*normal(0, 0.3), 0.2*normal(0, 1.5))",
        "beta(2, 30)",
        "mixture(0.7*beta(20, 60), 0.3*beta(2, 3))",
    ],
)
def test_a_planted_mixture_comes_back(planted):
    """The maximum of a smooth function is found to the square root of the gain at which the iterations end."""
    truth = parse(planted)
    family = truth.components[0][1].name
    x, weight = LINE if family == "normal" else UNIT
    found = approximate(x, weight, np.log(density(truth, x)), family)
    assert found.divergence < 1e-6
    assert len(found.distribution.components) == len(truth.components)
    pairs = zip(found.distribution.components, sorted(truth.components, key=lambda c: -c[0]), strict=True)
    for (w, part), (v, wanted) in pairs:
        assert w == pytest.approx(v, abs=5e-3)
        assert part.args == pytest.approx(wanted.args, rel=0.02, abs=5e-3)


@pytest.mark.slow
def test_the_divergence_is_that_of_what_is_written():
    """Student-t by normals: KL by an adaptive rule, and no interval's probability further off than Pinsker allows."""
    target = stats.t(5)
    x, weight = panels(np.sinh(np.linspace(-5.3, 5.3, 80)), order=8)
    found = approximate(x, weight, target.logpdf(x), "normal")
    written = parse(str(found.distribution))

    def integrand(t):
        return target.pdf(t) * (target.logpdf(t) - np.log(density(written, t)))

    direct = integrate.quad(integrand, -100, 100, limit=400, epsabs=1e-12, points=[-5, 0, 5])[0]
    assert found.divergence == pytest.approx(direct, abs=2e-6)
    assert found.divergence < 3 * BOUND
    fine = np.linspace(-12, 12, 4001)
    cdf = sum(w * stats.norm(*d.args).cdf(fine) for w, d in written.components)
    assert np.abs(cdf - target.cdf(fine)).max() < np.sqrt(found.divergence / 2)


def test_more_components_only_where_they_are_needed():
    x, weight = LINE
    log_p = np.log(density(parse("mixture(0.6*normal(-1, 0.5), 0.4*normal(1.2, 0.8))"), x))
    divergences = [approximate(x, weight, log_p, "normal", bound=0.0, most=k).divergence for k in (1, 2, 3)]
    assert divergences[0] > 0.1 > 1e-6 > divergences[1] >= divergences[2] > -1e-9
    assert len(approximate(x, weight, log_p, "normal", bound=0.5).distribution.components) == 1


def test_a_constant_and_far_nodes_do_not_matter():
    x, weight = UNIT
    log_p = stats.beta(3, 9).logpdf(x)
    log_p[x > 0.999] = -np.inf
    found, shifted = (approximate(x, weight, log_p + constant, "beta") for constant in (0, 1000))
    assert found.distribution == shifted.distribution
    assert found.distribution.args == pytest.approx((3, 9), rel=1e-4)


@pytest.mark.slow
def test_betas_keep_a_finite_density():
    """beta(0.5, 3) is unbounded at zero: its approximation is not, and says how far it is."""
    x, weight = UNIT
    found = approximate(x, weight, stats.beta(0.5, 3).logpdf(x), "beta")
    assert min(min(d.args) for _, d in found.distribution.components) == 1
    assert found.divergence > 1e-4


def test_a_robust_prior_gains_a_component():
    prior = robustify(parse("mixture(0.6*beta(4, 9), 0.4*beta(2, 3))"), 0.2, parse("beta(1, 1)"))
    assert str(prior) == "mixture(0.48*beta(4, 9), 0.32*beta(2, 3), 0.2*beta(1, 1))"
    with pytest.raises(ValueError, match="between 0 and 1"):
        robustify(prior, 1.0, parse("beta(1, 1)"))
