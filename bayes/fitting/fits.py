"""The verbs of a notebook: fit an outcome, fit it under every prior, join several trials."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import Plan, Skipped, make_plan
from bayes.base import html
from bayes.errors import NotFormable, UnknownName
from bayes.fitting.until_sound import sample_posterior
from bayes.paper.trial import Outcome
from bayes.pooling.layout import TITLES
from bayes.posterior import record, summarise
from bayes.posterior.not_sampled import skipped_row
from bayes.priors.sets import PriorSet, as_set
from bayes.synthesis.file import Synthesis, load_synthesis
from bayes.text.rows import as_html, as_text

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True, repr=False)
class Fit:
    """A fitted outcome: its posterior as a DataTree, its row (of a table: its rows) of the summary, what was asked."""

    tree: xr.DataTree
    analysis: Analysis

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows as plain dictionaries, missing values None."""
        return record.read(self.tree)["rows"]

    def summary(self) -> pd.Series | pd.DataFrame:
        """The columns of the summary, for the effect; of an adverse-event table a DataFrame, a row per term."""
        frame = summarise.frame(self.rows)
        return frame if "row" in self.tree["posterior"].sizes else frame.iloc[0]

    def __repr__(self) -> str:
        """Its rows, a line each."""
        return as_text(type(self).__name__, self.rows)

    def _repr_html_(self) -> str:
        """Its rows, for a notebook."""
        return as_html(self.rows)


@dataclass(frozen=True, repr=False)
class Fits:
    """Several fits of one outcome, in the order of the prior set; priors that could not be formed are rows too."""

    fits: tuple[Fit, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [row for fit in self.fits for row in fit.rows] + [skipped_row(s) for s in self.skipped]

    def summary(self) -> pd.DataFrame:
        """One row per prior; of an adverse-event table one per prior and term."""
        return summarise.frame(self.rows)

    def __repr__(self) -> str:
        """A line per prior."""
        return as_text(type(self).__name__, self.rows)

    def _repr_html_(self) -> str:
        """A row per prior, for a notebook."""
        return as_html(self.rows)


@dataclass(frozen=True, repr=False)
class SynthesisFit(Fit):
    """A fitted synthesis: its posterior as a DataTree, one row per parameter, and what it rests on."""

    def summary(self) -> pd.DataFrame:
        """Rows of mu, tau, a new trial and every trial's effect."""
        return summarise.frame(self.rows)

    @property
    def text(self) -> str:
        """What is known, how much of it rests on which trial, and what a new trial would be expected to show."""
        return "\n".join(self._explained["text"])

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables in `bayes.pooling.layout.TITLES`, by quadrature.

        Raises
        ------
        UnknownName
            If there is no table of that name.
        """
        import pandas as pd

        if name not in TITLES:
            raise UnknownName("table of a synthesis", name, TITLES)
        return pd.DataFrame(self._explained[name])

    def _repr_html_(self) -> str:
        """Its rows, and what they rest on in words, for a notebook; a meta-regression has no such words."""
        explained = record.read(self.tree)["pooling"]
        return as_html(self.rows) + ("" if explained is None else html.paragraphs("\n".join(explained["text"])))

    @property
    def descriptives(self) -> dict[str, Any]:
        """Cochran's Q, I-squared and the DerSimonian-Laird tau of the directed reports."""
        return self._explained["descriptives"]

    @property
    def _explained(self) -> dict[str, Any]:
        explained = record.read(self.tree)["pooling"]
        if explained is None:
            raise NotFormable("a meta-regression has no tables: mu and tau are not all there is to integrate over")
        return explained


def fit(
    outcome: Outcome,
    prior: str = "neutral",
    *,
    priors: str | os.PathLike | PriorSet = "default",
    threshold: float | Sequence[float] = (),
    likelihood: str | None = None,
    omega: float | None = None,
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
    likelihood : str, optional
        Another likelihood than the file's or the default one, such as "events_poisson" or "partial_odds_worst".
    omega : float, optional
        For an outcome that states a selection: how likely a result that is not significant was to be printed.
    seed : int, optional
        The user's part of the seed; the key of the posterior is the other.

    Raises
    ------
    InvalidInput
        If the prior or the likelihood is unknown, or the prior on the wrong scale.
    NotFormable
        If a named rule lacks what it needs.
    """
    plan = make_plan(
        [outcome],
        as_set(priors),
        [prior],
        _settings(seed),
        thresholds=_several(threshold),
        likelihood=likelihood,
        omega=omega,
    )
    analysis = _first(plan, prior, outcome.name)
    return Fit(sample_posterior(analysis), analysis)


def fit_priors(
    outcome: Outcome,
    priors: str | os.PathLike | PriorSet = "default",
    *,
    threshold: float | Sequence[float] = (),
    seed: int | None = None,
) -> Fits:
    """Fit one outcome under every prior of a set.

    Raises
    ------
    InvalidInput
        If the set is not valid, or a prior of it is on the wrong scale.
    """
    plan = make_plan([outcome], as_set(priors), settings=_settings(seed), thresholds=_several(threshold))
    main = {analysis.prior.key: analysis for analysis in reversed(plan.analyses)}  # the file's own omega comes first
    return Fits(tuple(Fit(sample_posterior(a), a) for a in plan.analyses if main[a.prior.key] is a), plan.skipped)


def synthesise(
    synthesis: str | os.PathLike | Synthesis,
    prior: str = "neutral",
    *,
    heterogeneity: str | None = None,
    model: str | None = None,
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
    model : {"random_effects", "common_effect", "robust_random_effects", "meta_regression"}, optional
        How trials are joined; as the file says by default.

    Raises
    ------
    InvalidInput, NotFormable
        As `fit`.
    """
    loaded = synthesis if isinstance(synthesis, Synthesis) else load_synthesis(synthesis)
    plan = make_plan(
        [loaded], as_set(priors), [prior], _settings(seed), heterogeneity, _several(threshold), model=model
    )
    analysis = _first(plan, prior, loaded.name)
    return SynthesisFit(sample_posterior(analysis), analysis)


def _first(plan: Plan, prior: str, name: str) -> Analysis:
    """The main analysis of a plan for one target and one prior."""
    if plan.skipped:
        raise NotFormable(f"prior {prior!r} for {name}: {plan.skipped[0].reason}")
    return plan.analyses[0]


def _settings(seed: int | None) -> Settings:
    return Settings() if seed is None else Settings(seed=seed)


def _several(threshold: float | Sequence[float]) -> tuple[float, ...]:
    return (float(threshold),) if isinstance(threshold, int | float) else tuple(float(t) for t in threshold)
