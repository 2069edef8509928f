"""What is imported is declared, with a lower bound; and whatever that brings along has a version in .constraints.txt."""

import ast
import re
import sys
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from support.paths import ROOT

from bayes.results import software

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
OWN = {"bayes", "models"}
# Modules under another name than their distribution, and those that come with one that is declared.
NAMES = {"docx": "python-docx", "markdown_it": "markdown-it-py"}
WITH = {"pydantic_core": "pydantic", "markupsafe": "jinja2", "arviz_stats": "arviz", "lxml": "python-docx", "h5py": "h5netcdf"}
OF_OLDER = {"pytz"}  # what a version that is older than the one in .constraints.txt needs: pandas before 3


def declared() -> dict[str, Requirement]:
    extras = PROJECT["optional-dependencies"].values()
    found = map(Requirement, [*PROJECT["dependencies"], *(text for extra in extras for text in extra)])
    return {canonicalize_name(one.name): one for one in found}


def imported() -> set[str]:
    found = set()
    for path in (*(ROOT / "bayes").rglob("*.py"), *(ROOT / "models").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - OWN


def test_whatever_is_imported_is_declared():
    known = declared()
    lacking = {name for name in imported() if canonicalize_name(NAMES.get(name, WITH.get(name, name))) not in known}
    assert not lacking
    used = {canonicalize_name(NAMES.get(name, WITH.get(name, name))) for name in imported()}
    assert set(known) == used, "declared and not imported"


def test_everything_declared_has_a_lower_bound():
    assert all(any(one.operator == ">=" for one in needed.specifier) for needed in declared().values())


def test_everything_needed_has_a_version():
    lines = (ROOT / ".constraints.txt").read_text().splitlines()
    pinned = {canonicalize_name(line.partition("==")[0]) for line in lines if re.match(r"[^#]+==", line)}
    needed = {name for name, _ in software.needed([Requirement(f"{software.NAME}[dask]")])} - {software.NAME}
    assert len(needed) > 50 and not needed - pinned - OF_OLDER
