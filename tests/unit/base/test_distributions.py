"""The prior grammar."""

import math
from decimal import Decimal
from statistics import NormalDist

import pytest

from bayes.base.distributions import parse, short_hash
from bayes.base.expressions import ExpressionError
from bayes.errors import NotFormable
from bayes.paper.endpoint import Endpoint
from bayes.priors.effect_rules import form


@pytest.mark.parametrize(
    "text",
    [
        "normal(0, 0.355)",
        "student_t(4, -0.1, 0.5)",
        "half_normal(0.3)",
        "half_cauchy(1)",
        "half_student_t(3, 2.5)",
        "lognormal(-0.935, 0.76)",
        "log_student_t(5, -1.72, 1.295)",
        "inverse_gamma(1.71, 0.4)",
        "lomax(1, 0.0798)",
        "uniform_shrinkage(0.08)",
        "beta(2.68, 1.32)",
        "gamma(2, 1)",
        "dirichlet(0.3)",
        "uniform(-2, 2)",
        "mixture(0.5*normal(0, 0.2), 0.5*normal(-0.4, 0.2))",
        "spike_slab(0.5, normal(0, 0.35))",
    ],
)
def test_every_expression_of_the_contract_survives_a_round_trip(text):
    assert str(parse(text)) == text
    assert parse(str(parse(f"  {text} "))) == parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nrmal(0, 1)", "did you mean 'normal'"),
        ("normal(0)", "1 given instead of 2 numbers"),
        ("normal(0, -1)", "positive"),
        ("log_student_t(0, -1.7, 1.3)", "df must be positive"),
        ("normal(0, x)", "expected a number"),
        ("normal(0, 1", "cannot read"),
        ("mixture(0.5*normal(0, 1), 0.6*normal(1, 1))", "sum to 1.1"),
        ("mixture(normal(0, 1))", "weight*distribution"),
        ("spike_slab(1.5, normal(0, 1))", "between 0 and 1"),
        ("uniform(2, 1)", "below"),
        ("interval(0.5, 2)", "describes an effect; accepted: a distribution of the parameter itself"),
        ("mixture(0.5*normal(0, 1), 0.5*interval(0.5, 2))", "describes an effect"),
        ("__import__('os').system('x')", "cannot read"),
    ],
)
def test_what_cannot_be_read_is_said(text, said):
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(").replace("*", r"\*")):
        parse(text)


@pytest.mark.parametrize(
    ("measure", "low", "high"), [("hazard_ratio", 0.5, 2), ("risk_difference", -0.1, 0.3), ("mean_difference", -10, 4)]
)
def test_an_interval_is_the_normal_with_these_quantiles_on_the_own_scale(measure, low, high):
    formed = parse(f"interval({low}, {high})", of_effect=True).of_effect(measure)
    normal = NormalDist(*formed.args)
    scale = math.log if measure == "hazard_ratio" else float
    assert formed.name == "normal"
    assert [normal.cdf(scale(low)), normal.cdf(scale(high))] == pytest.approx([0.025, 0.975], abs=1e-12)


def test_an_interval_may_be_a_part_of_a_prior():
    mixed = parse("mixture(0.25*interval(0.5, 2), 0.75*normal(0, 1))", of_effect=True).of_effect("odds_ratio")
    assert [(w, d.name) for w, d in mixed.components] == [(0.25, "normal"), (0.75, "normal")]
    spiked = parse("spike_slab(0.5, interval(0.5, 2))", of_effect=True).of_effect("odds_ratio")
    assert spiked.spike == 0.5 and spiked.symmetric_about(0)


@pytest.mark.parametrize(("measure", "text"), [("odds_ratio", "interval(-1, 2)"), ("risk_difference", "interval(0, 2)")])
def test_limits_that_are_no_values_of_the_measure_are_refused(measure, text):
    with pytest.raises(ExpressionError, match=f"own scale of the {measure}"):
        parse(text, of_effect=True).of_effect(measure)


def test_symmetry_is_seen():
    assert parse("normal(0, 2)").symmetric_about(0)
    assert parse("mixture(0.5*normal(-1, 0.2), 0.5*normal(1, 0.2))").symmetric_about(0)
    assert parse("beta(2, 2)").symmetric_about(0.5)
    assert not parse("normal(0.1, 2)").symmetric_about(0)
    assert not parse("mixture(0.4*normal(-1, 0.2), 0.6*normal(1, 0.2))").symmetric_about(0)


def test_the_order_of_moments_that_exist_is_seen():
    assert parse("log_student_t(5, -1.72, 1.295)").heaviest_df == 0
    assert parse("mixture(0.5*normal(0, 1), 0.5*student_t(4, 0, 1))").heaviest_df == 4
    assert parse("log_student_t(5, -1.72, 1.295)").support == (0, float("inf"))


def test_a_key_does_not_depend_on_spacing():
    assert short_hash(str(parse("normal(0,.355)"))) == short_hash(str(parse("normal( 0, 0.355 )")))
    assert len(short_hash("normal(0, 1)")) == 8


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("normal(0, 0)", "sd must be positive and finite"),
        ("normal(0, 1e400)", "sd must be positive and finite"),
        ("normal(1e13, 1)", "mean is out of range, found 1e+13; accepted: up to 1e+12"),
        ("normal(0, 1e-13)", "sd is out of range, found 1e-13; accepted: 1e-12 to 1e+12"),
        ("student_t(1e-12, 0, 1)", "df is out of range, found 1e-12; accepted: 0.1 to 1e+12"),
        ("beta(1e-5, 1)", "a is out of range, found 1e-05; accepted: 0.0001 to 1e+12"),
        ("mixture(0.5*normal(0, 1), 0.5*normal(0, 0))", "sd must be positive"),
        ("normal(0, " + "9" * 5000 + ")", "sd must be positive and finite"),
        ("normal(0, 1" + "0" * 400 + ")", "sd must be positive and finite"),
        ("normal(" * 1000, "cannot read"),
        ("normal(\x000)", "cannot read"),
    ],
)
def test_numbers_that_nothing_computes_with_are_refused_with_their_range(text, words):
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    assert words in str(caught.value) and len(str(caught.value)) < 300


@pytest.mark.parametrize("rule", ["sceptical", "enthusiastic", "pessimistic", "optimistic", "neutral"])
def test_no_rule_forms_a_prior_without_a_width(rule):
    """A threshold next to no effect, or an SD of next to nothing: the sampler would end in a native backtrace."""
    about = {"label": "l", "benefit": "higher", "mcid": {"value": Decimal("1.000000000001"), "rationale": "r"}}
    about["planned"] = {"value": Decimal("1.000000000001"), "source": "s"}
    near = Endpoint.model_validate(about | {"measure": "odds_ratio"})
    narrow = Endpoint.model_validate(
        about | {"measure": "mean_difference", "sd_ref": Decimal("1e-12"), "mcid": None, "planned": None}
    )
    with pytest.raises(NotFormable, match="out of range"):
        form(rule, narrow if rule == "neutral" else near)


@pytest.mark.parametrize(
    ("text", "centre", "symmetric"),
    [
        ("normal(0.5, 1)", 0.5, True), ("normal(0.5, 1)", 0, False), ("normal(-0.5, 1)", 0.5, False),
        ("student_t(3, 0.5, 2)", 0.5, True), ("student_t(3, 0.5, 2)", 0.25, False), ("student_t(3, -0.5, 2)", 0.5, False),
        ("uniform(-1, 2)", 0.5, True), ("uniform(-1, 2)", 0, False), ("uniform(0, 1)", 0.25, False),
        ("beta(2, 2)", 0.5, True), ("beta(2, 3)", 0.5, False), ("beta(2, 2)", 0, False),
        ("lognormal(0, 1)", 0, False), ("half_normal(1)", 0, False), ("gamma(2, 2)", 0, False),
        ("mixture(0.5*normal(-1, 0.2), 0.5*normal(2, 0.2))", 0.5, True),
        ("mixture(0.5*normal(-1, 0.2), 0.5*normal(2, 0.3))", 0.5, False),
        ("mixture(0.4*normal(-1, 0.2), 0.6*normal(2, 0.2))", 0.5, False),
        ("mixture(0.2*normal(-1, 0.2), 0.2*normal(2, 0.2), 0.6*student_t(3, 0.5, 1))", 0.5, True),
        ("mixture(0.5*uniform(-2, -1), 0.5*uniform(1, 2))", 0, True),
        ("mixture(0.5*uniform(-2, -1), 0.5*uniform(1, 3))", 0, False),
        ("mixture(0.5*beta(2, 3), 0.5*beta(3, 2))", 0.5, True),
        ("spike_slab(0.3, normal(0, 1))", 0, True), ("spike_slab(0.3, normal(0.1, 1))", 0, False),
    ],
)  # fmt: skip
def test_symmetry_about_a_centre(text, centre, symmetric):
    assert parse(text).symmetric_about(centre) == symmetric


def test_rounding_in_the_last_digits_does_not_break_a_symmetry():
    centre = 0.1234567890123456
    for text in (f"normal({centre}, 0.1234567890123456)", f"student_t(3.1234567890123456, {centre}, 0.1234567890123456)", f"uniform({centre - 0.1234567890123}, {centre + 0.1234567890123})", "beta(2.1234567890123456, 2.1234567890123456)"):
        assert parse(text).symmetric_about(0.5 if text.startswith("beta") else centre), text
    assert parse("mixture(0.5*normal(-0.3, 0.2), 0.5*normal(0.30000000000000004, 0.2))").symmetric_about(0)
    assert not parse("mixture(0.5*normal(-0.3, 0.2), 0.5*normal(0.30000000001, 0.2))").symmetric_about(0)


@pytest.mark.parametrize(
    ("text", "df"),
    [
        ("normal(0, 1)", math.inf), ("student_t(3, 0, 1)", 3), ("half_student_t(2.5, 1)", 2.5), ("inverse_gamma(1.7, 0.4)", 1.7), ("lomax(1, 0.1)", 1),
        ("half_cauchy(1)", 1), ("uniform_shrinkage(0.1)", 2), ("log_student_t(5, 0, 1)", 0), ("lognormal(0, 1)", math.inf),
        ("mixture(0.5*normal(0, 1), 0.5*student_t(4, 0, 1))", 4),
    ],
)  # fmt: skip
def test_moments_of_the_order_of_the_heaviest_tail_do_not_exist(text, df):
    assert parse(text).heaviest_df == df


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("spike_slab(0, normal(0, 1))", "must be between 0 and 1, found 0"),
        ("spike_slab(1, normal(0, 1))", "must be between 0 and 1, found 1"),
        ("spike_slab(normal(0, 1), 0.5)", "spike_slab takes a weight and a distribution"),
        ("spike_slab(0.5, normal(0, 1), 0.5)", "spike_slab takes a weight and a distribution"),
        ("spike_slab(0.5)", "spike_slab takes a weight and a distribution"),
        ("spike_slab(0.5, spike_slab(0.5, normal(0, 1)))", "the slab cannot be spike_slab"),
        ("mixture(0.5*normal(0, 1), 0.5*spike_slab(0.5, normal(0, 1)))", "a mixture cannot contain spike_slab or dirichlet"),
        ("mixture(0.5*normal(0, 1), 0.49*normal(1, 1))", "sum to 0.99"),
        ("mixture(1.5*normal(0, 1), -0.5*normal(1, 1))", "positive weights that sum to 1"),
        ("mixture(1*normal(0, 1), 0*normal(1, 1))", "positive weights that sum to 1"),
        ("uniform(2, 2)", "below"),
        ("normal(0, 0)", "positive"),
        ("beta(0, 1)", "positive"),
        ("gamma(1, 0)", "positive"),
    ],
)  # fmt: skip
def test_limits_of_weights_and_parameters_are_refused(text, said):
    with pytest.raises(ExpressionError, match=said):
        parse(text)


def test_weights_of_mixtures_within_mixtures_multiply():
    found = parse("mixture(0.5 * normal(0, 1), 0.5 * mixture(0.4 * normal(0, 2), 0.6 * normal(1, 1)))").components
    assert [(weight, str(part)) for weight, part in found] == [(0.5, "normal(0, 1)"), (pytest.approx(0.2), "normal(0, 2)"), (pytest.approx(0.3), "normal(1, 1)")]
