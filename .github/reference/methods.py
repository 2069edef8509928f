"""The statement of methods as a page: its Markdown, with a label per section and links as in the report."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import quote

from bayes.report.pages.methods import CITED, LINKED, text

SECTION = re.compile(r"^## (\d+)\. ", re.MULTILINE)
FENCED = re.compile(r"^(```.*?^```$)", re.MULTILINE | re.DOTALL)


def page() -> str:
    """The statement in MyST's Markdown."""
    parts = FENCED.split(text())
    prose = [LINKED.sub(_link, SECTION.sub(r"(methods-\1)=\n\g<0>", part)) for part in parts[::2]]
    return "".join(word for pair in zip(prose, [*parts[1::2], ""], strict=True) for word in pair)


def with_citations(line: str) -> str:
    """A line of reStructuredText in which "METHODS 3" leads to section 3."""
    return CITED.sub(
        lambda found: f":ref:`{found[0]} <methods-{found[1]}>`" if found[1] in _sections() else found[0], line
    )


@cache
def _sections() -> frozenset[str]:
    return frozenset(SECTION.findall(text()))


def _link(found: re.Match) -> str:
    if found["doi"]:
        return f"[{found[0]}](https://doi.org/{quote(found['doi'], safe='/')})"
    return f"[{found[0]}](#methods-{found['section']})"
