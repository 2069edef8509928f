"""`bayes diff`: what moved beyond Monte Carlo error, and what did not."""

import json
import math
from statistics import NormalDist

import numpy as np
import pytest
from click.testing import CliRunner
from support.results_folders import results, row, skipped

import bayes
from bayes.cli import diff_
from bayes.errors import InvalidInput
from bayes.posterior.row import COLUMNS
from bayes.results.differences import standard_error, tolerance

EDGE = 4 * math.hypot(0.004, 0.004)  # of P(benefit), by hand: 0.0226


@pytest.fixture
def compare(tmp_path):
    def run(old, new):
        return bayes.diff(results(tmp_path / "old", *old), results(tmp_path / "new", *new))

    return run


def ran(tmp_path, old, new, *options):
    folders = (str(results(tmp_path / "old", *old)), str(results(tmp_path / "new", *new)))
    return CliRunner().invoke(diff_.command, [*folders, *options])


def test_equal_folders_do_not_differ(compare):
    same = [row(), row(prior="sceptical"), skipped()]
    frame = compare(same, list(reversed(same)))
    assert frame.empty and {"change", "quantity", "moved", "old_class"} <= set(frame.columns)


@pytest.mark.parametrize(("shift", "moves"), [(0.99, False), (1.01, True), (-0.99, False), (-1.01, True)])
def test_the_edge_is_four_combined_standard_errors(compare, shift, moves):
    frame = compare([row()], [row(p_benefit=0.6 + shift * EDGE)])
    assert list(frame["quantity"]) == (["p_benefit"] if moves else [])
    if moves:
        (found,) = frame.to_dict("records")
        assert found["tolerance"] == pytest.approx(EDGE) and found["difference"] == pytest.approx(shift * EDGE)
        assert found["change"] == "value" and found["moved"] and found["old_class"] == found["new_class"] == "uncertain"


def test_among_many_numbers_none_is_beyond_error_by_chance(compare):
    """Oracle: pairs of independent normal draws with the stated errors, of which four errors sound an alarm."""
    random, names, count = np.random.default_rng(3), ("p_benefit", "p_harm", "p_mcid"), 1500
    of_four = 0
    for _ in range(6):
        old, new = ([row(prior=str(i), mcse_p_harm=0.004, mcse_p_mcid=0.004, **dict(zip(names, 0.5 + 0.004 * random.normal(size=3), strict=True))) for i in range(count)] for _ in range(2))
        assert not compare(old, new)["moved"].any()
        of_four += any(abs(a[name] - b[name]) > EDGE for a, b in zip(old, new, strict=True) for name in names)
    assert of_four
    edge = math.hypot(0.004, 0.004) * NormalDist().inv_cdf(1 - 0.001 / 2 / (4 * count))  # by Bonferroni: 5.2 errors
    for shift, moves in ((0.999, False), (1.001, True)):
        one = new[7] | {"p_benefit": new[7]["p_benefit"] + shift * edge}
        assert compare(new, [*new[:7], one, *new[8:]])["moved"].sum() == moves


@pytest.mark.parametrize("quantity", ["p_mcid", "p_harm", "median"])
def test_every_quantity_is_compared_against_its_own_error(compare, quantity):
    one = row()
    allowed = tolerance(one, one, quantity)
    moved = compare([one], [row(**{quantity: one[quantity] + 1.2 * allowed})])
    assert list(moved["quantity"]) == [quantity] and moved["moved"].all()
    assert compare([one], [row(**{quantity: one[quantity] + 0.8 * allowed})]).empty


def test_standard_errors_are_those_of_repeated_sampling():
    """Oracle: 4,000 samples of 1,000 independent normal draws; the sd of their median and of their tail frequency."""
    draws = np.random.default_rng(1).normal(0.3, 0.2, (4000, 1000))
    known = row(ess_bulk=1000, ess_tail=1000, median=0.3, ci_low=0.3 - 1.96 * 0.2, ci_high=0.3 + 1.96 * 0.2)
    assert standard_error(known, "median") == pytest.approx(np.median(draws, axis=1).std(), rel=0.06)
    beyond = (draws > 0.6).mean(axis=1)
    assert standard_error(known | {"p_mcid": 0.0668}, "p_mcid") == pytest.approx(beyond.std(), rel=0.06)
    assert standard_error(known | {"p_mcid": 0.0}, "p_mcid") > 0  # a sure event has a resolution, not a certainty


def test_the_smaller_effective_sample_size_counts_for_tails():
    few = row(ess_bulk=10000, ess_tail=100)
    assert standard_error(few, "p_mcid") == pytest.approx(math.sqrt(0.1176 * 0.8824 / 100), rel=0.01)


def test_without_stored_errors_every_difference_counts(compare):
    silent = {"mcse_p_benefit": None, "ess_bulk": None, "ess_tail": None}
    frame = compare([row(**silent)], [row(**silent, p_benefit=0.6001)])
    assert list(frame["quantity"]) == ["p_benefit"] and frame["tolerance"].item() == 0


def test_a_class_may_change_within_monte_carlo_error(compare, tmp_path):
    old, new = row(p_benefit=0.899), row(p_benefit=0.901)
    (found,) = compare([old], [new]).to_dict("records")
    assert (found["change"], found["old_class"], found["new_class"]) == ("class", "uncertain", "probable")
    assert not found["moved"]
    assert ran(tmp_path, [old], [new]).exit_code == 0


def test_no_class_without_an_mcid(compare):
    (found,) = compare([row(mcid=None, p_mcid=None)], [row(mcid=None, p_mcid=None, p_benefit=0.95)]).to_dict("records")
    assert found["change"] == "value" and found["old_class"] is None


def test_rows_of_one_folder_only(compare):
    frame = compare([row(), row(prior="sceptical")], [row(), row(prior="enthusiastic")])
    assert dict(zip(frame["prior"], frame["change"], strict=True)) == {
        "enthusiastic": "only in new",
        "sceptical": "only in old",
    }
    assert frame["moved"].all()


def test_a_prior_that_can_now_be_formed_and_a_fit_that_now_fails(compare):
    formed = row(prior="cochrane")
    frame = compare([skipped()], [formed])
    assert list(frame["change"])[0] == "status" and set(frame["quantity"]) >= {"status", "p_benefit", "median"}
    broken = compare([row()], [row(status="failed", reason="R-hat")])
    assert list(broken["quantity"]) == ["status"] and broken["moved"].item()


def test_what_a_row_rests_on_is_named_but_is_no_movement(compare, tmp_path):
    frame = compare([row()], [row(prior_distribution="normal(0, 0.5)")])
    assert list(frame["quantity"]) == ["prior_distribution"] and not frame["moved"].any()


def test_numbers_of_another_direction_are_not_compared(compare):
    frame = compare([row()], [row(benefit="higher", p_benefit=0.4, p_harm=0.6)])
    assert list(frame["quantity"]) == ["benefit"] and frame["moved"].all()


def test_parameters_of_a_synthesis_are_told_apart(compare):
    key = "all--random_effects.stated--neutral"
    shared = {"trial": "all", "outcome": "", "key": key, "heterogeneity": "stated", "model": "random_effects"}
    nothing = dict.fromkeys(("p_benefit", "p_harm", "p_mcid", "mcid", "benefit", "mcse_p_benefit"))
    tau = shared | {"parameter": "tau"} | nothing
    old = [row(**shared, parameter="mu"), row(**tau, median=0.2)]
    frame = compare(old, [row(**shared, parameter="mu"), row(**tau, median=0.3)])
    assert frame[["parameter", "quantity"]].to_numpy().tolist() == [["tau", "median"]]


def test_exit_codes_and_words(tmp_path):
    same = ran(tmp_path, [row()], [row()])
    assert same.exit_code == 0 and "no changes beyond Monte Carlo error" in same.output
    moved = ran(tmp_path, [row(), row(prior="old")], [row(p_benefit=0.93, p_harm=0.07)])
    assert moved.exit_code == 1 and "3 changes beyond" in moved.output
    for words in ("demo:gel", "uncertain to probable", "0.600", "0.930", "only in old"):
        assert words in moved.output
    found = json.loads(ran(tmp_path, [row()], [row(p_benefit=0.93)], "--json").output)
    assert [(c["quantity"], c["new_class"], c["moved"]) for c in found] == [("p_benefit", "probable", True)]


def test_what_is_no_results_folder(tmp_path):
    good = results(tmp_path / "good", row())
    for name, content, said in (
        ("empty", None, "not a results folder"),
        ("cut", '[{"trial": ', "cannot be read"),
        ("other", '[{"a": 1}]', "row 1 has no trial"),
        ("object", "{}", "not an array of rows"),
        ("nan", json.dumps([row(p_benefit=float("nan"))]), "NaN is not a number"),
    ):
        folder = tmp_path / name
        folder.mkdir()
        if content is not None:
            (folder / "summary.json").write_text(content)
        with pytest.raises(InvalidInput, match=said):
            bayes.diff(good, folder)


def test_a_folder_of_an_older_version_lacks_columns_only(compare):
    old = {name: value for name, value in row().items() if name in COLUMNS[:40]}
    assert compare([old | {"key": row()["key"]}], [row()]).query("moved").empty


def test_the_door_ends_with_2(tmp_path, monkeypatch, capsys):
    from bayes.cli import main

    monkeypatch.setattr("sys.argv", ["bayes", "diff", str(tmp_path), str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2 and "not a results folder" in capsys.readouterr().err
