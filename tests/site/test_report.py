"""`bayes report`: pages of a results folder, also of a trial that does its worst."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner
from pydantic import TypeAdapter
from support.pages import problems

from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.base.numbers import probability
from bayes.calibration.operating import operating
from bayes.calibration.operating.store import read as read_operating
from bayes.calibration.operating.store import write as write_operating
from bayes.cli import bayes
from bayes.errors import InvalidInput
from bayes.posterior.told import told
from bayes.priors.sets import load_priors
from bayes.report import write
from bayes.report.calculator import page as calculator
from bayes.report.checklist.checklist import ITEMS
from bayes.report.dossier.contents import Written
from bayes.report.own_prior.section import script
from bayes.report.pages import methods
from bayes.report.pages.render import finding, opening
from bayes.results import inputs, store, stored_plan
from bayes.results.fits import engine_of_this_worker, fit_and_save
from bayes.results.summarising import write_summary

pytestmark = pytest.mark.nuts

NASTY = """<script>alert('x')</script> "double" 'single' ../../etc/passwd </title></style> {{ 7*7 }} & \U0001f9e0 <img src=x onerror=alert(1)>"""
TRIAL = f"""
id = "hostile"
title = '''{NASTY}'''
year = 2020
condition = '''{NASTY}'''
design = '''{NASTY}'''
arms = {{ treatment = '''{NASTY}''', control = "placebo" }}
n = {{ treatment = 30, control = 31 }}
doi = '''{NASTY}'''
sources = ['''{NASTY}''']
[outcomes.ratio]
label = '''{NASTY}'''
measure = "rate_ratio"
benefit = "lower"
source = '''{NASTY}'''
timepoint = '''{NASTY}'''
notes = '''{NASTY}'''
mcid = {{ value = 0.75, rationale = '''{NASTY}''' }}
evidence = {{ kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }}
[outcomes.unplanned]
label = "No prior can be formed for it"
measure = "mean_difference"
benefit = "higher"
source = "abstract"
evidence = {{ kind = "estimate", estimate = 1.5, ci = [-2.0, 5.0] }}
[not_analysed.other]
label = '''{NASTY}'''
reason = '''{NASTY}'''
"""
SET = f"""
id = "two"
[effect.neutral]
rule = "neutral"
rationale = '''{NASTY}'''
source = '''{NASTY}'''
[effect.sceptical]
rule = "sceptical"
rationale = "none"
source = "none"
"""


ELSEWHERE = {  # of syntheses, and of what this trial does not state: a planned effect, the places of its numbers
    "/members/*/kind", "/members/*/source", "/thresholds/planned/source", "/thresholds/planned/value", "/places/*/place",
}  # fmt: skip


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A results folder of the hostile trial with its report; one graph is compiled for it."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "hostile.toml").write_text(TRIAL, encoding="utf-8")
    (home / "two.toml").write_text(SET, encoding="utf-8")
    targets, priors = find_targets([str(home / "hostile.toml")]), load_priors(home / "two.toml")
    plan, folder = make_plan(targets, priors), home / "results"
    engine = engine_of_this_worker()
    done = [fit_and_save(analysis, folder, None, engine) for analysis in plan.analyses]
    assert [d.status for d in done] == ["ok", "ok"]
    inputs.keep(targets, priors, None, folder)
    stored_plan.keep(plan, priors, folder)
    write_summary(plan, folder, {})
    for rule in ("p_benefit > 0.95", "p_benefit > 0.9 and p_mcid > 0.3"):
        write_operating(operating(targets[0], rule, prior_set=priors, design="neutral").rows, folder)
    assert write(folder).lost == {}
    return folder


def test_the_pages_are_inert_and_right_in_a_browser(results, browser):
    ours = {script(), opening(), finding(), calculator.script()}

    def inert(page):
        scripts = page.evaluate("() => [...document.scripts].filter(s => s.type !== 'application/json').map(s => s.text)")
        return ["a script that is not ours"] if set(scripts) - ours or page.evaluate("() => document.images.length") else []

    pages = sorted((results / "report").rglob("*.html"))
    pages.remove(results / "report" / methods.PAGE)  # the same in every report, and a test of its own opens it
    assert problems(browser, results / "report", pages, check=inert) == []
    context = browser.new_context()
    page = context.new_page()
    page.goto((results / "report/outcomes/hostile.ratio.html").as_uri())
    assert page.text_content("h1") == NASTY
    assert page.evaluate("() => document.title") == f"{NASTY} (hostile:ratio)"
    assert page.text_content("#printed dd >> nth=3") == NASTY  # where it was printed
    assert NASTY in page.text_content("#priors")
    assert "49 &" not in page.content()
    page.goto((results / "report/trials/hostile.html").as_uri())
    assert page.text_content("h1") == NASTY and page.text_content("main").count(NASTY) > 8
    context.close()


def test_operating_characteristics_are_on_the_page_of_their_outcome(results):
    """Tables and power curves of both rules, as operating.csv has them; FDA-7 passes, and the other outcome has neither."""
    page = (results / "report/outcomes/hostile.ratio.html").read_text("utf-8")
    section = page[page.index('id="operating"') : page.index('id="printed"')]
    assert section.count("<svg") == 2 and 'href="../../operating.csv"' in section
    assert "p_benefit &gt; 0.9 and p_mcid &gt; 0.3" in section
    for row in read_operating(results):
        if row["characteristic"] in ("type_i_error", "assurance"):
            assert f">{probability(row['value'], table=True).replace('<', '&lt;')}<" in section
    assert 'id="operating"' not in (results / "report/outcomes/hostile.unplanned.html").read_text("utf-8")
    item = next(item for item in json.loads((results / "checklist.json").read_text("utf-8")) if item["id"] == "FDA-7")
    assert {one["target"]: one["status"] for one in item["targets"]} == {"hostile:ratio": "pass", "hostile:unplanned": "n/a"}


def test_a_page_is_due_when_its_operating_characteristics_change(results):
    class Told:
        due = {}

        def begin(self, due):
            self.due = due

        def report(self, done):
            pass

    told, before = Told(), (results / "operating.csv").read_text("utf-8")
    (results / "operating.csv").unlink()
    write(results, listener=told)
    assert told.due == {"hostile:ratio": "changed"}
    item = next(item for item in json.loads((results / "checklist.json").read_text("utf-8")) if item["id"] == "FDA-7")
    assert item["status"] == "fail" and "bayes operating inputs/trials/hostile.toml:ratio" in item["reason"]
    (results / "operating.csv").write_text(before, encoding="utf-8")
    write(results)


def test_the_checker_of_pages_finds_what_is_wrong(tmp_path, browser):
    bad = "<!DOCTYPE html><title>t</title><img src=''><a href='nowhere.html'>x</a><script>throw Error('broken')</script>"
    (tmp_path / "bad.html").write_text(bad + "<div style='width:3000px'>wide</div><input>", encoding="utf-8")
    said = "\n".join(problems(browser, tmp_path))
    for wrong in ("broken", "leads nowhere", "no alternative text", "pixels too wide", "axe: html-has-lang", "axe: label"):
        assert wrong in said


def test_file_names_are_safe(results):
    names = [path.relative_to(results / "report").as_posix() for path in (results / "report").rglob("*.*")]
    assert all(re.fullmatch(r"[A-Za-z0-9_./-]+", name) and ".." not in name for name in names)
    assert {"outcomes/hostile.ratio.html", "outcomes/hostile.unplanned.html", "trials/hostile.html", "index.html", "methods.html"} <= set(names)


def test_what_is_written_has_the_contents_that_are_declared(results):
    """Also of an outcome of which no posterior is stored: every key, of its type, and no other."""
    contents = TypeAdapter(Written)
    for path in (results / "report" / "data").glob("*.json"):
        dossier = json.loads(path.read_text())
        assert contents.validate_python(dossier, strict=True) == dossier


def test_the_numbers_of_a_page_are_those_of_the_summary(results):
    dossier = json.loads((results / "report/data/hostile.ratio.json").read_text("utf-8"))
    rows = json.loads((results / "summary.json").read_text("utf-8"))
    decides = [row.pop("prior_p_that_decides") for row in dossier["rows"]]  # beside a Bayes factor, of which there is none
    for row in dossier["rows"]:
        beyond = {f"{one['threshold']:.12g}": one["probability"] for one in row.pop("beyond")}
        drawn = json.loads(row["p_beyond"] or "{}")
        assert beyond == pytest.approx(drawn, abs=0.02) and beyond.keys() == drawn.keys()
        assert row.pop("quantities") == json.loads(row["derived"] or "{}")
        if row["status"] == "ok":  # one number for one quantity: by quadrature
            assert row["p_benefit"] == row["exact_p_benefit"] and row["p_mcid"] == row["exact_p_mcid"]
            assert row["p_benefit"] == pytest.approx(beyond["1"], abs=1e-9)
    assert set(decides) == {None} and dossier["rows"] == [told(row) for row in rows if row["outcome"] == "ratio"]
    page = (results / "report/outcomes/hostile.ratio.html").read_text("utf-8")
    for row in dossier["rows"]:
        assert f"{row['p_benefit']:.3f}" in page and f"{row['estimate']:.3f}" in page
    assert set(dict(dossier["disclosures"])) >= {
        "prespecified", "primary outcome", "multiplicity", "estimand", "analysis set", "missing data", "adjusted",
        "blinding", "risk of bias", "source level", "registration",
    }  # fmt: skip
    assert dict(dossier["disclosures"])["blinding"] == "not stated"


def reached(value, steps: list[str]) -> bool:
    """Whether a JSON pointer leads somewhere, whatever stands there."""
    if not steps:
        return True
    entries = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    if steps[0] == "*":
        return any(reached(entry, steps[1:]) for entry in entries)
    return isinstance(value, dict) and steps[0] in value and reached(value[steps[0]], steps[1:])


def test_no_look_of_a_checklist_points_at_what_no_dossier_holds(results):
    """A pointer to a value that nothing writes can never pass."""
    dossiers = [json.loads(path.read_text("utf-8")) for path in (results / "report/data").glob("*.json")]
    pointers = {look.pointer for item in ITEMS for look in item.looks if not look.file and "{" not in look.pointer}
    assert len(pointers) > 40
    lost = {p for p in pointers if not any(reached(dossier, p.split("/")[1:]) for dossier in dossiers)}
    assert lost == ELSEWHERE


def test_an_outcome_without_a_posterior_has_a_page_that_says_why(results):
    page = (results / "report/outcomes/hostile.unplanned.html").read_text("utf-8")
    assert "No posterior is stored for No prior can be formed for it" in page and "sd_ref" in page


def test_only_what_changed_is_written_again(results):
    class Told:
        due, done = {}, []

        def begin(self, due):
            self.due = due

        def report(self, done):
            self.done.append(done)

    told = Told()
    write(results, listener=told)
    assert told.due == {} and told.done == []
    (results / "report/outcomes/gone.html").write_text("of an outcome that is no more", encoding="utf-8")
    for file in ("outcomes/hostile.ratio.html", "text/hostile.ratio.md", "data/hostile.ratio.csv"):
        path = results / "report" / file
        before = path.read_text("utf-8")
        path.unlink()
        told.done.clear()
        write(results, listener=told)
        assert told.due == {"hostile:ratio": "missing"} and [d.key for d in told.done] == ["hostile:ratio"]
        assert path.read_text("utf-8") == before  # the same every time
    assert not (results / "report/outcomes/gone.html").exists()


def test_a_page_that_cannot_be_made_costs_no_other(results, monkeypatch):
    from bayes.report import site

    def fails(stored, counted):
        raise RuntimeError("planted")

    monkeypatch.setattr(site, "dossier", fails)
    (results / "report/outcomes/hostile.unplanned.html").unlink()
    report = write(results)
    assert report.lost == {"hostile:unplanned": "RuntimeError: planted"}
    index = report.index.read_text("utf-8")
    assert "outcomes/hostile.ratio.html" in index and "hostile.unplanned" not in index
    monkeypatch.undo()
    assert write(results).lost == {}


def test_the_command_says_what_is_missing(tmp_path):
    nothing = CliRunner().invoke(bayes, ["report", "--out", str(tmp_path)])
    assert nothing.exit_code != 0 and "not a results folder" in str(nothing.exception)
    (tmp_path / "summary.json").write_text("[]")
    assert "bayes regenerate" in str(CliRunner().invoke(bayes, ["report", "--out", str(tmp_path)]).exception)


def test_a_stale_posterior_is_not_shown_under_the_name_of_another(results, tmp_path):
    from bayes.report.dossier.stored import collect

    copy = results / "inputs/trials/hostile.toml"
    original = copy.read_text("utf-8")
    copy.write_text(original.replace("estimate = 0.94", "estimate = 0.84"), encoding="utf-8")
    try:
        assert [len(stored.analyses) for stored in collect(results)] == [0, 0]
    finally:
        copy.write_text(original, encoding="utf-8")
    assert [len(stored.analyses) for stored in collect(results)] == [2, 0]
    assert len(store.records(results)) == 2


def test_a_rationale_taken_out_of_the_set_fails_the_items_that_ask_for_it(results, tmp_path):
    def statuses():
        return {item["id"]: item["status"] for item in json.loads((results / "checklist.json").read_text("utf-8"))}

    before = statuses()
    (tmp_path / "two.toml").write_text(SET.replace('rationale = "none"\n', ""), encoding="utf-8")
    unmet = write(results, priors=load_priors(tmp_path / "two.toml")).unmet
    after = statuses()
    moved = {name for name in before if before[name] != after[name]}
    assert moved == {"ROB-2", "BARG-1C", "FDA-2"}
    assert all((before[name], after[name]) == ("pass", "fail") for name in moved)
    assert moved <= {item["id"] for item in unmet}
    with pytest.raises(InvalidInput, match="computed under two"):
        write(results, priors=load_priors())


def test_the_command_on_a_page_regenerates_what_it_rests_on(results, monkeypatch):
    said = json.loads((results / "report/data/hostile.ratio.json").read_text("utf-8"))["command"].split()
    assert said[:2] == ["bayes", "regenerate"] and "inputs/trials/hostile.toml:ratio" in said
    assert "bayes fit inputs/trials/hostile.toml:ratio --priors inputs/priors/two.toml" in (
        (results / "report/outcomes/hostile.ratio.html").read_text("utf-8")
    )
    monkeypatch.chdir(results)
    done = CliRunner().invoke(bayes, said[1:])
    assert done.exit_code == 0 and "2 current, 0 fitted" in done.output


def test_a_link_opens_the_part_that_it_leads_to(results, page):
    page.goto((results / "report/outcomes/hostile.ratio.html").as_uri() + "#priors")
    assert page.locator("#priors").get_attribute("open") is not None and page.locator("#model").get_attribute("open") is None
    page.locator(".onpage a", has_text="Model").click()
    page.locator("#model[open]").wait_for()
