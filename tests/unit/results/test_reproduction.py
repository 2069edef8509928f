"""`bayes reproduce`: what agrees within Monte Carlo error, what does not, and how it is said."""

from __future__ import annotations

import json
import math
import shutil
from statistics import NormalDist

import numpy as np
import pytest
from click.testing import CliRunner
from support.results_folders import fitted, row, skipped

from bayes.base import archive
from bayes.cli import reproduce_
from bayes.errors import InvalidInput
from bayes.results import inputs
from bayes.results.agreement import Agreement, compare_csv
from bayes.results.bundles import bundle
from bayes.results.reproduction import compare as compare_summaries
from bayes.results.reproduction import reproduce
from bayes.results.summary_file import Summary, as_csv, read_rows

pytestmark = pytest.mark.slow

NAMES = ["mesems:gel_24w"]
NEUTRAL = "mesems.gel_24w--single_trial--neutral"


class Silent:
    def begin(self, due): ...
    def report(self, done): ...


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with its bundle, and a second sample of everything in it."""
    root = tmp_path_factory.mktemp("made")
    first = fitted(root / "first", NAMES)
    bundle(first, root / "first.zip")
    return root, first, fitted(root / "second", NAMES, seed=2)


@pytest.fixture
def unzipped(made, tmp_path):
    shutil.unpack_archive(made[0] / "first.zip", tmp_path / "unzipped")
    return tmp_path / "unzipped"


def falsify(folder, change, parameter="effect", key=NEUTRAL):
    """Change a row of the summary, in both its forms, and have the sums agree with it."""
    rows = read_rows(folder)
    (found,) = (one for one in rows if one["key"] == key and one["parameter"] == parameter)
    found |= change(found)
    (folder / "summary.json").write_text(json.dumps(rows))
    (folder / "summary.csv").write_text(as_csv(rows))
    resum(folder)


def resum(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    names = [line.partition("  ")[2] for line in lines]
    (folder / "SHA256SUMS").write_text("".join(f"{archive._sum(folder / name)}  {name}\n" for name in names))


def against(folder, second) -> Agreement:
    return reproduce(folder, second, jobs=1, listener=Silent()).agreement


@pytest.mark.slow
def test_a_second_sample_agrees_and_nothing_current_is_sampled_again(made):
    root, _, second = made
    done = reproduce(root / "first.zip", second, jobs=1, listener=Silent())
    assert done.verified > 10 and not done.run.stale and len(done.run.current) == done.agreement.rows == 6
    assert not done.agreement.disagreements and done.agreement.identical < 10
    # by hand: 8 of location and spread, 3 estimates, 5 probabilities and 2 in p_beyond (of the MCID and of no effect)
    names = {one.quantity for one in done.agreement.sampled}
    assert names == {
        "mean", "sd", "median", "ci_low", "ci_high", "estimate", "estimate_low", "estimate_high", "p_benefit", "p_harm",
        "p_mcid", "p_severe_harm", "p_rope", "p_beyond[0.75]", "p_beyond[1]",
    }  # fmt: skip
    assert len(done.agreement.sampled) == 6 * len(names)
    assert 0.5 < np.std([one.z for one in done.agreement.sampled]) < 1.5


def test_the_same_sample_agrees_digit_for_digit(made, tmp_path):
    """A quantile is compared by the share of stored draws below it, whose packing moves a few of 12,000 across."""
    root, first, _ = made
    found = against(root / "first.zip", shutil.copytree(first, tmp_path / "same"))
    assert found.identical == len(found.sampled) and not found.disagreements
    quantiles = ("median", "ci_low", "ci_high", "estimate", "estimate_low", "estimate_high")
    assert all(abs(one.z) < (0.2 if one.quantity in quantiles else 1e-9) for one in found.sampled)


@pytest.mark.parametrize("name", ["mean", "sd", "p_benefit", "p_mcid", "p_rope"])
@pytest.mark.parametrize(("times", "differs"), [(-1.3, True), (1.3, True), (0.5, False)])
def test_every_sampled_number_has_its_own_bound(made, unzipped, name, times, differs):
    """The old number is put `times` the bound from the new one; errors by the closed forms of independent draws."""
    (new,) = (one for one in read_rows(made[2]) if one["key"] == NEUTRAL)
    n = 4000
    error = {"mean": new["sd"] / math.sqrt(n), "sd": new["sd"] / math.sqrt(2 * n)}.get(name)
    error = error or math.sqrt(new[name] * (1 - new[name]) / n)
    bound = NormalDist().inv_cdf(1 - 0.001 / 2 / (6 * 14))
    falsify(unzipped, lambda row: {name: new[name] + times * bound * math.sqrt(2) * error})
    wrong = against(unzipped, made[2]).disagreements
    assert [(one.key, one.quantity) for one in wrong] == ([(NEUTRAL, name)] if differs else [])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["median", "ci_low", "ci_high"])
def test_a_quantile_is_compared_by_the_share_below_it(made, unzipped, name):
    """Oracle: the density of a normal at its quantile turns the error of the share into that of the quantile."""
    (new,) = (one for one in read_rows(made[2]) if one["key"] == NEUTRAL)
    p = {"median": 0.5, "ci_low": 0.025, "ci_high": 0.975}[name]
    normal = NormalDist(new["mean"], new["sd"])
    error = math.sqrt(p * (1 - p) / 4000) / normal.pdf(normal.inv_cdf(p))
    estimate = {"median": "estimate", "ci_low": "estimate_low", "ci_high": "estimate_high"}[name]
    bound = NormalDist().inv_cdf(1 - 0.001 / 2 / (6 * 14)) * math.sqrt(2) * error
    for times, wrong in ((0.5, []), (2.0, [name, estimate])):
        moved = new[name] + times * bound
        falsify(unzipped, lambda row, at=moved: {name: at, estimate: math.exp(at)})
        assert sorted(one.quantity for one in against(unzipped, made[2]).disagreements) == sorted(wrong)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda row: {"exact_mean": row["exact_mean"] * (1 + 2e-6)}, "exact_mean"),
        (lambda row: {"estimate_high": row["estimate_high"] * (1 + 1e-5)}, "estimate_high of ci_high"),
        (lambda row: {"note": "sound"}, "note"),
        (lambda row: {"prior_distribution": "normal(0, 0.356)"}, None),  # the last digit of a computed prior
        (lambda row: {"prior_distribution": "normal(0, 0.365)"}, "prior_distribution"),
        (lambda row: {"mcid": 0.8}, "mcid"),
        (lambda row: {"status": "failed"}, "status"),
        (lambda row: {"r_hat": 1.004, "ess_bulk": 4100.0, "mcse_mean": 0.01}, None),  # the gate is passed anew
    ],
)
def test_what_no_error_is_allowed_for(made, unzipped, change, named):
    falsify(unzipped, change)
    wrong = [one.quantity for one in against(unzipped, made[2]).disagreements]
    assert named in wrong if named else wrong == []


def test_a_threshold_that_is_gone_is_missed(made, unzipped):
    path = unzipped / "thresholds.csv"
    kept = [line for line in path.read_text().splitlines() if not (NEUTRAL in line and ",1.0," in line)]
    path.write_text("\n".join(kept) + "\n")
    resum(unzipped)
    assert "p_beyond[1]" in [one.quantity for one in against(unzipped, made[2]).disagreements]


def test_rows_that_are_gone_new_or_only_in_the_table(made, unzipped):
    rows = read_rows(unzipped)

    def compare(some, errors, out):
        return compare_summaries(Summary(some, [], []), errors, out)

    assert [c.quantity for c in compare(rows[1:], {}, made[2]).stated if not c.agrees] == ["row"]
    more = compare([*rows, row(), skipped()], {}, made[2])
    assert [(c.quantity, c.new) for c in more.stated if not c.agrees] == [("status", None)] * 2
    text = (unzipped / "summary.csv").read_text()
    assert not list(compare_csv(rows, text))
    (cell,) = compare_csv(rows, text.replace(repr(rows[2]["p_mcid"]), "0.5", 1))
    assert (cell.key, cell.quantity, cell.old) == (rows[2]["key"], "p_mcid in summary.csv", "0.5")
    assert len(list(compare_csv(rows, text[: text.rindex("mesems,")]))) == 1


def test_failed_rows_are_counted_not_compared(made, tmp_path):
    second = shutil.copytree(made[2], tmp_path / "second")
    rows = read_rows(second)
    rows[0] |= {"status": "failed", "reason": "R-hat 1.02"}
    (second / "summary.json").write_text(json.dumps(rows))
    before = Summary([rows[0] | {"reason": "R-hat 1.03", "mean": 5.0}], [], [])
    found = compare_summaries(before, {}, second)
    assert found.failed == 1 and not found.sampled
    assert [(one.quantity, one.agrees) for one in found.stated if one.key == rows[0]["key"]] == [("status", True)]


@pytest.mark.slow
def test_the_command_names_what_differs_and_ends_with_1(made, unzipped, tmp_path):
    def ran(*words):
        return CliRunner().invoke(reproduce_.command, [*map(str, words), "--quiet"])

    second = shutil.copytree(made[2], tmp_path / "out")
    done = ran(unzipped, "--out", second)
    assert done.exit_code == 0, done.output
    for words in ("files agree with SHA256SUMS", "0 posteriors sampled", "90 numbers from draws", "all agree", "4.39"):
        assert words in done.output
    falsify(unzipped, lambda row: {"p_mcid": row["p_mcid"] + 0.2})
    done = ran(unzipped, "--out", second)
    assert done.exit_code == 1 and f"differs: {NEUTRAL} p_mcid" in done.output and "1 difference beyond" in done.output
    found = json.loads(ran(unzipped, "--out", second, "--json").output)
    assert not found["agrees"] and found["largest"]["quantity"] == "p_mcid" and found["sampled_numbers"] == 90


def test_a_results_folder_can_be_reproduced_too_and_says_that_it_has_no_sums(made, tmp_path):
    second = shutil.copytree(made[2], tmp_path / "out")
    done = CliRunner().invoke(reproduce_.command, [str(made[1]), "--out", str(second), "--quiet"])
    assert done.exit_code == 0 and "no SHA256SUMS" in done.output


def test_what_cannot_be_reproduced(made, unzipped, tmp_path):
    with pytest.raises(InvalidInput, match="need a separate folder"):
        reproduce(unzipped, unzipped, jobs=1, listener=Silent())
    (unzipped / "SHA256SUMS").unlink()
    (unzipped / "monte_carlo.json").unlink()
    with pytest.raises(InvalidInput, match="no Monte Carlo error for"):
        reproduce(unzipped, tmp_path / "out", jobs=1, listener=Silent())
    shutil.rmtree(unzipped / inputs.FOLDER)
    with pytest.raises(InvalidInput, match="asked.json"):
        reproduce(unzipped, tmp_path / "out", jobs=1, listener=Silent())
    assert not (tmp_path / "out").exists()


def test_another_seed_is_asked_of_every_posterior(made):
    plan = inputs.plan_of(made[1], seed=5)
    assert {analysis.settings.seed for analysis in plan.analyses} == {5}
    assert {analysis.settings.seed for analysis in inputs.plan_of(made[1]).analyses} == {20260101}
