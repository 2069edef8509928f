"""The Parquet files of a corpus: the columns of the summary, and a few of their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, get_args, get_type_hints

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bayes.posterior.row import SummaryRow

COMPRESSION = "zstd"
ROW_GROUP = (
    1 << 15
)  # rows after which a group of a file is written: what is known of each column of a group takes memory


class OfResults:
    """The columns of corpus.parquet besides those of the summary."""

    id: Annotated[str, "id of the result"]
    source: Annotated[str, "the file it is from"]
    row: Annotated[int, "its row there, from 1"]
    error: Annotated[float, "estimated error of a probability by this quadrature"]


class OfAnalyses:
    """The columns of analyses.parquet besides those of the summary."""

    analysis: Annotated[str, "id of the meta-analysis"]
    source: Annotated[str, "the file it is from"]
    row: Annotated[int, "the row of its first study there, from 1"]
    trials: Annotated[int, "number of studies"]
    field: Annotated[str, "Cochrane field, as stated"]
    outcome_class: Annotated[str, "class of the outcome in the published tables, as stated"]
    comparison: Annotated[str, "comparison in the published tables, as stated"]
    year: Annotated[float, "year of its latest study"]
    error: Annotated[float, "estimated error of a probability by this quadrature"]
    normal_mean: Annotated[float, "of counts: the mean by the normal approximation of their log odds ratios"]
    normal_sd: Annotated[float, "of counts: the sd by that approximation"]
    normal_p_benefit: Annotated[float, "of counts: p_benefit by that approximation"]


class OfStudies:
    """The columns of studies.parquet."""

    analysis: Annotated[str, "id of the meta-analysis"]
    study: Annotated[str, "id of the study"]
    source: Annotated[str, "the file it is from"]
    row: Annotated[int, "its row there, from 1"]
    year: Annotated[float, "year of the study"]
    prior: Annotated[str, "name of the prior of mu"]
    heterogeneity: Annotated[str, "name of the prior of tau"]
    measure: Annotated[str, "measure of effect"]
    benefit: Annotated[str, "direction of the effect that is good for the patient"]
    y: Annotated[float, "its estimate, analysis scale; of counts with half a patient in every cell if one is empty"]
    s: Annotated[float, "standard error of that estimate, analysis scale"]
    mean: Annotated[float, "posterior mean of its own effect (shrunken), analysis scale"]
    sd: Annotated[float, "posterior sd of its own effect, analysis scale"]
    shrinkage: Annotated[float, "weight of mu in it, rather than of its report: posterior mean of s^2 / (s^2 + tau^2)"]
    left_out_mean: Annotated[float, "mean of mu without the study, analysis scale"]
    left_out_sd: Annotated[float, "sd of mu without the study, analysis scale"]
    left_out_p_benefit: Annotated[float, "P(benefit) of mu without the study"]


ARROW = {str: pa.string(), float: pa.float64(), int: pa.int64(), bool: pa.bool_()}


def _fields(record: type) -> Iterable[pa.Field]:
    """Yield a field for every annotation of a record, from its type without None."""
    for name, hint in get_type_hints(record).items():
        kinds = [kind for kind in (get_args(hint) or (hint,)) if kind is not type(None)]
        yield pa.field(name, ARROW[kinds[0]])


def _joined(own: type) -> pa.Schema:
    """Return the columns of the summary and, after them, those that it lacks."""
    summary = list(_fields(SummaryRow))
    names = {field.name for field in summary}
    return pa.schema([*summary, *(field for field in _fields(own) if field.name not in names)])


RESULTS, ANALYSES, STUDIES = _joined(OfResults), _joined(OfAnalyses), pa.schema(list(_fields(OfStudies)))
REJECTED = pa.schema([("source", pa.string()), ("row", pa.int64()), ("id", pa.string()), ("reason", pa.string())])
type Values = NDArray[np.generic] | Sequence[object] | str | float | int | None


def table_of(schema: pa.Schema, rows: int, columns: Mapping[str, Values]) -> pa.Table:
    """Return a table of a schema; a single value stands for every row, and what is not given is missing.

    Parameters
    ----------
    schema : Schema
    rows : int
    columns : mapping of str to array, sequence or value
        NaN is missing.
    """
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(rows, field.type))
        elif isinstance(values, np.ndarray) and values.dtype.kind == "f":
            arrays.append(pa.array(values, field.type, from_pandas=True))
        elif isinstance(values, str | float | int | bool):
            arrays.append(pa.repeat(pa.scalar(values, field.type), rows))
        else:
            arrays.append(pa.array(values, field.type))
    return pa.Table.from_arrays(arrays, schema=schema)


def write(tables: Iterable[pa.Table], schema: pa.Schema, path: Path) -> int:
    """Write tables one after the other, several of them to a row group; return the number of rows."""
    rows = 0
    with pq.ParquetWriter(path, schema, compression=COMPRESSION) as writer:
        waiting: list[pa.Table] = []
        for table in tables:
            waiting.append(table)
            rows += table.num_rows
            if sum(one.num_rows for one in waiting) >= ROW_GROUP:
                writer.write_table(pa.concat_tables(waiting).combine_chunks(), row_group_size=None)
                waiting = []
        if sum(one.num_rows for one in waiting):
            writer.write_table(pa.concat_tables(waiting).combine_chunks(), row_group_size=None)
    return rows
