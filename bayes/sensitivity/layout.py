"""Layout of the sensitivity tables as headings and cells of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from bayes.base.numbers import in_table, probability, significant
from bayes.sensitivity.subject import Row

SHOWN = 7  # means and sds of the grid that fit in a terminal
Column = tuple[str, Callable[[Row], str]]


def _plain(name: str) -> Callable[[Row], str]:
    write = partial(probability, table=True) if name.startswith("p_") else in_table
    return lambda row: write(_known(row.get(name)))


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: str(row.get(name) if _known(row.get(name)) is not None else "").replace("_", " ")


def _known(value: Any) -> Any:
    return None if value is None or value != value else value


def _span(low: str, high: str) -> Callable[[Row], str]:
    return lambda row: "" if _known(row.get(low)) is None else f"{in_table(row[low])} to {in_table(row[high])}"


def _risk(name: str) -> Callable[[Row], str]:
    """Return a writer of risks or rates: a small one, such as a rate per day, keeps two significant digits."""

    def written(row: Row) -> str:
        value = _known(row.get(name))
        return significant(value, 2) if value is not None and 0 < abs(value) < 0.01 else in_table(value)

    return written


def _risks(row: Row) -> str:
    low, high = _risk("low")(row), _risk("high")(row)
    return f"{low} to {high}" if low else ""


def _effect(row: Row) -> str:
    if _known(row.get("estimate")) is None:
        return ""
    return f"{in_table(row['estimate'])} ({in_table(row['estimate_low'])} to {in_table(row['estimate_high'])})"


PROBABILITIES: tuple[Column, ...] = (
    ("P(benefit)", _plain("p_benefit")), ("P(≥ MCID)", _plain("p_mcid")), ("P(harm)", _plain("p_harm")),
    ("P(not worse)", _plain("p_margin")),
)  # fmt: skip
EFFECT: Column = ("median (95% CrI)", _effect)
TITLES = {
    "verdicts": "Verdicts: the range of each probability in each sensitivity analysis",
    "named_priors": "Posterior under each named prior",
    "prior_grid": "P(benefit) by prior mean (across) and prior sd (down)",
    "tipping": "Tipping points: the prior beliefs at which the conclusion would change",
    "fragility": "Fragility: the number of events that would have to move between the arms",
    "reverse_bayes": "Reverse-Bayes analysis: the priors of a sceptic and of an advocate",
    "power_scaling": "Power scaling (a sensitivity of 0.05 or more is notable)",
    "conflict": "Prior-data conflict",
    "prior_weight": "Weight of each prior relative to the data",
    "likelihood": "Alternative readings of the report",
    "extraction": "Rounding of the printed numbers and unreported directions",
    "influence": "Influence of trials, kinds of evidence, heterogeneity and weights",
    "baseline_risk": "Absolute effects by control risk",
}
COLUMNS: dict[str, tuple[Column, ...]] = {
    "verdicts": (
        ("conclusion", _text("conclusion")), ("question", _text("question")), ("main analysis", _plain("value")),
        ("range", _span("low", "high")), ("verdict", _text("verdicts")), ("changes", lambda r: _yes(r["changes"])),
    ),
    "named_priors": (("prior", _text("prior")), EFFECT, *PROBABILITIES, ("", lambda r: r.get("reason") or "")),
    "tipping": (
        ("vary", _text("vary")), ("probability", lambda r: _p_name(r["probability"])), ("target", _plain("target")),
        ("value", _plain("value")), ("natural", _plain("natural")), ("meaning", _text("reason")),
    ),
    "fragility": (
        ("target", _plain("target")), ("events", _text("events")), ("towards", _text("towards")),
        ("P(benefit)", _plain("p_benefit")), ("after", _plain("p_after")), ("", _text("reason")),
    ),
    "reverse_bayes": (
        ("quantity", _text("quantity")), ("value", _plain("value")), ("natural", _plain("natural")),
        ("meaning", _text("reason")),
    ),
    "power_scaling": (
        ("parameter", _text("parameter")), ("prior", _plain("prior")), ("likelihood", _plain("likelihood")),
        ("", _text("diagnosis")),
    ),
    "conflict": (
        ("prior", _text("prior")), ("Box p", _plain("box_p")), ("overlap", _plain("overlap")), ("", _text("reason")),
    ),
    "prior_weight": (
        ("prior", _text("prior")), ("share of precision", _plain("share_of_precision")), ("ELIR", _plain("elir")),
        ("Morita", _plain("morita")), ("moments", _plain("moments")), ("", _text("words")),
    ),
    "likelihood": (("question", _text("question")), ("reading", _text("variation")), EFFECT, *PROBABILITIES),
    "extraction": (
        ("report", _text("report")), ("over", _text("over")), ("probability", lambda r: _p_name(r["probability"])),
        ("as printed", _plain("value")), ("range", _span("low", "high")), ("", _text("reason")),
    ),
    "influence": (
        ("question", _text("question")), ("variation", lambda r: r["variation"]), ("weight", _plain("weight")),
        EFFECT, *PROBABILITIES,
    ),
    "baseline_risk": (
        ("control risk", _risk("control_risk")), ("treated", _risk("treated_risk")),
        ("difference", _risk("risk_difference")), ("95% CrI", _risks), ("NNT", _text("nnt")),
        ("", _text("reason")),
    ),
}  # fmt: skip


def lay_out(rows: Mapping[str, Sequence[Row]]) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield (title, headings, cells) of every table with rows, leaving out columns that are entirely empty.

    Parameters
    ----------
    rows : mapping of str to list of rows
        Tables by name, as in `examination.Examination.rows`.
    """
    for name, title in TITLES.items():
        if not rows.get(name):
            continue
        shown = rows[name] if name != "verdicts" else [row for row in rows[name] if row["low"] is not None]
        headings, cells = _grid(shown) if name == "prior_grid" else _table(COLUMNS[name], shown)
        yield title, headings, cells


def _table(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    cells = [[cell(row) for _, cell in columns] for row in rows]
    used = [i for i in range(len(columns)) if any(line[i] for line in cells)]
    return [columns[i][0] for i in used], [[line[i] for i in used] for line in cells]


def _grid(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Lay out a few rows and columns of the prior grid: means on the measure's own scale, sds on the analysis scale."""
    means = sorted({row["prior_mean"] for row in rows})
    sds = sorted({row["prior_sd"] for row in rows})
    few = [[values[i] for i in _spread(len(values))] for values in (means, sds)]
    found = {(row["prior_mean"], row["prior_sd"]): row for row in rows}
    natural = [found[mean, sds[0]]["prior_natural"] for mean in few[0]]
    lines = [
        [in_table(sd), *(probability(found[mean, sd]["p_benefit"], table=True) for mean in few[0])] for sd in few[1]
    ]
    return ["sd", *map(in_table, natural)], lines


def _spread(count: int) -> list[int]:
    """Return a few positions from first to last, including the middle one."""
    shown = min(SHOWN, count)
    return sorted({round(i * (count - 1) / max(shown - 1, 1)) for i in range(shown)})


def _p_name(name: str) -> str:
    return {"p_benefit": "P(benefit)", "p_mcid": "P(≥ MCID)", "p_harm": "P(harm)"}[name]


def _yes(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"
