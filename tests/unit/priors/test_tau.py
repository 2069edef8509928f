"""Priors of tau: published tables as data, the rules that read them, and the log-Student-t they need."""

import pytest
from support.noted import noted
from support.trials import formed

from bayes import load_priors
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.errors import InvalidInput, NotFormable
from bayes.posterior.description import heterogeneity_of
from bayes.priors.sets import PriorSet
from bayes.priors.tau import OutcomeClass, find_heterogeneity
from bayes.synthesis.file import load_synthesis

# --- the rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "prior", "expected"),
    [
        ("odds_ratio", {"rule": "default"}, "half_normal(0.3)"),
        ("standardised_mean_difference", {"rule": "default"}, "half_normal(0.2)"),
        ("risk_difference", {"rule": "default"}, "half_normal(0.06)"),
        ("hazard_ratio", {"rule": "default", "width": 0.5}, "half_normal(0.5)"),
        ("risk_difference", {"rule": "default", "width": 0.45}, "half_normal(0.09)"),
        ("rate_ratio", {"rule": "default", "family": "half_cauchy"}, "half_cauchy(0.3)"),
        ("odds_ratio", {"rule": "field", "field": "Stroke"}, "inverse_gamma(1.36, 0.21)"),
        ("risk_ratio", {"rule": "field", "field": "MS & rare CNS"}, "inverse_gamma(1.58, 0.35)"),
        ("risk_difference", {"rule": "field", "field": "Stroke"}, "half_normal(0.06)"),
        ("hazard_ratio", {"rule": "field", "field": "Stroke"}, "inverse_gamma(2.42, 0.3)"),
        ("standardised_mean_difference", {"rule": "field", "field": "Oral Health"}, "inverse_gamma(1.79, 0.28)"),
        (
            "common_odds_ratio",
            {"rule": "turner", "outcome": "pain", "comparison": "non_pharma_v_pharma"},
            "lognormal(-0.4, 0.625)",
        ),
        ("standardised_mean_difference", {"rule": "rhodes", "outcome": "any"}, "log_student_t(5, -1.72, 1.295)"),
        ("odds_ratio", {"distribution": "lognormal(-0.935, 0.76)"}, "lognormal(-0.935, 0.76)"),
    ],
)
def test_rules_form_the_tabled_distribution(measure, prior, expected):
    assert str(formed(measure, **prior).distribution) == expected


def test_mean_differences_scale_with_their_standard_deviation():
    assert str(formed("mean_difference", sd_ref=12.0, rule="default").distribution) == "half_normal(2.4)"
    field = formed("mean_difference", sd_ref=10.0, rule="field", field="Stroke")
    assert str(field.distribution) == "inverse_gamma(1.71, 4)" and "standard deviation 10" in field.basis


def test_the_synthesis_states_what_the_prior_leaves_open():
    setting = OutcomeClass(outcome="adverse_events", comparison="non_pharma_v_placebo", field="Heart")
    turner = formed("odds_ratio", setting, rule="turner")
    assert str(turner.distribution) == "lognormal(-1.05, 0.855)"
    assert turner.basis == "Turner 2015, adverse events, non-pharmacological v placebo / control"
    own = formed("odds_ratio", setting, rule="turner", comparison="pharma_v_placebo")
    assert str(own.distribution) == "lognormal(-0.935, 0.76)"
    # Rhodes joins Turner's finer classes
    assert str(formed("standardised_mean_difference", setting, rule="rhodes").distribution) == (
        "log_student_t(5, -1.51, 1.135)"
    )
    assert str(formed("risk_ratio", setting, rule="field").distribution) == "inverse_gamma(1.96, 0.24)"


def test_a_suspect_cell_says_so_in_its_basis():
    about = {"rule": "rhodes", "outcome": "mental_health", "comparison": "non_pharma"}
    assert "cell suspect: location -3.85" in formed("standardised_mean_difference", **about).basis
    assert "suspect" not in formed("standardised_mean_difference", **about, area="cancer").basis


@pytest.mark.parametrize(
    ("measure", "prior", "said"),
    [
        (
            "risk_ratio",
            {"rule": "turner", "outcome": "any"},
            "Turner 2015 applies to log odds ratios, not to a risk ratio",
        ),
        ("odds_ratio", {"rule": "rhodes", "outcome": "any"}, "Rhodes 2015 applies to standardised mean differences"),
        ("mean_difference", {"rule": "rhodes", "outcome": "any"}, "Rhodes 2015 applies to standardised mean differences"),
        ("odds_ratio", {"rule": "turner"}, "no outcome class is stated"),
        ("odds_ratio", {"rule": "turner", "outcome": "pain"}, "no `comparison` is stated; accepted: pharma_v_placebo"),
        ("odds_ratio", {"rule": "field"}, "not state a Cochrane `field`"),
        ("odds_ratio", {"rule": "field", "field": "Childhood Cancer"}, "heterogeneity table has no entry .* 'Childhood Cancer'"),
        ("rate_ratio", {"rule": "field", "field": "Stroke"}, "no entry for a rate ratio"),
        ("mean_difference", {"rule": "default"}, "no `sd_ref` is stated"),
    ],
)
def test_what_cannot_be_formed_is_said(measure, prior, said):
    with pytest.raises(NotFormable, match=f"heterogeneity 'it': .*{said}"):
        formed(measure, **prior)


def test_a_class_that_one_table_lacks_is_refused_by_it_alone():
    setting = OutcomeClass(outcome="all_cause_mortality", comparison="non_pharma")
    with pytest.raises(NotFormable, match="no outcome 'all_cause_mortality'"):
        formed("standardised_mean_difference", setting, rule="rhodes")
    with pytest.raises(NotFormable, match="no comparison 'non_pharma'"):
        formed("odds_ratio", setting, rule="turner")


def test_a_set_names_every_mistake_of_its_priors_of_tau():
    wrong = {
        "a": {"rule": "turner", "outcome": "pian"},
        "b": {"rule": "rhodes", "comparison": "pharma_v_placbo"},
        "c": {"rule": "default", "area": "cancer"},
        "d": {"rule": "default", "distribution": "half_normal(1)"},
        "e": {"distribution": "half_normal(1)", "width": 0.5},
        "f": {"rule": "turnr"},
        "g": {"distribution": "mixture(0.5*half_normal(1), 0.5*half_normal(2))"},
        "h": {"rule": "field", "field": "Strok"},
    }
    with pytest.raises(InvalidInput) as caught:
        validate(PriorSet, {"heterogeneity": wrong}, "bad.toml")
    said = str(caught.value)
    for part in (
        "heterogeneity.a.outcome: 'pian' is not in the table; did you mean 'pain'",
        "heterogeneity.b.comparison: 'pharma_v_placbo' is not in the table; did you mean 'pharma_v_placebo'",
        "heterogeneity.c: not available for rule 'default': area; accepted: family, width",
        "heterogeneity.d: found both `rule` and `distribution`; exactly one of them is required",
        "heterogeneity.e: not available for a distribution: width; accepted: no arguments",
        "did you mean 'turner'",
        "heterogeneity.g: mixture",
        "heterogeneity.h.field: 'Strok' is not in the table; did you mean 'Stroke'",
    ):
        assert part in said


def test_a_prior_of_tau_is_found_by_name_rule_or_expression():
    offered = load_priors().heterogeneity
    assert find_heterogeneity("wide", offered)[1].width is not None
    assert find_heterogeneity("field", {})[1].rule == "field"
    name, prior = find_heterogeneity("half_normal(0.30)", offered)
    assert len(name) == 8 and prior.distribution == "half_normal(0.3)"
    with pytest.raises(InvalidInput, match="did you mean 'turner'"):
        find_heterogeneity("tuner", offered)
    with pytest.raises(InvalidInput, match="positive line"):
        find_heterogeneity("normal(0, 1)", offered)


# --- in a plan --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped():
    return load_synthesis("msc_stroke_mrs")


def test_the_default_set_offers_those_that_can_be_formed(shipped):
    (analysis,) = make_plan([shipped], load_priors(), ["neutral"]).analyses
    assert {h.name: str(h.distribution) for h in analysis.other_heterogeneity} == {
        "plain": "half_normal(0.3)",
        "wide": "half_normal(0.5)",
        "half_cauchy": "half_cauchy(0.3)",
        "turner": "lognormal(-1.27, 0.77)",
        "field": "inverse_gamma(1.36, 0.21)",
    }
    assert analysis.not_formed == ()
    assert all(h.rationale and h.source for h in load_priors().heterogeneity.values())


def test_the_basis_reaches_the_rows(shipped):
    (analysis,) = make_plan([shipped], load_priors(), ["neutral"], heterogeneity="turner").analyses
    used = heterogeneity_of(analysis)
    assert used.name == "turner" and used.distribution == "lognormal(-1.27, 0.77)"
    assert used.basis.startswith("Turner 2015, quality of life / functioning")
    assert analysis.key == "msc_stroke_mrs--random_effects.turner--neutral"


def test_a_prior_of_tau_that_cannot_be_formed_is_a_row_with_the_reason(shipped):
    plan = make_plan([shipped], load_priors(), ["neutral", "vague"], heterogeneity="rhodes")
    assert not plan.analyses
    assert [s.prior.name for s in plan.skipped] == ["neutral", "vague"]
    assert "heterogeneity 'rhodes': Rhodes 2015 applies to standardised mean differences" in plan.skipped[0].reason


def test_one_that_a_set_always_wants_is_missed_aloud(shipped):
    priors = validate(PriorSet, {"heterogeneity": {"always": {"rule": "rhodes", "outcome": "any"}}}, "mine.toml")
    (analysis,) = make_plan([shipped], priors, ["neutral"]).analyses
    assert analysis.other_heterogeneity == ()
    assert any("heterogeneity 'always': Rhodes 2015" in note for note in noted(analysis, None, None))


def test_a_synthesis_file_takes_a_rule_and_checks_its_classes(tmp_path, shipped):
    text = (
        'id = "mine"\nlabel = "l"\nmeasure = "common_odds_ratio"\nbenefit = "higher"\noutcomes = ["treasure:mrs_90d"]\n'
    )
    path = tmp_path / "mine.toml"
    path.write_text(
        text
        + 'outcome_class = "mental_health"\nheterogeneity = { rule = "turner", comparison = "pharma_v_pharma", rationale = "r" }\n'
    )
    (analysis,) = make_plan([load_synthesis(path)], load_priors(), ["neutral"]).analyses
    assert analysis.heterogeneity.name == "stated"
    assert str(analysis.heterogeneity.distribution) == "lognormal(-1.175, 0.8)"
    path.write_text(text + 'outcome_class = "mental_helth"\ncomparison = "pharma"\n')
    with pytest.raises(InvalidInput) as caught:
        load_synthesis(path)
    assert "did you mean 'mental_health'" in str(caught.value) and "comparison: 'pharma'" in str(caught.value)
