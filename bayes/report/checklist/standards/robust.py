"""The seven ROBUST criteria for reports of Bayesian analyses (Sung et al. 2005, J Clin Epidemiol 58:261-268)."""

from __future__ import annotations

from bayes.report.checklist.demands import each, holds, is_main, main_rows, number, stated
from bayes.report.checklist.judgement import MUST, Item, Pointer, Target
from bayes.report.checklist.standards.common import METHODS, PRIOR_JUSTIFIED, PRIOR_SPECIFIED, SETTINGS, SOFTWARE, TEXT
from bayes.report.dossier.contents import Row

STANDARD = "ROBUST"
ALTERNATIVES = 2


def _refitted(rows: list[Row], target: Target) -> str | None:
    sound = {row["prior"] for row in main_rows(rows, target) if row["p_benefit"] is not None}
    main = target.dossier["main"]
    others = sorted(sound - {main["prior"]}) if main else []
    found = f"alternative priors fitted: {len(others)} ({', '.join(others) or 'none'})"
    return None if len(others) >= ALTERNATIVES else f"{found}; at least {ALTERNATIVES} are required"


ITEMS = (
    Item(
        "ROB-1",
        STANDARD,
        MUST,
        "The prior is specified",
        "a family with all its parameters for every prior, a prior for every parameter, and the analysis scale",
        PRIOR_SPECIFIED,
    ),
    Item(
        "ROB-2",
        STANDARD,
        MUST,
        "The prior is justified",
        "a rationale for every prior and a source for every prior except those of nuisance parameters, in the dossier "
        "and in the copy of the prior set",
        PRIOR_JUSTIFIED,
    ),
    Item(
        "ROB-3",
        STANDARD,
        MUST,
        "Sensitivity to the prior is shown",
        f"posteriors under at least {ALTERNATIVES} priors besides the main one, each with its estimate and P(benefit)",
        (
            Pointer("/rows", _refitted),
            Pointer("/rows", each(lambda row, target: number(row["estimate"], target))),
        ),
    ),
    Item(
        "ROB-4",
        STANDARD,
        MUST,
        "The statistical model is given",
        "the likelihood and hierarchy as formulas, and the names of the likelihoods",
        (Pointer("/model/formulas/*", stated), Pointer("/model/likelihoods/*", stated)),
    ),
    Item(
        "ROB-5",
        STANDARD,
        MUST,
        "The analytic technique is given",
        "chains, draws and seed, and the versions of the sampling and summarising software",
        (*SETTINGS, *SOFTWARE),
    ),
    Item(
        "ROB-6",
        STANDARD,
        MUST,
        "A measure of central tendency is given and named",
        "a median in every sound row, and the words 'posterior median' in the methods text",
        (
            Pointer("/rows/*/median", number, where=is_main),
            Pointer("/rows/*/estimate", number, where=is_main),
            Pointer(METHODS, holds("posterior median"), file=TEXT),
        ),
    ),
    Item(
        "ROB-7",
        STANDARD,
        MUST,
        "A measure of variance is given and named",
        "an interval with its coverage in every sound row, and its type ('equal-tailed') in the methods text",
        (
            Pointer("/rows/*/ci_low", number, where=is_main),
            Pointer("/rows/*/ci_high", number, where=is_main),
            Pointer("/rows/*/ci_prob", number, where=is_main),
            Pointer(METHODS, holds("equal-tailed"), file=TEXT),
        ),
    ),
)
