"""Layout of a calibration as headings and cells of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bayes.base.numbers import in_table
from bayes.calibration.calibrated import Calibration
from bayes.calibration.tables import ScoresRow

type LaidOut = tuple[str, list[str], list[list[str]]]  # the title, headings and cells of a table

NAMES = ["prior", "heterogeneity"]
NUMBERED = [*NAMES, "pairs"]
BY: Mapping[str, str] = {
    "measure": "measure",
    "field": "field",
    "period": "period of the early trial",
    "information": "information of the later trial, relative to the early one",
}
SCORES = "Coverage of predictive intervals, mean log density, median error, median width of 95% intervals"
DIRECTION = "Direction of the later estimates, above or below no effect"
EVENTS = "Brier scores of other events: beyond the MCID, and 1.96 standard errors from no effect"
COUNTS = "What the exact likelihood of counts changes, against their normal approximation"


def brief(found: Calibration) -> Iterator[LaidOut]:
    """Yield the tables that a terminal shows: without the intervals of the scores."""
    rows = found.predicted
    headings = [*NUMBERED, "95%", "80%", "50%", "log density", "error", "width"]
    names = ("coverage_95", "coverage_80", "coverage_50", "log_density", "median_error", "width_95")
    yield SCORES, headings, [[*name, *(number(row, one) for one in names)] for row, name in numbered(rows)]
    yield from direction(found)
    yield from gains(found)
    headings = [*NUMBERED, "coverage", "log density", "error", "shift", "95% of shifts"]
    changed = ("coverage_95", "log_density", "median_error", "shift_50", "shift_95")
    of_counts = [row for row in found.likelihoods if row["n"]]
    if of_counts:
        yield COUNTS, headings, [[*name, *(number(row, one) for one in changed)] for row, name in numbered(of_counts)]
    yield from skipped(found)


def whole(found: Calibration) -> Iterator[LaidOut]:
    """Yield what a terminal shows besides when everything is asked for."""
    yield from scores(found)
    yield from events(found)
    yield from likelihoods(found)
    for by in BY:
        yield from splits(found, by)
    yield from rejected(found)


def scores(found: Calibration) -> Iterator[LaidOut]:
    """Yield the scores with their intervals."""
    for title, columns in (
        ("Coverage and log density", {"95%": "coverage_95", "80%": "coverage_80", "50%": "coverage_50",
                                      "log density": "log_density"}),
        ("Median error and width", {"error": "median_error", "width, 95%": "width_95", "width, 50%": "width_50"}),
    ):  # fmt: skip
        cells = [[*name, *(ranged(row, one) for one in columns.values())] for row, name in numbered(found.predicted)]
        yield f"{title}, with bootstrap intervals over groups", [*NUMBERED, *columns], cells


def direction(found: Calibration) -> Iterator[LaidOut]:
    """Yield how well the direction of the later estimates was predicted."""
    headings = [*NAMES, "Brier (95% interval)", "stated", "seen (95% interval)"]
    cells = [
        [*named(row), ranged(row, "brier_direction"), number(row, "direction_stated"), ranged(row, "direction_seen")]
        for row in found.predicted
    ]
    yield DIRECTION, headings, cells


def events(found: Calibration) -> Iterator[LaidOut]:
    """Yield the Brier scores of other events."""
    headings = [*NAMES, "MCID", "1.96 standard errors"]
    cells = [[*named(row), ranged(row, "brier_mcid"), ranged(row, "brier_significant")] for row in found.predicted]
    yield EVENTS, headings, cells


def gains(found: Calibration) -> Iterator[LaidOut]:
    """Yield what every other pair of priors gains over the reference; nothing if there is only one pair."""
    rows = [row for row in found.gains if row["n"]]
    if not rows:
        return
    title = f"Less the scores under {reference(found)}; better: log density above zero, Brier below it"
    cells = [[*name, ranged(row, "log_density"), ranged(row, "brier_direction")] for row, name in numbered(rows)]
    yield title, [*NUMBERED, "log density (95% interval)", "Brier (95% interval)"], cells


def likelihoods(found: Calibration) -> Iterator[LaidOut]:
    """Yield what the exact likelihood of counts changes, with intervals; nothing without counts."""
    rows = [row for row in found.likelihoods if row["n"]]
    if not rows:
        return
    headings = [*NUMBERED, "coverage, 95%", "log density", "median error", "shift: median", "shift: 95%"]
    names = ("coverage_95", "log_density", "median_error")
    cells = [
        [*name, *(ranged(row, one) for one in names), number(row, "shift_50"), number(row, "shift_95")]
        for row, name in numbered(rows)
    ]
    yield COUNTS, headings, cells


def splits(found: Calibration, by: str, only: Sequence[tuple[str, str]] | None = None) -> Iterator[LaidOut]:
    """Yield the scores of parts of the pairs; nothing where they have one part.

    Parameters
    ----------
    found : Calibration
    by : {"measure", "field", "period", "information"}
    only : sequence of (prior, heterogeneity), optional
        Some pairs of priors; all by default.
    """
    rows = [row for row in found.splits if row["by"] == by]
    if len({row["part"] for row in rows}) < 2:
        return
    headings = [by, *NUMBERED, "95%", "50%", "log density (95% interval)", "median error", "stated", "seen"]
    cells = [
        [words(row["part"]), *named(row), f"{row['n']:,}", number(row, "coverage_95"), number(row, "coverage_50"),
         ranged(row, "log_density"), number(row, "median_error"), number(row, "direction_stated"),
         number(row, "direction_seen")]
        for row in rows if only is None or (row["prior"], row["heterogeneity"]) in only
    ]  # fmt: skip
    yield f"By {BY[by]}", headings, cells


def skipped(found: Calibration) -> Iterator[LaidOut]:
    """Yield why pairs have no prediction, alike pairs of priors together; nothing if all have one."""
    alike: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in found.skipped:
        alike.setdefault((row["reason"], row["n"]), []).append((row["prior"], row["heterogeneity"]))
    if alike:
        taus = list(dict.fromkeys(row["heterogeneity"] for row in found.scores))
        cells = [[_without(names, taus), f"{n:,}", reason] for (reason, n), names in alike.items()]
        yield "Pairs without a prediction", ["priors", "pairs", "reason"], cells


def _without(names: Sequence[tuple[str, str]], taus: Sequence[str]) -> str:
    """Name pairs of priors: a prior by itself if it is named with every prior of tau, others by theirs."""
    own: dict[str, list[str]] = {}
    for prior, tau in names:
        own.setdefault(prior, []).append(tau)
    whole = [words(prior) for prior, of in own.items() if len(of) == len(taus)]
    parts: dict[str, list[str]] = {}
    for prior, of in own.items():
        if len(of) < len(taus):
            parts.setdefault(" or ".join(map(words, of)), []).append(words(prior))
    named_apart = [f"{', '.join(of)} with {tau}" for tau, of in parts.items()]
    return "; ".join([", ".join(whole), *named_apart] if whole else named_apart)


def rejected(found: Calibration) -> Iterator[LaidOut]:
    """Yield the rows that cannot be used; nothing if all can."""
    if found.rejected:
        cells = [[f"{row['row']:,}", row["group"] or "", row["reason"]] for row in found.rejected]
        yield "Rows that cannot be used", ["row", "group", "reason"], cells


def priors(found: Calibration) -> Iterator[LaidOut]:
    """Yield the priors of the set."""
    cells = [
        [words(row["name"]), row["of"], row["distribution"] or f"rule {row['rule']}", row["source"] or ""]
        for row in found.priors
    ]
    yield f"The prior set {found.facts['prior_set']}", ["prior", "of", "rule or distribution", "source"], cells


def named(row: Mapping[str, object]) -> list[str]:
    """Return the cells that name a pair of priors."""
    return [words(str(row["prior"])), words(str(row["heterogeneity"]))]


def numbered[Row: Mapping[str, object]](rows: Sequence[Row]) -> Iterator[tuple[Row, list[str]]]:
    """Yield rows with the cells that name their pairs of priors and number the pairs of trials.

    The number is left empty if it is the same in all rows, as where every prior can be formed for every trial.
    """
    differ = len({row["n"] for row in rows}) > 1
    for row in rows:
        yield row, [*named(row), f"{row['n']:,}" if differ else ""]


def both(row: ScoresRow) -> str:
    """Name a pair of priors in a sentence."""
    return together(row["prior"], row["heterogeneity"])


def together(prior: str, heterogeneity: str) -> str:
    """Name a pair of priors in a sentence."""
    return f"{words(prior)} {'without heterogeneity' if heterogeneity == 'none' else f'with {words(heterogeneity)}'}"


def of_tau(heterogeneity: str) -> str:
    """Return a sentence that names the prior of tau under which something is shown."""
    return "Without heterogeneity." if heterogeneity == "none" else f"Heterogeneity: {words(heterogeneity)}."


def reference(found: Calibration) -> str:
    """Name the pair of priors with which the others are compared."""
    return together(found.facts["reference_prior"], found.facts["reference_heterogeneity"])


def number(row: Mapping[str, object], name: str) -> str:
    """Write a number of a row; empty where it is missing."""
    value = row[name]
    if not isinstance(value, float):
        return ""
    written = in_table(value)
    return written if float(written.replace(",", "")) else written.lstrip("-")  # a zero has no sign


def ranged(row: Mapping[str, object], name: str) -> str:
    """Write a number of a row with its interval; empty where it is missing."""
    low, high = number(row, f"{name}_low"), number(row, f"{name}_high")
    value = number(row, name)
    return f"{value} ({low} to {high})" if value and low and high else value


def words(name: str) -> str:
    """Return a name without underscores."""
    return name.replace("_", " ")
