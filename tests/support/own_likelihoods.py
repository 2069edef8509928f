"""Likelihoods from outside the package, which a test file registers and which no other test may meet."""

import pytest

from bayes.fitting import registration
from bayes.likelihoods import registry
from support.paths import ROOT

OWN = ROOT / "tests" / "support" / "own_models"


@pytest.fixture(scope="module", autouse=True)
def forgotten_afterwards():
    """Every likelihood that a test file registers, when its last test has run."""
    yield
    for name in [name for name, card in registry.known().items() if card.source is not None]:
        registry.forget(name)
    registration._text_of.clear()
