"""The complete sensitivity analysis of one outcome or synthesis: its tables by name, and a summary in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import pandas as pd

from bayes.base import html
from bayes.base.tables import Rows, Tabular
from bayes.errors import InvalidInput, NotFormable, UnknownName
from bayes.posterior.verdict import CUTOFFS
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.answers import QUESTIONS
from bayes.sensitivity.conclusions import Tables, verdict_rows
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.layout import lay_out
from bayes.sensitivity.subject import Subject, Target
from bayes.sensitivity.words import sentences

NAMES = (*QUESTIONS, "verdicts")


@dataclass(frozen=True, repr=False)
class Examination(Tabular):
    """The sensitivity analysis of one outcome or synthesis.

    Attributes
    ----------
    subject : Subject
        The target with its main prior.
    rows : Tables
        The tables requested, by their names in `NAMES`, each a list of rows; missing values are None.
    text : str
        A summary in words, one paragraph per finding.
    """

    subject: Subject
    rows: Tables
    text: str

    def tables(self) -> dict[str, Rows]:
        """Return the requested tables by name, the verdicts first."""
        rows = cast(dict[str, Rows], self.rows)  # to a type checker, a value of unknown name is an object
        return {name: rows[name] for name in sorted(rows, key=lambda name: name != "verdicts")}

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables as a data frame, as `to_frame` does."""
        return self.to_frame(name)

    def __str__(self) -> str:
        """Return the summary in words."""
        return self.text

    def __repr__(self) -> str:
        """Return the summary and the names of the tables, which would themselves fill several screens."""
        return f"Examination:\n{self.text}\n\nTables: {', '.join(self.rows)}"

    def _repr_html_(self) -> str:
        """Return the summary, the names of the tables and, if requested, the verdicts, for a notebook."""
        shown = lay_out({"verdicts": self.rows.get("verdicts", [])})
        verdicts = "".join(html.table(headings, cells, title) for title, headings, cells in shown)
        return html.paragraphs(f"{self.text}\n\nTables: {', '.join(self.rows)}") + verdicts


def examine(
    target: Target,
    ask: Iterable[str] | None = None,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    cutoffs: tuple[float, float] = CUTOFFS,
    priors: SomePriorSet | None = None,
) -> Examination:
    """Run the sensitivity analyses: how far does the conclusion depend on each choice? (METHODS 6)

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str, path, Fit or DataTree
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    ask : iterable of str, optional
        Questions to answer, from `NAMES`; all by default.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.
    cutoffs : (float, float)
        A conclusion is called improbable if its probability is at or below the first, probable if it is at or above the
        second, and uncertain between them.

    Returns
    -------
    Examination
        The tables by name and a summary in words.

    Raises
    ------
    InvalidInput, NotFormable
        If the target is not one outcome or synthesis, or its prior cannot be formed; if the cut-offs do not satisfy
        0 < low < high < 1; if a question is unknown; if a question other than `prior_grid` is asked of a
        meta-regression.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.sensitivity.examine("mesems:gel_24w", ["tipping", "reverse_bayes"])
    >>> found.to_frame("tipping").shape
    (21, 9)
    """
    wanted = list(NAMES if ask is None else ask)
    for name in wanted:
        if name not in NAMES:
            raise UnknownName("question", name, NAMES)
    if not 0 < cutoffs[0] < cutoffs[1] < 1:
        raise InvalidInput("cutoffs", [f"found {cutoffs[0]:g} and {cutoffs[1]:g}; 0 < low < high < 1 is required"])
    subject = Subject.of(target, prior, prior_set, priors)
    if subject.has_no_curve:
        return _of_draws(subject, wanted)
    needed = QUESTIONS if "verdicts" in wanted else [name for name in wanted if name in QUESTIONS]
    rows = {name: QUESTIONS[name](subject) for name in needed}
    tables = cast(Tables, rows)  # every question lists the rows of its own table
    if "verdicts" in wanted:
        tables["verdicts"] = verdict_rows(subject, tables, cutoffs)
    text = "\n\n".join(sentences(subject, tables, cutoffs))
    return Examination(subject, cast(Tables, {name: rows[name] for name in wanted}), text)


def verdicts(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    cutoffs: tuple[float, float] = CUTOFFS,
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Tabulate the range of each conclusion's probability under each question, and whether the verdict changes.

    Parameters
    ----------
    target, prior, prior_set, cutoffs, priors
        As in `examine`.

    Returns
    -------
    DataFrame
        One row per `conclusion` and `question`: `over` (what varies), `value` under the main prior, the range `low` to
        `high` with the assumptions `at_low` and `at_high` that produce it, `verdict`, `verdicts` over the range,
        `changes` (whether the verdict changes) and `note`. Without an MCID there are ranges but no verdicts.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.sensitivity.verdicts("mesems:gel_24w")
    >>> found[found["conclusion"] == "any benefit"]["verdict"].dropna().unique().tolist()
    ['uncertain']
    """
    asked = examine(target, ["verdicts"], prior=prior, prior_set=prior_set, cutoffs=cutoffs, priors=priors)
    return asked.to_frame("verdicts")


def _of_draws(subject: Subject, wanted: list[str]) -> Examination:
    """Examine a meta-regression, which has draws only: a prior grid by reweighting, and nothing that needs a curve."""
    if wanted != ["prior_grid"]:
        raise NotFormable(
            "a meta-regression has no likelihood curve of its mean: ask for prior_grid alone, or examine it as a "
            "random_effects synthesis"
        )
    text = f"{subject.target.label}: a grid of priors, computed from reweighted draws and refits."
    return Examination(subject, {"prior_grid": prior_grid_rows(subject)}, text)
