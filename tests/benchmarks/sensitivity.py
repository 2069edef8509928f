"""What a full sensitivity costs, and a cell of its grid beside a refit: `python tests/benchmarks/sensitivity.py`.

Prints seconds per target: all questions together, the curve they rest on, one cell of the 1,681, one refit by NUTS from
a compiled graph, and their ratio; nothing is asserted. Names on the command line replace the default targets.
"""

from __future__ import annotations

import sys
import time

from bayes import quadrature
from bayes.sampler.engine import Engine
from bayes.sensitivity import examine
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.subject import Subject

TARGETS = (
    "mesems:gel_24w",
    "mesems:sae_persons_24w",
    "mesems:ae_events_24w",
    "isis_hermes:feasibility",
    "isis_hermes:motor_nihss_2y",
    "starting2:mrs_90d",
    "starting2:motricity_leg_90d",
    "treasure:mrs_90d",
    "mr_clean:mrs_90d",
    "msc_stroke_mrs",
)


def clock(action) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def refit(subject: Subject, engine: Engine) -> float:
    """Seconds of one refit, the graph compiled before."""
    analysis = subject.analysis
    piece = quadrature.UnimodalComponent(analysis.formed.distribution, "all", 1.0)
    accept = analysis.settings.target_accept
    return min(clock(lambda: engine.sample(analysis, piece, 0, 1, accept, 2)) for _ in range(3))


def main() -> None:
    engine = Engine()
    print(f"{'target':<30} {'everything':>11} {'curve':>8} {'per cell':>10} {'refit':>8} {'refit/cell':>11}")
    clock(lambda: examine("mesems:gel_24w"))  # imports
    for name in sys.argv[1:] or TARGETS:
        everything = clock(lambda name=name: examine(name))
        subject = Subject.of(name)
        curve = clock(lambda s=subject: s.tabled)
        cell = clock(lambda s=subject: prior_grid_rows(s)) / 1681
        again = refit(subject, engine)
        print(
            f"{name:<30} {everything:>11.1f} {curve:>8.2f} {cell:>10.2e} {again:>8.2f} {again / cell:>11.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
