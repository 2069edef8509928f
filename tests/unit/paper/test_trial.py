"""Trial files at the door: what is accepted, and every mistake at once."""

import pickle
from decimal import Decimal

import pytest
from support.reports import FOLDED, REPORTS
from support.trial_file import GOOD
from support.trials import make_outcome

from bayes import load_trial
from bayes.errors import InvalidInput


def write(tmp_path, text, name="demo"):
    path = tmp_path / f"{name}.toml"
    path.write_text(text)
    return path


def test_written_digits_are_kept(tmp_path):
    outcome = load_trial(write(tmp_path, GOOD)).outcomes["gel"]
    assert outcome.evidence.ci[1] == Decimal("1.50")
    assert str(outcome.evidence.ci[1]) == "1.50"


def test_an_outcome_knows_its_trial_and_survives_pickling(tmp_path):
    outcome = pickle.loads(pickle.dumps(load_trial(write(tmp_path, GOOD)).outcomes["gel"]))
    assert outcome.name == "demo:gel"
    assert outcome.trial.n.treatment == 69


def test_objects_are_frozen(tmp_path):
    trial = load_trial(write(tmp_path, GOOD))
    with pytest.raises(Exception, match="frozen"):
        trial.year = 1999


def test_all_mistakes_at_once_each_with_its_path(tmp_path):
    text = GOOD.replace("year = 2020", "yeer = 2020").replace("ci = [0.58, 1.50]", "ci = [0.98, 1.50]\nestimat = 1")
    text = text.replace('id = "demo"', 'id = "other"').replace("treatment = 69", "treatment = 0")
    text += '\n[outcomes.b]\nlabel = "B"\nmeasure = "odds_ratio"\nbenefit = "lower"\nsource = "s"\n'
    text += (
        '[outcomes.b.evidence]\nkind = "binary"\ntreatment = { events = 9, n = 8 }\ncontrol = { events = 1, n = 8 }\n'
    )
    with pytest.raises(InvalidInput) as caught:
        load_trial(write(tmp_path, text))
    said = str(caught.value)
    for part in (
        "id: 'other' must equal the file name 'demo'",
        "year: required",
        "yeer: unknown field; did you mean 'year'",
        "n.treatment",
        "outcomes.gel.evidence.estimat: unknown field; did you mean 'estimate'",
        "0.98 to 1.50 excludes its own estimate 0.94",
        "outcomes.b.evidence.treatment: 9 events exceed n = 8",
    ):
        assert part in said
    assert all(line.startswith(str(tmp_path)) for line in said.splitlines())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('kind = "estimate"', 'kind = "estimat"', "did you mean 'estimate'"),
        ('measure = "rate_ratio"', 'measure = "rate_ration"', "did you mean 'rate_ratio'"),
        ("value = 0.75", "value = 1.25", "harm side"),
        ("value = 0.75", "value = -0.2", "impossible"),
        ("estimate = 0.94\nci = [0.58, 1.50]", "estimate = -0.94\nci = [-1.2, 1.50]", "impossible"),
        ("[outcomes.gel]", '[outcomes."gel--a"]', "is not a valid id"),
        ("ci = [0.58, 1.50]", "", "one of ci, se or p"),
        ("ci = [0.58, 1.50]", "ci = [1.50, 0.58]", r"\[low, high\]"),
        ("estimate = 0.94", 'estimate = "0.94"', "without quotes"),
        ("ci = [0.58, 1.50]", 'ci = [0.58, 1.50]\np = "0.3x"', "p-value"),
        ("ci = [0.58, 1.50]", "ci = [0.58, 1.50]\np = 1.2", "at most 1"),
        ("ci = [0.58, 1.50]", "ci = { low = 0.58 }", "expected a list in brackets"),
        ("mcid = { value = 0.75", "mcid = 0.75 # {", r"expected a table, \{ value = ..., rationale = ... \}, found 0.75"),
        ("arms = {", 'arms = ["a", "b"] # {', r"expected a table, \{ treatment = ..., control = ... \}, found \['a', 'b'\]"),
    ],
)
def test_single_mistakes(tmp_path, old, new, said):
    changed = GOOD.replace(old, new).replace("outcomes.gel.", 'outcomes."gel--a".' if "--" in new else "outcomes.gel.")
    with pytest.raises(InvalidInput, match=said):
        load_trial(write(tmp_path, changed))


def test_files_that_are_not_there_or_not_toml(tmp_path):
    with pytest.raises(InvalidInput, match="no such file"):
        load_trial(tmp_path / "absent.toml")
    with pytest.raises(InvalidInput, match="not valid TOML"):
        load_trial(write(tmp_path, "id = "))
    with pytest.raises(InvalidInput, match="did you mean 'mesems'"):
        load_trial("mesem")


@pytest.mark.parametrize("name", [*REPORTS, *FOLDED])
def test_every_kind_is_accepted(name):
    report = (REPORTS | FOLDED)[name]
    assert make_outcome(*report).evidence.kind == report[2]["kind"]


CUT = {"at_most": "0", "treatment": {"events": 3, "n": 9}, "control": {"events": 2, "n": 9}}
CUTS = {"kind": "ordinal_cut", "categories": ["0", "1", "2", "3"]}


@pytest.mark.parametrize(
    ("measure", "evidence", "said"),
    [
        (
            "odds_ratio",
            {"kind": "p_value", "p": 0.2, "favours": "unknown", "n": {"treatment": 9, "control": 9}},
            "`se`",
        ),
        (
            "common_odds_ratio",
            {"kind": "p_value", "p": 0.2, "favours": "unknown", "n": {"treatment": 9, "control": 9}},
            "reference",
        ),
        (
            "common_odds_ratio",
            {"kind": "p_value", "p": 0.2, "favours": "unknown", "se": 0.3, "test": "chi2", "df": 6},
            "no direction",
        ),
        (
            "rate_ratio",
            {
                "kind": "events",
                "treatment": {"events": 3, "persons": 4, "n": 9},
                "control": {"events": 3, "persons": 1, "n": 9},
            },
            "only 3 events",
        ),
        (
            "rate_ratio",
            {"kind": "events", "treatment": {"events": 3, "persons": 2, "n": 9}, "control": {"events": 3, "n": 9}},
            "both arms",
        ),
        (
            "common_odds_ratio",
            {"kind": "ordinal", "categories": ["0", "1"], "treatment": [1, 2, 3], "control": [1, 2]},
            "3 counts for 2",
        ),
        (
            "common_odds_ratio",
            {"kind": "ordinal", "categories": ["0", "1"], "treatment": [4, 0], "control": [1, 0]},
            "one category",
        ),
        ("common_odds_ratio", CUTS | {"cuts": [CUT | {"at_most": "3"}]}, "not a cut of this scale"),
        ("common_odds_ratio", CUTS | {"cuts": [CUT | {"at_most": "1"}, CUT]}, "better to worse"),
        (
            "common_odds_ratio",
            CUTS | {"cuts": [CUT, CUT | {"at_most": "1", "control": {"events": 1, "n": 9}}]},
            "cannot decrease",
        ),
        (
            "common_odds_ratio",
            CUTS | {"cuts": [CUT, CUT | {"at_most": "1", "control": {"events": 5, "n": 8}}]},
            "must have the same n",
        ),
        (
            "mean_ratio",
            {"kind": "means", "treatment": {"mean": 1, "sd": 1, "n": 9}, "control": {"mean": 1, "sd": 1, "n": 9}},
            "does not support mean_ratio; supported measures: mean_difference",
        ),
    ],
)
def test_evidence_that_says_nothing_of_the_effect_is_refused(measure, evidence, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome(measure, "higher", evidence)


def test_reversed_reports_are_turned():
    report = {"kind": "estimate", "estimate": 0.5, "ci": [0.25, 1.0]}
    forward = make_outcome("odds_ratio", "lower", report).evidence.on_analysis_scale("odds_ratio")
    turned = make_outcome("odds_ratio", "lower", report | {"compares": "control_vs_treatment"})
    assert turned.evidence.on_analysis_scale("odds_ratio") == (-forward[0], forward[1])


def test_other_reports_are_outcomes_of_the_trial_and_observed_are_of_counts(tmp_path):
    text = GOOD.replace("[outcomes.gel.evidence]", 'other_reports = ["gell", "gel"]\n[outcomes.gel.evidence]')
    with pytest.raises(InvalidInput) as error:
        load_trial(write(tmp_path, text))
    assert [m.path for m in error.value.mistakes] == ["outcomes.gel.other_reports.0", "outcomes.gel.other_reports.1"]
    assert "no other outcome named 'gell'" in str(error.value)
    with pytest.raises(InvalidInput, match="were not imputed: not available for 'estimate' evidence"):
        load_trial(
            write(
                tmp_path,
                GOOD.replace('source = "abstract"', 'source = "abstract"\nobserved = { treatment = 9, control = 9 }'),
            )
        )


def test_trials_are_equal_by_what_their_files_say():
    one, other = load_trial("mesems"), load_trial("mesems")
    assert one == other and one.outcomes["gel_24w"] == other.outcomes["gel_24w"]
    assert one.outcomes["gel_24w"] != one.outcomes["sae_24w"] and one != load_trial("treasure")
    assert hash(one.outcomes["gel_24w"].evidence) == hash(other.outcomes["gel_24w"].evidence)
