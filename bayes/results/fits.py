"""A posterior fitted and stored, or the reason why it is not."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bayes.analysis.analysis import Analysis
from bayes.errors import NotWritten
from bayes.posterior.record import PosteriorRecord
from bayes.results import store

if TYPE_CHECKING:
    from bayes.sampler.engine import Engine

LARGE = 100e6  # bytes of a tree that is not left to the garbage collector's own pace


@dataclass(frozen=True)
class Done:
    """A posterior that has just been written, or could not be."""

    key: str
    status: str
    seconds: float
    reason: str = ""

    @classmethod
    def of(cls, record: PosteriorRecord) -> Done:
        """Return how the fit of a stored posterior ended."""
        seconds = 0.0 if record.provenance is None else record.provenance.seconds
        return cls(record.key, record.gate.status, seconds, record.gate.reason or "")


def engine_of_this_worker() -> Engine:
    """Return a new engine; its import brings PyMC's world with it and is left until something must be fitted."""
    from bayes.sampler.engine import Engine

    return Engine()


def fit_and_save(analysis: Analysis, folder: Path, cores: int | None, engine: Engine) -> Done:
    """Fit one analysis and store its posterior; an unexpected error loses only this posterior.

    Raises
    ------
    NotWritten
        If it cannot be stored, as then no other can.
    """
    from bayes.fitting.until_sound import sample_posterior

    try:
        tree = sample_posterior(analysis, cores, engine)
        store.save(tree, folder, analysis.key)
    except NotWritten:
        raise
    except Exception as error:  # one failure must not lose the other posteriors; it is reported, and the exit code is 1
        return Done(analysis.key, "error", 0.0, f"{type(error).__name__}: {error}".splitlines()[0])
    record, large = PosteriorRecord.from_tree(tree), tree.nbytes > LARGE
    del tree
    if large:
        gc.collect()  # a tree and its groups refer to one another, so that the draws of a table outlive its fit
    return Done.of(record)
