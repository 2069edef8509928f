"""What is said of a calibration follows its numbers."""

from dataclasses import replace

import pytest
from support.invented_pairs import pairs, small

from bayes.calibration import calibrate, layout, wording
from bayes.priors import effect_rules, tau_rules


@pytest.fixture(scope="module")
def found():
    return small()


def with_best(found, **values):
    """The calibration with other scores of its best pair of priors."""
    return replace(found, scores=[row | values if row is found.best else row for row in found.scores])


def test_the_lead_counts(found):
    said = wording.lead(found)
    assert said.startswith("400 pairs of an early and a later trial in 200 groups (early trials of 1990 to 2009; ")
    assert said.endswith("under 4 pairs of priors of the set invented.") and "could not be used" not in said
    lost = replace(found, rejected=[{"row": 1, "group": None, "reason": "r"}])
    assert "1 row could not be used" in wording.lead(lost)


def test_lessons_have_the_numbers_of_the_run(found):
    first, covered, heterogeneity, shrinkage, direction = wording.lessons(found)
    best = found.best
    assert (best["prior"], best["heterogeneity"]) == ("narrow", "half_normal"), "the priors of nature"
    assert "narrow with half normal" in first and layout.ranged(best, "log_density") in first and "wide without heterogeneity" in first
    for name in ("coverage_95", "coverage_80", "coverage_50"):
        assert layout.ranged(best, name) in covered
    without = next(row for row in found.scores if (row["prior"], row["heterogeneity"]) == ("narrow", "none"))
    assert f"{without['coverage_95']:.3f} without and {best['coverage_95']:.3f} with half normal" in heterogeneity
    assert f"{best['median_error']:.3f} under narrow" in shrinkage and "under wide" in shrinkage
    assert f"{best['direction_stated']:.3f}" in direction


@pytest.mark.parametrize(("low", "high", "verdict"), [(0.51, 0.6, "too wide"), (0.4, 0.49, "too narrow"), (0.4, 0.6, "cover what they state")])
def test_coverage_is_judged_by_its_interval(found, low, high, verdict):
    found = with_best(found, coverage_50_low=low, coverage_50_high=high, coverage_95_low=0.9, coverage_95_high=1.0)
    said = list(wording.lessons(found))[1]
    assert verdict in said.split("Those of ")[-1]


@pytest.mark.parametrize(("stated", "verdict"), [(0.6, "understated"), (0.7, "agrees"), (0.8, "overstated")])
def test_direction_is_judged_by_its_interval(found, stated, verdict):
    values = {"direction_stated": stated, "direction_seen": 0.7, "direction_seen_low": 0.65, "direction_seen_high": 0.75}
    assert verdict in list(wording.lessons(with_best(found, **values)))[-1]


def test_heterogeneity_that_lowers_coverage_is_not_said_to_raise_it(found):
    said = list(wording.lessons(with_best(found, coverage_95=0.2)))[2]
    assert "Heterogeneity lowers" in said


def test_errors_are_compared_on_the_same_pairs(found):
    fewer = replace(found, scores=[row | {"n": 9} if row["prior"] == "wide" else row for row in found.scores])
    assert not [said for said in wording.lessons(fewer) if "the error" in said]


def test_a_zero_has_no_sign():
    row = {"shift": -0.0004, "shift_low": -0.0006, "shift_high": 0.0}
    assert layout.ranged(row, "shift") == "0.000 (-0.001 to 0.000)"


def test_exact_counts_are_said_where_they_change_most(found):
    def row(score, change):
        names = {name: score[name] for name in ("prior", "heterogeneity", "n")}
        values = {"coverage_95": 0.01, "log_density": change, "median_error": 0.0}
        ends = {f"{name}_{end}": value for name, value in values.items() for end in ("low", "high")}
        return names | values | ends | {"shift_50": 0.02, "shift_95": 0.1}

    rows = [row(score, 0.001 if score is found.best else -0.1 * (1 + i)) for i, score in enumerate(found.scores)]
    said = list(wording.lessons(replace(found, likelihoods=rows)))[-1]
    most = min(rows, key=lambda one: one["log_density"])
    assert said.startswith("For the 400 pairs with counts") and "by 0.001 (0.001 to 0.001) under narrow with half normal" in said
    assert f"most, by {layout.ranged(most, 'log_density')}, under {layout.together(most['prior'], most['heterogeneity'])}." in said
    rows = [row(score, 0.2 if score is found.best else 0.1) for score in found.scores]
    assert "most" not in list(wording.lessons(replace(found, likelihoods=rows)))[-1]


def test_cautions_have_the_numbers_of_the_run(found):
    said = " ".join(wording.cautions(found))
    assert f"{100 * found.facts['positive']:.0f}% of the later estimates lie above" in said
    assert "resample the 200 groups, not the 400 pairs" in said and "not the truth" in said
    early, late = [row for row in found.splits if row["by"] == "period" and (row["prior"], row["heterogeneity"]) == ("narrow", "half_normal")]
    assert f"to 1999 {layout.ranged(early, 'log_density')}; after 1999 {layout.ranged(late, 'log_density')}" in said
    assert "Priors estimated from databases" not in said
    by_rule = [{"of": "heterogeneity", "name": name, "rule": rule, "distribution": None, "source": None} for name, rule in (("half_normal", "turner"), ("unused", "rhodes"))]
    said = " ".join(wording.cautions(replace(found, priors=by_rule, facts=found.facts | {"groups": 400})))
    assert "Priors estimated from databases: half normal (Cochrane reviews of binary outcomes)." in said
    assert "Every pair is a group of its own" in said


def test_the_rules_that_come_from_databases_are_rules():
    known = {*effect_rules.RULES, *tau_rules.RULES}
    assert set(wording.FROM_DATABASES) <= known
    found = calibrate(pairs(20), "calibrated", samples=10, jobs=1)
    assert "Priors estimated from databases: calibrated (pairs of trials in older Cochrane reviews)." in " ".join(wording.cautions(found))


def test_fewer_pairs_under_other_priors_are_said(found):
    fewer = replace(found, scores=[row | {"n": 9} if row["prior"] == "wide" else row for row in found.scores], gains=[row | {"n": 9} for row in found.gains])
    said = next(wording.lessons(fewer))
    assert "likeliest, of the priors that predict all 400, under narrow" in said and "on the 9 pairs that both predict" in said
    none = replace(found, gains=[row | {"n": 0} for row in found.gains])
    assert "The reference, wide without heterogeneity, predicts none of these pairs." in next(wording.lessons(none))
    reference = replace(found, gains=[row for row in found.gains if row["heterogeneity"] == "none"])
    assert next(wording.lessons(reference)).endswith("It is the reference.")


def test_without_predictions_it_says_so(found):
    none = replace(found, scores=[row | {"n": 0} for row in found.scores], gains=[row | {"n": 0} for row in found.gains])
    assert list(wording.lessons(none)) == ["No pair of trials has a prediction under any prior of the set."]
    assert [title for title, _, cells in layout.brief(none) if cells] == []


def test_tables_leave_out_a_number_that_is_the_same_everywhere(found):
    (_, headings, cells), *_ = layout.brief(found)
    assert headings[2] == "pairs" and {row[2] for row in cells} == {""}
    fewer = replace(found, scores=[row | {"n": 400 - i} for i, row in enumerate(found.scores)])
    (_, _, cells), *_ = layout.brief(fewer)
    assert [row[2] for row in cells] == ["400", "399", "398", "397"]


def test_what_is_missing_is_said_once_for_all_priors_of_tau(found):
    def row(prior, heterogeneity, reason, n=3):
        return {"prior": prior, "heterogeneity": heterogeneity, "reason": reason, "n": n}

    skipped = [row("wide", "none", "no MCID"), row("wide", "half_normal", "no MCID"), row("narrow", "half_normal", "no table"), row("narrow", "none", "no MCID", 2)]
    ((_, headings, cells),) = layout.skipped(replace(found, skipped=skipped))
    assert headings == ["priors", "pairs", "reason"]
    assert cells == [["wide", "3", "no MCID"], ["narrow with half normal", "3", "no table"], ["narrow with none", "2", "no MCID"]]


def test_splits_of_one_part_are_left_out(found):
    titles = [title for title, _, _ in layout.whole(found)]
    assert "By field" in titles and "By period of the early trial" in titles and "By measure" not in titles
