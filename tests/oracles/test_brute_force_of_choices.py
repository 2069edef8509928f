"""Random reports of every kind: what `bayes sensitivity` says over choices, against brute force.

One of each kind; more are recorded by `python tests/calibration/random_reports.py`.
"""

import pytest
from support import agreement_of_choices
from support.random_reports import COMPARABLE, on_random_reports


@pytest.mark.slow
@pytest.mark.parametrize("kind", COMPARABLE)
def test_choices_of_any_report_agree_with_brute_force(kind):
    on_random_reports(kind, 1, *agreement_of_choices.checks_of(kind))
