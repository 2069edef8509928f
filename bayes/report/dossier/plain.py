"""The findings in plain language: every number from the tables, every direction from `benefit`.

A sentence states which side of no effect is good before it states how probable that side is, and both come from the
same field, so a paragraph cannot favour the wrong arm.
"""

from __future__ import annotations

from bayes.base.numbers import number, percent, significant
from bayes.posterior.explanation import InteractionRow
from bayes.report.dossier.contents import Dossier
from bayes.report.dossier.reading import PER, main_of, main_row, observed, one_a_prior, p_increase, sides
from bayes.text.rows import by_construction, given, headlined, parameter
from bayes.text.wording import NO_HEADLINE, listed

OTHERS = {"sceptical": "for a sceptic", "enthusiastic": "for an enthusiast", "vague": "from the data alone"}
HELD = {"neutral": ", which holds large effects either way to be improbable"}


def plain(dossier: Dossier) -> str:
    """Return at most four sentences for readers without statistical training, from the numbers of a dossier."""
    if dossier["main"] is None:
        reasons = "; ".join(dict.fromkeys(f"{p['name']}: {p['reason']}" for p in dossier["priors"] if p["reason"]))
        return f"No posterior is stored for {dossier['label']}. {reasons}".strip()
    if dossier["kind"] == "adverse_events":
        return " ".join(_table(dossier))
    return " ".join([*_effect(dossier), *_probabilities(dossier), *_other_priors(dossier), *_further(dossier)])


def _effect(dossier: Dossier) -> list[str]:
    row, measure = main_row(dossier), dossier["measure"].replace("_", " ")
    middle, low, high = (number(given(x)) for x in (row["estimate"], row["estimate_low"], row["estimate_high"]))
    side = "above" if dossier["benefit"] == "higher" else "below"
    good = f"{side} {dossier['null']:g} is better for the patient"
    if dossier["measure"] == "proportion":
        good = f"{side} the goal of {dossier['null']:g} is good"
    average, over = "", ""
    if dossier["kind"] == "synthesis":
        count = len(dossier["members"])
        noun = "subgroup" if _interactions(dossier) else "trial"
        average, over = "average ", f" over {count} {noun}{'' if count == 1 else 's'}"
    if by_construction(row) == "0.50":
        return [
            f"The report does not say which arm did better, and so not whether the treatment helps; "
            f"with a probability of 95%, the {measure} lies between {low} and {high} ({good})."
        ]
    return [
        f"The best estimate of the {average}{measure}{over} is {middle} ({good}){_of_a_thousand(dossier)}; with a "
        f"probability of 95%, the {measure} lies between {low} and {high}."
    ]


def _interactions(dossier: Dossier) -> list[InteractionRow]:
    """Return the pairs of subgroups of one trial; none for an outcome and for a synthesis of trials."""
    pooling = dossier.get("pooling")
    return pooling["interactions"] if pooling else []


def _of_a_thousand(dossier: Dossier) -> str:
    """Return what the effect means among 1,000 patients, or per person; empty if the report counts none."""
    found = observed(dossier)
    if found is None:
        return ""
    if found.per:
        rates = (significant(rate, 2) for rate in (found.treated, found.control))
        return f", or {next(rates)} events per {found.per} instead of {next(rates)}"
    with_it, without = (f"{PER * risk:.0f}" for risk in (found.treated, found.control))
    of = " with the event"
    if dossier["measure"] == "common_odds_ratio":
        good, bad = sides(dossier)
        of = f" {good if dossier['benefit'] == 'higher' else bad}"
    return f", or {with_it} of 1,000 patients{of} instead of {without}"


def _probabilities(dossier: Dossier) -> list[str]:
    row, mcid = main_row(dossier), dossier["thresholds"]["mcid"]
    if not headlined(row):
        return [f"{NO_HEADLINE}: no probability that the treatment helps is given."]
    if (settled := by_construction(row)) == "0.50":
        if mcid is None or row["p_mcid"] is None:
            return ["Benefit and harm are equally probable: 50% each."]
        matters = f"by enough to matter ({significant(mcid['value'], 12)} or better) is {percent(row['p_mcid'])}"
        return [f"Benefit and harm are equally probable, 50% each; the probability that it is better {matters}."]
    if settled:
        lacking = "does harm" if settled == "1" else "does any good"
        return [f"This prior excludes from the outset that the treatment {lacking}, and no data could change that."]
    better, worse = "the treatment is better", "worse"
    if dossier["measure"] == "proportion":
        better, worse = "the goal is met", "missed"
    said = f"The probability that {better} is {percent(given(row['p_benefit']))}"
    harm = f"that it is {worse} {percent(given(row['p_harm']))}"
    if mcid is None or row["p_mcid"] is None:
        return [f"{said}, and {harm}; how large a benefit must be to matter is not stated."]
    enough = f"that it is better by enough to matter ({significant(mcid['value'], 12)} or better) is"
    if dossier["measure"] == "proportion":
        enough = f"that the target is reached ({significant(mcid['value'], 12)} or better) is"
    return [f"{said}, {enough} {percent(row['p_mcid'])}, and {harm}."]


def _other_priors(dossier: Dossier) -> list[str]:
    main = main_row(dossier)
    if not headlined(main) or by_construction(main) == "0.50":
        return []
    by_prior = {row["prior"]: given(row["p_benefit"]) for row in one_a_prior(dossier) if not by_construction(row)}
    others = {name: who for name, who in OTHERS.items() if name in by_prior and name != main["prior"]}
    found = [f"{percent(by_prior[name])} {who}" for name, who in others.items()]
    held = "" if dossier["measure"] == "proportion" else HELD.get(main["prior"], "")
    start = f"These numbers start from the {main['prior']} prior{held}"
    with_others = f"{start}; the same data make the probability of any benefit {listed(found)}."
    return [with_others if found else f"{start}."]


def _further(dossier: Dossier) -> list[str]:
    """Return the probability of no worse than a margin, if a trial states one, and of benefit in a new trial."""
    row, stated = main_row(dossier), dossier["thresholds"]["margin"]
    said = []
    if stated is not None and row["p_margin"] is not None:
        allowed = f"not worse by more than the trial allowed ({significant(stated['value'], 12)})"
        said.append(f"that the treatment is {allowed} is {percent(row['p_margin'])}")
    new = next((r for r in dossier["rows"] if r["key"] == row["key"] and r["parameter"] == "new_trial"), None)
    if pairs := _interactions(dossier):
        pair = max(pairs, key=lambda found: abs(found["p_more"] - 0.5))
        first, second = (pair["one"], pair["other"]) if pair["p_more"] >= 0.5 else (pair["other"], pair["one"])
        labels = {member["name"]: member["label"] for member in dossier["members"]}
        more = percent(max(pair["p_more"], 1 - pair["p_more"]))
        said.append(
            f"that patients benefit more in one subgroup ({labels[first]}) than in another ({labels[second]}) is {more}"
        )
    elif new is not None and headlined(row) and new["p_benefit"] is not None:
        said.append(f"that it is better in a new trial is {percent(new['p_benefit'])}")
    return [f"The probability {', and '.join(said)}."] if said else []


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
