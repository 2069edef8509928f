"""What a posterior predicts of its report, and a prior of any, against SciPy and symmetry."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from scipy import stats
from support.reports import PRIOR_OF, REPORTS
from support.trials import make_analysis, make_outcome

from bayes.fitting.fitted import Fit
from bayes.paper.trial import load_trial
from bayes.priors.sets import load_priors
from bayes.report.dossier.predictive import cannot_fail, predictive_check
from bayes.report.dossier.prior_predictive import prior_predictive

DRAWS = (4, 4000)


def outcome_of(name: str):
    return make_outcome(*REPORTS[name])


def fit_of(name: str, **posterior) -> Fit:
    """A fit of a report of this kind whose posterior is as told: arrays, or one value for every draw."""
    analysis = make_analysis(outcome_of(name), PRIOR_OF.get(name, "neutral"))
    data = {
        key: (("chain", "draw", *"k"[: np.ndim(value)]), np.broadcast_to(value, (*DRAWS, *np.shape(value))))
        for key, value in posterior.items()
    }
    return Fit(xr.DataTree.from_dict({"/posterior": xr.Dataset(data)}), analysis)


def interval(distribution) -> tuple[float, float]:
    return distribution.ppf([0.025, 0.975])


# ---- posterior predictive: with a posterior that is one point the prediction is the sampling distribution ----


def test_counts_are_predicted_by_their_binomial():
    rows = predictive_check(fit_of("binary OR", risk_treatment=0.1, risk_control=0.3))
    for row, (n, p) in zip(rows, ((69, 0.1), (75, 0.3)), strict=True):
        assert [row["low"], row["high"]] == list(interval(stats.binom(n, p)))
    assert [(row["observed"], row["inside"]) for row in rows] == [(0, False), (7, False)]


def test_categories_are_predicted_by_their_multinomial():
    shares = np.array([0.05, 0.1, 0.2, 0.15, 0.3, 0.15, 0.05])
    rows = predictive_check(fit_of("ordinal", p_category_treatment=shares, p_category_control=shares))
    assert len(rows) == 14
    for row, (n, p) in zip(rows, [(104, p) for p in shares] + [(102, p) for p in shares], strict=True):
        assert abs(row["low"] - interval(stats.binom(n, p))[0]) <= 1 and abs(row["high"] - interval(stats.binom(n, p))[1]) <= 1
    assert sum(row["observed"] for row in rows) == 206


def test_means_and_sds_are_predicted_by_theory():
    rows = predictive_check(fit_of("means", mean_treatment=5.0, mean_control=4.0, sd_treatment=2.0, sd_control=3.0))
    report = outcome_of("means").evidence
    mean, sd = rows[0], rows[1]
    n = report.treatment.n
    for row, exact in (
        (mean, interval(stats.norm(5, 2 / np.sqrt(n)))),
        (sd, 2 * np.sqrt(interval(stats.chi2(n - 1)) / (n - 1))),
    ):
        assert [row["low"], row["high"]] == pytest.approx(exact, abs=0.06 * (exact[1] - exact[0]))
    assert [row["quantity"] for row in rows] == ["mean", "standard deviation"] * 2


def test_an_estimate_is_predicted_on_its_own_scale():
    (row,) = predictive_check(fit_of("estimate", effect=np.log(0.94)))
    _, s = outcome_of("estimate").evidence.on_analysis_scale("rate_ratio")
    exact = 0.94 * np.exp(interval(stats.norm(0, s)))
    assert [row["low"], row["high"]] == pytest.approx(exact, abs=0.06 * (exact[1] - exact[0]))
    assert row["observed"] == pytest.approx(0.94) and row["inside"]


def test_a_p_value_of_no_effect_is_uniform():
    for name in ("p known", "p small sample"):
        (row,) = predictive_check(fit_of(name, effect=0.0))
        assert row["low"] == pytest.approx(0.025, abs=0.008) and row["high"] == pytest.approx(0.975, abs=0.008)


def test_a_strong_effect_is_not_predicted_to_be_insignificant():
    (row,) = predictive_check(fit_of("not significant", effect=8.0))
    assert row["quantity"] == "p not below 0.05" and not row["inside"]


@pytest.mark.parametrize(
    "name, fails",
    [
        ("estimate", False), ("binary OR", False), ("binary RD", False), ("means", False), ("means SMD", False),
        ("p known", False), ("not significant", False), ("proportion", False), ("events", False), ("events Poisson", False),
        ("ordinal", True), ("ordinal cut", True), ("events in persons", True),
    ],
)  # fmt: skip
def test_a_check_that_cannot_fail_says_so(name, fails):
    """As many free parameters as printed numbers: one effect for one estimate, two risks for two counts, ..."""
    said = cannot_fail(Fit(None, make_analysis(outcome_of(name), PRIOR_OF.get(name, "neutral"))))
    assert (said is None) is fails
    assert fails or "fits any report exactly" in said


@pytest.mark.slow
def test_persons_with_an_event_are_checked_beside_their_events():
    """At k = 0.65 and 1.35 events a person: 1 - (k / (k + m))^k of 69 persons are affected, simulated count by count."""
    rows = predictive_check(fit_of("events in persons", rate_treatment=1.35, rate_control=1.6, size=0.65))
    found = {(row["quantity"], row["arm"]): row for row in rows}
    random = np.random.default_rng(4)
    for arm, n, mean, seen in (("treatment", 69, 1.35, 35), ("control", 75, 1.6, 42)):
        counts = random.negative_binomial(0.65, 0.65 / (0.65 + mean), (40_000, n))
        row = found["persons with at least one event", arm]
        assert row["observed"] == seen
        low, high = np.quantile((counts > 0).sum(axis=1), [0.025, 0.975])
        assert abs(row["low"] - low) <= 1 and abs(row["high"] - high) <= 1
        low, high = np.quantile(counts.sum(axis=1), [0.025, 0.975])
        assert abs(found["events", arm]["low"] - low) <= 2 and abs(found["events", arm]["high"] - high) <= 3


# ---- prior predictive ----


def test_a_symmetric_prior_halves_and_its_limits_are_those_of_the_normal():
    row = prior_predictive(outcome_of("estimate"), "neutral", load_priors())
    assert row["p_benefit"] == pytest.approx(0.5, abs=1e-12) and row["estimate"] == pytest.approx(1.0)
    assert row["estimate_low"] == pytest.approx(np.exp(-1.959964 * 0.355), rel=1e-6)
    sceptical = prior_predictive(load_trial("mesems").outcomes["gel_24w"], "sceptical", load_priors())
    assert sceptical["p_mcid"] == pytest.approx(0.05, abs=1e-9)  # by definition of the rule


def test_risks_before_any_data_are_wide_and_swap_with_the_arms():
    row = prior_predictive(outcome_of("binary OR"), "neutral", load_priors())
    assert row["control_risk_low"] == pytest.approx(1 - row["control_risk_high"], abs=0.01)
    assert row["difference_low"] == pytest.approx(-row["difference_high"], abs=0.01)
    assert row["control_risk_low"] == pytest.approx(1 / (1 + np.exp(1.96 * np.hypot(2.5, 0.355 / 2))), abs=0.003)


def test_risks_before_any_data_are_those_of_each_measure():
    ratio = prior_predictive(outcome_of("binary RR"), "neutral", load_priors())
    assert 0 < ratio["control_risk_low"] < ratio["control_risk_high"] < 1
    assert ratio["difference_low"] == pytest.approx(-ratio["difference_high"], abs=0.01)
    row = prior_predictive(outcome_of("binary RD"), "vague", load_priors())
    cut = stats.truncnorm(-2, 2, 0, 0.5)  # N(0, 0.5) on (-1, 1)
    assert row["estimate_high"] == pytest.approx(cut.ppf(0.975), abs=1e-8)
    assert row["difference_high"] == pytest.approx(cut.ppf(0.975), abs=0.01)  # the same, by simulation


def test_categories_before_any_data_are_a_dirichlets():
    row = prior_predictive(outcome_of("ordinal"), "neutral", load_priors())
    c = 1 / (0.8 + 0.35 * 7)
    high = stats.beta(c, 6 * c).ppf(0.975)
    assert [one["category"] for one in row["categories"]] == list("0123456")
    assert row["categories"][3]["high"] == pytest.approx(high, abs=0.02)  # theta moves them little
