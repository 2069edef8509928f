"""The rows of operating.csv in words and as tables: of a terminal and of the report alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bayes.base.numbers import in_table, number, probability, significant
from bayes.calibration.operating.row import Characteristic, OperatingRow

LaidOut = tuple[str, list[str], list[list[str]]]  # title, headings, cells
MARKS = {"null": "no effect", "mcid": "MCID", "planned": "planned"}
FALSE = {"benefit": "no benefit", "harm": "no harm", "equivalence": "no equivalence"}
NOTHING = 5e-4  # what rounds to zero
EVERY = 4  # of the effects that have no name, one in so many is shown


def in_words(rows: Sequence[OperatingRow]) -> list[str]:
    """Return what was computed: rule and method, the control arm, and the priors that were skipped."""
    first = rows[0]
    found = [
        f"If the trial were repeated, how often would it succeed by the rule {first['rule']}? Success asserts "
        f"{first['claim']}.",
        f"{first['method'][:1].upper()}{first['method'][1:]}.",
    ]
    if first["baseline"]:
        found.append(f"{first['baseline'][:1].upper()}{first['baseline'][1:]}.")
    for row in rows:
        if row["status"] == "skipped":
            parts = [f"prior {row['prior']}" if row["prior"] else "", row["design_prior"] or ""]
            what = " drawn from ".join(filter(None, parts)) if row["prior"] else f"design prior {row['design_prior']}"
            found.append(f"Left out, {what}: {row['reason']}.")
    return found


def laid_out(rows: Sequence[OperatingRow], whole: bool = False) -> Iterator[LaidOut]:
    """Yield the tables of one rule of one outcome.

    Parameters
    ----------
    rows : sequence of OperatingRow
    whole : bool
        Whether every true effect is shown, with bias, root mean squared error and coverage.
    """
    kept = [row for row in rows if row["status"] == "ok"]
    if not kept:
        return
    priors = list(dict.fromkeys(row["prior"] for row in kept))
    error = largest_error(kept)
    note = f"; Monte Carlo standard error up to {significant(error, 2)}" if error else ""
    yield _by_effect(kept, priors, "p_success", f"P(success) by true effect and prior{note}", whole)
    yield _errors(kept, priors)
    yield _averages(kept, priors)
    if whole:
        yield _by_effect(kept, priors, "bias", "Bias of the posterior mean (analysis scale)", True)
        yield _by_effect(kept, priors, "mse", "Mean squared error of the posterior mean (analysis scale)", True)
        yield _by_effect(kept, priors, "coverage", "Coverage of the 95% credible interval", True)


def largest_error(rows: Iterable[OperatingRow]) -> float:
    """Return the largest Monte Carlo standard error of a probability; zero where nothing was simulated."""
    return max((row["mcse"] or 0.0 for row in rows if row["characteristic"] not in ("bias", "mse")), default=0.0)


def shown_effects(rows: Sequence[OperatingRow], whole: bool) -> list[tuple[float, str | None]]:
    """Return the true effects of a table, ascending, with what they are; all, or those with a name and some between."""
    found: dict[float, str | None] = {}
    for row in rows:
        if row["characteristic"] == "p_success" and row["effect"] is not None:
            found[row["effect"]] = row["marks"]
    every = sorted(found)
    plain = [effect for effect in every if not found[effect]]
    few = {*plain[::EVERY]}
    return [(effect, found[effect]) for effect in every if whole or found[effect] or effect in few or len(every) < 12]


def _by_effect(
    rows: Sequence[OperatingRow], priors: list[str], characteristic: Characteristic, title: str, whole: bool
) -> LaidOut:
    value = {(row["prior"], row["effect"]): row["value"] for row in rows if row["characteristic"] == characteristic}
    measure = rows[0]["measure"].replace("_", " ")
    write = _small if characteristic in ("bias", "mse") else _p
    cells = []
    for effect, mark in shown_effects(rows, whole):
        cells.append(
            [number(effect), MARKS.get(mark or "", ""), *(write(value.get((prior, effect))) for prior in priors)]
        )
    return title, [measure, "", *priors], cells


def _small(value: float | None) -> str:
    """Write a bias or a squared error; what rounds to zero has no sign."""
    return in_table(0.0 if value is not None and abs(value) < NOTHING else value)


def _p(value: float | None) -> str:
    return probability(value, table=True)


def _errors(rows: Sequence[OperatingRow], priors: list[str]) -> LaidOut:
    """Return type I error, and power, bias and coverage at no effect and at the MCID or planned effect."""

    def at(prior: str, characteristic: Characteristic, mark: str | None = None) -> float | None:
        return next(
            (r["value"] for r in rows
             if r["prior"] == prior and r["characteristic"] == characteristic and (mark is None or r["marks"] == mark)),
            None,
        )  # fmt: skip

    goal = next((m for m in ("mcid", "planned") if any(r["marks"] == m for r in rows)), None)
    headings = ["prior", "type I error", "its supremum"]
    headings += [f"power at {MARKS[goal]}"] if goal else []
    headings += ["coverage at no effect", "bias at no effect"]
    headings += [f"bias at {MARKS[goal]}"] if goal else []
    cells = []
    for prior in priors:
        line = [prior, _p(at(prior, "type_i_error")), _p(at(prior, "type_i_error_sup"))]
        line += [_p(at(prior, "p_success", goal))] if goal else []
        line += [_p(at(prior, "coverage", "null")), _small(at(prior, "bias", "null"))]
        line += [_small(at(prior, "bias", goal))] if goal else []
        cells.append(line)
    return "Errors, power and estimation by prior", headings, cells


def _averages(rows: Sequence[OperatingRow], priors: list[str]) -> LaidOut:
    false = FALSE[rows[0]["claim"]]
    value = {
        (row["prior"], row["design_prior"], row["characteristic"]): row["value"] for row in rows if row["design_prior"]
    }
    columns: tuple[Characteristic, ...] = ("p_false", "assurance", "bayesian_type_i_error", "p_false_given_success")
    headings = ["prior", "design prior", f"P({false})", "assurance", f"P(success | {false})", f"P({false} | success)"]
    pairs = dict.fromkeys((row["prior"], row["design_prior"]) for row in rows if row["design_prior"])
    cells = [
        [prior, str(drawn), *(_p(value.get((prior, drawn, what))) for what in columns)]
        for prior, drawn in pairs
        if prior in priors and drawn != prior  # which is "the analysis prior" as well
    ]
    return "Averaged over design priors, from which the true effect is drawn", headings, cells
