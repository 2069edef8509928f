"""Medians of days alive and free, the worst rank included: brute force, closed forms, swapped arms and finer reports."""

from math import lgamma, log

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit
from support.brute_force import days as brute_force
from support.paths import TESTS
from support.reports import REPORTS
from support.trials import make_analysis, make_outcome

from bayes import fit
from bayes.checks import check_outcome
from bayes.errors import InvalidInput
from bayes.paper.days_scale import cumulative
from bayes.paper.trial import load_trial
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.quadrature.beta_tables import BetaTable
from bayes.quadrature.curves import curve as curve_of
from bayes.quadrature.days_free import Arm, curve
from bayes.quadrature.lattices import log_integrals, peaks_of
from bayes.report.dossier.predictive import predictive_check
from bayes.sensitivity.rounded_numbers import recounted
from bayes.text.evidence import in_brief


def report(floor, maximum, treatment, control):
    return {"kind": "days_free", "floor": floor, "maximum": maximum, "treatment": treatment, "control": control}


def days_free(floor, maximum, treatment, control, **more):
    return make_outcome("common_odds_ratio", "higher", report(floor, maximum, treatment, control), **more)


SEVEN, ELEVEN = {"median": 5, "quartiles": [1, 8], "n": 7}, {"median": 3, "quartiles": [0, 7], "n": 11}
SMALL = {
    "floor 0": (0, 10, SEVEN, ELEVEN),
    "floor -1": (-1, 6, SEVEN | {"quartiles": [1, 6]}, SEVEN | {"median": 3, "quartiles": [-1, 5]}),
    "counted": (0, 10, SEVEN | {"at_floor": 1}, ELEVEN | {"at_floor": 3}),
    "counted below zero": (-1, 6, SEVEN | {"quartiles": [0, 5], "at_floor": 1}, SEVEN | {"median": 3, "quartiles": [-1, 5], "at_floor": 2}),
    "at the maximum": (0, 10, SEVEN | {"quartiles": [3, 10]}, ELEVEN | {"median": 0}),
    "between two days": (0, 10, {"median": 6.5, "n": 10, "at_floor": 2}, {"median": 4, "n": 11, "at_floor": 3}),
}


@pytest.mark.parametrize("name", SMALL)
def test_the_curve_of_days_is_that_of_brute_force(name):
    """Probabilities of whole ranks by counting patients day by day, over an even grid of the priors.

    As few patients leave the prior's corners in play, two lattices agree within 0.03, and the tolerance is as much.
    """
    numbers, theta = SMALL[name], np.array([-0.5, 1.2])
    found = curve(days_free(*numbers), None)(theta)
    expected = brute_force.log_likelihood("common_odds_ratio", "higher", report(*numbers), theta)
    constant = 0.0 if name != "between two days" else found[0] - expected[0]  # of a density, not of a probability
    assert found - constant == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("name", ["days free"])
def test_swapped_arms_invert(name):
    measure, benefit, evidence = REPORTS[name]
    there = make_outcome(measure, benefit, evidence)
    back = make_outcome(measure, benefit, evidence | {"treatment": evidence["control"], "control": evidence["treatment"]})
    worse = make_outcome(measure, "lower", evidence)
    found, inverted, lower = (exact_answers(make_analysis(o, "normal(0, 0.5)"))[EFFECT] for o in (there, back, worse))
    assert inverted.mean == pytest.approx(-found.mean, abs=0.005 * found.sd)
    assert inverted.ci_low == pytest.approx(-found.ci_high, abs=0.01 * found.sd)
    assert lower.mean == pytest.approx(-found.mean, abs=0.005 * found.sd)  # the odds of fewer days


def drawn(random, half, n, maximum=6):
    """Days of n patients: 30% at zero, the others uniform over 1 to the maximum, one odds ratio at every cut."""
    upto = 0.3 + 0.7 * np.arange(maximum) / maximum
    odds = upto / (1 - upto) * np.exp(-half)
    return np.searchsorted(odds / (1 + odds), random.random(n))


def test_the_whole_table_of_days_is_not_wider():
    """Six simulated trials, each with the table of days, with medians and the count at zero, and with medians only."""
    random, sds = np.random.default_rng(20261129), {"table": [], "counted": [], "medians": []}
    for _ in range(6):
        arms = {arm: drawn(random, half, 79) for arm, half in (("treatment", 0.25), ("control", -0.25))}
        medians = {
            arm: {"median": q[1], "quartiles": [q[0], q[2]], "n": 79}
            for arm, q in ((arm, [float(x) for x in np.quantile(d, (0.25, 0.5, 0.75))]) for arm, d in arms.items())
        }
        counted = {arm: medians[arm] | {"at_floor": int((arms[arm] == 0).sum())} for arm in arms}
        counts = {arm: [int((d == k).sum()) for k in range(6, -1, -1)] for arm, d in arms.items()}
        table = {"kind": "ordinal", "categories": [str(k) for k in range(6, -1, -1)], **counts}
        for name, evidence in (("table", table), ("counted", report(0, 6, **counted)), ("medians", report(0, 6, **medians))):
            outcome = make_outcome("common_odds_ratio", "higher", evidence)
            sds[name].append(exact_answers(make_analysis(outcome, "normal(0, 1)"))[EFFECT].sd)
    means = {name: float(np.mean(values)) for name, values in sds.items()}
    assert means["table"] < means["counted"] < means["medians"]


def test_a_bare_median_with_counts_nearly_says_what_the_counts_say():
    """With every patient of the median's side unknown, the count at zero has the odds ratio of a 2 x 2 table: Woolf's error."""
    outcome = days_free(0, 28, {"median": 0, "n": 400, "at_floor": 300}, {"median": 0, "n": 400, "at_floor": 340})
    answer = exact_answers(make_analysis(outcome, "normal(0, 50)"))[EFFECT]
    woolf = (1 / 300 + 1 / 100 + 1 / 340 + 1 / 60) ** 0.5
    assert answer.mean == pytest.approx(log(340 * 100 / (300 * 60)), abs=0.05 * woolf)
    assert answer.sd == pytest.approx(woolf, rel=0.02)


def test_uniform_days_have_the_mean_of_a_uniform_distribution():
    """b = 1 and m = 0 without a share at the floor: P(Y <= d) = d / 28, whose mean is 14.5 (closed form)."""
    outcome = days_free(0, 28, SEVEN, ELEVEN)
    shape = {"floor_log_odds": np.array([-40.0]), "mid_log_days": np.zeros(1), "log_steepness": np.zeros(1)}
    upto = cumulative(outcome.evidence, shape, np.zeros(1))[0]
    assert upto == pytest.approx(np.arange(29) / 28)
    assert (1 - upto).sum() == pytest.approx(14.5)


def test_shares_of_shares_are_the_distribution_of_days():
    """The package's log odds, and probabilities multiplied out."""
    numbers = SMALL["floor -1"]
    shape = {"floor_log_odds": -0.4, "zero_log_odds": -1.2, "mid_log_days": 0.3, "log_steepness": 0.5}
    found = cumulative(days_free(*numbers).evidence, {name: np.array([x]) for name, x in shape.items()}, np.array([0.35]))
    assert found[0] == pytest.approx(brute_force.upto(report(*numbers), 0.35, np.array([list(shape.values())]))[:, 0], abs=1e-12)


@pytest.mark.parametrize(("a", "b"), [(1.25, 3.5), (25.25, 25.25), (335.5, 671.0)])
def test_a_table_of_a_beta_distribution(a, b):
    """SciPy's distribution function, and straight lines, never steeper than the tail, where it underflows."""
    x, table = np.linspace(-4, 4, 41), BetaTable(a, b)
    low, high = expit(x), expit(x + 0.3)
    expected = np.where(low > a / (a + b), stats.beta.sf(low, a, b) - stats.beta.sf(high, a, b), stats.beta.cdf(high, a, b) - stats.beta.cdf(low, a, b))
    seen = expected > 1e-120
    assert table.log_between(x, x + 0.3)[seen] == pytest.approx(np.log(expected[seen]), rel=1e-5, abs=1e-5)
    far = np.array([-500.0, -499.0])
    assert 0.5 * a < np.diff(table.log_between(None, far))[0] < 1.001 * a  # a in the limit, less where SciPy underflows


@pytest.mark.parametrize(("size", "shape"), [(3, 4.0), (4, 4.0), (3, 1.0), (4, 1.0)])
def test_lattices_integrate_skewed_peaks(size, shape):
    """Log-gamma variables of a shape, moved along with theta: the integral is Gamma(shape)^size (closed form).

    Those of shape 1 need a second lattice, with the moments that the first has found.
    """
    theta = np.array([-1.0, 0.0, 0.5])

    def log_f(effect, x):
        moved = x - effect[..., None] * np.arange(1, size + 1)
        return (shape * moved - np.exp(moved)).sum(axis=-1)

    peaks = peaks_of(log_f, theta, np.ones((3, size)), np.ones(size))
    assert log_integrals(log_f, theta, peaks) == pytest.approx(size * lgamma(shape), abs=0.02)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"treatment": {"median": 9, "n": 84}}, "a median alone has no precision"),
        ({"treatment": {"median": 9, "quartiles": [10, 16], "n": 84}}, "must not fall"),
        ({"treatment": {"median": 9, "quartiles": [-1, 29], "n": 84}}, "29 lies outside the scale; accepted: -1 to 28"),
        ({"treatment": {"median": 9, "quartiles": [-1, 16], "n": 84, "at_floor": 9}}, "9 of 84 at the floor are too few"),
        ({"treatment": {"median": 9, "quartiles": [3, 16], "n": 84, "at_floor": 30}}, "30 of 84 at the floor are too many"),
        ({"treatment": {"median": 9.5, "quartiles": [9.5, 16], "n": 84}}, "between the same two days"),
        ({"treatment": {"median": 9, "n": 84, "at_floor": 85}}, "exceed n = 84"),
        ({"floor": 3}, "must be 0 or less"),
    ],
)
def test_days_that_cannot_be_read_are_refused(more, said):
    numbers = report(-1, 28, {"median": 9, "quartiles": [-1, 16], "n": 84}, {"median": 7, "quartiles": [-1, 16], "n": 80})
    with pytest.raises(InvalidInput, match=said):
        make_outcome("common_odds_ratio", "higher", numbers | more)


def test_a_percentage_at_the_floor_stands_for_its_counts():
    arm = {"median": 9, "quartiles": [-1, 16], "n": 840, "percent_at_floor": 31}
    outcome = days_free(-1, 28, arm, {"median": 7, "quartiles": [-1, 16], "n": 80})
    assert outcome.evidence.treatment.count == 260 and outcome.evidence.control.count is None  # 31% of 840 are 260.4
    words = [said for said, _ in recounted(outcome)]
    assert words == ["257 of the treatment arm at the floor", "264 of the treatment arm at the floor"]  # 30.5% and 31.5%


def test_quantiles_at_an_end_of_the_scale_only_bound_the_effect():
    end = days_free(0, 28, {"median": 0, "quartiles": [0, 0], "n": 50}, {"median": 7, "quartiles": [0, 16], "n": 50})
    assert "an end of the scale" in end.why_no_estimate
    assert days_free(0, 28, *SMALL["counted"][2:]).has_estimate


def test_the_medians_of_remap_cap_beside_its_own_odds_ratio():
    """NEJM 2023;389:2341: 1.15 (0.98 to 1.34), adjusted for age, sex, site and time; medians alone are farther out.

    The two agree in direction, and the printed odds ratio lies within two standard errors of what the medians imply.
    """
    trial = load_trial(TESTS / "files/abstracts/remap_cap_simvastatin.toml")
    outcome = trial.outcomes["organ_support_free_days"]
    assert not check_outcome(outcome) and in_brief(outcome.evidence) == "medians 11 v 7 of 21 days"
    found = curve_of(outcome, None).estimate
    assert 0 < found.value - log(1.15) < 2.2 * found.standard_error
    assert 0.07 < found.standard_error < 0.15


@pytest.mark.nuts
@pytest.mark.parametrize("name", ["counted below zero"])
def test_what_the_model_predicts_of_days_holds_what_was_printed(name):
    """The counted worst rank and every quantile within its central 95%, as the model was fitted to them."""
    fitted = fit(days_free(*SMALL[name]), prior="normal(0, 0.5)")
    rows = predictive_check(fitted)
    assert {row["quantity"] for row in rows} == {"worst rank", "lower quartile", "median", "upper quartile"}
    assert all(row["low"] <= row["observed"] <= row["high"] for row in rows)


@pytest.mark.parametrize(
    ("floor", "arms", "shares"),
    [
        (0, (ELEVEN | {"at_floor": 3}, SEVEN | {"at_floor": 1}), (3.5 / 12, 1.5 / 8)),  # as counted
        (-1, (ELEVEN | {"quartiles": [-1, 7]}, SEVEN), ((0.7 * 3 + 0.3 * 6) / 11, 0.3 * 2 / 7)),  # nearer the quantile at the floor than the next
    ],
)
def test_a_rough_shape_is_the_line_through_the_log_odds_of_all_quantiles(floor, arms, shares):
    """Least squares by NumPy; of a scale below zero, one in five above the floor is taken to have no day."""
    maximum, none = 10, 0.2 if floor < 0 else 0.0
    rough = days_free(floor, maximum, *arms).evidence.rough_shape
    logit = lambda share: log(share / (1 - share))  # noqa: E731
    points = []
    for arm, p in zip(arms, shares, strict=True):
        for k, days in enumerate((arm["quartiles"][0], arm["median"], arm["quartiles"][1]), 1):
            if 0 < days < maximum:
                above = (k * (arm["n"] + 1) / 4 / arm["n"] - p) / (1 - p)
                points.append((logit((days - 0.5) / maximum), logit(min(max((above - none) / (1 - none), 0.02), 0.98))))
    slope, _ = np.polyfit(*np.array(points).T, 1)
    x, y = np.mean(points, axis=0)
    expected = {"floor_log_odds": logit(sum(shares) / 2), "mid_log_days": x - y / slope, "log_steepness": log(slope)}
    assert rough == pytest.approx(expected | ({"zero_log_odds": logit(0.2)} if floor < 0 else {}))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"n": 3}, "n"), ({"at_floor": 12}, "12 patients at the floor exceed n = 11"), ({"quartiles": [4, 7]}, "must not fall"), ({"quartiles": [2.5, 7], "median": 2.5}, "two quantiles cannot lie between the same two days"),
        ({"quartiles": [0, 11]}, "11 lies outside the scale; accepted: 0 to 10 days"), ({"quartiles": [-1, 7]}, "-1 lies outside the scale"), ({"at_floor": 2}, "2 of 11 at the floor are too few for a quantile of 0"), ({"at_floor": 7}, "7 of 11 at the floor are too many for a quantile of 3; its rank is 6"),
    ],
)  # fmt: skip
def test_days_that_contradict_one_another_are_refused(changed, said):
    with pytest.raises(InvalidInput) as caught:
        days_free(0, 10, ELEVEN | changed, SEVEN)
    assert said in str(caught.value)


def test_counts_at_the_floor_may_differ_from_a_quantile_by_the_patient_of_a_convention():
    for count in (3, 6):
        days_free(0, 10, ELEVEN | {"at_floor": count}, SEVEN)
    days_free(0, 10, ELEVEN | {"quartiles": [0, 10]}, SEVEN | {"quartiles": [2, 8]})


@pytest.mark.parametrize(("arm", "why"), [({"median": 0, "quartiles": [0, 10], "n": 11}, True), ({"median": 10, "quartiles": [10, 10], "n": 11}, True), ({"median": 0, "quartiles": [0, 3], "n": 11}, False), ({"median": 0, "n": 11, "at_floor": 6}, False), ({"median": 0, "n": 11, "at_floor": 11}, True)])
def test_an_arm_whose_quantiles_lie_at_an_end_has_no_estimate(arm, why):
    found = days_free(0, 10, arm, SEVEN).evidence.why_no_estimate("common_odds_ratio")
    assert (found is not None) == why and (not why or found.startswith("the treatment arm's quantiles lie at an end"))


def test_a_count_at_the_floor_implies_the_quantiles_below_it():
    one = days_free(0, 10, ELEVEN | {"at_floor": 3}, SEVEN).evidence
    assert one.informative(one.treatment) == [(3.0, 3.0), (7.0, 6.0)] and one.informative(one.control) == [(1.0, 2.0), (5.0, 4.0), (8.0, 6.0)]


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_quantiles_are_told_apart_however_few_the_patients(n):
    one = days_free(0, 10, {"median": 5, "quartiles": [1, 8], "n": n}, SEVEN).evidence
    assert Arm(one, one.treatment).days == (1.0, 5.0, 8.0)
