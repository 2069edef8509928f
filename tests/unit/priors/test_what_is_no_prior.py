"""Guards and refusals: scales and sides of a prior, pairs of arms, hierarchies and tau, and what the fields of a rule must say."""


import pytest
from support.trials import endpoint, make_outcome

from bayes.base.distributions import parse
from bayes.base.toml import validate
from bayes.errors import InvalidInput, NotFormable
from bayes.priors.arm_pairs import ArmPrior
from bayes.priors.arm_pairs import form as form_arms
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.effect_rules import Arguments
from bayes.priors.hierarchy import HierarchyPrior
from bayes.priors.hierarchy import form as form_hierarchy
from bayes.priors.scale_guard import certain_side, heterogeneity_problem, scale_problem
from bayes.priors.tau import HeterogeneityPrior

COUNTS = {"kind": "binary", "treatment": {"events": 4, "n": 30}, "control": {"events": 10, "n": 40}}


@pytest.mark.parametrize(
    ("text", "measure", "said"),
    [
        ("dirichlet(1)", "odds_ratio", "not of an effect"),
        ("beta(1, 1)", "odds_ratio", "is on 0 to 1, not on the analysis scale of the odds_ratio (log)"),
        ("mixture(0.5*beta(1, 1), 0.5*normal(0, 1))", "mean_difference", "(identity)"),
        ("uniform(0, 1)", "proportion", None), ("uniform(0, 1.01)", "proportion", "is not a prior of a proportion"), ("uniform(-0.01, 1)", "proportion", "accepted: a prior on 0 to 1"),
        ("spike_slab(0.5, beta(1, 1))", "proportion", "is not a prior of a proportion"),
        ("uniform(1, 2)", "risk_difference", "has no mass between -1 and 1"), ("uniform(-3, -1)", "risk_difference", "has no mass between -1 and 1"),
        ("uniform(-3, 0.5)", "risk_difference", None), ("uniform(1, 2)", "mean_difference", "has all its mass on one side of no effect. If"),
        ("uniform(0.5, 2)", "odds_ratio", "and ln(0.8) is -0.223"), ("uniform(-2, 0)", "odds_ratio", "all its mass on one side"), ("uniform(-2, 0.1)", "odds_ratio", None),
        ("normal(4.7, 1)", "odds_ratio", None), ("normal(4.8, 1)", "odds_ratio", "all its mass on one side"), ("normal(-4.8, 1)", "odds_ratio", "all its mass on one side"),
        ("mixture(0.5*uniform(1, 2), 0.5*uniform(-2, -1))", "odds_ratio", None), ("mixture(0.5*uniform(1, 2), 0.5*uniform(2, 3))", "odds_ratio", "one side"),
        ("lognormal(0, 1)", "odds_ratio", "one side"), ("student_t(3, 9, 0.1)", "odds_ratio", None),
    ],
)  # fmt: skip
def test_a_prior_on_the_wrong_scale_or_on_one_side_is_named(text, measure, said):
    found = scale_problem(parse(text), endpoint(measure), allow_one_sided=False)
    assert found is None if said is None else said in found
    if said is not None and "side" in said:
        assert scale_problem(parse(text), endpoint(measure), allow_one_sided=True) is None


@pytest.mark.parametrize(
    ("text", "null", "side"),
    [
        ("normal(0, 1)", 0, 0), ("normal(9, 1)", 0, 1), ("normal(-9, 1)", 0, -1), ("half_normal(1)", 0, 1), ("uniform(-1, 0)", 0, -1), ("uniform(-1, 1)", 0, 0),
        ("beta(1, 1)", 0.7, 0), ("uniform(0.7, 1)", 0.7, 1), ("uniform(0, 0.7)", 0.7, -1), ("uniform(0.71, 1)", 0.7, 1), ("uniform(0.69, 1)", 0.7, 0),
        ("spike_slab(0.5, normal(9, 1))", 0, 0),
    ],
)  # fmt: skip
def test_the_side_that_has_all_the_mass(text, null, side):
    assert certain_side(parse(text), null) == side


@pytest.mark.parametrize(("text", "accepted"), [("half_normal(0.3)", True), ("lognormal(0, 1)", True), ("uniform(0, 1)", True), ("uniform(-0.1, 1)", False), ("normal(1, 0.1)", False), ("beta(1, 1)", False), ("dirichlet(1)", False), ("mixture(0.5*half_normal(1), 0.5*half_normal(2))", False)])
def test_tau_has_one_distribution_on_the_positive_line(text, accepted):
    assert (heterogeneity_problem(parse(text)) is None) == accepted


ARMS = {"rule": "map", "historical": [{"events": 6, "n": 56}]}


@pytest.mark.parametrize(
    ("treatment", "control", "symmetric", "words"),
    [
        ("beta(1, 1)", "beta(1, 1)", True, "treatment beta(1, 1), control beta(1, 1)"),
        ("beta(1, 1)", "beta(1, 2)", False, "treatment beta(1, 1), control beta(1, 2)"),
        (ARMS, "beta(1, 1)", False, "treatment 1 historical arm, control beta(1, 1)"),
        ("beta(1, 1)", ARMS | {"historical": 2 * ARMS["historical"]}, False, "treatment beta(1, 1), control 2 historical arms"),
    ],
)
def test_pairs_of_arms(treatment, control, symmetric, words):
    pair = validate(ArmPrior, {"treatment": treatment, "control": control}, "set").pair
    assert (str(pair), pair.symmetric_about(0), pair.symmetric_about(0.1), pair.symmetric_about(-0.1)) == (words, symmetric, False, False)
    assert pair.needs_forming == ("historical" in words) and pair.family == "beta"
    if pair.needs_forming:
        with pytest.raises(TypeError, match="has not been formed"):
            _ = pair.formed
    else:
        assert pair.formed == pair.arms


@pytest.mark.parametrize(
    ("prior", "said"),
    [
        (("beta(1, 1)", "gamma(1, 1)"), "found beta, gamma; accepted: beta(a, b) for both risks"), (("normal(0, 1)", "normal(0, 1)"), "found normal; accepted"),
        ((ARMS | {"historical": []}, "beta(1, 1)"), "no arms are stated"), ((ARMS | {"location": "uniform(0, 1)"}, "beta(1, 1)"), "is not a prior of a mean log odds"),
        ((ARMS | {"location": "spike_slab(0.5, normal(0, 1))"}, "beta(1, 1)"), "is not a prior of a mean log odds"), ((ARMS | {"heterogeneity": "normal(0, 1)"}, "beta(1, 1)"), "is not a prior of tau"),
        ((ARMS | {"robust": 1}, "beta(1, 1)"), "robust"), ((ARMS | {"historical": [{"events": 57, "n": 56}]}, "beta(1, 1)"), "57 events exceed n = 56"),
    ],
)  # fmt: skip
def test_arms_that_are_no_pair_are_refused(prior, said):
    with pytest.raises(InvalidInput) as caught:
        validate(ArmPrior, dict(zip(("treatment", "control"), prior, strict=True)), "set")
    assert said in str(caught.value)


def test_pairs_suit_the_evidence_that_has_their_parameters():
    risks, rates = (ArmPrior(treatment=one, control=one) for one in ("beta(1, 1)", "gamma(1, 1)"))
    events = {"kind": "events", "treatment": {"events": 3, "n": 20}, "control": {"events": 5, "n": 20}}
    counts = make_outcome("odds_ratio", "lower", COUNTS)
    poisson = make_outcome("rate_ratio", "lower", events | {"dispersion": "poisson"})
    assert form_arms(risks, counts) == risks.pair and form_arms(rates, poisson) == rates.pair
    for prior, about in ((risks, poisson), (rates, counts), (rates, make_outcome("rate_ratio", "lower", events)), (risks, endpoint("odds_ratio"))):
        with pytest.raises(NotFormable, match="priors of the arms require"):
            form_arms(prior, about)


EARLIER = [{"outcome": "mesems:gel_24w", "weight": 0.5}]


def assert_stated(prior, fields, said):
    """A prior of a set is accepted with these fields or, if `said` is text, refused with it."""
    if said is None:
        validate(prior, fields, "set")
    else:
        with pytest.raises(InvalidInput) as caught:
            validate(prior, fields, "set")
        assert said in str(caught.value)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rule": "sceptical", "tail": 0.99}, None), ({"rule": "sceptical", "tail": 1}, "tail"), ({"rule": "sceptical", "tail": 0}, "tail"), ({"rule": "sceptical", "tail": 1.5}, "tail"),
        ({}, "found neither `rule` nor `distribution`"), ({"rule": "vague", "distribution": "normal(0, 1)"}, "found both `rule` and `distribution`"),
        ({"rule": "evidence", "outcomes": EARLIER}, None), ({"rule": "evidence"}, "`outcomes` are missing"), ({"rule": "vague", "outcomes": EARLIER}, "`outcomes` are not available for this prior"),
        ({"rule": "map", "synthesis": "s"}, None), ({"rule": "map"}, "`synthesis` is missing"), ({"rule": "vague", "synthesis": "s"}, "`synthesis` is not available for this prior"),
        ({"rule": "map", "synthesis": "s", "heterogeneity": "half_normal(1)", "without_own": True}, None), ({"rule": "vague", "heterogeneity": "half_normal(1)"}, 'only for rule "map"'), ({"rule": "vague", "without_own": True}, 'only for rule "map"'),
        ({"rule": "evidence", "outcomes": EARLIER, "initial": "normal(0, 1)", "robust": 0.2}, None), ({"rule": "vague", "initial": "normal(0, 1)"}, "`initial` and `robust` are available only"), ({"rule": "vague", "robust": 0.2}, "`initial` and `robust` are available only"),
        ({"rule": "evidence", "outcomes": [{"outcome": "a:b", "weight": 0}]}, "all weights are 0"), ({"rule": "evidence", "outcomes": [{"outcome": "a:b", "weight": 1}]}, None),
        ({"rule": "evidence", "outcomes": [{"outcome": "a:b", "weight": 1.01}]}, "weight"), ({"rule": "evidence", "outcomes": [{"outcome": "a:b", "weight": -0.1}]}, "weight"),
        ({"rule": "map", "synthesis": "s", "robust_component": "normal(0, 1)"}, "`robust` is missing"), ({"rule": "map", "synthesis": "s", "robust": 0.2, "robust_component": "normal(0, 1)"}, None),
        ({"rule": "map", "synthesis": "s", "robust": 1}, "robust"), ({"rule": "neutral", "reference_risk": 1}, "reference_risk"), ({"rule": "field", "field": "Strok"}, "field"),
    ],
)  # fmt: skip
def test_a_prior_states_what_its_rule_takes(fields, said):
    assert_stated(EffectPrior, fields, said)


def test_arguments_are_those_stated_or_the_defaults():
    assert EffectPrior(rule="sceptical").arguments == Arguments()
    stated = EffectPrior(rule="sceptical", tail=0.1, threshold="planned", centre="planned", strength="weak", field="Stroke", reference_risk=0.3)
    assert stated.arguments == Arguments(0.1, "planned", "planned", "weak", "Stroke", 0.3)


TABLE = {
    "kind": "adverse_events",
    "n": {"treatment": 50, "control": 52},
    "rows": [{"term": term, "soc": soc, "treatment": {"persons": 3}, "control": {"persons": 2}} for soc, term in (("a", "x"), ("a", "y"), ("b", "z"))],
}


def test_a_hierarchy_needs_two_rows_that_do_not_overlap():
    prior = HierarchyPrior()
    formed = form_hierarchy(prior, make_outcome("odds_ratio", "lower", TABLE))
    assert formed.flag == (0.8, 0.95) and formed.baseline_offset == 0.0 and formed.symmetric_about(0) and not formed.symmetric_about(1)
    assert str(formed).endswith("share of no effect beta(1 + gamma(1, 1), 1 + same), baseline midpoint, flags 0.8, 0.95)")
    other = HierarchyPrior(point_mass=False, baseline="control", flag=()).hierarchy
    assert str(other).endswith("no point mass, baseline control, flags none)") and other.baseline_offset == 0.5 and list(other.roles) == ["location", "variance"]
    two, one = (TABLE | {"rows": TABLE["rows"][:k]} for k in (2, 1))
    form_hierarchy(prior, make_outcome("odds_ratio", "lower", two))
    for about, said in (
        (make_outcome("odds_ratio", "lower", one), "a single row"),
        (make_outcome("odds_ratio", "lower", COUNTS), "requires 'adverse_events' evidence"),
        (make_outcome("odds_ratio", "lower", TABLE | {"rows": [TABLE["rows"][0], TABLE["rows"][1] | {"term": "any"}]}), "a/any includes the events in the other rows"),
        (make_outcome("odds_ratio", "lower", TABLE | {"rows": [TABLE["rows"][0], TABLE["rows"][2] | {"soc": "any"}]}), "any includes the events in the other classes"),
    ):
        with pytest.raises(NotFormable, match=said):
            form_hierarchy(prior, about)
    alone = TABLE | {"rows": [TABLE["rows"][0] | {"soc": "any"}, TABLE["rows"][1] | {"soc": "any"}]}
    form_hierarchy(prior, make_outcome("odds_ratio", "lower", alone))


@pytest.mark.parametrize(("fields", "said"), [({"location": "half_normal(1)"}, "accepted: normal, student_t"), ({"variance": "normal(0, 1)"}, "found normal"), ({"share": "normal(0, 1)"}, "found normal"), ({"point_mass": False, "share": "gamma(1, 1)"}, "not used without a point mass"), ({"flag": [1]}, "flag"), ({"flag": [0]}, "flag")])
def test_hyperpriors_of_other_families_are_refused(fields, said):
    with pytest.raises(InvalidInput, match=said):
        validate(HierarchyPrior, fields, "set")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"rule": "default", "width": 0.5, "family": "half_cauchy"}, None), ({"distribution": "half_normal(1)"}, None), ({}, "found neither"), ({"rule": "default", "distribution": "half_normal(1)"}, "found both"),
        ({"rule": "default", "outcome": "x"}, "not available for rule 'default': outcome; accepted: family, width"), ({"distribution": "half_normal(1)", "width": 1}, "not available for a distribution: width; accepted: no arguments"),
        ({"distribution": "normal(0, 1)"}, "is not a prior of tau"), ({"rule": "dumouchel", "field": "Stroke"}, "not available for rule 'dumouchel': field"), ({"rule": "field", "field": "Stroke"}, None),
    ],
)  # fmt: skip
def test_a_prior_of_tau_states_what_its_rule_takes(fields, said):
    assert_stated(HeterogeneityPrior, fields, said)


@pytest.mark.parametrize("rule", ["calibrated", "cochrane", "enthusiastic"])
def test_outcomes_are_for_the_rule_that_borrows_from_them(rule):
    with pytest.raises(InvalidInput, match="`outcomes` are not available for this prior"):
        validate(EffectPrior, {"rule": rule, "outcomes": EARLIER}, "set")
