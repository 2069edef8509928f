"""The reader of systematic reviews: each form of document becomes a `Review`, each review trial and synthesis files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bayes.importing.answers import Answers
from bayes.importing.card import FormatCard
from bayes.importing.drafts import Record
from bayes.importing.revman import exported, metaview, package, pooled, rm5, trials
from bayes.importing.revman.reading import readings
from bayes.importing.revman.review import Review
from bayes.importing.source import Source

CARD = FormatCard(
    name="revman",
    title="systematic reviews of RevMan",
    recognised_by=(
        ".rm5 with the root <COCHRANE_REVIEW>; the zip or the data rows of a Cochrane data package; the CSV that "
        "RevMan 5 exports; MetaView, .MTV"
    ),
    makes=(
        "a trial file per study, with an outcome for each of its rows, and a synthesis per analysis and per subgroup "
        "of at least two studies"
    ),
    traps=(
        "LOG_EFFECT_SIZE of .rm5 is a common logarithm, its SE is of natural logarithms: only the latter is read.",
        "Cells of another kind of data are filled with 0, as are effects that are not estimable: both are left out.",
        "Data rows name no measure of effect: it is inferred where only one reproduces the printed effects.",
        '"Favours ..." on the left names the arm that a low effect favours; labels in brackets are a template.',
        "A study with rows in several subgroups is not pooled twice: the analysis is offered, its subgroups pooled.",
        "`Applicability` says which rows count for all studies, and which for the subgroup alone.",
        "Studies without events do not inform a ratio: they have trial files, but are no members.",
        "Counts cannot be joined as risk differences: such an analysis is pooled as ratios, as decided by `measure`.",
    ),
    pools=True,
)


class RevMan:
    """The reader of `.rm5`, of the Cochrane data package, of the CSV export of RevMan 5 and of MetaView."""

    card = CARD

    def recognises(self, source: Source) -> bool:
        return _form(source) is not None or package.part_of(source) is not None

    def read(self, source: Source, answers: Answers) -> Iterator[Record]:
        form = _form(source)
        if form is None:
            part = package.part_of(source) or ""
            if not any(package.part_of(other) == package.ROWS for other in source.among):
                raise package.alone(source, part)
            return
        yield from _records(form(source), answers)


def _form(source: Source) -> Callable[[Source], Review] | None:
    """Return the function that reads a document, or None if it is none of these or holds no results by itself."""
    if rm5.recognises(source):
        return rm5.read
    if metaview.recognises(source):
        return metaview.read
    if package.part_of(source) == package.ROWS:
        return package.read
    return exported.read if exported.recognises(source) else None


def _records(review: Review, answers: Answers) -> Iterator[Record]:
    analyses = readings(review, answers)
    files = trials.files_of(review, analyses)
    for file in files:
        yield trials.record_of(file, review, answers)
    for reading in analyses:
        yield pooled.record_of(reading, review, files, lambda trial, name: answers.about(trial, name).leave_out)
