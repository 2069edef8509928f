"""Public names of a package that are imported when they are first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any


def attach(package: str, home: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose public names live elsewhere.

    Parameters
    ----------
    package : str
        The name of the package.
    home : mapping of str to str
        Where each public name lives: "module:name", or "module" for a module.
    """

    def get(name: str) -> Any:
        if name not in home:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, inner = home[name].partition(":")
        found = importlib.import_module(module)
        value = getattr(found, inner) if inner else found
        setattr(sys.modules[package], name, value)
        return value

    def listed() -> list[str]:
        return sorted(home)

    return get, listed
