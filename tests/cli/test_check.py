"""`bayes check` over several files: what is wrong with one hides nothing of another, nor of itself."""

import json
from decimal import Decimal

import pytest
from click.testing import CliRunner
from support.documents import GOOD, written

from bayes import load_trial
from bayes.base.toml import shipped
from bayes.checks import UNDOCUMENTED, check_reasons
from bayes.cli.check_ import command
from bayes.errors import InvalidInput
from bayes.priors.sets import load_priors

CONTRADICTED = GOOD.replace("[0.58, 1.50]", "[0.94, 1.50]")
SET = '[effect.mine]\ndistribution = "normal(0, 0.3)"\nrationale = "r"\nsource = "s"\n'


def check(*names):
    ran = CliRunner().invoke(command, [str(name) for name in names])
    return ran.exit_code, ran.output


def test_an_invalid_file_hides_no_finding_of_a_valid_one(tmp_path):
    written(tmp_path, GOOD.replace("0.94", "0,94"), "it")
    written(tmp_path, CONTRADICTED.replace('"it"', '"other"'), "other")
    code, said = check(tmp_path)
    assert code == 2
    assert "it.toml: line 14: a decimal comma: write 0.94" in said
    assert "other:gel" in said and "evidence.estimate: inconsistent" in said
    assert "2 files, 1 mistake; " in said


def test_a_file_with_many_mistakes_hides_no_other(tmp_path):
    written(tmp_path, "".join(f"strange_{i} = 1\n" for i in range(60)) + GOOD, "it")
    written(tmp_path, GOOD.replace("0.94", "0,94"), "other")
    code, said = check(tmp_path)
    assert code == 2 and "it.toml: and 10 more" in said and "61 mistakes" in said
    assert "other.toml: line 14: a decimal comma: write 0.94" in said


@pytest.mark.parametrize(
    ("text", "code"),
    [(GOOD, 0), (CONTRADICTED, 1), (GOOD.replace("0.94", ".94"), 2), ("", 2), ("a = " + 5000 * "[" + 5000 * "]", 2)],
)
def test_exit_codes(tmp_path, text, code):
    assert check(written(tmp_path, text))[0] == code


def test_a_folder_holds_prior_sets_too(tmp_path):
    written(tmp_path, GOOD, "it")
    written(tmp_path, SET.replace('source = "s"\n', ""), "mine")
    code, said = check(tmp_path)
    assert code == 1 and "mine:effect.mine" in said and "source: not documented" in said
    assert "1 not documented" in said


@pytest.mark.parametrize("missing", ["rationale", "source"])
@pytest.mark.parametrize("table", ["effect.a", "arms.a", "hierarchy.a", "heterogeneity.a"])
def test_a_prior_without_its_reasons_does_not_pass(tmp_path, table, missing):
    says = {
        "effect.a": 'rule = "vague"',
        "arms.a": 'treatment = "beta(1, 1)"\ncontrol = "beta(1, 1)"',
        "hierarchy.a": "point_mass = false",
        "heterogeneity.a": 'distribution = "half_normal(0.3)"',
    }[table]
    whole = f'[{table}]\n{says}\nrationale = "r"\nsource = "s"\n'
    assert not check_reasons(load_priors(written(tmp_path, whole)))
    less = "".join(line for line in whole.splitlines(keepends=True) if not line.startswith(missing))
    (found,) = check_reasons(load_priors(written(tmp_path, less)))
    assert (found.outcome, found.path, found.verdict) == (table, missing, UNDOCUMENTED)
    (blank,) = check_reasons(
        load_priors(written(tmp_path, whole.replace(f'{missing} = "{missing[0]}"', f'{missing} = " "')))
    )
    assert blank == found


def test_shipped_sets_give_their_reasons():
    assert not [found for path in shipped("priors").values() for found in check_reasons(load_priors(path))]


def test_findings_of_a_set_in_json(tmp_path):
    ran = CliRunner().invoke(command, [str(written(tmp_path, SET.replace('source = "s"\n', ""))), "--json"])
    (row,) = json.loads(ran.output)
    assert ran.exit_code == 1 and row["verdict"] == UNDOCUMENTED and row["path"] == "source"


MCID = 'mcid = { value = 1.25, rationale = "r" }'
PLANNED = 'planned = { value = 1.0, source = "s" }'


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('title = "A trial"\n', ""),
        ("year = 2020", "yeer = 2020"),
        ('source = "abstract"', 'sorce = "abstract"'),
        ("= 69", "= 0"),
        ("[0.58, 1.50]", "[1.50, 0.58]"),
        ("estimate = 0.94, ", 'estimate = "0.94", '),
        ('kind = "estimate", ', 'kind = "estimat", '),
        ('benefit = "lower"', 'benefit = "lower"\nrope = [1.1, 0.9]'),
    ],
)
def test_a_threshold_on_the_wrong_side_hides_behind_no_other_mistake(tmp_path, old, new):
    text = GOOD.replace('source = "abstract"', f'source = "abstract"\n{MCID}\n{PLANNED}').replace(old, new)
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, text))
    paths = {mistake.path: mistake.message for mistake in caught.value.mistakes}
    assert len(paths) >= 3
    assert paths["outcomes.gel.mcid.value"].startswith("1.25 lies on the harm side")
    assert paths["outcomes.gel.planned.value"].startswith("1.0 means no effect")


def test_every_check_of_an_outcome_is_made(tmp_path):
    """Sides, ranges, fields of other kinds, contradictions within the evidence: one run names them all."""
    more = f'{MCID}\nrope = [1.1, 0.9]\nobserved = {{ treatment = 1, control = 1 }}\nicc = 0.1\ncontrast = "x"'
    text = GOOD.replace('source = "abstract"', f'source = "abstract"\n{more}').replace("[0.58, 1.50]", "[-0.58, 0.50]")
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, text.replace('design = "randomised"', 'field = "Strok"')))
    paths = [mistake.path for mistake in caught.value.mistakes]
    for path in ("mcid.value", "rope", "icc", "contrast", "evidence"):
        assert f"outcomes.gel.{path}" in paths, path
    assert "design" in paths and "field" in paths


@pytest.mark.parametrize(
    ("measure", "benefit", "value", "sound"),
    [
        ("hazard_ratio", "lower", 0.8, True),
        ("hazard_ratio", "lower", 1, False),
        ("hazard_ratio", "lower", 1.25, False),
        ("odds_ratio", "higher", 1.25, True),
        ("odds_ratio", "higher", 0.8, False),
        ("mean_difference", "higher", 2, True),
        ("mean_difference", "higher", 0, False),
        ("mean_difference", "lower", 2, False),
        ("risk_difference", "lower", -0.1, True),
        ("risk_difference", "lower", -1.5, False),
        ("hazard_ratio", "lower", 0, False),
        ("hazard_ratio", "lower", -0.5, False),
    ],
)
def test_a_planned_effect_is_a_benefit_that_can_be(tmp_path, measure, benefit, value, sound):
    limits = "[-0.3, 0.4]" if "difference" in measure else "[0.5, 2]"
    text = (
        GOOD.replace("rate_ratio", measure)
        .replace('"lower"', f'"{benefit}"')
        .replace("0.94", "0.3" if "difference" in measure else "0.94")
        .replace("[0.58, 1.50]", limits)
        .replace('source = "abstract"', f'source = "abstract"\nplanned = {{ value = {value}, source = "p" }}')
    )
    path = written(tmp_path, text)
    if sound:
        assert load_trial(path).outcomes["gel"].planned.value == Decimal(str(value))
    else:
        with pytest.raises(InvalidInput, match="planned.value") as caught:
            load_trial(path)
        if value == 1:
            assert "a trial powered assuming no difference has no planned effect; state its margin as `margin`" in str(
                caught.value
            )


@pytest.mark.parametrize("where", ["trial", "effect", "heterogeneity"])
def test_a_field_that_no_table_has_is_an_error(tmp_path, where):
    if where == "trial":
        text = GOOD.replace("year = 2020", 'year = 2020\nfield = "Strok"')
    else:
        text = f'[{where}.a]\nrule = "field"\nfield = "Strok"\nrationale = "r"\nsource = "s"\n'
    code, said = check(written(tmp_path, text))
    assert code == 2 and "'Strok' is not in the table; did you mean 'Stroke'?" in said
