"""The house: its map is true, its rooms are small, its files open with what they are."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = [p for folder in ("bayes", "models") for p in sorted((ROOT / folder).rglob("*.py"))]
TOP = {
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "CHANGELOG.md",
    "CITATION.cff",
    "Makefile",
    "bayes",
    "models",
    "notebooks",
    "tests",
}
MADE = {"results", "build", "dist"}  # what a run makes; ignored by git


def test_nothing_else_at_the_top():
    assert {
        p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")
    } <= TOP | MADE


def test_the_readmes_map_names_every_module():
    text = (ROOT / "README.md").read_text()
    missing = [
        p.relative_to(ROOT) for p in SOURCES if p.stem not in ("__init__", "__main__") and f"{p.stem}.py" not in text
    ]
    assert not [m for m in missing if "cli" not in m.parts]
    named = set(re.findall(r"\b([a-z_]+\.py)\b", text))
    assert named <= {p.name for p in [*SOURCES, *ROOT.glob("tests/**/*.py")]} | {"my_likelihood.py"}


def test_every_module_has_its_layer():
    layers = (ROOT / "pyproject.toml").read_text()
    for path in (ROOT / "bayes").glob("[!_]*.py"):
        assert f"bayes.{path.stem}" in layers, path


def test_every_module_says_what_it_is_and_stays_small():
    for path in SOURCES:
        text = path.read_text()
        assert ast.get_docstring(ast.parse(text)), path
        assert text.count("\n") <= 350, path


def test_every_likelihood_states_its_mathematics():
    for path in (ROOT / "models" / "likelihoods").glob("[!_]*.py"):
        text = ast.get_docstring(ast.parse(path.read_text()))
        assert "Known" in text and "stimated" in text and "~" in text, path


def test_public_functions_are_documented():
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            if (
                isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and len(node.body) > 3
            ):
                assert ast.get_docstring(node) or path.name == "rules.py", f"{path}: {node.name}"


def test_posterior_intervals_are_never_called_confidence():
    for path in [*SOURCES, ROOT / "README.md"]:
        assert "confidence interval" not in path.read_text().lower(), path
