"""How texts write numbers, names and directions, which rows they speak of, and what keeps a file's words inert."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bayes.base.numbers import alike, article, number
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.text.rows import headlined, rounded

NO_HEADLINE = f"{ARMS_ALIKE[0].upper()}{ARMS_ALIKE[1:]}: the data do not say which of them is better"
Row = dict[str, Any]
Dossier = dict[str, Any]
SIGNS = re.compile(r"([\\`*_{}\[\]<>#@$^~|!&])")
NATURAL = ("estimate", "estimate_low", "estimate_high")
ANALYSIS = ("median", "ci_low", "ci_high")


def quoted(text: Any) -> str:
    """What a file says, on one line, none of it read as Markdown, HTML, a citation or mathematics."""
    return SIGNS.sub(r"\\\1", " ".join(str(text).split()))


def distribution(text: str) -> str:
    """A prior with numbers of three digits, quoted."""
    return quoted(rounded(text))


def interval(row: Row, names: Sequence[str] = NATURAL, kind: str = "credible interval") -> str:
    """The median and its interval: `0.96 (95% credible interval 0.65 to 1.42)`."""
    middle, low, high = alike(*(row[name] for name in names), number)
    return f"{middle} ({100 * row['ci_prob']:g}% {kind} {low} to {high})"


def measure(dossier: Dossier) -> str:
    """The measure in words."""
    return dossier["measure"].replace("_", " ")


def favours(dossier: Dossier) -> str:
    """Which side of no effect is good, from `benefit` alone."""
    side = "above" if dossier["benefit"] == "higher" else "below"
    if dossier["measure"] == "proportion":
        return f"a proportion {side} {dossier['null']:g} meets the goal"
    of = ""
    if dossier["measure"] == "common_odds_ratio":
        of = " of a better category" if dossier["benefit"] == "higher" else " of a worse category"
    return f"{article(measure(dossier))}{of} {side} {dossier['null']:g} favours the treatment"


def listed(parts: Iterable[str]) -> str:
    """One, two and three."""
    parts = list(parts)
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def cite(keys: Iterable[str]) -> str:
    """A pandoc citation of these keys with a space before it; nothing for none."""
    keys = list(keys)
    return f" [{'; '.join(f'@{key}' for key in keys)}]" if keys else ""


def main_rows(dossier: Dossier) -> list[Row]:
    """Rows of the main posterior, in the order of the summary."""
    return [row for row in dossier["rows"] if dossier["main"] and row["key"] == dossier["main"]["key"]]


def main_row(dossier: Dossier) -> Row:
    """The row of the main posterior: of the effect, or of mu."""
    wanted = "mu" if dossier["kind"] == "synthesis" else "effect"
    return next(row for row in main_rows(dossier) if row["parameter"] == wanted)


def has_headline(dossier: Dossier) -> bool:
    """Whether its probabilities may be given at the top; of a table of adverse events each row says it of itself."""
    return dossier["main"] is None or dossier["kind"] == "adverse_events" or headlined(main_row(dossier))


def one_a_prior(dossier: Dossier) -> list[Row]:
    """The sound rows that answer the main question, the first of each prior."""
    main, found = main_row(dossier), {}
    for row in dossier["rows"]:
        if same_question(row, main):
            found.setdefault(row["prior"], row)
    return list(found.values())


def same_question(row: Row, main: Row) -> bool:
    """Whether a row answers for the same parameter under another prior, all else being equal."""
    kept = ("parameter", "heterogeneity", "model", "selection_omega", "likelihood")
    return row["status"] == "ok" and all(row[name] == main[name] for name in kept)
