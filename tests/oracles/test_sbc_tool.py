"""The tool of simulation-based calibration: its statistics against SciPy, its posteriors against closed forms, planted faults."""

import numpy as np
import pytest
from calibration.sbc import answers, sources
from calibration.sbc.answers import Place
from calibration.sbc.designs import every
from calibration.sbc.judged import LEVELS, Judgement, Ranks
from calibration.sbc.truths import simulate
from scipy import stats

CASES = every()


def places(below, benefit=None, benefits=None):
    """Simulations of one parameter that lie at these places in their posteriors."""
    n = len(below)
    p = np.full(n, 0.5) if benefit is None else benefit
    return [Place({"effect": float(u)}, float(p[i]), bool(below[i] < 0.5 if benefits is None else benefits[i])) for i, u in enumerate(below)]


def test_uniform_ranks_are_within_their_bands_as_often_as_they_should_be():
    """Of 400 sets of uniform numbers at most a hundredth is outside, of each statistic: within the 99.9% band of that."""
    random = np.random.default_rng(1)
    outside = [Judgement.of(places(random.uniform(size=200))).outside for _ in range(400)]
    for name in Judgement.of(places(random.uniform(size=20))).p_values:
        assert sum(name in found for found in outside) <= stats.binom.ppf(0.9995, 400, 0.01), name


def test_p_values_are_those_of_scipy():
    u = np.random.default_rng(2).beta(1.2, 1.0, 300)
    ranks = Ranks.of(u)
    for count, level in zip(ranks.covered, LEVELS, strict=True):
        test = stats.binomtest(count, 300, level, alternative="less" if count < 300 * level else "greater")
        assert ranks.p_values(300)[f"coverage of {level:.0%}"] == pytest.approx(min(1, 2 * test.pvalue))
    assert ranks.ecdf == stats.kstest(u, "uniform").pvalue
    assert ranks.chi_square == stats.chisquare(np.histogram(u, 20, (0, 1))[0]).pvalue


@pytest.mark.parametrize(("alter", "seen"), [
    (lambda z: 1.25 * z, "effect: coverage of 95%"),
    (lambda z: 0.8 * z, "effect: coverage of 50%"),
    (lambda z: z + 0.2, "effect: distribution of ranks"),
], ids=["too narrow", "too wide", "shifted"])  # fmt: skip
def test_a_posterior_that_is_wrong_is_seen(alter, seen):
    """A standard error a quarter too small, or too large, and a shift by a fifth of it, in 1,000 simulations."""
    z = np.random.default_rng(3).standard_normal(1000)
    assert seen in Judgement.of(places(stats.norm.cdf(alter(z)))).outside


def test_a_bias_of_the_probability_of_benefit_is_seen():
    random = np.random.default_rng(4)
    p = random.beta(2, 2, 1000)
    truly = random.random(1000) < p
    assert "P(benefit): bias" not in Judgement.of(places(random.uniform(size=1000), p, truly)).outside
    assert "P(benefit): bias" in Judgement.of(places(random.uniform(size=1000), np.clip(p + 0.08, 0, 1), truly)).outside


def test_a_printed_estimate_lies_where_the_closed_form_says():
    """Conjugate normal posterior of one report: P(effect < truth) and P(benefit)."""
    case = CASES["reported_estimate, single_trial, standard error 0.25"]
    one = simulate(case, np.random.default_rng(5), 5)
    y, weight = np.log(float(one.analysis.target.evidence.estimate)), 0.5**2 / (0.5**2 + 0.25**2)
    posterior = stats.norm(weight * y, np.sqrt(weight) * 0.25)
    place = answers.by_quadrature(one.analysis, one.truth)
    assert place.below["effect"] == pytest.approx(posterior.cdf(one.truth["effect"]), abs=1e-8)
    assert place.benefit == pytest.approx(posterior.sf(0), abs=1e-8)
    assert place.benefits == (one.truth["effect"] > 0)


def test_the_plane_of_a_common_effect_may_have_few_values_of_tau():
    """Three printed estimates: the closed form of their inverse-variance mean under the prior."""
    case = CASES["reported_estimate, common_effect, three trials: standard error 0.25"]
    one = simulate(case, np.random.default_rng(6), 6)
    y = np.log([float(member.evidence.estimate) for member in one.analysis.members])
    precision = 3 / 0.25**2 + 1 / 0.5**2
    posterior = stats.norm(y.sum() / 0.25**2 / precision, precision**-0.5)
    assert answers.by_quadrature(one.analysis, one.truth).below["mu"] == pytest.approx(posterior.cdf(one.truth["mu"]), abs=1e-5)


def all_hashes():
    routes = [(case, route) for case in CASES.values() for route in ("exact", "sampled") if getattr(case, route)]
    return {(case.name, route): sources.hash_of(case, route) for case, route in routes}


def test_a_change_of_one_likelihood_makes_only_its_own_cases_stale(monkeypatch):
    """Of its model file; then of a function that only its curve uses, in a module that it shares with four others."""
    before, hashed, text = all_hashes(), sources.source_hash, sources._text
    with monkeypatch.context() as changed:
        changed.setattr(sources, "source_hash", lambda structure, own: hashed(structure, own) + ("x" if "events_lognormal" in own else ""))
        stale = {name for name, value in all_hashes().items() if value != before[name]}
        assert stale == {(c.name, "sampled") for c in CASES.values() if c.likelihood == "events_lognormal"}
    monkeypatch.setattr(sources, "_text", lambda module: text(module).replace("def lognormal(tables", "def lognormal(changed: int, *, tables"))
    sources._defined.cache_clear()
    stale = {name for name, value in all_hashes().items() if value != before[name]}
    sources._defined.cache_clear()
    assert stale == {(c.name, "exact") for c in CASES.values() if c.likelihood == "events_lognormal" and c.exact}


def test_a_hash_reaches_the_functions_behind_a_curve():
    """By name: what the curve of a table uses, in its own module and in others, and not what it does not use."""
    found = " ".join(one.partition("\n")[0] for one in sources._reached([("bayes.quadrature.events", "in_persons")], sources.QUADRATURE))
    for name in ("events:in_persons", "event_families:log_generating", "event_families:in_persons", "events:_over_shape", "event_families:LOG_K", "integrals:log_integral", "starting_point:tabulated_report"):
        assert f"bayes.quadrature.{name}" in found
    assert "lognormal" not in found
