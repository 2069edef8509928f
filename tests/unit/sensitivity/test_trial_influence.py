"""Influence of each trial: weights against the conjugate answer, and curves against the joint one."""

from math import exp

import numpy as np
import pytest
from support.reports import FOLDED, REPORTS
from support.trials import make_estimate, make_outcome

from bayes import quadrature
from bayes.analysis.curves import plane_of_synthesis
from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.paper.trial import Trial
from bayes.sensitivity.replaced_report import weighted
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.trial_influence import influence_rows
from bayes.synthesis.file import synthesis_of

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
    assert influence_rows(Subject.of(make_estimate())) == []


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
