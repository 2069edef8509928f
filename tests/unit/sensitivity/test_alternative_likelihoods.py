"""Other readings of a report: each row against an answer found another way."""

from functools import cache
from math import log

import numpy as np
import pytest
from scipy import stats
from support.reports import FOLDED, REPORTS
from support.trials import make_estimate, make_outcome

from bayes import load_trial, quadrature
from bayes.sensitivity.alternative_likelihoods import biased, likelihood_rows, variations_of_outcome
from bayes.sensitivity.replaced_report import weighted
from bayes.sensitivity.subject import Subject


@cache
def rows_of(outcome, prior):
    return likelihood_rows(Subject.of(outcome, prior))


def varied(outcome, question, prior=None):
    """{variation: row} of one question."""
    return {row["variation"]: row for row in rows_of(outcome, prior) if row["question"] == question}


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
    row = varied(make_estimate(analysis_set="as_treated"), "as-treated bias")["sigma_b 0.4"]
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
    normal = weighted(Subject.of(make_estimate()).curve, 0.5)
    y, s = Subject.of(make_estimate()).curve.normal
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
    (name,) = varied(make_estimate(printed=printed), "printed estimate")
    assert name == "printed 0.8 (adjusted)"


def test_the_printed_p_as_another_standard_error():
    rows = varied(make_estimate(evidence={"p": 0.06}), "approximation")
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
