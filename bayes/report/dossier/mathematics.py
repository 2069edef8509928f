"""The mathematics of an analysis for a page: LaTeX lines and nuisance parameters, from the cards of its models.

The model files state the same in words; a test ensures that each of them has a card whose lines render.
"""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from bayes.analysis.analysis import Analysis
from bayes.likelihoods.effect_structures import structure_card
from bayes.likelihoods.fingerprint import model_files
from bayes.likelihoods.parameter import Parameter
from bayes.likelihoods.registry import card_of
from bayes.likelihoods.sources import models_folder
from bayes.priors.nuisance import Stated
from bayes.priors.sets import PriorSet

CONVENTION = "a convention of this package, stated in its model file"


def formulas(analysis: Analysis) -> list[str]:
    """Return LaTeX lines: the structure first, then each likelihood it uses.

    The plus sign applies to the treatment arm. In an ordinal model d is +1 if a higher effect is good, otherwise -1.
    """
    lines = list(structure_card(analysis.model).formula)
    for name in dict.fromkeys(analysis.likelihoods):
        lines += [line for line in card_of(name).formula if line not in lines]
    return lines


def beside(analysis: Analysis) -> list[Parameter]:
    """Return the nuisance parameters, which are estimated alongside the effect."""
    found = [p for name in dict.fromkeys(analysis.likelihoods) for p in card_of(name).parameters]
    return list(dict.fromkeys(found))


def sources(analysis: Analysis) -> dict[str, tuple[str, str]]:
    """Return the docstring and the SHA-256 digest of every model file used, by path."""
    found = {}
    for path in model_files(structure_card(analysis.model).file_name, analysis.likelihoods):
        text = path.read_text(encoding="utf-8")
        said = ast.get_docstring(ast.parse(text)) or ""
        found[named(path)] = (said, hashlib.sha256(text.encode()).hexdigest())
    return found


def named(path: Path) -> str:
    """Return the path of a model file in the source tree, models/..., wherever it is installed.

    A likelihood from outside the package has its file name only.
    """
    if not path.is_relative_to(models_folder()):
        return path.name
    inside = path.parts[len(path.parts) - 2 :] if path.parent.name == "likelihoods" else path.parts[-1:]
    return "/".join(("models", *inside))


def stated(priors: PriorSet, name: str) -> Stated | None:
    """Return the prior, with its rationale, that a set states for a field of `Nuisance`; None if it states none."""
    found: Stated | None = getattr(priors.baseline if name in type(priors.baseline).model_fields else priors, name)
    return found
