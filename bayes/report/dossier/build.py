"""The dossier of an outcome or a synthesis: the content of its page, checklist and manuscript text, as plain JSON."""

from __future__ import annotations

import hashlib
import math
from decimal import Decimal
from pathlib import Path
from typing import cast

import numpy as np

from bayes.base import measures
from bayes.errors import InvalidInput, NotFormable
from bayes.likelihoods.effect_structures import structures
from bayes.likelihoods.registry import known
from bayes.pooling.words import sentences
from bayes.posterior.remarks import OUTWEIGHS
from bayes.posterior.row import SummaryRow, ThresholdRow
from bayes.posterior.rows import thresholds_of
from bayes.report.dossier import mathematics, published
from bayes.report.dossier.contents import (
    Absolute,
    AtCutoffs,
    Computed,
    Diagnosed,
    Dossier,
    MainPart,
    ModelPart,
    ParameterPart,
    Pooling,
    Predictive,
    PriorPrediction,
    Sensitivity,
    UsedSettings,
)
from bayes.report.dossier.cutoffs import cutoffs
from bayes.report.dossier.disclosures import Counted, disclosures
from bayes.report.dossier.formed_priors import formed_priors
from bayes.report.dossier.operating_part import operating_parts
from bayes.report.dossier.plain import plain
from bayes.report.dossier.predictive import cannot_fail, predictive_check
from bayes.report.dossier.prior_predictive import prior_predictive
from bayes.report.dossier.published_parts import Where
from bayes.report.dossier.rows import rows_of
from bayes.report.dossier.stored import Stored
from bayes.report.dossier.terms import terms
from bayes.sensitivity.absolute_effects import baseline_risk_rows, counted
from bayes.sensitivity.conclusions import Tables
from bayes.sensitivity.grid_of_priors import PriorGridRow
from bayes.text.files import direction

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
ONE_NUMBER = ("effect", "mu")
THINNED = 10
DIGITS = 7  # significant, of what a sensitivity analysis found: far more than a page prints


def dossier(stored: Stored, counted: Counted) -> Dossier:
    """Return everything that is reported about an outcome or a synthesis.

    Parameters
    ----------
    stored : Stored
    counted : Counted
        The numbers of outcomes, syntheses and posteriors in the same results folder.

    Returns
    -------
    Dossier
        Plain values ready for JSON; missing values are None.
    """
    target, thresholds = stored.target, _thresholds(stored)
    said: Dossier = {
        "name": target.name,
        "slug": stored.slug,
        "kind": stored.kind,
        "page": stored.page,
        "label": target.label,
        **published.whose(target),
        "measure": target.measure,
        "benefit": target.benefit,
        "scale": "log" if measures.is_log(target.measure) else "identity",
        "null": float(measures.to_natural(target.null, target.measure)),
        "direction": direction(target),
        **_where(stored),
        "printed": published.printed(target),
        "findings": published.findings(target),
        "disclosures": [list(fact) for fact in disclosures(target, counted)],
        "thresholds": published.thresholds(target),
        "model": _model(stored),
        "priors": formed_priors(stored),
        "main": _main(stored),
        "rows": rows_of(stored.rows, thresholds, stored.summary.derived),
        "prior_predictive": _before(stored),
        "diagnostics": _diagnostics(stored),
        "pooling": _pooling(stored),
        **_computed(stored),
        "cutoffs": _cutoffs(stored),
        "sensitivity": _sensitivity(stored),
        "absolute": _absolute(stored),
        "predictive": _predictive(stored),
        "operating": operating_parts(stored.operating),
        "terms": None,
        "plain": "",
    }
    said["terms"] = terms(stored, said)
    said["plain"] = plain(said)
    return cast(Dossier, clean(said))  # cleaning changes numbers only


def _thresholds(stored: Stored) -> list[ThresholdRow]:
    """Return the long table of thresholds, with the probabilities by quadrature where there are any."""
    return [row for record in stored.records.values() for row in thresholds_of(record, for_a_reader=True)]


def clean(value: object) -> Json:
    """Convert to plain JSON values, without NaN, NumPy scalars or Decimals."""
    if isinstance(value, dict):
        return {str(key): clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, np.generic):
        return clean(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Decimal):
        return float(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"{value!r} has no counterpart in JSON")


def _where(stored: Stored) -> Where:
    """Return the file with its hash, and the command that regenerates the posteriors from it in the results folder."""
    seed = [] if stored.seed is None else ["--seed", str(stored.seed)]
    return {
        "file": stored.beside(stored.file),
        "sha256": hashlib.sha256(stored.file.read_bytes()).hexdigest(),
        "priors_file": stored.beside(stored.priors_file),
        "command": " ".join(["bayes", "regenerate", stored.called, "--out", ".", *stored.set_option, *seed]),
    }


def _model(stored: Stored) -> ModelPart | None:
    main = stored.main
    if main is None:
        return None
    files = mathematics.sources(main)
    primary = "mu and tau" if stored.kind == "synthesis" else "effect (theta)"
    parameters: list[ParameterPart] = [{"name": primary, "role": "primary", "prior": str(main.formed.distribution)}]
    for beside in mathematics.beside(main):
        parameters.append({"name": beside.shown, "role": "nuisance", "prior": beside.distribution(main.nuisance)})
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
    return Path(path).stem in known() or Path(path).stem in structures()


def _main(stored: Stored) -> MainPart | None:
    main = stored.main
    if main is None:
        return None
    tau = None if main.heterogeneity is None else main.heterogeneity.name
    outweighs = any(remark.kind == OUTWEIGHS for remark in stored.records[main.key].remarks)
    return {"prior": main.prior.name, "heterogeneity": tau, "key": main.key, "outweighs": outweighs}


def _pooling(stored: Stored) -> Pooling | None:
    """Return what the main posterior of a synthesis rests on, with its text; None if it has no tables."""
    explained = stored.records[stored.main.key].explanation if stored.main else None
    if stored.main is None or explained is None:
        return None
    return {
        "main": explained.main,
        "all_folded": explained.all_folded,
        "trials": explained.trials,
        "heterogeneity": explained.heterogeneity,
        "leave_one_out": explained.leave_one_out,
        "leave_kind_out": explained.leave_kind_out,
        "adjustment": explained.adjustment,
        "directions": explained.directions,
        "same_patients": explained.same_patients,
        "correlations": explained.correlations,
        "rho": explained.rho,
        "interactions": explained.interactions,
        "descriptives": explained.descriptives,
        "text": sentences(stored.main, explained),
    }


def _diagnostics(stored: Stored) -> list[Diagnosed]:
    """Return convergence and agreement for every row with a single effect, with the E-BFMI of its sampler."""
    energy = {key: record.gate.e_bfmi for key, record in stored.records.items()}
    return [diagnosed(row, energy.get(row["key"] or "")) for row in stored.rows if row["parameter"] in ONE_NUMBER]


def diagnosed(row: SummaryRow, e_bfmi: float | None) -> Diagnosed:
    """Return the convergence and the agreement that a row of the summary records.

    Parameters
    ----------
    row : SummaryRow
    e_bfmi : float or None
        The energy diagnostic of the sampler behind it.
    """
    return {
        "key": row["key"],
        "prior": row["prior"],
        "heterogeneity": row["heterogeneity"],
        "r_hat": row["r_hat"],
        "ess_bulk": row["ess_bulk"],
        "ess_tail": row["ess_tail"],
        "divergences": row["divergences"],
        "mcse_p_benefit": row["mcse_p_benefit"],
        "p_benefit": row["p_benefit"],
        "exact_p_benefit": row["exact_p_benefit"],
        "mcse_p_harm": row["mcse_p_harm"],
        "p_harm": row["p_harm"],
        "exact_p_harm": row["exact_p_harm"],
        "mcse_p_mcid": row["mcse_p_mcid"],
        "p_mcid": row["p_mcid"],
        "exact_p_mcid": row["exact_p_mcid"],
        "mean": row["mean"],
        "exact_mean": row["exact_mean"],
        "exact_method": row["exact_method"],
        "status": row["status"],
        "e_bfmi": e_bfmi,
    }


def _before(stored: Stored) -> list[PriorPrediction]:
    formed = {row["prior"] for row in stored.rows if row["status"] == "ok"}
    return [prior_predictive(stored.target, n, stored.priors) for n in stored.priors.named if n in formed]


def _computed(stored: Stored) -> Computed:
    made = {key: record.provenance for key, record in stored.records.items() if record.provenance is not None}
    fingerprints = {key: provenance.fingerprint for key, provenance in made.items()}
    if stored.main is None:
        return {"software": {}, "settings": {}, "fingerprint": fingerprints}
    settings, own = stored.records[stored.main.key].settings, made[stored.main.key]
    used: UsedSettings = {
        "chains": settings.chains,
        "draws": own.draws,
        "tune": settings.tune,
        "target_accept": own.target_accept,
        "seed": settings.seed,
        "pieces": own.pieces,
    }
    return {"software": own.versions, "settings": used, "fingerprint": fingerprints}


def _sensitivity(stored: Stored) -> Sensitivity:
    try:
        found = stored.examination
    except (NotFormable, InvalidInput) as reason:
        return {"text": None, "tables": {}, "reason": str(reason)}
    thinned: Tables = {**found.rows, "prior_grid": _thinned(found.rows["prior_grid"])}
    return {"text": found.text, "tables": cast(Tables, _rounded(thinned)), "reason": None}


def _rounded(value: object) -> object:
    """Round every number within."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def _thinned(grid: list[PriorGridRow]) -> list[PriorGridRow]:
    """Keep every tenth mean and sd of the grid, its ends included; the figure shows them all."""
    means = sorted({row["prior_mean"] for row in grid})[::THINNED]
    sds = sorted({row["prior_sd"] for row in grid})[::THINNED]
    return [row for row in grid if row["prior_mean"] in means and row["prior_sd"] in sds]


def _cutoffs(stored: Stored) -> list[AtCutoffs]:
    try:
        return cutoffs(stored.subject)
    except (NotFormable, InvalidInput):  # the reason is in `sensitivity`
        return []


def _absolute(stored: Stored) -> Absolute:
    try:
        rows = baseline_risk_rows(stored.subject)
    except NotFormable as reason:
        return {"rows": [], "counted": None, "reason": str(reason)}
    reasons = [row["reason"] for row in rows if row["control_risk"] is None]
    if not rows:
        reasons = ["no control risk is compatible with the effect and its whole credible interval"]
    cut = counted(stored.subject.target)
    name = None if cut is None else cut.name
    return {"rows": [] if reasons else rows, "counted": name, "reason": reasons[0] if reasons else None}


def _predictive(stored: Stored) -> Predictive:
    try:
        rows = predictive_check(stored.main_fit)
    except (NotFormable, InvalidInput) as reason:
        return {"rows": [], "reason": str(reason), "cannot_fail": None}
    return {"rows": rows, "reason": None, "cannot_fail": cannot_fail(stored.main_fit)}
