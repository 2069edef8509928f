"""The formats that can be imported, in the order in which they are tried."""

from __future__ import annotations

from bayes.errors import UnknownName
from bayes.importing.card import Reader
from bayes.importing.ctgov.reader import CtgovReader
from bayes.importing.revman.reader import RevMan
from bayes.importing.table import TableReader

READERS: tuple[Reader, ...] = (CtgovReader(), RevMan(), TableReader())


def readers_of(name: str | None) -> tuple[Reader, ...]:
    """Return the reader of one format, or all of them.

    Raises
    ------
    UnknownName
        If there is no format of this name.
    """
    if name is None:
        return READERS
    found = tuple(reader for reader in READERS if reader.card.name == name)
    if not found:
        raise UnknownName("format", name, [reader.card.name for reader in READERS])
    return found
