"""The calculator in a real browser: its numbers against quadrature in Python, its form, files, links and manners.

The oracle is `bayes.sensitivity`, whose curves are themselves compared with brute force elsewhere: what is tested here
is that a second implementation, in another language, gives the same numbers. Two hundred reports of each kind are
compared by `python tests/support/calculator.py`; here there are fewer of the costly ones.
"""

import tomllib

import numpy as np
import pytest
from support import calculator as drawing
from support.browser import complaints, serious_findings

import bayes
from bayes.base.distributions import parse
from bayes.paper.trial import load_trial
from bayes.report.calculator.page import calculator
from bayes.report.own_prior.section import movable
from bayes.sensitivity import reverse_bayes, tipping
from bayes.sensitivity.priors_side_by_side import every_prior
from bayes.sensitivity.subject import Subject

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NAMED = ("neutral", "vague", "sceptical", "enthusiastic", "pessimistic")
COUNT = {"estimate": 30, "p_value": 20, "significance": 20, "binary": 20, "events": 3, "means": 12, "ordinal": 3}
LARGEST = 300_000  # bytes of the page


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("calculator") / "calculator.html"
    path.write_text(calculator(), encoding="utf-8")
    return path


@pytest.fixture
def opened(page, page_file):
    def go(link=""):
        page.goto(page_file.as_uri() + link)
        page.wait_for_selector("body[data-live]")
        return page

    return go


@pytest.mark.parametrize("kind", drawing.KINDS)
def test_numbers_agree_with_python_to_six_digits(opened, kind):
    page = opened()
    found = drawing.compared(page, kind, COUNT[kind])
    assert len(found) == COUNT[kind]
    assert max(found, key=lambda case: case.error).error < drawing.SIX_DIGITS


@pytest.mark.parametrize(
    ("measure", "benefit", "given", "form"),
    [
        ("hazard_ratio", "lower", {"estimate": "0.75", "ci": ("0.55", "1.02")}, {"width": "ci", "estimate": "0.75", "low": "0.55", "high": "1.02"}),
        ("hazard_ratio", "lower", {"estimate": "0.70", "ci": ("0.55", "0.90")}, {"width": "ci", "estimate": "0.70", "low": "0.55", "high": "0.90"}),
        ("odds_ratio", "lower", {"treatment": (9, 60), "control": (18, 58)}, {"kind": "binary", "treatment_events": "9", "treatment_n": "60", "control_events": "18", "control_n": "58"}),
        ("risk_difference", "higher", {"treatment": (30, 60), "control": (18, 58)}, {"kind": "binary", "treatment_events": "30", "treatment_n": "60", "control_events": "18", "control_n": "58"}),
        ("hazard_ratio", "higher", {"p": "0.2", "favours": "treatment", "se": "0.3"}, {"kind": "p_value", "p": "0.2", "favours": "treatment", "width": "se", "se": "0.3"}),
    ],
)  # fmt: skip
def test_tipping_points_and_reverse_bayes_agree_with_python(opened, measure, benefit, given, form):
    mcid = {"hazard_ratio": {"lower": "0.85", "higher": "1.2"}, "odds_ratio": {"lower": "0.8"}, "risk_difference": {"higher": "0.05"}}
    mcid = mcid[measure][benefit]
    subject = bayes.outcome(measure=measure, benefit=benefit, mcid=mcid, **given)
    form = {"kind": "estimate", "measure": measure, "benefit": benefit, "mcid": mcid} | form
    rows, back = opened().evaluate(
        "f => { const d = reports.dataOf(f), p = beliefs.batch(d); return [beliefs.tipping(d, p), beliefs.reverseBayes(d, p)]; }", form
    )
    table = tipping(subject).set_index(["vary", "probability", "target"])
    for row in rows:
        wanted = table.loc[(row["vary"], row["probability"], row["target"]), "value"]
        if row["root"] is None:
            assert np.isnan(wanted) or row["vary"] == "prior_mean"  # a closed form knows no range of means
        else:
            assert row["root"] == pytest.approx(wanted, abs=2e-6)
    said = reverse_bayes(subject).set_index("quantity")["value"]
    wanted = {"sceptic": "scepticism_sd_root", "advocate": "advocacy_limit_root"}
    if back["who"] in wanted:
        assert (back["sd"] if back["who"] == "sceptic" else back["limit"]) == pytest.approx(said[wanted[back["who"]]], abs=2e-6)
    else:
        assert said.reindex(list(wanted.values())).isna().all()


def test_named_priors_are_those_of_the_package(opened):
    page = opened()
    for kind in ("estimate", "binary", "means"):
        for form, outcome in drawing.drawn(kind, 6, seed=3):
            formed = {
                name: list(found.distribution.args)
                for name, found in every_prior(Subject.of(outcome))
                if name in NAMED and not isinstance(found, str)
            }
            offered = dict(page.evaluate("f => reports.dataOf(f).priors.map(p => [p.name, p.values])", form))
            offered.pop("twice as wide as the report", None)  # where no neutral prior can be formed
            assert offered.keys() == formed.keys()
            for name, values in formed.items():
                assert offered[name] == pytest.approx(values, rel=1e-9, abs=1e-12), (form, name)


def test_the_file_that_it_writes_is_the_report(opened, tmp_path):
    page = opened()
    for kind in drawing.KINDS:
        for form, outcome in drawing.drawn(kind, 4, seed=5):
            text = page.evaluate("f => reports.tomlOf(f)", form)
            path = tmp_path / "my_report.toml"
            path.write_text(text.replace("# n = { treatment = 0, control = 0 }", "n = { treatment = 50, control = 50 } #"), encoding="utf-8")
            read = load_trial(path).outcomes["report"]
            assert read.evidence == outcome.evidence and read.mcid.value == outcome.mcid.value, text


def test_every_outcome_of_a_shipped_trial_is_read_or_refused_in_words(opened):
    page = opened()
    taken = 0
    for name in ("mesems", "starting2", "treasure", "isis_hermes"):
        trial = load_trial(name)
        for outcome, report in page.evaluate("t => reports.fromFile(t)", trial.path.read_text(encoding="utf-8")):
            if isinstance(report, str):
                assert report.endswith("the command")
                continue
            taken += 1
            assert page.evaluate("r => reports.mistakesIn(r)", report) == []
            subject = Subject.of(trial.outcomes[outcome])
            if trial.outcomes[outcome].selection is None:
                prior = "normal(0, 1)"
                numbers = page.evaluate("([r, p]) => { const d = reports.dataOf(r); return ownPrior.posterior(d, p, { mcid: d.mcid }); }", [report, movable(parse(prior))])
                assert numbers["p_benefit"] == pytest.approx(subject.row(subject.under(parse(prior)))["p_benefit"], abs=2e-6)
    assert taken >= 15


def test_toml_is_read_as_python_reads_it(opened):
    text = '''
    # a comment
    a = "x # y \\u00e9"   # another
    b.c = [1, 2.50, [ "u", 'v' ],
           -3e2, ]
    long = """
    two
    lines"""
    [t."q r"]
    flag = true
    inline = { x = 1_000, y = { z = "w" } }
    [[list]]
    n = 1
    [[list]]
    n = 2
    '''

    def plain(value):
        match value:
            case dict():
                return {key: plain(one) for key, one in value.items()}
            case list():
                return [plain(one) for one in value]
            case bool() | str():
                return value
        return float(value)

    def numbers(value):
        match value:
            case dict():
                return {key: numbers(one) for key, one in value.items()}
            case list():
                return [numbers(one) for one in value]
            case str() if value.lstrip("-").replace(".", "").replace("e", "").isdigit():
                return float(value)
        return value

    text = "\n".join(line.removeprefix("    ") for line in text.splitlines())
    assert numbers(opened().evaluate("t => toml.parse(t)", text)) == plain(tomllib.loads(text))


@pytest.mark.parametrize(
    ("text", "said"),
    [("a = ", "line 1: a value expected"), ("a = 1\na = 2", "line 2: a is stated twice"), ('a = "x', "closing quotation mark"), ("a = 1 2", "one entry per line")],
)  # fmt: skip
def test_toml_that_cannot_be_read_is_said_with_its_line(opened, text, said):
    found = opened().evaluate("t => { try { toml.parse(t); return ''; } catch (e) { return e.message; } }", text)
    assert said in found


def test_what_is_typed_is_answered_and_held_by_the_link(opened):
    page = opened()
    page.get_by_label("Estimate").fill("0.60")
    page.get_by_label("95% interval from").fill("0.40")
    page.get_by_label("to", exact=True).fill("0.90")
    page.locator("#named", has_text="0.60 (0.40 to 0.90)").wait_for()
    before = page.locator(".own-prior-sentence").inner_text()
    page.get_by_label("Start from").select_option("sceptical")
    sceptical = page.locator(".own-prior-sentence").inner_text()
    assert sceptical != before
    link = page.locator("#link").get_attribute("href")
    assert "estimate=0.60" in link and "prior=normal" in link
    page.goto("about:blank")
    assert opened(link).locator(".own-prior-sentence").inner_text() == sceptical
    assert complaints(page) == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("#kind=estimate&measure=hazard_ratio&benefit=lower&width=ci&estimate=1.2&low=0.5&high=1", "outside its interval, 0.5 to 1"),
        ("#kind=estimate&measure=hazard_ratio&benefit=lower&width=ci&estimate=0,8&low=0.5&high=1", "with a point for decimals"),
        ("#kind=estimate&measure=hazard_ratio&benefit=lower&width=ci&estimate=0.8&low=0.5&high=1&mcid=1.2", "below 1, because lower is better"),
        ("#kind=binary&measure=odds_ratio&benefit=lower&treatment_events=9&treatment_n=8&control_events=1&control_n=9", "9 of 8 patients had the event"),
        ("#kind=ordinal&measure=common_odds_ratio&benefit=higher&treatment_counts=1+2+3&control_counts=1+2", "3 categories in one arm and 2 in the other"),
        ("#kind=events&measure=rate_ratio&benefit=lower&treatment_events=3&treatment_n=9&treatment_persons=4&control_events=1&control_n=9&control_persons=1", "4 patients had 3 events"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_and_the_last_answer_greyed(opened, link, said):
    page = opened(link)
    assert said in page.get_by_role("alert").first.inner_text()
    assert "stale" in page.locator("#results").get_attribute("class")
    assert page.locator("form [aria-invalid=true]").count() >= 1
    assert complaints(page) == []


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", drawing.KINDS)
def test_every_kind_fits_the_screen_and_reads_aloud(opened, page_file, kind, width):
    ((form, _),) = drawing.drawn(kind, 1, seed=11)
    from urllib.parse import urlencode

    page = opened("#" + urlencode(form))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("#problems li").count() == 0
    assert page.locator("#map svg").get_attribute("aria-label").startswith("P(benefit) is at least 0.90 under")
    assert serious_findings(page) == []
    assert complaints(page) == []
    assert page_file.stat().st_size < LARGEST


def test_a_file_opened_from_disk_shows_its_outcomes(opened):
    page = opened()
    page.get_by_label("Or open a trial file, or drop one on this page").set_input_files(load_trial("mesems").path)
    page.wait_for_selector("#file-says button")
    page.locator("#file-says button", has_text="gel_24w").click()
    assert page.get_by_label("Estimate").input_value() == "0.94"
    assert "rate ratio" in page.locator(".own-prior-sentence").inner_text()
    assert complaints(page) == []
