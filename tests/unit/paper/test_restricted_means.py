"""Restricted mean survival times: by hand, by their closed form, what is refused, and how they are shown."""

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy import stats
from support.reports import REPORTS
from support.survival import LITTLE, planted
from support.trials import make_analysis, make_outcome

from bayes.base.kaplan_meier import KaplanMeier
from bayes.errors import InvalidInput
from bayes.sensitivity.rounded_numbers import digits_of
from bayes.text.evidence import evidence as shown
from bayes.text.evidence import in_brief

Q = stats.norm.isf(0.025)
RMST = REPORTS["rmst"][2]


def test_restricted_means_give_their_difference_and_ratio():
    """By hand: half an interval over 1.96, and the delta method for the ratio."""
    s1, s0 = (28.7 - 26.1) / (2 * Q), 0.71
    assert make_outcome("mean_difference", "higher", RMST).evidence.on_analysis_scale("mean_difference") == pytest.approx((2.4, sqrt(s1**2 + s0**2)))
    ratio = make_outcome("mean_ratio", "higher", RMST).evidence
    assert ratio.on_analysis_scale("mean_ratio") == pytest.approx((log(27.4 / 25.0), sqrt((s1 / 27.4) ** 2 + (s0 / 25.0) ** 2)))
    swapped = RMST | {"treatment": RMST["control"], "control": RMST["treatment"]}
    y, s = ratio.on_analysis_scale("mean_ratio")
    assert make_outcome("mean_ratio", "higher", swapped).evidence.on_analysis_scale("mean_ratio") == pytest.approx((-y, s))


def test_restricted_means_of_exponential_patients_hold_their_closed_form():
    """(1 - exp(-h t)) / h of each arm: their difference within four standard errors of the printed means."""
    generator = np.random.default_rng(31)
    arms = {}
    for arm, hazard in (("treatment", 0.03), ("control", 0.05)):
        mean, error = KaplanMeier.of(planted(generator, 2000, hazard)).restricted_mean(24)
        arms[arm] = {"mean": round(mean, 3), "se": round(error, 4)}
    y, s = make_outcome("mean_difference", "higher", {"kind": "rmst", "until": 24, "unit": "months"} | arms, sd_ref=10).evidence.on_analysis_scale("mean_difference")
    t, c = ((1 - exp(-h * 24)) / h for h in (0.03, 0.05))
    assert abs(y - (t - c)) < 4 * s


@pytest.mark.parametrize(
    ("treatment", "said"),
    [
        ({"mean": 27.4}, "requires its interval"),
        ({"mean": 37.4, "se": 1.0}, "exceeds the 36 months"),
        ({"mean": 27.4, "ci": [28.0, 29.0]}, "excludes its own mean"),
        ({"mean": 27.4, "ci": [27.4, 27.4]}, "accepted: \\[low, high\\]"),
    ],
)
def test_an_impossible_restricted_mean_is_refused(treatment, said):
    with pytest.raises(InvalidInput, match=said):
        make_outcome("mean_difference", "higher", RMST | {"treatment": treatment})


def test_a_prior_of_a_difference_is_scaled_by_the_times_themselves():
    """Arms of n patients whose times have this standard deviation have the difference's error: SD sqrt(1/n1 + 1/n0)."""
    printed = make_outcome("mean_difference", "higher", RMST)
    assert printed.reference_sd == (pytest.approx(printed.standard_error / sqrt(1 / 160 + 1 / 158)), "scaled by the data")
    assert make_analysis(printed, "neutral").formed.distribution
    curve = make_outcome("mean_difference", "higher", LITTLE | {"until": 24})
    assert curve.reference_sd[0] == pytest.approx(curve.standard_error / sqrt(2 / 40))


def test_restricted_means_are_shown_and_rounded():
    evidence = make_outcome("mean_difference", "higher", RMST).evidence
    assert shown(evidence).table.cells[1] == ("control", "25.0", "se 0.71", "158") and dict(shown(evidence).facts)["means up to"] == "36 months"
    assert in_brief(evidence) == "restricted means 27.4 v 25.0 months"
    assert [d.name for d in digits_of(evidence, "mean_difference")] == ["treatment.mean", "treatment.ci.0", "treatment.ci.1", "control.mean", "control.se"]
