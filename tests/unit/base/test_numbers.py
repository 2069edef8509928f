"""The one formatter: no certainty that is none, digits that say what they can, one way everywhere."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes.base.numbers import in_table, in_words, interval, number, percent, probability


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
