"""What a field accepts has a range: beyond it a refusal that says which, within it a quadrature that answers.

Anything in any field of a trial, a prior set or a synthesis is accepted or refused, never a traceback; what is accepted
at the edge of a range has a finite posterior.
"""

from copy import deepcopy
from decimal import Decimal

import numpy as np
import pytest
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome, trial_of

from bayes.analysis.plan import make_plan
from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.base.written_numbers import printed
from bayes.checks import examine
from bayes.errors import BayesError, InvalidInput
from bayes.paper.trial import Trial
from bayes.priors.sets import PriorSet, load_priors
from bayes.quadrature import curve, integrate
from bayes.synthesis.file import Synthesis

REPORTED = {name: trial_of(*report, printed=[{"p": 0.2}]) for name, report in (REPORTS | FOLDED).items()}
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


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("record", "data"),
    [*((Trial, report) for report in REPORTED.values()), (PriorSet, SET), (Synthesis, SYNTHESIS)],
    ids=[*REPORTED, "prior set", "synthesis"],
)
def test_whatever_stands_in_a_field_is_accepted_or_refused_never_a_traceback(record, data):
    validate(record, data, "example.toml")
    for path in places(data):
        for value in STRANGE:
            try:
                accepted = validate(record, changed(data, path, value), "example.toml")
                for outcome in accepted.outcomes.values() if isinstance(accepted, Trial) else ():
                    examine(outcome)
            except BayesError as refused:
                assert all(len(line) < 2500 for line in str(refused).splitlines())


N = {"treatment": 30, "control": 30}


@pytest.mark.parametrize(
    ("measure", "evidence", "words"),
    [
        ("rate_ratio", {"estimate": Decimal("0.94"), "ci": [Decimal("0.939999999999"), Decimal("0.940000000001")]}, "standard errors from no effect"),
        ("mean_difference", {"estimate": Decimal("1e12"), "se": Decimal("1e-12")}, "1e+24 standard errors"),
        ("mean_difference", {"estimate": 5, "p": Decimal("1e-100"), "df": 1}, "standard errors from no effect"),
        ("mean_difference", {"estimate": 5, "p": 1}, "does not imply a standard error"),
        ("mean_difference", {"estimate": 5, "ci": [Decimal("-1e12"), Decimal("1e12")], "level": Decimal("0.5")}, "the implied standard error is"),
        ("mean_difference", {"estimate": 5, "ci": [4, 6], "level": Decimal("1e-400")}, "level: out of range"),
        ("mean_difference", {"estimate": 5, "ci": [4, 6], "level": Decimal("0.49")}, "level: must be 0.5 or more, found 0.49"),
        ("mean_difference", {"estimate": 5, "ci": [4, 6], "level": Decimal("0.9999999")}, "level: must be 0.999999 or less, found 0.9999999"),
        ("standardised_mean_difference", {"kind": "p_value", "p": Decimal("1e-100"), "favours": "treatment", "n": {"treatment": 2, "control": 1}}, "standard errors"),
        ("mean_difference", {"kind": "means", "treatment": {"mean": Decimal("1e12"), "sd": Decimal("1e-12"), "n": 9}, "control": {"mean": 0, "sd": 1, "n": 9}}, "standard errors"),
        ("rate_ratio", {"kind": "events", "treatment": {"events": 10**6, "persons": 9, "n": 9}, "control": {"events": 9, "persons": 9, "n": 9}}, "omit `persons`"),
        ("common_odds_ratio", {"kind": "ordinal", "categories": list(map(str, range(101))), "treatment": [1] * 101, "control": [1] * 101}, "101 given; at most 100 accepted"),
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
        ("odds_ratio", {"kind": "p_value", "p": "<1e-300", "favours": "unknown", "se": Decimal("1e-12")}),
        ("odds_ratio", {"kind": "p_value", "p": "<1e-300", "favours": "treatment", "se": Decimal("0.1")}),
        ("odds_ratio", {"kind": "p_value", "p": ">1e-300", "favours": "unknown", "se": Decimal("0.2")}),
        ("mean_difference", {"estimate": 5, "p": Decimal("1e-300"), "df": 300}),
        ("mean_difference", {"estimate": 5, "p": "<1e-300"}),
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


ALIKE = "which implies no standard error"
WIDE = {"percent": 50, "ci": [49, 51]}
NEAR_ALL = Decimal("99.99999999999999999")
NEARLY_3 = [Decimal("3.00000000000000001"), Decimal("3.0000000000000002")]


@pytest.mark.parametrize(
    ("measure", "evidence", "words"),
    [
        ("rate_ratio", {"kind": "estimate", "estimate": Decimal("0.94"), "ci": [Decimal("0.94"), Decimal("0.94")]}, ALIKE),
        ("rate_ratio", {"kind": "rates", "per": "year", "treatment": {"rate": 1, "ci": [1, 1]}, "control": {"rate": 1, "ci": [1, 2]}}, ALIKE),
        ("mean_difference", {"kind": "rmst", "until": 36, "unit": "months", "treatment": {"mean": 30, "ci": [30, 30]}, "control": {"mean": 30, "ci": [29, 31]}}, ALIKE),
        ("mean_difference", {"kind": "means", "treatment": {"mean": 1, "ci": [1, 1], "n": 9}, "control": {"mean": 0, "sd": 1, "n": 9}}, ALIKE),
        ("mean_difference", {"kind": "means", "treatment": {"mean": 1, "ci": [2, 1], "n": 9}, "control": {"mean": 0, "sd": 1, "n": 9}}, "ci is [2, 1]; accepted: [low, high]"),
        ("mean_ratio", {"kind": "geometric_means", "treatment": {"geometric_mean": 3, "ci": [3, 3], "n": 9}, "control": {"geometric_mean": 3, "cv": 65, "n": 9}}, ALIKE),
        ("mean_ratio", {"kind": "median_survival", "unit": "months", "treatment": {"median": 3, "ci": [3, 3]}, "control": {"median": 3, "ci": [2, 4]}}, ALIKE),
        ("hazard_ratio", {"kind": "survival", "time": "1 year", "treatment": {"percent": 50, "ci": [50, 50]}, "control": WIDE}, ALIKE),
        ("hazard_ratio", {"kind": "survival", "time": "1 year", "treatment": {"percent": NEAR_ALL, "se": 1}, "control": WIDE}, "more digits than can be computed with"),
        ("odds_ratio", {"kind": "percentages", "treatment": {"percent": NEAR_ALL, "se": 1}, "control": WIDE}, "more digits than can be computed with"),
        ("odds_ratio", {"kind": "percentages", "treatment": {"percent": 50, "ci": [49, NEAR_ALL]}, "control": WIDE}, "more digits than can be computed with"),
        ("mean_difference", {"kind": "medians", "treatment": {"median": NEARLY_3[1], "quartiles": [NEARLY_3[0], 4], "n": 9}, "control": {"median": 3, "quartiles": [2, 4], "n": 9}}, "more digits than can be computed with"),
        ("mean_ratio", {"kind": "geometric_means", "treatment": {"geometric_mean": 3, "gsd": Decimal("1.00000000000000001"), "n": 9}, "control": {"geometric_mean": 3, "cv": 65, "n": 9}}, "more digits than can be computed with"),
        ("mean_difference", {"kind": "estimate", "estimate": 5, "p": Decimal("0.99999999999999999")}, "more digits than can be computed with"),
        ("proportion", {"kind": "proportion", "events": 3, "n": 9, "goal": Decimal("0.99999999999999999")}, "more digits than can be computed with"),
    ],
)  # fmt: skip
def test_what_leaves_no_room_in_a_float_is_refused_with_the_reason(measure, evidence, words):
    """Each was accepted, or refused as "math domain error" or "required, but missing", or ended in a traceback."""
    with pytest.raises(InvalidInput) as caught:
        make_outcome(measure, "lower", evidence)
    assert words in str(caught.value)


@pytest.mark.parametrize("value", [12.300000000000001, 0.1 + 0.2, Decimal("0.8234567890123456789"), Decimal("0.50000000000000000000")])
def test_digits_that_a_computer_wrote_are_accepted(value):
    assert float(printed(value)) == float(value)


@pytest.mark.parametrize("threshold", [float("nan"), float("inf"), -float("inf"), 0.0, -1.0])
def test_a_threshold_that_no_effect_can_have_is_refused(threshold):
    outcome = make_outcome(*REPORTS["estimate"])
    with pytest.raises(
        InvalidInput, match="is impossible for the rate_ratio of example:it; accepted: between 0 and inf"
    ):
        make_plan([outcome], load_priors(), ["neutral"], thresholds=[0.8, threshold])
