"""Effective sample sizes of priors: closed forms, RBesT's pinned values, and where they do not exist."""

import json
from math import cosh, exp, sqrt

import numpy as np
import pytest
from scipy import integrate, stats
from support.paths import TESTS

from bayes.base.distributions import parse
from bayes.borrowing.effective_sample_size import effective_sample_size, unit_information_sd
from bayes.errors import NotFormable
from bayes.paper.evidence.arms import PersonsInArm
from bayes.quadrature.arms import posterior

CASE = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]["e-robustmix-beta"]


def mixture(weights, first, second, family="beta"):
    parts = zip(weights, first, second, strict=True)
    return parse(f"mixture({', '.join(f'{w}*{family}({a}, {b})' for w, a, b in parts)})")


PRIOR = mixture(*(CASE["prior"]["control"][k] for k in "wab"))


def test_a_beta_mixture_as_rbest_sees_it():
    """RBesT 1.7-2, ess(mix, method); its mode, and so Morita's size, is good to about 1e-5."""
    assert effective_sample_size(PRIOR) == pytest.approx(CASE["expect"]["ess_elir"], abs=3.55e-5)
    assert effective_sample_size(PRIOR, "moments") == pytest.approx(CASE["expect"]["ess_moment"], abs=1e-6)
    assert effective_sample_size(PRIOR, "morita") == pytest.approx(61.14807773, rel=2e-5)


def test_its_posterior_too():
    after = mixture(*(CASE["expect"][k] for k in ("post_w", "post_a", "post_b")))
    assert effective_sample_size(after) == pytest.approx(CASE["expect"]["ess_elir_post"], abs=5.72e-5)


def test_elir_grows_by_n_on_average_over_the_prior_predictive():
    """Predictive consistency (Neuenschwander 2020, section 3), exact for every prior whose densities vanish at 0 and 1."""
    prior, n = parse("mixture(0.6*beta(4, 9), 0.4*beta(12, 5))"), 7
    mean = 0.0
    for events in range(n + 1):
        components, log_marginal = posterior(prior, PersonsInArm(events=int(events), n=n), "beta")
        after = mixture(*(np.array(column) for column in zip(*components, strict=True)))
        chance = exp(log_marginal) * stats.binom(n, 0.5).pmf(events) * 2**n
        mean += chance * effective_sample_size(after)
    assert mean == pytest.approx(effective_sample_size(prior) + n, rel=1e-9)


@pytest.mark.parametrize(
    ("prior", "size"),
    [
        ("beta(3, 7)", 10),
        ("beta(1.001, 3)", 4.001),
        ("beta(2000, 30000)", 32000),
        ("gamma(5, 2)", 2),
        ("gamma(1.01, 3)", 3),
    ],
)
def test_conjugate_priors_have_their_own_size(prior, size):
    for method in ("elir", "moments"):
        assert effective_sample_size(parse(prior), method) == pytest.approx(size, rel=1e-8)
    if "1.001" not in prior:
        assert effective_sample_size(parse(prior), "morita") == pytest.approx(size, rel=5e-3)  # less the flat prior's


@pytest.mark.slow
def test_normals_with_a_known_standard_deviation():
    one = parse("normal(0.3, 0.7)")
    assert effective_sample_size(one, sigma=2) == pytest.approx(4 / 0.49)
    assert effective_sample_size(one, "moments", sigma=2) == pytest.approx(4 / 0.49)
    assert effective_sample_size(one, "morita", sigma=2) == pytest.approx(4 / 0.49 * 0.99)
    two = parse("mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.4))")
    sd = sqrt(0.5 * (0.04 + 0.16) + 0.04)
    assert effective_sample_size(two, "moments", sigma=2) == pytest.approx(4 / sd**2)

    def p(x):
        return 0.5 * stats.norm(0, 0.2).pdf(x) + 0.5 * stats.norm(-0.4, 0.4).pdf(x)

    def slope(x):
        return -0.5 * (x / 0.04 * stats.norm(0, 0.2).pdf(x) + (x + 0.4) / 0.16 * stats.norm(-0.4, 0.4).pdf(x))

    # integrated by parts: E[-(log p)''] = E[((log p)')^2]
    information = integrate.quad(lambda x: slope(x) ** 2 / p(x), -4, 3, limit=200, epsabs=1e-11)[0]
    assert effective_sample_size(two, sigma=2) == pytest.approx(4 * information, rel=1e-8)


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 0.7), (-2.0, 0.5), (0.0, 3.0)])
def test_normals_on_the_log_odds_in_persons(mean, sd):
    """(2 + 2 cosh(m) exp(tau^2 / 2)) / tau^2; 9.533 at m 0.3, tau 0.7."""
    closed = (2 + 2 * cosh(mean) * exp(sd**2 / 2)) / sd**2
    prior = parse(f"normal({mean}, {sd})")
    assert effective_sample_size(prior) == pytest.approx(closed, rel=1e-9)
    assert effective_sample_size(prior, "moments") == pytest.approx(closed, rel=1e-9)
    if (mean, sd) == (0.3, 0.7):
        assert closed == pytest.approx(9.533, abs=5e-4)
        assert effective_sample_size(prior, "morita") == pytest.approx(0.99 / 0.49 * (2 + 2 * cosh(0.3)), rel=1e-6)


def test_a_gamma_mixture_against_an_adaptive_rule():
    """E[i_p x] by parts is E[x ((log p)')^2] - E[x p''/p] with the integral of x p'' equal to zero."""
    prior = parse("mixture(0.7*gamma(4, 8), 0.3*gamma(2.5, 1))")
    parts = [(w, stats.gamma(a, scale=1 / b), a, b) for w, d in prior.components for a, b in [d.args]]

    def integrand(x):
        p = sum(w * g.pdf(x) for w, g, _, _ in parts)
        slope = sum(w * g.pdf(x) * ((a - 1) / x - b) for w, g, a, b in parts)
        return x * slope**2 / p

    direct = integrate.quad(integrand, 0, 60, limit=400, epsabs=1e-12, points=[0.5, 2.5])[0]
    assert effective_sample_size(prior) == pytest.approx(direct, rel=1e-8)


@pytest.mark.parametrize(
    ("prior", "method", "said"),
    [
        ("beta(0.5, 0.5)", "elir", "a >= 1 and b >= 1"),
        ("mixture(0.9*beta(3, 9), 0.1*beta(0.9, 2))", "elir", "a >= 1 and b >= 1"),
        ("gamma(0.5, 1)", "elir", "shape >= 1"),
        ("beta(1, 9)", "morita", "edge"),
        ("student_t(3, 0, 1)", "elir", "accepted: normal, beta, gamma"),
        ("mixture(0.5*normal(0, 1), 0.5*beta(2, 2))", "elir", "accepted: normal, beta, gamma"),
        ("spike_slab(0.5, normal(0, 1))", "moments", "accepted: normal, beta, gamma"),
    ],
)
def test_what_has_no_size_says_why(prior, method, said):
    with pytest.raises(NotFormable, match=said):
        effective_sample_size(parse(prior), method)


def test_sigma_is_for_normals():
    with pytest.raises(NotFormable, match="with normals only"):
        effective_sample_size(parse("beta(2, 2)"), sigma=1.0)


def test_the_sd_of_a_unit_of_information():
    assert unit_information_sd([100, 400], [0.2, 0.1]) == pytest.approx(2.0)
    assert unit_information_sd([50, 100], [0.3, 0.4]) == pytest.approx(sqrt(150 / (1 / 0.09 + 1 / 0.16)))
    with pytest.raises(ValueError, match="equally many"):
        unit_information_sd([50], [0.3, 0.4])
