"""The metadata stored with each posterior: inputs, settings, diagnostics and answers by quadrature."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import numpy as np
import xarray as xr

from bayes import quadrature
from bayes.analysis.analysis import Analysis
from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.paper.trial import Outcome
from bayes.posterior.cross_check import missing_moments
from bayes.posterior.remarks import notes
from bayes.posterior.row import ATTRIBUTE
from bayes.priors.arm_pairs import ArmPair
from bayes.priors.hierarchy import Hierarchy
from bayes.quadrature.densities import FROZEN
from bayes.sampler.draws import Sample
from bayes.synthesis.file import Synthesis

PACKAGES = ("bayes-reanalysis", "pymc", "nutpie", "arviz", "numpy", "scipy", "xarray")


def versions() -> dict[str, str]:
    """Return the installed versions of the packages that a posterior depends on."""
    return {name: version(name) for name in PACKAGES}


def describe(analysis: Analysis, answers: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return everything about an analysis that its rows, its report and the check of its currency need.

    Parameters
    ----------
    analysis : Analysis
    answers : dict
        As `exact_answers` returns them.

    Returns
    -------
    dict
        JSON values; thresholds on the measure's own scale, `null` and the answers on the analysis scale.
    """
    target, formed = analysis.target, analysis.formed
    joined = analysis.heterogeneity
    main = answers.get("mu") or answers.get("effect") or {}
    single = isinstance(target, Outcome)
    return {
        "key": analysis.key,
        "trial": target.trial.id if single else target.id,
        "outcome": target.id if single else "",
        "label": target.label,
        "model": analysis.model,
        "likelihood": ", ".join(dict.fromkeys(analysis.likelihoods)) or analysis.model,
        "selection_omega": analysis.omegas[0] if single and target.selection is not None else None,
        "evidence": target.evidence.kind
        if single
        else ", ".join(dict.fromkeys(m.evidence.kind for m in target.members)),
        "prior": analysis.prior.name,
        "prior_distribution": str(formed.distribution),
        "prior_basis": formed.basis,
        "heterogeneity": joined.name if joined else None,
        "heterogeneity_distribution": str(joined.distribution) if joined else None,
        "heterogeneity_basis": joined.basis if joined else None,
        "measure": target.measure,
        "scale": "log" if measures.is_log(target.measure) else "identity",
        "benefit": target.benefit,
        "null": target.null,
        "mcid": _value(target, "mcid"),
        "planned": _value(target, "planned"),
        "margin": _value(target, "margin"),
        "rope": target.rope_natural,
        "thresholds": list(analysis.thresholds),
        "informative": target.is_informative if single else True,
        "headline": target.has_headline,
        "exact": answers,
        "has_mean": main.get("mean") is not None or not main,
        "has_sd": main.get("sd") is not None or not main,
        "missing_moments": missing_moments(analysis),
        "flag": list(formed.distribution.flag) if isinstance(formed.distribution, Hierarchy) else [],
        "notes": notes(analysis, prior_sd(formed.distribution, target), main.get("sd")),
        "settings": asdict(analysis.settings),
    }


def to_tree(sample: Sample, description: dict[str, Any]) -> xr.DataTree:
    """Return a DataTree for ArviZ: posterior, sample_stats, log_likelihood, and the record as a JSON attribute.

    Parameters
    ----------
    sample : Sample
    description : dict
        As `describe` returns it, with any further JSON values.
    """
    groups = {"/posterior": sample.posterior}
    if len(sample.stats):
        groups["/sample_stats"] = sample.stats
    if sample.log_likelihood is not None:
        names = {"trial": sample.posterior["trial"]} if "trial" in sample.posterior.coords else {}
        values = {"report": (("chain", "draw", "trial"), sample.log_likelihood)}
        groups["/log_likelihood"] = xr.Dataset(values, names)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs[ATTRIBUTE] = json.dumps(description, allow_nan=False)
    return tree


def read(tree: xr.DataTree) -> dict[str, Any]:
    """Return the record that a tree carries."""
    return json.loads(tree.attrs[ATTRIBUTE])


def prior_sd(distribution: Distribution | ArmPair | Hierarchy, target: Outcome | Synthesis) -> float | None:
    """Return the prior standard deviation of the effect, spike included.

    Parameters
    ----------
    distribution : Distribution, ArmPair or Hierarchy
    target : Outcome or Synthesis

    Returns
    -------
    float or None
        On the analysis scale; None where it does not exist, or where every row of a table has an effect.
    """
    if isinstance(distribution, Hierarchy):
        return None
    if isinstance(distribution, ArmPair):
        return quadrature.prior_sd_of_arms(distribution, target.measure)
    null = target.null
    means, variances, weights = [], [], []
    for weight, part in distribution.components:
        if part.name == "half_student_t" or part.name not in FROZEN:
            return None
        mean, variance = FROZEN[part.name](*part.args).stats("mv")
        if not (np.isfinite(mean) and np.isfinite(variance)):
            return None
        means.append(float(mean)), variances.append(float(variance)), weights.append(weight * (1 - distribution.spike))
    if distribution.spike:
        means.append(null), variances.append(0.0), weights.append(distribution.spike)
    centre = np.average(means, weights=weights)
    return float(np.sqrt(np.average(np.array(variances) + (np.array(means) - centre) ** 2, weights=weights)))


def _value(target: Outcome | Synthesis, name: str) -> float | None:
    stated = getattr(target, name)
    return None if stated is None else float(stated.value)
