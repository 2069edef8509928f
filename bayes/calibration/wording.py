"""Sentences about a calibration: what its numbers say, and what such a comparison cannot show."""

from __future__ import annotations

from collections.abc import Iterator

from bayes.base.numbers import percent, significant
from bayes.calibration.calibrated import Calibration, several
from bayes.calibration.layout import both, number, ranged, reference, together, words
from bayes.calibration.tables import ScoresRow, SplitRow
from bayes.calibration.tabulating import NO_TAU

LEVELS = (("coverage_95", 0.95, "95%"), ("coverage_80", 0.8, "80%"), ("coverage_50", 0.5, "50%"))
FROM_DATABASES = {  # rules, and what their priors were estimated from
    "cochrane": "trials of the Cochrane database",
    "field": "Cochrane reviews of a field",
    "turner": "Cochrane reviews of binary outcomes",
    "rhodes": "Cochrane reviews of continuous outcomes",
    "calibrated": "pairs of trials in older Cochrane reviews",
}
ALIKE = 1.05  # a ratio of errors up to which they are called alike
SMALL = 0.0005  # a difference that three decimals do not show


def lead(found: Calibration) -> str:
    """Return what was calibrated, in a sentence."""
    facts = found.facts
    pairs = f"{several(facts['pairs'], 'pair')} of an early and a later trial in {several(facts['groups'], 'group')}"
    how = []
    if facts["counts"]:
        how.append(f"{facts['counts']:,} early trials read by their exact counts")
    if facts["first_year"] is not None and facts["last_year"] is not None:
        how.append(f"early trials of {facts['first_year']:.0f} to {facts['last_year']:.0f}")
    if facts["information"] is not None:
        how.append(f"the later trial has a median of {significant(facts['information'], 2)} times the information")
    if found.rejected:
        how.append(f"{several(len(found.rejected), 'row')} could not be used")
    detail = f" ({'; '.join(how)})" if how else ""
    return f"{pairs}{detail}, under {several(len(found.predicted), 'pair')} of priors of the set {facts['prior_set']}."


def lessons(found: Calibration) -> Iterator[str]:
    """Yield what the numbers say, a sentence or two each, the main one first."""
    best = found.best
    if best is None:
        yield "No pair of trials has a prediction under any prior of the set."
        return
    if len(found.predicted) > 1:
        fewer = any(row["n"] < best["n"] for row in found.predicted)
        among = f", of the priors that predict all {best['n']:,}," if fewer else ""
        yield (
            f"The later estimates were likeliest{among} under {both(best)}: mean log density "
            f"{ranged(best, 'log_density')}.{_gain(found, best)}"
        )
    yield " ".join(_covered(best))
    yield from _heterogeneity(found, best)
    yield from _shrinkage(found, best)
    yield _direction(best)
    yield from _counts(found, best)


def _gain(found: Calibration, best: ScoresRow) -> str:
    """Return how much the best pair gains over the reference, or that it is the reference."""
    for row in found.gains:
        if (row["prior"], row["heterogeneity"]) == (best["prior"], best["heterogeneity"]):
            if not row["n"]:
                return f" The reference, {reference(found)}, predicts none of these pairs."
            where = "" if row["n"] == best["n"] else f" on the {several(row['n'], 'pair')} that both predict"
            return f" That is {ranged(row, 'log_density')} above {reference(found)}, the reference{where}."
    return " It is the reference."


def _covered(best: ScoresRow) -> Iterator[str]:
    first, *others = ((f"{written} intervals", ranged(best, name)) for name, _, written in LEVELS)
    more = " and ".join(f"{of} {share}" for of, share in others)
    yield f"Under {both(best)}, {first[0]} cover {first[1]} of the later estimates, {more}."
    verdicts: dict[str, list[str]] = {}
    for name, nominal, written in LEVELS:
        verdicts.setdefault(_against(best, name, nominal), []).append(written)
    for verdict, of in verdicts.items():
        yield f"Those of {' and '.join(of)} {verdict}."


def _against(row: ScoresRow, name: str, nominal: float) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]  # type: ignore[literal-required]
    if low is None or high is None:
        return "have no bootstrap interval"
    if low > nominal:
        return "cover more than they state: they are too wide"
    if high < nominal:
        return "cover less than they state: they are too narrow"
    return "cover what they state, within the bootstrap interval"


def _heterogeneity(found: Calibration, best: ScoresRow) -> Iterator[str]:
    """Yield what heterogeneity does under the best prior: to coverage and to width."""
    own = [row for row in found.predicted if row["prior"] == best["prior"]]
    without = next((row for row in own if row["heterogeneity"] == NO_TAU), None)
    others = [row for row in own if row["heterogeneity"] != NO_TAU]
    if without is None or not others:
        return
    shown = best if best in others else max(others, key=lambda row: row["log_density"] or float("-inf"))
    before, after = without["coverage_95"] or 0.0, shown["coverage_95"] or 0.0
    verb = "raises" if after - before > SMALL else "lowers" if before - after > SMALL else "leaves"
    yield (
        f"Heterogeneity {verb} the coverage of 95% intervals: under {words(best['prior'])} it is "
        f"{number(without, 'coverage_95')} without and {number(shown, 'coverage_95')} with "
        f"{words(shown['heterogeneity'])}, at median widths of {number(without, 'width_95')} and "
        f"{number(shown, 'width_95')}."
    )


def _shrinkage(found: Calibration, best: ScoresRow) -> Iterator[str]:
    """Yield how the prior of the effect changes the error, under the best prior of tau and on the same pairs."""
    same = [row for row in found.predicted if (row["heterogeneity"], row["n"]) == (best["heterogeneity"], best["n"])]
    known = [row for row in same if row["median_error"] is not None]
    if len(known) < 2:
        return
    least = min(known, key=lambda row: row["median_error"] or 0.0)
    most = max(known, key=lambda row: row["median_error"] or 0.0)
    tau = "without heterogeneity" if best["heterogeneity"] == NO_TAU else f"with {words(best['heterogeneity'])}"
    verb = "changes" if (most["median_error"] or 0) > ALIKE * (least["median_error"] or 0) else "hardly changes"
    yield (
        f"The prior of the effect {verb} the error: {tau}, the median distance of a later estimate from its "
        f"prediction is {number(least, 'median_error')} under {words(least['prior'])} and "
        f"{number(most, 'median_error')} under {words(most['prior'])}."
    )


def _direction(best: ScoresRow) -> str:
    stated, low, high = best["direction_stated"], best["direction_seen_low"], best["direction_seen_high"]
    said = (
        f"Under {both(best)} the likelier direction has a mean probability of {number(best, 'direction_stated')} and "
        f"was that of {ranged(best, 'direction_seen')} of the later estimates"
    )
    if stated is None or low is None or high is None:
        return f"{said}."
    if stated < low:
        return f"{said}: direction is understated."
    return (
        f"{said}: direction is overstated." if stated > high else f"{said}, which agrees within the bootstrap interval."
    )


def _counts(found: Calibration, best: ScoresRow) -> Iterator[str]:
    """Yield what the exact likelihood of counts changes under the best pair, and where it changes most."""
    rows = [row for row in found.likelihoods if row["n"] and row["log_density"] is not None]
    names = (best["prior"], best["heterogeneity"])
    own = next((row for row in rows if (row["prior"], row["heterogeneity"]) == names), None)
    if own is None:
        return
    most = max((row for row in rows if row["n"] == own["n"]), key=lambda row: abs(row["log_density"] or 0.0))
    other = "" if most is own else (
        f" It changes the density most, by {ranged(most, 'log_density')}, under "
        f"{together(most['prior'], most['heterogeneity'])}."
    )  # fmt: skip
    yield (
        f"For the {several(own['n'], 'pair')} with counts, the exact likelihood in place of its normal approximation "
        f"changes the mean log density by {ranged(own, 'log_density')} under {both(best)}, and predictive medians by "
        f"{number(own, 'shift_50')} (median).{other}"
    )


def cautions(found: Calibration) -> Iterator[str]:
    """Yield what such a comparison cannot show, with the numbers of this one."""
    facts = found.facts
    yield (
        "The later estimate is not the truth. Its standard error is part of the prediction; a bias of its own, or one "
        "that both trials share, is not, and good coverage does not exclude either."
    )
    yield (
        f"Direction is above or below no effect, as the table orients its effects, and not benefit or harm: "
        f"{percent(facts['positive'])} of the later estimates lie above."
    )
    yield " ".join(_circular(found))
    if facts["groups"] < facts["pairs"]:
        yield (
            f"Pairs of one group are not independent: intervals resample the {facts['groups']:,} groups, not the "
            f"{facts['pairs']:,} pairs."
        )
    else:
        yield (
            "Every pair is a group of its own. If some share a review or a treatment, intervals are too narrow; the "
            "column group should then name it."
        )
    chosen = (
        "" if facts["information"] is None else f" (here {significant(facts['information'], 2)} times as much, median)"
    )
    yield (
        "Scores hold for later trials chosen as these were: where the most precise was taken, for trials with much "
        f"more information than the first{chosen}, and only for questions that were asked again."
    )


def _circular(found: Calibration) -> Iterator[str]:
    """Yield which priors come from databases, and how the best pair fares before and after the middle of the years."""
    used = {("effect", row["prior"]) for row in found.predicted}
    used |= {("heterogeneity", row["heterogeneity"]) for row in found.predicted}
    rules = {(row["of"], row["name"]): row["rule"] for row in found.priors if (row["of"], row["name"]) in used}
    of = {f"{words(name)} ({FROM_DATABASES[rule]})" for (_, name), rule in rules.items() if rule in FROM_DATABASES}
    if of:
        yield f"Priors estimated from databases: {', '.join(sorted(of))}."
    yield (
        "Where these pairs come from the database that a prior was estimated from, its scores are partly those of a "
        "fit; an honest test is on pairs that are later than its data."
    )
    periods = _periods(found)
    if len(periods) > 1:
        scores = "; ".join(f"{row['part']} {ranged(row, 'log_density')}" for row in periods)
        first = periods[0]
        yield f"By time, the mean log density under {together(first['prior'], first['heterogeneity'])} is: {scores}."


def _periods(found: Calibration) -> list[SplitRow]:
    best = found.best
    if best is None:
        return []
    names = (best["prior"], best["heterogeneity"])
    return [row for row in found.splits if row["by"] == "period" and (row["prior"], row["heterogeneity"]) == names]
