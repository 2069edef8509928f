"""The page of a corpus: its numbers are those of the summary, it is inert, small and right in a browser."""

import csv
import json
import re

import pytest
from click.testing import CliRunner
from support.invented_corpora import analyses, answer, results
from support.pages import problems

from bayes.cli import bayes
from bayes.corpus.summary.summarising import summarise
from bayes.report import write
from bayes.report.dossier.disclosures import Counted
from bayes.report.pages.render import methods_page

NAMES = ("index.html", "corpus.html", "corpus.json", "methods.html", "calculator.html")


def singles():
    """A hundred results of two measures: under scepticism 8 of 20 benefits are lost."""
    for i in range(100):
        p = 0.99 if i < 20 else 0.3
        for prior, own in (("vague", p), ("sceptical", 0.9 if i < 8 else p)):
            yield answer(own, id=f"r{i}", row=i + 1, prior=prior, mean=-0.5 * (1 - i / 50), measure=("odds_ratio", "risk_ratio")[i % 2])


def pooled():
    """Sixty meta-analyses of two fields with a name that must be escaped."""
    for i in range(60):
        stated = {"analysis": f"a{i}", "row": i + 1, "field": ("<b>stroke</b>", "cancer")[i % 2], "year": 2001.0 + 5 * (i % 2)}
        for prior, p in (("vague", 0.99 if i < 30 else 0.5), ("neutral", 0.98 if i < 10 else 0.6)):
            for tau in ("plain", "wide", None):
                yield answer(p, prior=prior, heterogeneity=tau, mean=0.02 * (i - 30), normal_p_benefit=p - 0.01, **stated)
            yield answer(0.6, prior=prior, heterogeneity="plain", parameter="new_trial", **stated)
        for tau in ("plain", "wide", None) if i < 5 else ():
            yield {**answer(0.5, prior="sceptical", heterogeneity=tau, **stated), "status": "skipped"}
        if i < 7:
            yield {**answer(0.5, prior="neutral", heterogeneity="turner", **stated), "status": "skipped"}


@pytest.fixture(scope="module", params=["results", "analyses"])
def folder(request, tmp_path_factory):
    """A results folder with only a corpus, which is audited and has a rejected row."""
    made = tmp_path_factory.mktemp(request.param)
    if request.param == "results":
        results(made, singles())
    else:
        analyses(made, pooled(), [{"prior": "vague", "heterogeneity": "plain", "shrinkage": w} for w in (0.2, 0.5, 0.9)])
    tables = {"corpus_rejected.csv": [["source", "row", "id", "reason"], ["a.csv", 3, "r3", "no se"]]}
    tables["audit.csv"] = [["id", "prior", "heterogeneity", "parameter", "status"], ["a", "vague", "", "effect", "ok"], ["b", "vague", "", "effect", "failed"]]
    for name, rows in tables.items():
        with (made / name).open("w", newline="") as stream:
            csv.writer(stream).writerows(rows)
    write(made)
    return made


def test_a_folder_with_only_a_corpus_has_an_overview_and_its_page(folder):
    root = folder / "report"
    assert {path.name for path in root.iterdir()} == set(NAMES)
    assert 'href="corpus.html"' in (root / "index.html").read_text()
    assert "checklist.html" not in "".join((root / name).read_text() for name in NAMES)
    assert (root / "corpus.html").stat().st_size < 300_000
    assert json.loads((root / "corpus.json").read_text()) == summarise(folder).to_dict()


def test_the_page_says_what_the_summary_says(folder):
    page = (folder / "report" / "corpus.html").read_text()
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
    found = summarise(folder)
    for row in found.changes:
        assert f"{100 * row['share']:.1f}% ({100 * row['low']:.1f}% to {100 * row['high']:.1f}%)" in shown
    assert "NUTS vouches for 1 of 2 posteriors sampled, in audit.csv" in shown
    assert "1, with the reasons in corpus_rejected.csv" in shown
    assert "too narrow" in shown and "arbitrarily" in shown and "It does not say which of the two readers is right" in shown
    if found.corpus["kind"] == "results":
        assert "The sceptical prior changes 8.0% of 100 conclusions (8 lost)." in shown
    else:
        assert "<b>stroke</b>" not in page and "&lt;b&gt;stroke" in page
        assert "sceptical 5; neutral with turner 7; the prior cannot be formed or read" in shown


@pytest.mark.browser
def test_the_pages_are_right_in_a_browser(folder, browser):
    assert not problems(browser, folder / "report", [folder / "report" / name for name in ("corpus.html", "index.html")])


def test_without_its_files_a_folder_of_a_corpus_is_not_a_results_folder(tmp_path):
    results(tmp_path, singles())
    run = CliRunner().invoke(bayes, ["report", "--results", str(tmp_path), "--jobs", "1"])
    assert run.exit_code == 0, run.output
    (tmp_path / "corpus.parquet").unlink()
    run = CliRunner().invoke(bayes, ["report", "--results", str(tmp_path)])
    assert "not a results folder" in str(run.exception)


def test_pages_of_trials_mention_a_corpus_beside_them():
    page = methods_page(Counted(1, 0, 6, "a corpus of 5 results"))
    assert 'href="corpus.html"' in page and 'href="checklist.html"' in page
    assert "6 posteriors in all, without adjustment for their number; beside a corpus of 5 results" in page
    assert "corpus" not in str(Counted(1, 0, 6)) and 'href="corpus.html"' not in methods_page(Counted(1, 0, 6))
