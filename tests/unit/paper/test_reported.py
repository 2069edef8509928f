"""What every kind of evidence answers, so that a caller need not ask for its kind."""

from typing import get_args

import pytest
from support.reports import REPORTS
from support.trials import endpoint, make_outcome

from bayes.base import measures
from bayes.paper import evidence as kinds
from bayes.paper.evidence import BareP, Binary, Reported, Significance, Tested, of_kind
from bayes.paper.evidence.arms import ARMS, Arm, by_arm
from bayes.priors import effect_prior, effect_rules, tau_rules
from bayes.priors.hierarchy import HierarchyPrior

CRUDE = ("ordinal", "ordinal_cut", "binary", "censored_counts", "events", "means", "medians", "paired_counts", "days_free", "proportion", "adverse_events")
EVERY = get_args(get_args(kinds.Evidence)[0])


def test_every_kind_is_asked_in_the_same_way():
    assert all(issubclass(kind, Reported) for kind in EVERY)
    assert {type(make_outcome(*report).evidence) for report in REPORTS.values()} <= {*EVERY}
    for measure, benefit, report in REPORTS.values():
        found = make_outcome(measure, benefit, report).evidence
        estimate, error = found.own_estimate(measure), found.standard_error(measure)
        assert estimate is None or estimate[1] == error
        assert found.sizes is None or found.sizes.total > 0
        assert not found.in_residual_units
        assert isinstance(found, Tested) == (report["kind"] not in CRUDE)


def test_a_direction_is_unknown_only_where_the_report_says_so():
    bare = {"kind": "p_value", "p": 0.3, "n": {"treatment": 30, "control": 31}}
    for favours in ("treatment", "control", "unknown"):
        found = make_outcome("standardised_mean_difference", "higher", bare | {"favours": favours}).evidence
        assert found.direction_unknown == (favours == "unknown") == (found.why_no_estimate("") is not None)
        assert found.sizes.total == 61 and found.is_exact and found.two_sided_p == 0.3


def test_the_p_value_that_is_reported():
    n = {"treatment": 30, "control": 30}
    p = BareP(kind="p_value", p="<0.01", favours="control", n=n)
    stated = Significance(kind="significance", significant=False, favours="control", n=n)
    assert (float(p.reported_p), p.is_exact, p.two_sided_p, p.falls_short) == (0.01, False, None, False)
    assert (float(stated.reported_p), stated.is_exact, stated.two_sided_p, stated.falls_short) == (0.05, False, None, True)
    one_sided = BareP(kind="p_value", p=0.98, favours="control", n=n, sides=1)
    assert one_sided.two_sided_p == pytest.approx(0.04)


def test_both_arms_and_the_kind_that_a_caller_reads():
    counts = make_outcome(*REPORTS["binary OR"]).evidence
    assert ARMS == get_args(Arm) == tuple(by_arm(counts))
    assert [report.events for report in by_arm(counts).values()] == [0, 7]
    assert by_arm(counts.sizes) == {"treatment": 69, "control": 75}
    assert of_kind(counts, Binary) is counts
    with pytest.raises(TypeError, match="'?binary'? evidence where BareP"):
        of_kind(counts, BareP)


def test_what_a_rule_of_a_prior_asks_of_an_endpoint():
    """A rule takes outcomes and syntheses alike; what an endpoint on its own cannot know is None."""
    alone = endpoint("odds_ratio")
    assert (alone.name, alone.standard_error, alone.cochrane_field) == ("l", None, None)
    outcome = make_outcome(*REPORTS["estimate"])
    assert outcome.known_standard_error == outcome.standard_error > 0 and outcome.cochrane_field is None
    with pytest.raises(LookupError, match="does not imply a standard error"):
        _ = make_outcome(*REPORTS["events"]).known_standard_error
    formed = effect_rules.form("neutral", outcome)
    assert formed.univariate is formed.distribution
    with pytest.raises(TypeError, match="not a prior of a single parameter"):
        _ = effect_rules.FormedPrior(HierarchyPrior().hierarchy, "").univariate


def test_names_are_written_once():
    """A literal type cannot be computed, so the names of a table are its keys by this test."""
    assert measures.MEASURES == measures.LOG_MEASURES + measures.IDENTITY_MEASURES == get_args(measures.Measure)
    assert get_args(effect_rules.RuleName) == tuple(effect_rules.RULES)
    assert get_args(tau_rules.RuleName) == tuple(tau_rules.RULES)
    assert get_args(effect_prior.RuleName) == (*effect_rules.RULES, *effect_prior.BORROWED)
