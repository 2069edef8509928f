"""The findings in plain language: every number from the tables, every direction from `benefit`.

A sentence states which side of no effect is good before it states how probable that side is, and both come from the
same field, so a paragraph cannot favour the wrong arm.
"""

from __future__ import annotations

from bayes.base.numbers import article, number, percent, significant
from bayes.posterior.verdict import class_of
from bayes.report.dossier.contents import Dossier, Row
from bayes.report.dossier.reading import main_of, main_row, one_a_prior, p_increase
from bayes.text.rows import by_construction, given, headlined, parameter, rounded
from bayes.text.wording import NO_HEADLINE, listed, sentence

OTHERS = {
    "sceptical": "for a sceptic",
    "enthusiastic": "for an enthusiast",
    "vague": "under a vague prior, which represents no realistic belief and lets the data alone decide",
}


def plain(dossier: Dossier) -> str:
    """Return a paragraph for readers without statistical training, from the numbers of a dossier."""
    if dossier["main"] is None:
        reasons = "; ".join(dict.fromkeys(f"{p['name']}: {p['reason']}" for p in dossier["priors"] if p["reason"]))
        return f"No posterior is stored for {dossier['label']}. {reasons}".strip()
    if dossier["kind"] == "adverse_events":
        return " ".join([*_compared(dossier), *_table(dossier)])
    return " ".join([*_compared(dossier), *_effect(dossier), *_probabilities(dossier), *_other_priors(dossier)])


def _compared(dossier: Dossier) -> list[str]:
    trial = dossier["trial"]
    if trial is None:
        count = len(dossier["members"])
        return [f"This analysis combines {count} {'trial' if count == 1 else 'trials'}: {dossier['label']}."]
    arms, n = trial["arms"], trial["n"]
    treatment, control = (f" ({n['treatment']} patients)", f" ({n['control']})") if n else ("", "")
    return [
        f"This trial ({trial['year']}) compared {arms['treatment']}{treatment} with {arms['control']}{control}. "
        f"The outcome is: {dossier['label']}."
    ]


def _effect(dossier: Dossier) -> list[str]:
    row, measure = main_row(dossier), dossier["measure"].replace("_", " ")
    said = f"Starting from the {row['prior']} prior ({rounded(row['prior_distribution'])} on the {row['scale']} scale),"
    if row["scale"] == "identity":
        said = f"Starting from the {row['prior']} prior ({rounded(row['prior_distribution'])}),"
    middle, low, high = (number(given(x)) for x in (row["estimate"], row["estimate_low"], row["estimate_high"]))
    average = "average " if dossier["kind"] == "synthesis" else ""
    found = (
        f"the {average}{measure} is equally likely to be above or below {middle}, and lies between {low} and {high} "
        "with a probability of 95%."
    )
    return [said, found, _direction(dossier)]


def _direction(dossier: Dossier) -> str:
    side = "above" if dossier["benefit"] == "higher" else "below"
    null, measure = f"{dossier['null']:g}", article(dossier["measure"])
    if dossier["measure"] == "proportion":
        return sentence(f"{measure} {side} the goal of {null} is good")
    return sentence(f"{measure} {side} {null} means that patients did better with the treatment on this outcome")


def _probabilities(dossier: Dossier) -> list[str]:
    row, mcid = main_row(dossier), dossier["thresholds"]["mcid"]
    if not headlined(row):
        return [f"{NO_HEADLINE}. A probability that the treatment helps is therefore not given."]
    if (settled := by_construction(row)) == "0.50":
        return ["The report does not say which arm did better, so benefit and harm are equally probable: 50% each."]
    if settled:
        lacking = "does harm" if settled == "1" else "does any good"
        return [f"This prior excludes from the outset that the treatment {lacking}, and no data could change that."]
    margin = _not_worse(dossier, row)
    better = "the treatment is better on this outcome, by however little,"
    what = "the goal is met" if dossier["measure"] == "proportion" else better
    harm = "it is missed" if dossier["measure"] == "proportion" else "it is worse"
    benefit, worse = given(row["p_benefit"]), given(row["p_harm"])
    said = f"The probability that {what} is {percent(benefit)}, that {harm} {percent(worse)}"
    if mcid is None or row["p_mcid"] is None:
        no_verdict = "The size of a benefit that would matter is not stated, so this is a description, not a verdict."
        return [f"{said}. {no_verdict}", *margin]
    enough = f"the benefit is large enough to matter ({significant(mcid['value'], 12)} or better)"
    verdict = f"In short, any benefit is {class_of(benefit)}; one that matters is {class_of(row['p_mcid'])}."
    new = next((r for r in dossier["rows"] if r["key"] == row["key"] and r["parameter"] == "new_trial"), None)
    next_one = (
        "" if new is None else f" The probability that it helps in a new trial is {percent(given(new['p_benefit']))}."
    )
    return [f"{said}, and that {enough} {percent(row['p_mcid'])}.", verdict + next_one, *margin]


def _not_worse(dossier: Dossier, row: Row) -> list[str]:
    """Return the probability that the treatment is no worse than the trial's margin, if it states one."""
    stated = dossier["thresholds"]["margin"]
    if stated is None or (p := row["p_margin"]) is None:
        return []
    control = "the goal" if dossier["measure"] == "proportion" else "the control"
    return [
        f"The probability that the treatment is not worse than {control} by more than the trial allowed (a margin of "
        f"{significant(stated['value'], 12)}) is {percent(p)}."
    ]


def _other_priors(dossier: Dossier) -> list[str]:
    main = main_row(dossier)
    if not headlined(main) or by_construction(main) == "0.50":
        return []
    by_prior = {row["prior"]: given(row["p_benefit"]) for row in one_a_prior(dossier) if not by_construction(row)}
    found = [f"{percent(by_prior[name])} {who}" for name, who in OTHERS.items() if name in by_prior]
    return [f"Given the same data, the probability of any benefit is {listed(found)}."] if found else []


def _table(dossier: Dossier) -> list[str]:
    """Return which adverse events of a table are probably more frequent under treatment."""
    main = main_of(dossier)
    rows = [r for r in dossier["rows"] if r["key"] == main["key"] and r["p_harm"] is not None]
    more = [(p_increase(dossier, row), row) for row in rows]
    raised = sorted(((p, row) for p, row in more if p >= 0.9), key=lambda pair: -pair[0])
    fewer = sum(p <= 0.1 for p, _ in more)
    said = (
        f"Under the {main['prior']} prior, {len(raised)} of {len(rows)} kinds of event are probably (with a "
        f"probability of 90% or more) more frequent under treatment, and {fewer} are probably less frequent."
    )
    named = [f"{parameter(row)} ({percent(p)})" for p, row in raised[:5]]
    return [said, *([f"Most likely to be more frequent: {', '.join(named)}."] if named else [])]
