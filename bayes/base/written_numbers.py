"""Numbers as papers print them: printed digits are kept, each kind of number has a range, and slips are explained.

The ranges exclude numbers with which the sampler or a quadrature would overflow; they are far wider than anything that
a trial has printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

MOST_DIGITS = 30
KEPT_DIGITS = 15  # significant digits that every float keeps
SMALLEST, LARGEST = Decimal("1e-12"), Decimal("1e12")  # the magnitude of a printed number other than 0
SMALLEST_P = Decimal("1e-300")
LEAST_LEVEL, MOST_LEVEL = Decimal("0.5"), Decimal("0.999999")  # of an interval
MOST_PERSONS = 10_000_000
MOST_EVENTS = 100_000_000
MOST_EVENTS_IN_PERSONS = 20_000  # the cost of their distribution over persons is quadratic in this number
MOST_DF = 1_000_000_000
MOST_ERRORS = 100_000  # standard errors between a result and no effect: quadrature would miss a narrower peak

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
DOTS = "\u00b7\u2022\u2219\u22c5\u2027"
SPACES = "\u00a0\u2007\u2009\u200a\u200b\u202f\u2002\u2003\u2008\u2060\u3000\ufeff"
NOT_ESTIMATED = ("ne", "nr", "na", "n/a", "n.e.", "not estimable", "not reached", "inf", "infinity", "∞", "-", "–", "—")
NOT_SIGNIFICANT = ("ns", "n.s.", "n.s", "not significant", "nonsignificant", "non-significant")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,3})?")
_RANGE = re.compile(rf"\s*([+-{DASHES}]?[\d.,{DOTS}]+)\s*(?:[-;{DASHES}]|to|,\s)\s*([+-{DASHES}]?[\d.,{DOTS}]+)\s*")


def half_unit(printed: Decimal) -> Decimal:
    """Return half a unit of the last printed digit: 0.005 for 1.50, which stands for 1.495 to 1.505."""
    return Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2


def unbounded(value: Decimal | str) -> Decimal:
    """Return a p-value as a number, without the sign of a bound such as "<0.001"."""
    return Decimal(str(value).lstrip("<>"))


def plainly(text: str) -> str | None:
    """Rewrite a number with a decimal comma, a raised dot, a typographic minus sign and the like for TOML.

    Parameters
    ----------
    text : str
        A number as typed; "1,561" is read as one thousand five hundred and sixty-one.

    Returns
    -------
    str or None
        The number in TOML, or None if the text is not a number.
    """
    text = text.strip().strip(SPACES)
    if len(text) > 2 * MOST_DIGITS:
        return None
    text = re.sub(rf"(?<=\d)[{SPACES} ](?=\d{{3}}(?!\d))", "", text)
    text = re.sub(rf"^[{DASHES}]\s*", "-", text).translate({ord(dot): "." for dot in DOTS})
    if re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    elif text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    text = re.sub(r"^([+-]?)\.(?=\d)", r"\g<1>0.", text)
    text = re.sub(r"^([+-]?)0+(?=\d)", r"\g<1>", text)
    text = re.sub(r"\.$", "", text)
    return text if _NUMBER.fullmatch(text) else None


def printed(value: object) -> Decimal:
    """Validate a printed number, keeping its digits.

    Parameters
    ----------
    value : object
        The value in the file.

    Returns
    -------
    Decimal

    Raises
    ------
    ValueError
        If it is not a finite number, has too many digits or is out of range; says how to write it.
    """
    if isinstance(value, str):
        raise ValueError(_said_in_quotes(value))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("expected a number as printed, without quotes")
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError('expected a finite number; for a limit that was not estimated write "none"')
    if number and not SMALLEST <= abs(number) <= LARGEST:
        raise ValueError(f"out of range; accepted: 0, or a magnitude of {float(SMALLEST)} to {float(LARGEST):g}")
    if int(number.as_tuple().exponent) < -MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} digits: no paper prints so many")
    return _computable(number)


def _computable(number: Decimal) -> Decimal:
    """Return a number whose digits are not lost in computation; one such as 0.99999999999999999 would become 1."""
    if len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} digits: no paper prints so many")
    kept = Decimal(repr(float(number)))
    if kept != number and len(kept.normalize().as_tuple().digits) < KEPT_DIGITS:
        raise ValueError(f"more digits than can be computed with; accepted: up to {KEPT_DIGITS}")
    return number


def whole(value: object) -> object:
    """Check that a value is not text and has no decimal point; raise a ValueError that says how to write it."""
    if isinstance(value, str):
        raise ValueError(_said_in_quotes(value, "a whole number"))
    if isinstance(value, float | Decimal):
        number = Decimal(repr(float(value))) if isinstance(value, float) else value
        if number.is_finite() and abs(number) < LARGEST and number == number.to_integral_value():
            raise ValueError(f"expected a whole number, without a decimal point: write {int(number)}")
        raise ValueError("expected a whole number")
    return value


def share(percent_of: str) -> Callable[[object], Decimal]:
    """Return a validator of a fraction, which recognises percentages.

    Parameters
    ----------
    percent_of : str
        The subject of the error message.

    Returns
    -------
    callable
        Validates a printed number; raises a ValueError if it is between 1 and 100.
    """

    def checked(value: object) -> Decimal:
        number = printed(value)
        if 1 < number < 100:
            raise ValueError(f"{percent_of} is a fraction, not a percentage: write {(number / 100).normalize():f}")
        return number

    return checked


def limits(value: object) -> object:
    """Check that a value has the form of two limits; explain decimal commas and a range typed as one text.

    Parameters
    ----------
    value : object
        The value in the file.

    Returns
    -------
    object
        The same value.

    Raises
    ------
    ValueError
        If it is text or does not have two elements; says how to write it.
    """
    example = "write [0.58, 1.50]"
    if isinstance(value, str):
        found = _RANGE.fullmatch(value)
        low, high = (plainly(part) for part in found.groups()) if found else (None, None)
        if low and high:
            raise ValueError(f"two limits in one text: write [{low}, {high}]")
        raise ValueError(f"expected two limits, low and high: {example}")
    if isinstance(value, list | tuple) and len(value) == 4 and all(type(part) is int for part in value):
        a, b, c, d = value
        raise ValueError(f"four numbers instead of two limits, because of decimal commas: write [{a}.{b}, {c}.{d}]")
    if isinstance(value, list | tuple) and len(value) != 2:
        raise ValueError(f"{len(value)} number{'s' * (len(value) != 1)} instead of two limits: {example}")
    return value


def probability(value: object) -> Decimal | str:
    """Validate a p-value.

    Parameters
    ----------
    value : object
        The value in the file: a number, or a bound such as "<0.001" or ">0.99".

    Returns
    -------
    Decimal or str
        The number with its printed digits, or the text of the bound.

    Raises
    ------
    ValueError
        If it is neither, or not above 0 and at most 1; says how to write it.
    """
    if isinstance(value, str):
        return _bound_of_p(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError('expected a p-value: a number, or a bound such as "<0.001" or ">0.99"')
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if number.is_zero():
        below = half_unit(number) if int(number.as_tuple().exponent) < 0 else Decimal("0.0005")
        raise ValueError(f'a p-value cannot be 0; if it was rounded to 0, write a bound: p = "<{below:f}"')
    return _possible_p(number)


def _bound_of_p(text: str) -> str:
    plain = text.translate({ord(c): None for c in f"{SPACES} "}).lstrip("pP")
    if text.strip().casefold() in NOT_SIGNIFICANT:
        raise ValueError('not a p-value: for "not significant" write kind = "significance", significant = false')
    side, number = plain[:1], plainly(plain.lstrip("<>=≤≥"))
    if number is None:
        raise ValueError('expected a p-value: a number, or a bound such as "<0.001" or ">0.99"')
    if side in "<>":
        _possible_p(Decimal(number))
        if Decimal(number) == 1:
            raise ValueError(f'"{side}1" is not a bound on a p-value, which is above 0 and at most 1')
        return side + number
    if side in "≤≥":
        raise ValueError(f'{side} is not accepted in a bound: write p = "{"<" if side == "≤" else ">"}{number}"')
    raise ValueError(f"expected a p-value without quotes: write p = {number}")


def _possible_p(number: Decimal) -> Decimal:
    if not number.is_finite() or not 0 < number <= 1:
        raise ValueError("a p-value must be above 0 and at most 1")
    if number < SMALLEST_P:
        raise ValueError(f"out of range; accepted: {float(SMALLEST_P)} to 1")
    return _computable(number)


def _said_in_quotes(text: str, wanted: str = "a number as printed") -> str:
    """Explain text in the place of a number, and say what to write."""
    if (number := plainly(text)) is not None:
        return f"expected {wanted}, without quotes: write {number}"
    if text.strip().casefold() in NOT_ESTIMATED:
        return 'not estimated: omit the field; for a limit write "none", as in ci = [0.58, "none"]'
    return f"expected {wanted}, without quotes"


Printed = Annotated[Decimal, BeforeValidator(printed), WithJsonSchema({"type": "number"})]
"""A number with its printed digits: 1.50 stays 1.50, because its rounding interval depends on them."""

Count = Annotated[int, BeforeValidator(whole), Field(strict=True, ge=0, le=MOST_EVENTS)]
Size = Annotated[int, BeforeValidator(whole), Field(strict=True, ge=1, le=MOST_PERSONS)]
Positive = Annotated[Printed, Field(gt=0)]
Percent = Annotated[Printed, Field(ge=0, le=100)]
Coverage = Annotated[
    Decimal,
    BeforeValidator(share("the level of an interval")),
    Field(ge=LEAST_LEVEL, le=MOST_LEVEL),
    WithJsonSchema({"type": "number", "minimum": float(LEAST_LEVEL), "maximum": float(MOST_LEVEL)}),
]
Level = Annotated[
    Decimal,
    BeforeValidator(share("this")),
    Field(gt=0, lt=1),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
]
DegreesOfFreedom = Annotated[Printed, Field(ge=1, le=MOST_DF)]
PValue = Annotated[
    Decimal | str,
    BeforeValidator(probability),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
                {"type": "string", "pattern": "^[<>]"},
            ]
        }
    ),
]
