"""Checks of `bayes sensitivity` for one report against brute force: posterior, reverse Bayes, conflict, weight, tipping.

Every number lies in its range and has the sign of the evidence, and agrees with `brute_force`, which imports nothing of
the package; where there is no number there is a reason.
"""

from math import isfinite

import numpy as np
import pytest
from scipy import stats

from bayes.errors import NotFormable
from bayes.sensitivity.analysis_of_credibility import reverse_bayes_rows
from bayes.sensitivity.information import unit_of
from bayes.sensitivity.powers import powered
from bayes.sensitivity.prior_effective_size import weighed
from bayes.sensitivity.sample_space import box_p_of
from bayes.sensitivity.subject import Subject
from bayes.sensitivity.tipping_points import NeverTips, prior_mean_at, prior_sd_at
from support.brute_force import fisher
from support.brute_force.posterior import Oracle, normal_or_beta
from support.brute_force.surprise import box_p
from support.random_reports import P, law

ONE_SIDED = ("scepticism_limit", "advocacy_limit", "advocacy_mean", "advocacy_limit_root", "fail_safe")
PROBABILITIES = (
    "min_bf",
    "min_bf_local",
    "min_bf_p",
    "intrinsic_p",
    "intrinsic_p_threshold",
    "p_sign_correct",
    "shrinkage",
)


def agrees_on_the_posterior(subject: Subject, oracle: Oracle) -> None:
    row, prior = subject.probabilities(), law(subject.prior)
    assert row["p_benefit"] == pytest.approx(oracle.p_benefit(prior), abs=P)
    assert row["p_harm"] == pytest.approx(1 - oracle.p_benefit(prior), abs=P)
    assert row["p_mcid"] == pytest.approx(oracle.p_benefit(prior, subject.mcid), abs=P)
    mean, sd = oracle.moments(prior)
    assert (row["mean"], row["sd"]) == pytest.approx((mean, sd), abs=0.01 * sd)
    for a, b in ((0.5, 1.0), (2.0, 1.0), (1.0, 0.5), (1.0, 2.0)):
        found = subject.row(powered(subject, a, b))["p_benefit"]
        assert found == pytest.approx(oracle.p_benefit(prior, a=a, b=b), abs=P)


def agrees_on_reverse_bayes(subject: Subject, oracle: Oracle) -> None:
    """Limits on the side of the evidence; the root put back just excludes no effect; without one no width would do."""
    rows = {row["quantity"]: row for row in reverse_bayes_rows(subject)}
    assert all(row["reason"] for row in rows.values())
    assert all(rows[name]["value"] is None or 0 <= rows[name]["value"] <= 1 for name in PROBABILITIES if name in rows)
    if rows["fail_safe"]["reason"].startswith("No fail-safe"):
        assert all(row["value"] is None for name, row in rows.items() if not name.startswith("min_bf"))
        return
    family, null = subject.family, subject.null
    low, high = family.sd_range(null)
    flat = oracle.above(normal_or_beta(oracle.measure, null, high))
    side = 1 if flat > 0.5 else -1
    for name in ONE_SIDED:
        if name in rows and (value := rows[name]["value"]) is not None:
            assert side * (value - null) > 0 or abs(flat - 0.5) < 1e-3, rows[name]
            assert oracle.bounds[0] <= value <= oracle.bounds[1] and isfinite(rows[name]["natural"])

    def beyond(mean: float, sd: float) -> float:
        above = oracle.above(normal_or_beta(oracle.measure, mean, sd))
        return above if side > 0 else 1 - above

    if "scepticism_sd_root" in rows:
        assert beyond(null, rows["scepticism_sd_root"]["value"]) == pytest.approx(0.975, abs=P)
        return
    assert rows["scepticism_limit"]["value"] is None
    if "even a sceptic" in rows["scepticism_limit"]["reason"]:
        assert beyond(null, low) > 0.975 - P
        return
    assert max(beyond(null, sd) for sd in np.geomspace(low, high, 12)[2:]) < 0.975 + P
    if "advocacy_limit_root" in rows:
        mean = (rows["advocacy_limit_root"]["value"] - null) / 2
        assert beyond(null + mean, abs(mean) / 1.959964) == pytest.approx(0.975, abs=P)
    else:
        assert rows["advocacy_limit"]["reason"].startswith(("uninformative", "not defined")) or subject.normal


def agrees_on_conflict(subject: Subject, oracle: Oracle) -> None:
    prior = subject.prior
    expected = box_p(oracle, law(prior))
    try:
        found = box_p_of(subject, [prior])(prior)
    except NotFormable as reason:
        assert expected is None or "inform" in str(reason) or "bound, not an estimate" in str(reason)
        return
    low, high = expected
    assert 0 <= found <= 1 and low - 0.01 <= found <= high + 0.01, (low, found, high)


def agrees_on_weight(subject: Subject, oracle: Oracle) -> None:
    try:
        row = weighed(subject, "main", subject.prior, unit_of(subject))
    except NotFormable as reason:
        assert "inform" in str(reason) or "not an estimate" in str(reason)
        return
    if row["elir"] is None:
        assert row["reason"] and row["words"] is None
        return
    assert row["elir"] > 0 and row["data"] > 0 and 0 < row["share_of_precision"] < 1
    assert row["outweighs"] == (row["elir"] > row["data"])
    if oracle.evidence["kind"] == "binary":
        prior = law(subject.prior)
        z = np.linspace(-6, 6, 400_001)  # steep where an arm's risk runs out
        found = fisher.per_patient(oracle, prior.ppf(stats.norm.cdf(z)))
        unit = np.average(found[~np.isnan(found)], weights=stats.norm.pdf(z)[~np.isnan(found)])
        assert row["elir"] == pytest.approx(1 / prior.var() / unit, rel=1e-2)


def agrees_on_tipping(subject: Subject, oracle: Oracle) -> None:
    """Every point put back gives its target, and its prior lies within the bounds of the effect."""
    for vary, solve in (("sd", prior_sd_at), ("mean", prior_mean_at)):
        found = solve(subject, "p_benefit", 0.9)
        if isinstance(found, NeverTips):
            assert found.why
            continue
        mean, sd = (subject.null, found.value) if vary == "sd" else (found.value, subject.family.sd)
        assert oracle.p_benefit(normal_or_beta(oracle.measure, mean, sd)) == pytest.approx(0.9, abs=P), found
        low, high = (float(subject.natural(x)) for x in subject.curve.bounds)
        assert low <= found.low <= found.high <= high


CHECKS = (agrees_on_the_posterior, agrees_on_reverse_bayes, agrees_on_conflict, agrees_on_weight, agrees_on_tipping)
MANY = {"binary": 16, "events": 6, "ordinal": 6, "ordinal_cut": 6}  # of those that cost most; of the others:
MOST = 34
