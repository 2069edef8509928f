"""What is public: read from `__all__`, never listed here."""

from __future__ import annotations

import inspect
from functools import cache
from types import ModuleType

import bayes
import bayes.results

ELSEWHERE = "Described elsewhere"


@cache
def public_modules() -> tuple[ModuleType, ...]:
    """`bayes` and the modules that its `__all__` names; `bayes.results` from the day that it says what is public."""
    named = (getattr(bayes, name) for name in bayes.__all__)
    found = [bayes, *(value for value in named if inspect.ismodule(value))]
    if hasattr(bayes.results, "__all__") and bayes.results not in found:
        found.append(bayes.results)
    return tuple(found)


@cache
def homes() -> dict[int, str]:
    """Where each public object is described: under its first name, for some have two (`diff`, `results.diff`)."""
    found: dict[int, str] = {}
    for module in public_modules():
        for name in module.__all__:
            found.setdefault(id(getattr(module, name)), f"{module.__name__}.{name}")
    return found


def names_by_kind(module: ModuleType) -> dict[str, list[str]]:
    """The public names of a module, a list per kind. Modules among them have pages of their own."""
    found: dict[str, list[str]] = {"Functions": [], "Classes": [], "Exceptions": [], "Constants": [], ELSEWHERE: []}
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.ismodule(value):
            continue
        if homes()[id(value)] != f"{module.__name__}.{name}":
            kind = ELSEWHERE
        elif inspect.isclass(value):
            kind = "Exceptions" if issubclass(value, BaseException) else "Classes"
        else:
            kind = "Functions" if callable(value) else "Constants"
        found[kind].append(name)
    return {kind: names for kind, names in found.items() if names}


@cache
def addresses(module: ModuleType | None = None) -> dict[str, str]:
    """Public names as texts call them, each with the name under which it is described.

    A name with its module, as in `sensitivity.examine`, is plain anywhere. A bare one is so only where a module speaks
    of its own: elsewhere `outcome` is an argument, and `likelihood` a column.
    """
    found = {}
    for home in public_modules():
        for name in (name for names in names_by_kind(home).values() for name in names):
            address = homes()[id(getattr(home, name))]
            found[f"{home.__name__}.{name}"] = address
            if home is not bayes:
                found[f"{home.__name__}.{name}".removeprefix("bayes.")] = address
            if home is module:
                found[name] = address
    return found
