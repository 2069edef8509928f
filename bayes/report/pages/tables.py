"""Tables of a page: great-tables makes them, the page's own style sheet dresses them, a caption names them.

Cells are text and always escaped, unless they are `Markup` that this package made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd
from great_tables import GT
from markupsafe import Markup, escape

NUMERIC = re.compile(r"^[-+<>≥≤]?\s*[\d.,]+(e[-+]?\d+)?%?( \(.*\)| to .*)?$")


def table(
    caption: str,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    groups: Sequence[str] | None = None,
    note: str = "",
) -> Markup:
    """An HTML table in a region that scrolls sideways where the page is too narrow for it.

    Parameters
    ----------
    headings : sequence of str
        Plain text; may repeat.
    rows : sequence of sequence of str
        Plain text, or Markup that is set as it is; columns that are empty throughout are left out.
    groups : sequence of str, optional
        Of each row, the group it stands in; rows of a group are neighbours.
    note : str
        Plain text below the table.
    """
    used = [i for i in range(len(headings)) if not rows or any(row[i] for row in rows)]
    headings, rows = [headings[i] for i in used], [[row[i] for i in used] for row in rows]
    columns = [f"c{i}" for i in range(len(headings))]
    frame = pd.DataFrame([[escape(cell) for cell in row] for row in rows], columns=columns, dtype=object)
    if groups is not None:
        frame["group"] = list(groups)
    made = GT(frame, groupname_col="group" if groups is not None else None)
    made = made.fmt(str, columns=columns)  # text that is escaped already
    named = zip(columns, headings, strict=True)
    made = made.cols_label(
        {name: heading or ("row" if name == "c0" else "remark") for name, heading in named}
    )  # no heading cell stays empty
    numbers = [name for name in columns if len(frame) and frame[name].map(_is_number).all()]
    made = made.cols_align("left", columns).cols_align("right", numbers)
    html = _plain(made.as_raw_html())
    below = Markup('<p class="note">{}</p>').format(note) if note else ""
    captioned = html.replace("<thead>", f"<caption>{escape(caption)}</caption>\n<thead>", 1)
    region = Markup('<div class="scroll" role="region" tabindex="0" aria-label="{}">{}</div>{}')
    return region.format(caption, Markup(captioned), below)


def _is_number(cell: str) -> bool:
    return not cell or bool(NUMERIC.match(cell))


def _plain(html: str) -> str:
    """The bare table: one style sheet serves the page, and names that several tables would share are left out."""
    start, end = html.index("<table"), html.index("</table>") + len("</table>")
    body = re.sub(r' (?:id|headers|data-quarto-[a-z-]+|aria-labelledby)="[^"]*"', "", html[start:end])
    return re.sub(r' (?:rowspan|colspan)="1"', "", body)
