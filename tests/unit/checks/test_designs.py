"""`bayes check` without false alarms: what a file says of a design, an interval or a test is not held against it."""

from math import exp, log

import pytest
from scipy.stats import norm
from support.printed_reports import binary, check_outcome, found, outcome, printed, ratio, table

from bayes.checks import INCONSISTENT, NOT_CHECKABLE, ONLY_ROUNDING, common_odds
from bayes.checks.ordinal import split, widths

# Designs -------------------------------------------------------------------------------------------------------------

# BLING III (2024): 864/3474 v 939/3507, cluster-robust risk difference -1.9 points (-4.9 to 1.1); crude -4.0 to 0.1
BLING = binary(864, 3474, 939, 3507)
RD = printed("estimate = -0.019, ci = [-0.049, 0.011]")


def difference(rest, evidence=BLING, **kwargs):
    return found(evidence, rest, **{"measure": "risk_difference", "benefit": "lower"} | kwargs)


@pytest.mark.parametrize(
    "stated", ["design_effect = 2.1", "icc = 0.01\ncluster_size = 120", "stratified = true", 'interval = "robust"']
)
def test_a_design_that_the_file_states_is_not_comparable_with_the_crude_table(stated):
    assert difference(RD) == {"printed.ci": INCONSISTENT}
    assert difference(f"{stated}\n{RD}") == {"printed.ci": NOT_CHECKABLE}
    (finding,) = check_outcome(outcome(BLING, f"{stated}\n{RD}", measure="risk_difference", benefit="lower"))
    assert "not comparable with the crude table" in finding.text or "cannot be recomputed" in finding.text


def test_a_design_is_stated_of_one_printed_result_alone():
    two = "printed = [{ estimate = -0.019, ci = [-0.049, 0.011], stratified = true }, { ci = [-0.049, 0.011] }]"
    assert difference(two) == {"printed.0.ci": NOT_CHECKABLE, "printed.1.ci": INCONSISTENT}


def test_clusters_say_their_size_or_their_effect():
    assert outcome(BLING, "icc = 0.01\ncluster_size = 121", measure="risk_difference").variance_factor == 1 + 120 * 0.01
    assert outcome(BLING, measure="risk_difference").variance_factor is None
    with pytest.raises(Exception, match="requires cluster_size"):
        outcome(BLING, "icc = 0.01", measure="risk_difference")
    with pytest.raises(Exception, match="design_effect"):
        outcome(BLING, "icc = 0.01\ncluster_size = 9\ndesign_effect = 1.2", measure="risk_difference")


def test_patients_of_their_own():
    """A subgroup is a part of the trial, and patients of several trials together are more than those of one."""
    t, c = (5, 9, 20, 15), (3, 8, 12, 17)
    odds = {"measure": "common_odds_ratio", "n1": 104, "n0": 102}
    assert set(found(table(t, c), **odds)) == {"evidence.treatment", "evidence.control"}
    assert found(table(t, c), 'patients = "survivors"', **odds) == {}
    assert found(table(t, c), 'patients = "survivors"', **odds | {"n1": 40})["evidence.treatment"] == INCONSISTENT
    assert found(binary(5, 140, 3, 139), 'patients = ["demo", "other"]', n1=39, n0=39) == {}


# Intervals -----------------------------------------------------------------------------------------------------------

# Wang 2020 (Lancet 395:1569-78), table 3: days of ventilation, Hodges-Lehmann
MEDIANS = 'kind = "estimate", estimate = -4.0, ci = [-14.0, 2.0]'


def days(more="", rest=""):
    return found(MEDIANS + more, rest, measure="mean_difference", benefit="lower")


def test_an_interval_that_need_not_be_centred():
    assert days() == {"evidence.estimate": NOT_CHECKABLE}  # how it was made is not said
    for named in ("hodges_lehmann", "exact", "profile", "bootstrap", "credible", "other"):
        assert (
            days(f', interval = "{named}"')
            == days(rest=f'interval = "{named}"')
            == {"evidence.estimate": NOT_CHECKABLE}
        )
        assert days(f', interval = "{named}", p = 0.7') == {
            "evidence.estimate": NOT_CHECKABLE,
            "evidence.p": NOT_CHECKABLE,
        }
    for wald in (', interval = "wald"', ', interval = "robust"', ", se = 4.08", ", df = 40"):
        assert days(wald)["evidence.estimate"] == INCONSISTENT


def test_a_ratio_off_the_centre_of_its_interval_is_inconsistent_until_it_says_why():
    """0.62 (0.31 to 1.02): the centre is 0.56."""
    assert ratio("estimate = 0.62, ci = [0.31, 1.02]") == {"evidence.estimate": INCONSISTENT}
    assert ratio('estimate = 0.62, ci = [0.31, 1.02], interval = "profile"') == {"evidence.estimate": NOT_CHECKABLE}
    (finding,) = check_outcome(outcome('kind = "estimate", estimate = 0.62, ci = [0.31, 1.02]', measure="rate_ratio"))
    assert "state its `interval`" in finding.text


def test_a_named_interval_is_compared_with_its_own_kind():
    """15/65 v 5/61: Woolf 1.14 to 9.90, profile 1.19 to 10.9, exact conditional 1.05 to 12.6."""
    woolf = [exp(log(3.36) + q * (1 / 15 + 1 / 50 + 1 / 5 + 1 / 56) ** 0.5) for q in norm.ppf([0.025, 0.975])]

    def say(low, high, kind=None):
        more = "" if kind is None else f', interval = "{kind}"'
        return found(binary(15, 65, 5, 61), printed(f"ci = [{low:.2f}, {high:.2f}]{more}"))

    assert say(*woolf) == say(*woolf, "wald") == {}
    assert say(*woolf, "profile") == {"printed.ci": INCONSISTENT}
    assert say(*woolf, "exact") == say(1.3, 9.1, "bootstrap") == {"printed.ci": NOT_CHECKABLE}


def test_the_risk_ratio_of_another_packages_wrong_standard_error():
    """13/19 v 16/41 (easystats/effectsize, issue 584): Katz 1.07 to 2.86; a sum of roots gave 0.88 to 3.49."""
    s = (1 / 13 - 1 / 19 + 1 / 16 - 1 / 41) ** 0.5
    katz = [1.7532894736842106 * exp(q * s) for q in norm.ppf([0.025, 0.975])]
    assert katz == pytest.approx([1.07, 2.86], abs=0.01)

    def say(ci):
        return found(binary(13, 19, 16, 41), printed(f"estimate = 1.75, ci = {ci}"), measure="risk_ratio")

    assert say("[1.07, 2.86]") == {} and say("[0.88, 3.49]") == {"printed.ci": INCONSISTENT}


# Tests ---------------------------------------------------------------------------------------------------------------

# PRONOUNCE (PMC9004319), table 2: hazard ratio (Wald interval), log-rank p, and the p of the interval
PRONOUNCE = {
    "mace": (1.283, 0.589, 2.794, "0.5294", 0.530349972995094, ONLY_ROUNDING),
    "smq": (0.665, 0.336, 1.317, "0.2389", 0.24171076831143212, INCONSISTENT),
    "full": (1.446, 0.677, 3.088, "0.3382", 0.34079250877989253, INCONSISTENT),
    "cvdeath": (0.186, 0.022, 1.595, "0.0853", 0.12375227911336123, INCONSISTENT),
    "mi": (1.594, 0.381, 6.673, "0.5196", 0.5232366140996532, INCONSISTENT),
    "death": (0.839, 0.324, 2.176, "0.7184", 0.7178649123144877, ONLY_ROUNDING),
}


@pytest.mark.parametrize(("y", "low", "high", "p", "wald", "verdict"), PRONOUNCE.values(), ids=list(PRONOUNCE))
def test_a_log_rank_p_beside_a_wald_interval(y, low, high, p, wald, verdict):
    s = log(high / low) / (2 * norm.ppf(0.975))
    assert 2 * norm.sf(abs(log(y)) / s) == pytest.approx(wald, abs=1e-9)
    effect = f"estimate = {y}, ci = [{low}, {high}]"

    def say(more, rest=""):
        return found(f'kind = "estimate", {effect}{more}', rest, measure="hazard_ratio", benefit="lower")

    alone = {k: v for k, v in say("").items() if k != "evidence.p"}
    assert say(f", p = {p}") == alone | {"evidence.p": verdict}
    for name in ("log-rank", "stratified log-rank test", "Gehan-Breslow", "permutation", "tarot"):
        expected = NOT_CHECKABLE if verdict == INCONSISTENT else None
        named = say(f', p = {p}, test = "{name}"')
        assert named.get("evidence.p") == expected
        assert say("", printed(f'p = {p}, test = "{name}"')).get("printed.p") is None  # nothing beside it to compare
    assert say(f', p = {p}, test = "Cox"')["evidence.p"] == verdict  # a Wald test of the model behind the interval


# Merged categories ---------------------------------------------------------------------------------------------------


def test_merged_categories_are_split_either_way():
    """A table printed as 0, 1, 2-3: the shift of the four categories is no contradiction, one beyond any split is."""
    t, c, merged_t, merged_c = (20, 15, 12, 3), (12, 13, 10, 15), (20, 15, 15), (12, 13, 25)
    whole, merged = (exp(common_odds.fit(*pair).theta) for pair in ((t, c), (merged_t, merged_c)))
    assert whole > 1.05 * merged

    def say(x, names):
        cells = f'kind = "ordinal", categories = {names}, treatment = {[*merged_t]}, control = {[*merged_c]}'
        return found(cells, printed(f"estimate = {x:.2f}"), measure="common_odds_ratio", n1=50, n0=50)

    assert say(merged, '["0", "1", "2-3"]') == {}
    assert say(whole, '["0", "1", "2-3"]') == {"printed.estimate": ONLY_ROUNDING}
    assert say(whole, '["0", "1", "2 or 3"]') == {"printed.estimate": INCONSISTENT}
    assert say(3 * whole, '["0", "1", "2-3"]') == {"printed.estimate": INCONSISTENT}
    assert [widths(name) for name in ("0", "5-6", "3–6", "dead", "6-5")] == [1, 2, 4, 1, 1]


def test_no_split_goes_further_than_the_two_extremes():
    """By brute force: every way of splitting 5 v 6 patients of one merged cell in two."""
    t, c = (9, 4, 5), (6, 5, 6)
    fits = [common_odds.fit((*t[:2], a, 5 - a), (*c[:2], b, 6 - b)).theta for a in range(6) for b in range(7)]
    ends = [common_odds.fit(*pair).theta for pair in split([(t, c)], [1, 1, 2])[1:]]
    assert (min(fits), max(fits)) == pytest.approx((min(ends), max(ends)))


def test_bands_between_cuts_are_merged_categories():
    """mRS at most 1 and at most 2 leave 3 to 6 in one band: the shift over seven levels need not be that of three."""
    cuts = (
        'kind = "ordinal_cut", categories = ["0", "1", "2", "3", "4", "5", "6"], cuts = ['
        '{ at_most = "1", treatment = { events = 30, n = 100 }, control = { events = 22, n = 100 } }, '
        '{ at_most = "2", treatment = { events = 45, n = 100 }, control = { events = 36, n = 100 } }]'
    )
    assert found(cuts, printed("estimate = 1.30"), measure="common_odds_ratio", n1=100, n0=100) == {
        "printed.estimate": ONLY_ROUNDING
    }


# Standard errors typed for standard deviations -----------------------------------------------------------------------

# Stem Cell Res Ther 2020 (s13287-019-1545-x), table 4: GMFM and ADL change, mean (SEM)
SEM = {
    "gmfm": ((64.526, 9.600, 19), (36.800, 8.802, 20), "0.045", 40),
    "adl": ((22.974, 2.936, 19), (12.775, 2.465, 20), "0.009", 12),
}


@pytest.mark.parametrize(("t", "c", "p", "sd_ref"), SEM.values(), ids=list(SEM))
def test_these_sds_look_like_standard_errors(t, c, p, sd_ref):
    def means(factor):
        arms = ", ".join(
            f"{arm} = {{ mean = {m}, sd = {s * factor(n):.3f}, n = {n} }}"
            for arm, (m, s, n) in (("treatment", t), ("control", c))
        )
        return f'kind = "means", {arms}'

    def say(evidence, rest):
        hits = check_outcome(outcome(evidence, rest, measure="mean_difference"))
        return [f for f in hits if "look like standard errors" in f.text]

    typed, meant = means(lambda n: 1), means(lambda n: n**0.5)
    gap, error = t[0] - c[0], (t[1] ** 2 + c[1] ** 2) ** 0.5
    interval = f"ci = [{gap - 2 * error:.1f}, {gap + 2 * error:.1f}]"
    for rest in (printed(f"p = {p}"), printed(interval), printed(f"se = {error:.2f}"), f"sd_ref = {sd_ref}"):
        (finding,) = say(typed, rest)
        assert finding.verdict == NOT_CHECKABLE and f"{t[1] * t[2] ** 0.5:.4g}" in finding.text
        assert say(meant, rest) == []
    assert say(typed, "") == []
