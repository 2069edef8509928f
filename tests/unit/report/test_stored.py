"""What a report takes from a results folder: what was planned, is current, and has rows in the summary."""

import json

import pytest
from support.results_folders import fitted

from bayes.errors import InvalidInput
from bayes.report.dossier.stored import collect


@pytest.fixture
def folder(tmp_path):
    return fitted(tmp_path / "results", ["mesems:gel_24w"], draws=200)


def test_every_posterior_of_the_plan_is_shown_with_its_rows(folder):
    (stored,) = collect(folder)
    assert stored.main.prior.name == "neutral" and stored.target.name == "mesems:gel_24w"
    assert {analysis.key for analysis in stored.analyses} == {row["key"] for row in stored.rows if row["key"]}
    assert set(stored.records) == {analysis.key for analysis in stored.analyses}


def test_a_posterior_that_an_interrupted_run_left_without_rows_is_not_shown(folder):
    path = folder / "summary.json"
    path.write_text(json.dumps([row for row in json.loads(path.read_text()) if row["prior"] != "neutral"]))
    (stored,) = collect(folder)
    assert stored.main.prior.name != "neutral" and "neutral" not in {a.prior.name for a in stored.analyses}


def test_a_folder_without_its_plan_says_how_to_get_one(folder):
    (folder / "inputs" / "plan.json").unlink()
    with pytest.raises(InvalidInput, match="bayes regenerate"):
        collect(folder)
