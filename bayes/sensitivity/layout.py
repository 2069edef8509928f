"""Layout of the sensitivity tables as headings and cells of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import isnan

from bayes.base.numbers import in_table, probability, significant
from bayes.base.tables import Rows

SHOWN = 7  # means and sds of the grid that fit in a terminal
Row = Mapping[str, object]  # of any table, also as read from a file
Column = tuple[str, Callable[[Row], str]]


def _number(row: Row, name: str) -> float | None:
    """Return a number of a row, or None for a missing one."""
    value = row.get(name)
    return float(value) if isinstance(value, int | float) and not isnan(value) else None


def _plain(name: str) -> Callable[[Row], str]:
    return _probability(name) if name.startswith("p_") else lambda row: in_table(_number(row, name))


def _probability(name: str) -> Callable[[Row], str]:
    return lambda row: probability(_number(row, name), table=True)


def _probabilities(low: str, high: str) -> Callable[[Row], str]:
    ends = _probability(low), _probability(high)
    return lambda row: " to ".join(end(row) for end in ends) if ends[0](row) else ""


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: _as_it_is(name)(row).replace("_", " ")


def _as_it_is(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row.get(name) is None else str(row[name])


def _between(row: Row, low: str, high: str) -> str:
    return f"{in_table(_number(row, low))} to {in_table(_number(row, high))}"


def _risk(name: str) -> Callable[[Row], str]:
    """Return a writer of risks or rates: a small one, such as a rate per day, keeps two significant digits."""

    def written(row: Row) -> str:
        value = _number(row, name)
        return significant(value, 2) if value is not None and 0 < abs(value) < 0.01 else in_table(value)

    return written


def _control(row: Row) -> str:
    """Return the control risk or rate; that of the report is marked."""
    return _risk("control_risk")(row) + (", as observed" if row.get("observed") else "")


def _risks(row: Row) -> str:
    low, high = _risk("low")(row), _risk("high")(row)
    return f"{low} to {high}" if low else ""


def _effect(row: Row) -> str:
    if _number(row, "estimate") is None:
        return ""
    return f"{in_table(_number(row, 'estimate'))} ({_between(row, 'estimate_low', 'estimate_high')})"


def _weighted(row: Row) -> str:
    """Return what is varied, with the power to which a report is raised."""
    power = _number(row, "weight")
    return _as_it_is("variation")(row) + ("" if power is None else f", weight {power:g}")


def _p_name(row: Row) -> str:
    return {"p_benefit": "P(benefit)", "p_mcid": "P(≥ MCID)", "p_harm": "P(harm)"}[str(row["probability"])]


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
        ("conclusion", _text("conclusion")), ("question", _text("question")), ("main analysis", _probability("value")),
        ("range", _probabilities("low", "high")), ("verdict", _text("verdicts")),
    ),
    "named_priors": (("prior", _text("prior")), EFFECT, *PROBABILITIES, ("", _as_it_is("reason"))),
    "tipping": (
        ("vary", _text("vary")), ("probability", _p_name), ("target", _plain("target")),
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
        ("report", _text("report")), ("over", _text("over")), ("probability", _p_name),
        ("as printed", _probability("value")), ("range", _probabilities("low", "high")), ("", _text("reason")),
    ),
    "influence": (
        ("question", _text("question")), ("variation", _weighted),
        EFFECT, *PROBABILITIES,
    ),
    "baseline_risk": (
        ("control risk", _control), ("treated", _risk("treated_risk")),
        ("difference", _risk("risk_difference")), ("95% CrI", _risks), ("NNT", _text("nnt")),
        ("", _text("reason")),
    ),
}  # fmt: skip


def lay_out(rows: Mapping[str, Rows]) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield (title, headings, cells) of every table with rows, leaving out columns that are entirely empty.

    Parameters
    ----------
    rows : mapping of str to list of rows
        Tables by name, as `examination.Examination.tables` returns them.
    """
    for name, title in TITLES.items():
        if not rows.get(name):
            continue
        shown = rows[name] if name != "verdicts" else [row for row in rows[name] if row["low"] is not None]
        headings, cells = _grid(shown) if name == "prior_grid" else _table(COLUMNS[name], shown)
        yield title, headings, cells


def _table(columns: Sequence[Column], rows: Rows) -> tuple[list[str], list[list[str]]]:
    cells = [[cell(row) for _, cell in columns] for row in rows]
    used = [i for i in range(len(columns)) if any(line[i] for line in cells)]
    return [columns[i][0] for i in used], [[line[i] for i in used] for line in cells]


def _grid(rows: Rows) -> tuple[list[str], list[list[str]]]:
    """Lay out a few rows and columns of the prior grid: means on the measure's own scale, sds on the analysis scale."""
    found: dict[tuple[float, float], Row] = {}
    for row in rows:
        mean, sd = _number(row, "prior_mean"), _number(row, "prior_sd")
        if mean is not None and sd is not None:
            found[mean, sd] = row
    means, sds = (_few(sorted({cell[i] for cell in found})) for i in (0, 1))
    headings = ["sd", *(in_table(_number(found[mean, sds[0]], "prior_natural")) for mean in means)]
    p_benefit = _plain("p_benefit")
    return headings, [[in_table(sd), *(p_benefit(found[mean, sd]) for mean in means)] for sd in sds]


def _few(values: list[float]) -> list[float]:
    """Return a few values from first to last, including the middle one."""
    shown = min(SHOWN, len(values))
    return [values[i] for i in sorted({round(i * (len(values) - 1) / max(shown - 1, 1)) for i in range(shown)})]
