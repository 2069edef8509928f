"""From documents to checked files, one record at a time, so that a registry need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bayes.base.documents import MOST_BYTES
from bayes.errors import InvalidInput
from bayes.importing.answers import Answers
from bayes.importing.building import checked, checked_synthesis
from bayes.importing.card import Reader
from bayes.importing.drafts import SYNTHESIS, Record, Result, SynthesisDraft, slug
from bayes.importing.source import Source, sources_of
from bayes.importing.toml_text import synthesis_text, trial_text
from bayes.paper.trial import Outcome, Trial
from bayes.synthesis.file import Synthesis

LARGEST = MOST_BYTES - 1_000  # bytes of a file, which a seal is written above


@dataclass(frozen=True)
class Piece:
    """What one record of a source became.

    Attributes
    ----------
    origin : Path
        The file or folder that was named.
    source, record : str
        Name of the document, and id of the record in it.
    results : tuple of Result
        A row of the ledger for each.
    trial : Trial, optional
    syntheses : tuple of Synthesis
    files : tuple of (str, str)
        Name and text of every file.
    questions : tuple of str
        What a person could decide, as lines of an answers file.
    """

    origin: Path
    source: str
    record: str
    results: tuple[Result, ...]
    trial: Trial | None
    syntheses: tuple[Synthesis, ...]
    files: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]


def pieces(paths: Iterable[Path | Source], readers: Sequence[Reader], answers: Answers) -> Iterator[Piece]:
    """Read documents, record by record.

    Parameters
    ----------
    paths : iterable of Path or Source
        Files, folders and archives, or documents that are open already.
    readers : sequence of Reader
        The formats that are considered.
    answers : Answers

    Yields
    ------
    Piece

    Raises
    ------
    InvalidInput
        If a document cannot be read, or a path contains none of a known format.
    """
    names = _Names()
    for path in paths:
        sources, origin = ([path], Path(path.name)) if isinstance(path, Source) else (sources_of(path), path)
        found = [(source, reader) for source in sources if (reader := _reader(source, readers)) is not None]
        if not found:
            accepted = "; ".join(f"{reader.card.title} ({reader.card.recognised_by})" for reader in readers)
            raise InvalidInput(str(origin), [f"not recognised; accepted: {accepted}"])
        for source, reader in found:
            yield from _of_source(origin, source, reader, answers, names)


def _reader(source: Source, readers: Sequence[Reader]) -> Reader | None:
    return next((reader for reader in readers if reader.recognises(source)), None)


class _Names:
    """The ids of files that are in use, in lower case because some file systems do not tell case apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def new(self, wanted: str) -> str:
        name = wanted if wanted.lower() not in self._taken else slug(wanted, self._taken)
        self._taken.add(name.lower())
        return name


def _of_source(origin: Path, source: Source, reader: Reader, answers: Answers, names: _Names) -> Iterator[Piece]:
    document = _Document(origin, source.name, names)
    for record in reader.read(source, answers):
        piece = document.piece(record)
        if reader.card.pools:
            document.keep(piece)
        yield piece


class _Document:
    """A document that is being read, with the trials of it that its syntheses need."""

    def __init__(self, origin: Path, name: str, names: _Names) -> None:
        self._origin, self._name, self._names = origin, name, names
        self._renamed: dict[str, str] = {}  # ids of trials that another document uses as well
        self._kept: dict[str, Trial] = {}

    def keep(self, piece: Piece) -> None:
        if piece.trial is not None:
            self._kept[piece.trial.id] = piece.trial

    def piece(self, record: Record) -> Piece:
        files, trial = [], None
        if record.trial is not None:
            self._renamed[record.trial.id] = name = self._names.new(record.trial.id)
            record, trial = checked(replace(record, trial=replace(record.trial, id=name)))
        if record.trial is not None:
            file, text = f"{record.trial.id}.toml", trial_text(record.trial)
            if (size := len(text.encode())) > LARGEST:
                record, trial = _without_trial(record, file, size), None
            else:
                files.append((file, text))
        results, syntheses = record.results, []
        for draft in record.syntheses:
            wanted, draft = draft.id, self._placed(draft)
            found = checked_synthesis(draft, self._find)
            if isinstance(found, Synthesis):
                syntheses.append(found)
                files.append((f"{draft.id}.toml", synthesis_text(draft)))
            results = tuple(_judged(result, wanted, draft.id, found) for result in results)
        return Piece(
            self._origin, self._name, record.id, results, trial, tuple(syntheses), tuple(files), record.questions
        )

    def _placed(self, draft: SynthesisDraft) -> SynthesisDraft:
        """Return a draft with the ids that its file and those of its members have, and without absent members."""
        members = ((self._renamed.get(trial, trial), outcome) for trial, outcome in draft.members)
        present = tuple(one for one in members if self._find(*one) is not None)
        return replace(draft, id=self._names.new(draft.id), members=present)

    def _find(self, trial: str, outcome: str) -> Outcome | None:
        found = self._kept.get(trial)
        return None if found is None else found.outcomes.get(outcome)


def _without_trial(record: Record, file: str, size: int) -> Record:
    """Return a record without its trial file, which would be too large to be read."""
    said = f"its trial file would have {size / 1e6:.1f} MB; accepted: up to {LARGEST / 1e6:.1f} MB"
    return replace(record, trial=None, results=tuple(r.refused(said) if r.file == file else r for r in record.results))


def _judged(result: Result, wanted: str, name: str, found: Synthesis | str) -> Result:
    """Return a result as it is, or that of the synthesis `wanted` with its file, or why there is none."""
    if (result.kind, result.outcome) != (SYNTHESIS, wanted):
        return result
    return replace(result, file=f"{name}.toml", outcome=name) if isinstance(found, Synthesis) else result.refused(found)
