"""The house: its map is true, its rooms are small, its files open with what they are."""

import ast
import importlib
import inspect
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.paths import ROOT

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

# Idioms of a translated text, and the folders whose prose has been edited: add yours when it is free of them.
IDIOMS = (
    r"\banew\b",
    r"(?<!\bthere )\bis no (?!(?:longer|worse|reason)\b)",
    r"\bstands there\b",
    r"\bwithout a word\b",
    r"\bof itself\b",
    r"\bsays of\b",
    r", too\b(?! (?:few|many|much|large|small|wide|narrow)\b)",
    r"\b(?:nobody|everybody)\b",
    r"\bspeaks? (?:of|for)\b",
    r"\b(?:is|are|be) told\b",
    r"\bis said of\b",
)
OPENINGS = r"(?:That|Whether|Of)\b"  # of a docstring: "Return whether ..." has a verb
EDITED = ("bayes/", "models/")


def test_nothing_else_at_the_top():
    assert {
        p.name for p in ROOT.iterdir() if not p.name.startswith(".") and not p.name.endswith(".egg-info")
    } <= TOP | MADE


def test_the_readmes_map_is_what_the_folders_say_of_themselves():
    text = (ROOT / "README.md").read_text()
    the_map = text[text.index("## Map of the house") :].split("```")[1]
    found = {line.split(maxsplit=1)[0]: line.split(maxsplit=1)[1] for line in the_map.strip().splitlines()}
    folders = [p for p in (ROOT / "bayes").iterdir() if (p / "__init__.py").is_file()] + [ROOT / "models"]
    said = {f"{p.relative_to(ROOT)}/": ast.get_docstring(ast.parse((p / "__init__.py").read_text())) for p in folders}
    assert found == {name: words.splitlines()[0] for name, words in said.items()}


def test_ls_reads_as_an_abstract():
    assert len([p for p in (ROOT / "bayes").iterdir() if p.name != "__pycache__"]) <= 27


def test_the_text_names_no_module_that_is_not_there():
    named = set(re.findall(r"\b([a-z_]+\.py)\b", (ROOT / "README.md").read_text()))
    assert named <= {p.name for p in [*SOURCES, *ROOT.glob("tests/**/*.py")]} | {"my_likelihood.py"}


def test_who_may_name_the_models():
    """The import linter does not follow their published name."""
    allowed = ("models", "bayes/sampler", "bayes/likelihoods", "bayes/fitting/textbook.py", "bayes/results/software.py")
    for path in SOURCES:
        place = path.relative_to(ROOT).as_posix()
        if "bayes.models" in path.read_text():
            assert place.startswith(allowed), place


def test_no_module_has_the_name_of_a_public_function():
    """`import bayes.x.fit` would put the module where the function was."""
    import bayes
    from bayes import plots, sensitivity

    public = {n for home in (bayes, plots, sensitivity) for n in home.__all__ if callable(getattr(home, n))}
    assert not {p.stem for p in SOURCES} & public


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
                assert ast.get_docstring(node), f"{path}: {node.name}"


def prose(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every docstring, other string and comment of a file."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, " ".join(node.value.split())
    with tokenize.open(path) as file:
        for token in tokenize.generate_tokens(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string


@pytest.mark.slow
def test_the_prose_of_edited_folders_has_no_translated_idioms():
    """Messages say what is wrong, then what is accepted; docstrings begin with a verb, or a noun with its article."""
    found = []
    for path in SOURCES:
        place = path.relative_to(ROOT).as_posix()
        if not place.startswith(EDITED):
            continue
        for line, text in prose(path):
            found += [f"{place}:{line}: {hit[0]!r}" for idiom in IDIOMS for hit in re.finditer(idiom, text, re.I)]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                if opening := re.match(OPENINGS, ast.get_docstring(node) or ""):
                    found.append(f"{place}:{getattr(node, 'lineno', 1)}: docstring opens with {opening[0]!r}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", [p for folder in ("benchmarks", "calibration", "fuzz", "faults", "mutation") for p in sorted((ROOT / "tests" / folder).rglob("*.py"))], ids=lambda p: p.name)
def test_a_script_that_runs_by_hand_names_only_what_there_is(path):
    """Calibrations and benchmarks are not run here: a name that has moved would be found when an hour was planned."""
    tree = ast.parse(path.read_text())
    imported = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("bayes"):
            module = importlib.import_module(node.module)
            for name in node.names:
                if not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")
                imported[name.asname or name.name] = getattr(module, name.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = imported.get(node.value.id)
            assert not inspect.ismodule(owner) or hasattr(owner, node.attr), f"{node.value.id}.{node.attr}"


def test_posterior_intervals_are_never_called_confidence():
    for path in [*SOURCES, ROOT / "README.md"]:
        assert "confidence interval" not in path.read_text().lower(), path
