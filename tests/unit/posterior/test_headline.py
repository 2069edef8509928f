"""No event in either arm: nothing that a reader meets gives a probability of benefit. One place decides, all ask it."""

from dataclasses import replace

import pytest
from support import dossiers
from support.noted import noted
from support.reports import REPORTS
from support.trials import make_analysis, make_outcome

import bayes
from bayes import plots
from bayes.base.distributions import parse
from bayes.cli import table as terminal_table
from bayes.errors import NotFormable
from bayes.plots.subject import asked_for_a_probability
from bayes.report.dossier.plain import plain
from bayes.report.dossier.reading import main_row
from bayes.report.manuscript import manuscript
from bayes.report.pages import target_tables
from bayes.report.pages.overview import outcome_rows, strip
from bayes.sensitivity import examine
from bayes.sensitivity.subject import Subject
from bayes.text import rows
from bayes.text.files import portrait


def none(measure, kind="binary", benefit="lower", n=(69, 75), **more):
    arms = {"treatment": {"events": 0, "n": n[0]}, "control": {"events": 0, "n": n[1]}}
    return make_outcome(measure, benefit, {"kind": kind, **arms}, **more)


def everybody(measure):
    arms = {"treatment": {"events": 69, "n": 69}, "control": {"events": 75, "n": 75}}
    return make_outcome(measure, "higher", {"kind": "binary", **arms})


ALIKE = {
    "odds ratio": none("odds_ratio", mcid={"value": 0.8, "rationale": "judged"}),
    "risk ratio": none("risk_ratio"),
    "risk difference": none("risk_difference", n=(105, 101), mcid={"value": -0.02, "rationale": "judged"}),
    "rate ratio": none("rate_ratio", "events"),
    "odds ratio, everybody": everybody("odds_ratio"),
    "risk ratio, everybody": everybody("risk_ratio"),
    "risk difference, everybody": everybody("risk_difference"),
}
BOUNDED = ("risk difference", "risk ratio, everybody", "risk difference, everybody")  # the size is informed even then
PLANTED = {"p_benefit": 0.7717, "p_harm": 0.2283, "p_mcid": 0.6661}
FORBIDDEN = ("0.77", "77%", "0.228", "0.23", "23%", "0.666", "0.67", "67%")


def planted(kind=dossiers.outcome):
    dossier = kind() | {"source_level": None, "evidence_kind": "binary", "absolute": {"rows": [], "counted": None, "reason": "no risks"}}
    for row in dossier["rows"]:
        if row["p_benefit"] is not None:
            row |= PLANTED | {"headline": False, "note": "no event in either arm"}
    return dossier


def legend(figure):
    return [text.get_text() for text in figure.axes[0].get_legend().get_texts()]


def says_nothing(text):
    return [word for word in FORBIDDEN if word in str(text)]


@pytest.mark.parametrize("kind", [dossiers.outcome, dossiers.synthesis])
def test_no_text_table_or_page_of_the_report_gives_a_probability(kind, capsys):
    dossier = planted(kind)
    assert not says_nothing(manuscript.results(dossier))
    assert not says_nothing(said := plain(dossier)) and "better" in said
    assert not says_nothing(outcome_rows([dossier], "")) and strip(dossier) == ""
    row = main_row(dossier)
    assert not says_nothing((rows.cells(row), rows.as_text("Fit", [row]), rows.as_html([row])))
    terminal_table.show([row])
    assert not says_nothing(capsys.readouterr().out)
    page = target_tables.posteriors("The effect", dossier["rows"])
    assert not says_nothing(page) and "median" in page
    assert not target_tables.cutoffs(dossier | {"cutoffs": [{"prior": "neutral", "beyond": [[0.8, 0.3719]]}]})
    kept = target_tables.sensitivity_tables(dossier)
    assert not kept["verdict_table"] and all("P(benefit)" not in found for _, found in kept["sensitivity_tables"])


@pytest.mark.slow
@pytest.mark.parametrize("name", ALIKE)
def test_words_and_figures_ask_the_same_place(name):
    outcome = ALIKE[name]
    assert not outcome.has_headline and outcome.is_informative is (name in BOUNDED)
    subject = Subject.of(outcome)
    text = examine(subject, ["named_priors"]).text
    assert "do not say which of them is better" in text and "0.5" not in text
    assert not any("P(benefit)" in label for label in legend(plots.triplot(subject)))
    assert not any("P(" in text.get_text() for text in plots.forest(subject).axes[0].texts)
    for draw in (plots.threshold_curve, plots.prior_heatmap, plots.tipping_plot):
        with pytest.raises(NotFormable, match="none or all of the patients in both arms had the event"):
            draw(outcome)
    facts = dict(portrait(outcome).facts)
    assert facts["informative"].endswith("none or all of the patients in both arms had the event")


def test_a_risk_difference_without_events_is_informed_of_its_size():
    """0 of 105 v 0 of 101 bounds the difference to about 3 points; "not informed by the data" would be false of it."""
    (said,) = [text for text in noted(make_analysis(ALIKE["risk difference"], "vague"), 0.5, 0.0135) if "no event" in text]
    assert "bound both risks and their difference" in said and "not informed" not in said
    (said,) = [text for text in noted(make_analysis(ALIKE["odds ratio"], "vague"), 5.0, 3.0) if "no event" in text]
    assert "the comparison is not informed by the data" in said


def test_everybody_is_the_mirror_image_of_nobody():
    """69 of 69 and 75 of 75: risks down to 95.8% and 96.1%, one minus the bounds of 0/69 and 0/75."""
    (said,) = [text for text in noted(make_analysis(ALIKE["odds ratio, everybody"], "vague"), 5.0, 3.0) if "every patient" in text]
    assert "not informed by the data" in said and "95.8% (69/69), 96.1% (75/75), 97.9% (144/144)" in said


def test_what_has_an_event_has_its_headline():
    some = make_outcome(*REPORTS["binary OR"])
    assert some.has_headline and asked_for_a_probability(Subject.of(some))
    assert any("P(benefit)" in label for label in legend(plots.triplot(some)))
    assert any("P(benefit)" in text.get_text() for text in plots.forest(some).axes[0].texts)


@pytest.mark.parametrize(
    "benefit, prior, said",
    [
        ("lower", "half_normal(0.5)", "0 by construction: this prior has no mass on the side of benefit"),
        ("higher", "half_normal(0.5)", "1 by construction: this prior has no mass on the side of harm"),
        ("lower", "normal(-20, 0.1)", "1 by construction"),
        ("lower", "normal(0, 0.355)", None),
    ],
)
def test_a_one_sided_prior_settles_p_benefit_and_says_so(benefit, prior, said):
    outcome = make_outcome("hazard_ratio", benefit, {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]})
    analysis = make_analysis(outcome, "neutral")
    one_sided = replace(analysis, formed=replace(analysis.formed, distribution=parse(prior)))
    found = [text for text in noted(one_sided, None, None) if "by construction" in text]
    assert (said in found[0]) if said else not found
    if said:
        settled = said.split(" ")[0]
        row = dossiers.outcome()["rows"][0] | {"p_by_construction": float(settled)}
        assert rows.by_construction(row) == settled
        dossier = dossiers.outcome() | {"source_level": None}
        for one in dossier["rows"]:
            one |= {"note": found[0], "p_by_construction": float(settled)}
        text = manuscript.results(dossier)
        assert f"of any benefit was {settled} by construction" in text and "In words" not in text
        assert "excludes from the outset" in plain(dossier)
        assert f"{settled} by construction" in str(outcome_rows([dossier], ""))


@pytest.mark.slow
def test_a_synthesis_without_any_event_has_no_probability_in_words_or_tables():
    from bayes.analysis.plan import make_plan
    from bayes.pooling.explained import explain
    from bayes.pooling.layout import lay_out
    from bayes.pooling.words import sentences

    counts = {"measure": "odds_ratio", "benefit": "lower", "treatment": (0, 30), "control": (0, 31)}
    both = bayes.synthesis_of([bayes.outcome(trial=name, **counts) for name in ("a", "b")])
    analysis = make_plan([both], bayes.load_priors(), ["neutral"]).analyses[0]
    found = explain(analysis)
    (said,) = sentences(analysis, found)
    assert "no probability of benefit is given" in said
    assert found.main["p_benefit"] is None and found.main["p_benefit_new"] is None
    for _, headings, cells in lay_out(found):
        for column, heading in enumerate(headings):
            assert not heading.startswith("P(benefit)") or {row[column] for row in cells} == {""}, heading
