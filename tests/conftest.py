"""What the tests share: outcomes built from evidence, and the default priors."""

from __future__ import annotations

import pytest
from support.browser import browser, page  # noqa: F401 (fixtures, for every test)

from bayes.priors.sets import load_priors

LONGEST = (
    "test_models", "test_alternatives", "test_random_effects", "test_adverse_event_hierarchy", "test_store",
    "test_synthesis", "test_report", "test_references", "test_own_prior", "test_own_prior_form", "test_report_sensitivity",
)  # fmt: skip












def pytest_collection_modifyitems(items):
    """Files that take longest go first, so that no worker is left alone with one of them at the end."""
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def nuisance():
    return load_priors().nuisance
