"""All questions together: the tables of one outcome or synthesis, by name, and what they say in words."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bayes.base import html
from bayes.errors import InvalidInput, NotFormable, UnknownName
from bayes.posterior.verdict import CUTOFFS
from bayes.priors.sets import PriorSet
from bayes.sensitivity.absolute_effects import baseline_risk
from bayes.sensitivity.alternative_likelihoods import likelihood
from bayes.sensitivity.analysis_of_credibility import reverse_bayes
from bayes.sensitivity.bayesian_fragility import fragility
from bayes.sensitivity.conclusions import verdicts
from bayes.sensitivity.grid_of_priors import prior_grid
from bayes.sensitivity.layout import lay_out
from bayes.sensitivity.powerscale import power_scaling
from bayes.sensitivity.printed_digits import extraction
from bayes.sensitivity.prior_data_conflict import conflict
from bayes.sensitivity.prior_effective_size import prior_weight
from bayes.sensitivity.priors_side_by_side import named_priors
from bayes.sensitivity.subject import Row, Subject, Target
from bayes.sensitivity.tipping_points import tipping
from bayes.sensitivity.trial_influence import influence
from bayes.sensitivity.words import sentences

if TYPE_CHECKING:
    import pandas as pd

QUESTIONS = {
    "named_priors": named_priors,
    "prior_grid": prior_grid,
    "tipping": tipping,
    "fragility": fragility,
    "reverse_bayes": reverse_bayes,
    "power_scaling": power_scaling,
    "conflict": conflict,
    "prior_weight": prior_weight,
    "likelihood": likelihood,
    "extraction": extraction,
    "influence": influence,
    "baseline_risk": baseline_risk,
}
NAMES = (*QUESTIONS, "verdicts")


@dataclass(frozen=True, repr=False)
class Examination:
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

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables.

        Raises
        ------
        UnknownName
            If it was not asked for.
        """
        import pandas as pd

        if name not in self.rows:
            raise UnknownName("table of this examination", name, self.rows)
        return pd.DataFrame(self.rows[name])

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
    priors: str | os.PathLike | PriorSet = "default",
    cutoffs: tuple[float, float] = CUTOFFS,
) -> Examination:
    """Every way in which the conclusion could lean on a choice.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        An outcome or synthesis at hand or fitted, or as the command takes it: `trial:outcome`, a synthesis, a file.
    ask : iterable of str, optional
        Some of `NAMES`; all by default.
    prior : str, optional
        The main prior; neutral by default.
    cutoffs : (float, float)
        Of the verdicts: improbable at or below the first, probable at or above the second.

    Raises
    ------
    InvalidInput, NotFormable
        As `Subject.of`; also for cut-offs that are not 0 < low < high < 1, and for unknown questions.
    """
    wanted = list(NAMES if ask is None else ask)
    for name in wanted:
        if name not in NAMES:
            raise UnknownName("question", name, NAMES)
    if not 0 < cutoffs[0] < cutoffs[1] < 1:
        raise InvalidInput("cutoffs", [f"0 < low < high < 1 is needed; found {cutoffs[0]:g} and {cutoffs[1]:g}"])
    subject = Subject.of(target, prior, priors)
    if subject.has_no_curve:
        return _of_draws(subject, wanted)
    needed = QUESTIONS if "verdicts" in wanted else [name for name in wanted if name in QUESTIONS]
    rows: dict[str, list[Row]] = {name: QUESTIONS[name].rows(subject) for name in needed}
    if "verdicts" in wanted:
        rows["verdicts"] = verdicts(subject, rows, cutoffs)
    text = "\n\n".join(sentences(subject, rows))
    return Examination(subject, {name: rows[name] for name in wanted}, text)


def _of_draws(subject: Subject, wanted: list[str]) -> Examination:
    """A meta-regression has draws only: its prior grid by reweighting, and nothing that needs a curve."""
    if wanted != ["prior_grid"]:
        raise NotFormable(
            "a meta-regression has no likelihood curve of its mean: ask for the prior_grid alone, or examine it as a "
            "random_effects synthesis"
        )
    text = f"{subject.target.label}: a grid of priors, by reweighted draws and refits."
    return Examination(subject, {"prior_grid": prior_grid.rows(subject)}, text)
