"""`bayes calibrate` on the command line."""

import json

import pytest
from click.testing import CliRunner
from support.invented_pairs import counted, pairs

from bayes.calibration import read
from bayes.cli import bayes
from bayes.errors import BayesError

SET = """
[effect.wide]
distribution = "normal(0, 3)"
rationale = "invented"
source = "invented"
[effect.narrow]
distribution = "normal(0, 0.3)"
rationale = "invented"
source = "invented"
[heterogeneity.small]
distribution = "half_normal(0.1)"
rationale = "invented"
source = "invented"
"""


def run(*names):
    ran = CliRunner().invoke(bayes, [str(name) for name in names])
    return ran.exit_code, ran.output + (str(ran.exception) if isinstance(ran.exception, BayesError) else "")


@pytest.fixture
def asked(tmp_path):
    """The command with a table of pairs and a prior set, and its folder."""
    pairs(80, year=2001, mcid=1.2, field="stroke").to_csv(tmp_path / "pairs.csv", index=False)
    (tmp_path / "mine.toml").write_text(SET)
    return ["calibrate", tmp_path / "pairs.csv", "--priors", tmp_path / "mine.toml", "--out", tmp_path / "out", "--samples", 50, "--jobs", 1]


def test_it_says_what_it_found_within_eighty_columns_and_writes_it(asked, tmp_path):
    code, said = run(*asked)
    assert code == 0 and max(map(len, said.splitlines())) <= 80
    found = read(tmp_path / "out")
    assert said.startswith("80 pairs of an early and a later trial in 40 groups")
    one_line = " ".join(said.split())
    assert "later estimates were likeliest under narrow" in one_line and "wide without heterogeneity" in one_line
    for row in found.scores:
        assert f"{row['coverage_95']:.3f}" in said and f"{row['log_density']:.3f}" in said
    for row in found.gains:
        assert f"{row['log_density']:.3f} ({row['log_density_low']:.3f} to {row['log_density_high']:.3f})" in said
    assert "not the truth" in one_line and "exact likelihood" not in one_line and "bootstrap intervals over groups" not in said
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "calibration.json", *(f"calibration{name}.csv" for name in ("", "_gains", "_splits", "_curves", "_levels", "_pits", "_priors"))
    }  # fmt: skip
    assert "8 files written" in one_line


def test_all_prints_the_parts_and_json_everything(asked, tmp_path):
    (tmp_path / "pairs.csv").write_text(pairs(80, year=[1990, 2005] * 40, mcid=1.2).to_csv(index=False))
    code, said = run(*asked, "--all", "--reference", "narrow,small")
    assert code == 0 and max(map(len, said.splitlines())) <= 80
    assert "By period of the early trial" in said and "Coverage and log density, with bootstrap intervals over groups" in said
    assert "Less the scores under narrow with small" in said
    code, said = run(*asked, "--json")
    assert code == 0 and json.loads(said) == read(tmp_path / "out").to_dict()


def test_counts_have_a_table_of_what_they_change(asked, tmp_path):
    counted(20).to_csv(tmp_path / "pairs.csv", index=False)
    code, said = run(*asked)
    assert code == 0 and max(map(len, said.splitlines())) <= 80
    assert "20 early trials read by their exact counts" in " ".join(said.split())
    assert "What the exact likelihood of counts changes" in said


def test_rejected_rows_are_written_with_their_reasons(asked, tmp_path):
    frame = pairs(30)
    frame.loc[4, "se_later"] = 0.0
    frame.to_csv(tmp_path / "pairs.csv", index=False)
    code, said = run(*asked)
    assert code == 0 and "1 row could not be used" in said
    written = (tmp_path / "out" / "calibration_rejected.csv").read_text().splitlines()
    assert written[0] == "row,group,reason" and written[1].startswith("5,g2,") and "se_later: accepted: a number above zero" in written[1]


def test_mistakes_are_named_and_nothing_is_written(asked, tmp_path):
    table = tmp_path / "pairs.csv"
    for change, words in (
        (lambda: None, "did you mean 'narrow,small'"),
        (lambda: table.write_text("group,y_latr\n"), "column 'y_later' is missing; found 'y_latr'"),
        (lambda: table.write_text("group,y,se,y_later,se_later\na,0,0,0,0\n"), "no row can be used; the first:"),
        (lambda: table.unlink(), "pairs.csv: cannot be read"),
    ):
        change()
        code, said = run(*asked, *(["--reference", "narrow,smal"] if "mean" in words else []))
        assert code != 0 and words in said
        assert not (tmp_path / "out").exists()
    code, said = run("calibrate", table, "--priors", "no_such_set")
    assert code != 0 and "no_such_set" in said
