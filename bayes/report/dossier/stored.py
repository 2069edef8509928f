"""What a results folder holds of each outcome and synthesis: files, priors, posteriors, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import MAIN_PRIOR, OWN, make_plan
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.paper.trial import Outcome, Trial
from bayes.priors.sets import PriorSet
from bayes.results import inputs, store
from bayes.results.posteriors import load_posterior
from bayes.results.summary_file import read_rows
from bayes.sensitivity import examine
from bayes.sensitivity.examination import Examination
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import Synthesis

Row = dict[str, Any]


@dataclass(frozen=True)
class Stored:
    """One outcome or synthesis of a results folder.

    Attributes
    ----------
    priors : PriorSet
        The set it was fitted under last.
    analyses : tuple of Analysis
        Those whose posterior is stored and current, in the order of the plan.
    rows : tuple of rows
        All its rows of the summary, also of priors that were skipped and fits that failed.
    """

    folder: Path
    target: Outcome | Synthesis
    priors: PriorSet
    seed: int | None
    analyses: tuple[Analysis, ...]
    rows: tuple[Row, ...]

    @property
    def kind(self) -> str:
        """outcome, adverse_events or synthesis."""
        if isinstance(self.target, Synthesis):
            return "synthesis"
        return "adverse_events" if self.target.evidence.kind == "adverse_events" else "outcome"

    @property
    def slug(self) -> str:
        """A file name: ids hold letters, digits, `_` and `-` only, whatever titles and labels say."""
        return self.target.name.replace(":", ".")

    @property
    def page(self) -> str:
        """Its page, from the root of the site."""
        return f"{'syntheses' if self.kind == 'synthesis' else 'outcomes'}/{self.slug}.html"

    @property
    def home(self) -> Trial | Synthesis:
        """What the file holds that the target is in."""
        return self.target if isinstance(self.target, Synthesis) else self.target.trial

    @property
    def called(self) -> str:
        """How the command is told of it: by a shipped name, or by the file in the results folder."""
        if inputs.is_shipped(self.home):
            return self.target.name
        path = self.beside(self.home.path)
        return path if isinstance(self.target, Synthesis) else f"{path}:{self.target.id}"

    @property
    def set_option(self) -> list[str]:
        """The option that names its prior set; none for the default one."""
        is_default = self.priors.id == "default" and inputs.is_shipped(self.priors)
        return [] if is_default else ["--priors", self.beside(self.priors.path)]

    def beside(self, path: Path) -> str:
        """A file of the results folder, as seen from there."""
        return path.relative_to(self.folder).as_posix()

    @property
    def main(self) -> Analysis | None:
        """The posterior to be read first: under the neutral prior, or the first there is."""
        return min(self.analyses, key=_rank, default=None)

    @cached_property
    def records(self) -> dict[str, dict[str, Any]]:
        """What every stored posterior says of itself, by key."""
        return {a.key: store.record(store.path_of(self.folder, a.key)) for a in self.analyses}

    @cached_property
    def main_fit(self) -> Fit:
        """The main posterior, as `bayes.fit` or `bayes.synthesise` would give it; read from disk once."""
        tree = load_posterior(store.path_of(self.folder, self.main.key))
        return (SynthesisFit if self.main.joined_by else Fit)(tree, self.main)

    @cached_property
    def subject(self) -> Subject:
        """The main posterior with its likelihood curve, for everything that is asked by quadrature.

        Raises
        ------
        NotFormable
            Where there is no such curve: a table, a meta-regression, nothing stored.
        """
        if self.main is None:
            raise NotFormable("no posterior of it is stored")
        if self.kind == "adverse_events":
            raise NotFormable("a table of adverse events has an effect per row, not one likelihood curve")
        subject = Subject.of(self.target, self.main.prior.name, self.priors)
        subject.curve  # noqa: B018 - a meta-regression has none, and says so here
        return subject

    @cached_property
    def examination(self) -> Examination:
        """Every question of sensitivity about the main posterior.

        Raises
        ------
        NotFormable
            As `subject`.
        """
        return examine(self.subject, priors=self.priors)


def collect(folder: Path) -> list[Stored]:
    """Everything that a results folder was asked for, outcomes first, each under the set it was fitted under last.

    Raises
    ------
    InvalidInput
        If the folder has no summary, or does not hold what it was computed from.
    """
    rows, latest = read_rows(folder), {}
    for one in inputs.asked(folder):
        chosen = inputs.priors_of(folder, one)
        for target in inputs.targets_of(folder, one):
            latest.pop(target.name, None)
            latest[target.name] = _stored(folder, target, chosen, one.seed, rows)
    return sorted(latest.values(), key=lambda stored: stored.kind == "synthesis")


def _stored(
    folder: Path, target: Outcome | Synthesis, priors: PriorSet, seed: int | None, rows: Sequence[Row]
) -> Stored:
    plan = make_plan([target], priors, settings=Settings() if seed is None else Settings(seed=seed))
    return Stored(folder, target, priors, seed, tuple(_current(plan.analyses, folder)), tuple(_rows_of(target, rows)))


def _current(analyses: Iterable[Analysis], folder: Path) -> Iterable[Analysis]:
    """A posterior that no longer belongs to these inputs is not shown under their name."""
    for analysis in analyses:
        path = store.path_of(folder, analysis.key)
        if path.is_file() and store.why_stale(analysis, store.record(path), True) is None:
            yield analysis


def _rows_of(target: Outcome | Synthesis, rows: Sequence[Row]) -> list[Row]:
    trial, outcome = (target.id, "") if isinstance(target, Synthesis) else (target.trial.id, target.id)
    return [row for row in rows if (row["trial"], row["outcome"] or "") == (trial, outcome)]


def _rank(analysis: Analysis) -> tuple[bool, bool]:
    """`min` keeps the first of equals: a selection's own omega stands before the others."""
    own = analysis.heterogeneity is None or analysis.heterogeneity.name in OWN
    return analysis.prior.name != MAIN_PRIOR, not own
