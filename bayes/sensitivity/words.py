"""The sensitivity of a conclusion in words for clinicians: the prior beliefs that would lead to another conclusion.

Every number comes from the tables, and every direction from `benefit`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bayes.base.numbers import alike, in_words, number, significant
from bayes.paper.evidence.counts import ARMS_ALIKE
from bayes.posterior.verdict import CUTOFFS, class_of
from bayes.sensitivity.conclusions import Tables, VerdictRow, range_of
from bayes.sensitivity.missing_words import missing_in_words
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import NeverTips, prior_mean_at, prior_sd_at
from bayes.sensitivity.tipping_row import Tipped

CONVINCED = 0.95
ASKED = {
    "named_priors": "the named priors",
    "likelihood": "alternative readings of the report",
    "extraction": "the rounding of the printed numbers",
    "influence": "trials, kinds of evidence, heterogeneity and weights",
}


def sentences(subject: Subject, tables: Tables, cutoffs: tuple[float, float] = CUTOFFS) -> list[str]:
    """Write the paragraphs of the summary, the most important first.

    Parameters
    ----------
    subject : Subject
        The target and its main prior.
    tables : Tables
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
        missing_in_words(subject, tables, CONVINCED),
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
    shown = subject.interval(subject.under(subject.prior))
    middle, low, high = alike(shown["estimate"], shown["estimate_low"], shown["estimate_high"], number)
    what = "the mean" if subject.is_synthesis else "the"
    said = (
        f"{target.label}: under the {subject.analysis.prior.name} prior, {what} {_measure(subject)} is "
        f"{middle} (95% credible interval {low} to {high}); {target.benefit} values are better. The "
        f"probability of any benefit is {in_words(row['p_benefit'])}, and that of harm {in_words(row['p_harm'])}"
    )
    if row["p_mcid"] is None or target.mcid is None:
        return f"{said}. No MCID is stated, so this is a description, not a verdict."
    mcid = f"the minimal clinically important difference (MCID, {target.mcid.value})"
    said += f"; the probability of a benefit beyond {mcid} is {in_words(row['p_mcid'])}. "
    named = (("benefit", row["p_benefit"]), ("benefit beyond the MCID", row["p_mcid"]), ("harm", row["p_harm"]))
    verdicts = ", ".join(f"{words} {class_of(p, cutoffs)}" for words, p in named)
    improbable, probable = cutoffs
    return said + f"In words: {verdicts} (improbable at {improbable:g} or less, probable at {probable:g} or more)."


def _otherwise(subject: Subject) -> Iterable[str]:
    """Yield the prior beliefs needed to be 95% sure of benefit, of benefit beyond the MCID, and of harm."""
    row = subject.probabilities()
    yield _belief(subject, "p_benefit", CONVINCED, "a benefit", row["p_benefit"])
    if row["p_mcid"] is not None:
        yield _belief(subject, "p_mcid", CONVINCED, "a benefit beyond the MCID", row["p_mcid"])
    yield _belief(subject, "p_benefit", 1 - CONVINCED, "harm", row["p_harm"])


def _belief(subject: Subject, name: Tipped, target: float, words: str, now: float) -> str:
    """State the prior belief that would tip one conclusion, towards it or away from it."""
    mean = prior_mean_at(subject, name, target)
    sure = now >= CONVINCED
    verb = (
        f"To doubt {words} (a probability below {CONVINCED:g})"
        if sure
        else f"To be {100 * CONVINCED:g}% sure of {words}"
    )
    if isinstance(mean, NeverTips):
        why = mean.why if target > 0.5 else f"P(benefit) would stay above {target:g}, whatever the prior mean"
        belief = f"no prior as wide as the neutral prior would suffice ({why})"
    else:
        than = " or better" if (target > 0.5) != sure else " or worse"
        belief = (
            f"a reader would have had to expect beforehand {_a(subject)} {_measure(subject)} of around "
            f"{number(mean.mean)}{than} (95% prior interval {number(mean.low)} to {number(mean.high)})"
        )
    said = f"{verb}, {belief}."
    if target < 0.5 or sure:
        return said
    sd = prior_sd_at(subject, name, target)
    if isinstance(sd, NeverTips):
        return said + f" No prior centred on no effect would suffice: {sd.why}."
    return (
        said + f" A prior centred on no effect would suffice if its 95% interval ran from {number(sd.low)} to "
        f"{number(sd.high)}."
    )


def _a(subject: Subject) -> str:
    return "an" if _measure(subject)[0] in "aeiou" else "a"


def _reverse(tables: Tables) -> Iterable[str]:
    for row in tables.get("reverse_bayes", ()):
        if row["quantity"] == "fail_safe":
            yield row["reason"]


def _weight(subject: Subject, tables: Tables) -> str:
    main = str(subject.prior)
    said = next((r["words"] for r in tables.get("prior_weight", ()) if r["distribution"] == main and r["words"]), None)
    return f"The {subject.analysis.prior.name} prior is {said}." if said else ""


def _reconciled(subject: Subject, tables: Tables) -> Iterable[str]:
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


def _ranges(subject: Subject, tables: Tables) -> Iterable[str]:
    rows = tables.get("verdicts", ())
    spans = []
    for question, words in ASKED.items():
        found = range_of(rows, question)
        if found is None or found["low"] is None or found["high"] is None or found["high"] - found["low"] < 0.005:
            continue
        low, high = f"{in_words(found['low'])} ({found['at_low']})", f"{in_words(found['high'])} ({found['at_high']})"
        spans.append(f"over {words} from {low} to {high}")
    if spans:
        yield f"The probability of any benefit ranges {'; '.join(spans)}."
    if changed := [row for row in rows if row["changes"]]:
        yield "The verdict changes in at least one sensitivity analysis: " + "; ".join(_changed(changed)) + "."
    elif any(row["changes"] is False for row in rows):
        yield "No verdict changes in any sensitivity analysis performed."


def _changed(rows: Iterable[VerdictRow]) -> Iterable[str]:
    """Yield each conclusion with the questions in which its verdict changes."""
    grouped: dict[str, list[str]] = {}
    for row in rows:
        grouped.setdefault(row["conclusion"], []).append(f"{row['question'].replace('_', ' ')} ({row['verdicts']})")
    return (f"{conclusion}, under {', '.join(questions)}" for conclusion, questions in grouped.items())
