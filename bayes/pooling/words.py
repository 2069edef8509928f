"""A synthesis in words: the mean, how much of it rests on which trial, and what to expect of a new trial.

Every number comes from the tables, every direction from `benefit`.
"""

from __future__ import annotations

from bayes.analysis.analysis import Analysis
from bayes.analysis.subgroups import interaction
from bayes.base.measures import is_log
from bayes.base.numbers import alike, article, in_words, number, p_value, significant
from bayes.paper.evidence.card import KindCard
from bayes.paper.evidence.cards import CARDS
from bayes.posterior.explanation import Explanation, KindLeftOutRow, PooledRow
from bayes.synthesis.adjustment import Adjustment

NUMBER = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


def sentences(analysis: Analysis, tables: Explanation) -> list[str]:
    """Return the paragraphs, most important first.

    Parameters
    ----------
    analysis : Analysis
    tables : Explanation
    """
    if not analysis.target.has_headline:
        return [_known(analysis, tables)]
    return [
        text
        for text in (
            _known(analysis, tables),
            _rests(analysis, tables),
            _adjustment(analysis, tables),
            _directions(tables),
            _same_patients(analysis, tables),
            _subgroups(analysis, tables),
            _spread(analysis, tables),
            _new(analysis, tables),
            _found(analysis),
        )
        if text
    ]


def _noun(analysis: Analysis) -> str:
    """Return what the members of a synthesis are."""
    return "trial" if analysis.synthesis.subgroups is None else "subgroup"


def _known(analysis: Analysis, tables: Explanation) -> str:
    target, main = analysis.target, tables.main
    kinds = [member.evidence.kind for member in analysis.members]
    counted = ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))
    measure, members = target.measure.replace("_", " "), _count(len(kinds), _noun(analysis))
    said = (
        f"{target.label}: {members} ({counted}) under the {analysis.prior.name} prior put the mean "
        f"{measure} at {_interval(main)}; {target.benefit} is better. "
    )
    if tables.all_folded:
        return said + (
            "No report says which arm it favours, so the direction of the mean is open by construction: the data "
            "inform only its size and tau."
        )
    if not target.has_headline:
        return said + "In every trial no patient or every patient had the event: no probability of benefit is given."
    helps, more = in_words(_given(main["p_benefit"])), _mcid(analysis, main) + _margin(analysis, main)
    return said + f"The probability that the treatment helps on average is {helps}{more}."


def _margin(analysis: Analysis, row: PooledRow) -> str:
    p, margin = row.get("p_margin"), analysis.target.margin
    if p is None or margin is None:
        return ""
    return f", that it is no worse than the margin ({margin.value}) {in_words(p)}"


def _mcid(analysis: Analysis, row: PooledRow) -> str:
    p, mcid = row["p_mcid"], analysis.target.mcid
    if p is None or mcid is None:
        return ""
    return f", that it helps by at least the MCID ({mcid.value}) {in_words(p)}"


def _rests(analysis: Analysis, tables: Explanation) -> str:
    without = tables.leave_one_out
    if not without:
        return "The mean rests on one trial."
    heaviest = max(tables.trials, key=lambda row: row["weight"] or 0.0)
    row = next(r for r in without if r["left_out"] == heaviest["trial"])
    said = ""
    if heaviest["weight"]:
        said = f"{heaviest['trial']} carries {100 * heaviest['weight']:.0f}% of the weight of the directed reports: "
        said += f"without it, the mean would be {_interval(row)} and P(benefit) {in_words(_given(row['p_benefit']))}. "
    lowest, highest = (pick(without, key=lambda r: _given(r["p_benefit"])) for pick in (min, max))
    least, most = (in_words(_given(row["p_benefit"])) for row in (lowest, highest))
    if least == most:
        said += f"Whichever trial is left out, P(benefit) is {least}. "
    else:
        said += (
            f"With one trial at a time left out, P(benefit) ranges from {least} (without {lowest['left_out']}) to "
            f"{most} (without {highest['left_out']}). "
        )
    bare = {name: card for name, card in CARDS.items() if card.bare}
    moved = (_without(bare[row["left_out"]], row) for row in tables.leave_kind_out if row["left_out"] in bare)
    return " ".join([said.rstrip(), *moved])


def _without(card: KindCard, row: KindLeftOutRow) -> str:
    reports = card.several if row["trials"] > 1 else card.one
    return (
        f"Without the {reports}, the mean moves by {row['mean_moves']:+.3f} and its SD by {row['sd_moves']:+.3f} on "
        "the analysis scale."
    )


def _directions(tables: Explanation) -> str:
    said = [
        f"{row['trial']} does not say which arm it favours. Given the others, it favours the treatment with "
        f"probability {in_words(row['p_favours_treatment'])}; the mean would move by "
        f"{row['if_treatment_mean_moves']:+.3f} if it did and by {row['if_control_mean_moves']:+.3f} if it favoured "
        "control."
        for row in tables.directions
    ]
    return " ".join(said)


def _adjustment(analysis: Analysis, tables: Explanation) -> str:
    """State that adjusted and unadjusted odds or hazard ratios are pooled, and the mean without either."""
    found = Adjustment.of(analysis.target.measure, analysis.members)
    if not found.matters:
        return ""
    ratio = analysis.target.measure.replace("_", " ")
    which = "; ".join(f"{group}: {found.named(group)}" for group in found.groups)
    without = {"adjusted": "the adjusted", "unadjusted": "the unadjusted", "not stated": "those that do not say"}
    means = ", ".join(f"{_interval(row)} without {without[row['left_out']]}" for row in tables.adjustment)
    return (
        f"Adjusted and unadjusted {ratio}s {'are' if found.known else 'may be'} pooled here ({which}), although they "
        f"are different quantities: adjusted for prognostic factors, {article(ratio)} lies further from 1 than the "
        f"unadjusted {ratio} of the same treatment. The mean would be {means}."
    )


def _same_patients(analysis: Analysis, tables: Explanation) -> str:
    """State how results of the same patients are combined, what each gives alone, and why not one common effect."""
    said, rest = [], iter(tables.same_patients)
    for together in analysis.synthesis.together.values():
        own, *alone, one = (next(rest) for _ in range(len(together.results) + 2))
        shares = ", ".join(f"{100 * weight:.0f}%" for weight in own["weights"] or ())
        apart = ", ".join(f"{in_words(_given(row['p_benefit']))} with {row['results']}" for row in alone)
        said.append(
            f"{own['results']} are results of the same patients: each has its own effect, and the trial's effect is "
            f"their mean, weighted by their precision ({shares}), with errors correlated by {together.said}. "
            f"With only one of them, P(benefit) would be {apart}."
        )
        if one["note"]:
            said.append(f"They are not treated as one effect, because {one['note']}.")
    return " ".join(said)


def _subgroups(analysis: Analysis, tables: Explanation) -> str:
    """State how far the effects of subgroups differ, with the test of interaction and the printed p-value."""
    groups, rows = analysis.synthesis.subgroups, tables.interactions
    if groups is None or not rows:
        return ""
    ratio = is_log(analysis.target.measure)
    row = max(rows, key=lambda pair: abs(pair["p_more"] - 0.5))
    apart = "{} (95% credible interval {} to {})".format(
        *alike(row["difference"], row["difference_low"], row["difference_high"], number)
    )
    said = (
        f"By {groups.by}, {row['one']} against {row['other']}: the {'ratio' if ratio else 'difference'} of their "
        f"effects is {apart}, and the first benefits more with probability {in_words(row['p_more'])}"
    )
    if row["own_p_more"] is not None:
        said += f" ({in_words(row['own_p_more'])} without shrinkage)"
    if (test := interaction(analysis.members)) is not None:
        said += f". The test of interaction has chi-squared {test.q:.2f} on {test.df} df, p = {significant(test.p, 2)}"
        said += f"; the paper printed {p_value(groups.p_interaction)}" if groups.p_interaction is not None else ""
    return said + "."


def _spread(analysis: Analysis, tables: Explanation) -> str:
    rows = [row for row in tables.heterogeneity if row["heterogeneity"] != "none"]
    none = tables.heterogeneity[-1]
    if analysis.heterogeneity is None:
        said = f"All {_noun(analysis)}s are assumed to share one effect, without heterogeneity."
        p = [_given(row["p_benefit"]) for row in rows]
        return said + (f" With it, P(benefit) would be {in_words(min(p))} to {in_words(max(p))}." if rows else "")
    main, count = rows[0], len(tables.trials)
    said = (
        f"The {_noun(analysis)}s differ by tau = {main['tau_median']:.2f} ({main['tau_low']:.2f} to "
        f"{main['tau_high']:.2f}; its prior {main['distribution']} has median {main['prior_median']:.2f})"
    )
    said += f": with {_count(count, _noun(analysis))}, that prior dominates. " if count <= 5 else ". "
    p = [_given(row["p_benefit"]) for row in rows]
    shared = f"if all {_noun(analysis)}s shared one effect, P(benefit) would be {in_words(_given(none['p_benefit']))}."
    if len(rows) > 1:
        least, most = in_words(min(p)), in_words(max(p))
        reached = f"is {least}" if least == most else f"ranges from {least} to {most}"
        over = f"Under {_count(len(rows), 'prior')} of tau, P(benefit) {reached}; "
        said += over + shared.replace("P(benefit)", "it")
    else:
        said += shared.capitalize().replace("p(benefit)", "P(benefit)")
    i_squared = tables.descriptives["i_squared"]
    if i_squared is not None:
        directed = _count(tables.descriptives["trials"], "directed report")
        said += f" I-squared, a descriptive statistic, is {100 * i_squared:.0f}% among {directed}."
    return said


def _new(analysis: Analysis, tables: Explanation) -> str:
    if analysis.synthesis.subgroups is not None:  # there is no further subgroup to come
        return ""
    main = tables.main
    return (
        f"In a new trial of this kind, the true {analysis.target.measure.replace('_', ' ')} would be expected between "
        f"{number(main['predicted_low'])} and {number(main['predicted_high'])} (95% prediction interval), and on the "
        f"side of benefit with probability {in_words(_given(main['p_benefit_new']))}."
    )


def _found(analysis: Analysis) -> str:
    """Return how the trials were found, as the file states; a few trials cannot show what was never published."""
    if analysis.synthesis.subgroups is not None:
        return ""
    count, search = len(analysis.members), analysis.synthesis.search
    said = f"How the trials were found: {search}. " if search else ""
    return said + (f"{_count(count, 'trial').capitalize()} cannot show publication bias." if 1 < count < 10 else "")


def _given(probability: float | None) -> float:
    """Return a probability of benefit, which every table gives where the synthesis has a headline."""
    if probability is None:
        raise ValueError("a synthesis without a headline has no sentence on the probability of benefit")
    return probability


def _interval(row: PooledRow) -> str:
    said = alike(row["estimate"], row["estimate_low"], row["estimate_high"], number)
    return "{} (95% credible interval {} to {})".format(*said)


def _count(number: int, noun: str) -> str:
    return f"{NUMBER.get(number, str(number))} {noun if number == 1 else f'{noun}s'}"
