"""Fixtures that every test may use, the order of the tests, and the markers that they do not carry themselves."""

from __future__ import annotations

import pytest
from support.browser import browser, page  # noqa: F401 (fixtures, for every test)
from support.long_tests import is_long

from bayes.priors.sets import load_priors

LONGEST = (
    "test_nuts_v_quadrature", "test_alternatives", "test_random_effects", "test_adverse_event_hierarchy", "test_store",
    "test_file", "test_report", "test_ends", "test_cluster", "test_long_table", "test_references", "test_own_prior",
    "test_own_prior_form", "test_alternative_likelihoods",
)  # fmt: skip


def pytest_collection_modifyitems(items):
    """Put the files that take longest first, so that no worker is left alone with one of them, and mark them."""
    place = {name: i for i, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONGEST)))
    for item in items:
        if {"oracles", "properties", "fuzz"} & set(item.path.parts):  # brute force, and reports at random
            item.add_marker(pytest.mark.slow)
        if is_long(item.path.stem, item.name):
            item.add_marker(pytest.mark.long)
        if {"browser", "page"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def nuisance():
    return load_priors().nuisance
