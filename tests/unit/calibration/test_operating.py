"""`bayes operating`: what a rule may say, what is refused, what is written, and what a terminal shows."""

import csv
import json

import numpy as np
import pytest
from click.testing import CliRunner

import bayes
from bayes.calibration.operating import operating, parse_rule
from bayes.calibration.operating.posteriors import Posteriors, Thresholds
from bayes.calibration.operating.row import CHARACTERISTICS, COLUMNS, FILE, OperatingRow
from bayes.calibration.operating.store import of_outcome, read, write
from bayes.calibration.operating.truths import is_false
from bayes.cli import bayes as command
from bayes.errors import InvalidInput, NotFormable
from bayes.posterior.row import meanings
from bayes.results.bundles import SINGLE

HAZARD = {"measure": "hazard_ratio", "benefit": "lower", "estimate": 0.75, "se": 0.2}


def posteriors(sign, above, p_null=0.0):
    """One posterior with P(effect > edge) at a null of 0, an MCID of +-0.2 and a ROPE of +-0.1."""
    thresholds = Thresholds(sign, 0.0, 0.2 * sign, (-0.1, 0.1))
    return Posteriors(thresholds, thresholds.every, np.array([[above[e] for e in thresholds.every]]), np.array([p_null]), np.zeros(1))


@pytest.mark.parametrize("sign, expected", [
    (1, {"p_benefit": 0.6, "p_harm": 0.3, "p_mcid": 0.4, "p_rope": 0.25}),
    (-1, {"p_benefit": 0.3, "p_harm": 0.6, "p_mcid": 0.2, "p_rope": 0.25}),
])  # fmt: skip
def test_probabilities_are_those_of_the_summary(sign, expected):
    """A spike of 0.1 on the null is neither benefit nor harm, and inside the ROPE."""
    found = posteriors(sign, {-0.2: 0.8, -0.1: 0.75, 0.0: 0.6, 0.1: 0.5, 0.2: 0.4}, p_null=0.1)
    assert {name: round(float(found.probability(name)[0]), 12) for name in expected} == expected


def test_a_rule_is_read():
    rule = parse_rule("p_benefit > 0.975 and p_mcid>.5  and p_harm < 0.01")
    assert str(rule) == "p_benefit > 0.975 and p_mcid > 0.5 and p_harm < 0.01"
    assert rule.claim == "benefit"


@pytest.mark.parametrize("text, claim", [
    ("p_harm > 0.9", "harm"),
    ("p_benefit < 0.1", "harm"),
    ("p_rope > 0.9", "equivalence"),
    ("p_harm < 0.1", "benefit"),
    ("p_rope > 0.5 and p_harm < 0.05", "benefit"),
])  # fmt: skip
def test_what_success_asserts(text, claim):
    assert parse_rule(text).claim == claim


def test_every_mistake_of_a_rule_is_named_with_what_is_accepted():
    with pytest.raises(InvalidInput) as raised:
        parse_rule("p_benfit > 0.9 and p_mcid >= 0.5 and p_harm < 1.2 and nonsense and p_rope > x")
    said = str(raised.value).splitlines()
    assert len(said) == 5
    assert "did you mean 'p_benefit'?" in said[0] and "found >=" in said[1] and "1.2 is not a probability" in said[2]
    assert "accepted: p_benefit, p_mcid, p_harm or p_rope" in said[0]
    assert all(line.endswith("accepted: as above") for line in said[1:])


def test_a_rule_that_asserts_nothing_is_refused():
    with pytest.raises(InvalidInput, match="asserts neither"):
        parse_rule("p_rope < 0.5")


def test_where_claims_are_false():
    theta = np.array([-0.3, -0.1, 0.0, 0.05, 0.3])
    down = Thresholds(-1, 0.0, None, (-0.1, 0.1))
    assert is_false(theta, down, "benefit").tolist() == [False, False, True, True, True]
    assert is_false(theta, down, "harm").tolist() == [True, True, True, False, False]
    assert is_false(theta, down, "equivalence").tolist() == [True, True, False, False, True]


def test_a_threshold_that_is_not_stated_is_named():
    with pytest.raises(NotFormable, match="needs an MCID"):
        operating(bayes.outcome(**HAZARD), "p_mcid > 0.5")


@pytest.mark.parametrize("name, said", [
    ("mesems:ae_table", "adverse_events evidence"),
    ("mesems:sae_24w", "over-dispersion is unknown before the trial"),
    ("invest:mrs03_180d", "ordinal_cut evidence"),
    ("msc_stroke_mrs", "those of one trial"),
])  # fmt: skip
def test_what_is_not_offered_says_what_is(name, said):
    with pytest.raises(InvalidInput, match=said) as raised:
        operating(name)
    assert "accepted: " in str(raised.value)


@pytest.mark.parametrize("said", ["often", "0", "-0.2"])
def test_a_baseline_that_cannot_be_read(said):
    with pytest.raises(InvalidInput, match="accepted: observed, averaged"):
        operating(bayes.outcome(kind="binary", measure="odds_ratio", benefit="lower", treatment=(1, 9), control=(2, 9)), baseline=said)


def test_a_baseline_where_there_is_none_to_set():
    with pytest.raises(InvalidInput, match="estimate evidence has none"):
        operating(bayes.outcome(**HAZARD), baseline=0.2)


def test_rows_have_every_column_and_a_known_characteristic():
    found = operating(bayes.outcome(**HAZARD, mcid=0.8), prior=["neutral", "vague"], effects=[0.7])
    assert all(tuple(row) == COLUMNS for row in found.rows)
    assert {row["characteristic"] for row in found.rows} == set(CHARACTERISTICS)
    assert set(meanings(OperatingRow)) == set(COLUMNS)
    assert {row["effect"]: row["marks"] for row in found.rows if row["characteristic"] == "p_success"} == {0.7: None, 0.8: "mcid", 1.0: "null"}
    assert found.to_frame().shape == (len(found.rows), len(COLUMNS))


def test_priors_that_do_not_serve_have_a_row_with_the_reason():
    found = operating(bayes.outcome(**HAZARD), design=["enthusiastic", "neutral"])
    skipped = {row["prior"] or row["design_prior"]: row["reason"] for row in found.rows if row["status"] == "skipped"}
    assert set(skipped) == {"sceptical", "enthusiastic", "pessimistic"}
    assert "MCID" in skipped["enthusiastic"]
    assert "Left out, design prior enthusiastic" in found.text


def test_a_folder_keeps_one_run_of_each_rule(tmp_path):
    outcome = bayes.outcome(**HAZARD, mcid=0.8)
    one = operating(outcome, "p_benefit > 0.9", prior="neutral").rows
    other = operating(outcome, "p_mcid > 0.5", prior="neutral").rows
    write(one, tmp_path)
    write(other, tmp_path)
    write(one, tmp_path)
    assert read(tmp_path) == [*other, *one]
    (tmp_path / "operating.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidInput, match="other columns"):
        read(tmp_path)


def test_rows_of_another_version_of_a_file_are_out_of_date():
    """Another estimate or MCID is another report; another label is not."""
    outcome = bayes.outcome(**HAZARD, mcid=0.8)
    rows = operating(outcome, prior="neutral").rows
    assert of_outcome(rows, bayes.outcome(**HAZARD, mcid=0.8, label="the same")) == rows
    for other in (bayes.outcome(**HAZARD, mcid=0.85), bayes.outcome(**HAZARD | {"estimate": 0.76}, mcid=0.8)):
        assert of_outcome(rows, other) == []


def test_a_bundle_takes_the_file_along():
    assert FILE in SINGLE


def test_a_simulation_is_repeated_by_its_seed():
    outcome = bayes.outcome(kind="means", measure="mean_difference", benefit="higher", treatment={"mean": 1, "sd": 2, "n": 30}, control={"mean": 0, "sd": 2, "n": 30}, mcid=1)
    one, same, other = (operating(outcome, prior="neutral", effects=[1.5], simulations=40, seed=s).to_frame()["value"].tolist() for s in (1, 1, 2))
    assert one == same != other


def test_the_command_prints_tables_within_80_columns_and_writes_a_file(tmp_path):
    said = CliRunner().invoke(command, ["operating", "mesems:gel_24w", "--rule", "p_benefit > 0.975", "--out", str(tmp_path)], env={"COLUMNS": "80"})
    assert said.exit_code == 0, said.output
    assert max(map(len, said.stdout.splitlines())) <= 80
    for words in ("no effect", "MCID", "type I", "assurance", "P(success"):
        assert words in said.stdout
    with (tmp_path / "operating.csv").open() as file:
        assert {row["rule"] for row in csv.DictReader(file)} == {"p_benefit > 0.975"}


def test_a_typed_report_and_json():
    said = CliRunner().invoke(command, ["operating", "--measure", "hazard_ratio", "--benefit", "lower", "--estimate", "0.75", "--se", "0.2", "--prior", "neutral", "--effect", "0.7", "--json"])
    rows = json.loads(said.stdout)
    assert {row["effect"] for row in rows if row["characteristic"] == "p_success"} == {0.7, 1.0}


def test_a_users_mistake_has_exit_code_2(capsys, monkeypatch):
    from bayes.cli import main

    monkeypatch.setattr("sys.argv", ["bayes", "operating", "mesems:gel_24w", "--rule", "p_benefit"])
    with pytest.raises(SystemExit) as raised:
        main()
    assert raised.value.code == 2
    assert "cannot read 'p_benefit'" in capsys.readouterr().err
