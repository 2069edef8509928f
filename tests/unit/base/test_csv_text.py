"""CSV in which no spreadsheet finds a formula, and from which the texts are read back."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bayes.base.csv_text import as_csv, as_stored, harmless

FORMULAS = ['=HYPERLINK("http://a","b")', "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "''=1", "'+1"]


def cells(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text_and_is_read_back(text):
    (row,) = cells(as_csv([{"label": text}], ["label"]))
    assert row["label"].startswith("'") and as_stored(row["label"]) == text


@pytest.mark.parametrize("text", ["-0.5", "+1e-3", "-", "", "a=b", "'quoted'", "95% CrI -1 to 2", "-inf"])
def test_numbers_and_ordinary_texts_stay(text):
    assert harmless(text) == text == as_stored(text)


@pytest.mark.parametrize("value", [-0.5, None, True, 3])
def test_what_is_no_text_stays(value):
    assert harmless(value) is value


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_every_text_survives(text):
    (row,) = cells(as_csv([{"a": "1", "label": text}], ["a", "label"]))
    assert as_stored(row["label"]) == text
    assert row["label"] in (text, f"'{text}")
    assert len(text) == 1 or not row["label"].startswith(("=", "@"))


def test_rows_may_lack_columns_and_a_heading():
    assert as_csv([{"a": 1}, {"b": "x"}], ["a", "b"], heading=False) == "1,\n,x\n"
