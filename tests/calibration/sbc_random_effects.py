"""Simulation-based calibration of a synthesis of mixed reports: `python tests/calibration/sbc_random_effects.py`.

Truth is drawn from the priors, data from the truth, and the rank of the truth among posterior draws must be uniform
(Talts et al. 2018, arXiv:1804.06788). Five trials, one of each depth: a full ordinal table, an estimate, a p-value with
and one without its direction, and a statement about significance without direction. Writes tests/reference/
sbc_random_effects.json, which the test suite holds against thresholds and against the current models.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from scipy.special import expit, logit
from scipy.stats import norm

from bayes import quadrature
from bayes.analysis.analysis import Settings
from bayes.analysis.curves import readings
from bayes.analysis.plan import make_plan
from bayes.base.measures import whitehead_information
from bayes.base.toml import validate
from bayes.likelihoods.fingerprint import source_hash
from bayes.paper.trial import Trial
from bayes.priors.sets import PriorSet
from bayes.quadrature.reports import remembered
from bayes.sampler.engine import Engine
from bayes.synthesis.file import synthesis_of

SIMULATIONS, DRAWS, BINS, SEED = 1000, 199, 20, 20261121
MU, TAU = 0.5, 0.3
N, LEVELS, CONCENTRATION = 80, 5, 2.0
SE = {"estimate": 0.3, "directed p": 0.35, "folded p": 0.3, "folded statement": 0.25}
ENGINE = Engine()
CUTS = "proportional_odds::cutpoint"  # shape (chain, draw, trial, cut), with empty cuts after the last
PARAMETERS = ("mu", "tau", "ordinal", *SE, "cut in the middle")
OUT = Path(__file__).parents[1] / "reference" / "sbc_random_effects.json"
PRIORS = PriorSet.model_validate({"baseline": {"ordinal": {"distribution": f"dirichlet({CONCENTRATION})"}}})


def report(name: str, evidence: dict):
    """The outcome of a little trial of its own."""
    outcome = {"label": name, "measure": "common_odds_ratio", "benefit": "higher", "source": "simulated"}
    trial = {"id": name.replace(" ", "_"), "title": name, "year": 2026, "condition": "none", "design": "simulated"}
    trial |= {"arms": {"treatment": "new", "control": "old"}, "n": {"treatment": N, "control": N}}
    return validate(Trial, trial | {"outcomes": {"it": outcome | {"evidence": evidence}}}, name).outcomes["it"]


def simulate(random: np.random.Generator):
    """Truth by parameter, and the reports; data that leave a level empty are drawn again with a new truth.

    Ranks stay uniform given any event that depends on the data alone.
    """
    while True:
        mu, tau = random.normal(0, MU), abs(random.normal(0, TAU))
        theta = mu + tau * random.standard_normal(5)
        cut = logit(np.cumsum(random.dirichlet(np.full(LEVELS, CONCENTRATION)))[:-1])
        arms = [expit(cut + side * theta[0] / 2) for side in (1, -1)]
        counts = [random.multinomial(N, np.clip(np.diff([0, *upto, 1]), 0, 1)) for upto in arms]
        if (counts[0] + counts[1]).min() > 0:
            break
    reports = [report("ordinal", table(counts))]
    for effect, (name, se) in zip(theta[1:], SE.items(), strict=True):
        reports.append(report(name, bare(name, effect + se * random.standard_normal(), se)))
    middle = cut[LEVELS // 2 - 1]
    return dict(zip(PARAMETERS, (mu, tau, *theta, middle), strict=True)), reports


def table(counts) -> dict:
    rows = {arm: [int(n) for n in row] for arm, row in zip(("treatment", "control"), counts, strict=True)}
    return {"kind": "ordinal", "categories": [str(k) for k in range(LEVELS)]} | rows


def bare(name: str, y: float, se: float) -> dict:
    """What a paper prints of an estimate y with standard error se."""
    p = max(float(2 * norm.sf(abs(y) / se)), 1e-12)
    if name == "estimate":
        return {"kind": "estimate", "estimate": float(np.exp(y)), "se": se}
    if name == "folded statement":
        return {"kind": "significance", "significant": p < 0.05, "alpha": 0.05, "favours": "unknown", "se": se}
    favours = "unknown" if name == "folded p" else "treatment" if y > 0 else "control"
    return {"kind": "p_value", "p": p, "favours": favours, "se": se}


def place(analysis) -> None:
    """Where the table is and how wide, by Whitehead: curves only place the sampler, and the exact one costs a second."""
    table, *_ = readings(analysis)
    t, c = (np.array(table.outcome.evidence.counts(arm)) for arm in ("treatment", "control"))
    width = whitehead_information((t + c) / (t + c).sum(), N, N) ** -0.5
    remembered[table.key] = quadrature.Curve({"all": np.zeros_like}, 0.0, width, "for placing the sampler only")


def ranks(number: int) -> dict[str, int]:
    """Ranks of one simulated truth among its posterior draws, 0 to DRAWS."""
    truth, reports = simulate(np.random.default_rng([SEED, number]))
    synthesis = synthesis_of(reports, heterogeneity={"distribution": f"half_normal({TAU})", "rationale": "simulated"})
    settings = Settings(chains=2, draws=1990, tune=700, seed=SEED + number)
    (analysis,) = make_plan([synthesis], PRIORS, [f"normal(0, {MU})"], settings).analyses
    place(analysis)
    piece = quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)
    accept = analysis.settings.target_accept
    sample = ENGINE.sample(analysis, piece, 0, 1, accept, 1, pointwise=False)  # which costs ten times the draws
    thin = {name: values[:, ::20] for name, values in sample.raw.items()}
    draws = {"mu": thin["mu"], "tau": thin["tau"]}
    for i, name in enumerate(PARAMETERS[2:7]):
        draws[name] = thin["theta"][:, :, i]
    draws["cut in the middle"] = thin[CUTS][:, :, 0, LEVELS // 2 - 1]
    remembered.clear()
    found = {name: int((np.asarray(values).ravel()[:DRAWS] < truth[name]).sum()) for name, values in draws.items()}
    return found | {"divergences": sample.divergences}


def main(simulations: int = SIMULATIONS) -> None:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        found = []
        for one in pool.map(ranks, range(simulations), chunksize=max(1, simulations // 20)):
            found.append(one)
            if len(found) % 50 == 0:
                print(f"{len(found)} of {simulations}", flush=True)
    histograms = {
        name: np.bincount([one[name] * BINS // (DRAWS + 1) for one in found], minlength=BINS).tolist()
        for name in PARAMETERS
    }
    record = {
        "date": date.today().isoformat(),
        "seed": SEED,
        "simulations": simulations,
        "bins": BINS,
        "divergent_fits": sum(one["divergences"] > 0 for one in found),
        "versions": {name: version(name) for name in ("pymc", "nutpie", "numpy")},
        "models": source_hash("random_effects", ("proportional_odds", "reported_estimate", "reported_p")),
        "histograms": histograms,
    }
    OUT.write_text(json.dumps(record, indent=1) + "\n")
    for name, counts in histograms.items():
        expected = simulations / BINS
        print(f"{name:<20} chi-square {sum((n - expected) ** 2 / expected for n in counts):6.1f} on {BINS - 1}")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
