"""Read the house's docstrings as reStructuredText; a Sphinx extension.

They are written to be read in a terminal: `name` is code, an indented block after an empty line is mathematics or code
as it stands, and an asterisk or a bar is just that. Sections are numpydoc's. This module says the same in Sphinx's
markup, so that no docstring needs to know of it.
"""

from __future__ import annotations

import ast
import re

from methods import with_citations
from public import addresses

RULE = re.compile(r"-{3,}\s*$")
PROSE = {"Notes", "Examples", "Warnings", "Extended Summary"}  # numpydoc's sections in which indentation means a block
SPAN = re.compile(r"(:[a-z:]+:`[^`]+`|``.+?``|`[^`]+`|\[[^\]\s]+\]_)")
TERM = re.compile(r"(\w[\w ]*?) {2,}(\S.*)")
LISTED = re.compile(r"\s*([-*]|\d+\.|#\.) ")
AS_IT_IS = (".. ", ">>>")


def house_to_rst(text: str) -> list[str]:
    """The lines of a docstring, without its common indentation, in reStructuredText."""
    lines, done, section, i = text.splitlines(), [], "", 0
    while i < len(lines):
        start, fields = i, section and section not in PROSE
        if not lines[i].strip():
            i += 1
            done += [""]
        elif i + 1 < len(lines) and RULE.match(lines[i + 1]):
            i += 2
            section = lines[start].strip()
            done += lines[start:i]
        elif lines[i].startswith("  ") and not fields:
            i = _end(lines, i, lambda line: not line.strip() or line.startswith("  "))
            done += lines[start:i] if _belongs(done) else ["::", "", *lines[start:i]]
        else:
            i = _end(lines, i, str.strip)
            done += _fields(lines[start:i]) if fields else _prose(lines[start:i])
    return done


def with_links(lines: list[str], addresses: dict[str, str]) -> list[str]:
    """Lines of reStructuredText in which every name that has an address is a link to it."""

    def link(code: re.Match) -> str:
        name = code[1].removesuffix("()")
        return f":py:obj:`{code[1]} <{addresses[name]}>`" if name in addresses else code[0]

    return [re.sub(r"``([\w.]+(?:\(\))?)``", link, line) for line in lines]


def _end(lines: list[str], start: int, goes_on) -> int:
    """Where a stretch of lines ends: at the first that does not go on with it, or that heads a section."""
    end = start + 1
    while end < len(lines) and goes_on(lines[end]) and not (end + 1 < len(lines) and RULE.match(lines[end + 1])):
        end += 1
    return end


def _belongs(before: list[str]) -> bool:
    """Whether an indented block belongs to what stands above it: a directive, an item of a list, or `::` at its end."""
    above = next((line for line in reversed(before) if line.strip() and not line.startswith("  ")), "")
    return bool(above.startswith("..") or above.endswith("::") or LISTED.match(above))


def _prose(paragraph: list[str]) -> list[str]:
    """A paragraph of running text, or a list of terms. An example at a prompt, and a directive, stand as they are."""
    if paragraph[0].startswith(AS_IT_IS):
        return paragraph
    if _is_code(paragraph):
        return ["::", "", *(f"    {line}" for line in paragraph)]
    if all(TERM.fullmatch(line) or (i and line.startswith("  ")) for i, line in enumerate(paragraph)):
        return _terms(paragraph)
    return [_inline(line) for line in paragraph]


def _is_code(paragraph: list[str]) -> bool:
    """Whether lines are Python that does something: the formatter takes the indentation of a docstring's only block."""
    try:
        tree = ast.parse("\n".join(paragraph))
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Call | ast.Import | ast.ImportFrom) for node in ast.walk(tree))


def _terms(paragraph: list[str]) -> list[str]:
    """`Term    what it means`, with continuation lines under the meaning, as a definition list."""
    done: list[str] = []
    for line in paragraph:
        found = TERM.fullmatch(line) if not line.startswith(" ") else None
        done += [found[1], f"    {_inline(found[2])}"] if found else [f"    {_inline(line.strip())}"]
    return done


def _fields(paragraph: list[str]) -> list[str]:
    """A section of fields: names and types are numpydoc's to read, what is indented below them is text."""
    return [_inline(line) if line.startswith("  ") else line for line in paragraph]


def _inline(line: str) -> str:
    """One line of text: code in double backticks, everything else without a second meaning."""
    parts = SPAN.split(line)
    for i, part in enumerate(parts):
        if i % 2 == 0:
            part = re.sub(r"([\\*|])", r"\\\1", part)
            part = re.sub(r"(?<=\w)_(?!\w)", r"\\_", part)
            parts[i] = with_citations(part)
        elif re.fullmatch(r"`[^`]+`", part):
            parts[i] = f"`{part}`"
    return "".join(parts)


def _process(app, what, name, found, options, lines: list[str]) -> None:
    lines[:] = with_links(house_to_rst("\n".join(lines)), addresses())


def setup(app) -> dict:
    app.connect("autodoc-process-docstring", _process, priority=100)  # before numpydoc, which reads the sections
    return {"parallel_read_safe": True, "parallel_write_safe": True}
