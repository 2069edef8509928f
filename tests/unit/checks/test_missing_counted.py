"""Patients stated to be missing account for a table that has fewer patients than were randomised."""

import pytest

import bayes
from bayes.checks import check_outcome
from bayes.paper.missing import Missing


@pytest.mark.parametrize(
    ("missing", "noted"),
    [
        (None, {"treatment": "7 missing", "control": "7 missing"}),
        (Missing(treatment=7, control=7), {}),
        (Missing(treatment=4, control=7), {"treatment": "7 missing"}),
    ],
)
def test_a_table_has_all_patients_but_the_missing_ones(missing, noted):
    """TREASURE: two cuts of the scale in 97 and 95 of the 104 and 102 patients."""
    shipped = bayes.load_trial("treasure").outcomes["mrs_90d_cuts"]
    outcome = shipped.model_copy(update={"missing": missing})
    found = {finding.path: finding.text for finding in check_outcome(outcome) if "missing" in finding.text}
    assert found.keys() == {f"evidence.cuts.0.{arm}.n" for arm in noted}
    assert all(words in found[f"evidence.cuts.0.{arm}.n"] for arm, words in noted.items())
