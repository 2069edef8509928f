"""Names in a sentence or a note: all of them, or where they are many the first few and how many others there are."""

from __future__ import annotations

from collections.abc import Iterable

MANY = 12  # names, beyond which no reader reads them in a sentence
FIRST = 3  # of many


def named(names: Iterable[str], between: str = ", ") -> str:
    """Return names with a separator between them: "a, b, c", or "a, b, c and 197 others".

    Parameters
    ----------
    names : iterable of str
    between : str
        The separator.
    """
    every = list(names)
    if len(every) <= MANY:
        return between.join(every)
    return f"{between.join(every[:FIRST])} and {len(every) - FIRST} others"
