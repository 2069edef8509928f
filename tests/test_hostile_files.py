"""Files as people send them: what cannot be read says what it is and how it is written, and nothing ends in a traceback."""

import json
from copy import deepcopy
from decimal import Decimal

import numpy as np
import pytest
from conftest import FOLDED, REPORTS, make_outcome

from bayes import load_trial
from bayes.consistency import examine
from bayes.consistency.rounding import Range, distance, meets
from bayes.distributions import parse
from bayes.documents import DEEPEST, read
from bayes.effects import TestStatistic
from bayes.errors import BayesError, InvalidInput
from bayes.exact import curve, integrate
from bayes.exact.bare import curve as bare_curve
from bayes.models.test_report import region
from bayes.plan import make_plan
from bayes.priors import PriorSet, load_priors
from bayes.reading import validate
from bayes.selection import is_significant
from bayes.synthesis import Synthesis
from bayes.trial import Trial

SMD = "standardised_mean_difference"
GOOD = """id = "it"
title = "A trial"
year = 2020
condition = "x"
design = "randomised"
arms = { treatment = "a", control = "b" }
n = { treatment = 69, control = 75 }

[outcomes.gel]
label = "lesions"
measure = "rate_ratio"
benefit = "lower"
source = "abstract"
evidence = { kind = "estimate", estimate = 0.94, ci = [0.58, 1.50] }
"""


def written(tmp_path, content, name="it"):
    path = tmp_path / f"{name}.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def said(tmp_path, content, name="it"):
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, content, name))
    return str(caught.value)


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace("estimate = 0.94", "\testimate\t=\t0.94"),
        GOOD.replace("A trial", "A\u00a0trial \u2013 \u201cnew\u201d v .94 or 0,94"),
        GOOD.replace("1.50]", "1.50, ]"),
        GOOD.replace("= 69", "= 1_561"),
    ],
)
def test_what_is_unambiguous_is_read(tmp_path, content):
    assert load_trial(written(tmp_path, content)).outcomes["gel"].evidence.ci == (Decimal("0.58"), Decimal("1.50"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (GOOD.encode("utf-16"), "UTF-16: save it as UTF-8"),
        (GOOD.encode("utf-16-le"), "UTF-16: save it as UTF-8"),
        (GOOD.encode("utf-32"), "UTF-32: save it as UTF-8"),
        (GOOD.replace("A trial", "R\u00f6ver").encode("latin-1"), "line 2: not UTF-8 but Latin-1 or Windows-1252"),
        (b"PK\x03\x04\x14\x00\x06\x00" + bytes(range(256)), "spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + bytes(99), "spreadsheet"),
        (b"%PDF-1.7\n%\xe2\xe3", "a PDF"),
        (b'id = "it"\n\x00\n', "binary file"),
        ('{"id": "it"}', "this is JSON"),
        (json.dumps([{"id": "it"}]), "this is JSON"),
        ('<?xml version="1.0"?>\n<COCHRANE_REVIEW TYPE="INTERVENTION">\n</COCHRANE_REVIEW>', "a RevMan file"),
        ("<!DOCTYPE html>\n<html></html>", "a web page"),
        ("study;estimate;lower;upper\nA;0,94;0,58;1,50\n", "a table (CSV)"),
        ("study,events,n\nA,3,20\nB,4,21\n", "a table (CSV)"),
        ("", "states nothing"),
        ("# nothing yet\n", "states nothing"),
        ("a = " + 5000 * "[" + 5000 * "]", f"more than {DEEPEST} levels deep"),
        ("a." * 5000 + "a = 1", f"more than {DEEPEST} levels deep"),
        (GOOD.replace("= 69", "= " + "9" * 5000), "5000 digits"),
        (GOOD.replace('"lower"', '"lower"\nbenefit = "lower"'), "stands there twice"),
    ],
)
def test_what_is_no_toml_is_told_what_it_is(tmp_path, content, words):
    assert words in said(tmp_path, content)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0,94", "a decimal comma: write 0.94"),
        ("-0,94", "a decimal comma: write -0.94"),
        ("\u22120.94", "(U+2212) is no minus sign: write -0.94"),
        ("\u20130.94", "(U+2013) is no minus sign: write -0.94"),
        ("\u00a00.94", "(U+00A0): write an ordinary one"),
        ("0\u00b794", "a raised decimal dot: write 0.94"),
        (".94", "write 0.94, not .94"),
        ("-.94", "write -0.94, not -.94"),
        ("94.", "write 94, not 94."),
        ("094", "write 94, not 094"),
        ("\u201c0.94\u201d", 'curly quotes: write "0.94"'),
        ("1,561", "a comma between thousands: write 1561"),
        ("1\u202f561", "a space between thousands: write 1561"),
        ("94%", "no percent sign"),
        ("9.4 \u00d7 10^-1", "write 9.4e-1"),
        ("<0.94", 'a bound stands in quotes: write "<0.94"'),
        ("NE", 'text stands in quotes: write "NE"'),
        ("None", "leave the field out"),
        ("True", "write true"),
        ("0.94 \u00e9", "'\u00e9' (U+00E9) outside quotes"),
        ('"0.94"', "without quotes: write 0.94"),
        ('"0,94"', "without quotes: write 0.94"),
        ('"\u22120.94"', "without quotes: write -0.94"),
        ('"NE"', "not estimated"),
        ("nan", "expected a number"),
        ("inf", "expected a number"),
        ("1e400", "out of range; accepted: 0, or 1e-12 to 1e+12"),
        ("1e-320", "out of range"),
        ("0." + "4" * 5000, "more than 30 digits"),
        ("true", "expected a number"),
        ("[0.94]", "expected a number"),
        ("2020-03-02", "expected a number"),
    ],
)
def test_a_number_as_it_was_typed(tmp_path, typed, words):
    said_of_it = said(tmp_path, GOOD.replace("estimate = 0.94", f"estimate = {typed}"))
    assert words in said_of_it
    assert "line 14" in said_of_it or "outcomes.gel.evidence.estimate" in said_of_it


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("[0,58, 1,50]", "decimal commas: four numbers where two belong; write [0.58, 1.50]"),
        ("[0.58\u20131.50]", "write [0.58, 1.50]"),
        ("[0.58 - 1.50]", "write [0.58, 1.50]"),
        ("[0.58 to 1.50]", "write [0.58, 1.50]"),
        ("[0.58; 1.50]", "write [0.58, 1.50]"),
        ("(0.58, 1.50)", "square brackets"),
        ('"0.58\u20131.50"', "two limits in one text: write [0.58, 1.50]"),
        ('"0,58 to 1,50"', "two limits in one text: write [0.58, 1.50]"),
        ('["0.58", "1.50"]', "without quotes: write 0.58"),
        ("[0.58, 1.00, 1.50]", "3 numbers where two limits belong"),
        ("[1.50, 0.58]", "ci must be [low, high]"),
        ("[0.94, 0.94]", "ci must be [low, high]"),
        ("[1.2, 1.5]", "excludes its own estimate"),
    ],
)
def test_an_interval_as_it_was_typed(tmp_path, typed, words):
    assert words in said(tmp_path, GOOD.replace("[0.58, 1.50]", typed))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0.000", 'write a bound: p = "<0.0005"'),
        ("0", 'write a bound: p = "<0.0005"'),
        ('"NS"', 'kind = "significance", significant = false'),
        ('"n.s."', 'kind = "significance", significant = false'),
        ('"0.78"', "without quotes: write p = 0.78"),
        ('"p = 0,78"', "without quotes: write p = 0.78"),
        ('"\u22640.05"', 'write the bound with < or >: p = "<0.05"'),
        ('">1"', "bounds nothing"),
        ('"<"', 'a bound such as "<0.001" or ">0.99"'),
        ("1e-400", "out of range; accepted: 1e-100 to 1"),
        ('"<1e-400"', "out of range; accepted: 1e-100 to 1"),
        ("-0.2", "above 0 and is at most 1"),
        ("nan", "above 0 and is at most 1"),
    ],
)
def test_a_p_value_as_it_was_typed(tmp_path, typed, words):
    assert words in said(tmp_path, GOOD.replace("1.50]", f"1.50], p = {typed}"))


@pytest.mark.parametrize(
    ("typed", "kept"), [('"< 0.001"', "<0.001"), ('"<.001"', "<0.001"), ('"p<0,001"', "<0.001"), ('">0.99"', ">0.99")]
)
def test_bounds_of_p_are_read(tmp_path, typed, kept):
    text = GOOD.replace("1.50]", f"1.50], p = {typed}")
    assert load_trial(written(tmp_path, text)).outcomes["gel"].evidence.p == kept


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("= 69", "= 69.0", "a whole number, without a decimal point: write 69"),
        ("= 69", '= "69"', "a whole number, without quotes: write 69"),
        ("= 69", "= 0", "must be 1 or more, found 0"),
        ("= 69", "= 1" + 400 * "0", "must be 10000000 or less, found a number of about 401 digits"),
        ("1.50]", "1.50], level = 95", "the level of an interval is a share, not a percentage: write 0.95"),
        ("[0.58,", "[0.00,", 'one that is rounded to 0 is written as a bound: ci = ["<0.005", 1.50]'),
        ("[0.58,", "[0,", 'one that is rounded to 0 is written as a bound: ci = ["<0.005", 1.50]'),
        ("1.50]", '"NE"]', 'of a limit write "none", as ci = [0.58, "none"]'),
        ('id = "it"', 'id = "2-Mar"', "a spreadsheet turns ids such as 2-Mar into dates"),
        ("[outcomes.gel]", "[outcomes.g\u00e9l]", "(U+00E9) outside quotes"),
    ],
)
def test_other_fields_as_they_were_typed(tmp_path, old, new, words):
    assert words in said(tmp_path, GOOD.replace(old, new))


def test_every_slip_of_a_file_is_named_once_with_its_line(tmp_path):
    text = (
        GOOD.replace('"A trial"', "\u201cA trial\u201d").replace("0.94", "0,94").replace("0.58, ", "\u22120.58\u2013")
    )
    found = said(tmp_path, text).splitlines()
    assert [line.split(": ", 1)[1].split(":")[0] for line in found] == ["line 2", "line 14", "line 14"]


REPORTED = {
    name: {
        "id": "it",
        "title": "t",
        "year": 2020,
        "condition": "c",
        "design": "d",
        "arms": {"treatment": "a", "control": "b"},
        "n": {"treatment": 69, "control": 75},
        "outcomes": {
            "x": {"label": "l", "measure": m, "benefit": b, "source": "s", "evidence": e, "printed": [{"p": 0.2}]}
        },
    }
    for name, (m, b, e) in (REPORTS | FOLDED).items()
}
SET = {
    "effect": {
        "a": {"rule": "sceptical", "tail": 0.05},
        "b": {"distribution": "normal(0, 1)"},
        "c": {"rule": "evidence", "outcomes": [{"outcome": "mesems:gel_24w", "weight": 0.5}], "robust": 0.1},
    },
    "arms": {
        "d": {
            "treatment": "beta(1, 1)",
            "control": {"rule": "map", "historical": [{"events": 6, "n": 56}], "robust": 0.2},
        }
    },
    "hierarchy": {"e": {"flag": [0.8]}},
    "dispersion": {"distribution": "normal(0, 1)"},
    "baseline": {"binary": {"distribution": "normal(0, 2.5)"}},
    "heterogeneity": {"f": {"rule": "default", "width": 0.5}},
}
SYNTHESIS = {
    "id": "s",
    "label": "l",
    "measure": "rate_ratio",
    "benefit": "lower",
    "mcid": {"value": 0.8, "rationale": "r"},
    "outcomes": ["a:b", "c:d"],
    "heterogeneity": {"distribution": "half_normal(0.3)", "rationale": "r"},
    "covariate": {"label": "l", "values": [1, 2], "at": 1, "distribution": "normal(0, 1)", "rationale": "r"},
    "nu": 4,
    "rho": {"value": 0.5, "rationale": "r"},
    "correlations": [{"outcomes": ["a:b", "c:d"], "r": 0.5, "rationale": "r"}],
}
STRANGE = [
    10**400, -(10**400), 0, -1, 2**63, Decimal("1e400"), Decimal("1e-400"), Decimal("nan"), Decimal("inf"), float("nan"),
    Decimal("0." + "4" * 5000), Decimal("0e-5000"), True, "", "x", "9" * 5000, "normal(0, 1e400)", "normal(" * 3000, [], [1], {},
    {"x": 1}, [[]], [{}], "beta(1e-400, 1)", "<0.05", ">0.99",
]  # fmt: skip


def places(data, path=()):
    """Every place in nested data, the branches as well as the leaves."""
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*path, key)
        yield from places(value, (*path, key))


def changed(data, path, value):
    copy = deepcopy(data)
    level = copy
    for step in path[:-1]:
        level = level[step]
    level[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("record", "data"),
    [*((Trial, report) for report in REPORTED.values()), (PriorSet, SET), (Synthesis, SYNTHESIS)],
    ids=[*REPORTED, "prior set", "synthesis"],
)
def test_whatever_stands_in_a_field_is_accepted_or_refused_never_a_traceback(record, data):
    validate(record, data, "it.toml")
    for path in places(data):
        for value in STRANGE:
            try:
                validate(record, changed(data, path, value), "it.toml")
            except BayesError as refused:
                assert all(len(line) < 2500 for line in str(refused).splitlines())


def test_a_file_that_is_a_folder_is_told_so(tmp_path):
    with pytest.raises(InvalidInput, match="cannot be read"):
        read(tmp_path)


def test_p_above_a_bound_is_a_result_that_is_not_significant_there():
    """p > 0.99 says that z lies between no effect and z(0.99): the likelihood of "not significant at 0.99"."""
    theta = np.linspace(-2, 2, 41)
    n = {"treatment": 30, "control": 30}
    for favours in ("treatment", "control", "unknown"):
        p = make_outcome(SMD, "higher", {"kind": "p_value", "p": ">0.8", "favours": favours, "n": n})
        bare = make_outcome(
            SMD, "higher", {"kind": "significance", "significant": False, "alpha": 0.8, "favours": favours, "n": n}
        )
        for statistic in (TestStatistic(None), TestStatistic(58.0)):
            one, other = (bare_curve(outcome, statistic) for outcome in (p, bare))
            for part, likelihood in one.parts.items():
                assert likelihood(theta) == pytest.approx(other.parts[part](theta), abs=1e-12)
            assert region(p, statistic) == region(bare, statistic)
    with pytest.raises(InvalidInput, match="state its two-sided value"):
        make_outcome(SMD, "higher", {"kind": "p_value", "p": ">0.8", "favours": "control", "n": n, "sides": 1})


def test_p_above_a_bound_is_checked_from_its_side():
    assert meets(">0.99", Range(0.995, 0.995, 0.995)) and not meets(">0.99", Range(0.5, 0.4, 0.6))
    assert meets("<0.01", Range(0.005, 0.005, 0.005)) and not meets("<0.01", Range(0.5, 0.4, 0.6))
    assert distance(">0.99", 0.97) == pytest.approx(2) and distance(">0.99", 0.999) == 0


@pytest.mark.parametrize(("p", "told"), [("<0.01", True), ("<0.1", False), (">0.2", True), (">0.01", False)])
def test_a_bound_that_leaves_significance_open_has_no_selection(p, told):
    data = {"kind": "p_value", "p": p, "favours": "treatment", "se": 0.3}
    if told:
        assert is_significant(make_outcome("odds_ratio", "lower", data, selection={})) == (p == "<0.01")
    else:
        with pytest.raises(InvalidInput, match="does not say whether the result passes alpha"):
            make_outcome("odds_ratio", "lower", data, selection={})


N = {"treatment": 30, "control": 30}


@pytest.mark.parametrize(
    ("measure", "evidence", "words"),
    [
        ("rate_ratio", {"estimate": Decimal("0.94"), "ci": [Decimal("0.939999999999"), Decimal("0.940000000001")]}, "standard errors from no effect"),
        ("mean_difference", {"estimate": Decimal("1e12"), "se": Decimal("1e-12")}, "1e+24 standard errors"),
        ("mean_difference", {"estimate": 5, "p": Decimal("1e-100"), "df": 1}, "standard errors from no effect"),
        ("mean_difference", {"estimate": 5, "p": 1}, "implies no standard error"),
        ("mean_difference", {"estimate": 5, "ci": [Decimal("-1e12"), Decimal("1e12")], "level": Decimal("1e-12")}, "implies a standard error of"),
        ("standardised_mean_difference", {"kind": "p_value", "p": Decimal("1e-100"), "favours": "treatment", "n": {"treatment": 2, "control": 1}}, "standard errors"),
        ("mean_difference", {"kind": "means", "treatment": {"mean": Decimal("1e12"), "sd": Decimal("1e-12"), "n": 9}, "control": {"mean": 0, "sd": 1, "n": 9}}, "standard errors"),
        ("rate_ratio", {"kind": "events", "treatment": {"events": 10**6, "persons": 9, "n": 9}, "control": {"events": 9, "persons": 9, "n": 9}}, "leave `persons` out"),
        ("common_odds_ratio", {"kind": "ordinal", "categories": list(map(str, range(101))), "treatment": [1] * 101, "control": [1] * 101}, "at most 100 accepted, 101 given"),
    ],
)  # fmt: skip
def test_what_no_quadrature_can_see_is_refused(measure, evidence, words):
    with pytest.raises(InvalidInput) as caught:
        make_outcome(measure, "lower", {"kind": "estimate"} | evidence)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("measure", "evidence"),
    [
        ("rate_ratio", {"estimate": Decimal("0.94"), "ci": [Decimal("1e-12"), Decimal("1e12")]}),
        ("rate_ratio", {"estimate": Decimal("1e12"), "ci": [Decimal("0.9e12"), Decimal("1e12")]}),
        ("mean_difference", {"estimate": Decimal("1e12"), "se": Decimal("1e8")}),
        ("mean_difference", {"estimate": Decimal("1e-12"), "se": Decimal("1e12")}),
        ("odds_ratio", {"kind": "binary", "treatment": {"events": 0, "n": 10**7}, "control": {"events": 10**7, "n": 10**7}}),
        ("risk_ratio", {"kind": "binary", "treatment": {"events": 0, "n": 10**7}, "control": {"events": 10**7, "n": 10**7}}),
        ("risk_difference", {"kind": "binary", "treatment": {"events": 1, "n": 1}, "control": {"events": 10**7, "n": 10**7}}),
        ("rate_ratio", {"kind": "events", "treatment": {"events": 10**8, "n": 1}, "control": {"events": 0, "n": 10**7}}),
        ("rate_ratio", {"kind": "events", "treatment": {"events": 10, "n": 9, "exposure": Decimal("1e-12")}, "control": {"events": 9, "n": 9, "exposure": Decimal("1e12")}}),
        ("standardised_mean_difference", {"kind": "p_value", "p": Decimal("1e-100"), "favours": "treatment", "n": N}),
        ("odds_ratio", {"kind": "p_value", "p": "<1e-100", "favours": "unknown", "se": Decimal("1e-12")}),
        ("odds_ratio", {"kind": "p_value", "p": ">0.999999999999", "favours": "unknown", "se": Decimal("1e12")}),
        ("odds_ratio", {"kind": "p_value", "p": 1, "favours": "unknown", "se": Decimal("1e-12")}),
        ("odds_ratio", {"kind": "significance", "significant": True, "alpha": Decimal("1e-12"), "favours": "control", "se": 1}),
        ("proportion", {"kind": "proportion", "events": 10**7, "n": 10**7, "goal": Decimal("1e-12")}),
    ],
)  # fmt: skip
def test_what_is_accepted_at_the_edge_of_every_range_is_computed(measure, evidence):
    """The quadrature, which every posterior is checked against, has a finite answer at the edges of what is accepted."""
    outcome = make_outcome(measure, "lower", {"kind": "estimate"} | evidence)
    assert examine(outcome).checks >= 0
    prior = parse("beta(2, 2)" if measure == "proportion" else "normal(0, 1)")
    found = integrate(curve(outcome, load_priors().nuisance), prior, outcome.null)
    assert np.isfinite([found.mean, found.sd]).all()
    assert found.p_above_null + found.p_below_null == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), -float("inf"), 0.0, -1.0])
def test_a_threshold_that_no_effect_can_have_is_refused(threshold):
    outcome = make_outcome(*REPORTS["estimate"])
    with pytest.raises(
        InvalidInput, match="is impossible for the rate_ratio of example:it; accepted: between 0 and inf"
    ):
        make_plan([outcome], load_priors(), ["neutral"], thresholds=[0.8, threshold])
