"""Import in Python (`read`) and into a folder (`write`)."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from bayes.base.csv_text import as_csv
from bayes.base.measures import Measure
from bayes.base.toml import ANSWERS
from bayes.base.writing import in_words
from bayes.errors import InvalidInput
from bayes.importing import ledger
from bayes.importing.answers import Answers, Benefit
from bayes.importing.formats import readers_of
from bayes.importing.frame import FrameSource
from bayes.importing.ledger import Counts
from bayes.importing.stream import Piece, pieces
from bayes.paper.trial import Trial
from bayes.synthesis.file import Synthesis

if TYPE_CHECKING:
    import pandas as pd

StrPath = str | os.PathLike[str]
SEAL = "# imported; sha256 of the rest: "
QUESTIONS = """# What could not be known from the source. Remove the # of a line and complete it, then import again with
# --answers and this file. Whatever stands above the first [table] holds for everything:
# benefit = "lower"                 # or "higher": the direction of the effect that is good for the patient
# treatment = "name of the arm"
"""


@dataclass(frozen=True)
class Imported:
    """What was imported.

    Attributes
    ----------
    trials : tuple of Trial
    syntheses : tuple of Synthesis
    ledger : pandas.DataFrame
        A row for every result of the source, with the columns source, record, place, label, status, reason, file,
        outcome, kind and measure.
    """

    trials: tuple[Trial, ...]
    syntheses: tuple[Synthesis, ...]
    ledger: pd.DataFrame

    def __repr__(self) -> str:
        counted = self.ledger["status"].value_counts()
        found = ", ".join(f"{counted.get(name, 0)} {name}" for name in ("imported", "offered", "refused"))
        return f"Imported({len(self.trials)} trials, {len(self.syntheses)} syntheses; results: {found})"


def read(
    path: StrPath | pd.DataFrame | Sequence[StrPath | pd.DataFrame],
    *,
    format: str | None = None,
    treatment: str | None = None,
    control: str | None = None,
    benefit: Benefit | None = None,
    measure: Measure | None = None,
    columns: Mapping[str, str] | None = None,
    answers: StrPath | None = None,
) -> Imported:
    """Read registry records, reviews or tables.

    Parameters
    ----------
    path : str, os.PathLike, pandas.DataFrame or sequence of them
        Files, folders or zip archives; or tables in memory.
    format : str, optional
        Name of the format (`bayes list formats`); by default it is recognised.
    treatment, control : str, optional
        Name of the arm, or a part of it, where the source does not say which arm is which.
    benefit : {"higher", "lower"}, optional
        The direction of the effect that is good for the patient, where the source does not say it.
    measure : str, optional
        The measure of effect, where the source does not say it, or its counts or means give several.
    columns : mapping of str to str, optional
        For tables: the column of the table that holds each field, such as `{"estimate": "HR"}`.
    answers : str or os.PathLike, optional
        An answers file, with decisions about single records and outcomes.

    Returns
    -------
    Imported

    Raises
    ------
    InvalidInput
        If a source cannot be read; says what was found and what is accepted.
    """
    import pandas as pd

    paths = [path] if isinstance(path, str | os.PathLike | pd.DataFrame) else path
    documents = [FrameSource(one) if isinstance(one, pd.DataFrame) else Path(one) for one in paths]
    decided = decisions(treatment, control, benefit, answers, measure=measure, columns=columns)
    found = list(pieces(documents, readers_of(format), decided))
    rows = [row for piece in found for row in ledger.rows_of(piece)]
    return Imported(
        tuple(piece.trial for piece in found if piece.trial is not None),
        tuple(synthesis for piece in found for synthesis in piece.syntheses),
        pd.DataFrame(rows, columns=list(ledger.COLUMNS)),
    )


def decisions(
    treatment: str | None,
    control: str | None,
    benefit: Benefit | None,
    answers: StrPath | None,
    *,
    measure: Measure | None = None,
    columns: Mapping[str, str] | None = None,
) -> Answers:
    """Return the decisions of an answers file, with those stated beside it in their place.

    Raises
    ------
    InvalidInput
        If the file has mistakes.
    """
    stated = {"treatment": treatment, "control": control, "benefit": benefit, "measure": measure, "columns": columns}
    loaded = Answers() if answers is None else Answers.load(answers)
    return loaded.model_copy(update={name: value for name, value in stated.items() if value})


def write(
    paths: Iterable[Path],
    out: Path,
    answers: Answers,
    *,
    format: str | None = None,
    force: bool = False,
    tell: Callable[[Piece], None] = lambda piece: None,
) -> Counts:
    """Read records and write their files, the ledger, its summary and the open questions into a folder.

    Nothing is written unless everything could be read.

    Parameters
    ----------
    paths : iterable of Path
    out : Path
    answers : Answers
    format : str, optional
    force : bool
        Whether files that were edited since they were imported are written again.
    tell : callable
        Called with every record, for a display of progress.

    Returns
    -------
    Counts

    Raises
    ------
    InvalidInput
        If a source cannot be read, or a file in the folder was edited or not made by an import.
    """
    counts = Counts()
    with in_words(out), _moved_to(out) as unfinished:
        _write_all(pieces(paths, readers_of(format), answers), unfinished, counts, tell)
        _refuse_edited(unfinished, out, force)
    return counts


@contextmanager
def _moved_to(out: Path) -> Iterator[Path]:
    """Give a new folder, whose files are moved to another when the last is written, and collect the ledger."""
    out.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".unfinished", dir=out.parent))
    try:
        yield unfinished
        out.mkdir(exist_ok=True)
        for file in sorted(unfinished.iterdir()):
            os.replace(file, out / file.name)
        ledger.collect(out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _write_all(found: Iterable[Piece], folder: Path, counts: Counts, tell: Callable[[Piece], None]) -> None:
    with open(folder / ANSWERS, "w", encoding="utf-8") as questions:
        questions.write(QUESTIONS)
        for origin, of_origin in groupby(found, key=lambda piece: piece.origin):
            with open(folder / ledger.name_of(origin), "a", encoding="utf-8") as rows:
                rows.write(as_csv((), ledger.COLUMNS, heading=rows.tell() == 0))
                for piece in of_origin:
                    for name, text in piece.files:
                        (folder / name).write_text(sealed(text), encoding="utf-8")
                    rows.write(as_csv(ledger.rows_of(piece), ledger.COLUMNS, heading=False))
                    questions.writelines(f"{line}\n" for line in piece.questions)
                    counts.add(piece)
                    tell(piece)
    (folder / ledger.SUMMARY).write_text(counts.text(), encoding="utf-8")


def sealed(text: str) -> str:
    """Return the text of a file below a line by which an edit of it can be recognised."""
    return f"{SEAL}{sha256(text.encode()).hexdigest()[:16]}\n{text}"


def _is_edited(path: Path) -> bool:
    """Return whether a file is not, or no longer, what an import wrote."""
    first, _, rest = path.read_text("utf-8", errors="replace").partition("\n")
    return sealed(rest).partition("\n")[0] != first


def _refuse_edited(new: Path, out: Path, force: bool) -> None:
    """Keep files that a person wrote or edited: trial and synthesis files, and the answers."""
    if force:
        return
    there = [(file, out / file.name) for file in sorted(new.glob("*.toml")) if (out / file.name).exists()]
    mistakes = []
    for file, old in there:
        if file.name == ANSWERS:
            if old.read_bytes() != file.read_bytes():
                file.unlink()  # the answers are a person's: they stay
        elif _is_edited(old):
            mistakes.append(
                f"{old.name} was edited since it was imported, and is kept; accepted: another --out, or --force"
            )
    if mistakes:
        raise InvalidInput(str(out), mistakes)
