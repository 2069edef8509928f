"""When two samples of a posterior agree: bounds, Monte Carlo errors, ties, and what follows from the draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from support.results_folders import row, tree_of

from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.posterior import monte_carlo
from bayes.posterior.measured import derived
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.rows import derived_of, rows_of, thresholds_of
from bayes.priors.sets import load_priors
from bayes.results import agreement
from bayes.results.agreement import Agreement, Compared, compare_stated

pytestmark = pytest.mark.slow


def test_the_bound_holds_over_all_comparisons():
    """Oracle: 2,000 simulated reproductions of 300 numbers each; false alarms in 0.1% of them, so 2 are expected."""
    z = np.random.default_rng(3).standard_normal((2000, 300))
    many = Agreement(sampled=[Compared("k", "effect", "mean", 0, 0, 0.0)] * 300)
    assert many.bound == pytest.approx(4.65, abs=0.01)
    assert (np.abs(z).max(axis=1) > many.bound).sum() <= 8  # Poisson(2) exceeds 8 with probability 0.0002
    assert (np.abs(z).max(axis=1) > many.bound - 1).sum() > 50


def test_texts_may_round_their_last_digit_only():
    def same(a, b):
        (found,) = (c for c in compare_stated(row(note=a), row(note=b)) if c.quantity == "note")
        return found.agrees

    assert same("mixture(0.31*normal(-0.21, 0.4))", "mixture(0.32*normal(-0.21, 0.4))")
    assert not same("mixture(0.31*normal(-0.21, 0.4))", "mixture(0.33*normal(-0.21, 0.4))")
    assert not same("normal(-0.21, 0.4)", "normal(0.21, 0.4)") and not same("3 trials", "4 trials")
    assert same("flagged: P(increase) 0.91 >= 0.9; Poisson", "Poisson") and not same(None, "")


def test_errors_are_those_of_repeated_sampling():
    """Oracle: 1,500 samples of 4 x 250 independent draws of a skewed posterior; the sd of each number over them."""
    draws = np.random.default_rng(5).gamma(2.0, 0.1, (1500, 4, 250))
    number = monte_carlo.Number
    at = np.quantile(draws, 0.975)
    found = [
        monte_carlo.standard_errors(
            {
                "mean": number(0.2, "mean", one),
                "sd": number(0.14, "sd", one),
                "share": number(0.0, "share", one > 0.4),
                "high": number(float(at), "quantile", one, 0.975),
            }
        )
        for one in draws[:40]
    ]
    flat = draws.reshape(1500, -1)
    shares = {"share": (flat > 0.4).mean(axis=1), "high": (flat <= at).mean(axis=1)}
    for name, repeated in {"mean": flat.mean(axis=1), "sd": flat.std(axis=1), **shares}.items():
        assert np.mean([one[name] for one in found]) == pytest.approx(repeated.std(), rel=0.08), name


def test_errors_see_autocorrelation_between_alternating_pieces():
    """Nine draws of a narrow piece, then one of a wide one whose own draws follow an AR(1): planted truth by replicates."""
    rng, chains, n, rho = np.random.default_rng(3), 4, 6000, 0.8

    def sample():
        wide = np.empty((chains, n // 10))
        wide[:, 0] = rng.normal(size=chains)
        for i in range(1, n // 10):
            wide[:, i] = rho * wide[:, i - 1] + np.sqrt(1 - rho**2) * rng.normal(size=chains)
        draws = rng.normal(0, 0.1, (chains, n))
        draws[:, ::10] = 3 * wide
        return draws

    found = [sample() for _ in range(60)]
    errors = [monte_carlo.standard_errors({k: monte_carlo.Number(0.0, k, x) for k in ("mean", "sd")}) for x in found[:9]]
    for name, values in (("mean", [x.mean() for x in found]), ("sd", [x.std() for x in found])):
        truth = np.std(values, ddof=1)  # known within 9% from 60 replicates
        assert np.median([error[name] for error in errors]) == pytest.approx(truth, rel=0.3)


def test_a_certain_or_constant_number_has_an_error_that_is_no_zero():
    sure = np.ones((4, 500), dtype=bool)
    errors = monte_carlo.standard_errors({"p": monte_carlo.Number(1.0, "share", sure)})
    assert errors["p"] == pytest.approx(math.sqrt(2001 / 2002 * (1 / 2002) / 2000))


def test_tied_draws_at_a_quantile_agree():
    """A spike of 40% at no effect: the median is exactly there in both samples, whatever the shares beside it."""
    random = np.random.default_rng(1)
    numbers = []
    for _ in range(2):
        draws = np.where(random.random((4, 500)) < 0.4, 0.0, random.normal(0, 1, (4, 500)))
        numbers.append({"median": monte_carlo.Number(float(np.quantile(draws, 0.5)), "quantile", draws, 0.5)})
    errors = [monte_carlo.standard_errors(one) for one in numbers]
    (one,) = agreement.compare_sampled("k", "effect", *numbers, errors)
    assert one.z == 0.0


def compared_as_stored(draws, width: float, probability: float = 0.025) -> float:
    """Return the z of a quantile of one sample on another, whose draws are stored as the middles of cells of a width."""
    stored = width * (np.floor(draws[1] / width) + 0.5)
    both = [monte_carlo.Number(float(np.quantile(one, probability)), "quantile", stored, probability) for one in draws]
    errors = [monte_carlo.standard_errors({"low": one}) for one in both]
    (one,) = agreement.compare_sampled("k", "effect", {"low": both[0]}, {"low": both[1]}, errors)
    return one.z


def test_a_quantile_between_stored_draws_agrees():
    """A risk near zero, whose lower limit lies within the first cell; days, whose atoms are stored beside their places."""
    random = np.random.default_rng(5)
    risks = random.beta(0.5, 60, (2, 4, 3000))
    assert abs(compared_as_stored(risks, 6e-5)) < 4 and compared_as_stored(risks[[0, 0]], 6e-5) == 0.0
    days = random.poisson(1.5, (2, 4, 3000)).astype(float)
    assert compared_as_stored(days, 1e-3, 0.5) == 0.0 and abs(compared_as_stored(days, 1e-3, stats.poisson(1.5).cdf(2))) < 4
    apart = np.stack([risks[0], 1.5 * risks[1]])
    assert abs(compared_as_stored(apart, 6e-5, 0.5)) > 6


def test_of_a_synthesis_every_number_is_found_and_follows_from_the_draws():
    (analysis, *_) = make_plan(find_targets(["msc_stroke_mrs"]), load_priors(), ["neutral"]).analyses
    random, members = np.random.default_rng(2), [m.name for m in analysis.members]
    shape, dims = (4, 300), ("chain", "draw")
    plain = {name: (dims, abs(random.normal(0.2, 0.1, shape))) for name in ("mu", "tau", "new_trial")}
    each = {n: ((*dims, "trial"), random.random((*shape, len(members)))) for n in ("effect", "shrinkage")}
    posterior = xr.Dataset(plain | each, {"trial": members})
    made = PosteriorRecord.from_tree(tree_of(analysis, posterior, answers={}))
    rows = rows_of(made)
    found = monte_carlo.numbers(made.reported, posterior, rows, thresholds_of(made), derived_of(made))
    assert list(found) == ["mu", "tau", "new_trial", *(f"effect[{name}]" for name in members)]
    for one in rows:
        named = {name.partition("[")[0] for name in found[one["parameter"]]}
        assert named == {name for name in agreement.SAMPLED if one[name] is not None}
        follows_from_its_draws(found[one["parameter"]])


def test_what_follows_from_the_effect_is_found_too_and_a_number_needed_by_its_inverse():
    random = np.random.default_rng(4)
    difference = random.normal(-0.03, 0.05, (4, 500))
    dims = ("chain", "draw")
    posterior = xr.Dataset({"risk_difference": (dims, difference), "nnt": (dims, -1 / difference)})
    planted = [{"quantity": d.quantity, "median": d.median, "low": d.low, "high": d.high} for d in derived(posterior, "odds_ratio")]
    found = monte_carlo._derived(planted, posterior)
    parts = ("risk_difference", "risk_difference_per_100", "nnt")
    assert set(found) == {f"derived[{name}.{end}]" for name in parts for end in ("median", "low", "high")}
    follows_from_its_draws(found)


def follows_from_its_draws(found):
    for name, one in found.items():
        of = {"mean": np.mean, "sd": np.std, "share": np.mean}.get(one.kind)
        again = of(one.draws) if of else np.quantile(one.draws, one.probability)
        assert again == pytest.approx(one.value), name
