"""The recommendations for critical care by Goligher and colleagues (Yarnell et al. 2021, Lancet Respir Med)."""

from __future__ import annotations

from math import isclose

from bayes.report.checklist.demands import main_rows, number, one_of, stated
from bayes.report.checklist.judgement import MUST, SHOULD, Exempt, Item, Pointer, StatedPrior, Target
from bayes.report.checklist.standards.fda import BORROWING
from bayes.report.dossier.contents import Row
from bayes.report.dossier.reading import probability_at

STANDARD = "Goligher"
ABSOLUTE = ("risk_difference", "mean_difference", "proportion")
SHOWN_UNDER = {
    "sceptical": {"sceptical"},
    "uninformative": {"vague", "neutral"},
    "enthusiastic": {"enthusiastic", "optimistic"},
}
CLASSES = (0.5, 0.75, 0.9)


def _three_by_three(rows: list[Row], target: Target) -> str | None:
    """Require P(benefit), P(at least the MCID) and P(at least the planned effect) under three kinds of prior."""
    planned = target.dossier["thresholds"]["planned"]
    if planned is None:
        return "the planned effect is not stated, so its probability is missing under every prior"
    found = {target.rules.get(row["prior"], row["prior"]): row for row in main_rows(rows, target)}
    for attitude, rules in SHOWN_UNDER.items():
        row = next((found[rule] for rule in rules if rule in found), None)
        if row is None:
            return f"no sound posterior under any {attitude} prior"
        if None in (row["p_benefit"], row["p_mcid"], probability_at(row, planned["value"])):
            return f"a probability is missing under {row['prior']}"
    return None


def _borrows(effect: dict[str, StatedPrior], target: Target) -> str | None:
    found = [name for name, prior in effect.items() if prior.get("rule") in BORROWING]
    return None if found else "no prior is built from earlier trials, and no search for earlier trials is recorded"


def _classes(cutoffs: list[float], target: Target) -> str | None:
    lacking = [f"{cut:.0%}" for cut in CLASSES if not any(isclose(cut, given) for given in cutoffs)]
    return f"no cut-off at {', '.join(lacking)}" if lacking else None


ITEMS = (
    Item(
        "GOL-1",
        STANDARD,
        MUST,
        "The posterior on an absolute and on a relative scale",
        "risk differences or numbers needed to treat in addition to the ratio, from the same posterior",
        (Pointer("/absolute/rows/*/risk_difference", number),),
        exempt=(Exempt(Pointer("/measure", one_of(*ABSOLUTE)), "the measure is itself absolute"),),
    ),
    Item(
        "GOL-2",
        STANDARD,
        MUST,
        "The probabilities of any benefit, a relevant benefit and the planned benefit under three kinds of prior",
        "P(benefit), P(at least the MCID) and P(at least the planned effect) under a sceptical, an uninformative and "
        "an enthusiastic prior",
        (Pointer("/rows", _three_by_three),),
    ),
    Item(
        "GOL-3",
        STANDARD,
        MUST,
        "A prior built from earlier trials, if there are any",
        "a prior by rule `evidence` or `map`, or a statement that no trials were found, with the date of the search",
        (Pointer("/effect", _borrows, file="{priors_file}"),),
        exempt=(Exempt(Pointer("/members/*/name", stated), "a synthesis already pools the available trials"),),
    ),
    Item(
        "GOL-4",
        STANDARD,
        SHOULD,
        "Verdict classes at 50, 75 and 90%",
        "cut-offs at 0.50, 0.75 and 0.90, with the class under each prior",
        (Pointer("/thresholds/cutoffs", _classes),),
    ),
)
