"""Tipping points and reverse-Bayes: published and closed-form answers, and each point put back into the posterior."""

import json
from dataclasses import replace
from functools import cached_property
from math import exp, log

import pytest
from support.paths import TESTS
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import quadrature
from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.bayesian_fragility import fragility_rows
from bayes.sensitivity.shrinkage import shrinkage
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import tipping_rows

REFERENCE = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]


def ratio(estimate, low, high, measure="hazard_ratio", **more):
    evidence = {"kind": "estimate", "estimate": estimate, "ci": [low, high]}
    return make_outcome(measure, "lower", evidence, **more)


ANDROMEDA = ratio(0.75, 0.55, 1.02)


def points(outcome):
    """Rows by what varies and its target, of P(benefit)."""
    rows = tipping_rows(Subject.of(outcome))
    return {(row["vary"], row["target"]): row for row in rows if row["probability"] == "p_benefit"}


def reverse(outcome):
    return {row["quantity"]: row for row in reverse_bayes_rows(Subject.of(outcome))}


def test_andromeda_shock():
    """METHODS 6: 0.155, 0.327 and never; prior mean +0.021 at sd 0.355."""
    found = points(ANDROMEDA)
    assert found["prior_sd", 0.90]["value"] == pytest.approx(0.155, abs=5e-4)
    assert found["prior_sd", 0.95]["value"] == pytest.approx(0.327, abs=5e-4)
    never = found["prior_sd", 0.975]
    assert never["value"] is None and never["reason"] == "never: even a flat prior gives 0.966"
    mean = found["prior_mean", 0.95]
    assert mean["value"] == pytest.approx(0.021, abs=5e-4) and mean["natural"] == pytest.approx(1.02, abs=5e-3)
    limits = found["prior_sd", 0.90]
    assert (limits["prior_low"], limits["prior_high"]) == pytest.approx((0.74, 1.36), abs=5e-3)


@pytest.mark.parametrize("case", ["f-eolia-advocacy", "f-mesems-advocacy"])
def test_reference_tipping_points(case):
    """Closed forms of the reference cases, to 1e-6; a missing root is never."""
    inputs, expect = REFERENCE[case]["inputs"], REFERENCE[case]["expect"]
    outcome = ratio(inputs["estimate"], inputs["ci_low"], inputs["ci_high"], "risk_ratio")
    rows = points(outcome)
    for name, target in (("p90", 0.90), ("p95", 0.95)):
        found, truth = rows["prior_sd", target]["value"], expect[f"tip_sd_{name}"]
        assert (found is None) == (truth is None)
        assert truth is None or found == pytest.approx(truth, abs=1e-6)
    for name, target in (("p95", 0.95), ("p975", 0.975)):
        found = rows["prior_mean", target]["value"]
        assert found == pytest.approx(expect[f"tip_prior_mean_sd0p355_{name}"], abs=1e-6)


def test_the_andromeda_curve_over_prior_sds():
    expect = REFERENCE["f-andromeda-curve"]["expect"]
    subject = Subject.of(ratio(0.75, 0.55, 1.02, mcid={"value": 0.9, "rationale": "r"}))
    for sd, benefit, beyond in zip(expect["s"], expect["p_benefit"], expect["p_hr_lt_0p9"], strict=True):
        row = subject.probabilities(subject.family.prior(0.0, sd))
        assert (row["p_benefit"], row["p_mcid"]) == pytest.approx((benefit, beyond), abs=1e-6)


class Rooted(Subject):
    """The same subject without the closed form: its roots are searched for."""

    @cached_property
    def curve(self):
        return replace(super().curve, normal=None)


def test_root_finding_meets_the_closed_form():
    plain = Subject.of(ANDROMEDA)
    rooted = Rooted(plain.analysis, plain.priors)
    for a, b in zip(tipping_rows(plain), tipping_rows(rooted), strict=True):
        assert (a["value"] is None) == (b["value"] is None), a
        assert a["value"] is None or a["value"] == pytest.approx(b["value"], abs=1e-7)


PUT_BACK = ("binary OR", "binary RD", "means", "p small sample", "significant", "proportion", "p unknown")


@pytest.mark.slow
@pytest.mark.parametrize("name", PUT_BACK)
def test_a_tipping_point_put_back_gives_its_target(name):
    measure, benefit, evidence = {**REPORTS, **FOLDED}[name]
    value = {"odds_ratio": 0.8, "risk_difference": -0.05, "mean_difference": 5.0, "proportion": 0.85}.get(measure)
    value = value or (1.2 if measure == "common_odds_ratio" else 0.3)
    subject = Subject.of(make_outcome(measure, benefit, evidence, mcid={"value": value, "rationale": "r"}))
    met = 0
    for row in tipping_rows(subject):
        if row["value"] is None:
            assert row["reason"].startswith("never: ")
            continue
        met += 1
        if row["vary"] == "prior_sd":
            found = subject.probabilities(subject.family.prior(subject.null, row["value"]))[row["probability"]]
        elif row["vary"] == "prior_mean":
            found = subject.probabilities(subject.family.prior(row["value"], subject.family.sd))[row["probability"]]
        elif row["vary"] == "mcid":
            scaled = log(row["value"]) if measure in ("odds_ratio", "common_odds_ratio") else row["value"]
            found = subject.beyond(subject.under(subject.prior), scaled)
        else:
            continue
        assert found == pytest.approx(row["target"], abs=1e-5), row
    assert met >= 5


def test_a_mixture_weight_put_back_gives_its_target():
    from bayes.sensitivity.priors_side_by_side import camps, mixture

    outcome = ratio(0.75, 0.55, 1.02, mcid={"value": 0.9, "rationale": "r"})
    subject, row = Subject.of(outcome), points(outcome)["mixture_weight", 0.95]
    assert subject.probabilities(mixture(row["value"], *camps(subject)))["p_benefit"] == pytest.approx(0.95, abs=1e-8)


def test_a_report_without_a_direction_never_tips_by_width():
    outcome = make_outcome(*FOLDED["p unknown"])
    found = points(outcome)
    row = found["prior_sd", 0.90]
    assert row["value"] is None and "does not say which arm it favours" in row["reason"]
    assert found["prior_mean", 0.95]["value"] > 0


def test_a_report_that_points_to_harm_says_so():
    assert "points to harm" in points(ratio(1.2, 0.9, 1.6))["prior_sd", 0.95]["reason"]


def test_scepticism_limit():
    row = reverse(ratio(0.70, 0.52, 0.94))["scepticism_limit"]
    assert row["natural"] == pytest.approx(0.647, abs=5e-4)
    assert "0.647 and 1.55" in row["reason"]


def test_the_great_trial():
    """Matthews's analysis of GREAT: OR 0.24 to 0.97, critical sceptical prior from 0.10 (recomputed 0.096)."""
    assert reverse(ratio(0.48, 0.24, 0.97, "odds_ratio"))["scepticism_limit"]["natural"] == pytest.approx(
        0.096, abs=5e-4
    )


def test_andromedas_advocacy_limit_is_refused_as_uninformative():
    row = reverse(ANDROMEDA)["advocacy_limit"]
    assert row["value"] is None and row["natural"] is None
    assert row["reason"].startswith("uninformative") and "9e-05" in row["reason"]


def test_advocacy_limit_of_mesems():
    expect = REFERENCE["f-mesems-advocacy"]["expect"]
    found = reverse(ratio(0.94, 0.58, 1.50, "rate_ratio"))
    assert found["advocacy_limit"]["value"] == pytest.approx(expect["matthews_AL_log"], abs=1e-6)
    assert found["advocacy_limit"]["natural"] == pytest.approx(expect["matthews_AL_ratio"], abs=1e-6)
    (root,) = expect["advocacy_limit_ratio"]
    assert found["advocacy_limit_root"]["natural"] == pytest.approx(root, abs=1e-6)
    assert found["advocacy_limit_root"]["value"] == pytest.approx(log(root), abs=1e-6)


def test_the_scepticism_root_makes_the_posterior_touch_no_effect():
    subject = Subject.of(ratio(0.70, 0.52, 0.94))
    sd = next(r["value"] for r in reverse_bayes_rows(subject) if r["quantity"] == "scepticism_sd_root")
    assert subject.probabilities(subject.family.prior(0.0, sd))["p_benefit"] == pytest.approx(0.975, abs=1e-8)


def test_intrinsic_credibility():
    """Held 2019: p below 0.00557 at 5%; limits that differ by less than 3 + 2 sqrt 2 = 5.83."""
    found = reverse(ANDROMEDA)
    assert found["intrinsic_p_threshold"]["value"] == pytest.approx(0.00557, abs=5e-6)
    assert found["interval_ratio_limit"]["value"] == pytest.approx(5.83, abs=5e-3)
    for high, credible in ((exp(-0.34), True), (exp(-0.30), False)):  # limits -2 and -0.34: 5.88; -0.3: 6.67
        low = exp(-0.34 * 5.7) if credible else exp(-2)
        found = reverse(ratio(round((low * high) ** 0.5, 9), round(low, 9), round(high, 9)))
        assert ("not intrinsically" not in found["intrinsic_p"]["reason"]) == credible
        assert (found["interval_ratio"]["value"] < 3 + 8**0.5) == credible


def test_reverse_bayes_is_not_defined_without_a_direction_or_an_effect():
    for outcome, why in ((make_outcome(*FOLDED["p unknown"]), "favours"), (ratio(1.0, 0.8, 1.25), "no effect")):
        rows = [r for r in reverse_bayes_rows(Subject.of(outcome)) if not r["quantity"].startswith("min_bf")]
        assert all(why in r["reason"] and r["value"] is None for r in rows), "a minimum Bayes factor needs no direction"


@pytest.mark.parametrize(
    ("p", "sign", "shrunk"),
    [(0.05, 0.927, 0.633), (0.01, 0.976, 0.696), (0.005, 0.985, 0.718), (0.001, 0.996, 0.759), (0.5, 0.683, 0.537)],
)
def test_shrinkage_of_the_cochrane_database(p, sign, shrunk):
    """METHODS 7, van Zwet 2021."""
    from bayes.base.measures import normal_quantile

    found = shrinkage(normal_quantile(1 - p / 2))
    assert found.p_sign_correct == pytest.approx(sign, abs=5e-4)
    assert found.shrinkage == pytest.approx(shrunk, abs=5e-4)


def test_shrinkage_is_the_posterior_under_the_cochrane_prior():
    subject = Subject.of(ANDROMEDA, "cochrane")
    y, s = subject.normal
    row, found = subject.probabilities(), shrinkage(y / s)
    assert (row["p_benefit"], row["mean"] / y) == pytest.approx(tuple(found), abs=1e-8)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("benefit", "cells"), [("lower", (8, 60, 14, 62)), ("higher", (30, 97, 23, 95)), ("lower", (2, 30, 3, 30))]
)
def test_fragility_is_the_smallest_move_of_all(benefit, cells):
    a, n1, c, n0 = cells

    def outcome(moved):
        arms = {"treatment": {"events": a + moved, "n": n1}, "control": {"events": c - moved, "n": n0}}
        return make_outcome("odds_ratio", benefit, {"kind": "binary", **arms})

    subject = Subject.of(outcome(0))

    def p_benefit(moved):
        answer = quadrature.integrate(quadrature.curve(outcome(moved), subject.analysis.nuisance), subject.prior)
        return answer.p_above_null if subject.sign > 0 else answer.p_below_null

    for row in fragility_rows(subject):
        if not row["events"]:
            assert row["reason"].startswith("never")
            continue
        step = {"treatment": 1, "control": -1}[row["towards"]]
        found = [p_benefit(step * moved) for moved in range(row["events"] + 1)]
        crossed = [p >= row["target"] for p in found]
        assert crossed[-1] != crossed[0] and len(set(crossed[:-1])) == 1
        assert row["p_after"] == pytest.approx(found[-1], abs=1e-6)


@pytest.mark.slow
def test_events_do_not_move_without_their_persons():
    arms = {"treatment": {"events": 9, "persons": 3, "n": 12}, "control": {"events": 7, "persons": 2, "n": 11}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events", **arms})
    for row in fragility_rows(Subject.of(outcome)):
        assert row["events"] is None and "never: below the target however many of 2 events move" == row["reason"]


def test_fragility_needs_events():
    assert all("not a count" in row["reason"] for row in fragility_rows(Subject.of(ANDROMEDA)))
