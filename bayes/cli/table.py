"""The rows of a summary and what a synthesis rests on, as the tables of a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from bayes.analysis.plan import after_the_main
from bayes.base.numbers import probability
from bayes.cli.terminal import LaidOut, say, show_table
from bayes.posterior.names import EFFECT, MU
from bayes.text.rows import effect, p_text, parameter, prior, remarks, without_the_middle

if TYPE_CHECKING:
    from bayes.analysis.analysis import Analysis
    from bayes.paper.trial import Outcome
    from bayes.posterior.record import PosteriorRecord
    from bayes.posterior.row import SummaryRow, ThresholdRow
    from bayes.synthesis.file import Synthesis

Cell = Callable[["SummaryRow"], str]


def show(
    rows: Sequence[SummaryRow],
    together: bool = False,
    beyond: Sequence[ThresholdRow] = (),
    asked: Sequence[float] = (),
    whole: bool = False,
) -> None:
    """Print rows, one table per outcome or synthesis (or all in one table), with notes below.

    Parameters
    ----------
    rows : sequence of SummaryRow
    together : bool
        Whether all rows share one table.
    beyond : sequence of ThresholdRow
        The probabilities beyond thresholds, of which those asked for have a column each.
    asked : sequence of float
        Thresholds on the measure's own scale.
    whole : bool
        Whether a synthesis has all its parameters under every prior; otherwise the mean has them, and the rest is
        shown under the main prior alone.
    """
    known = {(one["key"], one["parameter"], one["threshold"]): one["probability"] for one in beyond}

    def reached(threshold: float) -> Cell:
        return lambda row: probability(known.get((row["key"] or "", row["parameter"], threshold)), table=True)

    thresholds = {f"P({threshold:g} or better)": reached(threshold) for threshold in asked}
    if together:
        _show_together(rows, thresholds)
        return
    for _, group in groupby(rows, key=lambda row: (row["trial"], row["outcome"])):
        _show_one(list(group), thresholds, whole)


def in_words(fitted: Iterable[tuple[Analysis, PosteriorRecord]]) -> Iterator[str]:
    """Yield the paragraphs on what the main posterior of each synthesis rests on."""
    from bayes.pooling.words import sentences

    for analysis, record in _main(fitted):
        if record.explanation is not None:
            yield from sentences(analysis, record.explanation)


def in_tables(fitted: Iterable[tuple[Analysis, PosteriorRecord]]) -> Iterator[LaidOut]:
    """Yield the tables of what the main posterior of each synthesis rests on."""
    from bayes.pooling.layout import lay_out

    for _, record in _main(fitted):
        if record.explanation is not None:
            yield from lay_out(record.explanation)


def _main(fitted: Iterable[tuple[Analysis, PosteriorRecord]]) -> Iterator[tuple[Analysis, PosteriorRecord]]:
    """Yield the main posterior of each synthesis, with its analysis."""
    from bayes.results.summarising import main_key

    posteriors: dict[str, dict[str, PosteriorRecord]] = {}
    analyses = {}
    for analysis, record in fitted:
        if record.explanation is not None:
            posteriors.setdefault(record.reported.trial, {})[record.key] = record
            analyses[record.key] = analysis
    for found in posteriors.values():
        key = main_key(found)
        yield analyses[key], found[key]


def oddities(targets: Iterable[Outcome | Synthesis]) -> Iterator[str]:
    """Yield a line for each inconsistency in the outcomes shown that their files do not acknowledge."""
    from bayes.checks import INCONSISTENT, check_outcome
    from bayes.paper.trial import Outcome

    for target in targets:
        for finding in check_outcome(target) if isinstance(target, Outcome) else ():
            if finding.verdict == INCONSISTENT and finding.acknowledged is None:
                yield f"{target.name} {finding.path}: {finding.text}"


def _show_together(rows: Sequence[SummaryRow], thresholds: dict[str, Cell]) -> None:
    """Print all rows in one table, so that reports of alike effects can be compared."""

    def name(row: SummaryRow) -> str:
        """Return what a row is about; a long name breaks between the trial and its outcome."""
        part = "" if row["parameter"] == "effect" else f" {parameter(row)}"
        return ":".join(filter(None, (row["trial"], row["outcome"]))) + part

    columns: dict[str, Cell] = {"outcome": name, "prior": prior, "effect (95% interval)": effect}
    columns |= {"P(benefit)": lambda row: p_text(row, "p_benefit"), **thresholds}
    _show_rows("", columns, rows, lambda row: f"{row['outcome'] or row['trial']} {row['prior']}", names=2)


def _show_one(rows: Sequence[SummaryRow], thresholds: dict[str, Cell], whole: bool) -> None:
    """Print the rows of one outcome or synthesis under a title that says how to read them."""
    first = rows[0]
    name = ":".join(filter(None, (first["trial"], first["outcome"])))
    measure = str(first["measure"]).replace("_", " ")
    title = f"{name} · {first['label']}\n{measure}, {first['benefit']} is better; median (95% credible interval)"
    if first["mcid"] is not None:
        title += f"; MCID {first['mcid']:g}"
    columns: dict[str, Cell] = {
        measure: effect,
        "P(benefit)": lambda row: p_text(row, "p_benefit"),
        "P(≥ MCID)": lambda row: p_text(row, "p_mcid"),
        "P(harm)": lambda row: p_text(row, "p_harm"),
        "P(not worse)": lambda row: p_text(row, "p_margin"),
        **thresholds,
    }
    if all(row["parameter"] == str(EFFECT) for row in rows):
        _show_rows(title, {"prior": prior} | columns, rows, prior)
    else:
        say(title + "\n")
        shown = rows if whole else list(_in_brief(rows))
        for head, every in _by_prior(shown, whole):
            by = prior if every[0]["parameter"] == str(MU) and not whole else parameter
            found = every if whole else without_the_middle(every)
            _show_rows(head, {("prior" if by is prior else "parameter"): by} | columns, found, by)
            if left_out := len(every) - len(found):
                say(f"The {left_out} trials with effects between these are left out; --all, --json or --csv has them.")
            say()


def _by_prior(rows: Sequence[SummaryRow], whole: bool) -> Iterator[tuple[str, list[SummaryRow]]]:
    """Yield a heading and the rows of each table: first the mean under every prior, then each prior's parameters."""
    means = [row for row in rows if row["parameter"] == str(MU)] if not whole else []
    if means:
        yield "The mean effect", means
    others = [row for row in rows if row not in means]
    for name, group in groupby(others, key=prior):
        yield f"Under the prior {name}", list(group)


def _in_brief(rows: Sequence[SummaryRow]) -> Iterator[SummaryRow]:
    """Yield the mean of a synthesis under every prior, and its other parameters, or a table's, under the main one."""
    main = min(rows, key=lambda row: after_the_main(str(row["prior"]), row["heterogeneity"]))
    for row in rows:
        if row["key"] == main["key"] or row["parameter"] == str(MU) or row["median"] is None:
            yield row


def _show_rows(title: str, columns: dict[str, Cell], rows: Sequence[SummaryRow], named: Cell, names: int = 1) -> None:
    """Print the rows that have numbers as a table, then every note and every reason once, and the state of the checks.

    The state has a column only if it differs among the rows; a row without numbers is named below with its reason.
    """
    shown = [row for row in rows if row["median"] is not None]
    states = {row["status"] for row in shown}
    if len(states) > 1:
        columns = columns | {"status": lambda row: str(row["status"])}
    if shown:
        show_table(title, list(columns), [[cell(row) for cell in columns.values()] for row in shown], names)
    elif title:
        say(title)
    for group, text in remarks(rows, named):
        say(text if group is None else f"{group}: {text}", hang="  ")
    if len(states) == 1:
        state = states.pop()
        say("Every row passed its checks (status ok)." if state == "ok" else f"Status of every row: {state}.")
