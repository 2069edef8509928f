"""The one formatter: no certainty that is none, digits that say what they can, one way everywhere."""

import re
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes.base.naming import named
from bayes.base.numbers import (
    alike,
    article,
    digits,
    equals,
    in_table,
    in_words,
    interval,
    number,
    p_value,
    percent,
    probability,
    rounded,
    significant,
)
from bayes.base.numbers_needed import number_needed


@pytest.mark.parametrize(
    ("p", "prose", "table", "share"),
    [
        (0.0, "<0.001", "<0.001", "less than 0.1%"),
        (0.0004, "<0.001", "<0.001", "less than 0.1%"),
        (0.0006, "0.001", "0.001", "0.1%"),
        (0.007, "0.007", "0.007", "0.7%"),
        (0.25, "0.25", "0.250", "25%"),
        (0.99, "0.99", "0.990", "99%"),
        (0.997, "0.997", "0.997", "99.7%"),
        (0.9996, ">0.999", ">0.999", "more than 99.9%"),
        (1.0, ">0.999", ">0.999", "more than 99.9%"),
    ],
)
def test_a_probability_reads_one_way(p, prose, table, share):
    assert (probability(p), probability(p, table=True), percent(p)) == (prose, table, share)


def test_what_is_missing_is_an_empty_cell():
    assert probability(None) == in_table(None) == ""


def test_infinity_is_a_word():
    assert (significant(inf), significant(-inf), number(inf)) == ("infinity", "-infinity", "infinity")


def test_a_bound_is_a_word_in_a_sentence():
    assert (in_words(0.0001), in_words(0.9999), in_words(0.5)) == ("below 0.001", "above 0.999", "0.50")


@given(st.floats(0, 1))
def test_no_probability_is_written_as_a_certainty(p):
    for written in (probability(p), probability(p, table=True)):
        if not written.startswith(("<", ">")):
            assert 0 < float(written) < 1 and abs(float(written) - p) <= 0.005 + 1e-9
    assert percent(p) not in ("0%", "100%", "0.0%", "100.0%")


@pytest.mark.parametrize(
    ("value", "prose", "table"),
    [
        (0, "0", "0.000"),
        (0.0123, "0.012", "0.012"),
        (0.78, "0.78", "0.780"),
        (-3.14159, "-3.14", "-3.142"),
        (12.34, "12.3", "12.34"),
        (180.2, "180", "180.2"),
        (25090.4, "25,090", "25,090"),
    ],
)
def test_a_number_reads_one_way(value, prose, table):
    assert (number(value), in_table(value)) == (prose, table)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 1e3))
def test_an_interval_keeps_its_order(middle, below, above):
    low, high = middle - below, middle + above
    shown = [float(x.replace(",", "")) for x in re.findall(r"-?[\d,]+(?:\.\d+)?(?:e-?\d+)?", interval(middle, low, high))]
    assert len(shown) == 3 and shown[1] <= shown[0] <= shown[2]


@pytest.mark.parametrize(
    ("p", "prose", "table", "share"),
    [
        (0.0005, "0.001", "0.001", "0.1%"), (0.00049, "<0.001", "<0.001", "less than 0.1%"), (0.9995, ">0.999", ">0.999", "more than 99.9%"), (0.99949, "0.999", "0.999", "99.9%"),
        (0.01, "0.01", "0.010", "1%"), (0.0099, "0.010", "0.010", "1.0%"), (0.9901, "0.990", "0.990", "99.0%"),
    ],
)  # fmt: skip
def test_the_digits_of_a_probability_change_at_its_limits(p, prose, table, share):
    assert (probability(p), probability(p, table=True), percent(p)) == (prose, table, share)


@pytest.mark.parametrize(
    ("value", "prose", "table"),
    [(0.0999, "0.1", "0.100"), (0.1, "0.10", "0.100"), (0.123, "0.12", "0.123"), (-0.0123, "-0.012", "-0.012"), (9.994, "9.99", "9.994"), (10, "10", "10"), (10.06, "10.1", "10.06"), (-10.06, "-10.1", "-10.06")],
)
def test_the_digits_of_a_number_change_at_a_tenth_and_at_ten(value, prose, table):
    assert (number(value), in_table(value)) == (prose, table)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((1, 0.9, 1.1), ("1.00", "0.90", "1.10")), ((1, 0.91, 1.09), ("1.000", "0.910", "1.090")), ((5, 0, 9.99), ("5.00", "0.00", "9.99")),
        ((5, 0, 10), ("5.00", "0.00", "10.00")), ((-5, -10, 0), ("-5.00", "-10.00", "0.00")), ((500, 0, 1000), ("500", "0", "1000")), ((20, 5, 35), ("20.0", "5.0", "35.0")),
    ],
)  # fmt: skip
def test_the_digits_of_an_interval_change_with_its_width_and_at_ten(numbers, said):
    assert alike(*numbers, lambda value: f"{value:.2f}") == said


def test_words_around_numbers():
    assert [article(words) for words in ("odds_ratio", "risk_ratio", "hazard ratio", "analysis", "event", "interval")] == ["an odds ratio", "a risk ratio", "a hazard ratio", "an analysis", "an event", "an interval"]
    assert (p_value(Decimal("0.030")), p_value("<0.001"), equals(Decimal("1E-7")), digits(12)) == ("p = 0.030", "p < 0.001", "= 0.0000001", "12")
    assert rounded(None) == "" and rounded("normal(0.1234, 1.5)") == "normal(0.123, 1.5)" and rounded("normal(0.1234e-2, 1)") == "normal(0.00123, 1)"


def test_many_names_are_counted():
    names = [f"n{i}" for i in range(13)]
    assert named(names[:12]) == ", ".join(names[:12]) and named(names) == "n0, n1, n2 and 10 others" and named("ab", " v ") == "a v b"


@pytest.mark.parametrize(
    ("low", "middle", "high", "text"),
    [
        (0.05, 0.1, 0.2, "NNTB 10 (NNTB 5 to NNTB 20)"), (-0.05, 0.1, 0.2, "NNTB 10 (NNTB 5 to infinity to NNTH 20)"), (-0.2, -0.1, -0.05, "NNTH 10 (NNTH 20 to NNTH 5)"),
        (0.0, 0.1, 0.2, "NNTB 10 (NNTB 5 to infinity)"), (-0.2, 0.0, 0.2, "infinity (NNTB 5 to infinity to NNTH 5)"), (5e-10, 0.1, 0.2, "NNTB 10 (NNTB 5 to infinity)"),
        (-0.2, -0.1, 0.0, "NNTH 10 (infinity to NNTH 5)"),
    ],
)  # fmt: skip
def test_numbers_needed_pass_through_infinity_where_the_difference_passes_zero(low, middle, high, text):
    found = number_needed(low, middle, high)
    assert found["text"] == text
    assert [found[name] for name in ("median", "low", "high")] == [None if abs(d) < 1e-9 else pytest.approx(1 / d) for d in (middle, high, low)]


def test_what_is_negligible_beside_its_interval_is_zero_and_has_no_sign():
    assert alike(-1e-9, -1.0, 1.0, number) == ("0", "-1.00", "1.00") and alike(-1e-9, -0.02, 0.02, number) == ("0.000", "-0.020", "0.020")
