"""The hash of everything that a case rests on: its design, its simulator, and the sources of its posterior."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from functools import cache
from pathlib import Path
from typing import Literal

from calibration.sbc.case import JOINT, Case

from bayes.likelihoods.effect_structures import structure_card
from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.registry import card_of

Route = Literal["exact", "sampled"]
QUADRATURE = "bayes.quadrature."
INTEGRALS = {"single_trial": ("tabled",), "independent_arms": ("arms",)} | dict.fromkeys(JOINT, ("plane", "synthesis"))


def hash_of(case: Case, route: Route) -> str:
    """Return the SHA-256 of a case by one route, so that a change of one likelihood makes only its own cases stale.

    Parameters
    ----------
    case : Case
    route : {"exact", "sampled"}
        By quadrature: its modules, from the curve of the likelihood and the integral of the structure on. By NUTS: the
        model files of both.
    """
    parts = [json.dumps(case.described, sort_keys=True), _computed(_path(case.kind.simulate.__module__))]
    if route == "sampled":
        own = (case.likelihood,) if case.structure in ("single_trial", *JOINT) else ()
        parts.append(source_hash(structure_card(case.structure).file_name, own))
    else:
        parts += [_computed(path) for path in _quadrature(case)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _quadrature(case: Case) -> list[Path]:
    """Return the modules of the quadrature that the posterior of a case needs, in the order of their names."""
    waiting = [f"{QUADRATURE}{name}" for name in INTEGRALS[case.structure]]
    curve = card_of(case.likelihood).curve
    if isinstance(curve, str) and case.structure != "independent_arms":
        waiting.append(curve.partition(":")[0])
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _imported(_path(name))
    return [_path(name) for name in sorted(seen)]


@cache
def _path(module: str) -> Path:
    """Return the file of a module."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin)


@cache
def _imported(path: Path) -> list[str]:
    """Return the modules of the quadrature that a file imports from."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    named = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    return [name for name in named if name.startswith(QUADRATURE)]


@cache
def _computed(path: Path) -> str:
    """Return what a file computes: its source without docstrings, comments, layout and imports."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)
