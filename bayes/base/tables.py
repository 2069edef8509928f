"""The base of every result: named tables, of which the first is the main one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bayes.errors import UnknownName

if TYPE_CHECKING:
    import pandas as pd

Rows = Sequence[Mapping[str, object]]


class Tabular(ABC):
    """A result that can be had as a data frame, as plain values and as text."""

    @abstractmethod
    def tables(self) -> Mapping[str, Rows]:
        """Return every table by its name, rows as dictionaries with None for what is missing."""

    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """Return one table as a data frame.

        Parameters
        ----------
        name : str, optional
            A name of `tables()`; the main table by default.

        Raises
        ------
        UnknownName
            If there is no table of that name.
        """
        import pandas as pd

        tables = self.tables()
        if name is not None and name not in tables:
            raise UnknownName(f"table of a {type(self).__name__}", name, tables)
        return pd.DataFrame(tables[next(iter(tables)) if name is None else name])

    def to_dict(self) -> dict[str, list[dict[str, object]]]:
        """Return every table by its name as a list of rows, None for what is missing."""
        return {name: [dict(row) for row in rows] for name, rows in self.tables().items()}
