"""Sampling of one posterior, with more draws if necessary, until it passes the convergence checks (METHODS 13)."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from bayes.analysis.analysis import ATTEMPTS, Analysis, seed_of
from bayes.analysis.curves import likelihood_curves
from bayes.paper.evidence import Evidence
from bayes.pooling.explained import explain
from bayes.posterior import cross_check, description, gate, measured
from bayes.posterior.names import ParameterName
from bayes.posterior.parameter import ExactAnswer, Parameter
from bayes.posterior.problems import Problem
from bayes.posterior.record import Gate, PosteriorRecord, Provenance, versions
from bayes.posterior.trees import to_tree
from bayes.sampler import draws
from bayes.sampler.engine import Engine, engine_of_process, split

Draws = NDArray[np.float64]
SHOWN_ENTRYWISE = ("theta",)  # the graph's name of effects that are reported one by one


@dataclass(frozen=True, slots=True)
class Sound:
    """A sample with what its draws say and the verdict of the gate on it.

    Attributes
    ----------
    sample : Sample
    posterior : Dataset
        Its draws under names for the reader.
    parameters : tuple of Parameter
    gate : Gate
    pieces : int
    target_accept : float
        Acceptance rate of the last attempt.
    """

    sample: draws.Sample
    posterior: xr.Dataset
    parameters: tuple[Parameter, ...]
    gate: Gate
    pieces: int
    target_accept: float


def sample_posterior(
    analysis: Analysis, cores: int | None = None, engine: Engine | None = None, explained: bool = True
) -> xr.DataTree:
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
    explained : bool
        Whether the record of a synthesis says what it rests on, which takes longer than the sample.

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
        if explained:
            record = replace(record, explanation=explain(analysis))
    provenance = Provenance(
        fingerprint=analysis.fingerprint,
        parts=analysis.parts,
        versions=versions(),
        draws=sound.posterior.sizes["draw"],
        pieces=sound.pieces,
        target_accept=sound.target_accept,
        seconds=round(time.perf_counter() - started, 3),
    )
    record = replace(record, provenance=provenance)
    return to_tree(sound.posterior, sound.sample.stats, sound.sample.log_likelihood, record)


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
    curves = likelihood_curves(analysis) if analysis.joined_by else ()
    for multiple in ATTEMPTS:
        samples = [engine.sample(analysis, piece, i, multiple, accept, cores) for i, piece in enumerate(pieces)]
        joined = draws.combine(samples, multiple * analysis.settings.draws)
        divergences = joined.divergences
        if keep_length:
            joined = draws.thin(joined, multiple)
        seed = seed_of(analysis.key, analysis.settings.seed, 0, multiple)
        posterior = draws.describe(analysis, joined.raw, seed, curves)
        shown = dict(measured.parameters(posterior))
        table = gate.diagnostics(_monitored(joined, shown))
        parameters = measured.measure(posterior, reported, table, answers, missing, flags)
        problems = gate.gate(table, divergences, _main(analysis)) + gate.compare(parameters, shown)
        if len(pieces) > 1:
            problems += [problem for piece in samples for problem in _of_piece(piece, _main(analysis))]
        if not problems:
            break
        if any(problem.divergent for problem in problems):
            accept = 1 - (1 - accept) / 8
    energies = [found for piece in samples if (found := gate.e_bfmi(piece.stats)) is not None]
    r_hat = None if table is None else measured.finite(table["r_hat"].max())
    verdict = Gate(r_hat, divergences, min(energies, default=None), tuple(problems))
    return Sound(joined, posterior, parameters, verdict, len(pieces), accept)


def _main(analysis: Analysis) -> str:
    """Return the parameter that conclusions rest on."""
    return "mu" if analysis.joined_by else "effect"


def _of_piece(piece: draws.Sample, main: str) -> list[Problem]:
    """Return what the gate finds in one of several pieces."""
    return gate.gate(gate.diagnostics(_monitored(piece, {})), piece.divergences, main, piece.weight)


def _monitored(sample: draws.Sample, shown: Mapping[ParameterName, Draws]) -> dict[str, Draws]:
    """Return what the gate looks at: the reported parameters, and all else that was sampled."""
    names = {str(name) for name in shown}
    alone = {name: values[..., 0] if values.shape[2:] == (1,) else values for name, values in sample.raw.items()}
    others = {name: values for name, values in alone.items() if name not in names and name not in SHOWN_ENTRYWISE}
    return {str(name): values for name, values in shown.items()} | others


def _table(analysis: Analysis, engine: Engine, cores: int) -> tuple[Sound, PosteriorRecord]:
    """Fit every row of a table of adverse events alone and join the samples along the dimension `row`.

    Rows with the same numbers have the same posterior, which is sampled once, under the first of their names: of the
    hundreds of terms of a registry, most have one event in one arm and none in the other. Each of these rows has the
    draws in an order of its own, because the effects of rows fitted alone are independent.
    """
    rows = [(name, row, row.outcome.evidence) for name, row in analysis.rows]
    alike, sampled = Counter(numbers for _, _, numbers in rows), dict[Evidence, tuple[Sound, PosteriorRecord]]()
    for name, row, numbers in rows:
        if numbers not in sampled:
            sampled[numbers] = _alone(name, row, engine, cores)
    before = Counter[Evidence]()  # rows with the same numbers, so far
    orders = []
    for _, _, numbers in rows:
        orders.append(draws.Order(before[numbers], alike[numbers]))
        before[numbers] += 1
    # the effort and the diagnostics of the table are those of its most demanding row
    found = [sampled[numbers][0] for _, _, numbers in rows]
    names = [name for name, _, _ in rows]
    diverging = sum(
        order.of(sound.sample.stats["diverging"].astype(int))
        for order, sound in zip(orders, found, strict=True)
        if sound.sample.stats
    )
    table = Sound(
        sample=draws.Sample({}, {"diverging": diverging} if isinstance(diverging, np.ndarray) else {}, 1.0),
        posterior=draws.tabulate(names, [sound.posterior for sound in found], orders),
        parameters=(),
        gate=Gate(
            r_hat=max((s.gate.r_hat for s in found if s.gate.r_hat is not None), default=None),
            divergences=sum(s.gate.divergences for s in found),
            e_bfmi=min((s.gate.e_bfmi for s in found if s.gate.e_bfmi is not None), default=None),
            problems=tuple(p.of_row(name) for name, s in zip(names, found, strict=True) for p in s.gate.problems),
        ),
        pieces=max(s.pieces for s in found),
        target_accept=max(s.target_accept for s in found),
    )
    alone = tuple((name, sampled[numbers][1]) for name, _, numbers in rows)
    return table, replace(description.record_of(analysis, (), table.gate, {}), remarks=(), alone=alone)


def _alone(name: str, row: Analysis, engine: Engine, cores: int) -> tuple[Sound, PosteriorRecord]:
    """Fit a row of a table, with a seed of its own from the table's key and the row's name."""
    seeded = replace(row, settings=replace(row.settings, seed=seed_of(name, row.settings.seed)))
    answers = cross_check.exact_answers(seeded)
    sound = _one(seeded, engine, cores, answers, keep_length=True)
    record = description.record_of(seeded, sound.parameters, sound.gate, answers)
    # the draws under the names of the graph are not stored: hundreds of rows would hold them until the last is fitted
    return replace(sound, sample=replace(sound.sample, raw={})), record
