"""Numbers as they are posted: text, whose digits are kept."""

from __future__ import annotations

import re
from decimal import Decimal

from bayes.base.written_numbers import LARGEST, MOST_DIGITS, SMALLEST, plainly
from bayes.importing.ctgov.reasons import Unusable

# 1,553 is 1553 in one record and 1.553 in the next; 0,31 and 12,5 are decimal commas, and 1,234,567 is a large number
AMBIGUOUS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
ABSENT = frozenset(
    ("", "na", "n/a", "nan", "ne", "nr", "nd", "not applicable", "not available", "not estimable", "-", "--")
)
PLAIN = re.compile(r"-?(?:0|[1-9][0-9]{0,11})(?:\.[0-9]{1,12})?")  # what most numbers look like
PERCENT = re.compile(r"\s*%$")


def is_absent(text: str) -> bool:
    """Return whether a text stands for a number that is not there."""
    return text.strip().casefold() in ABSENT


def number(text: str) -> Decimal | None:
    """Return a posted number with its digits, or None if there is none.

    Raises
    ------
    Unusable
        If it cannot be read, or its comma may be a decimal or a thousands separator.
    """
    if is_absent(text):
        return None
    if PLAIN.fullmatch(text):
        return _in_range(Decimal(text), text)
    plain = PERCENT.sub("", text.strip())
    if AMBIGUOUS.fullmatch(plain):
        raise Unusable(f"a comma that separates decimals or thousands: {_shortly(text)}")
    found = plainly(plain)
    if found is None:
        raise Unusable(f"not a number: {_shortly(text)}")
    return _in_range(Decimal(found), text)


def _in_range(value: Decimal, text: str) -> Decimal:
    if value.is_zero():
        value = abs(value)
    if (value and not SMALLEST <= abs(value) <= LARGEST) or len(value.as_tuple().digits) > MOST_DIGITS:
        raise Unusable(f"out of range: {_shortly(text)}")
    return value


def needed(text: str, what: str) -> Decimal:
    """Return a posted number; `Unusable` if there is none, which says what is missing."""
    if (value := number(text)) is None:
        raise Unusable(f"{what} is not posted")
    return value


def whole(text: str, what: str) -> int:
    """Return a posted whole number that is not negative; `Unusable` if it is not one."""
    value = needed(text.replace(",", "") if re.fullmatch(r"\s*\d{1,3}(,\d{3})+\s*", text) else text, what)
    if value < 0 or value != value.to_integral_value():
        raise Unusable(f"{what} is not a whole number: {_shortly(text)}")
    return int(value)


def _shortly(text: str) -> str:
    return text.strip()[:40]
