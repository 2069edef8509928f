"""Numbers as tables write them, and what spreadsheets do to them.

Decimal commas, minus signs of every kind, no-break spaces, thousands, percent signs and marks of footnotes are read;
what was not read as it stands is remarked upon. What could mean two things is damage: 1,250 is one and a quarter in one
country and a thousand and more in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal, NamedTuple

from bayes.base.written_numbers import DASHES, SPACES, plainly
from bayes.errors import quoted
from bayes.importing.table.grids import Cell

Mark = Literal["point", "comma", "unknown"]
MISSING = frozenset(
    ["", "na", "n/a", "n.a.", "nr", "n.r.", "nd", "ne", ".", "..", "-", "?", "nan", "<na>", "null", "none"]
    + ["not reported", "not available", "not stated", "not estimable", "not applicable", "missing", "unknown"]
)
MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    rf"\d{{1,2}}[-/. ]{MONTH}(?:[-/. ]\d{{2,4}})?|{MONTH}[-/. ]\d{{1,4}}|\d{{4}}-\d{{2}}-\d{{2}}(?:[ T].*)?"
    r"|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}:\d{2}(?::\d{2})?",
    re.IGNORECASE,
)
ERROR = re.compile(r"#(?:DIV/0!|N/A|REF!|VALUE!|NAME\?|NUM!|NULL!|#+)", re.IGNORECASE)
FOOTNOTE = re.compile(r"(?<=[\d%)])\s*(?:[*†‡§¶#^]+|[¹²³⁴-⁹]+|(?<=\d)[a-e])$")
COUNT_WITH_PERCENT = re.compile(r"(\d[\d,. ]*?)\s*\(\s*\d+(?:[.,]\d+)?\s*%?\s*\)")
PAIR = re.compile(r"(\d[\d,]*)\s*/\s*(\d[\d,]*)\s*(?:[(\[][^)\]]*[)\]])?")
CLEAR_COMMA = re.compile(r"[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|0,\d+|\d{1,3}(?:\.\d{3})+,\d+)")
CLEAR_POINT = re.compile(r"[+-]?(?:\d*\.(?:\d{1,2}|\d{4,})|0?\.\d+|\d{1,3}(?:,\d{3})+\.\d+)")
EITHER = re.compile(r"[+-]?[1-9]\d{0,2}([.,])\d{3}(?:\1\d{3})*")
NUMBER = rf"[+-{DASHES}]?\s?\d*[.,\u00b7]?\d+(?:[eE][+-]?\d+)?"
BETWEEN = rf"(?:\s*(?:to|[;,{DASHES}-]|\.\.)\s*)"
INTERVAL = re.compile(rf"[\[(]?\s*({NUMBER}){BETWEEN}({NUMBER})\s*[\])]?", re.IGNORECASE)
WITH_INTERVAL = re.compile(rf"({NUMBER})\s*[\[(]([^\])]*\d[^\])]*)[\])]")

LONGEST = (
    200  # characters of a cell with numbers; patterns are not tried on longer ones, which they could take hours for
)
DATED = "a date where a number belongs, as a spreadsheet makes of a ratio or a range"
FORMULA = "a cell with a formula"
MERGED = "merged cells where a number belongs"


class Damaged(Exception):
    """A cell that cannot be read as a number: why, and which it is."""

    def __init__(self, reason: str, cell: Cell) -> None:
        super().__init__(f"{reason}: {quoted(cell.text.strip())}" if cell.text.strip() else reason)
        self.cell = cell


class Absent(Exception):
    """An empty cell, or one that says "NA", where a number is needed."""

    def __init__(self, cell: Cell) -> None:
        super().__init__("a number is missing")
        self.cell = cell


class Interval(NamedTuple):
    """Two limits, and the estimate if it stands in the same cell."""

    estimate: Decimal | None
    low: Decimal
    high: Decimal


def decimal_mark(texts: Iterable[str]) -> Mark:
    """Return which mark divides the whole numbers from the decimals in a table, if only one of them is used so."""
    comma = point = False
    for text in texts:
        plain = _tidy(text)
        comma = comma or CLEAR_COMMA.fullmatch(plain) is not None
        point = point or CLEAR_POINT.fullmatch(plain) is not None
    return "unknown" if comma == point else "comma" if comma else "point"


def is_missing(text: str) -> bool:
    """Return whether a cell says that there is no number."""
    plain = _tidy(text).casefold()
    return plain in MISSING or (len(plain) == 1 and plain in DASHES)


def looks_numeric(text: str) -> bool:
    """Return whether a cell is a number, whatever its decimal mark."""
    return plainly(_tidy(text)) is not None


def shows_interval(text: str) -> bool:
    """Return whether a cell shows an estimate with its limits, as in "0.94 (0.58-1.50)"."""
    return WITH_INTERVAL.fullmatch(FOOTNOTE.sub("", _tidy(text))) is not None


def _tidy(text: str) -> str:
    plain = text.translate({ord(space): " " for space in SPACES if space != "\ufeff"}).replace("\ufeff", "").strip()
    plain = plain if len(plain) <= LONGEST else f"{plain[:LONGEST]}…"  # which nothing below takes for a number
    return re.sub(rf"^[{DASHES}]\s*(?=[\d.,])", "-", plain)


class Reading:
    """The numbers of one row, with remarks upon those that were not read as they stand."""

    def __init__(self, mark: Mark) -> None:
        self._mark = mark
        self.remarks: list[str] = []

    def number(self, cell: Cell) -> Decimal:
        """Return the number of a cell with its digits.

        Raises
        ------
        Absent
            If the cell is empty or says that the number is missing.
        Damaged
            If it is not a number, or could be two.
        """
        return self._number(cell, whole=False)

    def percent(self, cell: Cell) -> Decimal | None:
        """Return the number of a cell that ends in a percent sign; None for any other cell."""
        text = FOOTNOTE.sub("", _tidy(cell.text))
        if cell.damage or not re.fullmatch(r"[\d.,\s]+%", text):
            return None
        return self._number(Cell(text.rstrip("% "), cell.place), whole=False)

    def count(self, cell: Cell) -> int:
        """Return the whole number of a cell.

        Raises
        ------
        Absent
            If the cell is empty or says that the number is missing.
        Damaged
            If it is not a whole number.
        """
        text = FOOTNOTE.sub("", _tidy(cell.text))
        if not cell.damage and (found := COUNT_WITH_PERCENT.fullmatch(text)):
            self._remark(cell, "the count was read, not the percentage beside it")
            cell = Cell(found[1], cell.place)
        number = self._number(cell, whole=True)
        if number != number.to_integral_value():
            raise Damaged("not a whole number", cell)
        return int(number)

    def pair(self, cell: Cell) -> tuple[int, int]:
        """Return the persons with the event and all persons of a cell such as "4/123" or "4/123 (3.3%)".

        Raises
        ------
        Absent, Damaged
            As for `count`.
        """
        self._refuse(cell)
        if (found := PAIR.fullmatch(FOOTNOTE.sub("", _tidy(cell.text)))) is None:
            raise Damaged("not a number of events out of a number of persons", cell)
        events, n = (self.count(Cell(text, cell.place)) for text in found.groups())
        return events, n

    def interval(self, cell: Cell) -> Interval:
        """Return the limits that stand in one cell, as in "0.58 to 1.50" or "0.94 (0.58-1.50)".

        Raises
        ------
        Absent, Damaged
            As for `number`.
        """
        self._refuse(cell)
        text = FOOTNOTE.sub("", _tidy(cell.text))
        if found := WITH_INTERVAL.fullmatch(text):
            inside = self.interval(Cell(re.sub(r"^\d\d(\.\d)?\s*%\s*(CI)?:?\s*", "", found[2]), cell.place))
            return Interval(self.number(Cell(found[1], cell.place)), inside.low, inside.high)
        if found := INTERVAL.fullmatch(text):
            return Interval(None, self.number(Cell(found[1], cell.place)), self.number(Cell(found[2], cell.place)))
        raise Damaged("not two limits", cell)

    def has_interval(self, cell: Cell) -> bool:
        """Return whether a cell holds an estimate with its limits."""
        return not cell.damage and shows_interval(cell.text)

    def p_value(self, cell: Cell) -> Decimal | str:
        """Return a p-value: a number, or a bound such as "<0.001".

        Raises
        ------
        Absent, Damaged
            As for `number`.
        """
        text = re.sub(r"^[pP]\s*=?\s*(?=[<>=\d.])", "", _tidy(cell.text)).lstrip("= ")
        if text[:1] in ("<", ">"):
            return f"{text[:1]}{self.number(Cell(text[1:], cell.place, cell.damage)):f}"
        return self.number(Cell(text, cell.place, cell.damage))

    def _refuse(self, cell: Cell) -> None:
        """Raise if a cell holds no number at all."""
        if cell.damage:
            raise Damaged(cell.damage, cell)
        if is_missing(cell.text):
            raise Absent(cell)
        plain = _tidy(cell.text)
        if DATE.fullmatch(plain):
            raise Damaged(DATED, cell)
        if ERROR.fullmatch(plain):
            raise Damaged("an error value of a spreadsheet", cell)

    def _number(self, cell: Cell, whole: bool) -> Decimal:
        self._refuse(cell)
        plain = _tidy(cell.text)
        unmarked = FOOTNOTE.sub("", plain)
        if unmarked != plain:
            self._remark(cell, "without the mark of a footnote")
        text = self._pointed(cell, unmarked, whole)
        if (number := plainly(text)) is None:
            raise Damaged(_why_not(unmarked), cell)
        found = Decimal(number)
        if plain[:1] != cell.text.strip()[:1] and found < 0:
            self._remark(cell, "a dash was read as a minus sign")
        return found

    def _pointed(self, cell: Cell, text: str, whole: bool) -> str:
        """Return a number with a decimal point, or without any mark, whatever it was written with."""
        unclear = EITHER.fullmatch(text)
        if whole and unclear:
            return re.sub(r"[.,]", "", text)
        if unclear and "," in text and self._mark == "unknown":
            raise Damaged("a comma that divides decimals or thousands; write the number without it", cell)
        if self._mark == "comma" and (unclear or CLEAR_COMMA.fullmatch(text)):
            text = text.replace(".", "").replace(",", ".")
        elif CLEAR_COMMA.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        else:
            return text
        if "." in text:
            self._remark(cell, "a decimal comma")
        return text

    def _remark(self, cell: Cell, said: str) -> None:
        self.remarks.append(f"{cell.place}: {quoted(cell.text.strip())}, {said}")


def _why_not(text: str) -> str:
    if text[:1] in "<>≤≥":
        return "a bound, not a number"
    if text.endswith("%"):
        return "a percentage where another number belongs"
    if INTERVAL.fullmatch(text) or WITH_INTERVAL.fullmatch(text) or re.fullmatch(r"\d+\s*/\s*\d+", text):
        return "several numbers in one cell"
    return "not a number"
