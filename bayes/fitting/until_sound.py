"""Sampling of one posterior, with more draws if necessary, until it passes the convergence checks (METHODS 13)."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bayes.analysis.analysis import ATTEMPTS, Analysis, seed_of
from bayes.pooling.explained import explain
from bayes.posterior import cross_check, description, gate, measured
from bayes.posterior.names import ParameterName
from bayes.posterior.parameter import ExactAnswer, Parameter
from bayes.posterior.problems import Problem
from bayes.posterior.record import Gate, PosteriorRecord, Provenance, versions
from bayes.posterior.trees import to_tree
from bayes.sampler import draws
from bayes.sampler.engine import Engine, engine_of_process, split

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, slots=True)
class Sound:
    """A sample with what its draws say and the verdict of the gate on it.

    Attributes
    ----------
    sample : Sample
    parameters : tuple of Parameter
    gate : Gate
    pieces : int
    target_accept : float
        Acceptance rate of the last attempt.
    """

    sample: draws.Sample
    parameters: tuple[Parameter, ...]
    gate: Gate
    pieces: int
    target_accept: float


def sample_posterior(analysis: Analysis, cores: int | None = None, engine: Engine | None = None) -> xr.DataTree:
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
    engine : Engine, optional
        Where compiled graphs are kept; by default that of the process.

    Returns
    -------
    DataTree
        The posterior with its record, which says whether it passed the gate and, if not, why.
    """
    started = time.perf_counter()
    cores = cores or min(analysis.settings.chains, os.cpu_count() or 1)
    engine = engine or engine_of_process()
    if analysis.rows:
        sound, record = _table(analysis, engine, cores)
    else:
        answers = cross_check.exact_answers(analysis)
        sound = _one(analysis, engine, cores, answers)
        record = description.record_of(analysis, sound.parameters, sound.gate, answers)
        record = replace(record, explanation=explain(analysis))
    provenance = Provenance(
        fingerprint=analysis.fingerprint,
        parts=analysis.parts,
        versions=versions(),
        draws=sound.sample.posterior.sizes["draw"],
        pieces=sound.pieces,
        target_accept=sound.target_accept,
        seconds=round(time.perf_counter() - started, 3),
    )
    return to_tree(sound.sample, replace(record, provenance=provenance))


def _one(
    analysis: Analysis,
    engine: Engine,
    cores: int,
    answers: Mapping[ParameterName, ExactAnswer],
    keep_length: bool = False,
) -> Sound:
    """Sample until the gate is passed; `keep_length` thins longer runs to the number of draws in the settings."""
    pieces = split(analysis)
    accept = analysis.settings.target_accept
    missing = cross_check.missing_moments(analysis, answers)
    reported, flags = description.reported(analysis), description.flags_of(analysis)
    for multiple in ATTEMPTS:
        samples = [engine.sample(analysis, piece, i, multiple, accept, cores) for i, piece in enumerate(pieces)]
        joined = draws.combine(samples)
        divergences = joined.divergences
        if keep_length:
            joined = draws.thin(joined, multiple)
        table = gate.diagnostics(joined.posterior)
        parameters = measured.measure(joined.posterior, reported, table, answers, missing, flags)
        problems = _problems(analysis, joined, divergences, table, parameters, samples)
        if not problems:
            break
        if any(problem.divergent for problem in problems):
            accept = 1 - (1 - accept) / 8
    energies = [found for piece in samples if (found := gate.e_bfmi(piece.stats)) is not None]
    r_hat = None if table is None else measured.finite(table["r_hat"].max())
    verdict = Gate(r_hat, divergences, min(energies, default=None), tuple(problems))
    return Sound(joined, parameters, verdict, len(pieces), accept)


def _problems(
    analysis: Analysis,
    joined: draws.Sample,
    divergences: int,
    table: pd.DataFrame | None,
    parameters: Sequence[Parameter],
    samples: Sequence[draws.Sample],
) -> list[Problem]:
    """Return what the gate finds in the whole sample, against quadrature, and in each of several pieces."""
    main = "mu" if analysis.joined_by else "effect"
    problems = gate.gate(table, divergences, main)
    problems += gate.compare(parameters, dict(measured.parameters(joined.posterior)))
    for piece in samples if len(samples) > 1 else ():
        problems += gate.gate(gate.diagnostics(piece.posterior), piece.divergences, main)
    return problems


def _table(analysis: Analysis, engine: Engine, cores: int) -> tuple[Sound, PosteriorRecord]:
    """Fit every row of a table of adverse events alone and join the samples along the dimension `row`."""
    found: list[Sound] = []
    alone: list[tuple[str, PosteriorRecord]] = []
    for name, row in analysis.rows:
        # each row has its own seed, from the table's key and the row's name
        seeded = replace(row, settings=replace(row.settings, seed=seed_of(name, row.settings.seed)))
        answers = cross_check.exact_answers(seeded)
        sound = _one(seeded, engine, cores, answers, keep_length=True)
        found.append(replace(sound, sample=replace(sound.sample, log_likelihood=None)))
        alone.append((name, description.record_of(seeded, sound.parameters, sound.gate, answers)))
    joined = draws.tabulate([name for name, _ in alone], [sound.sample for sound in found])
    # the effort and the diagnostics of the table are those of its most demanding row
    table = Sound(
        sample=joined,
        parameters=(),
        gate=Gate(
            r_hat=max((s.gate.r_hat for s in found if s.gate.r_hat is not None), default=None),
            divergences=sum(s.gate.divergences for s in found),
            e_bfmi=min((s.gate.e_bfmi for s in found if s.gate.e_bfmi is not None), default=None),
            problems=tuple(p.of_row(name) for (name, _), s in zip(alone, found, strict=True) for p in s.gate.problems),
        ),
        pieces=max(s.pieces for s in found),
        target_accept=max(s.target_accept for s in found),
    )
    return table, replace(description.record_of(analysis, (), table.gate, {}), remarks=(), alone=tuple(alone))
