"""Ordinal scales: their categories, and what follows from them by hand; strata of one trial with a common odds ratio."""

import numpy as np
import pytest
from click.testing import CliRunner
from scipy import special, stats
from support import dossiers
from support.paths import TESTS
from support.textbook_cases import analysis_of
from support.trials import make_analysis, make_outcome

import bayes
from bayes.base.toml import validate
from bayes.checks import check_outcome
from bayes.cli import bayes as command
from bayes.errors import InvalidInput
from bayes.paper.ordinal_scale import main_dichotomy, summaries
from bayes.paper.scales import Category, dichotomies, scales
from bayes.paper.trial import Trial, load_trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.measured import per_100
from bayes.posterior.names import EFFECT, MU
from bayes.report import findings
from bayes.report.dossier.reading import sides
from bayes.sensitivity.absolute_effects import baseline_risk_rows, counted
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import synthesis_of
from bayes.text.evidence import evidence as shown_evidence

GOS_E = {"kind": "ordinal", "scale": "gos_e", "categories": list("87654321"), "treatment": [4, 8, 10, 12, 6, 4, 2, 4], "control": [2, 6, 8, 9, 8, 6, 3, 8]}
ABSTRACT = load_trial(TESTS / "files/abstracts/rescueicp.toml")


def outcome(**changes):
    return make_outcome("common_odds_ratio", "higher", GOS_E | changes)


def observed_summaries(one):
    """The derived quantities of the observed shares, in place of fitted ones."""
    names, treatment, control = zip(*one.evidence.observed, strict=True)
    return summaries(np.array(treatment) / sum(treatment), np.array(control) / sum(control), names)


# the table


@pytest.mark.parametrize("scale", scales().values(), ids=lambda scale: scale.id)
def test_a_scale_is_whole(scale):
    assert scale.title and scale.source and scale.dichotomies
    assert all(len(values) == len(scale.grades) for values in scale.scores.values())
    assert all(0 <= cut.worst < len(scale.grades) - 1 for cut in scale.dichotomies)
    assert [scale.places(grade) for grade in scale.grades] == [(i,) for i in range(len(scale.grades))]


def test_dichotomies_have_names_of_their_own():
    assert len(dichotomies()) == sum(len(scale.dichotomies) for scale in scales().values())
    assert {f"p_{name}_difference" for name in dichotomies()} < per_100()


def test_the_utilities_of_the_edss_are_one_less_the_printed_weights():
    """Cho et al. 2014: weights of 0.021, 0.199, 0.313, 0.617 and 0.96 at 2, 4, 6, 7 and 9, linear between."""
    edss = scales()["edss"]
    places = [0, 2, 4, 6, 7, 9, 10]
    weights = np.interp([float(grade) for grade in edss.grades], places, [0, 0.021, 0.199, 0.313, 0.617, 0.96, 1])
    assert edss.scores["utility_cho_2014"] == pytest.approx(1 - weights)
    assert len(edss.grades) == 20, "Kurtzke 1983: no 0.5"


def test_the_list_of_scales():
    said = CliRunner().invoke(command, ["list", "scales"]).output
    assert all(name in said for name in scales()) and "GOS-E 5 to 8" in said


# categories


@pytest.mark.parametrize(
    ("category", "grades"),
    [
        ("8", "8"), ("7-8", "87"), ("8-7", "87"), ("7\u20138", "87"), ("good recovery", "87"), ("Upper Good Recovery", "8"),
        ("severe disability", "43"), ("dead", "1"), ("death", "1"),
    ],
)  # fmt: skip
def test_a_category_has_many_names(category, grades):
    scale = scales()["gos_e"]
    assert [scale.grades[place] for place in scale.places(category)] == list(grades)


def test_a_category_prints_halves_as_the_paper_does():
    edss = scales()["edss"]
    assert edss.places("1.0") == edss.places("1") and edss.places("0-1.5") == (0, 1, 2) and edss.places("0.5") is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scale": "gose"}, "scale: 'gose' is not in the table; did you mean 'gos_e'?"),
        ({"categories": [*"8765432", "gone"]}, "'gone': not on the extended Glasgow outcome scale; accepted, best first: 8, 7, 6"),
        ({"categories": list("12345678")}, "do not run from best to worst; accepted: 8, 7, 6, 5, 4, 3, 2, 1, in this order"),
        ({"categories": [*"876", "5-6", *"4321"]}, "'5-6' after '6': categories of the extended Glasgow outcome scale overlap"),
    ],
)  # fmt: skip
def test_what_is_no_category(change, said):
    with pytest.raises(InvalidInput) as error:
        outcome(**change)
    assert said in str(error.value)


def test_all_mistakes_are_reported_at_once():
    with pytest.raises(InvalidInput) as error:
        outcome(categories=[*"8765432", "gone"], treatment=[1, 2])
    assert len(error.value.mistakes) == 2


def test_a_scale_of_its_own_needs_no_name():
    """Categories 0 to 6 are the modified Rankin scale as before; of any other table only the win probability is known."""
    rankin = summaries(np.full(7, 1 / 7), np.full(7, 1 / 7), list("0123456"))
    named = [Category.on(scales()["mrs"], str(i), (i,)) for i in range(7)]
    assert summaries(np.full(7, 1 / 7), np.full(7, 1 / 7), named).keys() == rankin.keys()
    table = {"kind": "ordinal", "categories": list("abc"), "treatment": [1, 2, 3], "control": [2, 2, 2]}
    assert observed_summaries(make_outcome("common_odds_ratio", "higher", table)).keys() == {"win_probability", "generalised_odds_ratio"}


def test_seven_categories_of_pain_are_not_a_rankin_scale():
    """Pain from 0 to 6, above which there is no patient: a mean and cuts of pain, no mRS."""
    table = {"kind": "ordinal", "scale": "pain", "categories": list("0123456"), "treatment": [5, 4, 3, 2, 1, 1, 4], "control": [2, 2, 3, 4, 3, 3, 3]}
    shown = observed_summaries(make_outcome("common_odds_ratio", "higher", table))
    assert shown["mean_pain_treatment"] == pytest.approx((4 + 6 + 6 + 4 + 5 + 24) / 20)
    assert shown["p_pain_0_3_treatment"] == pytest.approx(14 / 20) and not [name for name in shown if "mrs" in name]


# what follows, by hand


def test_the_favourable_share_of_a_gos_e():
    """Favourable: 34 of 50 against 25 of 50, so that 50 / 9 are treated for one more; from 4 up, 40 against 33."""
    shown = observed_summaries(outcome())
    assert shown["p_gos_e_5_8_treatment"] == pytest.approx(0.68) and shown["p_gos_e_5_8_control"] == pytest.approx(0.50)
    assert shown["p_gos_e_5_8_difference"] == pytest.approx(0.18) and shown["nnt"] == pytest.approx(50 / 9)
    assert shown["p_gos_e_4_8_difference"] == pytest.approx(7 / 50)
    assert not [name for name in shown if name.startswith(("mean", "utility"))], "neither is published for this scale"


def test_a_merged_cell_hides_what_it_straddles():
    merged = {"categories": ["8-6", "5-4", "3-1"], "treatment": [22, 18, 10], "control": [16, 17, 17]}
    shown = observed_summaries(outcome(**merged))
    assert "p_gos_e_5_8_treatment" not in shown and "nnt" not in shown, "number needed to treat of the usual dichotomy alone"
    assert shown["p_gos_e_4_8_treatment"] == pytest.approx(40 / 50)


def test_means_and_utilities_of_an_edss():
    """Treatment: 10 at 2.0, 10 at 4.0, 5 at 6.0; control: 5, 10, 10. Cho's utilities there: 0.979, 0.801, 0.687."""
    table = {"kind": "ordinal", "scale": "edss", "categories": ["2.0", "4.0", "6.0"], "treatment": [10, 10, 5], "control": [5, 10, 10]}
    shown = observed_summaries(make_outcome("common_odds_ratio", "higher", table))
    assert shown["mean_edss_treatment"] == pytest.approx(90 / 25) and shown["mean_edss_control"] == pytest.approx(110 / 25)
    assert shown["utility_cho_2014_difference"] == pytest.approx(5 * (0.979 - 0.687) / 25)
    assert shown["p_edss_below_6_difference"] == pytest.approx(0.2) and shown["nnt"] == pytest.approx(5)
    assert shown["p_edss_below_4_treatment"] == pytest.approx(0.4)


@pytest.mark.parametrize(("name", "printed"), [("gos_e_6m", (42.8, 34.6)), ("gos_e_12m", (45.4, 32.4))])
def test_rescueicp_prints_upper_severe_disability_or_better(name, printed):
    """Hutchinson et al. 2016: 42.8% v 34.6% at 6 months, 45.4% v 32.4% at 12 months."""
    shown = observed_summaries(ABSTRACT.outcomes[name])
    found = tuple(round(100 * float(shown[f"p_gos_e_4_8_{arm}"]), 1) for arm in ("treatment", "control"))
    assert found == printed


def test_actt_1_prints_a_common_odds_ratio_of_1_5():
    """Beigel et al. 2020, Table 2, day 15: 541 and 521 patients, 1.5 (1.2 to 1.9); 288 of 541 had recovered by then."""
    counts = {"treatment": [157, 117, 14, 38, 58, 28, 95, 34], "control": [115, 102, 8, 33, 60, 24, 121, 58]}
    table = {"kind": "ordinal", "scale": "actt_8", "categories": list("12345678")} | counts
    one = make_outcome("common_odds_ratio", "higher", table, mcid={"value": 1.2, "rationale": "r"})
    answer = exact_answers(make_analysis(one, "vague"))[EFFECT]
    assert round(float(np.exp(answer.mean)), 1) == 1.5
    shown = observed_summaries(one)
    assert shown["p_actt_1_3_treatment"] == pytest.approx(288 / 541) and shown["p_actt_1_7_control"] == pytest.approx(463 / 521)


def test_swapped_arms_invert():
    swapped = observed_summaries(outcome(treatment=GOS_E["control"], control=GOS_E["treatment"]))
    for name in ("p_gos_e_5_8_difference", "p_gos_e_4_8_difference", "nnt"):
        assert swapped[name] == pytest.approx(-observed_summaries(outcome())[name])
    two = [exact_answers(make_analysis(one, "neutral"))[EFFECT] for one in (outcome(), outcome(treatment=GOS_E["control"], control=GOS_E["treatment"]))]
    assert two[0].mean == pytest.approx(-two[1].mean, abs=1e-6) and two[0].sd == pytest.approx(two[1].sd, abs=1e-6)


def test_cuts_of_a_scale_are_bands_of_its_grades():
    """At most 5 of the GOS-E, and at most 4: bands 8 to 5, 4, and 3 to 1."""
    cuts = [{"at_most": at, "treatment": {"events": t, "n": 50}, "control": {"events": c, "n": 50}} for at, t, c in (("5", 34, 25), ("4", 40, 33))]
    one = make_outcome("common_odds_ratio", "higher", {"kind": "ordinal_cut", "scale": "gos_e", "categories": list("87654321"), "cuts": cuts})
    assert [name.places for name, _, _ in one.evidence.observed] == [(0, 1, 2, 3), (4,), (5, 6, 7)]
    shown, whole = observed_summaries(one), observed_summaries(outcome())
    assert all(shown[name] == pytest.approx(whole[name]) for name in shown if name.startswith(("p_", "nnt")))


def test_bands_between_cuts_are_named_by_their_ends():
    arm = {"events": 5, "n": 20}
    cuts = [{"at_most": at, "treatment": arm | {"events": n}, "control": arm | {"events": n}} for at, n in (("good", 5), ("poor", 12))]
    one = make_outcome("common_odds_ratio", "higher", {"kind": "ordinal_cut", "categories": ["good", "fair", "poor", "dead"], "cuts": cuts})
    assert one.evidence.observed == (("good", 5, 5), ("fair-poor", 7, 7), ("dead", 8, 8))


def test_merged_names_are_as_wide_as_their_grades():
    """A printed result of eight grades is compared with both ways of splitting the merged ones."""
    printed = [{"estimate": 1.9, "ci": [1.0, 3.6]}]
    merged = {"categories": ["good recovery", *"654321"], "treatment": [12, 10, 12, 6, 4, 2, 4], "control": [8, 8, 9, 8, 6, 3, 8]}
    assert outcome(**merged).evidence.widths() == (2, 1, 1, 1, 1, 1, 1)
    one = make_outcome("common_odds_ratio", "higher", GOS_E | merged, printed=printed)
    assert any("merged categories split either way" in found.text for found in check_outcome(one))


def test_absolute_effects_begin_at_the_usual_dichotomy():
    """34 of 50 controls at 5 to 8; where a lower odds ratio is better, the other 16."""
    for benefit, share in (("higher", 0.68), ("lower", 0.32)):
        one = make_outcome("common_odds_ratio", benefit, GOS_E | {"control": GOS_E["treatment"]})
        assert counted(one).name == "gos_e_5_8"
        (row,) = [row for row in baseline_risk_rows(Subject.of(one)) if row.get("observed")]
        assert row["control_risk"] == pytest.approx(share)
    assert main_dichotomy(["good", "bad"]) is None


def test_pages_say_of_whom_the_risk_is():
    """Of patients at 5 to 8; of a synthesis over different scales, only that the outcome was good."""
    said = dossiers.synthesis()
    assert sides(said) == ("with a good outcome", "with a poor outcome")
    row = {"control_risk": 0.3, "observed": True, "per": None, "treated_risk": 0.4, "low": 0.05, "high": 0.15, "reason": None}
    said["absolute"] = {"rows": [row], "counted": "gos_e_5_8", "reason": None}
    assert sides(said)[0] == "with a favourable outcome (GOS-E 5 to 8)"
    assert any("GOS-E 1 to 4) if lower is better" in note for note in findings.as_table([said]).notes)


def test_the_scale_is_shown():
    assert ("scale", "extended Glasgow outcome scale") in shown_evidence(outcome().evidence).facts


def test_an_outcome_in_memory_may_name_its_scale():
    given = {"treatment": GOS_E["treatment"], "control": GOS_E["control"], "categories": GOS_E["categories"]}
    one = bayes.outcome(measure="common_odds_ratio", benefit="higher", scale="gos_e", **given)
    assert one.evidence.scale == "gos_e"


@pytest.mark.nuts
def test_a_posterior_has_the_quantities_of_its_scale():
    """Fitted shares are near the observed 0.68 and 0.50, which proportional odds fit well."""
    fit = bayes.fit(outcome(), "vague")
    found = {row.quantity: row for row in fit.record.parameters[0].derived}
    assert found["p_gos_e_5_8_treatment"].median == pytest.approx(0.68, abs=0.06)
    assert found["p_gos_e_5_8_difference_per_100"].median == pytest.approx(100 * found["p_gos_e_5_8_difference"].median)
    assert {"nnt", "p_gos_e_4_8_difference"} <= found.keys() and not [name for name in found if "mrs" in name]
    assert list(fit.tree["posterior"]["category"].values) == list("87654321")


# strata of one trial

STRATA = (((9, 5, 6), (5, 6, 9)), ((12, 10, 8), (9, 8, 13)), ((2, 6, 14), (1, 4, 15)))  # each treatment and control


def strata(tables):
    """One trial whose outcomes are its strata, each with patients of its own."""
    head = {"id": "example", "title": "t", "year": 2026, "condition": "c", "design": "d", "arms": {"treatment": "a", "control": "b"}}
    head |= {"n": {arm: sum(sum(table[i]) for table in tables) for i, arm in enumerate(("treatment", "control"))}}
    common = {"label": "l", "measure": "common_odds_ratio", "benefit": "higher", "source": "s"}
    evidence = {"kind": "ordinal", "categories": list("abcd")[: len(tables[0][0])]}
    outcomes = {
        f"site_{i}": common | {"patients": f"site_{i}", "evidence": evidence | {"treatment": list(t), "control": list(c)}}
        for i, (t, c) in enumerate(tables)
    }
    trial = validate(Trial, head | {"outcomes": outcomes}, "example")
    return synthesis_of(list(trial.outcomes.values()), model="common_effect")


def by_brute_force(tables, prior_sd):
    """Mean, sd and P(above 0) of a common log odds ratio: a product over strata of multinomials, each over its own cuts.

    The shares midway between the arms are Dirichlet(c, c, c) with c = 1/(0.8 + 0.35 * 3), or beta(c, c) for two
    categories, in which the rule counts three as well; they are averaged over a grid of their own quantiles.
    """
    theta, c = np.linspace(-4, 4, 401), 1 / (0.8 + 0.35 * 3)
    log_l = stats.norm.logpdf(theta, 0, prior_sd)
    for treatment, control in tables:
        k = len(treatment)
        u = (np.arange(240 if k == 3 else 4000) + 0.5) / (240 if k == 3 else 4000)
        sticks = [special.betaincinv(c, c * (k - 1 - i), u) for i in range(k - 1)]
        first, second = np.meshgrid(*sticks, indexing="ij") if k == 3 else (sticks[0], None)
        upto = [first] if second is None else [first, first + (1 - first) * second]
        at = np.array([np.ravel(special.logit(np.clip(p, 1e-12, 1 - 1e-12))) for p in upto])
        each = []
        for one in theta:
            total = 0.0
            for counts, sign in ((treatment, 1), (control, -1)):
                cumulative = np.vstack([np.zeros(at.shape[1]), special.expit(at + sign * one / 2), np.ones(at.shape[1])])
                total = total + np.array(counts) @ np.log(np.maximum(np.diff(cumulative, axis=0), 1e-300))
            each.append(special.logsumexp(total))
        log_l = log_l + np.array(each)
    density = np.exp(log_l - log_l.max())
    density /= density.sum()
    mean = density @ theta
    above = density[theta > 1e-9].sum() + density[np.abs(theta) < 1e-9].sum() / 2
    return mean, np.sqrt(density @ (theta - mean) ** 2), above


def test_strata_have_a_common_odds_ratio_and_baselines_of_their_own():
    mean, sd, above = by_brute_force(STRATA, 0.5)
    answer = exact_answers(analysis_of(strata(STRATA), "normal(0, 0.5)"))[MU]
    assert (answer.mean, answer.sd) == pytest.approx((mean, sd), abs=0.002)
    assert answer.p_benefit == pytest.approx(above, abs=0.002)


def test_strata_of_a_dichotomy_are_those_of_mantel_and_haenszel():
    """Three large strata with odds of 3, 1 and 1/4 under control: sum(ad/n) / sum(bc/n), within a hundredth of an error."""
    tables = (((640, 160), (600, 200)), ((460, 340), (400, 400)), ((200, 600), (160, 640)))
    odds = sum(t[0] * c[1] / 1600 for t, c in tables) / sum(t[1] * c[0] / 1600 for t, c in tables)
    answer = exact_answers(analysis_of(strata(tables), "vague"))[MU]
    assert answer.mean == pytest.approx(np.log(odds), abs=0.05 * answer.sd)
    crude = np.log((1300 / 1100) / (1160 / 1240))
    assert answer.mean > crude + 0.2 * answer.sd, "pooled without strata, an odds ratio is nearer to 1"
