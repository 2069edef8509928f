"""The tables of a synthesis as headings and cells of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from bayes.base.numbers import alike, in_table, probability, rounded
from bayes.posterior.explanation import Explanation
from bayes.posterior.record import PosteriorRecord

TITLES = {
    "trials": "Each trial: its weight in the mean and its shrinkage",
    "heterogeneity": "The mean and a new trial under other priors of tau",
    "leave_one_out": "One trial left out",
    "leave_kind_out": "One kind of evidence left out: how far the mean and its sd move (analysis scale)",
    "adjustment": "Adjusted and unadjusted reports, which estimate different quantities: either left out",
    "directions": "Reports that do not say which arm they favour",
    "same_patients": "Results of the same patients: together, each alone, and as one effect",
    "correlations": "Other correlations between results of the same patients",
    "rho": "Other correlations with the baseline, which convert residual into raw standard deviations",
    "interactions": "Subgroups in pairs: how far their effects differ, shrunken and as reported",
}
Row = dict[str, Any]


def _signed(name: str) -> Callable[[Row], str]:
    return lambda row: f"{row[name]:+.3f}"


def _plain(name: str) -> Callable[[Row], str]:
    write = partial(probability, table=True) if name.startswith("p_") else in_table
    return lambda row: write(row[name])


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: str(row[name])


def _mean(row: Row) -> str:
    return "{} ({} to {})".format(*alike(row["estimate"], row["estimate_low"], row["estimate_high"], in_table))


def _tau(row: Row) -> str:
    if "tau_low" not in row:
        return "0"
    return "{} ({} to {})".format(*alike(row["tau_median"], row["tau_low"], row["tau_high"], in_table))


def _predicted(row: Row) -> str:
    _, low, high = alike(row["estimate"], row["predicted_low"], row["predicted_high"], in_table)
    return f"{low} to {high}"


def _percent(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None else f"{100 * row[name]:.0f}%"


def _prior_of_tau(row: Row) -> str:
    """Return the prior of tau by its name and its numbers."""
    return f"{row['heterogeneity']}: {rounded(row['distribution'])}"


def _read(row: Row) -> str:
    """Return how results of the same patients are read, with their weights and a note where there are any."""
    weights = "" if row["weights"] is None else " and ".join(f"{100 * w:.0f}%" for w in row["weights"])
    return "; ".join(filter(None, (row["read"], weights, row["note"])))


def _own_and_here(row: Row) -> str:
    return f"{in_table(row['own'])}, {in_table(row['effect'])}"


def _pair(row: Row) -> str:
    return f"{row['one']} v {row['other']}"


def _apart(of: str) -> Callable[[Row], str]:
    def cell(row: Row) -> str:
        if row[f"{of}difference"] is None:
            return ""
        middle, low, high = (row[f"{of}difference{end}"] for end in ("", "_low", "_high"))
        return "{} ({} to {})".format(*alike(middle, low, high, in_table))

    return cell


def _moves(row: Row) -> str:
    return f"{row['mean_moves']:+.3f}, {row['sd_moves']:+.3f}"


MOVES = (("mean moves", _signed("mean_moves")), ("sd moves", _signed("sd_moves")))
MEAN = (("mean (95% CrI)", _mean), ("P(benefit)", _plain("p_benefit")))
COLUMNS: dict[str, tuple[tuple[str, Callable[[Row], str]], ...]] = {
    "trials": (
        ("trial", _text("trial")),
        ("evidence", _text("evidence")),
        ("own effect", _plain("own")),
        ("weight", _percent("weight")),
        ("shrinkage", _percent("shrinkage")),
        ("effect here", _plain("effect")),
    ),
    "heterogeneity": (
        ("prior of tau", _prior_of_tau),
        ("tau (95% CrI)", _tau),
        *MEAN,
        ("95% prediction interval", _predicted),
        ("P(benefit), new", _plain("p_benefit_new")),
    ),
    "leave_one_out": (("left out", _text("left_out")), *MEAN, ("tau (95% CrI)", _tau), *MOVES),
    "leave_kind_out": (("left out", _text("left_out")), ("trials", _text("trials")), *MEAN, *MOVES),
    "adjustment": (("left out", _text("left_out")), ("reports", _text("reports")), *MEAN, *MOVES),
    "directions": (
        ("trial", _text("trial")),
        ("P(favours treatment)", _plain("p_favours_treatment")),
        ("mean if treatment", _plain("if_treatment_estimate")),
        ("P(benefit)", _plain("if_treatment_p_benefit")),
        ("mean if control", _plain("if_control_estimate")),
        ("P(benefit) ", _plain("if_control_p_benefit")),
    ),
    "same_patients": (
        ("results", _text("results")),
        ("read as", _read),
        ("effect: own, here", _own_and_here),
        *MEAN,
        ("moves: mean, sd", _moves),
    ),
    "correlations": (("r", _plain("r")), *MEAN, *MOVES),
    "rho": (("rho", _plain("rho")), *MEAN, *MOVES),
    "interactions": (
        ("subgroups", _pair),
        ("difference (95% CrI)", _apart("")),
        ("P(first benefits more)", _plain("p_more")),
        ("reports alone (95%)", _apart("own_")),
        ("P(first more), alone", _plain("own_p_more")),
    ),
}


def lay_out(explained: Explanation) -> Iterator[tuple[str, list[str], list[list[str]]]]:
    """Yield (title, headings, cells) of every table that has rows.

    Parameters
    ----------
    explained : Explanation
    """
    for name, columns in COLUMNS.items():
        if rows := getattr(explained, name):
            yield (
                TITLES[name],
                [heading for heading, _ in columns],
                [[cell(row) for _, cell in columns] for row in rows],
            )


def markdown(record: PosteriorRecord, text: Sequence[str]) -> str:
    """Return the page of a synthesis in Markdown: its text, then its tables.

    Parameters
    ----------
    record : PosteriorRecord
        With its explanation.
    text : sequence of str
        Its paragraphs.
    """
    head = [f"# {record.reported.label}", "", f"`{record.key}`", ""]
    body = [line for paragraph in text for line in (paragraph, "")]
    for title, headings, cells in lay_out(record.explanation) if record.explanation else ():
        body += [f"## {title}", "", _line(headings), _line("---" for _ in headings), *map(_line, cells), ""]
    return "\n".join([*head, *body]).rstrip() + "\n"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
