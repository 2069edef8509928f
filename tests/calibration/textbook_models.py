"""The textbook models sampled by PyMC: `python tests/calibration/textbook_models.py`.

For every likelihood and every structure, `pm.sample` of the textbook model is compared with the answer by quadrature
(the sampled posterior, where there is none: a meta-regression, a table under a hierarchy) in units of the Monte Carlo
error: posterior mean and P(effect above the null). Names after the script restrict it to these cases and leave the
others of the record as they are. Writes tests/reference/textbook_models.json; takes about ten minutes on two free cores.
"""

from __future__ import annotations

import json
import sys
import warnings
from datetime import date
from importlib.metadata import version
from math import sqrt
from pathlib import Path

import arviz as az
import numpy as np
import pymc as pm

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import textbook_cases as cases

from bayes.fitting.textbook import written_out
from bayes.fitting.until_sound import sample_posterior
from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.registry import shipped
from bayes.posterior.cross_check import exact_answers

RECORD = Path(__file__).parents[1] / "reference" / "textbook_models.json"
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
            exact = known[parameter]
            expected, error = exact["mean"], error_of(draws)
            sign = analysis.target.sign
            p = exact.get("p_benefit" if sign > 0 else "p_harm")
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


def main(names: list[str]) -> None:
    """Compare cases and write each at once, so that a run that was stopped can be taken up by naming the others."""
    found = json.loads(RECORD.read_text())["cases"] if names else {}
    for name in names or cases.SAMPLED:
        found |= {name: compare(name)}
        structures = sorted({case["structure"] for case in found.values()})
        record = {
            "date": date.today().isoformat(),
            "seed": SEED,
            "versions": {name: version(name) for name in ("pymc", "nutpie")},
            "models": source_hash("single_trial", tuple(sorted(shipped()))),
            "structures": {structure: source_hash(cases.FILE_OF.get(structure, structure), ()) for structure in structures},
            "cases": found,
        }
        RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
