"""Results of the same patients under both treatments, in words and tables, with the digits that the paper printed."""

from __future__ import annotations

from bayes.base.numbers import p_value
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.paired import MeanUnder, PairedCounts, PairedMeans, WithinDifference
from bayes.text.printed import Fact, Shown, Table

Cells = tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]  # headings and rows


def in_brief(report: PairedMeans | PairedCounts) -> str:
    """Return what was printed in a few words, treatment first."""
    if isinstance(report, PairedCounts):
        among = "" if report.n is None else f" of {report.n} patients"
        return f"{report.treatment_only} under treatment only v {report.control_only} under control only{among}"
    means = " v ".join(f"{under.mean:f}" for under in by_arm(report).values())
    return f"{means} in the same {report.n} patients"


def shown(report: PairedMeans | PairedCounts) -> Shown:
    """Return what is known of the patients, and the table of what was printed."""
    return Shown(_facts(report), Table("As printed", *_cells(report)))


def _facts(report: PairedMeans | PairedCounts) -> tuple[Fact, ...]:
    """Return what was printed beside the table, as pairs of label and text."""
    if isinstance(report, PairedCounts):
        return () if report.n is None else (("patients", f"{report.n}, each under both treatments"),)
    found = [("patients", f"{report.n}, each under both treatments")]
    if report.difference is not None:
        found += [("differences within patients", _precise(report.difference))]
    if report.correlation is not None:
        used = "" if report.assumes_correlation else ", not used: the precision of the differences is printed"
        found += [("correlation within patients", f"{report.correlation:f}{used}")]
    return tuple(found)


def _cells(report: PairedMeans | PairedCounts) -> Cells:
    """Return the headings and the rows of a table of what was printed."""
    if isinstance(report, PairedMeans):
        rows = tuple((arm, f"{under.mean:f}", _spread(under)) for arm, under in by_arm(report).items())
        return ("under", "mean", "precision"), rows
    counts = (report.treatment_only, report.control_only, report.both, report.neither)
    names = ("treatment only", "control only", "both", "neither")
    shown = tuple((name, str(count)) for name, count in zip(names, counts, strict=True) if count is not None)
    return ("the event under", "patients"), shown


def _precise(printed: WithinDifference) -> str:
    if printed.p is not None:
        return p_value(printed.p)
    return f"SD {printed.sd:f}" if printed.sd is not None else f"SE {printed.se:f}"


def _spread(under: MeanUnder) -> str:
    if under.sd is not None:
        return f"SD {under.sd:f}"
    return "" if under.se is None else f"SE {under.se:f}"
