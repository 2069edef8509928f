"""The places of the model files, found without importing them."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

PACKAGE = "bayes.models"


@cache
def models_folder() -> Path:
    """Return the folder of the model files, located without importing them."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{PACKAGE} is not installed")
    return Path(spec.origin).parent


def model_file(name: str) -> Path:
    """Return the path of a model file from its name within the package, for example "structures.single_trial"."""
    return models_folder() / f"{name.replace('.', '/')}.py"
