"""The results section of a manuscript: every number from the dossier, every direction from `benefit`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bayes.base.numbers import article, number, probability
from bayes.posterior.explanation import LeftOutRow
from bayes.posterior.verdict import class_of
from bayes.report.dossier.contents import Dossier, Predictive, Row
from bayes.report.dossier.reading import (
    favours,
    has_headline,
    main_of,
    main_row,
    main_rows,
    measure,
    p_decrease,
    p_increase,
    same_question,
)
from bayes.sensitivity.conclusions import Tables, VerdictRow
from bayes.text.rows import by_construction, given, headlined, parameter
from bayes.text.wording import NO_HEADLINE, analysis_interval, cite, interval, listed, quoted, sentence

CONVINCED = 0.95
LIKELY = 0.9
QUESTIONS = {
    "named_priors": "the priors of the set and further named ones, such as those of Zampieri et al.",
    "likelihood": "other interpretations of the report",
    "extraction": "unreported digits",
    "influence": "trials, kinds of evidence, heterogeneity and weights",
}


def results(dossier: Dossier) -> str:
    """Return paragraphs on the main posterior, other priors, sensitivity and checks.

    Parameters
    ----------
    dossier : Dossier

    Returns
    -------
    str
    """
    if not main_rows(dossier):
        return f"There is no posterior to report. {' '.join(_not_formed(dossier))}".strip()
    if dossier["kind"] == "adverse_events":
        parts = [_table(dossier), _joint_table(dossier), _checks(dossier)]
    else:
        main = main_row(dossier)
        parts = [
            _found(dossier, main),
            _joined(dossier),
            _others(dossier, main),
            _leaning(dossier, main),
            _checks(dossier),
        ]
    return "\n\n".join(part for part in parts if part)


def _found(dossier: Dossier, row: Row) -> str:
    """Return the effect with its interval and direction, and the probabilities."""
    what = "mean " if dossier["kind"] == "synthesis" else ""
    under = f"Under the {quoted(row['prior'])} prior"
    note = [sentence(f"note: {quoted(row['note'])}")] if row["note"] else []
    if not headlined(row):
        return " ".join([f"{NO_HEADLINE}, so no probability of benefit is given.", *note])
    said = [
        f"{under}, the posterior median of the {what}{measure(dossier)} was {interval(row)}; {favours(dossier)}.",
        _probabilities(dossier, row),
        *_verdict(dossier, row),
        *note,
    ]
    return " ".join(said)


def _probabilities(dossier: Dossier, row: Row) -> str:
    if _undirected(row):
        return (
            "The report does not say which arm it favours. The probability of benefit is therefore 0.50 by "
            "construction and supports neither arm; the data inform only the size of the effect."
        )
    said = [f"of any benefit was {_benefit(row)}", f"of harm {probability(row['p_harm'])}"]
    if dossier["measure"] == "proportion":
        said = [
            f"that the goal is met was {probability(row['p_benefit'])}",
            f"that it is missed {probability(row['p_harm'])}",
        ]
    if row["p_mcid"] is not None:
        said.append(f"of a benefit of at least the MCID ({number(given(row['mcid']))}) {probability(row['p_mcid'])}")
    if row["p_margin"] is not None:
        said.append(
            f"of being no worse than the margin ({number(given(row['margin']))}) {probability(row['p_margin'])}"
        )
    if row["p_rope"] is not None:
        said.append(f"of practical equivalence {probability(row['p_rope'])}")
    if row["p_null"] is not None:
        said.append(f"of exactly no effect {probability(row['p_null'])}")
    return f"The posterior probability {listed(said)}."


def _helping(dossier: Dossier) -> str:
    return "that the goal is met" if dossier["measure"] == "proportion" else "of any benefit"


def _benefit(row: Row) -> str:
    """Return P(benefit), marked if it holds by construction, whatever the data."""
    settled = by_construction(row)
    return f"{settled} by construction" if settled else probability(row["p_benefit"])


def _undirected(row: Row) -> bool:
    return by_construction(row) == "0.50"


def _verdict(dossier: Dossier, row: Row) -> Iterator[str]:
    """Yield the verdicts, provided that an MCID is stated."""
    if row["p_mcid"] is None or by_construction(row):
        return
    low, high = dossier["thresholds"]["cutoffs"]
    probabilities = row["p_benefit"], row["p_mcid"], row["p_harm"]
    benefit, relevant, harm = (class_of(given(p), (low, high)) for p in probabilities)
    any_, none = ("meeting the goal", "missing it") if dossier["measure"] == "proportion" else ("any benefit", "harm")
    yield f"In words, {any_} is {benefit}, a benefit of at least the MCID is {relevant} and {none} is {harm}."


def _joined(dossier: Dossier) -> str:
    """Return the further results of a synthesis: tau, the slope, a new trial, and the omission of each trial."""
    said = []
    for row in main_rows(dossier):
        if row["parameter"] in ("tau", "beta"):
            what = "Heterogeneity (tau)" if row["parameter"] == "tau" else "The change per unit of the covariate (beta)"
            said.append(f"{what} was {analysis_interval(row)} on the analysis scale.")
        elif row["parameter"] == "new_trial":
            settled = _undirected(row) or not headlined(row)
            helps = "" if settled else f", with a probability of benefit of {probability(row['p_benefit'])}"
            found = interval(row, kind="prediction interval")
            said.append(f"The predicted true {measure(dossier)} in a new trial was {found}{helps}.")
    left = _left_out(dossier)
    if len(left) > 1:
        low, high = (pick(left, key=lambda row: given(row["p_benefit"])) for pick in (min, max))
        said.append(
            "When trials were omitted one at a time, the probability of benefit ranged from "
            f"{_without(low)} to {_without(high)}."
        )
    return " ".join(said)


def _left_out(dossier: Dossier) -> list[LeftOutRow]:
    """Return the results without each trial in turn; none where no probability of benefit may be given."""
    pooling = dossier["pooling"]
    if pooling is None or pooling["all_folded"] or not has_headline(dossier):
        return []
    return pooling["leave_one_out"]


def _without(row: LeftOutRow) -> str:
    return f"{probability(row['p_benefit'])} (without {quoted(row['left_out'])})"


def _others(dossier: Dossier, main: Row) -> str:
    """Return the results under every other prior, then the priors that could not be formed or whose fit failed."""
    if not headlined(main):
        return " ".join(_not_formed(dossier))
    others = [row for row in dossier["rows"] if row["key"] != main["key"] and same_question(row, main)]
    shown = "; ".join(f"{quoted(row['prior'])} {_in_short(row)}" for row in others)
    said = (
        [f"Under the other priors, the median, its interval and the probability {_helping(dossier)} were: {shown}."]
        if others
        else []
    )
    taus = [r for r in dossier["rows"] if r["status"] == "ok" and _other_tau(r, main)]
    if taus:
        found = "; ".join(f"{quoted(row['heterogeneity'])} {_in_short(row)}" for row in taus)
        said.append(f"Under other priors of tau: {found}.")
    omegas = [r for r in dossier["rows"] if r["status"] == "ok" and _other_omega(r, main)]
    if omegas:
        found = "; ".join(f"{row['selection_omega']:g}: {_in_short(row)}" for row in omegas)
        said.append(
            f"If non-significant results were less likely to be reported, by the factor shown, these were: {found}."
        )
    return " ".join([*said, *_not_formed(dossier)])


def _in_short(row: Row) -> str:
    middle, low, high = (number(given(x)) for x in (row["estimate"], row["estimate_low"], row["estimate_high"]))
    return f"{middle} ({low} to {high}), P {_benefit(row)}"


def _other_tau(row: Row, main: Row) -> bool:
    return _under(row) == _under(main) and row["heterogeneity"] != main["heterogeneity"]


def _other_omega(row: Row, main: Row) -> bool:
    same = _under(row) == _under(main) and row["heterogeneity"] == main["heterogeneity"]
    return same and row["selection_omega"] is not None and row["selection_omega"] != main["selection_omega"]


def _under(row: Row) -> tuple[str, str, str]:
    return row["parameter"], row["prior"], row["model"]


def _not_formed(dossier: Dossier) -> Iterator[str]:
    """Yield the priors without a sound posterior, with the reason."""
    for prior in dossier["priors"]:
        if prior["status"] == "skipped":
            yield f"The {quoted(prior['name'])} prior could not be formed: {quoted(prior['reason'])}."
        elif prior["status"] == "failed":
            yield f"The posterior under the {quoted(prior['name'])} prior failed its checks: {quoted(prior['reason'])}."


def _leaning(dossier: Dossier, main: Row) -> str:
    """Return what the conclusion depends on: ranges, verdicts that change, tipping points, weight of the prior."""
    tables = dossier["sensitivity"]["tables"]
    if dossier["sensitivity"]["reason"] is not None or not headlined(main):
        return ""
    tipping, weight = _tipping(dossier, tables), _weight(dossier, tables)
    return " ".join([*_ranges(dossier, tables), *_changes(tables), *tipping, *weight])


def _ranges(dossier: Dossier, tables: Tables) -> Iterator[str]:
    over = [
        f"{_span(row)} over {words}"
        for question, words in QUESTIONS.items()
        for row in tables.get("verdicts") or []
        if (row["conclusion"], row["question"]) == ("any benefit", question) and row["low"] is not None
    ]
    if over:
        yield f"The probability {_helping(dossier)} {listed(over)}."


def _span(row: VerdictRow) -> str:
    low, high = probability(row["low"]), probability(row["high"])
    return f"remained {low}" if low == high else f"ranged from {low} to {high}"


def _changes(tables: Tables) -> Iterator[str]:
    rows = [row for row in tables.get("verdicts") or [] if row["changes"] is not None]
    changed: dict[str, list[str]] = {}
    for row in rows:
        if row["changes"]:
            changed.setdefault(row["conclusion"], []).append(row["question"].replace("_", " "))
    if changed:
        by = "; ".join(f"{conclusion} (over {listed(questions)})" for conclusion, questions in changed.items())
        yield f"The following verdicts changed within the ranges examined: {by}."
    elif rows:
        yield "No verdict changed within any of the ranges examined."


def _tipping(dossier: Dossier, tables: Tables) -> Iterator[str]:
    for row in tables.get("tipping") or []:
        if (row["vary"], row["probability"], row["target"]) != ("prior_mean", "p_benefit", CONVINCED):
            continue
        if row["value"] is None:
            why = quoted(row["reason"].removeprefix("never: "))
            yield f"No prior mean gives a probability {_helping(dossier)} of {CONVINCED}: {why}."
        else:
            around = f"{article(measure(dossier))} of {number(given(row['natural']))}"
            width = f"95% from {number(given(row['prior_low']))} to {number(given(row['prior_high']))}"
            found = f"The probability {_helping(dossier)} would be {CONVINCED}"
            yield f"{found} under a normal prior centred at {around} ({width})."


def _weight(dossier: Dossier, tables: Tables) -> Iterator[str]:
    """Yield how many patients the main prior is worth, and whether the data conflict with it."""
    prior = main_of(dossier)["prior"]
    for row in tables.get("prior_weight") or []:
        if row["prior"] == prior and row["words"]:
            yield f"The {quoted(prior)} prior is {quoted(row['words'])}{cite(['Neuenschwander2020'])}."
    for found in tables.get("conflict") or []:
        if found["prior"] == prior and found["box_p"] is not None:
            verb = "conflict" if found["conflict"] else "do not conflict"
            yield f"The data {verb} with it (Box p-value {probability(found['box_p'])})."


def _checks(dossier: Dossier) -> str:
    return " ".join([*_predictive(dossier["predictive"]), *_convergence(dossier)])


def _predictive(found: Predictive) -> Iterator[str]:
    rows = found["rows"]
    if not rows:
        yield f"A posterior predictive check was not possible: {quoted(found['reason'])}."
        return
    if found["cannot_fail"] and all(row["inside"] for row in rows):
        yield f"A posterior predictive check could not have failed: {quoted(found['cannot_fail'])}."
        return
    outside = [
        f"{quoted(row['quantity'])}{f' ({row["arm"]})' if row['arm'] else ''}" for row in rows if not row["inside"]
    ]
    inside = len(rows) - len(outside)
    more = f"; outside: {listed(outside)}" if outside else ""
    yield f"{inside} of {len(rows)} published numbers lay within their 95% posterior predictive intervals{more}."


def _convergence(dossier: Dossier) -> Iterator[str]:
    """Yield the worst value of each diagnostic over all sound rows."""
    rows = [row for row in dossier["rows"] if row["status"] == "ok" and row["r_hat"] is not None]
    if not rows:
        return
    r_hat = max(given(row["r_hat"]) for row in rows)
    least = min(size for row in rows for size in (row["ess_bulk"], row["ess_tail"]) if size is not None)
    said = f"Across all posteriors, the largest R-hat was {r_hat:.3f} and the smallest "
    said += f"effective sample size {least:,.0f}, with {sum(_divergences(rows))} divergent transitions"
    pairs = ((row["p_benefit"], row["exact_p_benefit"]) for row in dossier["diagnostics"])
    apart = [abs(sampled - exact) for sampled, exact in pairs if sampled is not None and exact is not None]
    yield said + (
        f"; P(benefit) differed from the independent calculation by at most {max(apart):.3f}." if apart else "."
    )


def _divergences(rows: Iterable[Row]) -> Iterator[int]:
    """Yield one count for each posterior, because its rows repeat it."""
    yield from {row["key"]: row["divergences"] or 0 for row in rows}.values()


def _table(dossier: Dossier) -> str:
    """Return the adverse events under the main prior, those most likely to be increased first."""
    rows = [row for row in main_rows(dossier) if row["p_harm"] is not None]
    return f"{_rows_in_words(dossier, rows)} {sentence(favours(dossier))} {' '.join(_not_formed(dossier))}".strip()


def _joint_table(dossier: Dossier) -> str:
    """Return the same under hierarchical priors, under which the terms borrow strength from each other."""
    said = []
    for prior in dossier["priors"]:
        rows = [r for r in dossier["rows"] if r["prior"] == prior["name"] and r["status"] == "ok"]
        if prior["kind"] == "hierarchy" and rows and rows[0]["key"] != main_of(dossier)["key"]:
            said.append(f"{_rows_in_words(dossier, rows).removesuffix('.')}{cite(['Berry2004'])}.")
    return " ".join(said)


def _rows_in_words(dossier: Dossier, rows: list[Row]) -> str:
    """State how many adverse events are probably increased or decreased, and which are most likely to be increased."""
    up = sum(p_increase(dossier, row) >= LIKELY for row in rows)
    down = sum(p_decrease(dossier, row) >= LIKELY for row in rows)
    first = sorted(rows, key=lambda row: -p_increase(dossier, row))[:5]
    shown = "; ".join(
        f"{quoted(parameter(row))} {interval(row)}, probability of an increase {probability(p_increase(dossier, row))}"
        for row in first
    )
    return (
        f"Under the {quoted(rows[0]['prior'])} prior, the probability of an increase under treatment was {LIKELY} or "
        f"more for {up} of {len(rows)} rows, and that of a decrease for {down}. The rows most likely to be increased "
        f"were ({measure(dossier)}): {shown}."
    )
