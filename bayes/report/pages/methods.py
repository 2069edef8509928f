"""The statement of methods as a page: its Markdown as HTML, formulae as MathML, with an anchor for each section.

A section that begins with "## 3." has the anchor `methods-3`; "METHODS 3" in the text of a page links to it (`cited`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import quote

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markupsafe import Markup, escape

PAGE = "methods.html"
NUMBERED = re.compile(r"(\d+)\. (.+)")
CITED = re.compile(r"\bMETHODS (\d+)\b")
LINKED = re.compile(r"\bsection (?P<section>\d+)\b(?!\.\d)|\bdoi:(?P<doi>10\.\S+?)(?=[,.;)]*(?:\s|$))")
NEEDLESS = re.compile(r' (?:xmlns="[^"]*"|display="inline")')  # what HTML takes for granted, a sixth of the page
OPERATORS = {  # signs that latex2mathml writes as letters, or with the spacing of another use of the sign
    "<mi>&#x0007E;</mi>": '<mo lspace="0.28em" rspace="0.28em">&#x0223C;</mo>',
    "<mi>&#x000B1;</mi>": "<mo>&#x000B1;</mo>",
    "<mi>;</mi>": '<mo lspace="0" rspace="0.17em">;</mo>',
    "<mo>&#x0002F;</mo>": '<mo lspace="0.06em" rspace="0.06em">&#x0002F;</mo>',
    "<mo>&#x0007C;</mo>": '<mo lspace="0" rspace="0" stretchy="false">&#x0007C;</mo>',
}
SIGN = re.compile("(?<=&#x000(?:28|2C|3D|3C|7B);</mo>)<mo>(&#x02212;|&#x0002B;)</mo>")  # a sign, not an operation
FUNCTION = re.compile('<mi>(?:log|ln|exp)</mi>(?!<mo stretchy="false">)')
OPEN = '<div class="{}" tabindex="0" role="{}" aria-label="{}">'


@dataclass(frozen=True)
class Statement:
    """The statement as shown: the text before the first section, the section titles by number, and the sections."""

    head: Markup
    titles: dict[int, str]
    body: Markup


def text() -> str:
    """Return the statement as shipped, in Markdown."""
    return (files("bayes.data") / "METHODS.md").read_text(encoding="utf-8")


@cache
def statement() -> Statement:
    """Return the statement as HTML, with no content other than its Markdown."""
    markdown = _markdown()
    tokens = markdown.parse(text())
    first = next(i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h2")
    parts = tokens[:first], tokens[first:]
    head, body = (Markup(markdown.renderer.render(part, markdown.options, {})) for part in parts)
    return Statement(head, dict(_numbered(tokens)), body)


def cited(said: str, root: str) -> Markup:
    """Return the text of a page with every citation such as "METHODS 3" linked to that section."""
    link = Markup('<a href="{}{}#methods-{}">{}</a>')
    parts, end = [], 0
    for found in CITED.finditer(said):
        parts += [escape(said[end : found.start()]), link.format(root, PAGE, found[1], found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(said[end:])])


def _numbered(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """Yield the number and title of every section."""
    for token, following in zip(tokens, tokens[1:], strict=False):
        if token.type == "heading_open" and token.tag == "h2":
            found = NUMBERED.fullmatch(following.content)
            if found is None:
                raise ValueError(f"the section {following.content!r} has no number")
            yield int(found[1]), found[2]


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.inline.ruler.before("escape", "formula", _formula)
    markdown.core.ruler.push("anchors", _anchors)
    markdown.core.ruler.push("links", _links)
    for name, rule in {
        "formula": lambda _, tokens, i, *rest: mathml(tokens[i].content, "inline"),
        "fence": lambda _, tokens, i, *rest: _displayed(tokens[i]),
        "table_open": lambda _, tokens, i, *rest: OPEN.format("scroll", "region", tokens[i].meta["name"]) + "<table>\n",
        "table_close": lambda *_: "</table></div>\n",
    }.items():
        markdown.add_render_rule(name, rule)
    return markdown


def _formula(state: StateInline, silent: bool) -> bool:
    """Parse an inline formula $...$, leaving its backslashes to LaTeX."""
    if state.src[state.pos] != "$" or (end := state.src.find("$", state.pos + 1)) < 0:
        return False
    if not silent:
        state.push("formula", "math", 0).content = state.src[state.pos + 1 : end]
    state.pos = end + 1
    return True


def _displayed(fence: Token) -> str:
    """Return a displayed formula, in a box that scrolls if the page is too narrow."""
    return f"{OPEN.format('scroll formula', 'group', 'Formula')}{mathml(fence.content.strip(), 'block')}</div>\n"


def mathml(latex: str, display: str) -> str:
    """Return the MathML of a formula, adding what latex2mathml omits: aligned rows and the spacing of operators."""
    found = convert(latex.replace("{aligned}", "{align*}"), display=display)
    for letter, operator in OPERATORS.items():
        found = found.replace(letter, operator)
    found = SIGN.sub(r'<mo form="prefix">\1</mo>', found)
    found = NEEDLESS.sub("", found)
    return FUNCTION.sub(r'\g<0><mspace width="0.17em" />', found)


def _anchors(state: StateCore) -> None:
    """Give every section an anchor, every table a name, and every column heading its scope."""
    tables = 0
    for token, following in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type == "heading_open" and (found := NUMBERED.fullmatch(following.content)):
            token.attrSet("id", f"methods-{found[1]}")
        elif token.type == "table_open":
            tables += 1
            token.meta["name"] = f"Table {tables}"
        elif token.type == "th_open":
            token.attrSet("scope", "col")


def _links(state: StateCore) -> None:
    """Turn references to sections and DOIs into links."""
    for token in state.tokens:
        if token.type == "inline" and token.children is not None:
            token.children = [part for child in token.children for part in _linked(child)]


def _linked(child: Token) -> Iterator[Token]:
    if child.type != "text":
        yield child
        return
    end = 0
    for found in LINKED.finditer(child.content):
        doi = found["doi"]
        href = f"https://doi.org/{quote(doi, safe='/()')}" if doi else f"#methods-{found['section']}"
        yield _plain(child.content[end : found.start()])
        yield Token("link_open", "a", 1, attrs={"href": href})
        yield _plain(found[0])
        yield Token("link_close", "a", -1)
        end = found.end()
    yield _plain(child.content[end:])


def _plain(said: str) -> Token:
    return Token("text", "", 0, content=said)
