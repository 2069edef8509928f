"""Write the sources of the reference: a page per public module, the command line, the models, and the methods.

No public name stands here. A page of a module follows its `__all__`, the page of models follows the files in their
folders, and the command line is what click says of itself.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path
from types import ModuleType

import methods
from docstrings import house_to_rst, with_links
from public import ELSEWHERE, addresses, names_by_kind, public_modules

import bayes.models
from bayes.likelihoods.registry import card_of

DIRECTIVES = {
    "Functions": "autofunction",
    "Classes": "autoclass",
    "Exceptions": "autoexception",
    "Constants": "autodata",
}


def write_sources(folder: Path) -> None:
    """Write every page into an empty folder."""
    pages = {module.__name__: module_page(module) for module in public_modules()}
    pages |= {"command-line": command_line_page(), "models": models_page()}
    (folder / "methods.md").write_text(methods.page(), encoding="utf-8")
    for name, text in (pages | {"index": front_page()}).items():
        (folder / f"{name}.rst").write_text(text, encoding="utf-8")


def front_page() -> str:
    """The way in: what stands where, in the words of the modules themselves."""
    said = {module.__name__: first_line(module) for module in public_modules()}
    said["bayes"] = "Reading what was printed, fitting it, and joining trials."
    said |= {
        "command-line": "The command ``bayes``, verb by verb.",
        "models": first_line(bayes.models),
        "methods": "What is computed, by which formula, under which default, and on whose authority.",
    }
    text = (
        "What the package ``bayes`` offers, from its docstrings. How to begin is in the README, and the notebooks are "
        "a course; here are the details."
    )
    entries = [line for page, words in said.items() for line in (f":doc:`{page}`", f"    {words}", "")]
    tree = [".. toctree::", "   :hidden:", "", *(f"   {page}" for page in said), ""]
    return "\n".join([*heading(first_line(bayes).rstrip("."), "="), text, "", *entries, *tree])


def module_page(module: ModuleType) -> str:
    """What the module says of itself, a table of its names, then each of them."""
    name, kinds = module.__name__, names_by_kind(module)
    lines = [*heading(name, "="), f".. py:module:: {name}", "", f".. currentmodule:: {name}", ""]
    lines += [*with_links(house_to_rst(inspect.getdoc(module)), addresses(module)), ""]
    for kind, names in kinds.items():
        lines += heading(kind, "-")
        if kind == ELSEWHERE:
            lines += [f"- :py:obj:`{name} <{addresses(module)[name]}>`" for name in names]
            continue
        if kind != "Constants":
            lines += [".. autosummary::", "   :nosignatures:", "", *(f"   {name}" for name in names), ""]
        for name in names:
            members = ["   :members:", "   :inherited-members: BaseException, BaseModel"] * (kind == "Classes")
            lines += [f".. {DIRECTIVES[kind]}:: {name}", *members, ""]
    return "\n".join([*lines, ""])


def command_line_page() -> str:
    """Every verb with its arguments and options, as click tells them."""
    text = (
        "The same answers without Python. A mistake in a file or on the command line is a message and exit code 2; "
        "verbs that judge say what their exit code 1 means."
    )
    command = [".. click:: bayes.cli:bayes", "   :prog: bayes", "   :nested: full", ""]
    return "\n".join([*heading("Command line", "="), ".. highlight:: none", "", text, "", *command])


def models_page() -> str:
    """The mathematics of every effect structure, every likelihood and what they share."""
    lines = [*heading("Models", "="), ".. highlight:: none", "", *house_to_rst(inspect.getdoc(bayes.models)), ""]
    for package in ("structures", "likelihoods", "shared"):
        home = importlib.import_module(f"bayes.models.{package}")
        lines += [*heading(package.capitalize(), "-"), *house_to_rst(inspect.getdoc(home)), ""]
        for _, name, _ in pkgutil.iter_modules(home.__path__):
            module = importlib.import_module(f"{home.__name__}.{name}")
            lines += [*heading(name, "~"), *house_to_rst(inspect.getdoc(module)), ""]
            if package == "likelihoods":
                kinds = " or ".join(f"``{kind}``" for kind in card_of(name).kinds)
                lines += [f"Reads evidence of kind {kinds}.", ""]
    lines += [*heading("What a likelihood must hold", "-"), ".. currentmodule:: bayes.likelihoods.contract", ""]
    return "\n".join([*lines, ".. autoclass:: Likelihood", "   :members:", ""])


def heading(text: str, line: str) -> list[str]:
    return [text, line * len(text), ""]


def first_line(module: ModuleType) -> str:
    return house_to_rst(inspect.getdoc(module).splitlines()[0])[0]
