"""Numbers and articles in texts: one place writes them, and no large number becomes a power of ten."""

import re

import pytest
from support.paths import ROOT

from bayes.base import measures
from bayes.base.numbers import alike, article, in_table, number, rounded, significant

HOUSE = ROOT
WRITERS = [significant, number, in_table]


@pytest.mark.parametrize(
    "value, digits, said",
    [
        (180.2, 2, "180"),
        (99.7, 2, "100"),
        (-1234.4, 3, "-1,234"),
        (25090.4, 3, "25,090"),
        (0.0003991, 2, "0.0004"),
        (3.98e-5, 2, "4e-05"),
        (12.5, 12, "12.5"),
        (1250000, 12, "1250000"),
        (2.5e12, 3, "2.5e+12"),
    ],
)
def test_significant_digits_never_shorten_what_stands_before_the_point(value, digits, said):
    assert significant(value, digits) == said


def test_a_distribution_is_written_without_commas():
    assert rounded("normal(0, 12345.678)") == "normal(0, 12346)"
    assert rounded("mixture(0.5*normal(0, 0.35500001), 0.5*normal(1500.25, 2))").endswith(
        "normal(1500.25, 2))"
    )


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: f"{write.__module__}.{write.__name__}")
@pytest.mark.parametrize("value", [100.0, 180.0, 999.96, 1234.56, 15000.0, 98765.4, 1234567.8])
def test_no_writer_of_numbers_uses_powers_of_ten_from_100_on(write, value):
    for signed in (value, -value):
        said = write(signed)
        assert "e" not in said
        assert float(said.replace(",", "").replace("\u2212", "-")) == pytest.approx(signed, rel=0.005)


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        ((0.96, 0.65, 1.42), ("0.96", "0.65", "1.42")),
        ((0.0098, 0.0006, 0.0171), ("0.0098", "0.0006", "0.0171")),  # metres in place of millimetres
        ((0.98, 0.971, 0.989), ("0.9800", "0.9710", "0.9890")),
        ((-69.79, -95.72, -43.54), ("-69.8", "-95.7", "-43.5")),
        ((9.8, 4.618, 15.02), ("9.80", "4.62", "15.02")),  # never 4.618 beside 15
        ((4.8e-11, -8.87, 8.87), ("0.00", "-8.87", "8.87")),  # what quadrature makes of zero
        ((3.0, 3.0, 3.0), ("3.00", "3.00", "3.00")),
    ],
)
def test_an_interval_is_written_to_digits_that_suit_it(numbers, said):
    assert alike(*numbers, lambda value: f"{value:.2f}") == said


def lines_with(pattern: str) -> list[tuple[str, str]]:
    """(file, line) of the package's source wherever the pattern stands."""
    found = re.compile(pattern)
    return [
        (str(path.relative_to(HOUSE)), line.strip())
        for path in (HOUSE / "bayes").rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if found.search(line)
    ]


def test_texts_leave_significant_digits_to_one_place():
    """`{x:.3g}` of 1,234 is `1.23e+03`; digits that are read by a program, not by a person, say so with `float(`."""
    found = lines_with(r":[+]?\.[1-6]g[}\"]")
    assert not [(path, line) for path, line in found if 'float(f"' not in line and "float(f'" not in line]


@pytest.mark.parametrize("measure", measures.MEASURES)
def test_every_measure_takes_its_article(measure):
    first = article(measure).split(" ")[0]
    assert first == ("an" if measure == "odds_ratio" else "a")
    assert "_" not in article(measure)


def test_texts_leave_articles_of_measures_to_one_place():
    assert not lines_with(r"(?<![A-Za-z])[Aa]n? \{[^}]*measure")
