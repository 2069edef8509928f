"""Values are immutable: what a step returns, another cannot change behind its back."""

import importlib
import inspect
from dataclasses import is_dataclass

import pytest
from support.paths import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for folder in ("base", "paper", "priors", "quadrature", "posterior")
    for path in (ROOT / "bayes" / folder).rglob("*.py")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_dataclass_of_a_module_is_frozen(name):
    module = importlib.import_module(name)
    own = [one for _, one in inspect.getmembers(module, inspect.isclass) if one.__module__ == name and is_dataclass(one)]
    assert [one.__name__ for one in own if not one.__dataclass_params__.frozen] == []
