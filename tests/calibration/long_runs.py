"""NUTS against quadrature to three decimals: `python tests/calibration/long_runs.py`.

Reference meta-analyses of estimates alone, each under a half-normal, a half-Cauchy and a Turner prior of tau. A chain of
usual length cannot show three decimals, so these are long; and as mu given tau is normal here, its mean, sd and P(mu < 0)
are also averaged over the draws of tau alone, which leaves only tau's Monte Carlo error (Rao-Blackwell). Numbers are in
units of the median standard error of the trials. Writes tests/reference/long_runs.json.
"""

from __future__ import annotations

import json
from datetime import date
from importlib.metadata import version
from math import sqrt
from pathlib import Path

import arviz as az
import numpy as np
from scipy.stats import norm

from bayes import quadrature
from bayes.analysis.analysis import Settings
from bayes.analysis.curves import plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.likelihoods.fingerprint import source_hash
from bayes.paper.trial import Trial
from bayes.priors.sets import load_priors
from bayes.sampler.engine import engine_of_process
from bayes.synthesis.file import synthesis_of

HERE = Path(__file__).parents[1] / "reference"
CASES = ("e-crins-OR-TurnerLN", "e-rubin8schools-HC25", "e-homogeneous-HN0.1", "e-nielweise-OR-HN0.5", "e-bcg-RR-HN0.5")
TAU = ("half_normal(0.5)", "half_cauchy(0.5)", "lognormal(-1.07, 0.87)")
MU_SD, DRAWS, SEED = 10.0, 60_000, 20261121


def synthesis(y, s):
    head = {"id": "example", "title": "t", "year": 2026, "condition": "c", "design": "d"}
    head |= {"arms": {"treatment": "a", "control": "b"}, "n": {"treatment": 9, "control": 9}}
    outcomes = {}
    for i, (estimate, se) in enumerate(zip(y, s, strict=True)):
        evidence = {"kind": "estimate", "estimate": float(estimate), "se": float(se)}
        outcomes[f"t{i}"] = {"label": "l", "measure": "standardised_mean_difference", "benefit": "lower", "source": "s"}
        outcomes[f"t{i}"] |= {"patients": f"p{i}", "evidence": evidence}
    return synthesis_of(list(validate(Trial, head | {"outcomes": outcomes}, "example").outcomes.values()))


def averaged_over_tau(y, s, tau):
    """Mean, sd and P(mu < 0) of mu from draws of tau alone."""
    mean, precision = np.zeros_like(tau), np.full_like(tau, MU_SD**-2)
    for estimate, se in zip(y, s, strict=True):
        weight = 1 / (se**2 + tau**2)
        mean, precision = mean + weight * estimate, precision + weight
    mean = mean / precision
    sd = sqrt(float((1 / precision).mean() + mean.var()))
    return {"mean": float(mean.mean()), "sd": sd, "p_below": float(norm.cdf(-mean * np.sqrt(precision)).mean())}


def run(name: str, tau: str) -> dict:
    case = json.loads((HERE / "deterministic.json").read_text())["cases"][name]["inputs"]
    unit = float(np.median(case["se"]))
    y, s = np.array(case["y"]) / unit, np.array(case["se"]) / unit
    settings = Settings(draws=DRAWS, seed=SEED)
    plan = make_plan([synthesis(y, s)], load_priors(), [f"normal(0, {MU_SD})"], settings, tau)
    (analysis,) = plan.analyses
    piece = quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)
    sample = engine_of_process().sample(analysis, piece, 0, 1, analysis.settings.target_accept, 2)
    mu, spread = (np.asarray(sample.raw[n]) for n in ("mu", "tau"))
    answer = quadrature.integrate_synthesis(
        plane_of_synthesis(analysis), analysis.formed.distribution, analysis.heterogeneity.distribution
    )
    below = (mu < 0).astype(float)
    return {
        "exact": {"mean": answer.mu_mean, "sd": answer.mu_sd, "p_below": 1 - answer.p_mu_above_null},
        "over_tau": averaged_over_tau(y, s, spread.ravel()),
        "sampled": {"mean": float(mu.mean()), "sd": float(mu.std()), "p_below": float(below.mean())},
        "mcse": {"mean": float(az.mcse(mu)), "sd": float(az.mcse(mu, method="sd")), "p_below": float(az.mcse(below))},
        "ess": float(az.ess(mu)),
        "divergences": sample.divergences,
    }


def main() -> None:
    record = {
        "date": date.today().isoformat(),
        "seed": SEED,
        "draws": 4 * DRAWS,
        "versions": {name: version(name) for name in ("pymc", "nutpie", "numpy")},
        "models": source_hash("random_effects", ("reported_estimate",)),
        "runs": {f"{name} {tau}": run(name, tau) for name in CASES for tau in TAU},
    }
    (HERE / "long_runs.json").write_text(json.dumps(record, indent=1) + "\n")
    for name, found in record["runs"].items():
        gaps = {
            k: (v - found["exact"][k], found["sampled"][k] - found["exact"][k]) for k, v in found["over_tau"].items()
        }
        print(
            name, {k: f"{a:+.5f} {b:+.5f}" for k, (a, b) in gaps.items()}, found["divergences"], f"{found['ess']:.0f}"
        )


if __name__ == "__main__":
    main()
