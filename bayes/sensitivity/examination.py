"""All questions together: the tables of one outcome or synthesis, by name, and what they say in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from bayes.base import html
from bayes.base.tables import Tabular
from bayes.errors import InvalidInput, NotFormable, UnknownName
from bayes.posterior.verdict import CUTOFFS
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.absolute_effects import baseline_risk_rows
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.bayesian_fragility import fragility_rows
from bayes.sensitivity.conclusions import verdict_rows
from bayes.sensitivity.grid_of_priors import prior_grid_rows
from bayes.sensitivity.layout import lay_out
from bayes.sensitivity.powerscale import power_scaling_rows
from bayes.sensitivity.printed_digits import extraction_rows
from bayes.sensitivity.prior_data_conflict import conflict_rows
from bayes.sensitivity.prior_effective_size import prior_weight_rows
from bayes.sensitivity.priors_side_by_side import named_priors_rows
from bayes.sensitivity.subject import Row, Subject, Target
from bayes.sensitivity.tipping_points import tipping_rows
from bayes.sensitivity.trial_influence import influence_rows
from bayes.sensitivity.words import sentences

QUESTIONS = {
    "named_priors": named_priors_rows,
    "prior_grid": prior_grid_rows,
    "tipping": tipping_rows,
    "fragility": fragility_rows,
    "reverse_bayes": reverse_bayes_rows,
    "power_scaling": power_scaling_rows,
    "conflict": conflict_rows,
    "prior_weight": prior_weight_rows,
    "likelihood": likelihood_rows,
    "extraction": extraction_rows,
    "influence": influence_rows,
    "baseline_risk": baseline_risk_rows,
}
NAMES = (*QUESTIONS, "verdicts")


@dataclass(frozen=True, repr=False)
class Examination(Tabular):
    """What was asked of one outcome or synthesis.

    Attributes
    ----------
    rows : dict of str to list of rows
        Tables by the names in `NAMES`; missing values are None.
    text : str
        What they say, in words.
    """

    subject: Subject
    rows: dict[str, list[Row]]
    text: str

    def tables(self) -> dict[str, list[Row]]:
        """Return the tables that were asked for, by their names; the verdicts first."""
        return {name: self.rows[name] for name in sorted(self.rows, key=lambda name: name != "verdicts")}

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the tables, as `to_frame` does."""
        return self.to_frame(name)

    def __str__(self) -> str:
        """What the tables say, in words."""
        return self.text

    def __repr__(self) -> str:
        """The words and the names of the tables, where the tables themselves would fill screens."""
        return f"Examination:\n{self.text}\n\nTables: {', '.join(self.rows)}"

    def _repr_html_(self) -> str:
        """The words, the verdicts where they were asked for, and which tables there are, for a notebook."""
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
    """Ask every question of sensitivity: how far does the conclusion depend on each choice?

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str, path, Fit or DataTree
        As `bayes.resolve` takes it, or a fit or a stored tree, which brings its prior.
    ask : iterable of str, optional
        Some of `NAMES`; all by default.
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.
    cutoffs : (float, float)
        A probability at or below the first is improbable, at or above the second probable.

    Returns
    -------
    Examination

    Raises
    ------
    InvalidInput, NotFormable
        As `Subject.of`; also for cut-offs that are not 0 < low < high < 1, and for unknown questions.

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
        raise InvalidInput("cutoffs", [f"0 < low < high < 1 is needed; found {cutoffs[0]:g} and {cutoffs[1]:g}"])
    subject = Subject.of(target, prior, prior_set, priors)
    if subject.has_no_curve:
        return _of_draws(subject, wanted)
    needed = QUESTIONS if "verdicts" in wanted else [name for name in wanted if name in QUESTIONS]
    rows: dict[str, list[Row]] = {name: QUESTIONS[name](subject) for name in needed}
    if "verdicts" in wanted:
        rows["verdicts"] = verdict_rows(subject, rows, cutoffs)
    text = "\n\n".join(sentences(subject, rows, cutoffs))
    return Examination(subject, {name: rows[name] for name in wanted}, text)


def verdicts(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    cutoffs: tuple[float, float] = CUTOFFS,
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """For each conclusion and question, give the range of its probability and whether its class changes.

    Parameters
    ----------
    target, prior, prior_set, cutoffs, priors
        As in `examine`.

    Returns
    -------
    DataFrame
        A row per conclusion and question, as `conclusions.verdict_rows` describes it.

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
    """A meta-regression has draws only: its prior grid by reweighting, and nothing that needs a curve."""
    if wanted != ["prior_grid"]:
        raise NotFormable(
            "a meta-regression has no likelihood curve of its mean: ask for the prior_grid alone, or examine it as a "
            "random_effects synthesis"
        )
    text = f"{subject.target.label}: a grid of priors, by reweighted draws and refits."
    return Examination(subject, {"prior_grid": prior_grid_rows(subject)}, text)
