"""The contents of a results folder for each outcome and synthesis: files, priors, posteriors and rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import xarray as xr

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import after_the_main
from bayes.calibration.operating.row import OperatingRow
from bayes.calibration.operating.store import of_outcome as operating_of
from bayes.calibration.operating.store import read as read_operating
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.trial import Outcome, Trial
from bayes.posterior.record import ATTRIBUTE, PosteriorRecord
from bayes.posterior.row import LongRow, SummaryRow
from bayes.priors.sets import PriorSet
from bayes.report.dossier.contents import Kind
from bayes.results import inputs, store, stored_plan
from bayes.results.posteriors import load_posterior
from bayes.results.summary_file import Summary, read_summary
from bayes.sensitivity import examine
from bayes.sensitivity.examination import Examination
from bayes.sensitivity.subject import Subject
from bayes.synthesis.file import Synthesis


@dataclass(frozen=True)
class Stored:
    """An outcome or synthesis of a results folder.

    Attributes
    ----------
    folder : Path
        The results folder.
    target : Outcome or Synthesis
    priors : PriorSet
        The set under which it was last fitted.
    seed : int or None
        The user's part of the seed.
    analyses : tuple of Analysis
        The analyses whose posteriors are stored, current and in the summary, in the order of the plan.
    summary : Summary
        All its rows in the summary, including those of skipped priors and failed fits, with its long tables.
    """

    folder: Path
    target: Outcome | Synthesis
    priors: PriorSet
    seed: int | None
    analyses: tuple[Analysis, ...]
    summary: Summary

    @property
    def kind(self) -> Kind:
        """Return `outcome`, `adverse_events` or `synthesis`."""
        if isinstance(self.target, Synthesis):
            return "synthesis"
        return "adverse_events" if isinstance(self.target.evidence, AdverseEvents) else "outcome"

    @property
    def rows(self) -> list[SummaryRow]:
        """All its rows in the summary."""
        return self.summary.rows

    @cached_property
    def operating(self) -> list[OperatingRow]:
        """The operating characteristics of its decision rules; empty unless `bayes operating --out` was run for it.

        Those of another version of its file are left out.
        """
        if isinstance(self.target, Synthesis):
            return []
        return operating_of(read_operating(self.folder), self.target)

    @property
    def slug(self) -> str:
        """Return a safe file name: ids contain only letters, digits, `_` and `-`, unlike titles and labels."""
        return self.target.name.replace(":", ".")

    @property
    def page(self) -> str:
        """Return the path of its page from the root of the site."""
        return f"{'syntheses' if self.kind == 'synthesis' else 'outcomes'}/{self.slug}.html"

    @property
    def home(self) -> Trial | Synthesis:
        """Return the trial or synthesis whose file contains the target."""
        return self.target if isinstance(self.target, Synthesis) else self.target.trial

    @property
    def file(self) -> Path:
        """Return the file that contains the target, a copy in the results folder."""
        return _on_disk(self.home)

    @property
    def priors_file(self) -> Path:
        """Return the file of the prior set, a copy in the results folder."""
        return _on_disk(self.priors)

    @property
    def files(self) -> list[Path]:
        """Return all files that its page is made from, those of the members of a synthesis included."""
        members = self.target.named if isinstance(self.target, Synthesis) else ()
        return [self.file, *(_on_disk(member.trial) for member in members), self.priors_file]

    @property
    def called(self) -> str:
        """Return its name on the command line: a shipped name, or the file in the results folder."""
        if inputs.is_shipped(self.home):
            return self.target.name
        path = self.beside(self.file)
        return path if isinstance(self.target, Synthesis) else f"{path}:{self.target.id}"

    @property
    def set_option(self) -> list[str]:
        """Return the command-line option for its prior set; empty for the default set."""
        is_default = self.priors.id == "default" and inputs.is_shipped(self.priors)
        return [] if is_default else ["--priors", self.beside(self.priors_file)]

    def beside(self, path: Path) -> str:
        """Return a path relative to the results folder."""
        return path.relative_to(self.folder).as_posix()

    @property
    def main(self) -> Analysis | None:
        """Return the main analysis: the one under the neutral prior, or the first available."""
        return min(self.analyses, key=_rank, default=None)

    @cached_property
    def records(self) -> dict[str, PosteriorRecord]:
        """Return the record of every stored posterior, by key."""
        return {a.key: store.sound_record(store.path_of(self.folder, a.key)) for a in self.analyses}

    @cached_property
    def main_fit(self) -> Fit:
        """Return the main posterior as `bayes.fit` or `bayes.synthesise` would; it is read from disk only once.

        That of a table of adverse events has its record but no draws: its page shows none, and they may be gigabytes.

        Raises
        ------
        NotFormable
            If no posterior is stored.
        """
        main = self._stored_main()
        if self.kind == "adverse_events":
            tree = xr.DataTree()
            tree.attrs[ATTRIBUTE] = self.records[main.key].to_json()
            return Fit(tree, main)
        tree = load_posterior(store.path_of(self.folder, main.key))
        return (SynthesisFit if main.joined_by else Fit)(tree, main)

    @cached_property
    def subject(self) -> Subject:
        """Return the main posterior with its likelihood curve, on which all computations by quadrature are based.

        Raises
        ------
        NotFormable
            If there is no likelihood curve: for a table, for a meta-regression, or if no posterior is stored.
        """
        main = self._stored_main()
        if self.kind == "adverse_events":
            raise NotFormable("a table of adverse events has an effect for each row, not a single likelihood curve")
        subject = Subject.of(self.target, main.prior.name, self.priors)
        subject.curve  # noqa: B018 - raises here for a meta-regression, which has none
        return subject

    @cached_property
    def examination(self) -> Examination:
        """Return all sensitivity analyses of the main posterior.

        Raises
        ------
        NotFormable
            As for `subject`.
        """
        return examine(self.subject, priors=self.priors)

    def _stored_main(self) -> Analysis:
        if self.main is None:
            raise NotFormable("no posterior is stored")
        return self.main


def collect(folder: Path) -> list[Stored]:
    """Collect all targets of a results folder, outcomes first, each with the set under which it was last fitted.

    Raises
    ------
    InvalidInput
        If the folder has no summary, or lacks the inputs or the plan it was computed from.
    """
    summary, planned = read_summary(folder), stored_plan.read(folder)
    latest: dict[str, Stored] = {}
    for one in inputs.asked(folder):
        chosen = inputs.priors_of(folder, one)
        for target in inputs.targets_of(folder, one):
            latest.pop(target.name, None)
            latest[target.name] = _stored(folder, target, chosen, one.seed, summary, planned)
    return sorted(latest.values(), key=lambda stored: stored.kind == "synthesis")


def _stored(
    folder: Path,
    target: Outcome | Synthesis,
    priors: PriorSet,
    seed: int | None,
    summary: Summary,
    planned: Sequence[stored_plan.Planned],
) -> Stored:
    own = _part_of(target, summary)
    keys = {row["key"] for row in own.rows}
    analyses = stored_plan.analyses_of(planned, target, priors)
    shown = tuple(analysis for analysis in analyses if analysis.key in keys and _is_current(analysis, folder))
    return Stored(folder, target, priors, seed, shown, own)


def _is_current(analysis: Analysis, folder: Path) -> bool:
    """Return whether a stored posterior matches its inputs; otherwise it must not be shown under its name."""
    path = store.path_of(folder, analysis.key)
    return path.is_file() and store.why_stale(analysis, store.record(path), True) is None


def _part_of(target: Outcome | Synthesis, summary: Summary) -> Summary:
    trial, outcome = (target.id, "") if isinstance(target, Synthesis) else (target.trial.id, target.id)

    def own[Row: SummaryRow | LongRow](rows: Iterable[Row]) -> list[Row]:
        return [row for row in rows if (row["trial"], row["outcome"] or "") == (trial, outcome)]

    return Summary(own(summary.rows), own(summary.thresholds), own(summary.derived))


def _on_disk(loaded: Trial | Synthesis | PriorSet) -> Path:
    """Return the file from which something was loaded; everything in a results folder was."""
    if loaded.path is None:
        raise LookupError(f"{loaded.id} was not loaded from a file")
    return loaded.path


def _rank(analysis: Analysis) -> tuple[bool, bool]:
    """Rank analyses for `min`, which keeps the first of equals, so that a selection's stated omega is preferred."""
    tau = analysis.heterogeneity
    return after_the_main(analysis.prior.name, None if tau is None else tau.name)
