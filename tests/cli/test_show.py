"""`bayes show`: what a file says is all there, with its written digits, and what it does not say is named."""

import subprocess
import sys

import pytest
from click.testing import CliRunner
from support.reports import FOLDED, REPORTS
from support.trial_file import GOOD
from support.trials import make_outcome

from bayes import load_synthesis, load_trial
from bayes.base.toml import shipped
from bayes.cli import show_
from bayes.errors import InvalidInput
from bayes.paper.evidence.cards import kind_card
from bayes.paper.trial import Trial
from bayes.text.evidence import evidence, printed_result
from bayes.text.files import NOT_STATED, Portrait, direction, portrait


def facts(page: Portrait) -> dict[str, str]:
    return dict(page.facts)


def shown(*arguments: str) -> str:
    done = CliRunner().invoke(show_.command, list(arguments))
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def test_a_trial_is_there_with_everything_it_discloses_and_what_it_does_not(tmp_path):
    path = tmp_path / "demo.toml"
    path.write_text(GOOD)
    page = portrait(load_trial(path))
    said = facts(page)
    assert (page.name, page.title, said["year"]) == ("demo", "A demonstration", "2020")
    assert said["patients"] == "69 treatment, 75 control (144 in total)"
    for undisclosed in ("registration", "doi", "blinding", "risk of bias", "source"):
        assert said[undisclosed] == NOT_STATED
    (outcome,) = page.parts
    said = facts(outcome)
    assert outcome.name == "demo:gel"
    assert said["measure"] == "rate ratio, lower is better: below 1 favours the treatment"
    assert said["interval"] == "95% interval 0.58 to 1.50"  # the written digits, not 1.5
    assert said["MCID"] == "0.75 (judgement)" and said["printed in"] == "abstract"
    for undisclosed in ("role", "time", "source level", "analysis set", "adjusted", "planned effect"):
        assert said[undisclosed] == NOT_STATED


def test_disclosures_are_shown_as_they_are_stated():
    page = portrait(load_trial("isis_hermes"))
    said = facts(page)
    assert said["blinding"] == "open-label" and said["risk of bias"].startswith("judgement: high")
    assert said["registration"] == "NCT00875654" and said["doi"].startswith("10.1007/")
    assert page.parts[-1].title == "Reported, but not analysed"
    assert "randomised_comparison" in facts(page.parts[-1])
    acknowledged = facts(portrait(load_trial("treasure").outcomes["mrs_90d"]))
    assert acknowledged["acknowledged"].startswith("printed.p: printed 0.62")
    assert acknowledged["also printed"].startswith("p = 0.62 (Table 2). shift test")
    assert acknowledged["not imputed"] == "97 treatment, 95 control (192 in total)"


@pytest.mark.parametrize(
    ("measure", "benefit", "words"),
    [
        ("risk_difference", "lower", "risk difference, lower is better: below 0 favours the treatment"),
        (
            "common_odds_ratio",
            "higher",
            "common odds ratio of a better category, higher is better: above 1 favours the treatment",
        ),
        (
            "common_odds_ratio",
            "lower",
            "common odds ratio of a worse category, lower is better: below 1 favours the treatment",
        ),
    ],
)
def test_the_good_direction_in_words(measure, benefit, words):
    outcome = make_outcome(measure, benefit, {"kind": "estimate", "estimate": 0.5, "ci": [0.2, 0.8]})
    assert direction(outcome) == words


def test_a_goal_is_the_null_of_a_proportion():
    assert direction(make_outcome(*REPORTS["proportion"])).endswith("above 0.7, the goal, is good")


@pytest.mark.parametrize("name", [*REPORTS, *FOLDED])
def test_every_number_of_a_report_is_shown(name):
    report = make_outcome(*(REPORTS | FOLDED)[name]).evidence
    said = evidence(report)
    text = " ".join([*(words for _, words in said.facts), *(c for row in (said.table or NO_TABLE).cells for c in row)])
    for number in numbers(REPORTS.get(name, FOLDED.get(name))[2]):
        assert number in text, number
    assert said.facts[0] == ("evidence", f"{report.kind}: {kind_card(report.kind).title}")


class NO_TABLE:
    cells = ()


def numbers(value) -> list[str]:
    """Numbers of a report as text, but for its categories and a sample size that a table does not repeat."""
    if isinstance(value, dict):
        return [n for name, part in value.items() if name not in ("kind", "categories") for n in numbers(part)]
    if isinstance(value, list):
        return [n for part in value for n in numbers(part)]
    return [str(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_an_unknown_direction_and_a_table_of_adverse_events():
    folded = dict(evidence(make_outcome(*FOLDED["p unknown"]).evidence).facts)
    assert folded["favours"] == "not printed: both directions are possible" and folded["test"] == NOT_STATED
    row = {"soc": "Infections", "term": "any", "treatment": {"events": 18}, "control": {"events": 36}}
    table = {"kind": "adverse_events", "n": {"treatment": 69, "control": 75}, "rows": [row]}
    said = evidence(make_outcome("rate_ratio", "lower", table).evidence)
    assert said.table.cells == (("Infections", "any", "18", "36"),)


def test_percentages_are_shown_beside_the_counts_they_became():
    arms = {"treatment": {"percent": 35.1, "n": 97}, "control": {"events": 23, "n": 95}}
    said = evidence(make_outcome("odds_ratio", "lower", {"kind": "binary"} | arms).evidence)
    assert said.table.cells == (("treatment", "34 of 97 (printed: 35.1%)"), ("control", "23 of 95"))


def test_a_further_report_in_one_line():
    evidence_kind = {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5]}
    printed = {
        "estimate": 0.9,
        "p": "<0.001",
        "test": "t",
        "adjusted": True,
        "source": "Table 3",
        "percent": {"control": 12},
    }
    outcome = make_outcome("rate_ratio", "lower", evidence_kind, printed=printed)
    assert printed_result(outcome.printed[0]) == "0.9, p < 0.001, control 12%, adjusted, test: t (Table 3)"


def test_a_contrast_names_its_arms():
    evidence_kind = {"kind": "estimate", "estimate": 0.94, "ci": [0.58, 1.5]}
    outcome = make_outcome("rate_ratio", "lower", evidence_kind)
    data = outcome.trial.model_dump(exclude_none=True) | {
        "contrasts": {"high": {"treatment": "high dose", "control": "sham"}}
    }
    data["outcomes"]["it"]["contrast"] = "high"
    trial = Trial.model_validate(data)
    assert facts(portrait(trial))["contrast high"] == "high dose v sham"
    assert facts(portrait(trial.outcomes["it"]))["contrast"] == "high dose v sham"


def test_a_synthesis_shows_members_heterogeneity_and_search():
    synthesis = load_synthesis("msc_stroke_mrs")
    page = portrait(synthesis)
    said = facts(page)
    assert said["search"].startswith("chosen by hand") and said["planned effect"] == NOT_STATED
    assert said["heterogeneity"].startswith("tau ~ half_normal(0.3) (plain default")
    assert [row[0] for row in page.tables[0].cells] == list(synthesis.outcomes)
    silent = synthesis.model_copy(update={"search": None, "heterogeneity": None})
    assert facts(portrait(silent))["search"] == NOT_STATED
    assert facts(portrait(silent))["heterogeneity"].startswith(NOT_STATED)


def test_everything_shipped_has_a_page():
    for name in shipped("trials"):
        assert portrait(load_trial(name)).parts
    for name in shipped("syntheses"):
        assert portrait(load_synthesis(name)).tables


def test_the_command(tmp_path):
    trial = shown("mesems")
    assert "mesems:gel_24w" in trial and "mesems:sae_24w" in trial and "risk of bias not stated" in trial
    outcome = shown("mesems:gel_24w")
    assert "mesems:gel_24w" in outcome and "mesems:sae_24w" not in outcome
    assert "treasure:mrs_90d" in shown("msc_stroke_mrs")
    path = tmp_path / "demo.toml"
    path.write_text(GOOD.replace("A demonstration", "[bold]A <script>[/x] demonstration"))
    assert "demo · [bold]A <script>[/x] demonstration" in shown(str(path))


def test_what_cannot_be_shown_says_why(tmp_path):
    path = tmp_path / "my_set.toml"
    path.write_text('[effect.mine]\ndistribution = "normal(0, 1)"\nrationale = "r"\n')
    for name, said in ((str(path), "a prior set"), ("mesem", "did you mean 'mesems'")):
        with pytest.raises(InvalidInput, match=said):
            CliRunner().invoke(show_.command, [name], catch_exceptions=False)


@pytest.mark.slow
def test_it_loads_no_sampler():
    code = "from bayes.cli import bayes\nbayes.main(['show', 'mesems'], standalone_mode=False)\nimport sys; print('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    loaded = {name.partition(".")[0] for name in done.stdout.rpartition("LOADED")[2].split()}
    assert done.returncode == 0 and not {"pymc", "arviz", "matplotlib"} & loaded
