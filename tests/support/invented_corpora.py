"""Small invented corpora with planted answers, written as `bayes regenerate` writes them."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from bayes.corpus.parquet import ANALYSES, RESULTS, STUDIES, table_of, write

KEEP = {"measure": "odds_ratio", "scale": "log", "benefit": "lower", "null": 1.0, "status": "ok", "source": "invented.csv"}
Row = Mapping[str, object]


def answer(p: float, harm: float | None = None, **more: object) -> dict[str, object]:
    """Return a row with P(benefit), and P(harm) as its complement; benefit is a negative effect with an sd of 0.5."""
    row = {"p_benefit": p, "p_harm": 1 - p if harm is None else harm, "mean": -1.0, "sd": 0.5, "ci_low": -2.0, "ci_high": 0.0}
    return {**KEEP, **row, **more}


def results(folder: Path, rows: Iterable[Row], without: tuple[str, ...] = ()) -> Path:
    """Write corpus.parquet, a row group per thousand rows, without some columns."""
    return _written(folder / "corpus.parquet", RESULTS, [{"parameter": "effect", **row} for row in rows], without)


def analyses(folder: Path, rows: Iterable[Row], studies: Iterable[Row] = (), without: tuple[str, ...] = ()) -> Path:
    """Write analyses.parquet and studies.parquet."""
    _written(folder / "studies.parquet", STUDIES, list(studies), ())
    return _written(folder / "analyses.parquet", ANALYSES, [{"parameter": "mu", "trials": 3, **row} for row in rows], without)


def _written(path: Path, schema, rows: list[Row], without: tuple[str, ...]) -> Path:
    kept = [name for name in schema.names if name not in without]
    groups, at = [], 0
    while at < len(rows):  # never splits a subject
        end = min(at + 1000, len(rows))
        while end < len(rows) and rows[end]["row"] == rows[end - 1]["row"]:
            end += 1
        group = rows[at:end]
        columns = {name: [row.get(name) for row in group] for name in schema.names}
        groups.append(table_of(schema, len(group), columns).select(kept))
        at = end
    reduced = table_of(schema, 0, {}).select(kept).schema
    write(groups, reduced, path)
    return path.parent
