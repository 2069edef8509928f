"""The record of all cases, tests/reference/sbc.json, written by `python tests/calibration/sbc`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

from calibration.sbc.judged import BAND, LEVELS, Judgement, Ranks

FILE = Path(__file__).parents[2] / "reference" / "sbc.json"
PACKAGES = ("pymc", "nutpie", "numpy", "scipy")
ROUTES = ("exact", "sampled")


@dataclass(frozen=True)
class Run:
    """The simulations of a case by one route.

    Attributes
    ----------
    first : Judgement
    again : Judgement or None
        Of four times as many under another seed, where a statistic of the first was outside its band.
    redrawn : float
        The share of truths whose reports were not of the kind that the design asks for.
    sources : str
        As `sources.hash_of`.
    seconds : int
        Of one core.
    """

    first: Judgement
    again: Judgement | None
    redrawn: float
    sources: str
    seconds: int

    @property
    def faults(self) -> tuple[str, ...]:
        """The statistics that were outside their bands in both runs."""
        return () if self.again is None else tuple(name for name in self.first.outside if name in self.again.outside)

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """Both runs, or the only one."""
        return (self.first,) if self.again is None else (self.first, self.again)


@dataclass(frozen=True)
class Record:
    """Every run by case and route, with the date, the seeds and the versions of the packages it was made with."""

    date: str
    seeds: tuple[int, int]
    versions: Mapping[str, str]
    runs: Mapping[tuple[str, str], Run]

    @property
    def statistics(self) -> int:
        """The number of statistics of first runs."""
        return sum(len(run.first.p_values) for run in self.runs.values())

    @property
    def outside(self) -> int:
        """How many of them were outside their 99% bands."""
        return sum(len(run.first.outside) for run in self.runs.values())

    @property
    def by_chance(self) -> float:
        """How many would be by chance, at most: the bands of counts cover at least 99%."""
        return BAND * self.statistics


def read() -> Record:
    """Return the record."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))
    runs = {
        (name, route): Run(_read(run), _read(run["again"]) if "again" in run else None, run["redrawn"], run["sources"], run["seconds"])
        for name, routes in stored["cases"].items()
        for route, run in routes.items()
    }
    return Record(stored["date"], tuple(stored["seeds"]), stored["versions"], runs)


def write(runs: Mapping[tuple[str, str], Run], seeds: tuple[int, int], order: list[str]) -> None:
    """Write the record, a line for each run; cases that no longer exist are left out."""
    made = {"date": date.today().isoformat(), "seeds": list(seeds), "versions": {name: version(name) for name in PACKAGES}}
    made["columns"] = [*(f"held by {level:.0%} intervals" for level in LEVELS), "p of the histogram of ranks", "p of their distribution"]
    lines = [f' "{key}": {json.dumps(value)}' for key, value in made.items()]
    cases = []
    for name in order:
        routes = [f'   "{route}": {json.dumps(_stored(runs[name, route]))}' for route in ROUTES if (name, route) in runs]
        cases += [f"  {json.dumps(name)}: {{\n" + ",\n".join(routes) + "\n  }"] if routes else []
    lines.append(' "cases": {\n' + ",\n".join(cases) + "\n }")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def _stored(run: Run) -> dict[str, Any]:
    """Return a run as JSON values."""
    found = _judgement(run.first) | {"redrawn": round(run.redrawn, 3), "seconds": run.seconds, "sources": run.sources}
    return found if run.again is None else found | {"again": _judgement(run.again)}


def _judgement(judgement: Judgement) -> dict[str, Any]:
    ranks = {name: [*r.covered, float(f"{r.chi_square:.3g}"), float(f"{r.ecdf:.3g}")] for name, r in judgement.ranks.items()}
    return {"n": judgement.n, "ranks": ranks, "bias": round(judgement.bias, 4), "z": round(judgement.z, 2), "divergent": judgement.divergent}


def _read(stored: Mapping[str, Any]) -> Judgement:
    """Return a judgement from JSON values."""
    ranks = {name: Ranks(tuple(row[: len(LEVELS)]), row[-2], row[-1]) for name, row in stored["ranks"].items()}
    return Judgement(stored["n"], ranks, stored["bias"], stored["z"], stored["divergent"])
