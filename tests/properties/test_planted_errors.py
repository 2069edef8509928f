"""Planted errors are found; correct reports are never called inconsistent."""

from decimal import ROUND_HALF_EVEN, Decimal
from math import exp

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from support.printed_reports import binary, found, outcome, printed, ratio, table

from bayes.checks import INCONSISTENT, NOT_CHECKABLE, check_outcome, common_odds, p_values, two_by_two
from bayes.checks.rounding import distance

# Planted errors ------------------------------------------------------------------------------------------------------


def rounded(value: float, digits: int) -> Decimal:
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_EVEN)


cells = st.tuples(st.integers(3, 60), st.integers(3, 60), st.integers(3, 60), st.integers(3, 60))
MEASURES = ["odds_ratio", "risk_ratio", "risk_difference"]


@settings(max_examples=60, deadline=None)
@given(cells, st.sampled_from(MEASURES), st.integers(2, 3), st.data())
def test_correct_reports_of_two_proportions_are_never_called_inconsistent(counts, measure, digits, data):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    method = data.draw(st.sampled_from(sorted(two_by_two.intervals(measure, 0.95))))
    test = data.draw(st.sampled_from(sorted(p_values.two_by_two(measure))))
    limits = two_by_two.intervals(measure, 0.95)[method](*arms)
    p = rounded(p_values.two_by_two(measure)[test](*arms), 3)
    estimate = rounded(two_by_two.effect(measure, *arms), digits)
    low, high = (rounded(x, digits) for x in limits) if limits[0] == limits[0] else (None, None)
    assume(p > 0)
    ci = f", ci = [{low}, {high}]" if low is not None else ""
    out = outcome(binary(*arms), printed(f"estimate = {estimate}{ci}, p = {p}"), measure=measure)
    assert INCONSISTENT not in {f.verdict for f in check_outcome(out)}, check_outcome(out)


@settings(max_examples=60, deadline=None)
@given(cells, st.sampled_from(["risk_ratio", "risk_difference"]), st.integers(4, 40), st.sampled_from([-1, 1]))
def test_a_moved_estimate_is_found(counts, measure, by, side):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    moved = rounded(two_by_two.effect(measure, *arms), 3) + side * by * Decimal("0.001")
    assume(abs(moved) < 1 if measure == "risk_difference" else moved > 0)
    (finding,) = check_outcome(outcome(binary(*arms), printed(f"estimate = {moved}"), measure=measure))
    assert (finding.path, finding.verdict) == ("printed.estimate", INCONSISTENT)
    assert abs(finding.units - by) <= 0.51


@settings(max_examples=60, deadline=None)
@given(cells, st.integers(5, 40))
def test_a_moved_p_value_is_found_unless_another_test_gives_it(counts, by):
    a, b, c, d = counts
    arms = (a, a + b, c, c + d)
    candidates = {k: f(*arms) for k, f in p_values.two_by_two("odds_ratio").items()}
    moved = rounded(candidates["Fisher"], 3) + by * Decimal("0.001")
    assume(moved < 1 and all(distance(moved, p) > 0.6 for p in candidates.values()))
    assert found(binary(*arms), printed(f"p = {moved}")) == {"printed.p": INCONSISTENT}
    assert found(binary(*arms), printed(f'p = {moved}, test = "fisher"')) == {"printed.p": INCONSISTENT}


@settings(max_examples=60, deadline=None)
@given(st.floats(-1.2, 1.2), st.floats(0.05, 0.6), st.sampled_from([0.9, 0.95, 0.99]))
def test_a_correct_estimate_agrees_with_itself_and_a_moved_limit_does_not(y, s, level):
    q = stats.norm.ppf((1 + level) / 2)
    estimate, low, high = (rounded(exp(x), 3) for x in (y, y - q * s, y + q * s))
    p = rounded(2 * stats.norm.sf(abs(y) / s), 3)
    assume(p > 0 and low > Decimal("0.1"))
    body = f"estimate = {estimate}, ci = [{{}}, {high}], level = {level}, p = {p}, se = {s:.4f}"
    assert INCONSISTENT not in ratio(body.format(low)).values()
    wrong = low - (estimate - low) / 3 - Decimal("0.02")
    assume(wrong > 0)
    assert ratio(body.format(wrong)).get("evidence.estimate") == INCONSISTENT


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=7),
    st.sampled_from(["higher", "lower"]),
)
def test_correct_reports_of_a_shift_are_never_called_inconsistent(rows, benefit):
    t, c = zip(*rows, strict=True)
    assume(sum(t) > 5 and sum(c) > 5 and sum(a + b > 0 for a, b in rows) > 1)
    fit = common_odds.fit(t, c)
    assume(fit is not None and abs(fit.theta) < 4)
    sign = 1 if benefit == "higher" else -1
    low, high = sorted(sign * x for x in common_odds.intervals(0.95)["profile likelihood"](t, c))
    p = rounded(common_odds.tests(t, c)["Wilcoxon"], 3)
    assume(p > 0)
    body = f"estimate = {rounded(exp(sign * fit.theta), 2)}, ci = [{rounded(exp(low), 2)}, {rounded(exp(high), 2)}], p = {p}"
    said = found(table(t, c), printed(body), measure="common_odds_ratio", benefit=benefit, n1=sum(t), n0=sum(c))
    assert said.keys() <= {"evidence"} and said.get("evidence") in (None, NOT_CHECKABLE)  # odds need not be proportional
    assume(abs(p - Decimal("0.5")) > Decimal("0.1"))
    assert found(table(t, c), printed("p = 0.500"), measure="common_odds_ratio", n1=sum(t), n0=sum(c)).get(
        "printed.p"
    ) in (INCONSISTENT, None)
