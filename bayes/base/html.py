"""Simple HTML for notebooks and exported pages: tables and paragraphs, with all text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """Format rows as an HTML table.

    Parameters
    ----------
    headings : sequence of str
        Plain text; an empty sequence gives a table without a heading row.
    rows : iterable of sequence of str
        Plain text, one cell per heading.
    caption : str
        Plain text above the table.

    Returns
    -------
    str
    """
    head = f"<thead><tr>{_cells('th', headings)}</tr></thead>" if headings else ""
    body = "\n".join(f"<tr>{_cells('td', row)}</tr>" for row in rows)
    above = f'<caption style="text-align:left">{escape(caption)}</caption>' if caption else ""
    return f"<table>{above}{head}<tbody>\n{body}\n</tbody></table>"


def facts(caption: str, pairs: Iterable[tuple[str, str | None]]) -> str:
    """Format pairs of a name and a value as an HTML table; pairs without a value are omitted."""
    return table((), [(name, value) for name, value in pairs if value], caption)


def paragraphs(text: str) -> str:
    """Format text as HTML paragraphs, one per non-empty line."""
    return "\n".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def page(title: str, body: str) -> str:
    """Return a complete, self-contained HTML page; `title` is plain text, `body` is HTML."""
    style = (
        "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse}td,th{padding:.2em .7em;text-align:left}"
    )
    head = (
        f'<meta charset="utf-8"><title>{escape(title)}</title><style>{style}tr{{border-bottom:1px solid #ccc}}</style>'
    )
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n{body}\n</body></html>\n'


def _cells(tag: str, words: Iterable[str]) -> str:
    return "".join(f'<{tag} style="text-align:left">{escape(word)}</{tag}>' for word in words)
