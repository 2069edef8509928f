"""Minimum Bayes factors against the printed values of their papers and against a search over alternatives."""

import numpy as np
import pytest
from scipy import optimize, stats
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.minimum_bayes_factor import local, of_p
from bayes.sensitivity.subject import Subject

BOUNDS = ("min_bf", "min_bf_local", "min_bf_p")


def bounds(outcome):
    found = {row["quantity"]: row for row in reverse_bayes_rows(Subject.of(outcome, "normal(0, 0.5)"))}
    return {name: found[name] for name in BOUNDS}


@pytest.mark.parametrize("p, goodman, berger, sellke", [(0.05, 0.147, 0.473, 0.407), (0.01, 0.036, 0.154, 0.125)])
def test_the_values_that_the_papers_print(p, goodman, berger, sellke):
    z = stats.norm.isf(p / 2)
    assert np.exp(-(z**2) / 2) == pytest.approx(goodman, abs=6e-4)
    assert local(z) == pytest.approx(berger, abs=6e-4) and of_p(p) == pytest.approx(sellke, abs=6e-4)
    report = {"kind": "estimate", "estimate": 0.7, "ci": [round(float(np.exp(np.log(0.7) - 1.96 * s)), 8) for s in (-np.log(0.7) / z, np.log(0.7) / z)]}
    found = bounds(make_outcome("hazard_ratio", "lower", report))
    assert [found[name]["value"] for name in BOUNDS] == pytest.approx([goodman, berger, sellke], abs=1.5e-3)


def test_no_alternative_does_better():
    """Searched: a point alternative, and the sd of a normal one around no effect."""
    z = 2.2
    null = stats.norm.pdf(z)
    point = optimize.minimize_scalar(lambda d: null / stats.norm.pdf(z - d), bounds=(0, 6), method="bounded").fun
    wide = optimize.minimize_scalar(lambda t: null / stats.norm.pdf(z, 0, np.hypot(1, t)), bounds=(0, 9), method="bounded").fun
    beta = optimize.minimize_scalar(lambda x: 1 / stats.beta.pdf(0.03, x, 1), bounds=(1e-3, 1), method="bounded").fun
    assert np.exp(-(z**2) / 2) == pytest.approx(point, rel=1e-6)
    assert local(z) == pytest.approx(wide, rel=1e-6) and of_p(0.03) == pytest.approx(beta, rel=1e-6)
    assert local(0.9) == of_p(0.5) == 1.0


@pytest.mark.parametrize("name", [n for n in {**REPORTS, **FOLDED} if (REPORTS | FOLDED)[n][2]["kind"] != "adverse_events" and (REPORTS | FOLDED)[n][0] != "proportion"])
def test_every_bound_is_a_bayes_factor_or_says_why_not(name):
    for row in bounds(make_outcome(*(REPORTS | FOLDED)[name])).values():
        assert (row["value"] is None and row["reason"].startswith("not defined")) or 0 < row["value"] <= 1


def test_a_printed_p_stands_for_itself_and_needs_no_direction():
    report = {"kind": "p_value", "p": 0.04, "favours": "unknown", "se": 0.2}
    found = bounds(make_outcome("hazard_ratio", "lower", report))
    assert found["min_bf_p"]["value"] == pytest.approx(-np.e * 0.04 * np.log(0.04), abs=1e-9)
    assert found["min_bf"]["value"] == pytest.approx(np.exp(-(stats.norm.isf(0.02) ** 2) / 2), abs=1e-9)
