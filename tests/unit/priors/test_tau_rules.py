"""Priors of tau that rest on the trials' own precision: DuMouchel's and uniform shrinkage, and the Lomax in general.

Nine odds ratios of NO2 and respiratory illness (metadat, dat.dumouchel1994), with what bayesmeta prints of them.
"""

from math import log

import numpy as np
import pytest
from scipy import stats
from support.trials import formed, make_outcome

from bayes import quadrature
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.distributions import Distribution, parse
from bayes.errors import InvalidInput, NotFormable
from bayes.priors.sets import load_priors
from bayes.quadrature.densities import quantiles
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.synthesis.file import synthesis_of

NO2 = (
    (1.28, 1.14, 1.43), (1.22, 1.08, 1.37), (1.49, 1.04, 2.14), (1.11, 0.84, 1.46), (1.07, 0.98, 1.17),
    (1.40, 1.14, 1.72), (1.09, 0.82, 1.45), (0.94, 0.70, 1.27), (0.75, 0.35, 1.62),
)  # fmt: skip


def estimate(i, value, low, high):
    evidence = {"kind": "estimate", "estimate": value, "ci": [low, high]}
    made = make_outcome("odds_ratio", "lower", evidence, patients=f"trial_{i}")
    made._id = f"trial_{i}"
    return made


@pytest.fixture(scope="module")
def no2():
    return synthesis_of([estimate(i, *row) for i, row in enumerate(NO2)])


def answer(synthesis, heterogeneity, prior="normal(0, 5)"):
    analysis = make_plan([synthesis], load_priors(), [prior], heterogeneity=heterogeneity).analyses[0]
    tau = analysis.heterogeneity.distribution
    return quadrature.integrate_synthesis(plane_of_synthesis(analysis), analysis.formed.distribution, tau), analysis


def test_dumouchel_as_bayesmeta_prints_it(no2):
    """bayesmeta, flat mu: mu median .16220, mean .16237, sd .04541; tau median .06468, mean .07320, sd .05141."""
    found, analysis = answer(no2, "dumouchel", "normal(0, 50)")
    assert found.mu_quantiles([0.5])[0] == pytest.approx(0.16220432, abs=1e-4)
    assert (found.mu_mean, found.mu_sd) == (pytest.approx(0.16237119, abs=1e-4), pytest.approx(0.04540694, abs=1e-4))
    assert found.tau_quantiles([0.5])[0] == pytest.approx(0.06468375, abs=1e-4)
    assert (found.tau_mean, found.tau_sd) == (pytest.approx(0.07320351, abs=1e-4), pytest.approx(0.0514114, abs=2e-4))
    assert 1 - found.p_mu_above_null == pytest.approx(0.0023565, abs=1e-4)
    assert 1 - found.p_new_above(0) == pytest.approx(0.0461755, abs=1e-3)
    basis = analysis.heterogeneity.basis
    assert "s0 = 0.08233" in basis and "this prior uses the data's precision" in basis


def test_a_half_normal_beside_it(no2):
    """By quadrature: mu .16310 (.04570), tau .07816, P(benefit) .00149, of a new trial .0489."""
    found, _ = answer(no2, "half_normal(0.1)")
    assert (found.mu_mean, found.mu_sd) == (pytest.approx(0.1631047, abs=2e-4), pytest.approx(0.0457041, abs=2e-4))
    assert found.tau_mean == pytest.approx(0.0781557, abs=3e-4)
    assert 1 - found.p_mu_above_null == pytest.approx(0.0014944, abs=1e-4)
    assert 1 - found.p_new_above(0) == pytest.approx(0.0489169, abs=1e-3)


def test_uniform_shrinkage_against_a_grid(no2):
    """The shrinkage of a typical trial is uniform: a grid of it, mu integrated in closed form, written apart."""
    found, analysis = answer(no2, "uniform_shrinkage", "normal(0, 50)")
    y, s = np.array([log(v) for v, *_ in NO2]), np.array([log(h / low) / (2 * stats.norm.ppf(0.975)) for _, low, h in NO2])
    s0 = (len(s) / (s**-2).sum()) ** 0.5
    share = (np.arange(4000) + 0.5) / 4000
    tau = s0 * np.sqrt((1 - share) / share)
    w = 1 / (s**2 + tau[:, None] ** 2)
    mean, precision = (w * y).sum(axis=1) / w.sum(axis=1), w.sum(axis=1)
    log_l = 0.5 * np.log(w).sum(axis=1) - 0.5 * np.log(precision) - 0.5 * (w * (y - mean[:, None]) ** 2).sum(axis=1)
    mass = np.exp(log_l - log_l.max())
    mass /= mass.sum()
    assert found.mu_mean == pytest.approx(mass @ mean, abs=1e-4)
    assert found.mu_sd == pytest.approx((mass @ (1 / precision + mean**2) - (mass @ mean) ** 2) ** 0.5, abs=1e-4)
    assert found.tau_mean == pytest.approx(mass @ tau, abs=3e-4)
    assert analysis.heterogeneity.basis.startswith("s0^2 / (s0^2 + tau^2) uniform")


@pytest.mark.parametrize("text", ["lomax(1, 0.08)", "lomax(3.5, 0.4)", "uniform_shrinkage(0.08)"])
def test_densities_and_quantiles(text):
    """Closed forms: 1 - (1 + t/s)^-a, and t^2 / (s^2 + t^2); the density is their slope."""
    prior = parse(text)
    cdf = {"lomax": lambda t, a, s: 1 - (1 + t / s) ** -a, "uniform_shrinkage": lambda t, s: t**2 / (s**2 + t**2)}
    of = cdf[prior.name]
    tau = np.geomspace(1e-3, 30, 25)
    slope = (of(tau * 1.00001, *prior.args) - of(tau * 0.99999, *prior.args)) / (2e-5 * tau)
    assert np.exp(quadrature.log_density(prior, tau)) == pytest.approx(slope, rel=1e-5)
    p = np.array([0.01, 0.5, 0.99])
    assert of(quantiles(prior, p), *prior.args) == pytest.approx(p)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["lomax(1, 0.08)", "lomax(3.5, 0.4)", "uniform_shrinkage(0.08)"])
def test_the_graph_has_the_same_density(text):
    from bayes.models.shared import priors

    prior, tau = parse(text), np.geomspace(1e-3, 30, 9)
    with uncompiled():
        found = priors.log_density(tau, priors.table(prior, "positive"), "positive").eval()
    assert found == pytest.approx(quadrature.log_density(prior, tau))


def test_moments_that_do_not_exist_are_not_given():
    assert [parse(text).heaviest_df for text in ("lomax(1, 0.1)", "lomax(3, 0.1)", "uniform_shrinkage(0.1)")] == [1, 3, 2]


def test_a_rule_needs_the_errors_of_two_reports():
    with pytest.raises(NotFormable, match="too few standard errors"):
        formed("odds_ratio", rule="dumouchel")
    none = make_outcome(
        "odds_ratio", "lower", {"kind": "binary", "treatment": {"events": 0, "n": 9}, "control": {"events": 2, "n": 9}}
    )
    none._id = "none"
    three = [estimate(i, *row) for i, row in enumerate(NO2[:2])]
    found = formed_for([*three, none], "uniform_shrinkage")
    s = [log(h / low) / (2 * stats.norm.ppf(0.975)) for _, low, h in NO2[:2]]
    assert found.distribution == Distribution("uniform_shrinkage", ((2 / sum(x**-2 for x in s)) ** 0.5,))
    assert "harmonic mean of 2 reports" in found.basis and "no standard error: example:none" in found.basis


def formed_for(outcomes, rule):
    heterogeneity = {"rule": rule, "rationale": "the data's own precision"}
    synthesis = synthesis_of(outcomes, heterogeneity=heterogeneity)
    return make_plan([synthesis], load_priors(), ["neutral"]).analyses[0].heterogeneity


def test_a_set_and_a_file_may_say_them():
    assert formed("odds_ratio", distribution="lomax(1, 0.0798)").distribution == Distribution("lomax", (1.0, 0.0798))
    with pytest.raises(InvalidInput, match="not available for rule 'dumouchel': width"):
        synthesis_of([estimate(0, *NO2[0])], heterogeneity={"rule": "dumouchel", "width": 0.5, "rationale": "r"})


@pytest.mark.nuts
def test_the_sampler_agrees(no2):
    """NUTS within its Monte Carlo error of the quadrature, for tau as for mu; a Lomax(1, s0) has the heaviest tail."""
    import bayes

    table = bayes.synthesise(no2, prior="vague", heterogeneity="dumouchel").summary().set_index("parameter")
    for name in ("mu", "tau"):
        row = table.loc[name]
        error = row["sd"] / row["ess_bulk"] ** 0.5
        assert row["mean"] == pytest.approx(row["exact_mean"], abs=5 * error), name


@pytest.mark.slow
@pytest.mark.parametrize("text", ["lomax(3, 0.1)", "uniform_shrinkage(0.1)", "gamma(2, 10)", "lognormal(-2, 0.7)"])
def test_an_effect_within_bounds_takes_them_too(text, nuisance):
    """On an interval that reaches below zero there is no mass there; a family beside it, such as a normal, is as before."""
    from bayes.models.shared import priors

    numbers = priors.table(parse(text), "interval")
    x = np.array([-0.5, 0.01, 0.2, 0.9])
    normal = priors.table(parse("normal(-0.1, 0.3)"), "interval")
    with uncompiled():
        found, beside = (priors.log_density(x, table, "interval").eval() for table in (numbers, normal))
    assert found[0] == -np.inf and found[1:] == pytest.approx(quadrature.log_density(parse(text), x[1:]))
    assert beside == pytest.approx(stats.norm(-0.1, 0.3).logpdf(x))
