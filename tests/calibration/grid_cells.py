"""Cells of the prior grid by curve and by NUTS: `python tests/calibration/grid_cells.py 0.01 [REPORT]...`.

For one report of every kind and measure, a random share of the 41 x 41 cells is refitted by NUTS, whatever `bayes fit`
would say of the result, and compared with the curve in units of the Monte Carlo error (no draw counts for more than
one): P(benefit), P(beyond MCID) and the posterior mean. Names of reports restrict it to these and leave the others of the
record as they are. Writes tests/reference/grid_cells.json after every report; a hundredth of the cells takes about
twenty minutes on two cores.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from math import sqrt
from pathlib import Path

import arviz as az
import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes.likelihoods.fingerprint import source_hash
from bayes.sampler import draws
from bayes.sampler.engine import engine_of_process, split
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.reweight import under
from bayes.sensitivity.subject import Subject

RECORD = Path(__file__).parents[1] / "reference" / "grid_cells.json"
SEED = 20261121
MCID = {"mean_difference": 5.0, "standardised_mean_difference": 0.3, "risk_difference": -0.1, "proportion": 0.85}


def subject_of(measure: str, benefit: str, evidence: dict) -> Subject:
    value = MCID.get(measure, 1.2 if benefit == "higher" else 0.8)
    return Subject.of(make_outcome(measure, benefit, evidence, mcid={"value": value, "rationale": "r"}))


def sampled(subject: Subject, cell: dict, number: int, multiple: int = 1) -> np.ndarray:
    """Draws under a cell's prior: more of them where they are few, at higher acceptance where some diverge."""
    prior = subject.family.prior(cell["prior_mean"], cell["prior_sd"])
    analysis = under(subject.analysis, prior, SEED + number)
    pieces, engine = split(analysis), engine_of_process()
    accept = analysis.settings.target_accept
    for _ in range(3):
        samples = [engine.sample(analysis, p, i, multiple, accept, 2) for i, p in enumerate(pieces)]
        found = draws.combine(samples, multiple * analysis.settings.draws)
        effect = found.raw["effect"][:, :, 0]
        if not found.divergences and az.ess(effect) > 4000:
            break
        multiple, accept = 4 * multiple, 1 - (1 - accept) / (8 if found.divergences else 1)
    return effect


def apart(subject: Subject, cell: dict, effect: np.ndarray) -> dict[str, float]:
    """How far draws lie from the curve's answer, in Monte Carlo errors."""
    error = max(az.mcse(effect), effect.std() / sqrt(effect.size))
    z = {"mean": float((effect.mean() - cell["mean"]) / error)}
    oriented = subject.sign * effect
    events = {"p_benefit": oriented > subject.sign * subject.null, "p_mcid": oriented >= subject.sign * subject.mcid}
    for what, event in events.items():
        p, happened = cell[what], event.astype(float)
        size = min(az.ess(happened), happened.size) if 0 < happened.mean() < 1 else happened.size
        z[what] = float((happened.mean() - p) / max(sqrt(p * (1 - p) / size), 1 / happened.size))
    return z


def compare(name: str, report: tuple, share: float) -> dict:
    """Every chosen cell of one report. Among so many comparisons a few exceed 4 by chance: those are sampled anew with
    16 times the draws, where a true difference would stand four times as far out."""
    subject = subject_of(*report)
    rows = prior_grid_rows(subject)
    chosen = np.random.default_rng(SEED).choice(len(rows), round(share * len(rows)), replace=False)
    found, again = [], []
    for number, i in enumerate(sorted(int(i) for i in chosen)):
        z = apart(subject, rows[i], sampled(subject, rows[i], number))
        if max(map(abs, z.values())) > 4:
            again.append(z)
            z = apart(subject, rows[i], sampled(subject, rows[i], 1000 + number, 16))
        found.append(z)
    summary = {}
    for what in found[0]:
        v = np.array([z[what] for z in found])
        summary[what] = {"worst": float(np.abs(v).max()), "mean": float(v.mean()), "sd": float(v.std())}
    print(f"{name:24}", {what: round(f["worst"], 2) for what, f in summary.items()}, f"{len(again)} again", flush=True)
    return {"cells": len(found), "likelihood": subject.analysis.likelihoods[0], "again": again} | summary


def main(share: float, names: list[str]) -> None:
    found = json.loads(RECORD.read_text()) if names else {"models": {}, "reports": {}}
    reports = {**REPORTS, **FOLDED}
    for name in names or reports:
        compared = compare(name, reports[name], share)
        found["reports"] |= {name: compared}
        found["models"] |= {compared["likelihood"]: source_hash("single_trial", (compared["likelihood"],))}
        record = {
            "date": date.today().isoformat(),
            "seed": SEED,
            "share": share,
            "versions": {name: version(name) for name in ("pymc", "nutpie")},
            "models": dict(sorted(found["models"].items())),
            "reports": {name: found["reports"][name] for name in reports if name in found["reports"]},
        }
        RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2:])
