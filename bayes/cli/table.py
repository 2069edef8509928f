"""The tables of a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bayes.base.numbers import in_table, probability
from bayes.text.rows import effect, p_text, parameter

if TYPE_CHECKING:
    from bayes.analysis.analysis import Analysis
    from bayes.paper.trial import Outcome
    from bayes.posterior.record import PosteriorRecord
    from bayes.posterior.row import SummaryRow, ThresholdRow
    from bayes.synthesis.file import Synthesis

LaidOut = tuple[str, list[str], list[list[str]]]  # the title, headings and cells of a table
Cell = Callable[["SummaryRow"], str]
WIDTH, TOGETHER, WIDE = 100, 140, 200  # if the output is not a terminal


def show(
    rows: list[SummaryRow],
    together: bool = False,
    beyond: Sequence[ThresholdRow] = (),
    asked: Sequence[float] = (),
) -> None:
    """Print rows, one table per outcome or synthesis (or all in one table), with notes below.

    Parameters
    ----------
    rows : list of SummaryRow
    together : bool
        Whether all rows share one table.
    beyond : sequence of ThresholdRow
        The probabilities beyond thresholds, of which those asked for have a column each.
    asked : sequence of float
        Thresholds on the measure's own scale.
    """
    long_names = together or any(row["parameter"] != "effect" for row in rows)
    width = None if sys.stdout.isatty() else TOGETHER if long_names else WIDTH
    console = Console(highlight=False, width=width)
    known = {(one["key"], one["parameter"], one["threshold"]): one["probability"] for one in beyond}

    def reached(threshold: float) -> Cell:
        return lambda row: probability(known.get((row["key"] or "", row["parameter"], threshold)), table=True)

    thresholds = {f"P({threshold:g}\nor better)": reached(threshold) for threshold in asked}
    if together:
        _show_together(console, rows, thresholds)
        return
    for _, group in groupby(rows, key=lambda row: (row["trial"], row["outcome"])):
        _show_one(console, list(group), thresholds)


def show_syntheses(fitted: Iterable[tuple[Analysis, PosteriorRecord]]) -> None:
    """Print in words and tables what the main posterior of each synthesis rests on."""
    from bayes.pooling.layout import lay_out
    from bayes.pooling.words import sentences
    from bayes.results.summarising import main_key

    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    posteriors: dict[str, dict[str, PosteriorRecord]] = {}
    analyses = {}
    for analysis, record in fitted:
        if record.explanation is not None:
            posteriors.setdefault(record.reported.trial, {})[record.key] = record
            analyses[record.key] = analysis
    for found in posteriors.values():
        main = found[main_key(found)]
        if main.explanation is None:
            continue
        for text in sentences(analyses[main.key], main.explanation):
            console.print(escape(text), soft_wrap=sys.stdout.isatty() is False)
            console.print()
        show_tables(lay_out(main.explanation))


def show_tables(laid_out: Iterable[LaidOut]) -> None:
    """Print tables given as title, headings and cells; numbers are right-aligned, words left-aligned."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    for title, headings, cells in laid_out:
        table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
        for i, heading in enumerate(headings):
            column = [row[i] for row in cells]
            worded = any(len(cell) > 30 or cell.replace(" ", "").isalpha() for cell in column)
            table.add_column(escape(heading), justify="left" if worded or not i else "right")
        for row in cells:
            table.add_row(*map(escape, row))
        console.print(table)


def oddities(targets: Iterable[Outcome | Synthesis]) -> Iterator[str]:
    """Yield a line for each inconsistency in the outcomes shown that their files do not acknowledge."""
    from bayes.checks import INCONSISTENT, check_outcome
    from bayes.paper.trial import Outcome

    for target in targets:
        for finding in check_outcome(target) if isinstance(target, Outcome) else ():
            if finding.verdict == INCONSISTENT and finding.acknowledged is None:
                yield f"{target.name} {finding.path}: {finding.text}"


def _show_together(console: Console, rows: list[SummaryRow], thresholds: Mapping[str, Cell]) -> None:
    """Print all rows in one table, with mean and sd on the analysis scale, so that reports can be compared."""
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("outcome", "evidence", "prior"):
        table.add_column(heading, no_wrap=True)
    for heading in ("mean (sd)", "effect (95% interval)", "P(benefit)", *thresholds):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("status")
    for row in rows:
        name = ":".join(filter(None, (row["trial"], row["outcome"])))
        cells = _cells(row, with_parameter=False)
        moments = f"{in_table(row['mean'])} ({in_table(row['sd'])})" if row["mean"] is not None else ""
        part = "" if row["parameter"] == "effect" else f" {row['parameter']}"
        shown = (name + part, str(row["evidence"]), cells[0])
        beyond = (cell(row) for cell in thresholds.values())
        table.add_row(*map(escape, shown), moments, cells[1], cells[2], *beyond, cells[-1])
    console.print(table)
    for line in _remarks((f"{row['outcome']} {row['prior']}", row) for row in rows):
        console.print(escape(line), soft_wrap=True)


def _show_one(console: Console, rows: list[SummaryRow], thresholds: Mapping[str, Cell]) -> None:
    first = rows[0]
    name = ":".join(filter(None, (first["trial"], first["outcome"])))
    measure = str(first["measure"]).replace("_", " ")
    title = f"{name} · {first['label']}\n{measure}, {first['benefit']} is better; median (95% credible interval)"
    if first["mcid"] is not None:
        title += f"; MCID {first['mcid']:g}"
    table = Table(title=escape(title), title_justify="left", box=box.SIMPLE_HEAD)
    several = any(row["parameter"] != "effect" for row in rows)
    *cells, status = zip(*(_cells(row, several) for row in rows), strict=True)
    words = ["prior", "parameter"] if several else ["prior"]
    columns = dict(zip([*words, measure, "P(benefit)", "P(≥ MCID)", "P(harm)"], cells, strict=True))
    columns["P(not worse)"] = tuple(p_text(row, "p_margin") for row in rows)
    columns |= {heading: tuple(map(cell, rows)) for heading, cell in thresholds.items()}
    columns = {heading: column for heading, column in columns.items() if any(column)}
    for heading in columns:
        table.add_column(heading, justify="left" if heading in words else "right", no_wrap=heading not in words)
    table.add_column("status")
    for line in zip(*columns.values(), status, strict=True):
        table.add_row(*line)
    console.print(table)
    for remark in _remarks((str(row["prior"]), row) for row in rows):
        console.print(escape(remark), soft_wrap=True)
    console.print()


def _remarks(named: Iterable[tuple[str, SummaryRow]]) -> Iterator[str]:
    """Yield every note and every reason once, with the names of all rows that it is about."""
    about: dict[str, dict[str, None]] = {}
    for name, row in named:
        for text in (row["note"], row["reason"]):
            if text:
                about.setdefault(text, {})[name] = None
    for text, names in about.items():
        yield f"{', '.join(names)}: {text}"


def _cells(row: SummaryRow, with_parameter: bool) -> list[str]:
    named = [escape(parameter(row))] if with_parameter else []
    probabilities = p_text(row, "p_benefit"), p_text(row, "p_mcid"), p_text(row, "p_harm")
    selected = row["selection_omega"] is not None
    prior = f"{row['prior']}, omega {row['selection_omega']:g}" if selected else str(row["prior"])
    return [escape(prior), *named, effect(row), *probabilities, str(row["status"])]
