"""No answer depends on the unit a paper measures in: days or hours, metres or kilometres.

Every mean, standard deviation, limit, standard error, margin and MCID is multiplied by a power of ten, digits and all.
Probabilities, weights, I-squared, verdicts and words have to stay; what is in the unit has to follow it. The oracle is
the change of variables itself. What it does not check: whether the numbers in the first unit are right.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from math import isnan

import pytest

from bayes import sensitivity
from bayes.analysis.analysis import Settings
from bayes.analysis.plan import joined
from bayes.base.toml import validate
from bayes.checks import check_outcome
from bayes.paper.trial import Outcome, Trial
from bayes.pooling.explained import explain
from bayes.priors.sets import find_prior, load_priors
from bayes.sensitivity.examination import Examination
from bayes.sensitivity.priors_side_by_side import named_priors_rows
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import Synthesis

UNITLESS = {"n", "level", "p", "df", "alpha"}
PER_UNIT = {"log_evidence"}  # densities: they change by the logarithm of the factor
REPORTS = {
    "means": {
        "kind": "means",
        "treatment": {"mean": Decimal("14.8"), "sd": Decimal("23.8"), "n": 39},
        "control": {"mean": Decimal("2.6"), "sd": Decimal("13.0"), "n": 15},
    },
    "interval": {"kind": "estimate", "estimate": Decimal("9.0"), "ci": [Decimal("0.5"), Decimal("17.5")]},
    "interval with df": {"kind": "estimate", "estimate": Decimal("-9.0"), "ci": [Decimal("-17.5"), Decimal("-0.5")], "df": 4},
    "standard error": {"kind": "estimate", "estimate": Decimal("71.4"), "se": Decimal("12.3")},
    "p beside an estimate": {"kind": "estimate", "estimate": Decimal("9.0"), "p": Decimal("0.04"), "df": 18},
    "p": {"kind": "p_value", "p": Decimal("0.03"), "favours": "treatment", "se": Decimal("4.1")},
    "p, direction unknown": {"kind": "p_value", "p": Decimal("0.03"), "favours": "unknown", "se": Decimal("4.1")},
    "not significant": {"kind": "significance", "significant": False, "favours": "treatment", "se": Decimal("4.1")},
    "significant": {"kind": "significance", "significant": True, "favours": "treatment", "se": Decimal("4.1")},
}  # fmt: skip


def scaled(value, power: int):
    """The same report in a unit 10^power times smaller, with the digits it was printed with."""
    if isinstance(value, dict):
        return {name: part if name in UNITLESS else scaled(part, power) for name, part in value.items()}
    if isinstance(value, list):
        return [scaled(part, power) for part in value]
    return value.scaleb(power) if isinstance(value, Decimal) else value


def trial(reports: dict[str, dict], power: int) -> Trial:
    """A trial of these reports, each an outcome of its own patients, in a unit of its own."""
    shared = {
        "label": "walking distance",
        "measure": "mean_difference",
        "benefit": "higher",
        "source": "table",
        "mcid": {"value": Decimal("5.0"), "rationale": "judged"},
        "margin": {"value": Decimal("-4.0"), "source": "protocol"},
        "sd_ref": Decimal("20.0"),
    }
    outcomes = {
        f"o{i}": scaled(shared | {"evidence": report}, power) | {"patients": f"t{i}"}
        for i, report in enumerate(reports.values())
    }
    about = {"id": "u", "title": "u", "year": 2020, "condition": "c", "design": "randomised"}
    arms = {"arms": {"treatment": "a", "control": "b"}, "n": {"treatment": 39, "control": 15}}
    return validate(Trial, about | arms | {"outcomes": outcomes}, "u")


def outcome(name: str, power: int) -> Outcome:
    return trial({name: REPORTS[name]}, power).outcomes["o0"]


def without_numbers(text: str) -> str:
    return re.sub(r"[-+]?\d(?:[\d.,]*\d)?(?:[eE][-+]?\d+)?", "#", text)


def differences(one, other, power: int, size: float, path: str = "") -> list[str]:
    """Every place where two answers differ otherwise than by the unit; `size` is a typical effect in the first one."""
    if isinstance(one, dict):
        return [d for k in one if k not in PER_UNIT for d in differences(one[k], other[k], power, size, f"{path}.{k}")]
    if isinstance(one, list | tuple):
        if len(one) != len(other):
            return [f"{path}: {len(one)} and {len(other)} rows"]
        pairs = enumerate(zip(one, other, strict=True))
        return [d for i, (a, b) in pairs for d in differences(a, b, power, size, f"{path}[{i}]")]
    if isinstance(one, str):
        same = without_numbers(one) == without_numbers(other)
    elif one is None or isinstance(one, bool) or (isinstance(one, float) and isnan(one)):
        same = one is other or one == other or (other != other)
    elif "p_" in path.rpartition(".")[2]:
        same = abs(one - other) < 1e-6
    else:
        factor = 10.0**power
        follows = abs(one * factor - other) < 1e-6 * factor * max(abs(one), size)
        same = follows or abs(one - other) < 1e-6 * max(abs(one), 1.0)
    return [] if same else [f"{path}: {one} and {other}"]


@cache
def examined(name: str, power: int) -> Examination:
    return sensitivity.examine(outcome(name, power))


@pytest.mark.parametrize(("name", "power"), [("means", 4), ("interval with df", -3), ("p, direction unknown", 4)])
def test_every_question_of_sensitivity_is_answered_alike(name, power):
    first, second = examined(name, 0), examined(name, power)
    assert differences(first.rows, second.rows, power, size=5.0) == []
    assert without_numbers(first.text) == without_numbers(second.text)


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_has_the_same_posteriors(name):
    first, *others = (named_priors_rows(Subject.of(outcome(name, p))) for p in (0, -3, 4))
    for power, rows in zip((-3, 4), others, strict=True):
        assert differences(first, rows, power, size=5.0) == []


@cache
def pooled(power: int, model: str) -> dict:
    """What is said of a synthesis of every report, under the neutral prior and a stated one of tau."""
    data = {
        "id": "s",
        "label": "walking distance",
        "measure": "mean_difference",
        "benefit": "higher",
        "model": model,
        "mcid": {"value": Decimal("5.0").scaleb(power), "rationale": "judged"},
        "sd_ref": Decimal("20.0").scaleb(power),
        "outcomes": [f"u:o{i}" for i in range(len(REPORTS))],
    }
    if model != "common_effect":
        tau = Decimal("4.0").scaleb(power)
        data["heterogeneity"] = {"distribution": f"half_normal({tau})", "rationale": "judged"}
    members = tuple(trial(REPORTS, power).outcomes.values())
    made = validate(Synthesis, data, "s")
    made._members = members
    priors = load_priors("default")
    return explain(joined(made, find_prior("neutral", priors), priors, Settings())).to_dict()


@pytest.mark.parametrize(("power", "model"), [(-3, "random_effects"), (4, "common_effect")])
def test_a_synthesis_weighs_alike(power, model):
    assert differences(pooled(0, model), pooled(power, model), power, size=5.0) == []


@pytest.mark.parametrize("name", REPORTS)
def test_check_finds_the_same(name):
    """Also of a report that contradicts itself: a p-value beside an interval that it does not fit."""
    report = REPORTS[name]
    if "ci" in report:
        report = report | {"p": Decimal("0.50")}
    first, *others = (
        [(f.verdict, without_numbers(f.text)) for f in check_outcome(trial({name: report}, p).outcomes["o0"])]
        for p in (0, -3, 4)
    )
    assert all(found == first for found in others)
    assert bool(first) == ("ci" in report)
