"""The command as a user meets it: in a process of its own."""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.noted import noted

from bayes import load_priors, load_trial
from bayes.analysis.plan import make_plan
from bayes.cli import fit_
from bayes.posterior.row import COLUMNS, SCHEMA

PROMISED = """trial outcome parameter model evidence prior prior_distribution heterogeneity heterogeneity_distribution measure scale
benefit mean sd median ci_low ci_high ci_prob estimate estimate_low estimate_high p_benefit p_harm mcid p_mcid rope_low rope_high p_rope
p_beyond mcse_p_benefit r_hat ess_bulk ess_tail divergences exact_p_benefit exact_mean exact_method status reason note""".split()


def bayes(*arguments: str, cwd=None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "bayes", *arguments], capture_output=True, text=True, timeout=300, cwd=cwd
    )


def test_every_contract_column_comes_first_and_in_order():
    assert list(COLUMNS[: len(PROMISED)]) == PROMISED


@pytest.mark.nuts
def test_fit_prints_one_json_row_with_every_column_and_stores_nothing(tmp_path):
    done = bayes("fit", "mesems:gel_24w", "--prior", "normal(0, 0.355)", "--threshold", "0.8", "--json", cwd=tmp_path)
    assert done.returncode == 0 and not done.stderr
    (row,) = json.loads(done.stdout)
    assert set(PROMISED) <= row.keys()
    # closed form: precision-weighted mean of log 0.94 (s = 0.2424) and N(0, 0.355)
    assert row["exact_mean"] == pytest.approx(-0.0422, abs=1e-4)
    assert row["mean"] == pytest.approx(-0.0422, abs=4 * row["mcse_mean"])
    assert row["sd"] == pytest.approx(0.2002, abs=0.006)
    assert json.loads(row["p_beyond"]).keys() == {"0.75", "1", "0.8"}
    assert not list(tmp_path.iterdir())


def test_deaths_say_that_they_do_not_inform():
    deaths = load_trial("mesems").outcomes["deaths_24w"]
    said = "; ".join(noted(make_plan([deaths], load_priors(), ["neutral"]).analyses[0], 0.355, 0.35))
    for part in ("not informed by the data", "4.2% (0/69)", "3.9% (0/75)", "2.1% (0/144)"):
        assert part in said


@pytest.mark.nuts
def test_a_table_for_people_and_one_for_programs():
    done = CliRunner().invoke(fit_.command, ["mesems:gel_24w", "--prior", "neutral", "--prior", "sceptical"])
    assert done.exit_code == 0
    assert "credible interval" in done.stdout and "sceptical" in done.stdout and "confidence" not in done.stdout
    done = CliRunner().invoke(fit_.command, ["mesems:gel_24w", "--prior", "neutral", "--csv"])
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert row.keys() >= set(PROMISED) and row["status"] == "ok"


@pytest.mark.slow
def test_a_rule_that_cannot_be_formed_is_a_row():
    done = bayes("fit", "mesems:ae_events_24w", "--prior", "cochrane", "--json")
    (row,) = json.loads(done.stdout)
    assert row["status"] == "skipped" and "standard error" in row["reason"]


@pytest.fixture
def trial(tmp_path) -> Path:
    from support.trial_file import GOOD

    path = tmp_path / "demo.toml"
    path.write_text(GOOD)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("source =", "sorce =", "did you mean 'source'"),
        ("ci = [0.58, 1.50]", "ci = [0.98, 1.50]", "excludes its own estimate"),
        (
            'kind = "estimate"\nestimate = 0.94\nci = [0.58, 1.50]',
            'kind = "events"\ntreatment = { events = 5, persons = 80, n = 69 }\ncontrol = { events = 9, persons = 2, n = 75 }',
            "80 persons with an event exceed n = 69",
        ),
    ],
)
def test_mistakes_in_a_file_end_with_2_and_write_nothing(trial, old, new, said):
    trial.write_text(trial.read_text().replace(old, new))
    done = bayes("regenerate", str(trial), cwd=trial.parent)
    assert done.returncode == 2 and said in done.stderr
    assert "Traceback" not in done.stderr and str(trial) in done.stderr
    assert [p.name for p in trial.parent.iterdir()] == ["demo.toml"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("regenerate", "absent.toml"), "no such file"),
        (("regenerate", "mesem"), "did you mean 'mesems'"),
        (("regenerate", "mesems", "--priors", "defalt"), "did you mean 'default'"),
        (("fit", "mesems:gel_24w", "--prior", "skeptical"), "did you mean 'sceptical'"),
        (("fit", "mesems:gel_24w", "--prior", "normal(0 0.3)"), "cannot read"),
        (("fit", "mesems:gel_24w", "--prior", "half_normal(0.3)"), "one side of no effect"),
        (("fit", "mesems:gel"), "did you mean 'gel_24w'"),
        (("chek",), "did you mean 'check'"),
        (("fit", "mesems", "--tresh", "1"), "--threshold"),
    ],
)
def test_mistakes_on_the_command_line(tmp_path, arguments, said):
    done = bayes(*arguments, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert said in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_all_files_are_read_before_anything_is_done(trial):
    bad = trial.with_name("bad.toml")
    bad.write_text(trial.read_text().replace('id = "demo"', 'id = "bad"').replace("year = 2020", "year = 20"))
    done = bayes("regenerate", str(trial.parent), "absent.toml", cwd=trial.parent)
    assert done.returncode == 2
    assert "bad.toml: year" in done.stderr and "absent.toml" in done.stderr
    assert not (trial.parent / "results").exists()


@pytest.mark.slow
def test_check(trial):
    assert bayes("check").returncode == 0
    trial.write_text(trial.read_text().replace("year = 2020", "yeer = 2020"))
    done = bayes("check", str(trial))
    assert done.returncode == 2 and "did you mean 'year'" in done.stderr
    (first, *_) = json.loads(bayes("check", str(trial), "--json").stdout)
    assert first["path"].startswith(str(trial))


@pytest.mark.slow
def test_status_and_lists(tmp_path):
    done = bayes("status", cwd=tmp_path)
    assert done.returncode == 0 and "results: 0 of " in done.stdout and " missing: " in done.stdout
    done = bayes("status", "--all", cwd=tmp_path)
    assert done.returncode == 0 and "mesems.gel_24w--single_trial--neutral: missing" in done.stdout
    for what, expected in (
        ("trials", "isis_hermes"),
        ("outcomes", "treasure:mrs_90d"),
        ("priors", "sceptical"),
        ("models", "proportional_odds"),
        ("measures", "common_odds_ratio"),
    ):
        done = bayes("list", what)
        assert done.returncode == 0 and expected in done.stdout


def test_the_schema_comes_from_the_classes():
    schema = json.loads(bayes("list", "schema").stdout)
    kinds = {d["properties"]["kind"]["const"] for d in schema["$defs"].values() if "kind" in d["properties"]}
    assert kinds == {
        "adverse_events",
        "ordinal",
        "ordinal_cut",
        "binary",
        "events",
        "means",
        "geometric_means",
        "medians",
        "paired_means",
        "paired_counts",
        "censored_counts",
        "days_free",
        "survival",
        "median_survival",
        "rmst",
        "digitised_curve",
        "rates",
        "percentages",
        "log_rank",
        "estimate",
        "p_value",
        "significance",
        "proportion",
    }
    assert schema["$defs"]["Estimate"]["properties"]["estimate"]["type"] == "number"
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize(("file", "required"), [("trial", "arms"), ("synthesis", "outcomes"), ("priors", None)])
def test_a_schema_says_what_it_is_of_and_resolves_its_own_references(file, required):
    schema = json.loads(bayes("list", "schema", "--of", file).stdout)
    assert schema["$id"].endswith(f"-{file}.json") and schema["title"] and schema["description"]
    assert required is None or required in schema["required"]
    named = set(re.findall(r'"#/\$defs/(\w+)"', json.dumps(schema)))
    assert named == set(schema.get("$defs", {})), "every reference leads somewhere, and nothing is left over"


def loaded_by(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return {name.partition(".")[0] for name in done.stdout.split()}


HEAVY = {"pymc", "arviz", "scipy", "matplotlib", "pytensor", "numba", "nutpie"}


def test_importing_the_package_loads_nothing_heavy():
    assert not HEAVY & loaded_by("import bayes")


@pytest.mark.slow
def test_the_columns_of_a_summary_are_listed_with_their_meanings():
    lines = bayes("list", "columns").stdout.splitlines()
    assert [line.split()[0] for line in lines] == [*COLUMNS, "(schema)"]
    assert all(len(line.split()) > 2 for line in lines) and f"version {SCHEMA}" in lines[-1]


@pytest.mark.slow
def test_help_list_and_check_load_no_sampler():
    for arguments in (["--help"], ["list", "trials"], ["check"], ["status", "--out", "nowhere"]):
        code = f"from bayes.cli import bayes\ntry:\n    bayes.main({arguments}, standalone_mode=False)\nexcept SystemExit: pass"
        assert not (HEAVY - {"scipy"}) & loaded_by(code)
