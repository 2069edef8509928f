"""METHODS 18 states the bounds of the code."""

import re
from importlib.resources import files

import pytest

from bayes import errors
from bayes.base import distributions, documents, expressions
from bayes.base import written_numbers as written
from bayes.corpus import evidence, reading
from bayes.importing import source
from bayes.importing.table import grids, workbooks
from bayes.paper.evidence import adverse_events
from bayes.synthesis import file
from fuzz import structures
from fuzz.rule import MEGABYTES, SECONDS

TEXT = (files("bayes.data") / "METHODS.md").read_text(encoding="utf-8").partition("\n## 18. ")[2]
MB = 1 << 20


def power(value: float) -> str:
    """As the text writes a power of ten."""
    return f"$10^{{{f'{float(value):e}'.partition('e')[2].lstrip('+').replace('-0', '-').lstrip('0')}}}$"


def stated() -> list[str]:
    least, most = power(written.SMALLEST), power(written.LARGEST)
    return [
        f"at most {documents.MOST_BYTES / 1e6:g} MB, {documents.DEEPEST} levels of nested tables, {documents.LONGEST_TEXT:,} characters in a text, "
        f"{documents.LONGEST_LIST:,} elements in a list or a table, {documents.MOST_DIGITS} digits in a whole number, "
        f"and exponents up to {documents.LARGEST_EXPONENT:,}",
        f"A synthesis has at most {file.MOST_MEMBERS:,} outcomes, a table of adverse events {adverse_events.MOST_ROWS:,} rows, "
        f"a prior expression {expressions.LONGEST:,} characters and {expressions.DEEPEST} levels",
        f"at most {source.MOST_BYTES // MB} MB, an archive {source.MOST_IN_ARCHIVE // MB} MB when it is unpacked and {source.MOST_MEMBERS:,} files, "
        f"a sheet {workbooks.MOST_ROWS_IN_SHEET:,} rows, a table {grids.MOST_CELLS:,} cells",
        f"up to {reading.MOST_COLUMNS:,} columns",
        f"a magnitude from {least} to {most}, at most {written.MOST_DIGITS} digits, and no more of them than can be computed with ({written.KEPT_DIGITS})",
        f"at most {written.MOST_PERSONS:,} persons and {written.MOST_EVENTS:,} events ({written.MOST_EVENTS_IN_PERSONS:,} where",
        f"degrees of freedom go to {power(written.MOST_DF)}, p-values down to {power(written.SMALLEST_P)}, "
        f"the level of an interval from {written.LEAST_LEVEL} to {written.MOST_LEVEL}",
        f"at most {written.MOST_ERRORS:,} standard errors from no effect",
        f"Scales of priors go from {power(distributions.NARROWEST)} to {power(distributions.WIDEST)}",
        f"In a corpus, numbers go to {power(evidence.LARGEST)}",
        f"at most {errors.LONGEST_TEXT:,} characters besides the names of files and lists up to {errors.MOST_SHOWN} mistakes",
        f"an input of up to {structures.LARGEST / 1e6:g} MB is accepted or refused in words in {SECONDS:g} seconds and {MEGABYTES} MB",
    ]


@pytest.mark.parametrize("sentence", stated(), ids=lambda text: text[:40])
def test_a_bound_is_stated_as_it_is(sentence):
    assert sentence in TEXT


def test_no_number_of_the_text_is_left_untested():
    left = TEXT
    for sentence in stated():
        left = left.replace(sentence, "")
    assert not [found for found in re.findall(r"\d[\d,.]*\d|\d", left) if found not in ("18", "0")], left
