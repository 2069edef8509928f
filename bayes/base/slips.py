"""Slips of typing that TOML does not accept, and how to write each correctly.

    decimal commas, dashes between limits, U+2212 and curly quotes of a paper, no-break spaces, .94, p = <0.001, ...

Only text outside straight quotes and comments is examined.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from bayes.base.written_numbers import DASHES, DOTS, SPACES, plainly

_QUOTES = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb\u2039\u203a\uff02"
_STRINGS = re.compile(r'"""(?:.|\n)*?"""|\'\'\'(?:.|\n)*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|#[^\n]*')
_HEADER = re.compile(r"^[ \t]*\[\[?[\w.\x00 -]+\]\]?[ \t]*$", re.MULTILINE | re.ASCII)
_NUMBER = rf"[+-]?[{DASHES}]?\d[\d.{DOTS}]*"
LONGEST = 1_000  # characters of a line outside quotes: for longer ones, patterns that backtrack could take hours
_AFRESH = r"(?<![\w.,+:-])"  # the start of a number, not the continuation of a key, a date or an exponent
_WORD = re.compile(r"(?:=|(?<!\n)\[|,)\s*(?!true\b|false\b|inf\b|nan\b)([^\W\d][\w./ -]*?)\s*(?=,|\]|\}|\n|$)")
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def _number(found: re.Match[str]) -> str:
    """Return the first group of a match as TOML writes it."""
    return plainly(found[1]) or found[1]


def _comma(found: re.Match[str]) -> str:
    number = _number(found)
    return f"a decimal comma: write {number}" if "." in number else f"a comma between thousands: write {number}"


def _strange(found: re.Match[str]) -> str:
    return f"{found[0]!r} (U+{ord(found[0]):04X}) outside quotes: put text in straight quotes"


def _long_line(found: re.Match[str]) -> str:
    outside = len(found[0]) - found[0].count("\x00")
    return f"{outside} characters outside quotes: put text in straight quotes"


RULES: tuple[Rule, ...] = (
    (re.compile(r"(?<!\d)(\d{31,})"), lambda m: f"a number of {len(m[1])} digits: no paper prints so many"),
    (re.compile(rf"^(?:\x00*[^\n\x00]){{{LONGEST}}}[^\n]*", re.MULTILINE), _long_line),
    (re.compile(rf"[{_QUOTES}]([^{_QUOTES}\n]*)[{_QUOTES}]?"), lambda m: f'curly quotes: write "{m[1].strip()}"'),
    (
        re.compile(rf"{_AFRESH}({_NUMBER})\s*(?:[{DASHES}-]|\bto\b|;)\s*({_NUMBER})(?![\w-])"),
        lambda m: f"a dash, a word or a semicolon between limits: write [{plainly(m[1])}, {plainly(m[2])}]",
    ),
    (
        re.compile(rf"([{DASHES}])\s*(\d[\d.{DOTS}]*)"),
        lambda m: f"{m[1]!r} (U+{ord(m[1]):04X}) is not a minus sign: write -{plainly(m[2])}",
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
        lambda m: f'a bound without quotes: write "{m[1]}{plainly(m[2])}"',
    ),
    (re.compile(r"\d(\s*%)"), lambda m: "a percent sign: write the number only"),
    (re.compile(r"(\d[\d.]*)\s*[x\u00d7*]\s*10\s*\^?\s*(-?\d*)"), lambda m: f"write {m[1]}e{m[2] or '-5'}"),
    (re.compile(r"\b(True|False)\b"), lambda m: f"write {m[1].lower()}"),
    (re.compile(r"\b(null|None|NULL)\b"), lambda m: "TOML has no empty value: omit the field"),
    (re.compile(r"=\s*\("), lambda m: "limits or a list in round brackets: write [0.58, 1.50]"),
    (re.compile(r"^\s*([\w-]+)\s*:(?!.*=)", re.MULTILINE), lambda m: f"a colon, not an equals sign: write {m[1]} ="),
    (_WORD, lambda m: f'text without quotes: write "{m[1]}"'),
    (re.compile(rf"([{SPACES}])"), lambda m: f"a no-break or narrow space (U+{ord(m[1]):04X}): use an ordinary space"),
    (re.compile(r"[^\x00-\x7f]"), _strange),
)


def slips(text: str) -> Iterator[tuple[int, str]]:
    """Find the slips of typing in a text that is not valid TOML.

    Parameters
    ----------
    text : str
        The text of a file that the TOML parser rejects; in a valid file, what is found here need not be wrong.

    Yields
    ------
    line : int
        Line number, from 1, in ascending order.
    said : str
        What is wrong and how to write it. Text that matches one rule is not reported by another.
    """
    bare = _blank(_HEADER, _blank(_STRINGS, text))
    found: dict[tuple[int, str], int] = {}
    breaks = [match.start() for match in re.finditer("\n", bare)]
    for pattern, said in RULES:
        matches = list(pattern.finditer(bare))
        for match in matches:
            place = match.start(1) if pattern.groups else match.start()
            found.setdefault((bisect_left(breaks, place) + 1, said(match)), place)
        bare = _blank(pattern, bare) if matches else bare
    yield from sorted(found, key=lambda key: (key[0], found[key]))


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Replace every match by null characters, keeping the line breaks."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", "\x00", match[0]), text)
