"""The overview of outcomes: a row each, with P(benefit) under every prior as a small picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup, escape

from bayes.base.numbers import in_table, probability
from bayes.paper.annotations import NOT_STATED
from bayes.plots.style import BLUE, GREEN, INK, ORANGE, PALE, PURPLE, RED
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.reading import by_prior, main_row, verdict
from bayes.text.rows import by_construction, effect, headlined
from bayes.text.wording import listed

HEADINGS = ("outcome", "median (95% CrI)", "P(benefit)", "P(≥ MCID)", "by prior", "benefit is")
VERDICTS = ("probable", "uncertain", "improbable")
MARKS = {
    "vague": (PALE, "square"),
    "neutral": (INK, "disc"),
    "sceptical": (RED, "down"),
    "enthusiastic": (GREEN, "up"),
    "pessimistic": (PURPLE, "diamond"),
    "cochrane": (BLUE, "bar"),
    "field": (ORANGE, "bar"),
}
WIDE, HIGH, ROOM, SIZE = 150, 24, 8, 4.2
LEGEND = (
    "Pictures show P(benefit) from 0 (left) to 1 (right) under each prior: disc, neutral; square, vague; triangle "
    "pointing down, sceptical; triangle pointing up, enthusiastic; diamond, pessimistic; bars, Cochrane and field."
)


def outcome_rows(dossiers: Sequence[Dossier], root: str) -> tuple[Sequence[str], list[list[str]], list[str]]:
    """Return headings, rows and groups: a row per outcome under its main prior, grouped by trial.

    Parameters
    ----------
    dossiers : sequence of Dossier
    root : str
        The relative path from the page to the root of the site.
    """
    rows: list[list[str]] = []
    groups: list[str] = []
    for dossier in dossiers:
        trial = dossier["trial"]
        named = Markup('<a href="{}{}">{}</a><small>{}</small>')
        link = named.format(root, dossier["page"], dossier["label"], _evidence(dossier))
        found, p, beyond = _numbers(dossier)
        shown = Markup("{}<small>{}</small>").format(found, _better(dossier))
        rows.append([link, shown, p, beyond, strip(dossier), verdict(dossier)])
        to_trial = Markup('<a href="{}trials/{}.html">{} ({})</a>')
        groups.append("" if trial is None else to_trial.format(root, trial["id"], trial["title"], trial["year"]))
    return HEADINGS, rows, groups


def conclusions(dossiers: Sequence[Dossier]) -> str:
    """Return how many outcomes have a probable, an uncertain and an improbable benefit, as a sentence."""
    found = Counter(map(verdict, dossiers))
    said = listed(f"{name} for {found[name]}" for name in VERDICTS)
    rest = f"; {found['']} have no single answer" if found[""] else ""
    return f"Under the main prior of each, any benefit is {said} of {len(dossiers)} outcomes and syntheses{rest}."


def strip(dossier: Dossier) -> Markup:
    """Draw P(benefit) under each prior on a line from 0 to 1, with the numbers as alternative text."""
    found = by_prior(dossier)
    if not found:
        return Markup("")
    said = "P(benefit): " + ", ".join(f"{name} {probability(p, table=True)}" for name, p in found.items())
    marks = Markup("").join(_mark(name, p) for name, p in found.items())
    ends = Markup("").join(
        Markup('<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}"/>').format(
            _x(p), HIGH / 2 - 4, HIGH / 2 + 4, PALE
        )
        for p in (0, 0.5, 1)
    )
    line = Markup('<line x1="{}" x2="{}" y1="{}" y2="{}" stroke="{}"/>').format(_x(0), _x(1), HIGH / 2, HIGH / 2, PALE)
    frame = Markup('<svg class="strip" role="img" aria-label="{}" viewBox="0 0 {} {}">{}{}{}</svg>')
    return frame.format(said, WIDE, HIGH, line, ends, marks)


def _numbers(dossier: Dossier) -> tuple[str, str, str]:
    if dossier["main"] is None or dossier["kind"] == "adverse_events":
        return "", "", ""
    row = main_row(dossier)
    if not headlined(row):
        return effect(row), "arms alike", ""
    said = by_construction(row)
    return (
        effect(row),
        f"{said} by construction" if said else probability(row["p_benefit"], True),
        probability(row["p_mcid"], True),
    )


def _better(dossier: Dossier) -> str:
    side = "above" if dossier["benefit"] == "higher" else "below"
    return f"{dossier['measure'].replace('_', ' ')}, better {side} {in_table(dossier['null']).rstrip('0').rstrip('.')}"


def _evidence(dossier: Dossier) -> Markup:
    """Return the kind of evidence and, as a badge, its source level; a synthesis has several source levels."""
    kind = dossier["evidence_kind"].replace("_", " ")
    if dossier["trial"] is None:
        return escape(kind)
    level = dossier["source_level"] or NOT_STATED
    badge = Markup('<span class="badge{}">{}</span>').format(" missing" if level == NOT_STATED else "", level)
    return Markup("{} {}").format(kind, badge)


def _x(p: float) -> float:
    return round(ROOM + p * (WIDE - 2 * ROOM), 1)


def _mark(name: str, p: float) -> Markup:
    colour, shape = MARKS.get(name, (INK, "bar"))
    x, y, s = _x(p), HIGH / 2, SIZE
    if shape == "disc":
        return Markup('<circle cx="{}" cy="{}" r="{}" fill="{}"/>').format(x, y, s, colour)
    corners = {
        "square": [(-s, -s), (s, -s), (s, s), (-s, s)],
        "down": [(-s, -s), (s, -s), (0, s)],
        "up": [(-s, s), (s, s), (0, -s)],
        "diamond": [(0, -s), (s, 0), (0, s), (-s, 0)],
        "bar": [(-1.2, -2 * s), (1.2, -2 * s), (1.2, 2 * s), (-1.2, 2 * s)],
    }[shape]
    points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
    return Markup('<polygon points="{}" fill="{}" stroke="#555" stroke-width="0.6"/>').format(points, colour)
