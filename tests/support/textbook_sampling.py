"""The textbook model of a case sampled by PyMC, and how far it lies from the known answer."""

from __future__ import annotations

import warnings
from math import sqrt

import arviz as az
import numpy as np
import pymc as pm

from bayes.fitting.textbook import written_out
from bayes.fitting.until_sound import sample_posterior
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import ParameterName
from support import textbook_cases as cases

SEED = 20261128


def sampled(analysis, draws: int = 1000):
    """Draws of the textbook model, by nutpie unless it has indicators of a zero effect."""
    model = written_out(analysis)
    discrete = any(variable.dtype.startswith("int") for variable in model.free_RVs)
    with model, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pm.sample(
            draws=4 * draws if discrete else draws,
            tune=1000,
            chains=4,
            cores=1 if discrete else 2,
            target_accept=0.95,
            nuts_sampler="pymc" if discrete else "nutpie",
            random_seed=SEED,
            progressbar=False,
            compute_convergence_checks=False,
        )


def parameters(analysis, posterior) -> dict[str, np.ndarray]:
    """What is compared: the effect, or mu and tau, or the effect of every row."""
    if analysis.joined_by:
        return {name: np.asarray(posterior[name]) for name in ("mu", "tau", "beta") if name in posterior}
    effect = posterior["effect"]
    if "row" not in effect.dims:
        return {"effect": np.asarray(effect)}
    return {f"effect[{name}]": np.asarray(effect.sel(row=name)) for name in effect["row"].values}


def error_of(draws: np.ndarray) -> float:
    """The Monte Carlo standard error of a mean, that of independent draws at least."""
    return max(float(az.mcse(draws)), float(draws.std()) / sqrt(draws.size), 1e-12)


def compare(name: str) -> dict:
    """How far the draws of one case lie from the known answer, in Monte Carlo errors, by parameter."""
    analysis = cases.SAMPLED[name]()
    tree, known = sampled(analysis), exact_answers(analysis)
    null, far = analysis.target.null, {}
    other = None if known else parameters(analysis, sample_posterior(analysis, cores=2)["posterior"])
    for parameter, draws in parameters(analysis, tree["posterior"]).items():
        above = (draws > null).astype(float)
        if other is None:
            exact = known[ParameterName.parse(parameter)]
            expected, error = exact.mean, error_of(draws)
            sign = analysis.target.sign
            p = exact.p_benefit if sign > 0 else exact.p_harm
            p_error = error_of(above)
        else:
            expected, error = float(other[parameter].mean()), sqrt(error_of(draws) ** 2 + error_of(other[parameter]) ** 2)
            reference = (other[parameter] > null).astype(float)
            p, p_error = float(reference.mean()), sqrt(error_of(above) ** 2 + error_of(reference) ** 2)
        far[parameter] = {"mean": float((draws.mean() - expected) / error)}
        if p is not None and parameter != "tau":
            far[parameter]["p_above_null"] = float((above.mean() - p) / max(p_error, 1 / draws.size))
    divergences = int(tree["sample_stats"]["diverging"].sum())
    worst = max(abs(z) for found in far.values() for z in found.values())
    print(f"{name:28} {worst:5.2f}  {divergences} divergences", flush=True)
    return {"likelihoods": list(dict.fromkeys(analysis.likelihoods)), "structure": analysis.model, "z": far, "divergences": divergences}
