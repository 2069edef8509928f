"""Adjusted and unadjusted odds ratios pooled together: told, and either left out."""

import numpy as np
import pytest
from scipy.optimize import brentq
from support.explanations import explain
from support.noted import noted
from support.trials import make_outcome

from bayes import quadrature, sensitivity
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.pooling.explained import explain as explained_of
from bayes.pooling.layout import lay_out
from bayes.priors.sets import load_priors
from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.synthesis.adjustment import Adjustment, adjusted
from bayes.synthesis.file import load_synthesis, synthesis_of
from bayes.synthesis.same_patients import Together

COUNTS = {"kind": "binary", "treatment": {"events": 20, "n": 80}, "control": {"events": 30, "n": 80}}


def report(name, stated=None, measure="odds_ratio", evidence=None, **more):
    said = {} if stated is None else {"adjusted": stated}
    evidence = evidence or {"kind": "estimate", "estimate": 0.6, "se": 0.25}
    made = make_outcome(measure, "lower", evidence, patients=name, **said, **more)
    made._id = name
    return made


ADJUSTED, CRUDE, SILENT = report("a", True), report("b", False), report("c")
COUNTED = report("d", evidence=COUNTS)


def analysis_of(outcomes, **more):
    return make_plan([synthesis_of(outcomes, **more)], load_priors(), ["neutral"]).analyses[0]


def test_counts_are_unadjusted_whatever_else_the_paper_prints():
    assert [adjusted(o) for o in (ADJUSTED, CRUDE, SILENT, COUNTED)] == [
        "adjusted", "unadjusted", "not stated", "unadjusted",
    ]  # fmt: skip
    assert adjusted(report("e", True, evidence=COUNTS)) == "unadjusted"


@pytest.mark.parametrize("measure", ["odds_ratio", "common_odds_ratio", "hazard_ratio"])
def test_non_collapsible_measures_are_flagged(measure):
    mixed = [report("a", True, measure), report("b", False, measure), report("c", None, measure)]
    found = Adjustment.of(measure, mixed)
    assert found.matters and found.known
    ratios = f"{measure.replace('_', ' ')}s"
    assert found.text == (
        f"adjusted and unadjusted {ratios} are pooled, although they are different quantities "
        "(adjusted: example:a; unadjusted: example:b; not stated: example:c)"
    )
    assert f"{ratios} may differ in adjustment" in Adjustment.of(measure, mixed[1:]).text
    assert not Adjustment.of(measure, [mixed[0], report("e", True, measure)]).matters


@pytest.mark.parametrize("measure", ["risk_ratio", "rate_ratio", "mean_difference", "risk_difference"])
def test_collapsible_measures_are_not(measure):
    evidence = {"kind": "estimate", "estimate": 0.1, "se": 0.25}
    mixed = [report("a", True, measure, evidence), report("b", False, measure, evidence)]
    assert not Adjustment.of(measure, mixed).matters


def test_why_it_matters():
    """A covariate with odds ratio 9, half of the patients each: conditional 2, marginal 1.72; risk ratios collapse."""
    conditional, share = 2.0, np.array([0.5, 0.5])
    control = np.array([0.1, 0.5])
    treated = conditional * control / (1 - control + conditional * control)
    p1, p0 = share @ treated, share @ control
    marginal = p1 / (1 - p1) / (p0 / (1 - p0))
    assert 1 < marginal < conditional and marginal == pytest.approx(1.72, abs=0.005)
    risk_ratio = brentq(lambda rr: share @ (rr * control) - share @ (1.5 * control), 1, 2)
    assert risk_ratio == pytest.approx(1.5)


@pytest.mark.slow
def test_words_rows_and_disclosures():
    analysis = analysis_of([ADJUSTED, CRUDE, SILENT, COUNTED])
    explained = explain(analysis)
    rows = {row["left_out"]: row for row in explained["adjustment"]}
    assert list(rows) == ["adjusted", "unadjusted", "not stated"]
    assert rows["unadjusted"]["reports"] == "example:b, example:d" and rows["unadjusted"]["trials"] == 2
    tau = analysis.heterogeneity.distribution
    for group, kept in (("adjusted", (1, 2, 3)), ("unadjusted", (0, 2)), ("not stated", (0, 1, 3))):
        answer = quadrature.integrate_synthesis(plane_of_synthesis(analysis), analysis.formed.distribution, tau, kept)
        assert rows[group]["mu_mean"] == pytest.approx(answer.mu_mean, abs=1e-9)
    (said,) = [text for text in explained["text"] if "Adjusted and unadjusted" in text]
    assert "odds ratios are pooled here (adjusted: example:a; unadjusted: example:b, example:d; not stated: example:c)" in said
    assert "without the adjusted" in said and "without those that do not say" in said
    assert any("Adjusted and unadjusted" in title for title, *_ in lay_out(explained_of(analysis)))
    assert any("different quantities" in note for note in noted(analysis, 0.355, 0.2))
    told = dict(disclosures(analysis.target, Counted(1, 1, 6)))["adjusted"]
    assert told.startswith("example:a: adjusted; example:b: unadjusted; example:c: not stated; example:d: unadjusted; ")
    assert told.endswith("odds ratios are pooled, although they are different quantities")
    influence = sensitivity.influence(analysis.target)
    left = influence[influence["question"] == "adjustment left out"]
    assert left["variation"].tolist() == ["adjusted", "unadjusted", "not stated"]


@pytest.mark.slow
def test_nothing_is_said_where_nothing_is_mixed():
    explained = explain(analysis_of([CRUDE, COUNTED]))
    assert explained["adjustment"] == [] and not any("djusted" in text for text in explained["text"])


def test_results_of_the_same_patients_keep_only_what_they_share():
    assert Together((ADJUSTED, report("a2", True)), 0.5).joined().adjusted is True
    assert Together((ADJUSTED, report("a3", False)), 0.5).joined().adjusted is None


def test_the_shipped_synthesis_of_strokes_is_flagged():
    """CoBIS 2 prints an adjusted common odds ratio; TREASURE's table is counted; the bare p-values do not say."""
    synthesis = load_synthesis("msc_stroke_mrs")
    found = Adjustment.of(synthesis.measure, synthesis.members)
    assert found.known and found.named("adjusted") == "cobis2:mrs_90d" and "treasure:mrs_90d" in found.named("unadjusted")
    assert found.named("not stated") == "starting2:mrs_90d, isis_hermes:mrs_2y, invest:mrs_180d"
    assert not Adjustment.of("common_odds_ratio", load_synthesis("thrombectomy_mrs").members).matters
