"""What a synthesis of 27 ordinal trials of 200 patients costs: `python tests/benchmarks/synthesis_27.py`.

Prints seconds of each step, effective draws per second and divergences; nothing is asserted. "Refit" is the whole of
`synthesise` under another prior once the graph is compiled: sampling, diagnostics, quadrature and tables.
"""

from __future__ import annotations

import time

import numpy as np
from scipy.special import expit, logit

from bayes import quadrature, synthesise
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.paper.trial import Trial
from bayes.priors.sets import load_priors
from bayes.sampler.engine import Engine
from bayes.synthesis.file import synthesis_of

TRIALS, PER_ARM, MU, TAU = 27, 100, 0.2, 0.25
SHARES = np.array([0.08, 0.14, 0.16, 0.17, 0.22, 0.12, 0.11])


def simulate():
    random = np.random.default_rng(27)
    outcomes = {}
    for i in range(TRIALS):
        theta = random.normal(MU, TAU)
        cut = logit(np.cumsum(SHARES)[:-1]) + random.normal(0, 0.3)
        arms = {
            arm: random.multinomial(PER_ARM, np.diff([0, *expit(cut + side * theta / 2), 1])).tolist()
            for arm, side in (("treatment", 1), ("control", -1))
        }
        evidence = {"kind": "ordinal", "categories": list("0123456")} | arms
        outcomes[f"t{i}"] = {"label": "l", "measure": "common_odds_ratio", "benefit": "higher", "source": "simulated"}
        outcomes[f"t{i}"] |= {"patients": f"p{i}", "evidence": evidence}
    trial = {"id": "simulated", "title": "t", "year": 2026, "condition": "c", "design": "d", "outcomes": outcomes}
    trial |= {"arms": {"treatment": "a", "control": "b"}, "n": {"treatment": PER_ARM, "control": PER_ARM}}
    return synthesis_of(list(validate(Trial, trial, "simulated").outcomes.values()))


def clock(what: str, action):
    started = time.perf_counter()
    found = action()
    print(f"{what:<46} {time.perf_counter() - started:7.1f} s", flush=True)
    return found


def main() -> None:
    synthesis, engine = simulate(), Engine()
    (analysis,) = make_plan([synthesis], load_priors(), ["neutral"]).analyses
    clock("likelihood curves of 27 tables", lambda: likelihood_curves(analysis))
    clock("plane of mu and tau", lambda: plane_of_synthesis(analysis).surfaces)
    piece = quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)
    clock("compile and sample 4 x 3,000", lambda: engine.sample(analysis, piece, 0, 1, 0.95, 2))
    started = time.perf_counter()
    sample = engine.sample(analysis, piece, 1, 1, 0.95, 2)
    seconds = time.perf_counter() - started
    print(f"{'sample again':<46} {seconds:7.1f} s, {sample.divergences} divergences")
    fit = clock("refit: synthesise under another prior", lambda: synthesise(synthesis, "vague"))
    rows = fit.summary().set_index("parameter")
    for name in ("mu", "tau"):
        row = rows.loc[name]
        print(f"{name}: {row['mean']:.3f} (exact {row['exact_mean']:.3f}), ESS {row['ess_bulk']:.0f},", end=" ")
        print(f"{row['ess_bulk'] / seconds:.0f} per second of sampling; {row['status']}")


if __name__ == "__main__":
    main()
