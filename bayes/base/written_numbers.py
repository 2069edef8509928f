"""Numbers as a paper prints them: written digits kept, the range that each kind of number may lie in, and slips named.

What is accepted here is what the models survive: no field takes a number that the sampler or a quadrature would end
in an overflow. The ranges are wide of anything that a trial has printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

MOST_DIGITS = 30
SMALLEST, LARGEST = Decimal("1e-12"), Decimal("1e12")  # of a printed number that is not 0, whatever its sign
SMALLEST_P = Decimal("1e-100")
MOST_PERSONS = 10_000_000
MOST_EVENTS = 100_000_000
MOST_EVENTS_IN_PERSONS = 20_000  # how they may spread over persons is a sum of as many terms squared
MOST_DF = 1_000_000_000
MOST_ERRORS = 100_000  # standard errors between a result and no effect: a quadrature finds nothing as narrow

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
DOTS = "\u00b7\u2022\u2219\u22c5\u2027"
SPACES = "\u00a0\u2007\u2009\u200a\u200b\u202f\u2002\u2003\u2008\u2060\u3000\ufeff"
NOT_ESTIMATED = ("ne", "nr", "na", "n/a", "n.e.", "not estimable", "not reached", "inf", "infinity", "∞", "-", "–", "—")
NOT_SIGNIFICANT = ("ns", "n.s.", "n.s", "not significant", "nonsignificant", "non-significant")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_RANGE = re.compile(rf"\s*([+-{DASHES}]?[\d.,{DOTS}]+)\s*(?:[-;{DASHES}]|to|,\s)\s*([+-{DASHES}]?[\d.,{DOTS}]+)\s*")


def half_unit(printed: Decimal) -> Decimal:
    """Half a unit of the last printed digit: 1.50 stands for 1.495 to 1.505."""
    return Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2


def unbounded(value: Decimal | str) -> Decimal:
    """The number of a p-value that is printed as one, or as a bound such as "<0.001"."""
    return Decimal(str(value).lstrip("<>"))


def plainly(text: str) -> str | None:
    """A number typed with a decimal comma, a raised dot, a typographic minus or the like, as TOML writes it.

    None where the text is no number. "1,561" is read as one thousand five hundred and sixty-one.
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


def printed(value: Any) -> Decimal:
    """A number with its written digits, within what can be computed with.

    Raises
    ------
    ValueError
        Saying what was typed and how it is written: text in place of a number, too many digits, out of range.
    """
    if isinstance(value, str):
        raise ValueError(_said_in_quotes(value))
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("expected a number as printed, without quotes")
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise ValueError("expected a number; a limit that was not estimated is no number")
    if number and not SMALLEST <= abs(number) <= LARGEST:
        raise ValueError(f"out of range; accepted: 0, or {float(SMALLEST)} to {float(LARGEST):g} on either side of it")
    if len(number.as_tuple().digits) > MOST_DIGITS or int(number.as_tuple().exponent) < -MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} digits: no paper prints as many")
    return number


def whole(value: Any) -> Any:
    """A whole number; one with a decimal point, or in quotes, is told how to be written."""
    if isinstance(value, str):
        raise ValueError(_said_in_quotes(value, "a whole number"))
    if isinstance(value, float | Decimal):
        number = Decimal(repr(float(value))) if isinstance(value, float) else value
        if number.is_finite() and abs(number) < LARGEST and number == number.to_integral_value():
            raise ValueError(f"expected a whole number, without a decimal point: write {int(number)}")
        raise ValueError("expected a whole number")
    return value


def share(percent_of: str) -> Callable[[Any], Any]:
    """A check that a number above 1 where a share belongs is told to be a percentage."""

    def checked(value: Any) -> Any:
        number = printed(value)
        if 1 < number < 100:
            raise ValueError(f"{percent_of} is a share, not a percentage: write {(number / 100).normalize():f}")
        return number

    return checked


def limits(value: Any) -> Any:
    """The two limits of an interval: told apart from decimal commas, and from a range typed as one text."""
    example = "write [0.58, 1.50]"
    if isinstance(value, str):
        found = _RANGE.fullmatch(value)
        low, high = (plainly(part) for part in found.groups()) if found else (None, None)
        if low and high:
            raise ValueError(f"two limits in one text: write [{low}, {high}]")
        raise ValueError(f"expected two limits, low and high: {example}")
    if isinstance(value, list | tuple) and len(value) == 4 and all(type(part) is int for part in value):
        a, b, c, d = value
        raise ValueError(f"decimal commas: four numbers where two belong; write [{a}.{b}, {c}.{d}]")
    if isinstance(value, list | tuple) and len(value) != 2:
        raise ValueError(f"{len(value)} number{'s' * (len(value) != 1)} where two limits belong: {example}")
    return value


def probability(value: Any) -> Decimal | str:
    """A p-value: a number, or the bound that is printed of it, "<0.001" or ">0.99" (the text of the bound is kept)."""
    if isinstance(value, str):
        return _bound_of_p(value)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError('a p-value is a number, or a bound such as "<0.001"')
    number = Decimal(repr(float(value))) if isinstance(value, float) else Decimal(value)
    if number.is_zero():
        below = half_unit(number) if number.as_tuple().exponent < 0 else Decimal("0.0005")
        raise ValueError(f'no p-value is 0; where it is rounded to that, write a bound: p = "<{below:f}"')
    return _possible_p(number)


def _bound_of_p(text: str) -> str:
    plain = text.translate({ord(c): None for c in f"{SPACES} "}).lstrip("pP")
    if text.strip().casefold() in NOT_SIGNIFICANT:
        raise ValueError('"not significant" is no p-value: use evidence of kind = "significance", significant = false')
    side, number = plain[:1], plainly(plain.lstrip("<>=≤≥"))
    if number is None:
        raise ValueError('a p-value is a number, or a bound such as "<0.001" or ">0.99"')
    if side in "<>":
        _possible_p(Decimal(number))
        if Decimal(number) == 1:
            raise ValueError(f'"{side}1" bounds nothing: a p-value lies above 0 and is at most 1')
        return side + number
    if side in "≤≥":
        raise ValueError(f'write the bound with < or >: p = "{"<" if side == "≤" else ">"}{number}"')
    raise ValueError(f"a p-value is a number without quotes: write p = {number}")


def _possible_p(number: Decimal) -> Decimal:
    if not number.is_finite() or not 0 < number <= 1:
        raise ValueError("a p-value lies above 0 and is at most 1")
    if number < SMALLEST_P:
        raise ValueError(f"out of range; accepted: {float(SMALLEST_P)} to 1")
    if len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(f"more than {MOST_DIGITS} digits: no paper prints as many")
    return number


def _said_in_quotes(text: str, wanted: str = "a number as printed") -> str:
    """What text in the place of a number is, and what is to be written."""
    if (number := plainly(text)) is not None:
        return f"expected {wanted}, without quotes: write {number}"
    if text.strip().casefold() in NOT_ESTIMATED:
        return 'not estimated: leave the field out; of a limit write "none", as ci = [0.58, "none"]'
    return f"expected {wanted}, without quotes"


Printed = Annotated[Decimal, BeforeValidator(printed), WithJsonSchema({"type": "number"})]
"""A number with its written digits: 1.50 stays 1.50, because its rounding interval depends on them."""

Count = Annotated[int, BeforeValidator(whole), Field(strict=True, ge=0, le=MOST_EVENTS)]
Size = Annotated[int, BeforeValidator(whole), Field(strict=True, ge=1, le=MOST_PERSONS)]
Positive = Annotated[Printed, Field(gt=0)]
Percent = Annotated[Printed, Field(ge=0, le=100)]
Coverage = Annotated[
    Decimal,
    BeforeValidator(share("the level of an interval")),
    Field(gt=0, le=Decimal("0.999999")),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "maximum": 0.999999}),
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
