"""Small HTML for notebooks and exported pages: tables and paragraphs of text that is always escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """An HTML table.

    Parameters
    ----------
    headings : sequence of str
        Plain text; with none there is no heading row.
    rows : iterable of sequence of str
        Plain text, a cell per heading.
    caption : str
        Plain text above the table.
    """
    head = f"<thead><tr>{_cells('th', headings)}</tr></thead>" if headings else ""
    body = "\n".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    above = f'<caption style="text-align:left">{escape(caption)}</caption>' if caption else ""
    return f"<table>{above}{head}<tbody>\n{body}\n</tbody></table>"


def facts(caption: str, pairs: Iterable[tuple[str, str | None]]) -> str:
    """A table of names and what is said of them; pairs without a value are left out."""
    return table((), [pair for pair in pairs if pair[1]], caption)


def paragraphs(text: str) -> str:
    """Text as paragraphs, which empty lines or line ends divide."""
    return "\n".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def page(title: str, body: str) -> str:
    """A whole page that needs no other file."""
    style = (
        "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.2em .7em;text-align:left}"
    )
    head = (
        f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}tr{{border-bottom:1px solid #ccc}}</style>'
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _cells(tag: str, words: Iterable[str]) -> str:
    return "".join(f'<{tag} style="text-align:left">{escape(word)}</{tag}>' for word in words)
