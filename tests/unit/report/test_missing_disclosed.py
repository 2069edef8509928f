"""What stands beside a posterior about patients without an outcome."""

import bayes
from bayes.report.dossier.disclosures import Counted, disclosures


def test_missing_patients_are_disclosed_with_their_assumption():
    counts = {"measure": "odds_ratio", "benefit": "lower", "treatment": (23, 97), "control": (34, 95)}
    said = [
        dict(disclosures(bayes.outcome(**counts, **stated), Counted(1, 0, 1)))["missing data"]
        for stated in ({"missing": {"treatment": 7, "control": 5}}, {})
    ]
    assert said == [
        "7 treated and 5 control patients without an outcome: missing at random in the main analysis; see the "
        "sensitivity analyses",
        "not stated",
    ]
