"""Where there is no peak: reverse-Bayes, conflict and the size of a prior where an arm is empty or full.

Oracles: noncentral hypergeometric sums and roots in plain SciPy, here and in `oracles`; numbers of a review of the
package, recomputed.
"""

import numpy as np
import pytest
from scipy import stats
from scipy.special import gammaln, logsumexp
from support.trials import make_outcome

from bayes.sensitivity import examine
from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.prior_data_conflict import conflict_rows
from bayes.sensitivity.prior_effective_size import prior_weight_rows
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import tipping_rows


def persons(measure, t, n1, c, n0, benefit="lower", **more):
    arms = {"treatment": {"events": t, "n": n1}, "control": {"events": c, "n": n0}}
    return make_outcome(measure, benefit, {"kind": "binary", **arms}, **more)


def reverse(outcome, prior=None):
    return {row["quantity"]: row for row in reverse_bayes_rows(Subject.of(outcome, prior))}


def box(outcome, prior="neutral"):
    return next(row for row in conflict_rows(Subject.of(outcome)) if row["prior"] == prior)


def worth(outcome, prior="neutral"):
    return next(row for row in prior_weight_rows(Subject.of(outcome)) if row["prior"] == prior)


def given_total(t, n1, c, n0, sd):
    """Box p of the treatment arm's events, noncentral hypergeometric given the total, under Normal(0, sd)."""
    theta = np.linspace(-9, 9, 4001) * sd
    x = np.arange(max(0, t + c - n0), min(t + c, n1) + 1)[:, None]
    y = t + c - x
    log_ways = -sum(gammaln(k + 1) for k in (x, n1 - x, y, n0 - y)) + x * theta
    f = np.exp(log_ways - logsumexp(log_ways, axis=0)) @ stats.norm.pdf(theta, 0, sd) * (theta[1] - theta[0])
    return f[f <= f[x[:, 0] == t] * (1 + 1e-9)].sum()


NONE_V_SEVEN = persons("odds_ratio", 0, 69, 7, 75)


@pytest.mark.slow
def test_none_against_seven():
    """0 of 69 v 7 of 75 under N(0, 0.355): Box p .024, worth about 690 patients, a sceptic of sd .863, no advocate."""
    found = reverse(NONE_V_SEVEN)
    assert found["scepticism_sd_root"]["value"] == pytest.approx(0.863, abs=5e-4)
    assert found["scepticism_limit"]["value"] == pytest.approx(-1.96 * 0.8634, abs=1e-3)
    assert found["fail_safe"]["natural"] == pytest.approx(np.exp(-1.96 * 0.8634), abs=1e-3)
    assert found["fail_safe"]["reason"].startswith(
        "A sceptic who puts 95% prior probability on effects between 0.184 and"
    )
    assert found["advocacy_limit"]["value"] is None
    assert box(NONE_V_SEVEN)["box_p"] == pytest.approx(0.024, abs=5e-4) and box(NONE_V_SEVEN)["conflict"]
    assert worth(NONE_V_SEVEN)["elir"] == pytest.approx(690, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("sd", [0.355, 0.205, 1.0])
@pytest.mark.parametrize("cells", [(0, 69, 7, 75), (8, 60, 14, 62), (24, 25, 10, 10), (3, 3, 0, 4)])
def test_box_p_of_persons_is_that_of_the_tables_with_their_total(cells, sd):
    """Fisher's noncentral hypergeometric takes the total to say nothing of theta; it says a little, 0.01 at most here."""
    subject = Subject.of(persons("odds_ratio", *cells), f"normal(0, {sd:g})")
    row = next(row for row in conflict_rows(subject) if row["distribution"] == f"normal(0, {sd:g})")
    assert row["box_p"] == pytest.approx(given_total(*cells, sd), abs=0.01)


@pytest.mark.slow
def test_everybody_against_nobody():
    """3 of 3 v 0 of 4: the sceptic's sd is 1.53, no 5.17; a vague prior is worth less than the data, and expects them."""
    outcome = persons("odds_ratio", 3, 3, 0, 4)
    found = reverse(outcome, "vague")
    assert found["scepticism_sd_root"]["value"] == pytest.approx(1.53, abs=5e-3)
    assert found["intrinsic_p"]["value"] is None and "no z-value" in found["intrinsic_p"]["reason"]
    assert box(outcome, "vague")["box_p"] == pytest.approx(1, abs=1e-6)
    assert box(outcome)["box_p"] == pytest.approx(given_total(3, 3, 0, 4, 0.355), abs=1e-3)
    assert worth(outcome, "vague")["elir"] < 7 and worth(outcome)["elir"] == pytest.approx(133.4, rel=1e-3)


def test_words_of_a_risk_difference_are_those_of_its_root():
    """1 of 10 v 5 of 9: sd .357, where peak and width gave .199."""
    found = reverse(persons("risk_difference", 1, 10, 5, 9))
    assert found["scepticism_sd_root"]["value"] == pytest.approx(0.357, abs=5e-4)
    low, high = stats.truncnorm(-1 / 0.3572, 1 / 0.3572, 0, 0.3572).ppf([0.025, 0.975])
    assert f"between {low:.3g} and {high:.3g}" in found["fail_safe"]["reason"]


def test_a_full_arm_has_no_width():
    """24 of 25 v 10 of 10 (CL2020): no closed form, and what is said is the root's."""
    found = reverse(persons("odds_ratio", 24, 25, 10, 10))
    assert all(
        found[name]["value"] is None for name in ("scepticism_limit", "advocacy_limit", "intrinsic_p", "shrinkage")
    )
    assert found["fail_safe"]["reason"].startswith("Uninformative: an advocate of benefit")


def test_no_advocacy_limit_of_a_single_arm():
    """A proportion's was 1.055; and the Cochrane mixture is of comparisons."""
    found = reverse(make_outcome("proportion", "higher", {"kind": "proportion", "events": 16, "n": 20, "goal": 0.7}))
    for name in ("advocacy_limit", "p_sign_correct", "shrinkage", "intrinsic_p"):
        assert found[name]["value"] is None and found[name]["reason"]


def test_events_of_one_arm_only():
    """0 v 9 events as Poisson counts: binomial given the total, .0098 under N(0, 0.355)."""
    arms = {"treatment": {"events": 0, "n": 69}, "control": {"events": 9, "n": 75}}
    outcome = make_outcome("rate_ratio", "lower", {"kind": "events", "dispersion": "poisson", **arms})
    assert box(outcome)["box_p"] == pytest.approx(0.0098, abs=2e-4)


@pytest.mark.parametrize("cells", [(0, 69, 0, 75), (9, 9, 8, 8)])
def test_a_comparison_that_is_not_informed_has_no_numbers(cells):
    outcome = persons("odds_ratio", *cells)
    rows = [*reverse_bayes_rows(Subject.of(outcome))]
    assert all(row["value"] is None and row["reason"] for row in rows)
    bounds_of_p = ("min_bf", "min_bf_local", "min_bf_p")  # there is no p-value, which is reason enough
    assert all("do not inform" in row["reason"] for row in rows if row["quantity"] not in bounds_of_p)
    assert box(outcome)["box_p"] is None and worth(outcome)["elir"] is None


def test_the_advocate_speaks_of_one_family_of_priors():
    """ANDROMEDA-SHOCK: at sd .355 it takes a prior mean of .775, not "nearly any prior that leans towards it"."""
    evidence = {"kind": "estimate", "estimate": 0.75, "ci": [0.55, 1.02]}
    reason = reverse(make_outcome("hazard_ratio", "lower", evidence))["advocacy_limit"]["reason"]
    assert "Matthews 2018" in reason and "at sd 0.355, a mean of 0.775 is needed" in reason and "nearly any" not in reason


def test_priors_of_a_risk_difference_stay_within_its_bounds():
    evidence = {"kind": "estimate", "estimate": -0.05, "ci": [-0.45, 0.35]}
    mcid = {"value": -0.1, "rationale": "r"}
    for outcome in (
        make_outcome("risk_difference", "lower", evidence, mcid=mcid),
        persons("risk_difference", 1, 10, 5, 9),
    ):
        for row in tipping_rows(Subject.of(outcome)):
            for name in ("natural", "prior_low", "prior_high"):
                assert row[name] is None or -1 <= row[name] <= 1, row


@pytest.mark.parametrize(("estimate", "ci", "said"), [(0.70, [0.52, 0.94], "This does not mean that they disagree"),
                                                      (0.40, [0.28, 0.57], "Here they also disagree")])  # fmt: skip
def test_power_scaling_and_box_p_are_one_sentence(estimate, ci, said):
    """HR .70: prior .056 and likelihood .103 are both flagged, while Box p is .36."""
    evidence = {"kind": "estimate", "estimate": estimate, "ci": ci}
    found = examine(make_outcome("hazard_ratio", "lower", evidence), ["power_scaling", "conflict"])
    assert said in found.text
    (row,) = found.rows["power_scaling"]
    assert "disagree" not in row["diagnosis"] or "Box's p" in row["diagnosis"]


def test_an_interval_that_ends_at_no_effect_has_no_limit():
    """One-sided p .025: z is 1.96 to the last digit, and both closed forms divide by zero."""
    evidence = {"kind": "p_value", "p": 0.025, "favours": "treatment", "se": 0.41, "sides": 1}
    found = reverse(make_outcome("rate_ratio", "higher", evidence))
    assert found["scepticism_limit"]["value"] is None and found["advocacy_limit"]["value"] is None
    assert "ends at no effect" in found["fail_safe"]["reason"]


def test_data_that_convince_every_sceptic_say_so():
    evidence = {"kind": "proportion", "events": 24, "n": 89, "goal": 0.88}
    found = reverse(make_outcome("proportion", "lower", evidence))
    assert "even a sceptic" in found["fail_safe"]["reason"] and found["scepticism_limit"]["value"] is None


def test_a_p_value_too_small_for_a_number_has_a_bayes_factor_of_nothing():
    evidence = {"kind": "estimate", "estimate": 0.15, "ci": [0.1, 0.2], "level": 0.9}
    assert 0 <= reverse(make_outcome("odds_ratio", "higher", evidence))["min_bf_p"]["value"] < 1e-15
