"""The recommendations for critical-care reanalyses (Zampieri et al. 2021, Am J Respir Crit Care Med 203:543-552)."""

from __future__ import annotations

from math import isclose
from statistics import NormalDist

from bayes.base import measures
from bayes.base.distributions import parse
from bayes.base.numbers import significant
from bayes.report.checklist.demands import disclosed, each, is_sound, main_rows, number, one_of, sha256, stated, there
from bayes.report.checklist.judgement import MUST, SHOULD, Exempt, Item, Pointer, Target
from bayes.report.dossier.contents import AtCutoffs, PriorPart, Row
from bayes.sensitivity.conclusions import VerdictRow

STANDARD = "Zampieri 2021"
CAMPS = {
    "sceptical": {"sceptical"},
    "optimistic or enthusiastic": {"optimistic", "enthusiastic"},
    "pessimistic": {"pessimistic"},
    "flat reference": {"vague"},
}
OPTIMISTS = {"optimistic", "enthusiastic"}
MASSES = {"weak": 0.30, "moderate": 0.15, "strong": 0.05}  # beyond no effect, on the other side
TOLERANCE = 0.005
CUTS = (1 / 1.25, 1 / 1.05, 1.25)  # for ratios of which lower is better; the cut-off 1 is in every row already
NOT_A_TABLE = Exempt(
    Pointer("/kind", one_of("adverse_events")),
    "the priors of a table of adverse events are hierarchical; these requirements are for the prior of a single effect",
)
NOT_A_RATIO = Exempt(
    Pointer("/scale", one_of("identity")),
    "the cut-offs are for ratios, and this measure is not a ratio",
)


def _complete(rows: list[Row], target: Target) -> str | None:
    have = {target.rules.get(row["prior"], row["prior"]) for row in main_rows(rows, target)}
    missing = [camp for camp, rules in CAMPS.items() if not rules & have]
    return f"no sound posterior under these priors: {', '.join(missing)}" if missing else None


def _rule(prior: PriorPart, target: Target) -> str:
    return target.rules.get(prior["name"], prior["name"])


def _is_camp(prior: PriorPart, target: Target) -> bool:
    return is_sound(prior, target) and prior["kind"] == "effect" and _rule(prior, target) in OPTIMISTS | {"pessimistic"}


def _is_optimist(prior: PriorPart, target: Target) -> bool:
    return is_sound(prior, target) and prior["kind"] == "effect" and _rule(prior, target) in OPTIMISTS


def _normal(prior: PriorPart) -> tuple[float, float] | None:
    """Return the mean and the sd of a normal prior, on the analysis scale; None for another family."""
    distribution = parse(prior["distribution"] or "")
    if distribution.name != "normal":
        return None
    mean, sd = distribution.args
    return mean, sd


def _mass(prior: PriorPart, target: Target) -> str | None:
    """Require the sd recomputed from the centre and from the mass on the other side of no effect."""
    found = _normal(prior)
    if found is None:
        return f"{prior['distribution']} is not a normal prior"
    centre, sd = found
    wanted = {name: abs(centre) / NormalDist().inv_cdf(1 - mass) for name, mass in MASSES.items()}
    if any(abs(sd - value) <= TOLERANCE * max(1.0, value) for value in wanted.values()):
        return None
    return f"sd {sd:g} matches no strength: {', '.join(f'{v:.3f} ({n})' for n, v in wanted.items())}"


def _at_planned(prior: PriorPart, target: Target) -> str | None:
    """Require a prior centred on the planned effect, on the analysis scale."""
    planned, found = target.dossier["thresholds"]["planned"], _normal(prior)
    if planned is None:
        return "the planned effect is not stated"
    if found is None:
        return f"{prior['distribution']} is not normal"
    centre = measures.to_analysis(planned["value"], target.dossier["measure"])
    on = isclose(found[0], centre, abs_tol=TOLERANCE)
    where = f"{prior['name']} is centred at {found[0]:g}, but the planned effect is {significant(centre)}"
    return None if on else where


def _probabilities(row: Row, target: Target) -> str | None:
    needed = {"p_benefit": row["p_benefit"], "p_harm": row["p_harm"], "p_mcid": row["p_mcid"]}
    if target.dossier["measure"] != "proportion":
        needed["p_rope"] = row["p_rope"]
    lacking = [name for name, value in needed.items() if value is None]
    return f"no {', '.join(lacking)}" if lacking else None


def _cuts(row: AtCutoffs, target: Target) -> str | None:
    wanted = CUTS if target.dossier["benefit"] == "lower" else tuple(1 / cut for cut in CUTS)
    lacking = [
        cut for cut in wanted if not any(isclose(t, cut, rel_tol=0.002) and p is not None for t, p in row["beyond"])
    ]
    return f"no probability at {', '.join(significant(cut) for cut in lacking)}" if lacking else None


def _spread(rows: list[VerdictRow] | None, target: Target) -> str | None:
    over = [row for row in rows or [] if row["question"] == "named_priors" and row["low"] is not None]
    return None if over else "no range of a conclusion over the named priors"


ITEMS = (
    Item(
        "ZAM-1",
        STANDARD,
        MUST,
        "A sceptical, an optimistic and a pessimistic prior, and a flat prior for reference",
        "a sound posterior under each",
        (Pointer("/rows", _complete),),
        exempt=(NOT_A_TABLE,),
    ),
    Item(
        "ZAM-2",
        STANDARD,
        MUST,
        "The strength of a prior follows from its meaning, not from the result",
        "30%, 15% or 5% of the prior mass on the other side of no effect, with the sd recomputed to within 0.005",
        (Pointer("/priors/*", _mass, where=_is_camp),),
        exempt=(
            NOT_A_TABLE,
            Exempt(
                Pointer("/measure", one_of("proportion")),
                "the priors of a proportion are beta distributions, set by their median and tails about the goal",
            ),
        ),
    ),
    Item(
        "ZAM-3",
        STANDARD,
        MUST,
        "An optimistic prior centred on the effect for which the trial was planned",
        "the planned effect with its source, and an optimistic or enthusiastic prior centred on it",
        (
            Pointer("/thresholds/planned/value", number),
            Pointer("/thresholds/planned/source", stated),
            Pointer("/priors/*", _at_planned, where=_is_optimist),
        ),
        exempt=(NOT_A_TABLE,),
    ),
    Item(
        "ZAM-4",
        STANDARD,
        MUST,
        "The probabilities of benefit, harm, relevant benefit and equivalence under every prior",
        "P(benefit), P(harm), P(at least the MCID) and (except for a proportion) P(equivalence) in every sound row",
        (Pointer("/rows", each(_probabilities)),),
    ),
    Item(
        "ZAM-4-cuts",
        STANDARD,
        MUST,
        "The customary cut-offs, including severe harm",
        "the probability at ratios of 1/1.05, 0.80 and 1.25 (inverted if higher is better) under every prior",
        (Pointer("/cutoffs/*", _cuts),),
        exempt=(NOT_A_RATIO,),
    ),
    Item(
        "ZAM-5",
        STANDARD,
        SHOULD,
        "The extent to which conclusions differ between priors",
        "a description of the range of each conclusion over the named priors",
        (Pointer("/sensitivity/tables/verdicts", _spread),),
    ),
    Item(
        "ZAM-6",
        STANDARD,
        MUST,
        "Priors declared before seeing the results",
        "a stored file with the priors, the fingerprint of every posterior, and whether the analysis was prespecified",
        (
            Pointer("/disclosures", disclosed("prespecified", stated)),
            Pointer("", there, file="{priors_file}"),
            Pointer("/fingerprint/*", sha256),
        ),
        human="digests tie the posteriors to the priors, but no time stamp shows that the priors predate the results: "
        "judge from the history of the prior file",
    ),
)
