"""The reader's own prior, in a real browser: what the form says, takes, refuses and hands out."""

import shlex
from dataclasses import replace
from math import exp, log

import pytest
from support.browser import complaints, serious_findings
from support.own_prior_page import SYNTHESIS, opened, page_of, subject_named
from support.reports import REPORTS
from support.trials import make_outcome

from bayes.analysis.targets import find_targets
from bayes.base import measures
from bayes.base.distributions import parse
from bayes.cli.fit_ import command as fit_command
from bayes.errors import NotFormable
from bayes.plots import style
from bayes.report.own_prior import section
from bayes.sensitivity.subject import Subject


@pytest.fixture(scope="module")
def gel() -> Subject:
    return Subject.of("mesems:gel_24w")


def said(subject: Subject, prior: str, mcid: float) -> str:
    """The sentence that the page should say."""
    posterior = subject.under(parse(prior))
    middle = subject.interval(posterior)
    row, beyond = subject.row(posterior), subject.beyond(posterior, measures.to_analysis(mcid, subject.target.measure))
    return (
        f"Under your prior: rate ratio {middle['estimate']:.2f} ({middle['estimate_low']:.2f} to "
        f"{middle['estimate_high']:.2f}), median and 95% credible interval; P(benefit) {row['p_benefit']:.3f}, "
        f"P(at least the MCID, {mcid:g}) {beyond:.3f}, P(harm) {row['p_harm']:.3f}."
    )


def sentence(page) -> str:
    return page.locator(".own-prior-sentence").inner_text()


def type_into(page, label: str, text: str) -> None:
    """As a reader without a mouse does."""
    page.get_by_label(label, exact=True).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def test_numbers_follow_the_keyboard(page, tmp_path, gel):
    opened(page, tmp_path, section.embedded(gel))
    assert sentence(page) == said(gel, str(gel.prior), 0.75)
    type_into(page, "Prior mean (rate ratio)", "0.8")
    assert sentence(page) == said(gel, f"normal({log(0.8)}, 0.355)", 0.75)
    assert "-0.223 on the log scale" in page.locator(".own-prior-form").inner_text()
    page.keyboard.press("Tab")  # to its slider
    page.keyboard.press("ArrowRight")
    moved = float(page.get_by_label("Prior mean (rate ratio)", exact=True).input_value())
    assert 0.8 < moved < 0.83
    assert sentence(page) == said(gel, f"normal({log(moved)}, 0.355)", 0.75)
    type_into(page, "Prior sd (log scale)", "0.2")
    type_into(page, "MCID: the smallest effect that matters", "0.9")
    assert sentence(page) == said(gel, f"normal({log(moved)}, 0.2)", 0.9)
    assert page.locator("svg.own-prior-figure").get_attribute("aria-label").endswith(sentence(page))
    low, high = (exp(log(moved) + z * 0.2) for z in (-1.959964, 1.959964))
    assert f"between {low:.2f} and {high:.2f}" in page.locator(".own-prior-says").inner_text()
    page.get_by_role("button", name="Reset").press("Enter")
    assert sentence(page) == said(gel, str(gel.prior), 0.75)
    assert complaints(page) == []


def test_named_priors_and_shapes_to_start_from(page, tmp_path, gel):
    data = section.embedded(gel)
    opened(page, tmp_path, data)
    names = page.get_by_label("Start from").locator("option").all_inner_texts()
    assert names == ["my own", *(prior["name"] for prior in data["priors"])]
    assert {"neutral", "sceptical", "50% sceptical, 50% enthusiastic"} <= set(names)
    for prior in data["priors"]:
        page.get_by_label("Start from").select_option(label=prior["name"])
        assert sentence(page) == said(gel, prior["expression"], 0.75), prior
        assert page.locator("code").first.inner_text() == prior["expression"]
    page.get_by_label("Start from").select_option(label="neutral")
    page.get_by_label("Shape").select_option(label="Student-t, with heavier tails")
    type_into(page, "Degrees of freedom", "3")
    assert sentence(page) == said(gel, "student_t(3, 0, 0.355)", 0.75)
    assert page.get_by_label("Start from").input_value() == ""
    page.get_by_label("Shape").select_option(label="mixture of two normals")
    type_into(page, "Weight of the first", "0.3")
    type_into(page, "Second mean (rate ratio)", "0.5")
    type_into(page, "Second sd (log scale)", "0.1")
    assert sentence(page) == said(gel, f"mixture(0.3*normal(0, 0.355), 0.7*normal({log(0.5)}, 0.1))", 0.75)
    cells = page.locator("tbody tr").nth(1).locator("td").all_inner_texts()
    assert cells[1] == f"{gel.probabilities()['p_benefit']:.3f}"  # the main prior's, for comparison
    assert complaints(page) == []


@pytest.mark.parametrize(
    ("label", "typed", "why"),
    [
        ("Prior sd (log scale)", "0", "The sd must be above 0."),
        ("Prior sd (log scale)", "-0.2", "The sd must be above 0."),
        ("Prior sd (log scale)", "", "Enter a number for the sd."),
        ("Prior mean (rate ratio)", "-1", "The mean of the prior must be a ratio above 0."),
        ("Prior mean (rate ratio)", "0.01", "This prior lies entirely on one side of no effect"),
        ("MCID: the smallest effect that matters", "1.2", "on the side of harm: it must be below 1.00."),
        ("MCID: the smallest effect that matters", "0", "An MCID of 0 is outside the range of the rate ratio."),
        ("MCID: the smallest effect that matters", "", "Enter a number for the MCID."),
    ],
)
def test_what_cannot_be_meant_is_said_and_the_last_answer_greyed(page, tmp_path, gel, label, typed, why):
    opened(page, tmp_path, section.embedded(gel))
    type_into(page, label, "0.8")
    answer, form = sentence(page), page.locator("section.own-prior")
    type_into(page, label, typed)
    assert why in page.get_by_role("alert").inner_text()
    assert sentence(page) == answer
    assert "stale" in form.get_attribute("class")
    assert page.get_by_label(label, exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_role("button", name="Copy prior").is_disabled()
    type_into(page, label, "0.8")
    assert page.get_by_role("alert").inner_text() == ""
    assert "stale" not in form.get_attribute("class")
    assert complaints(page) == []


def test_a_beta_is_moved_by_mean_and_sd(page, tmp_path):
    subject = subject_named("proportion")
    opened(page, tmp_path, section.embedded(subject))
    type_into(page, "Prior mean", "0.6")
    type_into(page, "Prior sd", "0.6")
    assert "No beta distribution has this mean and sd" in page.get_by_role("alert").inner_text()
    type_into(page, "Prior sd", "0.2")
    prior = parse(page.locator("code").first.inner_text())
    assert prior.name == "beta" and prior.args == pytest.approx(subject.family.prior(0.6, 0.2).args, rel=1e-9)
    assert f"P(benefit) {subject.probabilities(prior)['p_benefit']:.3f}" in sentence(page)
    assert "no MCID" in page.locator("table").inner_text()
    type_into(page, "MCID: the smallest effect that matters", "0.85")
    beyond = subject.beyond(subject.under(prior), 0.85)
    assert f"P(at least the MCID, 0.85) {beyond:.3f}" in sentence(page)


def test_a_report_of_unknown_direction_without_an_mcid(page, tmp_path):
    subject = subject_named("p unknown far")
    opened(page, tmp_path, section.embedded(subject))
    high = subject.interval(subject.under(subject.prior))["estimate_high"]
    assert sentence(page) == (
        f"Under your prior: standardised mean difference 0 (-{high:.2f} to {high:.2f}), median and 95% credible "
        "interval; P(benefit) 0.500, P(harm) 0.500."
    )
    assert "no MCID" in page.locator("table").inner_text()


def parsed(text: str) -> dict:
    """A command as click reads it; nothing is fitted."""
    program, verb, *arguments = shlex.split(text)
    assert (program, verb) == ("bayes", "fit")
    return fit_command.make_context("fit", arguments).params


def test_copied_priors_and_commands_are_read_back(page, tmp_path, gel):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for subject, mcid in ((Subject.of(SYNTHESIS), "1.3"), (gel, "0.5")):
        opened(page, tmp_path, section.embedded(subject))
        type_into(page, f"Prior mean ({subject.target.measure.replace('_', ' ')})", "0.9")
        type_into(page, "MCID: the smallest effect that matters", mcid)
        page.get_by_role("button", name="Copy prior").press("Enter")
        page.get_by_text("Copied.").wait_for()
        expression = page.evaluate("navigator.clipboard.readText()")
        assert parse(expression).args == pytest.approx((log(0.9), subject.prior.args[1]), rel=1e-11)
        page.get_by_role("button", name="Copy command").press("Enter")
        page.get_by_text("Copied.").wait_for()
        read = parsed(page.evaluate("navigator.clipboard.readText()"))
        (target,) = find_targets(read["names"])
        assert target.name == subject.target.name
        assert read["chosen"] == (expression,) and read["threshold"] == (float(mcid),)
        assert read["heterogeneity"] == (str(subject.heterogeneity) if subject.is_synthesis else None)
    assert complaints(page) == []


def test_without_a_clipboard_the_text_is_selected(page, tmp_path, gel):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    opened(page, tmp_path, section.embedded(gel))
    page.get_by_role("button", name="Copy command").click()
    assert page.evaluate("String(window.getSelection())") == page.locator("code").nth(1).inner_text()
    assert "Ctrl+C" in page.locator(".own-prior-copied").inner_text()


@pytest.mark.slow
def test_the_command_names_files_likelihoods_and_omegas():
    evidence = {"kind": "p_value", "p": 0.03, "favours": "treatment", "n": {"treatment": 16, "control": 15}}
    chosen = make_outcome("standardised_mean_difference", "higher", evidence, selection={"omega": 0.5, "rationale": "r"})
    command = section.embedded(Subject.of(chosen), "my trials/a b.toml", ("--priors", "set.toml"))["command"]
    read = parsed(command)
    assert (read["names"], read["omega"], read["priors"]) == (("my trials/a b.toml",), 0.5, "set.toml")
    poisson = make_outcome(*REPORTS["events Poisson"], likelihood="events_poisson")
    assert parsed(section.embedded(Subject.of(poisson))["command"])["likelihood"] is None  # the file's own


def test_a_telephone_and_axe(page, tmp_path, gel):
    for width in (1200, 360):
        page.set_viewport_size({"width": width, "height": 800})
        opened(page, tmp_path, section.embedded(gel), section.embedded(subject_named("proportion")))
        assert serious_findings(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        words = page.locator("svg.own-prior-figure").first.locator("text")
        seen = page.locator("svg.own-prior-figure").first.bounding_box()
        for box in (text.bounding_box() for text in words.all()):
            assert seen["x"] - 1 <= box["x"] and box["x"] + box["width"] <= seen["x"] + seen["width"] + 1
            assert box["height"] > 11  # letters keep their size
        assert page.locator("svg.own-prior-figure").first.text_content().count("favours") == 2
    assert complaints(page) == []


def test_labels_are_text_whatever_they_hold(page, tmp_path):
    hostile = "</script><img src=x onerror=alert(1)><!--"
    mcid = {"value": 0.8, "rationale": "r"}
    data = section.embedded(Subject.of(make_outcome(*REPORTS["estimate"], mcid=mcid)))
    data |= {"label": hostile, "measure": hostile, "sides": [hostile, hostile]}
    opened(page, tmp_path, data)
    assert page.locator("img").count() == 0
    assert hostile in sentence(page)
    assert complaints(page) == []


def test_without_javascript_a_sentence_says_what_would_be_here(browser, tmp_path, gel):
    context = browser.new_context(java_script_enabled=False)
    page = opened(context.new_page(), tmp_path, section.embedded(gel))
    text = page.locator("body").inner_text()
    assert "Enable JavaScript to adjust the prior" in text
    assert 'bayes fit mesems:gel_24w --prior "normal(0, 0.355)"' in text
    context.close()


def test_a_prior_of_another_shape_gives_way_to_one_that_moves():
    data = section.embedded(Subject.of("mesems:gel_24w", "uniform(-1, 1)"))
    assert data["main"] == "uniform(-1, 1)"
    assert data["priors"][0]["name"] == "vague"
    assert "uniform(-1, 1), has a" in " ".join(page_of(data).split())


def test_a_meta_regression_has_no_curve_to_carry():
    subject = Subject.of(SYNTHESIS)
    regression = replace(subject, analysis=replace(subject.analysis, joined_by="meta_regression"))
    with pytest.raises(NotFormable, match="no likelihood curve"):
        section.embedded(regression)


def test_colours_are_those_of_the_figures():
    for colour in (style.BLUE, style.ORANGE, style.GREY, style.RED, style.INK):
        assert colour in section.style()
