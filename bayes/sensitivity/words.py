"""The sensitivity of a conclusion in words for clinicians: the prior beliefs that would lead to another conclusion.

Every number comes from the tables, and every direction from `benefit`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bayes.base.numbers import alike, in_words, number, significant
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.posterior.verdict import CUTOFFS, class_of
from bayes.sensitivity.conclusions import range_of
from bayes.sensitivity.subject import Row, Subject
from bayes.sensitivity.tipping_points import prior_mean_at, prior_sd_at

CONVINCED = 0.95
ASKED = {
    "named_priors": "the named priors",
    "likelihood": "alternative readings of the report",
    "extraction": "the rounding of the printed numbers",
    "influence": "trials, kinds of evidence, heterogeneity and weights",
}


def sentences(subject: Subject, tables: Mapping[str, list[Row]], cutoffs: tuple[float, float] = CUTOFFS) -> list[str]:
    """Write the paragraphs of the summary, the most important first.

    Parameters
    ----------
    subject : Subject
        The target and its main prior.
    tables : mapping of str to list of rows
        The tables requested, by name.
    cutoffs : (float, float)
        A probability at or below the first is improbable, at or above the second probable.

    Returns
    -------
    list of str
    """
    if not subject.target.has_headline:
        return [f"{subject.target.label}: {NO_HEADLINE}."]
    found = [
        _known(subject, cutoffs),
        *_otherwise(subject),
        *_reverse(tables),
        _weight(subject, tables),
        *_reconciled(subject, tables),
        *_ranges(subject, tables),
    ]
    return [text for text in found if text]


NO_HEADLINE = (
    f"{ARMS_ALIKE}, so the data do not say which of them is better. No probability of benefit is given in words; the "
    "probabilities in the tables reflect the priors alone"
)


def _measure(subject: Subject) -> str:
    return subject.target.measure.replace("_", " ")


def _known(subject: Subject, cutoffs: tuple[float, float]) -> str:
    target, row = subject.target, subject.probabilities()
    posterior = subject.under(subject.prior)
    said = subject.interval(posterior)
    middle, low, high = alike(said["estimate"], said["estimate_low"], said["estimate_high"], number)
    what = "the mean" if subject.is_synthesis else "the"
    said = (
        f"{target.label}: under the {subject.analysis.prior.name} prior, {what} {_measure(subject)} is "
        f"{middle} (95% credible interval {low} to {high}); {target.benefit} values are better. The "
        f"probability of any benefit is {in_words(row['p_benefit'])}, and that of harm {in_words(row['p_harm'])}"
    )
    if row["p_mcid"] is None:
        return f"{said}. No MCID is stated, so this is a description, not a verdict."
    mcid = f"the minimal clinically important difference (MCID, {target.mcid.value})"
    said += f"; the probability of a benefit beyond {mcid} is {in_words(row['p_mcid'])}. "
    low, high = cutoffs
    names = {"p_benefit": "benefit", "p_mcid": "benefit beyond the MCID", "p_harm": "harm"}
    verdicts = ", ".join(f"{words} {class_of(row[name], cutoffs)}" for name, words in names.items())
    return said + f"In words: {verdicts} (improbable at {low:g} or less, probable at {high:g} or more)."


def _otherwise(subject: Subject) -> Iterable[str]:
    """Yield the prior beliefs needed to be 95% sure of benefit, of benefit beyond the MCID, and of harm."""
    row = subject.probabilities()
    for name, words in (("p_benefit", "a benefit"), ("p_mcid", "a benefit beyond the MCID")):
        if row[name] is not None:
            yield _belief(subject, name, CONVINCED, words, row[name])
    yield _belief(subject, "p_benefit", 1 - CONVINCED, "harm", row["p_harm"])


def _belief(subject: Subject, name: str, target: float, words: str, now: float) -> str:
    """State the prior belief that would tip one conclusion, towards it or away from it."""
    mean = prior_mean_at(subject, name, target)
    sure = now >= CONVINCED
    verb = (
        f"To doubt {words} (a probability below {CONVINCED:g})"
        if sure
        else f"To be {100 * CONVINCED:g}% sure of {words}"
    )
    if mean["value"] is None:
        belief = f"no prior as wide as the neutral prior would suffice ({mean['reason'].removeprefix('never: ')})"
    else:
        than = _beyond(subject, mean["value"], name, target, sure)
        belief = (
            f"a reader would have had to expect beforehand {_a(subject)} {_measure(subject)} of around "
            f"{number(mean['natural'])}{than} (95% prior interval {number(mean['prior_low'])} to "
            f"{number(mean['prior_high'])})"
        )
    said = f"{verb}, {belief}."
    if target < 0.5 or sure:
        return said
    sd = prior_sd_at(subject, name, target)
    if sd["value"] is None:
        why = sd["reason"].removeprefix("never: ")
        return said + f" No prior centred on no effect would suffice: {why}."
    return (
        said + f" A prior centred on no effect would suffice if its 95% interval ran from {number(sd['prior_low'])} to "
        f"{number(sd['prior_high'])}."
    )


def _beyond(subject: Subject, mean: float, name: str, target: float, sure: bool) -> str:
    """Return " or better" or " or worse", the side on which the conclusion tips."""
    towards_benefit = (target > 0.5) != sure
    return " or better" if towards_benefit else " or worse"


def _a(subject: Subject) -> str:
    return "an" if _measure(subject)[0] in "aeiou" else "a"


def _reverse(tables: Mapping[str, list[Row]]) -> Iterable[str]:
    for row in tables.get("reverse_bayes", ()):
        if row["quantity"] == "fail_safe":
            yield row["reason"]


def _weight(subject: Subject, tables: Mapping[str, list[Row]]) -> str:
    main = str(subject.prior)
    said = next((r["words"] for r in tables.get("prior_weight", ()) if r["distribution"] == main and r["words"]), None)
    return f"The {subject.analysis.prior.name} prior is {said}." if said else ""


def _reconciled(subject: Subject, tables: Mapping[str, list[Row]]) -> Iterable[str]:
    """Combine power scaling with Box's p: influence of both prior and data does not imply that they disagree."""
    scaled = next((row for row in tables.get("power_scaling", ()) if row["parameter"] in ("effect", "mu")), None)
    main = str(subject.prior)
    found = next((row for row in tables.get("conflict", ()) if row["distribution"] == main), None)
    if scaled is None or found is None or found["box_p"] is None:
        return
    prior, likelihood = scaled["prior"], scaled["likelihood"]
    if min(prior, likelihood) < scaled["threshold"]:
        return
    said = (
        "Both the prior and the likelihood influence the posterior (power-scaling sensitivity "
        f"{significant(prior, 2)} and {significant(likelihood, 2)}), as is usual when neither outweighs the other"
    )
    box = f"Box's p = {significant(found['box_p'], 2)}"
    if found["conflict"]:
        yield f"{said}. Here they also disagree: the data would have been surprising under the prior ({box})."
    else:
        yield f"{said}. This does not mean that they disagree: the data are compatible with the prior ({box})."


def _ranges(subject: Subject, tables: Mapping[str, list[Row]]) -> Iterable[str]:
    rows = tables.get("verdicts", ())
    spans = []
    for question, words in ASKED.items():
        if (found := range_of(rows, question)) is not None and found["high"] - found["low"] >= 0.005:
            spans.append(
                f"over {words} from {in_words(found['low'])} ({found['at_low']}) to {in_words(found['high'])} "
                f"({found['at_high']})"
            )
    if spans:
        yield f"The probability of any benefit ranges {'; '.join(spans)}."
    if changed := [row for row in rows if row["changes"]]:
        yield "The verdict changes in at least one sensitivity analysis: " + "; ".join(_changed(changed)) + "."
    elif any(row["changes"] is False for row in rows):
        yield "No verdict changes in any sensitivity analysis performed."


def _changed(rows: Iterable[Row]) -> Iterable[str]:
    """Yield each conclusion with the questions in which its verdict changes."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(row["conclusion"], []).append(f"{row['question'].replace('_', ' ')} ({row['verdicts']})")
    return (f"{conclusion}, under {', '.join(questions)}" for conclusion, questions in grouped.items())
