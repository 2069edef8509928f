"""Slips of typing that TOML does not forgive: what stands in a line, and how it is written.

    decimal commas, dashes between limits, U+2212 and curly quotes of a paper, no-break spaces, .94, p = <0.001, ...

Only what stands outside straight quotes and comments is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from bayes.base.written_numbers import DASHES, DOTS, SPACES, plainly

_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\uff02"
_STRINGS = re.compile(r'"""(?:.|\n)*?"""|\'\'\'(?:.|\n)*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_HEADER = re.compile(r"^[ \t]*\[\[?[\w.\x00 -]+\]\]?[ \t]*$", re.MULTILINE | re.ASCII)
_NUMBER = rf"[+-]?[{DASHES}]?\d[\d.{DOTS}]*"
_AFRESH = r"(?<![\w.,+:-])"  # where a number begins, and no key, date or exponent goes on
_WORD = re.compile(r"(?:=|(?<!\n)\[|,)\s*(?!true\b|false\b|inf\b|nan\b)([^\W\d][\w./ -]*?)\s*(?=,|\]|\}|\n|$)")
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _number(found: re.Match[str]) -> str:
    """The first group of a match as TOML writes it."""
    return plainly(found[1]) or found[1]


def _comma(found: re.Match[str]) -> str:
    number = _number(found)
    return f"a decimal comma: write {number}" if "." in number else f"a comma between thousands: write {number}"


def _strange(found: re.Match[str]) -> str:
    return f"{found[0]!r} (U+{ord(found[0]):04X}) outside quotes: text stands in straight quotes"


RULES: tuple[Rule, ...] = (
    (re.compile(rf"[{_QUOTES}]([^{_QUOTES}\n]*)[{_QUOTES}]?"), lambda m: f'curly quotes: write "{m[1].strip()}"'),
    (
        re.compile(rf"{_AFRESH}({_NUMBER})\s*(?:[{DASHES}-]|\bto\b|;)\s*({_NUMBER})(?![\w-])"),
        lambda m: f"no dash, word or semicolon parts two limits: write [{plainly(m[1])}, {plainly(m[2])}]",
    ),
    (
        re.compile(rf"([{DASHES}])\s*(\d[\d.{DOTS}]*)"),
        lambda m: f"{m[1]!r} (U+{ord(m[1]):04X}) is no minus sign: write -{plainly(m[2])}",
    ),
    (
        re.compile(rf"{_AFRESH}(\d{{1,3}}(?:[{SPACES}]\d{{3}})+)(?!\d)"),
        lambda m: f"a space between thousands: write {_number(m)}",
    ),
    (
        re.compile(r"=\s*([+-]?\d+(?:,\d+)+(?:\.\d+)?)(?![\w.])(?!\s*=)"),
        _comma,
    ),
    (re.compile(rf"{_AFRESH}([+-]?\d+[{DOTS}]\d+)"), lambda m: f"a raised decimal dot: write {_number(m)}"),
    (re.compile(rf"{_AFRESH}([+-]?\.\d+)"), lambda m: f"write {_number(m)}, not {m[1]}"),
    (re.compile(rf"{_AFRESH}([+-]?\d+\.)(?![\d\w])"), lambda m: f"write {_number(m)}, not {m[1]}"),
    (re.compile(rf"{_AFRESH}([+-]?0\d+(?:\.\d+)?)(?![\w:-])"), lambda m: f"write {_number(m)}, not {m[1]}"),
    (
        re.compile(r"=\s*([<>])\s*(\d[\d.]*|\.\d+)"),
        lambda m: f'a bound stands in quotes: write "{m[1]}{plainly(m[2])}"',
    ),
    (re.compile(r"\d(\s*%)"), lambda m: "no percent sign: write the number alone"),
    (re.compile(r"(\d[\d.]*)\s*[x\u00d7*]\s*10\s*\^?\s*(-?\d*)"), lambda m: f"write {m[1]}e{m[2] or '-5'}"),
    (re.compile(r"\b(True|False)\b"), lambda m: f"write {m[1].lower()}"),
    (re.compile(r"\b(null|None|NULL)\b"), lambda m: "there is no empty value: leave the field out"),
    (re.compile(r"=\s*\("), lambda m: "limits and lists stand in square brackets: write [0.58, 1.50]"),
    (re.compile(r"^\s*([\w-]+)\s*:(?!.*=)", re.MULTILINE), lambda m: f"a value follows an equals sign: write {m[1]} ="),
    (_WORD, lambda m: f'text stands in quotes: write "{m[1]}"'),
    (re.compile(rf"([{SPACES}])"), lambda m: f"a no-break or narrow space (U+{ord(m[1]):04X}): write an ordinary one"),
    (re.compile(r"(?<!\d)(\d{31,})"), lambda m: f"a number of {len(m[1])} digits: no paper prints as many"),
    (re.compile(r"[^\x00-\x7f]"), _strange),
)


def slips(text: str) -> Iterator[tuple[int, str]]:
    """Every slip of a text, with the number of its line, in order; what one rule has named no other names again.

    Parameters
    ----------
    text : str
        A TOML file that its parser refuses; of one that it accepts, nothing need be wrong with what is found here.
    """
    bare = _blank(_HEADER, _blank(_STRINGS, text))
    found: dict[tuple[int, str], int] = {}
    for pattern, said in RULES:
        for match in pattern.finditer(bare):
            place = match.start(1) if pattern.groups else match.start()
            found.setdefault((bare.count("\n", 0, place) + 1, said(match)), place)
        bare = _blank(pattern, bare)
    for line, said in sorted(found, key=lambda key: (key[0], found[key])):
        yield line, said


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """The text with every match struck out, its lines kept."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), text)
