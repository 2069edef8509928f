"""Proportional odds: gross departures warn in fit, page and check; ordinary tables do not."""

import numpy as np
import pytest
from scipy import optimize, special, stats
from support.noted import noted
from support.trials import make_analysis, make_outcome

from bayes.analysis.targets import find_targets
from bayes.checks import check_outcome
from bayes.checks.proportionality import GROSS, proportionality

# RESCUEicp, GOS-E at 6 months (Hutchinson et al. 2016, NEJM 375:1119-30, abstract): proportional odds were rejected
RESCUEICP = {
    "kind": "ordinal",
    "categories": ["7-8", "5-6", "4", "3", "2", "1"],
    "unit": "percent",
    "n": {"treatment": 201, "control": 188},
    "treatment": [4.0, 23.4, 15.4, 21.9, 8.5, 26.9],
    "control": [6.9, 19.7, 8.0, 14.4, 2.1, 48.9],
}


def of_counts(treatment, control):
    names = [str(i) for i in range(len(treatment))]
    table = {"kind": "ordinal", "categories": names, "treatment": list(map(int, treatment)), "control": list(map(int, control))}
    return make_outcome("common_odds_ratio", "higher", table)


def by_hand(treatment, control):
    """Twice the gap of the two log likelihoods, the common odds ratio found by a general minimiser."""
    arms = [np.array(arm, dtype=float) for arm in (treatment, control)]
    free = sum(stats.multinomial(int(a.sum()), a / a.sum()).logpmf(a) for a in arms)

    def minus(x):
        cuts = np.concatenate([[x[0]], x[0] + np.cumsum(np.exp(x[1:-1]))])
        total = 0.0
        for arm, sign in zip(arms, (0.5, -0.5), strict=True):
            upto = np.concatenate([[0], special.expit(cuts + sign * x[-1]), [1]])
            total += stats.multinomial(int(arm.sum()), np.diff(upto)).logpmf(arm)
        return -total

    upto = special.logit(np.cumsum(sum(arms))[:-1] / sum(arms).sum())
    start = np.concatenate([[upto[0]], np.log(np.diff(upto)), [0.0]])
    found = optimize.minimize(minus, start, method="BFGS", options={"gtol": 1e-8})
    return 2 * (free + found.fun)


def test_rescueicp_warns_in_fit_page_and_check():
    """Cut odds ratios .56, 1.04, 1.42, 1.91, 2.61 from best to worst."""
    outcome = make_outcome("common_odds_ratio", "higher", RESCUEICP)
    test = proportionality(outcome.evidence)
    assert [ratio for _, ratio in test.cuts] == pytest.approx([0.558, 1.040, 1.415, 1.911, 2.609], abs=5e-4)
    assert test.statistic == pytest.approx(by_hand([8, 47, 31, 44, 17, 54], [13, 37, 15, 27, 4, 92]), abs=1e-4)
    assert test.df == 4 and test.gross and test.p == pytest.approx(stats.chi2.sf(test.statistic, 4), rel=1e-9)
    (said,) = [text for text in noted(make_analysis(outcome, "neutral"), 0.355, 0.164) if "not proportional" in text]
    assert "from 0.558 (cut after 7-8) to 2.61 (cut after 2)" in said
    (finding,) = [f for f in check_outcome(outcome) if "not proportional" in f.text]
    assert finding.text == said and finding.verdict == "not checkable", "a warning: nothing printed is wrong"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["treasure:mrs_90d", "treasure:mrs_365d", "treasure:mrs_90d_cuts", "mr_clean:mrs_90d", "ist3:mrs_6m", "defuse3:mrs_90d", "prisms:mrs_90d"],
)
def test_ordinary_tables_do_not_alarm(name):
    (outcome,) = find_targets([name])
    assert not proportionality(outcome.evidence).gross
    assert not any("not proportional" in finding.text for finding in check_outcome(outcome))


def test_one_cut_and_arms_that_do_not_overlap_have_no_test():
    (dichotomy,) = find_targets(["cl2020:mrs02_12w"])
    assert proportionality(dichotomy.evidence) is None
    assert proportionality(of_counts([5, 5, 0, 0], [0, 0, 5, 5]).evidence) is None


@pytest.mark.slow
def test_false_alarms_are_as_many_as_stated():
    """Under proportional odds, 400 tables of 2 x 150: the share called gross is about 1%."""
    random = np.random.default_rng(5)
    cuts = special.logit(np.cumsum([0.05, 0.1, 0.15, 0.2, 0.3])[:5])
    called = 0
    for _ in range(400):
        arms = [random.multinomial(150, np.diff([0, *special.expit(cuts + s * 0.4), 1])) for s in (0.5, -0.5)]
        called += proportionality(of_counts(*arms).evidence).gross
    assert called <= stats.binom(400, GROSS).ppf(0.9999)
