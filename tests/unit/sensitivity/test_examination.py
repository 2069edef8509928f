"""All questions together: the verdicts, the words, the command and what it prints."""

import json

import pytest
from click.testing import CliRunner
from support.reports import REPORTS
from support.trials import make_outcome

from bayes import sensitivity
from bayes.cli import bayes as command
from bayes.errors import InvalidInput, NotFormable
from bayes.posterior.verdict import class_of
from bayes.sensitivity import NAMES, examine
from bayes.sensitivity.conclusions import CONCLUSIONS
from bayes.sensitivity.layout import lay_out
from bayes.sensitivity.subject import Subject

pytestmark = pytest.mark.slow

PROMISED = {
    "named_priors", "prior_grid", "tipping", "reverse_bayes", "power_scaling", "conflict", "prior_weight", "likelihood",
    "extraction", "influence", "baseline_risk", "verdicts",
}  # fmt: skip


def andromeda(**more):
    evidence = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
    return make_outcome("hazard_ratio", "lower", evidence, **{"mcid": {"value": 0.9, "rationale": "r"}} | more)


@pytest.fixture(scope="module")
def whole():
    return examine(andromeda())


def run(*arguments):
    return CliRunner().invoke(command, ["sensitivity", *arguments], standalone_mode=True)


@pytest.mark.slow
def test_every_question_of_the_contract_is_answered(whole):
    assert set(NAMES) == PROMISED | {"fragility"} == set(whole.rows)
    assert len(whole.table("prior_grid")) == 1681 and whole.rows["influence"] == []


@pytest.mark.slow
def test_each_verb_stands_alone(whole):
    for name in set(NAMES) - {"verdicts", "prior_grid", "power_scaling"}:
        frame = getattr(sensitivity, name)(andromeda())
        assert len(frame) == len(whole.rows[name]), name


def test_verdicts_hold_the_range_of_every_question(whole):
    rows = whole.rows["verdicts"]
    assert {row["conclusion"] for row in rows} == set(CONCLUSIONS.values())
    for row in rows:
        if row["low"] is None:
            assert row["note"]
            continue
        assert row["low"] - 1e-6 <= row["value"] <= row["high"] + 1e-6, row
        classes = {class_of(row[name]) for name in ("low", "value", "high")}
        assert row["changes"] == (len(classes) > 1) and row["verdict"] == class_of(row["value"])


@pytest.mark.slow
def test_without_an_mcid_there_is_a_description_and_no_verdict():
    found = examine(andromeda(mcid=None), ["named_priors", "verdicts"])
    rows = found.rows["verdicts"]
    assert {row["conclusion"] for row in rows} == {"any benefit", "harm"}
    assert all(row["verdict"] is None and row["changes"] is None for row in rows)
    assert "description, not a verdict" in found.text and "In words:" not in found.text


@pytest.mark.slow
def test_cutoffs_are_the_users(whole):
    assert [class_of(p) for p in (0.05, 0.1, 0.5, 0.9, 0.99)] == ["improbable"] * 2 + ["uncertain"] + ["probable"] * 2
    stricter = examine(andromeda(), ["baseline_risk", "verdicts"], cutoffs=(0.01, 0.99)).rows["verdicts"]
    assert {row["verdict"] for row in stricter if row["verdict"]} == {"uncertain"}
    with pytest.raises(InvalidInput, match="0 < low < high < 1"):
        examine(andromeda(), cutoffs=(0.9, 0.1))


def test_the_words_say_what_one_would_have_to_believe(whole):
    assert "The probability of any benefit is 0.95" in whole.text
    assert "To doubt a benefit (a probability below 0.95)" in whole.text
    assert "around 1.02 or worse" in whole.text  # METHODS 6: the tipping mean at sd 0.355
    assert "confidence" not in whole.text.lower()


def test_what_is_never_reached_is_said_of_harm_itself_and_no_certainty_is_printed():
    """A risk difference of -0.30 (-0.40 to -0.20): P(benefit) above 0.82 whatever the prior mean, so harm is out of reach."""
    evidence = {"kind": "estimate", "estimate": -0.30, "ci": [-0.40, -0.20]}
    found = examine(make_outcome("risk_difference", "lower", evidence), ["named_priors", "tipping", "verdicts"])
    assert "To be 95% sure of harm, no prior" in found.text and "P(benefit) would stay above 0.05" in found.text
    cells = [cell for _, _, rows in lay_out({"verdicts": found.rows["verdicts"]}) for row in rows for cell in row]
    assert any(cell.startswith(">0.999") for cell in cells)
    assert not [cell for cell in cells if "1.000" in cell or "0.000" in cell]


@pytest.mark.parametrize(("benefit", "believed"), [("lower", "or better"), ("higher", "or better")])
def test_words_turn_with_the_direction_of_benefit(benefit, believed):
    evidence = {"kind": "estimate", "estimate": 0.94 if benefit == "lower" else 1 / 0.94, "se": 0.2424}
    text = examine(make_outcome("rate_ratio", benefit, evidence), ["tipping"]).text
    paragraph = next(p for p in text.split("\n\n") if p.startswith("To be 95% sure of a benefit"))
    around = float(paragraph.split("around ")[1].split()[0])
    assert (around < 1) == (benefit == "lower") and believed in paragraph
    harm = next(p for p in text.split("\n\n") if p.startswith("To be 95% sure of harm"))
    assert (float(harm.split("around ")[1].split()[0]) < 1) == (benefit == "higher") and "or worse" in harm


@pytest.mark.nuts
def test_a_fit_and_its_tree_can_be_examined():
    """What was fitted is what is asked about: outcome and prior; a tree of a shipped trial brings both."""
    from bayes import fit, load_trial

    outcome = load_trial("mesems").outcomes["gel_24w"]
    fitted = fit(outcome, prior="normal(0, 0.2)")
    by_fit, by_tree = Subject.of(fitted), Subject.of(fitted.tree)
    assert str(by_fit.prior) == str(by_tree.prior) == "normal(0, 0.2)"
    assert by_fit.probabilities() == by_tree.probabilities()
    assert by_fit.probabilities()["p_benefit"] == pytest.approx(fitted.rows[0]["exact_p_benefit"], abs=1e-9)


def test_the_first_prior_that_can_be_formed_stands_in():
    evidence = {"kind": "estimate", "estimate": 2.0, "ci": [-1.0, 5.0]}
    mean = make_outcome("mean_difference", "higher", evidence, mcid={"value": 3, "rationale": "r"})
    assert Subject.of(mean).analysis.prior.name == "sceptical"  # neutral and vague need sd_ref
    bare = make_outcome(
        "mean_difference", "higher", {"kind": "p_value", "p": "<0.01", "favours": "treatment", "se": 1.0}
    )
    assert Subject.of(bare).analysis.prior.name == "cochrane"


def test_a_table_of_adverse_events_is_refused_with_what_to_do():
    row = {"soc": "Infections", "term": "any", "treatment": {"events": 18}, "control": {"events": 36}}
    evidence = {"kind": "adverse_events", "n": {"treatment": 69, "control": 75}, "rows": [row]}
    with pytest.raises(InvalidInput, match="write the row that matters"):
        Subject.of(make_outcome("rate_ratio", "lower", evidence))


def test_priors_of_both_arms_are_not_of_the_effect():
    from bayes.priors.sets import load_priors

    with pytest.raises(NotFormable, match="both arms"):
        Subject.of(make_outcome(*REPORTS["binary OR"]), "jeffreys", load_priors("arms"))


@pytest.mark.slow
def test_the_command_prints_words_then_tables():
    found = run("mesems:gel_24w", "--ask", "tipping,named_priors,verdicts")
    assert found.exit_code == 0, found.output
    first = " ".join(found.output.split("\n\n")[0].split())
    assert first.startswith("Gadolinium-enhancing lesions") and "rate ratio is 0.96" in first
    assert "Tipping points" in found.output and "Verdicts: the range" in found.output
    assert "-0.000" not in found.output


@pytest.mark.slow
def test_the_command_as_json():
    found = run("starting2:mrs_90d", "--ask", "tipping,extraction,reverse_bayes", "--json")
    rows = json.loads(found.output)
    assert list(rows) == ["tipping", "extraction", "reverse_bayes"]
    assert {"vary", "probability", "target", "value", "at", "reason"} <= rows["tipping"][0].keys()
    assert {"quantity", "value", "natural", "reason"} <= rows["reverse_bayes"][0].keys()
    assert {row["vary"] for row in rows["tipping"]} == {"prior_sd", "prior_mean", "mixture_weight", "mcid"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mesems"], "one outcome is needed"),
        (["mesems:gel_24"], "did you mean 'gel_24w'"),
        (["mesems:gel_24w", "--ask", "tippin"], "did you mean 'tipping'"),
        (["mesems:gel_24w", "--prior", "beta(1, 1)"], "not on the analysis scale"),
    ],
)
def test_a_beginners_mistakes(arguments, said):
    found = run(*arguments)
    assert said in str(found.exception), found.exception
