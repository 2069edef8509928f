"""The doors by which texts of strangers enter the package, and what passing each of them means."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from bayes.analysis.targets import find_targets
from bayes.base.distributions import parse
from bayes.base.measures import MEASURES
from bayes.base.toml import files_of
from bayes.cli import main
from bayes.corpus.evidence import evidence_of
from bayes.corpus.reading import find_corpus
from bayes.errors import BayesError
from bayes.importing.answers import Answers
from bayes.paper.trial import load_trial
from bayes.priors.sets import load_priors
from bayes.synthesis.file import load_synthesis
from fuzz import letters, seeds, structures
from fuzz.documents import Seed
from fuzz.structures import Pick, Pool


class Refused(BayesError):
    """What the command line said when it refused its input."""


@dataclass(frozen=True)
class Door:
    """One way into the package.

    Attributes
    ----------
    enter : callable
        Takes the path of a file; returns what it says to the user, and raises what the package raises.
    seeds : callable
        Returns the inputs that are damaged.
    beside : dict
        Files that lie beside the input.
    more : callable
        Returns further inputs, for damage to bytes.
    rows : int
        How often a row is repeated at most: every row of a table that is imported becomes a file, which takes time.
    """

    enter: Callable[[Path], str]
    seeds: Callable[[], Sequence[Seed]]
    beside: dict[str, bytes]
    more: Callable[[], list[tuple[str, bytes]]] = list
    rows: int = 10_001

    @cached_property
    def whole(self) -> list[tuple[str, bytes]]:
        """The inputs before any damage."""
        return list(dict.fromkeys([*letters.written(self.seeds()), *self.more()]))

    @cached_property
    def pool(self) -> Pool:
        return Pool(self.seeds(), self.rows)

    def damaged(self, pick: Pick, by: str) -> tuple[str, bytes]:
        """The name and the content of a damaged file; `by` is "structure" or "letters"."""
        return structures.damaged(pick, self.pool) if by == "structure" else letters.damaged(pick, self.whole)

    def drawn(self, by: str) -> st.SearchStrategy[tuple[str, bytes]]:
        """The same as a strategy of hypothesis."""
        return st.composite(lambda draw: self.damaged(lambda below: draw(st.integers(0, below - 1)), by))()


BY = ("structure", "letters")


def expression(path: Path) -> str:
    """Read a prior expression, and again what it was read as; of an effect, under every measure."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    found = parse(text, of_effect=True)
    assert parse(str(found), of_effect=True).name == found.name, text
    if found.on_own_scale:
        for measure in MEASURES:
            try:
                found.of_effect(measure)
            except BayesError as refused:
                return str(refused)
    return str(found)


def expert(path: Path) -> str:
    """Read what an expert said, and fit a prior to it."""
    words = path.read_bytes().decode("utf-8", "surrogateescape").replace("\0", "")
    return command("elicit", "mesems:gel_24w", "--rationale", "r", f"--expert={words}")


def corpus(path: Path) -> str:
    """Read a corpus in blocks, and every row of it."""
    found = find_corpus([path])
    reasons: list[str] = []
    for block in found.blocks() if found else ():
        evidence = evidence_of(block.frame)
        reasons += [one for said in evidence.reasons.said.values() for one in said]
        assert np.isfinite(evidence.y[evidence.usable & (evidence.form == "estimate")]).all()
    return "\n".join(dict.fromkeys(reasons))


def check(path: Path) -> str:
    return command("check", str(path))


def imported(path: Path) -> str:
    """Import a document; the first files that are written are read again."""
    out = path.parent / "out"
    decided = ["--benefit", "lower", "--treatment", "drug", "--control", "placebo"]
    try:
        said = command("import", str(path), "--out", str(out), *decided)
        for file in files_of(out)[:3]:
            _read_again(file)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return said


def _read_again(file: Path) -> None:
    try:
        find_targets([str(file)])
    except BayesError as error:
        raise AssertionError(f"an imported file is refused: {error}") from None


def joint(path: Path) -> str:
    words = path.read_bytes().decode("utf-8", "surrogateescape").split("\0")
    return command("joint", *words)


def answers(path: Path) -> str:
    return str(Answers.load(path))[:0]


def command(verb: str, *words: str) -> str:
    """Run the command line; return what it prints, and raise what it says where it refuses."""
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", errors) for errors in ("strict", "backslashreplace"))
    code: object = 0
    with _arguments(["bayes", verb, *words]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    printed = [stream.buffer.getvalue().decode() for stream in (out, err) if not stream.flush()]
    if code in (0, 1, None):
        return "\n".join(printed)
    raise Refused(printed[1])


@contextmanager
def _arguments(words: list[str]) -> Iterator[None]:
    before, sys.argv = sys.argv, words
    try:
        yield
    finally:
        sys.argv = before


DOORS = {
    "prior expression": Door(expression, seeds.expressions, {}),
    "trial": Door(load_trial, seeds.trials, {}),
    "synthesis": Door(load_synthesis, seeds.syntheses, seeds.MEMBERS),
    "prior set": Door(load_priors, seeds.priors, {}),
    "check": Door(check, seeds.checked, seeds.MEMBERS),
    "import of ctgov": Door(imported, seeds.records, {}, rows=100),
    "import of revman": Door(imported, seeds.reviewed, {}, lambda: [("review.rm5", seeds.whole_review())], 100),
    "import of table": Door(imported, seeds.tables, {}, lambda: [("table.csv", text.encode()) for text in seeds.TABLES], 100),
    "answers of an import": Door(answers, seeds.answers, {}),
    "joint statements": Door(joint, seeds.statements, {}),
    "expert's statement": Door(expert, seeds.experts, {}),
    "corpus": Door(corpus, seeds.corpora, {}),
}
