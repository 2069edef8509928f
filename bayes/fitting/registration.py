"""The registration of a model from outside the package: a Python file with its card and its functions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from bayes.errors import InvalidInput
from bayes.likelihoods import effect_structures, registry
from bayes.likelihoods.card import CurveFunction, LikelihoodCard
from bayes.likelihoods.contract import OUTSIDE
from bayes.likelihoods.structure_card import StructureCard

if TYPE_CHECKING:
    from bayes.quadrature.scatter import Scatter

FUNCTIONS: dict[type, tuple[str, ...]] = {
    LikelihoodCard: ("prepare", "log_likelihood", "derived"),
    StructureCard: ("log_density",),
}
OF_TEXTBOOK = ("observe", "recovered")  # needed by `bayes.pymc_model` only

_registered: dict[Path, tuple[LikelihoodCard | StructureCard, str]] = {}  # with the files as they were then


def register(model: str | os.PathLike[str] | ModuleType) -> LikelihoodCard | StructureCard:
    """Register a likelihood or an effect structure of your own for the rest of the session.

    A likelihood then works by its name in `bayes.fit(..., likelihood=)` and in a trial file, an effect structure in
    `bayes.fit(..., model=)` and in a synthesis file. A likelihood is offered after those of the package, so that it
    changes no default. If its card has no `curve`, the likelihood curve is integrated numerically from the file
    itself, which may then estimate at most two numbers besides the effect; the comparison with NUTS is in that case not
    an independent derivation, because an error in the file is an error on both sides. The same holds for the density
    of an effect structure.

    Parameters
    ----------
    model : str, path or module
        A Python file, or a module that was imported from one, with `CARD`, which has the name of the file. Beside a
        `LikelihoodCard` stand `prepare`, `log_likelihood` and `derived`, as in `bayes.likelihoods.contract.Likelihood`,
        and for `bayes.pymc_model` also `observe` and `recovered`; beside a `StructureCard` stands `log_density`, as in
        `bayes.likelihoods.contract.EffectStructure`.

    Returns
    -------
    LikelihoodCard or StructureCard
        The card as registered, with its file and with what follows from it.

    Raises
    ------
    InvalidInput
        If the file is not found or incomplete, if the name is taken, or if the file has changed since it was
        registered in this session, in which compiled models are reused.
    """
    path = _path(model)
    text = path.read_text(encoding="utf-8")
    if path in _registered:
        card, then = _registered[path]
        _refuse_a_change(path, then)
        return card
    module = model if isinstance(model, ModuleType) else _imported(path)
    if mistakes := list(_mistakes(module, path)):
        raise InvalidInput(str(path), mistakes)
    card = module.CARD
    sys.modules[f"{OUTSIDE}.{card.name}"] = module
    match card:
        case StructureCard():
            scatter = _scatter(path.stem, module)
            card = effect_structures.register(replace(card, file_name=path.stem, source=path, scatter=scatter))
        case LikelihoodCard():
            found = replace(card, source=path, textbook=not _lacking(module, OF_TEXTBOOK))
            if card.curve is None:
                found = replace(found, curve=_curve(card.name), independent=False)
            card = registry.register(found)
    _registered[path] = card, text
    return card


def registered_files() -> tuple[Path, ...]:
    """Return the files of all models that are registered in this session, for the processes it starts.

    Raises
    ------
    InvalidInput
        If one has changed since it was registered: what is stored of it would not be what was fitted.
    """
    for path, (_, then) in _registered.items():
        _refuse_a_change(path, then)
    return tuple(_registered)


def _refuse_a_change(path: Path, then: str) -> None:
    try:
        now = path.read_text(encoding="utf-8")
    except OSError:
        now = None
    if now != then:
        raise InvalidInput(str(path), ["has changed since it was registered; start a new session to use it"])


def _curve(name: str) -> CurveFunction:
    from bayes.sampler.numerical_curve import NumericalCurve

    return NumericalCurve(name)


def _scatter(name: str, module: ModuleType) -> Scatter:
    from bayes.sampler.numerical_scatter import scatter_of_density

    return scatter_of_density(name, module.log_density)


def _path(model: str | os.PathLike[str] | ModuleType) -> Path:
    """Return the file of a model."""
    named = getattr(model, "__file__", None) if isinstance(model, ModuleType) else model
    if named is None:
        raise InvalidInput("model", ["the module has no file; accepted: a Python file, or a module made from one"])
    path = Path(named).resolve()
    if path.suffix != ".py" or not path.is_file():
        raise InvalidInput(str(path), ["not found; accepted: a Python file, or a module made from one"])
    return path


def _imported(path: Path) -> ModuleType:
    """Import a file under a name of its own."""
    spec = spec_from_file_location(f"{OUTSIDE}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InvalidInput(str(path), ["not a Python file"])
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _mistakes(module: ModuleType, path: Path) -> Iterator[str]:
    card = getattr(module, "CARD", None)
    if not isinstance(card, LikelihoodCard | StructureCard):
        yield "lacks CARD; accepted: a `LikelihoodCard` or a `StructureCard` of `bayes.likelihoods`"
        return
    if card.name != path.stem:
        yield f"CARD has the name {card.name!r}; accepted: that of the file, {path.stem!r}"
    for name in _lacking(module, FUNCTIONS[type(card)]):
        yield f"lacks the function `{name}`"


def _lacking(module: ModuleType, functions: Sequence[str]) -> list[str]:
    return [name for name in functions if not callable(getattr(module, name, None))]
