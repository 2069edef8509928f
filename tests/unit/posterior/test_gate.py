"""The table behind the gate, every parameter by ArviZ, and the limits of the gate, by planted numbers."""

import arviz as az
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from arviz_stats.base.array import array_stats

from bayes.posterior.gate import BLOCK, compare, diagnostics, e_bfmi, gate, mcse_of_probability
from bayes.posterior.names import EFFECT
from bayes.posterior.parameter import ExactAnswer, Parameter, Probabilities, Share
from bayes.posterior.problems import Problem


def draws(parameters):
    random = np.random.default_rng(1)
    shown = {"mu": random.standard_normal((4, 500)), "fixed": np.ones((4, 500))}
    return shown | {f"cutpoint{i}": random.standard_normal((4, 500, 2)) for i in range(parameters)}


@pytest.mark.parametrize("parameters", [2, BLOCK // 2 + 1])
def test_the_numbers_and_labels_are_those_of_arviz(parameters):
    """However many there are: more than a block are looked at block by block."""
    few = draws(parameters)
    found = diagnostics(few)
    moving = {name: (("chain", "draw", *([f"{name}_at"] if v.ndim == 3 else [])), v) for name, v in few.items() if name != "fixed"}
    straight = az.summary(xr.DataTree.from_dict({"posterior": xr.Dataset(moving)}), kind="diagnostics", round_to="none")
    assert list(found.index) == list(straight.index) and "cutpoint1[0]" in found.index
    for column in ("r_hat", "ess_bulk", "ess_tail", "mcse_mean"):
        assert list(found[column]) == pytest.approx(list(straight[column]))


def test_ties_odd_lengths_and_missing_numbers_are_those_of_arviz_as_well():
    """Chains apart, long tails, rounded draws, exact zeros, slow chains; a draw that is not a number has no answer."""
    values = np.random.default_rng(2).standard_t(2, size=(6, 4, 501))
    values[1] = values[1].round(1)
    values[2, 0] += 1
    values[3][values[3] > 0] = 0
    values[4, :, 1:] = 0.9 * values[4, :, :-1] + 0.1 * values[4, :, 1:]
    values[5, 1, 7] = np.nan
    axes = {"chain_axis": 1, "draw_axis": 2}
    straight = array_stats.rhat(values, **axes), array_stats.ess(values, method="bulk", **axes)
    found = diagnostics({str(i): one for i, one in enumerate(values)})
    for column, expected in zip(("r_hat", "ess_bulk"), straight, strict=True):
        np.testing.assert_allclose(found[column], expected, rtol=1e-12)
    assert found.loc["2", "r_hat"] > 1.01 and found.loc["5"].isna().all()


def test_what_does_not_vary_has_no_diagnostics():
    found = diagnostics(draws(40))
    assert len(found) == 81 and "fixed" not in found.index
    assert "3 divergences" in [str(problem) for problem in gate(found, 3, "mu")]
    few = diagnostics({name: values[:, :100] for name, values in draws(1).items()})
    assert {str(problem).split(" of ")[0].split()[0] for problem in gate(few, 0, "mu")} >= {"bulk", "tail"}
    assert diagnostics({"fixed": np.ones((4, 500))}) is None


def table(**rows):
    """Diagnostics of parameters: R-hat, bulk ESS, tail ESS."""
    found = pd.DataFrame.from_dict(rows, orient="index", columns=["r_hat", "ess_bulk", "ess_tail"])
    return found.rename(index=lambda name: name.replace("__", "[") + "]" * ("__" in name))


@pytest.mark.parametrize(
    ("rows", "divergences", "main", "problems"),
    [
        ({"mu": (1.01, 2000, 1000), "tau": (1.0, 1000, 1000)}, 0, "mu", []),
        ({"effect": (1.0, 4000, 1000)}, 0, "effect", []),
        ({"mu": (1.0, 2000, 1000)}, 1, "mu", [Problem("divergences", 1)]),
        ({"mu": (1.0, 5000, 5000), "tau": (1.0101, 999, 5000)}, 0, "mu", [Problem("r_hat", 1.0101, 1.01, "tau"), Problem("ess_bulk", 999, 1000, "tau")]),
        ({"mu": (1.0, 1999, 999)}, 0, "mu", [Problem("ess_tail", 999, 1000, "mu"), Problem("ess_bulk", 1999, 2000, "mu")]),
        ({"mu_of_it": (1.0, 1000, 1000)}, 0, "mu", []),
        ({"effect__a": (1.0, 4000, 1000), "effect__b": (1.0, 3999, 1000)}, 0, "effect", [Problem("ess_bulk", 3999, 4000, "effect[b]")]),
    ],
)
def test_limits_are_passed_when_they_are_met_and_the_worst_parameter_is_named(rows, divergences, main, problems):
    found = gate(table(**rows), divergences, main)
    assert list(map(str, found)) == list(map(str, problems))
    assert [one.accepted for one in found] == [one.accepted for one in problems]


def test_nothing_that_varies_leaves_only_divergences():
    assert gate(None, 0, "mu") == [] and gate(None, 2, "mu") == [Problem("divergences", 2)]


def test_the_energy_fraction_is_that_of_the_worst_chain():
    """Energies that alternate between 0 and 1 move by 1 with variance 1/4; those that rise by 1 have variance (n^2 - 1) / 12."""
    alternating, rising = np.arange(10) % 2, np.arange(10)
    assert e_bfmi({"energy": np.array([alternating, rising], dtype=float)}) == pytest.approx(12 / 99)
    assert e_bfmi({"energy": np.array([alternating], dtype=float)}) == pytest.approx(4)
    assert e_bfmi({}) is None


def parameter(exact, **more):
    """A parameter from 0 to 4 whose errors are known: 4 of them are 0.004, and with the slack 0.006 are allowed."""
    share = {name: Share(0.5, 0.001) for name in ("p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin")}
    of_draws = {"mean": 2.0, "sd": 1.0, "median": 2.0, "ci_low": 0.0, "ci_high": 4.0, "mcse_mean": 0.001, "ess_bulk": 1.0, "ess_tail": 1.0}
    return Parameter(EFFECT, **of_draws | more, probabilities=Probabilities(**share), exact=ExactAnswer("m", **exact))


@pytest.mark.parametrize("name", ["p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin", "mean"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_may_differ_by_four_errors_and_the_slack(name, sign):
    """Of the mean, the slack is 0.002 of a quarter of the interval, here of 1."""
    drawn = 2.0 if name == "mean" else 0.5
    one = {EFFECT: np.zeros((1, 4))}
    assert compare([parameter({name: drawn + sign * 0.00599})], one) == []
    (problem,) = compare([parameter({name: drawn + sign * 0.00601})], one)
    assert (problem.check, problem.quantity, problem.parameter) == ("quadrature", name, "effect")
    assert (problem.found, problem.accepted) == (drawn, drawn + sign * 0.00601)


def test_a_mean_without_a_standard_error_has_the_slack_alone():
    of_half_the_width = {"ci_low": 1.0, "ci_high": 3.0, "mcse_mean": None}
    one = {EFFECT: np.zeros((1, 4))}
    assert compare([parameter({"mean": 2.00099}, **of_half_the_width)], one) == []
    assert len(compare([parameter({"mean": 2.00101}, **of_half_the_width)], one)) == 1


def test_the_share_of_draws_beyond_either_end_is_compared_with_a_fortieth():
    """10,000 independent draws: four errors of 1.7% or 3.6% are 0.0052 and 0.0074, to which the slack adds 0.002."""
    draws = {EFFECT: np.random.default_rng(3).permutation((np.arange(10_000) + 0.5) / 10_000).reshape(4, 2500)}
    low, ends = {"ci_low": 1.0, "ci_high": 3.0}, ["ci_low", "ci_high"]
    assert compare([parameter({"ci_low": 0.025, "ci_high": 0.975}, **low)], draws) == []
    assert compare([parameter({"ci_low": 0.0186, "ci_high": 0.9814})], draws) == []
    for end, found in (({"ci_low": 0.0357, "ci_high": 0.9643}, 0.0357), ({"ci_low": 0.0172, "ci_high": 0.9828}, 0.0172)):
        problems = compare([parameter(end, **low)], draws)
        assert [problem.quantity for problem in problems] == ends
        assert [problem.beyond for problem in problems] == pytest.approx([found, found])
        assert [problem.found for problem in problems] == [1.0, 3.0]
        assert [problem.accepted for problem in problems] == [end["ci_low"], end["ci_high"]]


def test_a_spike_that_holds_an_end_is_on_neither_side_of_it():
    """Nine draws in ten at 0: 5% lie strictly below and 95% at or below, so that 0 may be the end; 0.5 may not."""
    draws = {EFFECT: np.tile(np.r_[-np.ones(1), np.zeros(18), np.ones(1)], 500).reshape(4, 2500)}
    assert compare([parameter({"ci_low": -1.0, "ci_high": 1.0})], draws) == []
    assert [one.quantity for one in compare([parameter({"ci_low": 0.0, "ci_high": 0.0})], draws)] == ["ci_low", "ci_high"]
    assert [one.quantity for one in compare([parameter({"ci_low": 0.5, "ci_high": 1.0})], draws)] == ["ci_low"]


def test_the_error_of_a_certain_event_is_the_resolution_of_the_draws():
    event = np.zeros((4, 250), dtype=bool)
    assert mcse_of_probability(event) == mcse_of_probability(~event) == 0.001
    half = np.random.default_rng(1).random((4, 2500)) < 0.5
    assert mcse_of_probability(half) == pytest.approx(0.005, rel=0.1)


def test_either_end_alone_is_compared():
    draws = {EFFECT: np.random.default_rng(3).permutation((np.arange(10_000) + 0.5) / 10_000).reshape(4, 2500)}
    assert [one.quantity for one in compare([parameter({"ci_high": 0.9})], draws)] == ["ci_high"]
    assert [one.quantity for one in compare([parameter({"ci_low": 0.1})], draws)] == ["ci_low"]


def test_a_piece_needs_its_share_of_the_ess_of_the_effect_but_no_less_than_any_parameter():
    found = table(effect=(1.0, 1500, 2000))
    assert [str(problem) for problem in gate(found, 0, "effect")] != []
    assert gate(found, 0, "effect", 0.4) != [] and gate(found, 0, "effect", 0.3) == []
    assert gate(table(effect=(1.0, 900, 2000)), 0, "effect", 0.01) != []
