"""`bayes import` of tables: what the command takes and says."""

import pytest
from click.testing import CliRunner

from bayes.cli import import_


@pytest.fixture
def run(tmp_path):
    (tmp_path / "table.csv").write_text("study,effect,L,U\nA,0.8,0.6,1.1\nB,0.9,0.7,1.2\n")

    def ran(*arguments):
        out = tmp_path / "out"
        done = CliRunner().invoke(import_.command, [str(tmp_path / "table.csv"), "--out", str(out), *arguments])
        return done.exit_code, f"{done.output} {done.exception}", out

    return ran


def test_columns_and_measure_are_options(run):
    given = ["--columns", "estimate=effect, ci_low=L,ci_high=U", "--measure", "hazard_ratio", "--benefit", "lower"]
    code, said, out = run(*given)
    assert code == 0 and "2 trials, 1 synthesis" in said
    assert 'measure = "hazard_ratio"' in (out / "a.toml").read_text()


def test_what_is_open_is_asked(run):
    code, said, out = run("--columns", "estimate=effect,ci_low=L,ci_high=U")
    assert code == 0 and "3 results: 0 imported, 3 offered" in said and "answers.toml" in said  # the synthesis as well
    assert '# [records.table]\n# measure = "..."' in (out / "answers.toml").read_text()


@pytest.mark.parametrize(
    "columns, said", [("estimate", "is not FIELD=COLUMN"), ("estimate=HR", "no column 'HR'"), ("or=effect", "not a field")]
)
def test_columns_that_do_not_exist_are_named(columns, said, run):
    code, output, out = run("--columns", columns)
    assert code != 0 and said in " ".join(output.split()) and not out.exists()
