"""What the draws of a posterior say, from draws whose moments, quantiles and shares are known without the package."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from bayes.posterior.measured import MissingMoments, derived, measure, parameters, per_100
from bayes.posterior.names import BETA, EFFECT, MU, NEW_TRIAL, TAU, effect_of
from bayes.posterior.record import Reported

DIMS = ("chain", "draw")
GRID = np.linspace(-1, 3, 401).reshape(1, 401)  # -1, -0.99, ... 3: quantiles and shares can be counted


def reported(measure_="mean_difference", benefit="higher", **more):
    stated = {"mcid": None, "planned": None, "margin": None, "rope": None, "thresholds": ()} | more
    return Reported("t", "o", "It", ("estimate",), measure_, benefit, 0.0, **stated, informative=True, headline=True)


def single(draws=GRID, **more):
    return xr.Dataset({"effect": (DIMS, draws)} | {name: (DIMS, values) for name, values in more.items()})


def only(posterior, of=None, **more):
    (one,) = measure(posterior, of or reported(), None, {}, MissingMoments(), **more)
    return one


def test_moments_and_quantiles_of_an_even_grid():
    """The variance of n even steps h is h^2 (n^2 - 1) / 12."""
    one = only(single())
    assert one.name == EFFECT and (one.mean, one.median) == pytest.approx((1.0, 1.0))
    assert one.sd == pytest.approx(0.01 * np.sqrt((401**2 - 1) / 12))
    assert (one.ci_low, one.ci_high) == pytest.approx((-0.9, 2.9))
    assert one.mcse_mean is one.ess_bulk is one.ess_tail is one.shrinkage is one.p_null is one.flag is None


@pytest.mark.parametrize(("benefit", "good", "bad"), [("higher", 300, 100), ("lower", 100, 300)])
def test_no_effect_itself_is_neither_benefit_nor_harm(benefit, good, bad):
    """Of 401 draws, 100 lie below 0, one at 0 and 300 above."""
    found = only(single(), reported(benefit=benefit)).probabilities
    assert (found.p_benefit.value, found.p_harm.value) == pytest.approx((good / 401, bad / 401))
    assert found.p_mcid is found.p_severe_harm is found.p_margin is found.p_rope is None
    assert dict(found.beyond) == pytest.approx({0.0: (good + 1) / 401})


def test_thresholds_count_the_draws_that_lie_on_them():
    """From 0.5: 251 draws; up to -0.5: 51; from -0.25: 326; from -0.25 to 0.25: 51; from 2: 101."""
    draws = np.round(4 * GRID, 2) / 4  # exact in binary at multiples of a quarter
    about = reported(mcid=0.5, margin=-0.25, planned=2.0, rope=(-0.25, 0.25), thresholds=(2.0, 3.0))
    found = only(single(draws), about).probabilities
    assert found.p_mcid.value == pytest.approx(251 / 401)
    assert found.p_severe_harm.value == pytest.approx(51 / 401)
    assert found.p_margin.value == pytest.approx(326 / 401)
    assert found.p_rope.value == pytest.approx(51 / 401)
    assert dict(found.beyond) == pytest.approx({0.5: 251 / 401, 2.0: 101 / 401, 0.0: 301 / 401, -0.25: 326 / 401, 3.0: 1 / 401})
    assert list(dict(found.beyond)) == [0.5, 2.0, 0.0, -0.25, 3.0]


def test_thresholds_of_a_ratio_are_read_on_the_analysis_scale():
    draws = np.log(np.array([[0.5, 0.7, 0.8, 1.0, 1.1, 1.25, 1.3]]))
    about = reported("rate_ratio", "lower", mcid=0.8000001, margin=1.1000001, rope=(0.79, 1.01))
    found = only(single(draws), about).probabilities
    of = (found.p_benefit, found.p_harm, found.p_mcid, found.p_severe_harm, found.p_margin, found.p_rope)
    assert [round(7 * share.value) for share in of] == [3, 3, 3, 2, 5, 2]


def test_diagnostics_are_looked_up_by_name_and_must_be_finite():
    table = pd.DataFrame({"mcse_mean": [0.1, 0.2], "ess_bulk": [5.0, np.inf], "ess_tail": [6.0, 7.0]}, ["effect", "other"])
    (one,) = measure(single(), reported(), table, {}, MissingMoments())
    assert (one.mcse_mean, one.ess_bulk, one.ess_tail) == (0.1, 5.0, 6.0)
    table.index = ["other", "effect"]
    (one,) = measure(single(), reported(), table, {}, MissingMoments())
    assert (one.mcse_mean, one.ess_bulk, one.ess_tail) == (0.2, None, 7.0)


def test_a_moment_that_does_not_exist_is_not_given():
    (one,) = measure(single(), reported(), None, {}, MissingMoments(frozenset([EFFECT]), frozenset()))
    assert one.mean is None and one.sd is not None
    (one,) = measure(single(), reported(), None, {}, MissingMoments(frozenset(), frozenset([EFFECT])))
    assert one.mean is not None and one.sd is None


@pytest.fixture
def synthesis():
    effects = np.stack([GRID, 2 * GRID], axis=-1)
    shrinkage = np.stack([np.full_like(GRID, 0.25), np.full_like(GRID, np.nan)], axis=-1)
    names = {"trial": ["a:o", "b:o"]}
    own = {"effect": ((*DIMS, "trial"), effects), "shrinkage": ((*DIMS, "trial"), shrinkage)}
    return xr.Dataset({name: (DIMS, GRID) for name in ("mu", "tau", "beta", "new_trial")} | own, names)


def test_a_synthesis_has_its_parameters_then_the_effect_of_each_trial(synthesis):
    about = reported(mcid=0.5, rope=(-1.0, 1.0), margin=-0.25, planned=1.0, thresholds=(2.0,))
    found = {one.name: one for one in measure(synthesis, about, None, {}, MissingMoments())}
    assert list(found) == [MU, TAU, BETA, NEW_TRIAL, effect_of("a:o"), effect_of("b:o")]
    assert found[TAU].probabilities is None and all(one.derived is None for one in found.values())
    beta = found[BETA].probabilities
    assert beta.p_mcid is beta.p_margin is beta.p_rope is None and [at for at, _ in beta.beyond] == [0.0]
    assert found[MU].probabilities.p_rope is not None
    assert found[effect_of("b:o")].median == pytest.approx(2.0)
    assert [one.shrinkage for one in found.values()] == [None] * 4 + [0.25, None]


def test_a_table_has_an_effect_in_each_row_and_flags_those_that_increase():
    """80% of the first row lie above no effect and 50% of the second; the largest threshold that is reached is named."""
    first, second = np.r_[np.ones(80), -np.ones(20)], np.r_[np.ones(50), np.zeros(50)]
    effects = np.stack([first, second], axis=-1)[None]
    of_rows = {name: ((*DIMS, "row"), effects * scale) for name, scale in (("effect", 1), ("risk_control", 3))}
    posterior = xr.Dataset(of_rows | {"p_null": ((*DIMS, "row"), effects)}, {"row": ["x", "y"]})
    assert [name for name, _ in parameters(posterior)] == [effect_of("x"), effect_of("y")]
    one, other = measure(posterior, reported(), None, {}, MissingMoments(), (0.7, 0.8, 0.9))
    assert (one.flag.p_increase.value, one.flag.threshold, other.flag) == (0.8, 0.8, None)
    assert (one.p_null, other.p_null) == (0.0, 0.5)
    assert [(d.quantity, d.high) for d in one.derived] == [("risk_control", 3.0)]


def test_differences_of_risks_are_also_given_per_hundred():
    assert {"risk_difference", "rate_difference"} < per_100()
    draws = {"effect": GRID, "risk_ratio": GRID, "risk_difference": GRID / 10, "wide": GRID[..., None]}
    found = {one.quantity: (one.low, one.median, one.high) for one in derived(draws, "risk_ratio")}
    assert found == {
        "risk_difference": pytest.approx((-0.09, 0.1, 0.29)),
        "risk_difference_per_100": pytest.approx((-9.0, 10.0, 29.0)),
    }


@pytest.mark.parametrize(
    ("differences", "shown"),
    [([0.05, 0.1, 0.2], (5.13, 10.0, 19.05)), ([-0.1, 0.0, 0.1], (10.53, None, -10.53))],
)
def test_a_number_needed_to_treat_is_the_inverse_of_a_difference(differences, shown):
    """Quantiles of the difference are turned over, never those of the number itself; no difference has no number."""
    (one,) = derived({"nnt": 1 / np.array([differences]) if 0.0 not in differences else np.array([[-10, np.inf, 10]])}, "odds_ratio")
    assert (one.low, one.median, one.high) == (pytest.approx(shown[0], abs=0.005), shown[1] and pytest.approx(shown[1]), pytest.approx(shown[2], abs=0.005))
