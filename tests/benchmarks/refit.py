"""What a refit costs beside a compilation and a fresh model: `python tests/benchmarks/refit.py`.

Prints seconds and ratios for one outcome of each kind; nothing is asserted.
"""

from __future__ import annotations

import time

from bayes import load_trial, quadrature
from bayes.analysis.curves import likelihood_curves
from bayes.analysis.plan import make_plan
from bayes.priors.sets import load_priors
from bayes.sampler.engine import Engine

OUTCOMES = (
    "mesems:gel_24w",
    "mesems:sae_persons_24w",
    "mesems:ae_events_24w",
    "starting2:motricity_leg_90d",
    "treasure:mrs_90d",
)


def clock(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def main() -> None:
    priors, engine = load_priors(), Engine()
    print(
        f"{'outcome':<28} {'first fit':>10} {'refit':>8} {'ratio':>7} {'curve':>8} {'per prior':>10} {'refit/curve':>12}"
    )
    for name in OUTCOMES:
        trial, _, outcome = name.partition(":")
        outcome = load_trial(trial).outcomes[outcome]
        analyses = make_plan([outcome], priors, ["vague", "neutral", "sceptical"]).analyses
        piece = quadrature.UnimodalComponent(analyses[0].formed.distribution, "all", 1.0)
        first = clock(lambda a=analyses[0], p=piece: engine.sample(a, p, 0, 1, 0.8, 2))
        refits = [
            clock(lambda a=a: engine.sample(a, quadrature.UnimodalComponent(a.formed.distribution, "all", 1.0), 0, 1, 0.8, 2))
            for a in analyses
        ]
        refit = min(refits)
        build = clock(lambda o=outcome: quadrature.curve(o, priors.nuisance))
        (curve,) = likelihood_curves(analyses[0])
        integral = clock(lambda a=analyses[1], c=curve: quadrature.integrate(c, a.formed.distribution, a.target.null))
        print(
            f"{name:<28} {first:>10.1f} {refit:>8.2f} {first / refit:>7.0f} {build:>8.2f} {integral:>10.4f} {refit / integral:>12.0f}"
        )


if __name__ == "__main__":
    main()
