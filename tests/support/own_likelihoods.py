"""Models from outside the package, which a test file registers and which no other test may meet."""

import pytest

from bayes.fitting import registration
from bayes.likelihoods import effect_structures, registry
from support.paths import ROOT

OWN = ROOT / "tests" / "support" / "own_models"


@pytest.fixture(scope="module", autouse=True)
def forgotten_afterwards():
    """Every model that a test file registers, when its last test has run."""
    yield
    forget_all()


def forget_all() -> None:
    """Forget every model from outside the package, as a new session would."""
    for name in [name for name, card in registry.known().items() if card.source is not None]:
        registry.forget(name)
    for name in [name for name, card in effect_structures.structures().items() if card.source is not None]:
        effect_structures.forget(name)
    registration._registered.clear()
