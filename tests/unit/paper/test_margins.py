"""Margins of non-inferiority and equivalence: where they may lie, how likely they are held, what is concluded of them."""

import json
from math import log

import pytest
from scipy.stats import norm
from support.explanations import explain
from support.printed_reports import check_outcome, found, outcome, printed
from support.trials import make_outcome

from bayes import fit
from bayes.analysis.plan import make_plan
from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING
from bayes.errors import InvalidInput
from bayes.paper.annotations import Margin
from bayes.priors.sets import load_priors
from bayes.report.dossier.cutoffs import cutoffs
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import synthesis_of
from bayes.text.files import portrait

# RTOG 0415 (2024): a non-inferiority trial of fractionation with a margin of 1.52 for the hazard ratio; numbers of the
# earlier report: 0.85 (0.64 to 1.14)
RTOG = {"kind": "estimate", "estimate": 0.85, "ci": [0.64, 1.14]}
MARGIN = {"value": 1.52, "source": "methods"}


@pytest.mark.parametrize(
    ("measure", "benefit", "good", "bad"),
    [
        ("hazard_ratio", "lower", "1.52", ["0.8", "1", "0"]),
        ("hazard_ratio", "higher", "0.8", ["1.25", "1.0", "-1"]),
        ("risk_difference", "lower", "0.03", ["-0.03", "0", "1.5"]),
        ("risk_difference", "higher", "-0.10", ["0.10", "0.00"]),
        ("mean_difference", "higher", "-200", ["200", "0"]),
    ],
)
def test_a_margin_lies_on_the_side_of_harm(measure, benefit, good, bad):
    value = 0.1 if measure == "risk_difference" else 1.1
    evidence = f'kind = "estimate", estimate = {value}, se = 0.1'

    def load(margin):
        rest = f'margin = {{ value = {margin}, source = "protocol" }}'
        return outcome(evidence, rest, measure=measure, benefit=benefit)

    assert str(load(good).margin.value) == good
    for value_ in bad:
        with pytest.raises(InvalidInput, match="margin.value"):
            load(value_)


@pytest.mark.nuts
def test_the_probability_of_being_no_worse():
    """Normal with normal: closed form, by quadrature and sampled, whichever arm is named first."""
    s = log(1.14 / 0.64) / (2 * norm.ppf(0.975))
    w = 1 / s**2 + 1 / 0.355**2
    expected = norm.cdf(log(1.52), log(0.85) / s**2 / w, w**-0.5)
    for evidence in (
        RTOG,
        {"kind": "estimate", "estimate": 1 / 0.85, "ci": [1 / 1.14, 1 / 0.64], "compares": "control_vs_treatment"},
    ):
        one = make_outcome("hazard_ratio", "lower", evidence, margin=MARGIN)
        subject = Subject.of(one, prior="normal(0, 0.355)")
        assert subject.probabilities()["p_margin"] == pytest.approx(expected, abs=1e-5)
    row = fit(one, prior="normal(0, 0.355)").summary()
    assert (row["margin"], row["status"]) == (1.52, "ok")
    assert row["p_margin"] == pytest.approx(expected, abs=0.005)
    assert json.loads(row["p_beyond"])["1.52"] == row["p_margin"]
    assert [cut for cut, _ in cutoffs(subject)[0]["beyond"]][0] == 1.52
    assert dict(portrait(one).facts)["margin"] == "1.52 (methods)"


def test_a_higher_effect_is_the_good_one():
    """Risk difference of cure 1.5 points (-2.1 to 5.1), margin -5 points: P(above it) with a flat prior."""
    evidence = {"kind": "estimate", "estimate": 0.015, "ci": [-0.021, 0.051]}
    one = make_outcome("risk_difference", "higher", evidence, margin={"value": -0.05, "source": "protocol"})
    row = Subject.of(one, prior="normal(0, 5)").probabilities()
    assert row["p_margin"] == pytest.approx(norm.cdf(0.065, 0, 0.072 / (2 * norm.ppf(0.975))), abs=1e-4)
    assert row["p_margin"] > row["p_benefit"]


def test_without_a_margin_nothing_is_said_of_one():
    one = make_outcome("hazard_ratio", "lower", RTOG)
    assert "p_margin" not in Subject.of(one).probabilities() and "margin" not in dict(portrait(one).facts)


# What a paper concludes ----------------------------------------------------------------------------------------------


def concluded(said, ci, value="1.52", level="0.95", benefit="lower", more=""):
    rest = f'margin = {{ value = {value}, source = "methods", concluded = "{said}" }}'
    evidence = (
        f'kind = "estimate", estimate = {(ci[0] * ci[1]) ** 0.5:.4f}, ci = [{ci[0]}, {ci[1]}], level = {level}{more}'
    )
    return found(evidence, rest, measure="hazard_ratio", benefit=benefit).get("margin.concluded")


def test_a_conclusion_follows_from_the_interval():
    assert concluded("non_inferior", (0.64, 1.14)) is None
    assert concluded("non_inferior", (0.90, 1.60)) == INCONSISTENT
    assert concluded("not_shown", (0.90, 1.60)) is None
    assert concluded("not_shown", (0.64, 1.14)) == INCONSISTENT
    assert concluded("non_inferior", (0.90, 1.52)) == ONLY_ROUNDING  # 1.515 would exclude it
    assert concluded("not_shown", (0.90, 1.52)) is None
    assert concluded("equivalent", (0.81, 1.20), "1.25") is None
    assert concluded("equivalent", (0.70, 1.20), "1.25") == INCONSISTENT  # the mirror image of 1.25 is 0.80
    assert concluded("non_inferior", (0.85, 1.60), "0.80", benefit="higher") is None
    assert concluded("non_inferior", (0.75, 1.60), "0.80", benefit="higher") == INCONSISTENT
    turned = ', compares = "control_vs_treatment"'  # margin 1.52 of treatment v control
    assert concluded("non_inferior", (0.70, 1.60), more=turned) is None
    assert concluded("non_inferior", (0.60, 1.10), more=turned) == INCONSISTENT


def test_a_conclusion_needs_an_interval_of_the_measure():
    counts = 'kind = "binary", treatment = { events = 15, n = 65 }, control = { events = 5, n = 61 }'
    rest = 'margin = { value = 0.3, source = "s", concluded = "non_inferior" }\n'

    def say(body):
        return found(counts, rest + printed(body), measure="risk_difference", benefit="lower").get("margin.concluded")

    assert say("p = 0.02") == NOT_CHECKABLE
    assert say("ci = [0.020, 0.273]") is None
    assert say('measure = "odds_ratio", ci = [1.14, 9.91]') == NOT_CHECKABLE
    one = outcome(counts, rest + printed("ci = [0.026, 0.272]"), measure="risk_difference", benefit="lower")
    assert not [f for f in check_outcome(one) if f.path == "margin.concluded"]


def test_a_synthesis_answers_for_its_margin():
    """Two normal reports of one effect (tau is nothing): the mean is normal with normal, in closed form."""
    members = [
        make_outcome("hazard_ratio", "lower", RTOG | {"estimate": x, "ci": [x * 0.75, x / 0.75]}) for x in (0.9, 1.3)
    ]
    for i, member in enumerate(members):
        member.__dict__["patients"], member._id = f"trial {i}", f"report_{i}"
    stated = {"distribution": "half_normal(0.001)", "rationale": "next to nothing"}
    synthesis = synthesis_of(members, heterogeneity=stated).model_copy(update={"margin": Margin(**MARGIN)})
    plan = make_plan([synthesis], load_priors(), ["normal(0, 0.355)"])
    found = explain(plan.analyses[0])
    s = -log(0.75) / norm.ppf(0.975)
    w = 2 / s**2 + 1 / 0.355**2
    mean = (log(0.9) + log(1.3)) / s**2 / w
    assert found["main"]["p_margin"] == pytest.approx(norm.cdf(log(1.52), mean, w**-0.5), abs=2e-3)
    assert "no worse than the margin (1.52)" in " ".join(found["text"])
