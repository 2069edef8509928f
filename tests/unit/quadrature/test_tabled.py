"""One curve under many priors: the sums agree with the integral of each prior alone, and with closed forms."""

import numpy as np
import pytest
from scipy import stats
from support.reports import FOLDED, PRIOR_OF, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.base.distributions import parse

CHEAP = {
    name: r for name, r in {**REPORTS, **FOLDED}.items() if r[2]["kind"] not in ("ordinal", "ordinal_cut", "events")
}
WIDER = (
    "normal(0.3, 0.05)",
    "normal(0, 5)",
    "mixture(0.3*normal(-1, 0.2), 0.7*normal(0.5, 1))",
    "student_t(3, 0, 0.4)",
)


def tabled(report, nuisance, *priors, edges=()):
    outcome = make_outcome(*report)
    curve = quadrature.curve(outcome, nuisance)
    return outcome, quadrature.table(curve, [outcome.null, *edges], quadrature.spots_of(*priors))


@pytest.mark.slow
@pytest.mark.parametrize("name", CHEAP)
def test_a_sum_is_the_integral_of_one_prior(name, nuisance):
    bounded = CHEAP[name][0] in ("proportion", "risk_difference")
    for text in (PRIOR_OF.get(name, "normal(0, 0.355)"), *(() if bounded else WIDER)):
        prior = parse(text)
        outcome, on = tabled(CHEAP[name], nuisance, prior)
        answer, posterior = quadrature.integrate(on.curve, prior, outcome.null), on.under(prior)
        assert posterior.mean == pytest.approx(answer.mean, abs=1e-7 * outcome.unit)
        # nodes end a million widths out: a millionth of the variance of t with 3 df lies beyond, if L never falls
        assert posterior.sd == pytest.approx(answer.sd, abs=(5e-6 if "student_t" in text else 1e-7) * outcome.unit)
        assert posterior.above(outcome.null) == pytest.approx(answer.p_above_null, abs=1e-7)
        assert posterior.log_evidence == pytest.approx(answer.log_evidence, abs=1e-6)


def test_many_priors_at_once_are_each_prior_alone(nuisance):
    priors = [parse(f"normal({m}, {s})") for m in (-0.4, 0, 0.7) for s in (0.1, 0.5, 2)]
    outcome, on = tabled(REPORTS["p small sample"], nuisance, *priors, edges=(0.3,))
    many = on.many(lambda theta: np.array([quadrature.log_density(p, theta) for p in priors]))
    for i, prior in enumerate(priors):
        alone = on.under(prior)
        assert many.mean[i] == pytest.approx(alone.mean, abs=1e-10)
        assert many.sd[i] == pytest.approx(alone.sd, abs=1e-9)
        assert many.above[0.3][i] == pytest.approx(alone.above(0.3), abs=1e-10)
        assert many.log_evidence[i] == pytest.approx(alone.log_evidence, abs=1e-9)


def test_priors_cut_off_by_bounds_are_renormalised(nuisance):
    priors = [parse("normal(0, 0.5)"), parse("normal(0.9, 0.4)")]
    outcome, on = tabled(REPORTS["binary RD"], nuisance, *priors)
    many = on.many(lambda theta: np.array([quadrature.log_density(p, theta) for p in priors]))
    for i, prior in enumerate(priors):
        answer = quadrature.integrate(on.curve, prior, 0.0)
        assert many.log_evidence[i] == pytest.approx(answer.log_evidence, abs=1e-6)
        assert on.under(prior).log_evidence == pytest.approx(answer.log_evidence, abs=1e-6)


def test_quantiles_of_a_normal_posterior(nuisance):
    prior = parse("normal(0, 0.355)")
    _, on = tabled(REPORTS["estimate"], nuisance, prior)
    y, s = on.curve.normal
    precision = s**-2 + 0.355**-2
    truth = stats.norm(y * s**-2 / precision, precision**-0.5)
    p = [0.001, 0.025, 0.5, 0.9, 0.999]
    assert on.under(prior).quantiles(p) == pytest.approx(truth.ppf(p), abs=5e-6)
    assert on.under(prior).above(0.123) == pytest.approx(truth.sf(0.123), abs=2e-6)


def test_a_spike_is_counted_once_and_on_neither_side(nuisance):
    prior = parse("spike_slab(0.5, normal(0, 0.35))")
    outcome, on = tabled(REPORTS["estimate"], nuisance, prior)
    posterior, answer = on.under(prior), quadrature.integrate(on.curve, prior, 0.0)
    assert posterior.p_null == pytest.approx(answer.p_null, abs=1e-9)
    assert posterior.above(0.0) == pytest.approx(answer.p_above_null, abs=1e-9)
    assert posterior.at_least(0.0) - posterior.above(0.0) == pytest.approx(answer.p_null, abs=1e-9)
    assert (posterior.mean, posterior.sd) == pytest.approx((answer.mean, answer.sd), abs=1e-8)
    left = posterior.on.null - 1e-9
    inside = 1 - posterior.above(left) + 0.5 * posterior.p_null  # a level that the spike covers
    assert posterior.quantiles([inside]) == pytest.approx([0.0], abs=1e-12)


def test_smoothed_curves_keep_every_direction(nuisance):
    for name in ("p small sample", "p unknown far", "binary OR"):
        curve = quadrature.curve(make_outcome(*CHEAP[name]), nuisance)
        smooth = quadrature.smoothed(curve)
        theta = curve.centre + curve.width * np.linspace(-8, 8, 301)
        for part in curve.parts:
            assert smooth.parts[part](theta) == pytest.approx(curve.parts[part](theta), abs=2e-6)


@pytest.mark.parametrize(
    ("events", "n", "a", "b"),
    [
        (0, 30, 0.01, 0.01),
        (0, 1, 0.1, 0.4),
        (3, 3, 0.4, 0.05),
        (5, 5, 0.1, 0.1),
        (0, 4, 0.0001, 0.0001),
        (2, 9, 0.05, 0.05),
    ],
)
def test_a_beta_that_is_singular_at_none_or_at_all_is_still_conjugate(events, n, a, b, nuisance):
    """Closed form: most of the mass may lie nearer to a bound than any node.

    The power of the density is read off over 1.5e-8, where the likelihood still turns by as much times n.
    """
    report = ("proportion", "higher", {"kind": "proportion", "n": n, "events": events, "goal": 0.3})
    prior, truth = parse(f"beta({a}, {b})"), stats.beta(a + events, b + n - events)
    outcome, on = tabled(report, nuisance, prior)
    answer, posterior = quadrature.integrate(on.curve, prior, outcome.null), on.under(prior)
    evidence = stats.betabinom(n, a, b).logpmf(events)
    for found in (answer.p_above_null, posterior.above(0.3)):
        assert found == pytest.approx(truth.sf(0.3), rel=1e-3, abs=1e-9)
    assert (answer.mean, answer.sd) == (pytest.approx(truth.mean(), abs=1e-7), pytest.approx(truth.std(), abs=1e-6))
    assert (answer.log_evidence, posterior.log_evidence) == (pytest.approx(evidence, abs=1e-3),) * 2
