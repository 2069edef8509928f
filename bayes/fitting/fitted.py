"""Results of fitting: one posterior, several posteriors of one outcome, or a synthesis with its explanatory tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import Skipped
from bayes.base import html
from bayes.base.tables import Tabular
from bayes.errors import NotFormable, UnknownName
from bayes.pooling.layout import TITLES
from bayes.posterior import record, summarise
from bayes.posterior.not_sampled import skipped_row
from bayes.text.rows import as_html, as_text


@dataclass(frozen=True, repr=False)
class Fit(Tabular):
    """A fitted outcome.

    Attributes
    ----------
    tree : DataTree
        The posterior, in the form that ArviZ functions accept.
    analysis : Analysis
        The outcome, prior, likelihood and settings of the fit.
    """

    tree: xr.DataTree
    analysis: Analysis

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows as plain dictionaries, missing values None."""
        return record.read(self.tree)["rows"]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the summary, by its name."""
        return {"summary": self.rows}

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return a table as a data frame; by default the summary, with a row per parameter or row of a table."""
        return summarise.frame(self.rows) if name in (None, "summary") else super().to_frame(name)

    def summary(self) -> pd.Series | pd.DataFrame:
        """Return the summary: a Series for one effect, a DataFrame for a table of adverse events."""
        frame = summarise.frame(self.rows)
        return frame if "row" in self.tree["posterior"].sizes else frame.iloc[0]

    def __repr__(self) -> str:
        """Return the rows as text, one line each."""
        return as_text(type(self).__name__, self.rows)

    def _repr_html_(self) -> str:
        """Return the rows as HTML, for a notebook."""
        return as_html(self.rows)


@dataclass(frozen=True, repr=False)
class Fits(Tabular):
    """Several fits of one outcome or synthesis, in the order of the prior set.

    Attributes
    ----------
    fits : tuple of Fit
        One fit per prior.
    skipped : tuple of Skipped
        Priors that could not be formed, with the reasons.
    """

    fits: tuple[Fit, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Rows as plain dictionaries, missing values None."""
        return [row for fit in self.fits for row in fit.rows] + [skipped_row(s) for s in self.skipped]

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the summary, by its name."""
        return {"summary": self.rows}

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return the summary as a data frame: a row per prior, or per prior and parameter."""
        return summarise.frame(self.rows) if name in (None, "summary") else super().to_frame(name)

    def summary(self) -> pd.DataFrame:
        """Return the summary: a row per prior, or per prior and parameter, including priors that were skipped."""
        return self.to_frame()

    def __repr__(self) -> str:
        """Return the rows as text, one line per prior."""
        return as_text(type(self).__name__, self.rows)

    def _repr_html_(self) -> str:
        """Return the rows as HTML, one per prior, for a notebook."""
        return as_html(self.rows)


@dataclass(frozen=True, repr=False)
class SynthesisFit(Fit):
    """A fitted synthesis, with rows for mu, tau, a new trial and every trial's effect, and tables that explain them."""

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return the summary and the explanatory tables, computed by quadrature, by name."""
        explained = record.read(self.tree)["pooling"] or {}
        return super().tables() | {name: explained[name] for name in TITLES if name in explained}

    def summary(self) -> pd.DataFrame:
        """Return the rows of mu, tau, a new trial and every trial's effect."""
        return self.to_frame()

    @property
    def text(self) -> str:
        """The results in words: the mean effect, the influence of each trial, and the prediction for a new trial."""
        return "\n".join(self._explained["text"])

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables in `bayes.pooling.layout.TITLES`, computed by quadrature.

        Raises
        ------
        UnknownName
            If there is no table of that name.
        """
        if name not in TITLES:
            raise UnknownName("table of a synthesis", name, TITLES)
        return pd.DataFrame(self._explained[name])

    def _repr_html_(self) -> str:
        """Return the rows and, except for a meta-regression, the results in words as HTML, for a notebook."""
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
            raise NotFormable(
                "tables are not available for a meta-regression: they rely on integration over mu and tau only"
            )
        return explained
