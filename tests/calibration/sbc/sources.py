"""The hash of everything that a case rests on: its design, its simulator, and the sources of its posterior."""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from calibration.sbc.case import JOINT, Case

from bayes.likelihoods.effect_structures import structure_card
from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.registry import card_of

Route = Literal["exact", "sampled"]
QUADRATURE = "bayes.quadrature"
INTEGRALS = {"single_trial": ("tabled:table",), "independent_arms": ("arms:effect_of_arms",)}
INTEGRALS |= dict.fromkeys(JOINT, ("plane:make_plane", "synthesis:integrate_synthesis"))


def hash_of(case: Case, route: Route) -> str:
    """Return the SHA-256 of a case by one route, so that a change of one likelihood makes only its own cases stale.

    Parameters
    ----------
    case : Case
    route : {"exact", "sampled"}
        By quadrature: whatever of its modules the curve of the likelihood and the integral of the structure reach. By
        NUTS: the model files of both.
    """
    parts = [json.dumps(case.described, sort_keys=True), *_reached([_of_simulator(case)], "calibration.sbc")]
    if route == "sampled":
        own = (case.likelihood,) if case.structure in ("single_trial", *JOINT) else ()
        parts.append(source_hash(structure_card(case.structure).file_name, own))
    else:
        parts += _reached(_of_quadrature(case), QUADRATURE)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _of_simulator(case: Case) -> tuple[str, str]:
    """Return module and name of the simulator of a case."""
    return case.kind.simulate.__module__, case.kind.simulate.__name__


def _of_quadrature(case: Case) -> list[tuple[str, str]]:
    """Return module and name of the functions by which the quadrature answers a case."""
    named = [f"{QUADRATURE}.{name}" for name in INTEGRALS[case.structure]]
    curve = card_of(case.likelihood).curve
    named += [curve] if isinstance(curve, str) and case.structure != "independent_arms" else []
    return [(module, name) for module, _, name in (one.partition(":") for one in named)]


def _reached(names: list[tuple[str, str]], package: str) -> list[str]:
    """Return the sources of whatever these names of a package use in it, directly or not, in the order of their places."""
    waiting, seen = list(names), set()
    while waiting:
        module, name = waiting.pop()
        here = _defined(module)
        if (module, name) in seen:
            continue
        if "." in name:  # of a module that is imported whole
            alias, _, attribute = name.partition(".")
            parent, of_module = here.imported[alias][0], ".".join(here.imported[alias])
            waiting += [(of_module, attribute)] if parent == package and importlib.util.find_spec(of_module) else []
        elif name in here.imported:
            waiting += [here.imported[name]] if here.imported[name][0].startswith(package) else []
        elif name in here.source:
            seen.add((module, name))
            waiting += [(module, used) for used in here.used[name]]
    return [f"{module}:{name}\n{_defined(module).source[name]}" for module, name in sorted(seen)]


@dataclass(frozen=True)
class _Module:
    """What a module defines at its top level, without docstrings and comments, and what each definition names."""

    source: Mapping[str, str]
    used: Mapping[str, frozenset[str]]
    imported: Mapping[str, tuple[str, str]]


@cache
def _defined(module: str) -> _Module:
    """Read a module."""
    tree = ast.parse(_text(module))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    source: dict[str, str] = {}
    used: dict[str, frozenset[str]] = {}
    imported: dict[str, tuple[str, str]] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            imported |= {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []
        names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else [n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)]
        for name in names:
            source[name] = source.get(name, "") + ast.unparse(node)
            used[name] = used.get(name, frozenset()) | {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
            used[name] |= {f"{n.value.id}.{n.attr}" for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id in imported}
    return _Module(source, used, imported)


def _text(module: str) -> str:
    """Return the source of a module."""
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(module)
    return Path(spec.origin).read_text(encoding="utf-8")
