"""Random reports of every kind, empty and full cells among them: `bayes sensitivity` against brute force.

A few of each kind; more than 200 together are recorded by `python tests/calibration/random_reports.py`.
"""

import pytest
from support import agreement
from support.random_reports import COMPARABLE, on_random_reports

EXAMPLES = {"binary": 4, "events": 2, "means": 3, "ordinal": 2, "ordinal_cut": 2}  # those that cost most
FEW = 8  # of each other kind


@pytest.mark.slow
@pytest.mark.parametrize("kind", COMPARABLE)
def test_sensitivity_of_any_report_agrees_with_brute_force(kind):
    on_random_reports(kind, EXAMPLES.get(kind, FEW), *agreement.CHECKS)
