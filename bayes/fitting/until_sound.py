"""Sampling of one posterior, with more draws if necessary, until it passes the convergence checks (METHODS 13)."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bayes.analysis.analysis import ATTEMPTS, Analysis
from bayes.pooling.explained import explain
from bayes.posterior import cross_check, gate, record, summarise
from bayes.sampler import draws, engine

if TYPE_CHECKING:
    import xarray as xr


def sample_posterior(analysis: Analysis, cores: int | None = None) -> xr.DataTree:
    """Sample a posterior until it passes the gate or the attempts are used up (METHODS 13).

    If the gate fails, draws increase to 4 and then 16 times their number; after divergences, the target acceptance rate
    increases as well. A table of adverse events is sampled row by row, and rows that need more draws are thinned to the
    length of the others.

    Parameters
    ----------
    analysis : Analysis
        The target, prior, likelihood and settings.
    cores : int, optional
        Processes to use; by default one per chain, as far as the machine has them.

    Returns
    -------
    DataTree
        The posterior with its description, including whether it passed the gate (`status`) and, if not, why (`reason`).
    """
    started = time.perf_counter()
    cores = cores or min(analysis.settings.chains, os.cpu_count() or 1)
    sample, about = (_table if analysis.rows else _one)(analysis, cores)
    current = {"fingerprint": analysis.fingerprint, "parts": analysis.parts, "versions": record.versions()}
    about |= current | {"draws": sample.posterior.sizes["draw"], "seconds": round(time.perf_counter() - started, 3)}
    return record.to_tree(sample, about)


def _one(analysis: Analysis, cores: int, keep_length: bool = False) -> tuple[draws.Sample, dict[str, Any]]:
    """Return a sample and its description; `keep_length` thins longer runs to the number of draws in the settings."""
    pieces = engine.split(analysis)
    about = record.describe(analysis, cross_check.exact_answers(analysis))
    if analysis.joined_by:
        about["pooling"] = explain(analysis)
    main = "mu" if analysis.joined_by else "effect"
    accept = analysis.settings.target_accept
    for multiple in ATTEMPTS:
        samples = [engine.sample(analysis, piece, i, multiple, accept, cores) for i, piece in enumerate(pieces)]
        joined = draws.combine(samples)
        divergences = joined.divergences
        if keep_length:
            joined = draws.thin(joined, multiple)
        table = gate.diagnostics(joined.posterior)
        rows = summarise.rows(record.to_tree(joined, about), table)
        problems = gate.gate(table, divergences, main)
        problems += gate.compare(rows, dict(summarise.parameters(joined.posterior)))
        for piece in samples if len(samples) > 1 else ():
            problems += gate.gate(gate.diagnostics(piece.posterior), piece.divergences, main)
        if not problems:
            break
        if any(problem.divergent for problem in problems):
            accept = 1 - (1 - accept) / 8
    verdict = {
        "status": "failed" if problems else "ok",
        "reason": "; ".join(dict.fromkeys(str(problem) for problem in problems)) or None,
    }
    energies = [found for piece in samples if (found := gate.e_bfmi(piece.stats)) is not None]
    effort = {"pieces": len(pieces), "target_accept": accept, "e_bfmi": min(energies, default=None)}
    return joined, about | verdict | effort | {"rows": [row | verdict for row in rows]}


def _table(analysis: Analysis, cores: int) -> tuple[draws.Sample, dict[str, Any]]:
    """Fit every row of a table of adverse events alone and join the samples along the dimension `row`."""
    samples, rows, failed, efforts = [], [], [], []
    for name, alone in analysis.rows:
        # each row has its own seed, from the table's key and the row's name
        seeded = replace(alone, settings=replace(alone.settings, seed=engine.seed_of(name, alone.settings.seed)))
        sample, about = _one(seeded, cores, keep_length=True)
        samples.append(replace(sample, log_likelihood=None))
        rows += [row | {"parameter": f"effect[{name}]", "evidence": "adverse_events"} for row in about["rows"]]
        failed += [f"{name}: {about['reason']}"] if about["status"] == "failed" else []
        efforts.append(about)
    # notes and exact answers belong to the rows; the effort is that of the most demanding row
    table = record.describe(analysis, {}) | {"notes": [], "rows": rows}
    table |= {"status": "failed" if failed else "ok", "reason": "; ".join(failed) or None}
    table |= {name: max(effort[name] for effort in efforts) for name in ("pieces", "target_accept")}
    table["e_bfmi"] = min((e["e_bfmi"] for e in efforts if e["e_bfmi"] is not None), default=None)
    return draws.tabulate([name for name, _ in analysis.rows], samples), table
