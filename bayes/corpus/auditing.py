"""The audit of a corpus: NUTS on a random sample of its posteriors, through the ordinary gate, beside the quadrature.

Every posterior of the sample is sampled as `bayes fit` would sample it, from its own rows of the corpus, by a model
that shares nothing with the quadrature. It passes if the sampler passes the convergence checks, and the answers in the
Parquet file agree with the draws by the rule of every posterior: 4 Monte Carlo standard errors and 0.002, for the mean,
the probabilities and both ends of the interval.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import alone, joined
from bayes.base.csv_text import as_csv
from bayes.base.writing import write_text
from bayes.corpus.evidence import Evidence, Flags, evidence_of
from bayes.corpus.folder import AUDIT
from bayes.corpus.ordinary import outcome_of
from bayes.corpus.place import place_of
from bayes.corpus.reading import Corpus, find_corpus
from bayes.errors import BayesError, InvalidInput
from bayes.posterior import gate, measured
from bayes.posterior.names import EFFECT, MU, NEW_TRIAL, TAU, ParameterName
from bayes.posterior.parameter import ExactAnswer, Parameter
from bayes.posterior.record import PosteriorRecord
from bayes.priors.effect_prior import EffectPrior
from bayes.priors.sets import NamedPrior, PriorSet, SomePriorSet, as_set
from bayes.synthesis.file import synthesis_of

SEED = 20260101
NAMED: dict[str, ParameterName] = {"effect": EFFECT, "mu": MU, "tau": TAU, "new_trial": NEW_TRIAL}
STATED = ("prior", "heterogeneity", "parameter", "mean", "p_benefit", "ci_low", "ci_high")
FILES = {"results": "corpus.parquet", "analyses": "analyses.parquet"}
ID = {"results": "id", "analyses": "analysis"}


@dataclass(frozen=True)
class Audited:
    """One parameter of a sampled posterior: the answer of the corpus, that of NUTS, and what disagrees."""

    id: str
    prior: str
    heterogeneity: str | None
    parameter: str
    status: str
    mean: float | None
    sampled_mean: float | None
    mcse_mean: float | None
    p_benefit: float | None
    sampled_p_benefit: float | None
    mcse_p_benefit: float | None
    ci_low: float | None
    sampled_ci_low: float | None
    ci_high: float | None
    sampled_ci_high: float | None
    r_hat: float | None
    reason: str | None


@dataclass(frozen=True)
class Audit:
    """What NUTS found.

    Attributes
    ----------
    rows : tuple of Audited
    posteriors : int
        How many were sampled.
    """

    rows: tuple[Audited, ...]
    posteriors: int

    @property
    def failed(self) -> tuple[Audited, ...]:
        """The parameters that disagree, or whose sampler did not pass."""
        return tuple(row for row in self.rows if row.status != "ok")

    def __str__(self) -> str:
        """Count the posteriors that NUTS vouches for."""
        bad = {(row.id, row.prior, row.heterogeneity) for row in self.failed}
        said = f"NUTS vouches for {self.posteriors - len(bad)} of {self.posteriors} posteriors"
        return said + (f"; not for {', '.join(sorted(i for i, _, _ in bad)[:5])}" if bad else "")


def audit_corpus(
    names: Sequence[str | os.PathLike[str]],
    results_folder: str | os.PathLike[str],
    *,
    prior_set: SomePriorSet = "default",
    size: int = 200,
    seed: int | None = None,
) -> Audit:
    """Sample some posteriors of a regenerated corpus by NUTS, compare, and write `audit.csv`.

    Parameters
    ----------
    names : sequence of str or path
        The files of the corpus.
    results_folder : str or path
    prior_set : str, path or PriorSet
    size : int
        Posteriors to sample; all if there are fewer.
    seed : int, optional
        The user's part of every seed, which also chooses the sample.
    """
    corpus, priors, place = find_corpus(names), as_set(prior_set), place_of(results_folder)
    if corpus is None:
        raise InvalidInput("corpus", ["no CSV or Parquet file; accepted: files of these kinds, or folders of them"])
    with place.reading(FILES[corpus.kind]) as path:
        chosen = _chosen(corpus, path, size, seed)
    found: list[Audited] = []
    for rows, analysis in _analyses(corpus, chosen, priors, seed):
        found += _compared(rows, analysis)
    found.sort(key=lambda row: (row.id, row.prior, row.heterogeneity or "", row.parameter))
    with place.writing(AUDIT) as path:
        _write(found, path)
    return Audit(tuple(found), len(chosen))


type Row = dict[str, object]
type Chosen = dict[tuple[str, int, str, str | None], list[Row]]


def _chosen(corpus: Corpus, answers: Path, size: int, seed: int | None) -> Chosen:
    """Return the rows of the posteriors to sample, by file, row, prior and heterogeneity, in the order of the file."""
    source = pq.ParquetFile(answers)
    columns = [ID[corpus.kind], "source", "row", "prior", "heterogeneity", "parameter", "status"]
    columns += ["prior_distribution", "heterogeneity_distribution"]
    numbers = [
        "mean",
        "sd",
        "median",
        "p_benefit",
        "p_harm",
        "p_mcid",
        "p_severe_harm",
        "p_margin",
        "ci_low",
        "ci_high",
    ]
    main = "effect" if corpus.kind == "results" else "mu"
    usable: list[int] = []
    before = 0
    for batch in source.iter_batches(columns=["parameter", "status"]):
        wanted = (batch.column(0).to_numpy(False) == main) & (batch.column(1).to_numpy(False) == "ok")
        usable += (before + np.flatnonzero(wanted)).tolist()
        before += batch.num_rows
    random = np.random.default_rng(SEED if seed is None else seed)
    take = np.sort(random.choice(usable, min(size, len(usable)), replace=False)) if usable else np.zeros(0, dtype=int)
    found: Chosen = {}
    before = 0
    for batch in source.iter_batches(columns=columns + numbers):
        here = take[(take >= before) & (take < before + batch.num_rows)] - before
        rows = batch.slice(int(here[0])).to_pylist() if len(here) else []
        for i in here:
            first = rows[i - here[0]]
            key = (first["source"], first["row"], first["prior"], first["heterogeneity"])
            joined_rows = rows[i - here[0] : i - here[0] + 3]
            found[key] = [r for r in joined_rows if (r["source"], r["row"], r["prior"], r["heterogeneity"]) == key]
        before += batch.num_rows
    return found


def _analyses(
    corpus: Corpus, chosen: Chosen, priors: PriorSet, seed: int | None
) -> Iterator[tuple[list[Row], Analysis]]:
    """Yield the rows of each chosen posterior with the analysis that NUTS samples."""
    settings = Settings.seeded(seed=seed)
    for block in corpus.blocks():
        wanted = [
            (key, rows)
            for key, rows in chosen.items()
            if key[0] == block.source and block.first <= key[1] < block.first + len(block.frame)
        ]
        evidence = evidence_of(block.frame) if wanted else None
        for (_, row, prior, _), rows in wanted:
            if evidence is None:
                continue
            named = NamedPrior(
                prior, EffectPrior(distribution=str(rows[0]["prior_distribution"]), allow_one_sided=True)
            )
            at = row - block.first
            if corpus.kind == "results":
                yield rows, alone(outcome_of(evidence, at, "corpus", priors_formed=True), named, priors, settings)
            else:
                yield (
                    rows,
                    _joined(evidence, block.once, at, named, rows[0]["heterogeneity_distribution"], priors, settings),
                )


def _joined(
    evidence: Evidence,
    once: Flags,
    at: int,
    prior: NamedPrior,
    heterogeneity: object,
    priors: PriorSet,
    settings: Settings,
) -> Analysis:
    """Return an analysis of the corpus as a synthesis, under the priors as they were formed for it."""
    names = evidence.frame["analysis"].to_numpy()
    same = np.flatnonzero((names == names[at]) & evidence.usable & once)
    outcomes = [outcome_of(evidence, int(r), f"study_{i}", True, priors_formed=True) for i, r in enumerate(same)]
    synthesis = synthesis_of(outcomes, label="analysis")
    if heterogeneity is None:
        return joined(synthesis, prior, priors, settings, model="common_effect")
    return joined(synthesis, prior, priors, settings, str(heterogeneity), "random_effects")


def _compared(rows: Sequence[Row], analysis: Analysis) -> Iterator[Audited]:
    """Yield every parameter of one posterior, sampled and compared."""
    from bayes.fitting.until_sound import sample_posterior

    try:
        tree = sample_posterior(analysis, explained=False)
    except BayesError as error:
        for row in rows:
            yield _audited(row, None, None, str(error))
        return
    record = PosteriorRecord.from_tree(tree)
    draws = dict(measured.parameters(tree["posterior"].to_dataset()))
    for row in rows:
        name = NAMED[str(row["parameter"])]
        parameter = next(one for one in record.parameters if one.name == name)
        stated = {key: row[key] for key in ExactAnswer.__dataclass_fields__ if key in row}
        ours = replace(parameter, exact=ExactAnswer("corpus", **stated))  # type: ignore[arg-type]
        problems = [str(problem) for problem in gate.compare([ours], draws)]
        if record.gate.status != "ok":
            problems.append(str(record.gate.reason))
        yield _audited(row, parameter, record.gate.r_hat, "; ".join(problems) or None)


def _audited(row: Row, found: Parameter | None, r_hat: float | None, reason: str | None) -> Audited:
    share = None if found is None or found.probabilities is None else found.probabilities.p_benefit
    stated = {name: row[name] for name in STATED}
    return Audited(
        id=str(row.get("id", row.get("analysis"))),
        status="ok" if reason is None else "failed",
        sampled_mean=None if found is None else found.mean,
        mcse_mean=None if found is None else found.mcse_mean,
        sampled_p_benefit=None if share is None else share.value,
        mcse_p_benefit=None if share is None else share.mcse,
        sampled_ci_low=None if found is None else found.ci_low,
        sampled_ci_high=None if found is None else found.ci_high,
        r_hat=r_hat,
        reason=reason,
        **stated,  # type: ignore[arg-type]  # as Parquet has them
    )


def _write(rows: Sequence[Audited], path: Path) -> None:
    names = [field.name for field in fields(Audited)]
    write_text(path, as_csv(map(vars, rows), names))
