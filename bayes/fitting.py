"""The verbs of a notebook: fit an outcome, fit it under every prior, join several trials."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayes import description, diagnose, draws, engine, summary
from bayes.analysis import ATTEMPTS, Analysis, Settings, Skipped, make_plan
from bayes.errors import NotFormable
from bayes.priors import PriorSet, load_priors
from bayes.rows import skipped_row
from bayes.synthesis import Synthesis, load_synthesis
from bayes.trial import Outcome

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def sample_posterior(analysis: Analysis, cores: int | None = None) -> xr.DataTree:
    """Sample a posterior until the gate is passed or the attempts are used up.

    Draws grow to 4 and then 16 times where the gate asks for more; the acceptance rate rises where divergences were
    the reason. The tree says of itself whether it is sound (`status`), and why not.
    """
    started = time.perf_counter()
    cores = cores or min(analysis.settings.chains, os.cpu_count() or 1)
    pieces = engine.split(analysis)
    answers = description.exact_answers(analysis)
    about = description.describe(analysis, answers) | {
        "fingerprint": analysis.fingerprint,
        "parts": analysis.parts,
        "versions": description.versions(),
    }
    main = "mu" if isinstance(analysis.target, Synthesis) else "effect"
    accept = analysis.settings.target_accept
    for multiple in ATTEMPTS:
        samples = [engine.sample(analysis, piece, i, multiple, accept, cores) for i, piece in enumerate(pieces)]
        joined = draws.combine(samples)
        table = diagnose.diagnostics(joined.posterior)
        rows = summary.rows(description.to_tree(joined, about), table)
        problems = diagnose.gate(table, joined.divergences, main) + diagnose.compare(rows)
        for piece in samples if len(samples) > 1 else ():
            problems += diagnose.gate(diagnose.diagnostics(piece.posterior), piece.divergences, main)
        if not problems:
            break
        if any(problem.divergent for problem in problems):
            accept = 1 - (1 - accept) / 8
    verdict = {
        "status": "failed" if problems else "ok",
        "reason": "; ".join(dict.fromkeys(str(problem) for problem in problems)) or None,
    }
    effort = {
        "draws": joined.posterior.sizes["draw"],
        "pieces": len(pieces),
        "target_accept": accept,
        "seconds": round(time.perf_counter() - started, 3),
    }
    return description.to_tree(joined, about | verdict | effort | {"rows": [row | verdict for row in rows]})


@dataclass(frozen=True)
class Fit:
    """A fitted outcome: its posterior as a DataTree, and its row of the summary."""

    tree: xr.DataTree

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows as plain dictionaries, missing values None."""
        return description.read(self.tree)["rows"]

    def summary(self) -> pd.Series:
        """The columns of the summary, for the effect."""
        return summary.frame(self.rows).iloc[0]


@dataclass(frozen=True)
class Fits:
    """Several fits of one outcome, in the order of the prior set; priors that could not be formed are rows too."""

    fits: tuple[Fit, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for fit in self.fits for row in fit.rows] + [skipped_row(s) for s in self.skipped]

    def summary(self) -> pd.DataFrame:
        """One row per prior."""
        return summary.frame(self.rows)


@dataclass(frozen=True)
class SynthesisFit(Fit):
    """A fitted synthesis: its posterior as a DataTree, and one row per parameter."""

    def summary(self) -> pd.DataFrame:
        """Rows of mu, tau, a new trial and every trial's effect."""
        return summary.frame(self.rows)


def fit(
    outcome: Outcome,
    prior: str = "neutral",
    *,
    priors: str | os.PathLike | PriorSet = "default",
    threshold: float | Sequence[float] = (),
    seed: int | None = None,
) -> Fit:
    """Fit one outcome under one prior.

    Parameters
    ----------
    outcome : Outcome
        As `load_trial("mesems").outcomes["gel_24w"]`.
    prior : str
        A name of the set, a named rule, or an expression on the analysis scale such as "normal(0, 0.355)".
    priors : str, path or PriorSet
        The set that gives the other roles (baselines, dispersion).
    threshold : float or sequence of float
        Further thresholds for `p_beyond`, on the measure's own scale.
    seed : int, optional
        The user's part of the seed; the key of the posterior is the other.

    Raises
    ------
    InvalidInput
        If the prior is unknown or on the wrong scale.
    NotFormable
        If a named rule lacks what it needs.
    """
    return _one(outcome, prior, priors, threshold, seed, None, Fit)


def fit_priors(
    outcome: Outcome,
    priors: str | os.PathLike | PriorSet = "default",
    *,
    threshold: float | Sequence[float] = (),
    seed: int | None = None,
) -> Fits:
    """Fit one outcome under every effect prior of a set.

    Raises
    ------
    InvalidInput
        If the set is not valid, or a prior of it is on the wrong scale.
    """
    plan = make_plan([outcome], as_set(priors), settings=_settings(seed), thresholds=_several(threshold))
    return Fits(tuple(Fit(sample_posterior(a)) for a in plan.analyses), plan.skipped)


def synthesise(
    synthesis: str | os.PathLike | Synthesis,
    prior: str = "neutral",
    *,
    heterogeneity: str | None = None,
    priors: str | os.PathLike | PriorSet = "default",
    threshold: float | Sequence[float] = (),
    seed: int | None = None,
) -> SynthesisFit:
    """Fit a synthesis under one prior of mu.

    Parameters
    ----------
    synthesis : str, path or Synthesis
        A shipped id, a file, or a loaded synthesis.
    heterogeneity : str, optional
        Prior of tau: a name of the set or an expression; the synthesis's own by default.

    Raises
    ------
    InvalidInput, NotFormable
        As `fit`.
    """
    loaded = synthesis if isinstance(synthesis, Synthesis) else load_synthesis(synthesis)
    return _one(loaded, prior, priors, threshold, seed, heterogeneity, SynthesisFit)


def as_set(priors: str | os.PathLike | PriorSet) -> PriorSet:
    """A prior set, loaded if it is named."""
    return priors if isinstance(priors, PriorSet) else load_priors(priors)


def _one(target, prior, priors, threshold, seed, heterogeneity, kind):
    plan = make_plan([target], as_set(priors), [prior], _settings(seed), heterogeneity, _several(threshold))
    if plan.skipped:
        raise NotFormable(f"prior {prior!r} for {target.name}: {plan.skipped[0].reason}")
    return kind(sample_posterior(plan.analyses[0]))


def _settings(seed: int | None) -> Settings:
    return Settings() if seed is None else Settings(seed=seed)


def _several(threshold: float | Sequence[float]) -> tuple[float, ...]:
    return (float(threshold),) if isinstance(threshold, int | float) else tuple(float(t) for t in threshold)
