"""The priors of a dossier: of the effect as formed for a target, of heterogeneity, and of nuisance parameters."""

from __future__ import annotations

from bayes.posterior.row import SummaryRow
from bayes.priors.arm_pairs import ArmPrior
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.hierarchy import HierarchyPrior
from bayes.priors.sets import PriorSet
from bayes.priors.tau import HeterogeneityPrior
from bayes.report.dossier import mathematics
from bayes.report.dossier.contents import KindOfPrior, PriorPart
from bayes.report.dossier.stored import Stored
from bayes.synthesis.file import Synthesis

ROLE = "analysis"  # a reanalysis has no design priors


def formed_priors(stored: Stored) -> list[PriorPart]:
    """Return the priors of the effect as formed for this target, those of heterogeneity, and those of nuisances."""
    named = stored.priors.named
    found: dict[tuple[str, str], PriorPart] = {}
    for row in stored.rows:
        prior, tau = row["prior"], row["heterogeneity"]
        if ("effect", prior) not in found:
            found["effect", prior] = _of_effect(row, _kind(stored.priors, prior), named.get(prior))
        if tau is not None and ("tau", tau) not in found:
            found["tau", tau] = _of_heterogeneity(row, tau, _stated_heterogeneity(stored, tau))
    return [*found.values(), *_nuisance(stored)]


def _kind(priors: PriorSet, name: str) -> KindOfPrior:
    """Return what a prior is of; an expression, which the set does not name, is a prior of the effect."""
    if name in priors.effect:
        return "effect"
    if name in priors.arms:
        return "arms"
    return "hierarchy" if name in priors.hierarchy else "effect"


def _of_effect(row: SummaryRow, kind: KindOfPrior, stated: EffectPrior | ArmPrior | HierarchyPrior | None) -> PriorPart:
    return {
        "name": row["prior"],
        "kind": kind,
        "role": ROLE,
        "distribution": row["prior_distribution"],
        "basis": row["prior_basis"],
        "rationale": None if stated is None else stated.rationale,
        "source": None if stated is None else stated.source,
        "status": row["status"],
        "reason": row["reason"] if row["status"] != "ok" else None,
    }


def _of_heterogeneity(row: SummaryRow, name: str, stated: HeterogeneityPrior | None) -> PriorPart:
    return {
        "name": name,
        "kind": "heterogeneity",
        "role": ROLE,
        "distribution": row["heterogeneity_distribution"],
        "basis": row["heterogeneity_basis"],
        "rationale": None if stated is None else stated.rationale,
        "source": None if stated is None else stated.source,
        "status": row["status"],
        "reason": row["reason"] if row["status"] != "ok" else None,
    }


def _stated_heterogeneity(stored: Stored, name: str) -> HeterogeneityPrior | None:
    """Return a prior of tau as written in the prior set or in the synthesis file."""
    if name in stored.priors.heterogeneity:
        return stored.priors.heterogeneity[name]
    own = stored.main.heterogeneity if stored.main else None
    if own is None or own.name != name or not isinstance(stored.target, Synthesis):
        return None
    return stored.target.heterogeneity


def _nuisance(stored: Stored) -> list[PriorPart]:
    if stored.main is None:
        return []
    rows: list[PriorPart] = []
    for one in mathematics.beside(stored.main):
        stated = None if one.fixed else mathematics.stated(stored.priors, one.prior)
        rows.append(
            {
                "name": one.shown,
                "kind": "nuisance",
                "role": ROLE,
                "distribution": one.distribution(stored.main.nuisance),
                "basis": "fixed by the model" if one.fixed else "given by the prior set",
                "rationale": (stated and stated.rationale) or one.why,
                "source": (stated and stated.source) or mathematics.CONVENTION,
                "status": "ok",
                "reason": None,
            }
        )
    return rows
