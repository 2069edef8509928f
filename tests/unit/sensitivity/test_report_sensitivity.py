"""Other likelihoods, digits, influence and control risks: each row against an answer found another way."""

from dataclasses import replace
from itertools import product
from math import exp, log

import numpy as np
import pytest
from scipy import stats
from support.trials import FOLDED, REPORTS, SHARES, make_outcome

from bayes import load_trial, quadrature
from bayes.analysis.curves import plane_of_synthesis
from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.paper.trial import Trial
from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.sensitivity.alternative_likelihoods import biased, likelihood_rows, variations_of_outcome
from bayes.sensitivity.printed_digits import digits_of, extraction_rows
from bayes.sensitivity.replaced_report import weighted
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.trial_influence import influence_rows
from bayes.synthesis.file import synthesis_of

PROBABILITIES = ("p_benefit", "p_mcid", "p_harm")


def estimate(value=0.75, low=0.55, high=1.02, measure="hazard_ratio", **more):
    evidence = {"kind": "estimate", "estimate": value, "ci": [low, high]} | more.pop("evidence", {})
    return make_outcome(measure, "lower", evidence, **{"mcid": {"value": 0.9, "rationale": "r"}} | more)


def varied(outcome, question, prior=None):
    """{variation: row} of one question."""
    return {row["variation"]: row for row in likelihood_rows(Subject.of(outcome, prior)) if row["question"] == question}


# Likelihood ----------------------------------------------------------------------------------------------------------


def test_omegas_of_a_significant_p():
    """METHODS 5: p .028, 16 v 15, N(0, 0.5): P 0.963, 0.954, 0.927, 0.889 for omega 1, 0.5, 0.1, 0 (normal p)."""
    evidence = {"kind": "p_value", "p": 0.028, "favours": "treatment", "se": (1 / 16 + 1 / 15) ** 0.5}
    outcome = make_outcome("standardised_mean_difference", "higher", evidence)
    rows = varied(outcome, "selective reporting", "normal(0, 0.5)")
    main = Subject.of(outcome, "normal(0, 0.5)").probabilities()["p_benefit"]
    found = [main, *(row["p_benefit"] for row in rows.values())]
    assert found == pytest.approx([0.963, 0.954, 0.927, 0.889], abs=6e-4)
    assert all("no selection is stated" in name for name in rows)


def test_a_result_that_is_not_significant_is_not_taken_for_selected():
    assert not varied(make_outcome(*REPORTS["p known"]), "selective reporting")


@pytest.mark.slow
def test_z_against_t_of_a_bare_p():
    rows = varied(make_outcome(*REPORTS["p small sample"]), "likelihood")
    assert set(rows) == {"reported_p"}


@pytest.mark.slow
def test_every_family_of_event_counts_is_there():
    treatment, control = {"events": 5, "persons": 4, "n": 12}, {"events": 9, "persons": 6, "n": 11}
    evidence = {"kind": "events", "treatment": treatment, "control": control}
    outcome = make_outcome("rate_ratio", "lower", evidence)
    rows = varied(outcome, "likelihood")
    families = {"events_lognormal", "events_zero_inflated", "events_poisson"}
    assert set(rows) == families | {"events_negative_binomial, persons not used"}
    assert rows["events_poisson"]["sd"] < Subject.of(outcome).probabilities()["sd"]
    assert set(varied(outcome, "dispersion prior")) == {"log size normal(-0.7, 0.7)"}
    (normal,) = varied(outcome, "approximation").values()
    y, s = log(5 * 11 / (9 * 12)), (1 / 5 + 1 / 9) ** 0.5
    precision = s**-2 + 0.355**-2
    assert (normal["mean"], normal["sd"]) == pytest.approx((y * s**-2 / precision, precision**-0.5), abs=1e-8)


@pytest.mark.slow
def test_an_as_treated_bias_widens_the_report():
    """Normal: s^2 + sigma_b^2 in closed form. A folded p: the average over b by a fine sum."""
    y, s = log(0.75), log(1.02 / 0.55) / (2 * stats.norm.ppf(0.975))
    row = varied(estimate(analysis_set="as_treated"), "as-treated bias")["sigma_b 0.4"]
    precision = 1 / (s**2 + 0.16) + 0.355**-2
    assert (row["mean"], row["sd"]) == pytest.approx((y / (s**2 + 0.16) / precision, precision**-0.5), abs=1e-8)
    folded = Subject.of(make_outcome(*FOLDED["p unknown far"])).curve
    b = np.linspace(-2, 2, 8001)
    theta = np.array([-1.0, 0.0, 0.4, 1.2])
    truth = [np.trapezoid(np.exp(folded(t - b)) * stats.norm(0, 0.3).pdf(b), b) for t in theta]
    assert np.exp(biased(folded, 0.3)(theta)) == pytest.approx(truth, rel=1e-5)


@pytest.mark.slow
def test_smd_biases_are_scaled():
    measure, benefit, evidence = REPORTS["p small sample"]
    rows = varied(make_outcome(measure, benefit, evidence, analysis_set="as_treated"), "as-treated bias")
    assert list(rows) == ["sigma_b 0.11", "sigma_b 0.22"]  # times sqrt(3) / pi, by way of the neutral priors


@pytest.mark.slow
def test_imputed_patients_are_taken_back():
    """A likelihood to a power; of a normal one the variance divided by it."""
    counts = {"kind": "binary", "treatment": {"events": 12, "n": 104}, "control": {"events": 10, "n": 102}}
    outcome = make_outcome("odds_ratio", "higher", counts, observed={"treatment": 97, "control": 95})
    subject = Subject.of(outcome)
    (row,) = varied(outcome, "imputation").values()
    power = weighted(subject.curve, 192 / 206)
    answer = quadrature.integrate(power, subject.prior)
    assert (row["mean"], row["p_benefit"]) == pytest.approx((answer.mean, answer.p_above_null), abs=1e-7)
    normal = weighted(Subject.of(estimate()).curve, 0.5)
    y, s = Subject.of(estimate()).curve.normal
    assert normal.normal == pytest.approx((y, s * 2**0.5))


@pytest.mark.slow
def test_treasure_is_read_in_every_way_that_methods_names():
    """The imputed patients, two observed cuts, the bare p, category priors, departures from proportional odds."""
    subject = Subject.of(load_trial("treasure").outcomes["mrs_90d"])
    names = [(v.question, v.name) for v in variations_of_outcome(subject)]
    assert names == [
        ("likelihood", "partial_odds_worst"),
        ("likelihood", "partial_odds_linear"),
        ("departure prior", "partial_odds_worst, departure normal(0, 0.5)"),
        ("departure prior", "partial_odds_linear, departure normal(0, 0.5)"),
        ("approximation", "normal, maximum likelihood"),
        ("other report", "mrs_90d_cuts"),
        ("other report", "mrs_90d_p"),
        ("imputation", "likelihood to the power 192/206"),
        ("baseline prior", "category shares dirichlet(1)"),
    ]


def test_printed_estimates_adjusted_or_not():
    printed = [{"estimate": 0.8, "ci": [0.6, 1.06], "adjusted": True, "source": "s"}, {"p": 0.1, "source": "s"}]
    (name,) = varied(estimate(printed=printed), "printed estimate")
    assert name == "printed 0.8 (adjusted)"


def test_the_printed_p_as_another_standard_error():
    rows = varied(estimate(evidence={"p": 0.06}), "approximation")
    s = abs(log(0.75)) / stats.norm.isf(0.03)
    precision = s**-2 + 0.355**-2
    (row,) = rows.values()
    assert row["sd"] == pytest.approx(precision**-0.5, abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["binary OR", "binary RR", "events", "events Poisson"])
def test_baseline_priors_are_varied_and_hardly_matter(name):
    rows = varied(make_outcome(*REPORTS[name]), "baseline prior")
    assert len(rows) == 2
    assert all(
        abs(row["p_benefit"] - Subject.of(make_outcome(*REPORTS[name])).probabilities()["p_benefit"]) < 0.1
        for row in rows.values()
    )


# Extraction ----------------------------------------------------------------------------------------------------------


def ranges(outcome, over="rounding"):
    return {row["probability"]: row for row in extraction_rows(Subject.of(outcome)) if row["over"] == over}


@pytest.mark.slow
def test_no_numbers_inside_the_box_go_beyond_the_range():
    found, rng = ranges(estimate()), np.random.default_rng(3)
    subject = Subject.of(estimate())
    boxes = np.array([[0.745, 0.755], [0.545, 0.555], [1.015, 1.025]])
    seen = {name: [] for name in PROBABILITIES}
    for x in rng.uniform(boxes[:, 0], boxes[:, 1], (300, 3)):
        y, s = log(x[0]), log(x[2] / x[1]) / (2 * stats.norm.ppf(0.975))
        curve = replace(subject.curve, parts={"all": lambda t, y=y, s=s: -0.5 * ((t - y) / s) ** 2}, normal=(y, s))
        for name, p in subject.probabilities_of_curve(curve).items():
            if name in seen:
                seen[name].append(p)
    for name, row in found.items():
        assert row["low"] <= min(seen[name]) and max(seen[name]) <= row["high"], name
        assert row["low"] < row["value"] < row["high"] and row["numbers"] == 3
    # METHODS 1: the standard error ranges over 0.1540 to 0.1611; the extremes are corners here
    assert found["p_benefit"]["at_high"] == "estimate 0.745, ci.0 0.555, ci.1 1.015"


@pytest.mark.slow
def test_more_digits_narrow_the_range():
    wide, narrow = ranges(estimate()), ranges(estimate(0.7501, 0.5501, 1.0201))
    assert narrow["p_benefit"]["high"] - narrow["p_benefit"]["low"] < 0.02 * (
        wide["p_benefit"]["high"] - wide["p_benefit"]["low"]
    )


def test_counts_have_no_digits_to_lose():
    row = ranges(make_outcome(*REPORTS["binary OR"]))["p_benefit"]
    assert row["low"] == row["value"] == row["high"] and row["reason"].startswith("not applicable: the report consists of counts")


@pytest.mark.slow
def test_percentages_mean_every_count_that_rounds_to_them():
    arms = {"treatment": {"percent": 14, "n": 230}, "control": {"percent": 21, "n": 228}}
    outcome = make_outcome("odds_ratio", "lower", {"kind": "binary", **arms})
    row = ranges(outcome)["p_benefit"]

    def p(a, c):
        cells = {"treatment": {"events": a, "n": 230}, "control": {"events": c, "n": 228}}
        return Subject.of(make_outcome("odds_ratio", "lower", {"kind": "binary", **cells})).probabilities()["p_benefit"]

    possible = [outcome.evidence.treatment.possible, outcome.evidence.control.possible]
    assert all(len(counts) > 1 for counts in possible)
    every = [p(a, c) for a, c in product(*((counts[0], counts[-1]) for counts in possible))]
    assert (row["low"], row["high"]) == pytest.approx((min(every), max(every)), abs=1e-7)


@pytest.mark.slow
def test_directions_of_starting_2():
    """METHODS 5: 0.5734 were it in favour of treatment."""
    evidence = {
        "kind": "p_value",
        "p": 0.732,
        "favours": "unknown",
        "n": {"treatment": 39, "control": 15},
        "reference": SHARES,
    }
    row = ranges(make_outcome("common_odds_ratio", "higher", evidence), "direction")["p_benefit"]
    assert (row["low"], row["high"]) == pytest.approx((1 - 0.5734, 0.5734), abs=5e-5)
    assert (row["at_low"], row["at_high"]) == ("favours control", "favours treatment")
    worse = ranges(make_outcome("common_odds_ratio", "lower", evidence), "direction")["p_benefit"]
    assert (worse["at_low"], worse["at_high"]) == ("favours control", "favours treatment")


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("estimate", ["estimate", "ci.0", "ci.1"]),
        ("means", ["treatment.mean", "treatment.sd", "control.mean", "control.sd"]),
        ("p small sample", ["p"]),
        ("p below", []),
        ("p known", ["p", *(f"reference.shares.{i}" for i in range(7))]),
        ("ordinal", []),
    ],
)
def test_the_numbers_that_are_rounded(name, paths):
    assert [digits.name for digits in digits_of(make_outcome(*REPORTS[name]).evidence)] == paths


# Influence -----------------------------------------------------------------------------------------------------------

Y, S = (-0.4, 0.1, -0.2), (0.2, 0.25, 0.4)


def little_synthesis(**more):
    head = {"id": "example", "title": "t", "year": 2026, "condition": "c", "design": "d"}
    head |= {"arms": {"treatment": "a", "control": "b"}, "n": {"treatment": 9, "control": 9}}
    outcomes = {}
    for i, (y, s) in enumerate(zip(Y, S, strict=True)):
        evidence = {"kind": "estimate", "estimate": exp(y), "se": s}
        outcomes[f"t{i}"] = {
            "label": "l",
            "measure": "odds_ratio",
            "benefit": "lower",
            "source": "s",
            "patients": f"p{i}",
        }
        outcomes[f"t{i}"] |= {"evidence": evidence}
    trial = validate(Trial, head | {"outcomes": outcomes}, "example")
    return synthesis_of(list(trial.outcomes.values()), **{"model": "common_effect"} | more)


def conjugate(weights):
    """Mean and sd of a common effect under N(0, 0.355) with weighted reports, in closed form."""
    precision = np.array(weights) / np.square(S)
    total = precision.sum() + 0.355**-2
    return precision @ np.array(Y) / total, total**-0.5


def test_weights_of_a_common_effect_are_conjugate():
    rows = [row for row in influence_rows(Subject.of(little_synthesis())) if row["question"] == "weight"]
    assert len(rows) == 15
    for row in rows:
        weights = [row["weight"] if row["variation"].endswith(f"t{i}") else 1.0 for i in range(3)]
        assert (row["mean"], row["sd"]) == pytest.approx(conjugate(weights), abs=2e-6)


@pytest.mark.slow
def test_no_weight_is_left_out():
    rows = influence_rows(Subject.of(little_synthesis(model="random_effects")))
    left_out = {row["variation"]: row for row in rows if row["question"] == "trial left out"}
    for row in rows:
        if row["question"] == "weight" and row["weight"] == 0:
            same = left_out[row["variation"]]
            assert (row["mean"], row["p_benefit"]) == pytest.approx((same["mean"], same["p_benefit"]), abs=2e-6)
    assert {row["question"] for row in rows} == {"trial left out", "heterogeneity", "weight"}


def test_a_single_trial_has_nothing_to_leave_out():
    assert influence_rows(Subject.of(estimate())) == []


def test_a_power_of_any_likelihood():
    for name in ("binary OR", "p unknown far"):
        curve = Subject.of(make_outcome(*{**REPORTS, **FOLDED}[name])).curve
        theta = np.linspace(-2, 2, 9)
        assert weighted(curve, 1.5)(theta) == pytest.approx(1.5 * curve(theta))


def test_the_curve_of_a_mean_is_that_of_the_joint_answer():
    subject = Subject.of(little_synthesis(model="random_effects"))
    
    answer = quadrature.integrate_synthesis(plane_of_synthesis(subject.analysis), subject.prior, subject.heterogeneity)
    row = subject.probabilities()
    assert (row["mean"], row["sd"]) == pytest.approx((answer.mu_mean, answer.mu_sd), abs=1e-6)
    assert row["p_benefit"] == pytest.approx(1 - answer.p_mu_above_null, abs=1e-6)
    narrow = parse("normal(-0.3, 0.05)")
    again = quadrature.integrate_synthesis(plane_of_synthesis(subject.analysis), narrow, subject.heterogeneity)
    assert subject.probabilities(narrow)["mean"] == pytest.approx(again.mu_mean, abs=1e-6)


# Baseline risk --------------------------------------------------------------------------------------------------------


def test_absolute_effects_follow_the_relative_one():
    subject = Subject.of(make_outcome(*REPORTS["binary OR"]))
    low, middle, high = subject.under(subject.prior).quantiles([0.025, 0.5, 0.975])
    rows = baseline_risk_rows(subject)
    assert [row["control_risk"] for row in rows if row["observed"]] == [7 / 75]
    for row in rows:
        odds = row["control_risk"] / (1 - row["control_risk"])
        expected = [odds * exp(t) / (1 + odds * exp(t)) - row["control_risk"] for t in (low, middle, high)]
        assert [row["low"], row["risk_difference"], row["high"]] == pytest.approx(expected, abs=1e-12)
        assert row["nnt"].startswith("NNTB") and "infinity" in row["nnt"]


def test_a_beneficial_rise_is_a_number_needed_to_benefit():
    counts = {"kind": "binary", "treatment": {"events": 60, "n": 100}, "control": {"events": 30, "n": 100}}
    for benefit, word in (("higher", "NNTB"), ("lower", "NNTH")):
        rows = baseline_risk_rows(Subject.of(make_outcome("odds_ratio", benefit, counts)))
        assert all(row["nnt"].count(word) == 3 for row in rows)


def test_risks_beyond_one_are_not_shown():
    counts = {"kind": "binary", "treatment": {"events": 60, "n": 100}, "control": {"events": 30, "n": 100}}
    rows = baseline_risk_rows(Subject.of(make_outcome("risk_ratio", "higher", counts)))
    assert max(row["control_risk"] for row in rows) < 0.6


def test_a_hazard_ratio_at_a_control_risk():
    rows = {row["control_risk"]: row for row in baseline_risk_rows(Subject.of(estimate()))}
    median = exp(Subject.of(estimate()).probabilities()["mean"])
    assert rows[0.3]["treated_risk"] == pytest.approx(1 - 0.7**median, abs=1e-5)


def test_a_mean_says_nothing_of_risks():
    (row,) = baseline_risk_rows(Subject.of(make_outcome(*REPORTS["means"])))
    assert row["control_risk"] is None and "does not imply an absolute risk" in row["reason"]
