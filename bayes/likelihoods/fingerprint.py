"""The fingerprint of the model files that a posterior depends on, read by path without importing them."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bayes.likelihoods.effect_structures import structures
from bayes.likelihoods.registry import known
from bayes.likelihoods.sources import PACKAGE, model_file

DOCUMENTED = (ast.Module, ast.FunctionDef, ast.ClassDef)


@cache
def source_hash(structure: str, likelihoods: tuple[str, ...]) -> str:
    """Return the SHA-256 of the model files a posterior depends on.

    Docstrings, comments, layout, imports and the location of the files do not change it.

    Parameters
    ----------
    structure : str
        An effect structure, a file of `models/structures`.
    likelihoods : tuple of str
    """
    files = _files(structure, likelihoods)
    sources = {name.rpartition(".")[2]: _read(path).computed for name, path in files.items()}
    text = "\n".join(f"# {name}\n{source}" for name, source in sorted(sources.items()))
    return hashlib.sha256(text.encode()).hexdigest()


def model_files(structure: str, likelihoods: tuple[str, ...]) -> list[Path]:
    """Return the model files a posterior depends on: its structure, its likelihoods and the model files they import.

    Parameters
    ----------
    structure, likelihoods
        As in `source_hash`.
    """
    return [*_files(structure, likelihoods).values()]


@dataclass(frozen=True, slots=True)
class _Source:
    """What a model file computes, and the files of the package from which it imports."""

    computed: str
    imported: tuple[str, ...]


@cache
def _read(path: Path) -> _Source:
    """Read a model file, most of which several likelihoods share."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    return _Source(ast.unparse(_what_is_computed(tree, nodes)), tuple(_imported(nodes)))


def _files(structure: str, likelihoods: tuple[str, ...]) -> dict[str, Path]:
    """Return the model files that a posterior depends on, by their names within the package."""
    waiting = [f"structures.{structure}", *(f"likelihoods.{name}" for name in likelihoods)]
    if _path(waiting[0]) != model_file(waiting[0]):  # a structure from outside changes one part of this one
        waiting.append("structures.random_effects")
    seen: dict[str, Path] = {}
    while waiting:
        name = waiting.pop(0)
        if name not in seen:
            seen[name] = _path(name)
            waiting += [n for n in _read(seen[name]).imported if _path(n).is_file()]
    return seen


def _path(name: str) -> Path:
    """Return the path of a model file by its name within the package, or of a likelihood from outside it."""
    likelihood = known().get(name.removeprefix("likelihoods."))
    structure = structures().get(name.removeprefix("structures."))
    if structure is not None and structure.source is not None:
        return structure.source
    return model_file(name) if likelihood is None else likelihood.file


def _imported(nodes: Iterable[ast.AST]) -> list[str]:
    """Return the files of the package that a file imports from, as names relative to the package."""
    names = []
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(f"{PACKAGE}."):
            place = (node.module or "").removeprefix(f"{PACKAGE}.")
            names += [place, *(f"{place}.{alias.name}" for alias in node.names)]
    return names


def _what_is_computed(tree: ast.Module, nodes: Iterable[ast.AST]) -> ast.Module:
    """Remove docstrings, imports and the card from a file: imported model files are hashed separately."""
    tree.body = [node for node in tree.body if not (isinstance(node, ast.Import | ast.ImportFrom) or _is_card(node))]
    for node in nodes:
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _is_card(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "CARD"
