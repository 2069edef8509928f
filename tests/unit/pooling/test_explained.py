"""What a synthesis rests on: tables by quadrature, their words, and the shipped syntheses."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from support.explanations import explain
from support.paths import TESTS
from support.records import record
from support.reports import SHARES
from support.trials import make_outcome

from bayes.analysis.plan import make_plan
from bayes.base.numbers import in_words
from bayes.base.toml import shipped
from bayes.pooling.layout import TITLES, lay_out, markdown
from bayes.pooling.words import sentences
from bayes.posterior.explanation import Explanation
from bayes.priors.sets import load_priors
from bayes.synthesis.file import load_synthesis, synthesis_of

pytestmark = pytest.mark.slow

CASES = json.loads((TESTS / "reference" / "deterministic.json").read_text())["cases"]
THREE = TESTS / "files" / "three_trials.toml"


def analysis_of(synthesis, prior="neutral", **more):
    plan = make_plan([synthesis], load_priors(), [prior], **more)
    assert not plan.skipped, plan.skipped
    return plan.analyses[0]


@pytest.fixture(scope="module")
def gel():
    return explain(analysis_of(load_synthesis("msc_ms_gel")))


@pytest.fixture(scope="module")
def three():
    return explain(analysis_of(load_synthesis(THREE), "normal(0, 0.5)"))


def test_leaving_a_trial_out_is_a_synthesis_of_the_others(gel):
    members = load_synthesis("msc_ms_gel").members
    for row, kept in zip(gel["leave_one_out"], reversed(members), strict=True):
        stated = {"distribution": "half_normal(0.3)", "rationale": "the same"}
        other = explain(analysis_of(synthesis_of([kept], heterogeneity=stated)))
        assert row["mu_mean"] == pytest.approx(other["main"]["mu_mean"], abs=1e-6)
        assert row["mean_moves"] == pytest.approx(other["main"]["mu_mean"] - gel["main"]["mu_mean"], abs=1e-6)


def test_one_kind_of_evidence_at_a_time(three):
    rows = {row["left_out"]: row for row in three["leave_kind_out"]}
    assert list(rows) == ["ordinal", "p_value", "significance", "p_value and significance"]
    assert [row["trials"] for row in rows.values()] == [1, 1, 1, 2]
    bare = rows["p_value and significance"]
    assert (bare["mu_mean"], bare["mu_sd"]) == (pytest.approx(0.151, abs=5e-4), pytest.approx(0.286, abs=2e-3))
    assert rows["ordinal"]["p_benefit"] == pytest.approx(0.5, abs=1e-6), "the rest says nothing of direction"


def test_forced_directions_move_the_mean_both_ways(three):
    """METHODS 9: STARTING-2 forced to favour control or treatment moves mu by about -0.03 or +0.03."""
    starting2, isis = three["directions"]
    assert starting2["if_treatment_mean_moves"] == pytest.approx(0.03, abs=0.005)
    assert starting2["if_control_mean_moves"] == pytest.approx(-0.03, abs=0.005)
    for row in (starting2, isis):
        p = row["p_favours_treatment"]
        mean = p * row["if_treatment_mu_mean"] + (1 - p) * row["if_control_mu_mean"]
        assert 0.5 < p < 1 and mean == pytest.approx(three["main"]["mu_mean"], abs=1e-6)


@pytest.mark.slow
def test_heterogeneity_under_several_priors():
    explained = explain(analysis_of(load_synthesis("msc_stroke_mrs")))
    rows = {row["heterogeneity"]: row for row in explained["heterogeneity"]}
    assert list(rows)[0] == "stated" and list(rows)[-1] == "none" and len(rows) >= 5
    assert "turner" in rows and rows["none"]["predicted_low"] == rows["none"]["estimate_low"]
    assert rows["wide"]["tau_median"] > rows["stated"]["tau_median"] > 0
    assert rows["wide"]["predicted_low"] < rows["stated"]["predicted_low"] < rows["none"]["predicted_low"]


@pytest.mark.slow
def test_descriptives_against_metafor():
    """The BCG trials: Q 152.233 on 12, I-squared 92.12%, DerSimonian-Laird tau^2 0.3088 (metafor's dat.bcg)."""
    given = CASES["e-bcg-RR-HN0.5"]["inputs"]
    outcomes = []
    for i, (y, s) in enumerate(zip(given["y"], given["se"], strict=True)):
        evidence = {"kind": "estimate", "estimate": float(np.exp(y)), "se": s}
        outcomes.append(make_outcome("risk_ratio", "lower", evidence, patients=f"p{i}"))
        outcomes[-1]._id = f"t{i}"
    found = explain(analysis_of(synthesis_of(outcomes)))["descriptives"]
    assert found["q"] == pytest.approx(152.233, abs=0.01) and found["df"] == 12
    assert found["i_squared"] == pytest.approx(0.9212, abs=1e-4)
    assert found["tau_dersimonian_laird"] ** 2 == pytest.approx(0.3088, abs=1e-4)


def test_weights_are_those_of_the_directed_reports(gel, three):
    assert sum(row["weight"] for row in gel["trials"]) == pytest.approx(1)
    by_name = {row["trial"]: row for row in three["trials"]}
    assert by_name["treasure:mrs_90d"]["weight"] == pytest.approx(1)
    assert by_name["starting2:mrs_90d"]["weight"] is None and by_name["starting2:mrs_90d"]["own"] is None
    assert all(0 < row["shrinkage"] < 1 for row in by_name.values() if row["own"] is not None)
    assert by_name["starting2:mrs_90d"]["shrinkage"] is None


@pytest.mark.slow
def test_no_direction_anywhere_is_said_and_not_guessed():
    p = {"kind": "p_value", "p": 0.4, "favours": "unknown", "n": {"treatment": 30, "control": 30}, "reference": SHARES}
    outcomes = [make_outcome("common_odds_ratio", "higher", p, patients=name) for name in ("a", "b")]
    outcomes[1]._id = "other"
    explained = explain(analysis_of(synthesis_of(outcomes)))
    assert explained["main"]["p_benefit"] == pytest.approx(0.5, abs=1e-6)
    assert "open by construction" in explained["text"][0] and "helps on average" not in explained["text"][0]


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped("syntheses"))
def test_every_shipped_synthesis_answers_in_words(name):
    """What is known, what it rests on, and what a new trial would show: with the numbers of the tables."""
    synthesis = load_synthesis(name)
    explained = explain(analysis_of(synthesis))
    text, main = "\n".join(explained["text"]), explained["main"]
    known, rests, new, found = explained["text"][0], explained["text"][1], *explained["text"][-2:]
    assert f"{main['estimate']:.2f} (95% credible interval {main['estimate_low']:.2f}" in known
    assert f"helps on average is {in_words(main['p_benefit'])}" in known
    assert all(row["left_out"].partition(":")[2] for row in explained["leave_one_out"])
    assert "carries" in rests and "without it, the mean would be" in rests
    assert f"between {main['predicted_low']:.2f} and {main['predicted_high']:.2f}" in new and "new trial" in new
    assert len([row for row in explained["heterogeneity"] if row["heterogeneity"] != "none"]) >= 3
    assert not re.search(r"nan|None|confidence", text)
    assert synthesis.search in found and "publication bias" in found and synthesis.notes


def test_a_page_has_every_table_that_has_rows(three):
    explained = Explanation(**{name: three[name] for name in three if name != "text"})
    planted = record(synthesis=True, explanation=explained)
    page = markdown(replace(planted, reported=replace(planted.reported, label="Three trials")), three["text"])
    tables = list(lay_out(explained))
    unstated = 4
    assert len(tables) == len(TITLES) - unstated, "no correlations, with their readings, no rho and no subgroups are stated here"
    for title, headings, cells in tables:
        assert f"## {title}" in page and all(len(row) == len(headings) for row in cells)
    assert page.startswith("# Three trials\n") and all(text in page for text in three["text"])


def test_words_follow_the_benefit_not_the_sign(gel):
    """The same numbers with the other direction of benefit: probabilities turn, the interval stays."""
    synthesis = load_synthesis("msc_ms_gel")
    analysis = analysis_of(synthesis)
    text = sentences(analysis, Explanation(**{name: gel[name] for name in gel if name != "text"}))[0]
    assert "lower is better" in text and f"is {gel['main']['p_benefit']:.2f}" in text
    assert gel["main"]["estimate"] < 1 and gel["main"]["p_benefit"] > 0.5
