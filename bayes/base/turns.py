"""One run at a time in a results folder: another one waits until the first has ended, however it ends."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bayes.base.writing import in_words

LOCK = ".lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep other runs of this machine out of a folder, which is created if necessary; wait for one that is there.

    Parameters
    ----------
    folder : Path
        A results folder.

    Raises
    ------
    NotWritten
        If the folder cannot be written to.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    with in_words(folder / LOCK):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            logging.getLogger(__name__).warning("%s: another run is writing here; waiting until it has ended", folder)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
