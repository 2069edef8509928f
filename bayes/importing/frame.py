"""A data frame as a document, so that every reader of separated text can read it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from bayes.importing.source import Source

if TYPE_CHECKING:
    import pandas as pd

NAME = "data_frame.csv"


class FrameSource(Source):
    """A data frame in memory.

    Parameters
    ----------
    frame : pandas.DataFrame
        Its name in the ledger is `frame.attrs["name"]`, if it has one.
    """

    frame: pd.DataFrame

    def __init__(self, frame: pd.DataFrame) -> None:
        name = frame.attrs.get("name")
        super().__init__(f"{name}.csv" if isinstance(name, str) and name else NAME, self._as_text)
        object.__setattr__(self, "frame", frame)

    def _as_text(self) -> io.BytesIO:
        return io.BytesIO(self.frame.to_csv(index=False).encode())
