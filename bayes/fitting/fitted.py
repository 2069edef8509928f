"""Results of fitting: one posterior, several posteriors of one outcome, or a synthesis with its explanatory tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import xarray as xr

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import Skipped
from bayes.base import html
from bayes.base.tables import Rows, Tabular
from bayes.errors import NotFormable, UnknownName
from bayes.pooling.layout import TITLES
from bayes.pooling.words import sentences
from bayes.posterior.explanation import Descriptives, Explanation
from bayes.posterior.not_sampled import skipped_row
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import SummaryRow
from bayes.posterior.rows import derived_of, frame, rows_of, thresholds_of
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

    @cached_property
    def record(self) -> PosteriorRecord:
        """What was reported and believed, what the draws and quadrature say, and the verdict of the gate."""
        return PosteriorRecord.from_tree(self.tree)

    @property
    def rows(self) -> list[SummaryRow]:
        """Rows as plain dictionaries, missing values None."""
        return rows_of(self.record)

    def tables(self) -> dict[str, Rows]:
        """Return the summary and, in long form, its thresholds and derived quantities, by name."""
        found = self.record
        return {"summary": self.rows, "thresholds": thresholds_of(found), "derived": derived_of(found)}

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return a table as a data frame; by default the summary, with a row per parameter or row of a table."""
        return frame(self.rows) if name in (None, "summary") else super().to_frame(name)

    def summary(self) -> pd.Series | pd.DataFrame:
        """Return the summary: a Series for one effect, a DataFrame for a table of adverse events."""
        found = frame(self.rows)
        return found if "row" in self.tree["posterior"].sizes else found.iloc[0]

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
    def rows(self) -> list[SummaryRow]:
        """Rows as plain dictionaries, missing values None."""
        return [row for fit in self.fits for row in fit.rows] + [skipped_row(s) for s in self.skipped]

    def tables(self) -> dict[str, Rows]:
        """Return the summary and, in long form, its thresholds and derived quantities, by name."""
        records = [fit.record for fit in self.fits]
        return {
            "summary": self.rows,
            "thresholds": [row for found in records for row in thresholds_of(found)],
            "derived": [row for found in records for row in derived_of(found)],
        }

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return the summary as a data frame: a row per prior, or per prior and parameter."""
        return frame(self.rows) if name in (None, "summary") else super().to_frame(name)

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

    def tables(self) -> dict[str, Rows]:
        """Return the summary and the explanatory tables, computed by quadrature, by name."""
        explained = self.record.explanation
        return super().tables() | ({} if explained is None else _tables(explained))

    def summary(self) -> pd.DataFrame:
        """Return the rows of mu, tau, a new trial and every trial's effect."""
        return self.to_frame()

    @property
    def text(self) -> str:
        """The results in words: the mean effect, the influence of each trial, and the prediction for a new trial."""
        return "\n".join(sentences(self.analysis, self._explained))

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables in `bayes.pooling.layout.TITLES`, computed by quadrature.

        Raises
        ------
        UnknownName
            If there is no table of that name.
        """
        if name not in TITLES:
            raise UnknownName("table of a synthesis", name, TITLES)
        return pd.DataFrame(_tables(self._explained)[name])

    def _repr_html_(self) -> str:
        """Return the rows and, except for a meta-regression, the results in words as HTML, for a notebook."""
        return as_html(self.rows) + ("" if self.record.explanation is None else html.paragraphs(self.text))

    @property
    def descriptives(self) -> Descriptives:
        """Cochran's Q, I-squared and the DerSimonian-Laird tau of the directed reports."""
        return self._explained.descriptives

    @property
    def _explained(self) -> Explanation:
        if self.record.explanation is None:
            raise NotFormable(
                "tables are not available for a meta-regression: they rely on integration over mu and tau only"
            )
        return self.record.explanation


def _tables(explained: Explanation) -> dict[str, Rows]:
    return {name: getattr(explained, name) for name in TITLES}
