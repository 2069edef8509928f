"""Clusters: a stated design effect multiplies the variance in a row of its own, and the main reading says that it does not."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import binom, norm
from support.noted import noted
from support.trials import make_analysis, make_outcome

from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.sensitivity import likelihood

# BLING III (2024): 864/3474 v 939/3507
COUNTS = {"kind": "binary", "treatment": {"events": 864, "n": 3474}, "control": {"events": 939, "n": 3507}}


def frame(measure="risk_difference", evidence=COUNTS, **more):
    one = make_outcome(measure, "lower", evidence, **more)
    return likelihood(one, prior="normal(0, 5)").set_index("question"), one


def test_the_variance_is_multiplied():
    """Thousands of patients: near enough normal that the sd under a flat prior grows by the root of the design effect."""
    for stated in ({"design_effect": 2.0}, {"icc": 0.01, "cluster_size": 101}):
        found, one = frame(**stated)
        assert found.loc["clusters", "sd"] == pytest.approx(found.loc["main", "sd"] * 2**0.5, rel=2e-3)
        assert found.loc["clusters", "mean"] == pytest.approx(found.loc["main", "mean"], abs=2e-5)
        assert any("counted as independent" in note for note in noted(make_analysis(one, "neutral"), None, None))
        said = dict(disclosures(one, Counted(1, 0, 1)))["clusters"]
        assert said.startswith("a design effect of 2,") and "does not apply" in said


@pytest.mark.slow
def test_few_patients_by_brute_force():
    """15/65 v 5/61, odds ratio, design effect 1.5: (likelihood with the baseline summed out)^(1/1.5) on a grid."""
    counts = {"kind": "binary", "treatment": {"events": 15, "n": 65}, "control": {"events": 5, "n": 61}}
    one = make_outcome("odds_ratio", "lower", counts, design_effect=1.5)
    row = likelihood(one, prior="normal(0, 0.355)").set_index("question").loc["clusters"]
    theta, base = np.meshgrid(np.linspace(-3, 4, 1401), np.linspace(-10, 8, 1201), indexing="ij")
    joint = binom.pmf(15, 65, expit(base + theta / 2)) * binom.pmf(5, 61, expit(base - theta / 2))
    weight = (joint * norm.pdf(base, 0, 2.5)).sum(1) ** (1 / 1.5) * norm.pdf(theta[:, 0], 0, 0.355)
    assert row["p_benefit"] == pytest.approx((weight[:600].sum() + weight[600] / 2) / weight.sum(), abs=5e-4)
    assert row["mean"] == pytest.approx((weight * theta[:, 0]).sum() / weight.sum(), abs=1e-3)


def test_a_printed_effect_allows_for_its_clusters_already():
    effect = {"kind": "estimate", "estimate": -0.019, "ci": [-0.049, 0.011]}
    found, one = frame(evidence=effect, design_effect=2.0)
    assert "clusters" not in found.index and not one.counted_as_independent
    assert "assumed to have taken into account" in dict(disclosures(one, Counted(1, 0, 1)))["clusters"]
    found, one = frame()
    assert "clusters" not in found.index and "clusters" not in dict(disclosures(one, Counted(1, 0, 1)))
