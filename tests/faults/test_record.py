"""The record of fifty kills belongs to these sources, and every row of the table of faults names what is there."""

import json
import re

from support.faults import sources
from support.paths import ROOT

HERE = ROOT / "tests" / "faults"
RECORD = json.loads((ROOT / "tests" / "reference" / "kills.json").read_text())


def test_fifty_kills_left_no_trace():
    kills = RECORD["kills"]
    assert kills["parent"] + kills["worker"] >= 50 and min(kills["parent"], kills["worker"]) >= 10
    assert RECORD["differences"] == []


def test_the_record_is_of_these_sources():
    assert RECORD["sources"] == sources(), "changed since: run python tests/faults/kills.py"


def test_every_row_of_the_table_names_a_test_or_a_file():
    rows = [line for line in (HERE / "README.md").read_text().splitlines() if line.startswith("| ")][1:]
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    named = [re.findall(r"`([^`]+)`", row.rpartition("|")[0].rpartition("|")[2]) for row in rows]
    assert len(rows) > 10 and all(named)
    for name in (name for row in named for name in row):
        found = f"def {name}(" in tests if name.startswith("test_") and not name.endswith(".py") else list((ROOT / "tests").rglob(name.rpartition("/")[2]))
        assert found, name
