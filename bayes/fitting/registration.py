"""The registration of a likelihood from outside the package: a Python file with its card and its functions."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from bayes.errors import InvalidInput
from bayes.likelihoods import registry
from bayes.likelihoods.card import LikelihoodCard
from bayes.likelihoods.contract import OUTSIDE

FUNCTIONS = ("prepare", "log_likelihood", "derived")

_text_of: dict[Path, str] = {}  # the files as they were when they were registered


def register(likelihood: str | os.PathLike[str] | ModuleType) -> LikelihoodCard:
    """Register a likelihood of your own, so that reports can be fitted with it for the rest of the session.

    From then on `likelihood="name"` works in `bayes.fit` and in a trial file. The likelihood is offered after those of
    the package, so that it changes no default. If its card has no `curve`, the likelihood curve is integrated
    numerically from the file itself, which may then estimate at most two numbers besides the effect; the comparison
    with NUTS is in that case not an independent derivation, because an error in the file is an error on both sides.

    Parameters
    ----------
    likelihood : str, path or module
        A Python file, or a module that was imported from one, with `CARD` (a `LikelihoodCard` with the name of the
        file), `prepare`, `log_likelihood` and `derived`, as `bayes.likelihoods.contract.Likelihood` describes them.

    Returns
    -------
    LikelihoodCard
        The card as registered, with its file and its curve.

    Raises
    ------
    InvalidInput
        If the file is not found or incomplete, if the name is taken, or if the file has changed since it was
        registered in this session, in which compiled models are reused.
    """
    path = _path(likelihood)
    text = path.read_text(encoding="utf-8")
    if path in _text_of:
        if text != _text_of[path]:
            raise InvalidInput(str(path), ["has changed since it was registered; start a new session to use it"])
        return registry.card_of(path.stem)
    module = likelihood if isinstance(likelihood, ModuleType) else _imported(path)
    if mistakes := list(_mistakes(module, path)):
        raise InvalidInput(str(path), mistakes)
    card: LikelihoodCard = module.CARD
    if card.curve is None:
        from bayes.sampler.numerical_curve import NumericalCurve

        card = replace(card, curve=NumericalCurve(card.name))
    registry.register(replace(card, source=path))
    sys.modules[f"{OUTSIDE}.{card.name}"] = module
    _text_of[path] = text
    return registry.card_of(card.name)


def _path(likelihood: str | os.PathLike[str] | ModuleType) -> Path:
    """Return the file of a likelihood."""
    named = getattr(likelihood, "__file__", None) if isinstance(likelihood, ModuleType) else likelihood
    if named is None:
        raise InvalidInput("likelihood", ["the module has no file; accepted: a Python file, or a module made from one"])
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
    if not isinstance(card, LikelihoodCard):
        yield "lacks CARD; accepted: a `bayes.likelihoods.card.LikelihoodCard`"
    elif card.name != path.stem:
        yield f"CARD has the name {card.name!r}; accepted: that of the file, {path.stem!r}"
    for name in FUNCTIONS:
        if not callable(getattr(module, name, None)):
            yield f"lacks the function `{name}`"
