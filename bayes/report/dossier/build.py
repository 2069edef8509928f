"""The dossier of an outcome or a synthesis: the content of its page, checklist and manuscript text, as plain JSON."""

from __future__ import annotations

import hashlib
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bayes.base import measures
from bayes.errors import InvalidInput, NotFormable
from bayes.paper.evidence.arms import ARMS
from bayes.paper.places import located
from bayes.paper.trial import Outcome
from bayes.pooling.words import sentences
from bayes.posterior.verdict import CUTOFFS
from bayes.priors.tau import NamedHeterogeneity
from bayes.report.dossier import mathematics
from bayes.report.dossier.cutoffs import cutoffs
from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.report.dossier.plain import plain
from bayes.report.dossier.predictive import cannot_fail, predictive_check
from bayes.report.dossier.prior_predictive import prior_predictive
from bayes.report.dossier.stored import Stored
from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.synthesis.file import Synthesis
from bayes.text.files import direction, portrait

Dossier = dict[str, Any]
ROLE = "analysis"  # a reanalysis has no design priors
GATE = (
    "key", "prior", "heterogeneity", "r_hat", "ess_bulk", "ess_tail", "divergences", "mcse_p_benefit", "p_benefit",
    "exact_p_benefit", "mcse_p_harm", "p_harm", "exact_p_harm", "mcse_p_mcid", "p_mcid", "exact_p_mcid",
    "mean", "exact_mean", "exact_method", "status",
)  # fmt: skip
ONE_NUMBER = ("effect", "mu")
THINNED = 5
OF_OUTCOMES = ("trial", "role", "timepoint", "source_level")


def dossier(stored: Stored, counted: Counted) -> Dossier:
    """Return everything that is reported about an outcome or a synthesis.

    Parameters
    ----------
    stored : Stored
    counted : Counted
        The numbers of outcomes, syntheses and posteriors in the same results folder.

    Returns
    -------
    dict
        Plain values ready for JSON; missing values are None.
    """
    target = stored.target
    said = {
        "name": target.name,
        "slug": stored.slug,
        "kind": stored.kind,
        "page": stored.page,
        "label": target.label,
        **_whose(target),
        "measure": target.measure,
        "benefit": target.benefit,
        "scale": "log" if measures.is_log(target.measure) else "identity",
        "null": float(measures.to_natural(target.null, target.measure)),
        "direction": direction(target),
        **_where(stored),
        "printed": _printed(target),
        "disclosures": [list(fact) for fact in disclosures(target, counted)],
        "thresholds": _thresholds(target),
        "model": _model(stored),
        "priors": _priors(stored),
        "main": _main(stored),
        "rows": [row | {"prior_p_that_decides": deciding_prior(row["bf_01"])} for row in stored.rows],
        "prior_predictive": _before(stored),
        "diagnostics": _diagnostics(stored),
        "pooling": _pooling(stored),
        **_computed(stored),
    }
    said |= {
        "cutoffs": _cutoffs(stored),
        "sensitivity": _sensitivity(stored),
        "absolute": _absolute(stored),
        "predictive": _predictive(stored),
    }
    return clean(said | {"plain": plain(said)})


def clean(value: Any) -> Any:
    """Convert to plain JSON values, without NaN, NumPy scalars or Decimals."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int | bool) else float(value)


def _whose(target: Outcome | Synthesis) -> dict[str, Any]:
    if isinstance(target, Synthesis):
        members = [
            {"name": m.name, "label": m.label, "kind": m.evidence.kind, "source": m.source, "trial": _cited(m)}
            for m in target.members
        ]
        kinds = ", ".join(dict.fromkeys(m["kind"] for m in members))
        return dict.fromkeys(OF_OUTCOMES) | {"members": members, "evidence_kind": kinds}
    kept = ("id", "title", "year", "condition", "design", "doi", "registration", "blinding", "risk_of_bias")
    trial = {name: getattr(target.trial, name) for name in kept}
    compared = target.trial.contrasts[target.contrast] if target.contrast else target.trial.arms
    n = (target.trial.contrasts[target.contrast].n if target.contrast else None) or target.trial.n
    trial |= {"arms": {arm: getattr(compared, arm) for arm in ARMS}, "n": n and {arm: getattr(n, arm) for arm in ARMS}}
    trial["sources"] = list(target.trial.sources)
    of_outcome = {name: getattr(target, name) for name in ("role", "timepoint", "source_level")}
    numbers = located(target)
    of_outcome["places"] = [
        {"number": path, "printed": numbers[path], "place": str(place)} for path, place in target.sources.items()
    ]
    return of_outcome | {"trial": trial, "members": [], "evidence_kind": target.evidence.kind}


def _cited(member: Outcome) -> dict[str, Any]:
    """Return the fields of a member's trial that a bibliography needs."""
    return {name: getattr(member.trial, name) for name in ("id", "title", "year", "doi", "registration")}


def _where(stored: Stored) -> dict[str, Any]:
    """Return the file with its hash, and the command that regenerates the posteriors from it in the results folder."""
    seed = [] if stored.seed is None else ["--seed", str(stored.seed)]
    return {
        "file": stored.beside(stored.home.path),
        "sha256": hashlib.sha256(stored.home.path.read_bytes()).hexdigest(),
        "priors_file": stored.beside(stored.priors.path),
        "command": " ".join(["bayes", "regenerate", stored.called, "--out", ".", *stored.set_option, *seed]),
    }


def _printed(target: Outcome | Synthesis) -> dict[str, Any]:
    page = portrait(target)
    tables = [asdict(table) for table in page.tables]
    return {"facts": [list(fact) for fact in page.facts], "tables": tables}


def _thresholds(target: Outcome | Synthesis) -> dict[str, Any]:
    mcid, planned, margin, rope = target.mcid, target.planned, target.margin, target.rope_natural
    return {
        "mcid": mcid and {"value": float(mcid.value), "rationale": mcid.rationale},
        "planned": planned and {"value": float(planned.value), "source": planned.source},
        "margin": margin and {"value": float(margin.value), "source": margin.source, "concluded": margin.concluded},
        "rope": rope and list(rope),
        "cutoffs": list(CUTOFFS),
    }


def _model(stored: Stored) -> dict[str, Any] | None:
    main = stored.main
    if main is None:
        return None
    files = mathematics.sources(main)
    primary = "mu and tau" if stored.kind == "synthesis" else "effect (theta)"
    parameters = [{"name": primary, "role": "primary", "prior": str(main.formed.distribution)}]
    parameters += [
        {"name": b.name, "role": "nuisance", "prior": b.distribution(main.nuisance)} for b in mathematics.beside(main)
    ]
    return {
        "structure": main.model,
        "likelihoods": list(dict.fromkeys(main.likelihoods)),
        "formulas": mathematics.formulas(main),
        "text": "\n\n".join(said for path, (said, _) in files.items() if _is_model(path)),
        "parameters": parameters,
        "files": {path: digest for path, (_, digest) in files.items()},
    }


def _is_model(path: str) -> bool:
    """Return whether a model file is a structure or a likelihood, not shared code."""
    return "likelihoods/" in path or Path(path).stem in mathematics.STRUCTURES


def _priors(stored: Stored) -> list[dict[str, Any]]:
    """Return the priors of the effect as formed for this target, those of heterogeneity, and those of nuisances."""
    named, found = stored.priors.named, {}
    for row in stored.rows:
        stated = named.get(row["prior"])
        kind = next((k for k in ("effect", "arms", "hierarchy") if row["prior"] in getattr(stored.priors, k)), "effect")
        found.setdefault(("effect", row["prior"]), _prior(row, kind, "prior", stated))
        if row["heterogeneity"] is not None:
            tau = _stated_heterogeneity(stored, row["heterogeneity"])
            found.setdefault(("tau", row["heterogeneity"]), _prior(row, "heterogeneity", "heterogeneity", tau))
    return [*found.values(), *_nuisance(stored)]


def _prior(row: dict[str, Any], kind: str, column: str, stated: Any) -> dict[str, Any]:
    return {
        "name": row[column],
        "kind": kind,
        "role": ROLE,
        "distribution": row[f"{column}_distribution"],
        "basis": row[f"{column}_basis"],
        "rationale": getattr(stated, "rationale", None),
        "source": getattr(stated, "source", None),
        "status": row["status"],
        "reason": row["reason"] if row["status"] != "ok" else None,
    }


def _stated_heterogeneity(stored: Stored, name: str) -> Any:
    """Return a prior of tau as written in the prior set or in the synthesis file."""
    if name in stored.priors.heterogeneity:
        return stored.priors.heterogeneity[name]
    own: NamedHeterogeneity | None = stored.main and stored.main.heterogeneity
    return getattr(stored.target, "heterogeneity", None) if own and own.name == name else None


def _nuisance(stored: Stored) -> list[dict[str, Any]]:
    if stored.main is None:
        return []
    rows = []
    for one in mathematics.beside(stored.main):
        stated = None if one.fixed else mathematics.stated(stored.priors, one.prior)
        rows.append(
            {
                "name": one.name,
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


def _main(stored: Stored) -> dict[str, Any] | None:
    main = stored.main
    if main is None:
        return None
    tau = main.heterogeneity and main.heterogeneity.name
    return {"prior": main.prior.name, "heterogeneity": tau, "key": main.key}


def _pooling(stored: Stored) -> dict[str, Any] | None:
    """Return what the main posterior of a synthesis rests on, with its text; None if it has no tables."""
    explained = stored.records[stored.main.key].explanation if stored.main else None
    return None if explained is None else explained.to_dict() | {"text": sentences(stored.main, explained)}


def _diagnostics(stored: Stored) -> list[dict[str, Any]]:
    """Return convergence and agreement for every row with a single effect, with the E-BFMI of its sampler."""
    energy = {key: record.gate.e_bfmi for key, record in stored.records.items()}
    return [
        {name: row[name] for name in GATE} | {"e_bfmi": energy.get(row["key"])}
        for row in stored.rows
        if row["parameter"] in ONE_NUMBER
    ]


def deciding_prior(bf_01: float | None) -> float | None:
    """Return the smallest prior probability of an effect for which the posterior probability reaches 0.95.

    With BF01 the Bayes factor in favour of no effect, posterior odds of 19 require prior odds of 19 BF01.
    """
    return None if bf_01 is None else 19 * bf_01 / (1 + 19 * bf_01)


def _before(stored: Stored) -> list[dict[str, Any]]:
    formed = {row["prior"] for row in stored.rows if row["status"] == "ok"}
    return [prior_predictive(stored.target, n, stored.priors) for n in stored.priors.named if n in formed]


def _computed(stored: Stored) -> dict[str, Any]:
    fingerprints = {key: record.provenance.fingerprint for key, record in stored.records.items()}
    if stored.main is None:
        return {"software": {}, "settings": {}, "fingerprint": fingerprints}
    record = stored.records[stored.main.key]
    made = record.provenance
    used = {"draws": made.draws, "pieces": made.pieces, "target_accept": made.target_accept}
    return {"software": made.versions, "settings": asdict(record.settings) | used, "fingerprint": fingerprints}


def _sensitivity(stored: Stored) -> dict[str, Any]:
    try:
        found = stored.examination
    except (NotFormable, InvalidInput) as reason:
        return {"text": None, "tables": {}, "reason": str(reason)}
    thinned = {**found.rows, "prior_grid": _thinned(found.rows["prior_grid"])}
    return {"text": found.text, "tables": thinned, "reason": None}


def _thinned(grid: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Keep every fifth mean and sd of the grid, its ends included; the figure shows them all."""
    kept = {name: sorted({row[name] for row in grid})[::THINNED] for name in ("prior_mean", "prior_sd")}
    return [row for row in grid if all(row[name] in values for name, values in kept.items())]


def _cutoffs(stored: Stored) -> list[dict[str, Any]]:
    try:
        return cutoffs(stored.subject)
    except (NotFormable, InvalidInput):  # the reason is in `sensitivity`
        return []


def _absolute(stored: Stored) -> dict[str, Any]:
    try:
        rows = baseline_risk_rows(stored.subject)
    except NotFormable as reason:
        return {"rows": [], "reason": str(reason)}
    reasons = [row["reason"] for row in rows if row["control_risk"] is None]
    return {"rows": [] if reasons else rows, "reason": reasons[0] if reasons else None}


def _predictive(stored: Stored) -> dict[str, Any]:
    if stored.main is None:
        return {"rows": [], "reason": "no posterior is stored", "cannot_fail": None}
    try:
        rows = predictive_check(stored.main_fit)
    except (NotFormable, InvalidInput) as reason:
        return {"rows": [], "reason": str(reason), "cannot_fail": None}
    return {"rows": rows, "reason": None, "cannot_fail": cannot_fail(stored.main_fit)}
