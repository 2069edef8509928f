"""The scripts behind the reference answers: every file has one, and the deterministic answers come out again.

All cases are regenerated, which takes a few seconds. The R scripts cannot run here; what they must say of themselves is
held instead.
"""

import ast
import importlib
import json
import sys
from pathlib import Path

import pytest
from support.paths import TESTS

HERE = TESTS
REFERENCE = HERE / "reference"
FILES = sorted(REFERENCE.glob("*.json"))
SCRIPTS = [*REFERENCE.glob("*.py"), *REFERENCE.glob("*.R"), *(HERE / "calibration").rglob("*.py"), *(HERE / "faults").glob("*.py"), *(HERE / "fuzz").glob("*.py"), *(HERE / "mutation").glob("*.py")]
sys.path.insert(0, str(REFERENCE))  # as for a script that is run from there
deterministic = importlib.import_module("deterministic")
RECORD = json.loads(deterministic.FILE.read_text())


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_reference_file_has_a_script_that_names_it(file):
    assert [path.name for path in SCRIPTS if file.name in path.read_text(encoding="utf-8")]


@pytest.mark.slow
def test_the_deterministic_answers_come_out_again(capsys):
    """A line for each case, all within tolerance, and a line for each value that is not regenerated."""
    code = deterministic.main([])
    lines = capsys.readouterr().out.splitlines()
    assert code == 0, "\n".join(lines)
    cases = [line.split()[0] for line in lines if " values, largest difference " in line]
    assert cases == list(RECORD["cases"])
    left_out = [line.split()[2:4] for line in lines if line.startswith("not regenerated: ")]
    assert left_out == [[name, f"{key}:"] for name, key in deterministic.NOT_REGENERATED]


def test_the_file_says_what_is_not_regenerated():
    stated = RECORD["regenerated"]
    assert stated["not_regenerated"] == {
        f"{name}: {key}": why for (name, key), why in deterministic.NOT_REGENERATED.items()
    }
    assert set(stated["versions"]) == {"python", "numpy", "scipy"}
    for name, key in deterministic.NOT_REGENERATED:
        assert key in RECORD["cases"][name]["expect"]


@pytest.fixture
def one_case(tmp_path, monkeypatch):
    """A file with a single cheap case of known name, and a way to change what it expects."""
    file = tmp_path / "deterministic.json"
    monkeypatch.setattr(deterministic, "FILE", file)
    monkeypatch.setattr(deterministic, "NOT_REGENERATED", {})
    case = json.loads(json.dumps(RECORD["cases"]["c-mean-sd-delta"]))

    def expecting(**changed) -> Path:
        case["expect"] |= changed
        file.write_text(json.dumps({"provenance": "a test", "cases": {"c-mean-sd-delta": case}}))
        return file

    return expecting


def test_a_wrong_value_is_reported_and_never_overwritten(one_case, capsys):
    file = one_case(approx_mean=-0.2653)
    before = file.read_text()
    assert deterministic.main(["--write"]) == 1
    assert "approx_mean of c-mean-sd-delta" in capsys.readouterr().out
    assert file.read_text() == before


def test_writing_improves_a_value_within_its_tolerance(one_case):
    true = RECORD["cases"]["c-mean-sd-delta"]["expect"]
    file = one_case(approx_mean=true["approx_mean"] + 5e-7)
    assert deterministic.main(["--write"]) == 0
    written = json.loads(file.read_text())
    assert written["cases"]["c-mean-sd-delta"]["expect"] == pytest.approx(true, abs=2e-10)
    assert written["regenerated"]["script"] == "tests/reference/deterministic.py"


def test_a_value_without_a_calculation_is_an_error(one_case):
    one_case(p_miracle=0.5)
    with pytest.raises(KeyError, match="p_miracle"):
        deterministic.main([])


def test_the_answers_share_no_code_with_the_package():
    for path in (deterministic.__file__, *sorted((REFERENCE / "families").glob("*.py"))):
        for node in ast.walk(ast.parse(Path(path).read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            roots = {name.split(".")[0] for name in names}
            assert roots <= {"numpy", "scipy", "families"} | sys.stdlib_module_names, path


@pytest.mark.parametrize("name", ["deterministic.R", "adverse_events.R"])
def test_the_scripts_in_r_say_where_their_numbers_are_from(name):
    text = (REFERENCE / name).read_text(encoding="utf-8")
    header = text[: text.index("library(")]
    assert "Not run in this repository's CI" in header and "R 4.2.2" in header
    packages = {
        "deterministic.R": ["bayesmeta 3.4", "RBesT 1.7-2", "rmsb 0.1.0", "brms 2.18.0"],
        "adverse_events.R": ["c212 1.0.1"],
    }
    assert all(package in header for package in packages[name])
