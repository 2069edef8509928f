"""A long table of adverse events on its page: the terms that are shown, and where all of them are."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from bayes.posterior.names import effect_of
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.pages.tables import table

FURTHER = Markup(
    '<p class="note">{count} further {noun}: in <a href="../{file}"><code>{file}</code></a>, the CSV beside this page. '
    "Shown are {rule}.{rest}</p>"
)
RULE = (
    "the flagged terms, then in turn those with the most extreme P(harm) or P(benefit) under the main prior and those "
    "with the most events"
)


def of_shown(dossier: Dossier, rows: Sequence[Row]) -> list[Row]:
    """Return the rows about terms that the page shows; of a short table and of any other report, all rows."""
    if dossier["terms"] is None:
        return list(rows)
    shown = {str(effect_of(name)) for name in dossier["terms"]["shown"]}
    return [row for row in rows if row["parameter"] in shown or row["status"] == "skipped"]


def printed_tables(dossier: Dossier) -> list[Markup]:
    """Return what was printed, a table for each; of a long table of adverse events, the lines about terms shown."""
    found = dossier["printed"]["tables"]
    if dossier["terms"] is None:
        return [table(one["title"], one["headings"], one["cells"]) for one in found]
    shown = {None, *dossier["terms"]["shown"]}
    return [
        table(one["title"], one["headings"], [c for c, name in zip(one["cells"], about, strict=True) if name in shown])
        for one in found
        if (about := one.get("about", [None] * len(one["cells"])))
    ]


def further(dossier: Dossier) -> Markup | str:
    """Return the sentence on the terms that the page does not show; empty if it shows them all."""
    if dossier["terms"] is None:
        return ""
    part = dossier["terms"]
    count, flagged, failed = part["left_out"], part["left_out_flagged"], part["left_out_failed"]
    among = [f"{flagged} flagged"] if flagged else []
    among += [f"{failed} with a posterior that failed its convergence checks"] if failed else []
    rest = f" Among the further terms: {', '.join(among)}." if among else ""
    return FURTHER.format(count=count, noun="term" if count == 1 else "terms", file=part["file"], rule=RULE, rest=rest)


def titled(dossier: Dossier, title: str) -> str:
    """Return the caption of a figure of terms, with the number of those shown where it does not show them all."""
    if dossier["terms"] is None:
        return title
    part = dossier["terms"]
    shown = len(part["shown"])
    return f"{title}: {shown} of {shown + part['left_out']} terms, those of the table below"
