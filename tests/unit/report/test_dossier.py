"""What a dossier holds, each part against an oracle of its own: SciPy, arithmetic, symmetry."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from latex2mathml.converter import convert
from scipy import stats
from support import dossiers
from support.reports import PRIOR_OF, REPORTS
from support.trials import make_analysis, make_outcome

import bayes
from bayes.base.numbers import percent
from bayes.likelihoods.effect_structures import STRUCTURES
from bayes.likelihoods.registry import shipped
from bayes.paper.trial import load_trial
from bayes.posterior.told import told
from bayes.report.dossier import mathematics
from bayes.report.dossier.build import _absolute, clean
from bayes.report.dossier.cutoffs import cutoffs
from bayes.report.dossier.disclosures import Counted, disclosures, estimand
from bayes.report.dossier.plain import plain
from bayes.report.dossier.reading import main_row
from bayes.report.pages.headline import headline
from bayes.report.pages.overview import strip
from bayes.report.pages.tables import table
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import load_synthesis
from bayes.text.evidence import in_brief


def outcome_of(name: str):
    return make_outcome(*REPORTS[name])


def test_probabilities_at_cut_offs_are_those_of_the_conjugate_normal():
    outcome = load_trial("mesems").outcomes["gel_24w"]
    rows = {row["prior"]: dict(map(tuple, row["beyond"])) for row in cutoffs(Subject.of(outcome))}
    y, s = outcome.evidence.on_analysis_scale("rate_ratio")
    precision = 1 / s**2 + 1 / 0.355**2
    posterior = stats.norm(y / s**2 / precision, precision**-0.5)
    for cut, p in rows["neutral"].items():
        assert p == pytest.approx(posterior.cdf(np.log(cut)), abs=1e-6)
    assert list(rows["neutral"]) == [1.25, 1.0, pytest.approx(1 / 1.05), 0.8, 0.75]


@pytest.mark.parametrize("benefit, good", [("lower", "below"), ("higher", "above")])
def test_plain_language_follows_benefit(benefit, good):
    dossier = spoken(benefit, 0.9)
    said = plain(dossier)
    assert f"is 0.80 ({good} 1 is better for the patient); with a probability of 95%, the rate ratio lies between 0.50 and 1.20." in said
    assert "the treatment is better is 90%, that it is better by enough to matter (0.75 or better) is 2%, and that it is worse 10%" in said
    assert said.count(". ") < 4 and "These numbers start from the neutral prior" in said
    swapped = plain(spoken("higher" if benefit == "lower" else "lower", 0.1))
    assert "the treatment is better is 10%" in swapped and "that it is worse 90%" in swapped


@pytest.mark.parametrize("kind", ["outcome", "bare_p", "synthesis"])
def test_the_first_screen_gives_probabilities_cautions_and_what_would_change_them(kind):
    said = getattr(dossiers, kind)()
    found = headline(said)
    if kind == "bare_p":
        assert found.bars == []  # settled by construction
    else:
        row = main_row(said)
        assert [(bar.name, bar.share) for bar in found.bars] == [
            ("Benefit", row["p_benefit"]),
            ("Benefit that matters", row["p_mcid"]),
            ("Harm", row["p_harm"]),
        ]
    (doubt,) = found.cautions
    assert doubt.startswith("The report does not say" if kind == "bare_p" else "The interval includes no effect; the probability")
    said["main"]["outweighs"] = True
    said["findings"] = [{"about": "p-value", "text": "Printed 0.62; the counts give 0.37."}]
    weight, report = headline(said).cautions[-2:]
    assert weight.startswith("The neutral prior outweighs the data. The data alone, under a vague prior: ")
    assert report.startswith("The printed p-value does not follow from the rest of the report")


@pytest.mark.parametrize(
    ("p", "tips", "expected"),
    [
        (0.8, {"prior_sd": 0.3}, f"between {math.exp(-0.588):.2f} and {math.exp(0.588):.2f} would be 95% sure of benefit."),
        (0.99, {"prior_sd": 0.3}, "would be less than 95% sure of benefit."),
        (0.8, {"prior_mean": math.log(0.4)}, "only a reader who expected a rate ratio of about 0.40 beforehand"),
        (0.8, {}, None),
    ],
)
def test_what_would_change_the_conclusion_is_said_as_a_belief(p, tips, expected):
    """The central 95% of a normal prior with sd 0.3 on the log scale ends at exp(0.588)."""
    said = dossiers.outcome()
    for row in said["rows"]:
        row["p_benefit"] = p
    tipping = [
        {"vary": vary, "probability": "p_benefit", "target": 0.95, "value": value, "natural": math.exp(value), "reason": None}
        for vary, value in tips.items()
    ]
    said["sensitivity"]["tables"]["tipping"] = tipping
    found = headline(said).changes
    assert found is expected if expected is None else expected in found


@pytest.mark.parametrize(
    ("name", "brief"),
    [
        ("mesems:sae_persons_24w", "0 of 69 v 7 of 75"),
        ("mesems:gel_24w", "0.94, 95% interval 0.58 to 1.50, p = 0.78"),
        ("mesems:ae_events_24w", "93 events in 35 persons of 69 v 120 events in 42 persons of 75"),
        ("starting2:mrs_90d", "p = 0.732"),
        ("isis_hermes:feasibility", "16 of 20"),
        ("treasure:mrs_90d", "5, 9, 20, 15, 31, 18, 6 v 3, 8, 12, 17, 39, 20, 3, best category first"),
        ("cl2020:mrs02_12w", "at most 2 in"),
        ("mesems:ae_table", "2 kinds of event"),
    ],
)
def test_what_was_printed_is_said_in_a_few_words(name, brief):
    assert in_brief(bayes.resolve(name).evidence).startswith(brief)


def test_a_row_for_a_reader_has_the_exact_numbers_where_a_distribution_function_gives_them():
    row = next(row for row in dossiers.outcome()["rows"] if row["prior"] == "neutral")
    assert told(row | {"exact_median": None}) == row | {"exact_median": None}
    exact = told(row | {"exact_median": -0.1, "exact_ci_low": -0.5, "exact_ci_high": 0.3, "exact_p_benefit": 0.6, "exact_p_rope": 0.2})
    assert [exact["estimate"], exact["estimate_low"], exact["estimate_high"]] == pytest.approx(np.exp([-0.1, -0.5, 0.3]))
    assert (exact["p_benefit"], exact["p_rope"], exact["median"]) == (0.6, 0.2, -0.1) and told(exact) == exact


def spoken(benefit: str, p: float) -> dict:
    """As little of a dossier as a paragraph needs."""
    row = {
        "key": "k", "parameter": "effect", "prior": "neutral", "prior_distribution": "normal(0, 0.355)", "scale": "log",
        "estimate": 0.8, "estimate_low": 0.5, "estimate_high": 1.2, "p_benefit": p, "p_harm": 1 - p, "p_mcid": 0.02,
        "note": None, "heterogeneity": None, "model": "single_trial", "selection_omega": None, "status": "ok",
        "likelihood": "reported_estimate",
    }  # fmt: skip
    trial = {"year": 2021, "arms": {"treatment": "A", "control": "B"}, "n": {"treatment": 1, "control": 2}}
    return {
        "absolute": {"rows": [], "counted": None, "reason": None},
        "main": {"prior": "neutral", "key": "k", "heterogeneity": None}, "kind": "outcome", "trial": trial, "label": "L",
        "measure": "rate_ratio", "benefit": benefit, "null": 1.0, "rows": [row], "priors": [],
        "thresholds": {"mcid": {"value": 0.75, "rationale": "r"}, "margin": None},
    }  # fmt: skip


def test_percentages_never_claim_certainty():
    assert [percent(p) for p in (0.0, 0.004, 0.006, 0.5, 0.994, 0.996, 1.0)] == [
        "less than 0.1%", "0.4%", "0.6%", "50%", "99.4%", "99.6%", "more than 99.9%",
    ]  # fmt: skip


def test_the_mathematics_of_every_model_renders():
    for line in [line for card in (*shipped().values(), *STRUCTURES.values()) for line in card.formula]:
        rendered = convert(line, display="block")
        assert rendered.startswith("<math") and "\\" not in rendered, line


def test_every_parameter_beside_the_effect_has_a_prior():
    for name in REPORTS:
        analysis = make_analysis(outcome_of(name), PRIOR_OF.get(name, "neutral"))
        for one in mathematics.beside(analysis):
            assert one.distribution(analysis.nuisance) and one.why


def test_what_is_not_disclosed_is_not_stated():
    said = dict(disclosures(load_trial("mesems").outcomes["gel_24w"], Counted(1, 0, 6)))
    assert said["analysis set"] == "intention to treat" and said["missing data"] == "not stated"
    assert said["primary outcome"] == "yes"
    assert "1 outcome and 0 syntheses" in said["multiplicity"] and "6 posteriors" in said["multiplicity"]
    imputed = dict(disclosures(load_trial("treasure").outcomes["mrs_90d"], Counted(1, 0, 6)))
    assert imputed["missing data"] == "imputed: 97 of 104 and 95 of 102 patients were observed"
    joined = dict(disclosures(load_synthesis("msc_stroke_mrs"), Counted(1, 1, 6)))
    assert "too few to assess publication bias" in joined["publication bias"] and joined["search"] != "not stated"
    assert "treasure: MultiStem" in joined["clinical heterogeneity"]


def test_estimands_name_the_category_that_is_counted():
    assert "better category" in estimand(outcome_of("ordinal"))
    worse = outcome_of("ordinal").model_copy(update={"benefit": "lower"})
    assert "worse category" in estimand(worse)


def test_json_holds_no_nan_and_no_numpy():
    assert clean({"a": np.float64("nan"), "b": [np.int64(2), (np.bool_(True), None)], 3: float("inf")}) == {
        "a": None, "b": [2, [True, None]], "3": None,
    }  # fmt: skip


def test_tables_escape_and_leave_empty_columns_out():
    html = table("<c>", ["<h>", "gone", ""], [["<x>", "", "1"], ['"y"', "", "2"]], groups=["<g>", "<g>"], note="<n>")
    assert "gone" not in html and all(f"&lt;{one}&gt;" in html for one in "chxgn")
    assert html.count("<th") - html.count("<thead") == 3 and "<style" not in html and " id=" not in html


def test_a_picture_of_probabilities_says_them():
    dossier = spoken("lower", 0.9)
    said = str(strip(dossier))
    assert 'aria-label="P(benefit): neutral 0.900"' in said and "<circle" in said
    assert strip(dossier | {"main": None}) == ""


def test_an_effect_that_no_control_risk_leaves_room_for_has_a_reason():
    """A risk difference of -0.98: the rows of the table of control risks are empty, not missing."""
    evidence = {"kind": "estimate", "estimate": -0.98, "ci": [-0.999, -0.90]}
    stored = SimpleNamespace(subject=Subject.of(make_outcome("risk_difference", "lower", evidence)))
    assert "no control risk" in _absolute(stored)["reason"]
