"""The contents of a dossier: every key that is declared is there, of the declared type, and no other key is."""

import pytest
from pydantic import TypeAdapter, ValidationError
from support import dossiers

from bayes.report.dossier.contents import Written
from bayes.report.pages.target_tables import posteriors, predicted

ALL = (dossiers.outcome, dossiers.bare_p, dossiers.adverse_events, dossiers.synthesis)
CONTENTS = TypeAdapter(Written)


def conforms(dossier) -> bool:
    """Whether a dossier has all keys, of the declared types, and no other: what is not declared is not read."""
    return CONTENTS.validate_python(dossier, strict=True) == dossier


@pytest.mark.parametrize("make", ALL)
def test_the_dossiers_of_the_tests_have_the_contents_that_are_declared(make):
    assert conforms(make())


def test_a_key_that_is_lacking_or_not_declared_is_noticed():
    lacking = dossiers.outcome()
    del lacking["thresholds"]["margin"]
    with pytest.raises(ValidationError, match="thresholds.margin"):
        conforms(lacking)
    assert not conforms(dossiers.changed(dossiers.outcome(), "/predictive/rows/0/outside", True))
    with pytest.raises(ValidationError, match="diagnostics.0.r_hat"):
        conforms(dossiers.changed(dossiers.outcome(), "/diagnostics/0/r_hat", "1.00"))


def test_a_statement_without_a_number_is_shown_beside_its_prediction():
    """"p not below 0.05" prints no number: its cell is empty, and the interval of its p-value is shown."""
    stated = {"quantity": "p not below 0.05", "arm": None, "observed": None, "low": 0.02, "high": 0.97, "inside": True}
    page = predicted(dossiers.changed(dossiers.outcome(), "/predictive/rows", [stated]))
    assert "p not below 0.05" in page and "0.020 to 0.970" in page


def test_the_table_of_posteriors_says_why_a_prior_was_not_formed_and_leaves_failures_to_the_notes_of_the_page():
    failed = dossiers.changed(dossiers.outcome(), "/rows/0/status", "failed")
    page = posteriors("The effect", dossiers.changed(failed, "/rows/0/reason", "r_hat 1.2 is above 1.01")["rows"])
    assert "(failed)" in page and "above 1.01" not in page and "passed its convergence checks" not in page
    skipped = dossiers.changed(failed, "/rows/0/status", "skipped")
    assert "no MCID is declared" in posteriors(
        "The effect", dossiers.changed(skipped, "/rows/0/reason", "no MCID is declared")["rows"]
    )
