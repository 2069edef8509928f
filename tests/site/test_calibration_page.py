"""The page of a calibration: its numbers are those of the tables, it is inert, small and right in a browser."""

import json
import re
from dataclasses import replace

import pytest
from click.testing import CliRunner
from support.invented_corpora import answer, results
from support.invented_pairs import counted, pairs, prior_set, small
from support.pages import problems

from bayes.calibration import calibrate, layout, read, wording, write
from bayes.cli import bayes
from bayes.report import write as report
from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.later_trials import calibration_page
from bayes.report.pages.render import methods_page

NAMES = {"index.html", "calibration.html", "calibration.json", "methods.html", "calculator.html"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A results folder with only a calibration, which has a rejected row and a field that must be escaped."""
    made = tmp_path_factory.mktemp("calibration")
    found = small()
    write(replace(found, rejected=[{"row": 7, "group": "<i>g</i>", "reason": "se_later: <u>none</u>"}]), made)
    report(made)
    return made


def words_of(path):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", path.read_text()))


def test_a_folder_with_only_a_calibration_has_an_overview_and_its_page(folder):
    root = folder / "report"
    assert {path.name for path in root.iterdir()} == NAMES
    index = (root / "index.html").read_text()
    assert 'href="calibration.html"' in index and "What later trials found" in index and "a calibration on 400 pairs" in index
    assert "checklist.html" not in index and "corpus.html" not in index and "database" not in words_of(root / "index.html")
    assert (root / "calibration.html").stat().st_size < 300_000
    assert json.loads((root / "calibration.json").read_text()) == read(folder).to_dict()


def test_the_page_says_what_the_tables_say(folder):
    path, found = folder / "report" / "calibration.html", read(folder)
    page, shown = path.read_text(), words_of(path)
    for row in found.scores:
        for name in ("coverage_95", "coverage_80", "coverage_50", "log_density", "median_error", "width_95", "brier_direction", "brier_mcid"):
            assert layout.ranged(row, name) in shown, name
    for row in found.gains:
        assert layout.ranged(row, "log_density") in shown
    for text in (wording.lead(found), *wording.lessons(found), *wording.cautions(found)):
        assert " ".join(text.split()) in shown.replace("&#39;", "'"), text
    tau = found.best["heterogeneity"]
    for row in found.splits:
        if row["heterogeneity"] == tau and row["by"] != "measure":
            assert layout.ranged(row, "log_density") in shown
    assert "<b>lungs" not in page and "&lt;b&gt;lungs" in page and "<i>g" not in page and "<u>none" not in page
    assert "1, with the reasons in calibration_rejected.csv" in shown and "1,000" not in shown and "200 samples of groups" in shown
    assert page.count("<svg") == 5 and "Exact counts" not in shown


def test_counts_have_their_section_and_other_parts_are_left_out():
    found = calibrate(counted(60), prior_set({"narrow": "normal(0, 0.3)"}), samples=50, jobs=1)
    page = calibration_page(found, Counted(0, 0, 0, "", "a calibration on 60 pairs"))
    assert "Exact counts or their normal approximation" in page
    assert "Less the scores under" not in page and "Differences from the scores" not in page, "there is no other pair of priors"
    assert page.count("<svg") == 4, "no pair has an MCID"


def test_without_any_prediction_the_page_says_so():
    found = calibrate(pairs(9), prior_set({"sceptical": {"rule": "sceptical"}}), samples=20, jobs=1)
    page = calibration_page(found, Counted(0, 0, 0, "", "a calibration"))
    assert "No pair of trials has a prediction" in page and "<svg" not in page and "no MCID is stated" in page


@pytest.mark.browser
def test_the_pages_are_right_in_a_browser(folder, browser):
    assert not problems(browser, folder / "report", [folder / "report" / name for name in ("calibration.html", "index.html")])


def test_a_corpus_and_a_calibration_stand_side_by_side_and_go_with_their_files(tmp_path):
    results(tmp_path, [answer(0.9, id=f"r{i}", row=i + 1, prior=prior) for i in range(4) for prior in ("vague", "sceptical")])
    write(small(), tmp_path)
    run = CliRunner().invoke(bayes, ["report", "--results", str(tmp_path), "--jobs", "1"])
    assert run.exit_code == 0, run.output
    root = tmp_path / "report"
    index = (root / "index.html").read_text()
    assert 'href="corpus.html"' in index and 'href="calibration.html"' in index
    assert "a corpus of 4 results and a calibration on 400 pairs of an early and a later trial" in words_of(root / "index.html")
    (tmp_path / "calibration.json").unlink()
    assert CliRunner().invoke(bayes, ["report", "--results", str(tmp_path), "--jobs", "1"]).exit_code == 0
    assert not list(root.glob("calibration*")) and "calibration" not in (root / "index.html").read_text()
    (tmp_path / "corpus.parquet").unlink()
    assert "not a results folder" in str(CliRunner().invoke(bayes, ["report", "--results", str(tmp_path)]).exception)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "calibration.json").write_text("{}")
    run = CliRunner().invoke(bayes, ["report", "--results", str(tmp_path)])
    assert "calibration.json: not the tables of this version" in str(run.exception)


def test_pages_of_trials_mention_a_calibration_beside_them():
    counted = Counted(1, 0, 6, calibration="a calibration on 5 pairs")
    page = methods_page(counted)
    assert 'href="calibration.html"' in page and 'href="checklist.html"' in page
    assert str(counted).endswith("without adjustment for their number; beside a calibration on 5 pairs")
    assert 'href="calibration.html"' not in methods_page(Counted(1, 0, 6))
