"""The rows of a corpus that cannot be used, each with its place and the reason."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from bayes.corpus.evidence import Reasons
from bayes.corpus.parquet import REJECTED
from bayes.corpus.reading import Block


@dataclass(frozen=True)
class Rejected:
    """Rejected rows as a table with the columns source, row, id and reason."""

    table: pa.Table

    @classmethod
    def of(cls, block: Block, reasons: Reasons, name: str) -> Rejected:
        """Collect the rejected rows of a block.

        Parameters
        ----------
        block : Block
        reasons : Reasons
        name : str
            The column that holds their id.
        """
        rows = reasons.rows
        ids = block.frame[name].to_numpy()
        columns = {
            "source": [block.source] * len(rows),
            "row": (rows + block.first).tolist(),
            "id": [None if ids[row] is None else str(ids[row]) for row in rows],
            "reason": ["; ".join(dict.fromkeys(reasons.said[int(row)])) for row in rows],
        }
        return cls(pa.table(columns, schema=REJECTED))
