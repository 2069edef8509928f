"""The prior grammar."""

import pytest

from bayes.distributions import ExpressionError, parse, short_hash


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
        ("normal(0)", "2 numbers"),
        ("normal(0, -1)", "positive"),
        ("log_student_t(0, -1.7, 1.3)", "df must be positive"),
        ("normal(0, x)", "expected a number"),
        ("normal(0, 1", "cannot read"),
        ("mixture(0.5*normal(0, 1), 0.6*normal(1, 1))", "sum of 1.1"),
        ("mixture(normal(0, 1))", "weight*distribution"),
        ("spike_slab(1.5, normal(0, 1))", "between 0 and 1"),
        ("uniform(2, 1)", "below"),
        ("__import__('os').system('x')", "cannot read"),
    ],
)
def test_what_cannot_be_read_is_said(text, said):
    with pytest.raises(ExpressionError, match=said.replace("(", r"\(").replace("*", r"\*")):
        parse(text)


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
