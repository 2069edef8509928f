"""Monte Carlo standard errors, and which draws each number of a row is computed from."""

import numpy as np
import pytest
import xarray as xr

from bayes.posterior.monte_carlo import numbers, of_batches, of_share, standard_error, standard_errors
from bayes.posterior.record import Reported
from bayes.posterior.row import empty_row

DRAWS = np.array([[-1.0, -0.5, 0.0, 0.25], [0.5, 1.0, 2.0, 4.0]])
REPORTED = Reported("t", "o", "It", ("estimate",), "mean_difference", "higher", 0.0, 0.5, None, -0.5, (-0.5, 0.5), (), True, True)
LONG = {"trial": "t", "outcome": "o", "model": "m", "prior": "p", "key": "k", "parameter": "effect"}


def row(**more):
    return empty_row() | {"parameter": "effect", "measure": "mean_difference"} | more


def of_effect(thresholds=(), derived=(), reported=REPORTED, draws=DRAWS, **more):
    posterior = xr.Dataset({"effect": (("chain", "draw"), draws), "risk_difference": (("chain", "draw"), draws / 10), "nnt": (("chain", "draw"), 1 / (draws + 10))})
    found = numbers(reported, posterior, [row(**more)], [LONG | one for one in thresholds], [LONG | one for one in derived])
    return found["effect"]


def test_a_share_has_the_binomial_error_of_one_more_success_and_failure():
    assert of_share(0.5, 100) == pytest.approx(0.05)
    assert of_share(0.0, 98) == pytest.approx(np.sqrt(0.01 * 0.99 / 98))
    assert of_share(1.0, 98) == pytest.approx(of_share(0.0, 98))


def test_batches_of_the_two_thirds_power():
    """64 draws are 4 batches of 16; here their means are 1, 2, 3 and 4 in one chain and 3 in the other. A rest is left out."""
    first, second = np.repeat([1.0, 2.0, 3.0, 4.0], 16), np.full(64, 3.0)
    draws = np.stack([first, second])[..., None]
    means = [1, 2, 3, 4, 3, 3, 3, 3]
    assert of_batches(draws) == pytest.approx([np.std(means, ddof=1) / np.sqrt(8)])
    longer = np.concatenate([draws, np.full((2, 3, 1), 1e6)], axis=1)  # 67^(2/3) is still 16
    assert of_batches(longer) == pytest.approx(of_batches(draws))
    assert of_batches(np.array([[[1.0]], [[3.0]]])) == pytest.approx([1.0])  # one draw is a batch


def test_events_of_probabilities_are_those_of_their_definitions():
    shares = {"p_benefit": 0.1, "p_harm": 0.2, "mcid": 0.5, "p_mcid": 0.3, "p_severe_harm": 0.4, "margin": -0.5, "p_margin": 0.5}
    found = of_effect(**shares, p_rope=0.6, rope_low=-0.5, rope_high=0.5, p_null=0.7)
    assert {name: int(number.draws.sum()) for name, number in found.items()} == {
        "p_benefit": 5, "p_harm": 2, "p_mcid": 4, "p_severe_harm": 2, "p_margin": 7, "p_rope": 4, "p_null": 1,
    }  # fmt: skip
    assert [number.value for number in found.values()] == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
    assert {number.kind for number in found.values()} == {"share"}
    assert "p_null" not in of_effect(p_benefit=0.1, p_null=0.7, bf_01=2.0)
    assert of_effect(p_harm=0.2, p_mcid=0.1, mcid=0.5) == {}


def test_where_lower_is_better_the_same_events_are_mirrored():
    lower = Reported("t", "o", "It", ("estimate",), "mean_difference", "lower", 0.0, -0.5, None, 0.5, None, (), True, True)
    found = of_effect(reported=lower, p_benefit=0.1, p_harm=0.2, mcid=-0.5, p_mcid=0.3, p_severe_harm=0.4, margin=0.5, p_margin=0.5)
    assert [int(number.draws.sum()) for number in found.values()] == [2, 5, 2, 4, 5]


def test_quantiles_and_moments_keep_their_probabilities_and_the_analysis_scale():
    posterior = xr.Dataset({"effect": (("chain", "draw"), DRAWS)})
    stated = row(measure="rate_ratio", mean=1.0, sd=2.0, median=0.1, ci_low=0.2, ci_high=0.3, estimate=1.0, estimate_low=np.exp(-2), estimate_high=np.exp(2))
    ratio = Reported("t", "o", "It", ("estimate",), "rate_ratio", "lower", 0.0, None, None, None, None, (), True, True)
    found = numbers(ratio, posterior, [stated], [], [])["effect"]
    shown = {name: (number.kind, pytest.approx(number.value), number.probability and pytest.approx(number.probability)) for name, number in found.items()}
    assert shown == {
        "mean": ("mean", 1.0, None), "sd": ("sd", 2.0, None),
        "median": ("quantile", 0.1, 0.5), "ci_low": ("quantile", 0.2, 0.025), "ci_high": ("quantile", 0.3, 0.975),
        "estimate": ("quantile", 0.0, 0.5), "estimate_low": ("quantile", -2.0, 0.025), "estimate_high": ("quantile", 2.0, 0.975),
    }  # fmt: skip
    assert found["median"].events.tolist() == (DRAWS <= 0.1).tolist()


def test_thresholds_and_derived_quantities():
    beyond = [{"threshold": 0.25, "probability": 0.6}]
    risk = {"quantity": "risk_difference", "median": 0.1, "low": None, "high": 0.3}
    hundred = {"quantity": "risk_difference_per_100", "median": 10.0, "low": -5.0, "high": 30.0}
    needed = {"quantity": "nnt", "median": 10.0, "low": None, "high": 20.0}
    found = of_effect(beyond, [risk, hundred, needed])
    assert found["p_beyond[0.25]"].draws.sum() == 5 and found["p_beyond[0.25]"].value == 0.6
    assert "derived[risk_difference.low]" not in found
    shown = {name: (number.value, number.probability, number.draws[1, 3]) for name, number in found.items() if name.startswith("derived")}
    assert shown == {
        "derived[risk_difference.median]": (0.1, 0.5, 0.4),
        "derived[risk_difference.high]": (0.3, 0.975, 0.4),
        "derived[risk_difference_per_100.median]": (10.0, 0.5, 40.0),
        "derived[risk_difference_per_100.low]": (-5.0, pytest.approx(0.025), 40.0),
        "derived[risk_difference_per_100.high]": (30.0, 0.975, 40.0),
        "derived[nnt.median]": (0.1, 0.5, 14.0),
        "derived[nnt.low]": (0.0, 0.975, 14.0),
        "derived[nnt.high]": (0.05, pytest.approx(0.025), 14.0),
    }


def test_errors_of_independent_draws_are_the_textbooks():
    """Of n normal draws: the mean has 1 / sqrt(n), the SD 1 / sqrt(2 n), and a share sqrt(p q / n)."""
    draws = np.random.default_rng(5).standard_normal((4, 2500))
    found = standard_errors(of_effect(draws=draws, mean=0.0, sd=1.0, median=0.0, p_benefit=0.5, p_null=0.0))
    assert list(found) == ["mean", "sd", "p_benefit", "p_null", "median"]
    assert found["mean"] == pytest.approx(0.01, rel=0.15) and found["sd"] == pytest.approx(0.01 / np.sqrt(2), rel=0.15)
    assert found["p_benefit"] == pytest.approx(0.005, rel=0.15) and found["median"] == pytest.approx(0.005, rel=0.15)
    assert found["p_null"] == pytest.approx(of_share(0.0, 10_000)), "an event that never happens has an error as well"


def test_alternating_pieces_have_the_error_of_batches():
    """Two pieces that alternate with drifting shares: neighbours differ, and batches show how far the mean wanders."""
    drift = np.repeat(np.random.default_rng(6).standard_normal((4, 20)), 50, axis=1)
    draws = drift + np.tile([5.0, -5.0], 500)
    found = standard_errors(of_effect(draws=draws, mean=0.0, sd=5.0))
    assert found["mean"] == pytest.approx(of_batches(draws[..., None])[0], rel=1e-12)
    assert found["mean"] > 0.05


def test_an_error_from_the_row_alone():
    sizes = {"ess_bulk": 400.0, "ess_tail": 100.0}
    assert standard_error(row(p_benefit=0.5, **sizes), "p_benefit") == pytest.approx(0.05)
    assert standard_error(row(p_benefit=0.5, ess_bulk=100.0), "p_benefit") == pytest.approx(0.05)
    for quantity in ("p_benefit", "p_harm", "p_mcid"):
        assert standard_error(row(**{quantity: 0.5, f"mcse_{quantity}": 0.011}, **sizes), quantity) == 0.011
        assert standard_error(row(**sizes), quantity) == 0.0
    ends = {"ci_low": -1.0, "ci_high": 2.92}
    assert standard_error(row(**sizes, **ends), "median") == pytest.approx(np.sqrt(np.pi / 2) / 20)
    assert standard_error(row(**sizes), "median") == standard_error(row(**ends), "median") == 0.0
    assert standard_error(row(**sizes, ci_low=-1.0), "median") == standard_error(row(**sizes, ci_high=1.0), "median") == 0.0


@pytest.mark.parametrize("scale", [0.01, 100.0])
def test_the_error_of_a_standard_deviation_follows_the_unit(scale):
    draws = np.random.default_rng(7).standard_normal((4, 2500))
    plain, scaled = (standard_errors(of_effect(draws=unit * draws, mean=0.0, sd=unit)) for unit in (1.0, scale))
    assert (scaled["mean"], scaled["sd"]) == pytest.approx((scale * plain["mean"], scale * plain["sd"]))
    still = standard_errors(of_effect(draws=np.ones((4, 100)), sd=0.0))
    assert still["sd"] == 0.0


def test_the_event_of_a_share_is_the_share_itself():
    found = of_effect(p_benefit=0.1, median=0.25)
    assert (found["p_benefit"].events == found["p_benefit"].draws).all() and found["p_benefit"].events.sum() == 5
    assert found["median"].events.sum() == 4
