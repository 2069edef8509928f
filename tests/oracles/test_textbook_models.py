"""PyMC samples the textbook models: two here, all of them by tests/calibration/textbook_models.py."""

import pytest
from support.textbook_sampling import compare

pytestmark = pytest.mark.nuts


@pytest.mark.parametrize("name", ["means SMD", "p unknown"])
def test_pymc_agrees_with_quadrature(name):
    """Posterior mean and P(above no effect) of every parameter within 4 Monte Carlo errors."""
    found = compare(name)
    assert max(abs(z) for by_quantity in found["z"].values() for z in by_quantity.values()) <= 4
