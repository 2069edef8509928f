"""Families of observations whose medians are printed: which is taken, its density, its start and what it compares, against SciPy and the mirror."""

import numpy as np
import pytest
from scipy import special, stats
from support.medians import QUARTILES
from support.trials import make_analysis, make_outcome

from bayes import fit, synthesis_of
from bayes import outcome as bayes_outcome
from bayes.analysis.plan import make_plan
from bayes.errors import InvalidInput
from bayes.paper.evidence.medians import MedianOfArm
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.posterior.remarks import remarks_on
from bayes.priors.sets import load_priors
from bayes.quadrature import families
from bayes.quadrature.families import FAMILIES, NORMAL, family_of
from bayes.quadrature.medians import curve_of_family, log_curve
from bayes.sensitivity.alternative_likelihoods import likelihood_rows
from bayes.sensitivity.subject import Subject

QUARTILES_OF = {"measure": "mean_difference", "benefit": "lower", "treatment": QUARTILES["treatment"], "control": QUARTILES["control"]}
SKEWED = QUARTILES  # its range, 1 to 71 about a median of 12, is that of no normal sample of 80


def test_the_rule_takes_the_scale_on_which_the_numbers_are_symmetric():
    """A difference of skewed numbers is one of log-normal medians; a stated family and symmetric numbers stay."""
    ranges = [make_outcome(m, "lower", SKEWED).evidence for m in ("mean_difference", "mean_ratio")]
    assert [e.log_normal(m) for e, m in zip(ranges, ("mean_difference", "mean_ratio"), strict=True)] == [True, True]
    stated = make_outcome("mean_difference", "lower", SKEWED | {"family": "normal"}).evidence
    assert not stated.log_normal("mean_difference")
    arm = {"median": 50, "quartiles": [43, 57], "range": [20, 79], "n": 80}
    even = make_outcome("mean_ratio", "lower", {"kind": "medians", "treatment": arm, "control": arm}).evidence
    assert not even.log_normal("mean_difference") and not even.log_normal("mean_ratio")


@pytest.mark.parametrize("shown", ["quartiles", "range", "both"])
@pytest.mark.parametrize("n", [20, 100])
def test_normal_samples_are_skewed_one_time_in_twenty(shown, n):
    """Shi et al. (2023): a level of 5% for normal observations, to which 2,000 samples are near (standard error 0.5%).

    With 20 patients their critical values for quartiles are on the safe side.
    """
    random = np.random.default_rng(3)
    found = 0
    for x in random.standard_normal((2000, n)) + 20:
        x = x.round(6)
        pairs = {"quartiles": tuple(np.quantile(x, (0.25, 0.75)).round(6)), "range": (x.min(), x.max())}
        kept = pairs if shown == "both" else {shown: pairs[shown]}
        found += MedianOfArm(median=float(np.median(x).round(6)), n=n, **kept).skewed(False)
    assert 0.025 < found / 2000 < 0.065


@pytest.mark.nuts
@pytest.mark.parametrize(
    ("measure", "evidence"),
    [
        ("mean_difference", SKEWED),
        ("mean_ratio", {"kind": "medians", "family": "normal", **{arm: {"median": m, "quartiles": [m - 7, m + 8], "n": 40} for arm, m in (("treatment", 50), ("control", 44))}}),
    ],
)
def test_nuts_agrees_where_effect_and_locations_are_on_different_scales(measure, evidence):
    (row,) = fit(make_outcome(measure, "lower", evidence), prior="normal(0, 5)").rows
    assert row["status"] == "ok"
    assert abs(row["mean"] - row["exact_mean"]) < 4 * row["mcse_mean"]


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_the_density_of_a_family_is_that_of_scipy(family):
    """Seven whole ranks: n! over the factorials of the gaps, times f and F of SciPy's distributions."""
    arm = MedianOfArm(median=6.0, quartiles=(3.0, 11.0), n=7)
    location, sigma = (1.7, 0.8) if family.logarithmic else (6.5, 4.0)
    of = {
        "normal": stats.norm(location, sigma),
        "log-normal": stats.lognorm(sigma, scale=np.exp(location)),
        "gamma": stats.gamma(sigma**-2, scale=np.exp(location) * sigma**2),
    }[family.name]
    x = np.array([3.0, 6.0, 11.0])
    shares = np.diff([0, *of.cdf(x), 1])
    expected = special.gammaln(8) + np.log(of.pdf(x)).sum() + np.log(shares).sum()
    jacobian = -np.log(x).sum() if family.of_logarithms else 0.0
    assert family.log_density(arm, np.array(location), np.array(np.log(sigma))) + jacobian == pytest.approx(expected)


def test_other_families_are_rows_with_their_fit():
    rows = [row for row in likelihood_rows(Subject.of(make_outcome("mean_difference", "lower", SKEWED), "normal(0, 5)")) if row["question"] == "family"]
    assert [row["variation"].split(";")[0] for row in rows] == [
        "normal observations, difference of means",
        "gamma observations, difference of means",
    ]
    assert "log units worse" in rows[0]["variation"]


@pytest.mark.parametrize("measure", ["mean_difference", "mean_ratio"])
@pytest.mark.parametrize("family", ["normal", "log_normal"])
def test_swapping_the_arms_inverts_every_family(measure, family):
    swapped = SKEWED | {"treatment": SKEWED["control"], "control": SKEWED["treatment"], "family": family}
    grid = np.linspace(-1, 1, 9) * (5 if measure == "mean_difference" else 1)
    one, other = (make_outcome(measure, "lower", e).evidence for e in (SKEWED | {"family": family}, swapped))
    assert log_curve(one, measure)(grid) == pytest.approx(log_curve(other, measure)(-grid), abs=1e-6)


@pytest.mark.parametrize("unit", [0.001, 1000])
def test_another_unit_moves_a_curve_by_a_constant(unit):
    grid = np.linspace(-12, 8, 9)
    plain = make_outcome("mean_difference", "lower", SKEWED | {"family": "normal"}).evidence
    arms = {arm: {name: [unit * x for x in value] if isinstance(value, list) else value if name == "n" else unit * value for name, value in SKEWED[arm].items()} for arm in ("treatment", "control")}
    scaled = make_outcome("mean_difference", "lower", SKEWED | arms | {"family": "normal"}).evidence
    apart = log_curve(scaled, "mean_difference")(unit * grid) - log_curve(plain, "mean_difference")(grid)
    assert np.ptp(apart) < 1e-6


def test_what_has_no_logarithm_is_named():
    arm = {"median": 3, "quartiles": [-1, 8], "n": 20}
    with pytest.raises(InvalidInput, match='-1 has no logarithm, as log_normal needs; accepted: above 0, or family = "normal"'):
        make_outcome("mean_difference", "lower", {"kind": "medians", "family": "log_normal", "treatment": arm, "control": arm})


def test_a_gamma_reading_of_few_patients_has_an_interval_under_any_prior():
    """Ten patients an arm and a prior of twenty log units: far from the peak the curve is level, never rising."""
    arms = {"treatment": {"median": 16.61, "quartiles": [9.962, 19.57], "n": 10}, "control": {"median": 23.42, "quartiles": [20.31, 25.53], "n": 10}}
    outcome = make_outcome("mean_ratio", "higher", {"kind": "medians", **arms})
    subject, gamma = Subject.of(outcome, "normal(0, 20)"), curve_of_family(outcome, FAMILIES[2])
    assert gamma(np.array([-1e7, 1e7])).max() < gamma(np.array([gamma.centre]))[0] - 50
    limits = subject.interval(subject.posterior_of(gamma))
    assert 0.2 < limits["estimate_low"] < 0.68 < limits["estimate_high"] < 2


@pytest.mark.parametrize(("measure", "family"), [("mean_difference", "log_normal"), ("mean_ratio", "normal"), ("mean_difference", "normal")])
def test_the_estimate_compares_what_the_likelihood_compares(measure, family):
    """10 (5 to 20) v 6 (3 to 12) in fifty each: the estimate in closed form lies within a third of an sd of the curve's."""
    arms = {"treatment": {"median": 10, "quartiles": [5, 20], "n": 50}, "control": {"median": 6, "quartiles": [3, 12], "n": 50}}
    outcome = make_outcome(measure, "lower", {"kind": "medians", "family": family, **arms})
    y, s = outcome.evidence.own_estimate(measure)
    answer = exact_answers(make_analysis(outcome, "normal(0, 100)" if measure == "mean_difference" else "normal(0, 3)"))[EFFECT]
    assert abs(y - answer.mean) < answer.sd / 3 and s == pytest.approx(answer.sd, rel=0.25)
    assert outcome.evidence.variance_of_control(measure) < s**2


def test_medians_of_logs_among_means_are_named():
    """Log-normal observations differ by their medians, which a synthesis of mean differences says."""
    medians = bayes_outcome(trial="a", kind="medians", family="log_normal", **QUARTILES_OF)
    means = bayes_outcome(trial="b", kind="means", treatment=(9, 6, 40), control=(12, 7, 42), measure="mean_difference", benefit="lower")
    (analysis,) = make_plan([synthesis_of([medians, means], heterogeneity={"distribution": "half_normal(2)", "rationale": "r"})], load_priors(), ["normal(0, 5)"]).analyses
    said = " ".join(map(str, remarks_on(analysis, None, None)))
    assert "differences of medians of log-normal observations, pooled with differences of means: a:outcome" in said


def test_families_of_medians_are_densities_whose_start_and_peak_are_known():
    """Of quantiles that lie as those of a family do, the peak is at its own location and sigma; a log-normal mean is exp(mu + sigma^2 / 2)."""
    n, mu, sigma = 399, 1.2, 0.4
    z = stats.norm.ppf([0.25, 0.5, 0.75])
    quartiles = lambda numbers: MedianOfArm(median=round(numbers[1], 6), quartiles=[round(numbers[0], 6), round(numbers[2], 6)], n=n)  # noqa: E731
    normal, logs = quartiles(mu + sigma * z), quartiles(np.exp(mu + sigma * z))
    assert families.NORMAL.start(normal) == pytest.approx((mu, sigma), rel=0.01)
    assert families.LOGNORMAL.start(logs) == pytest.approx((mu, sigma), rel=0.01)
    assert families.GAMMA.start(logs) == pytest.approx((mu + sigma**2 / 2, sigma), rel=0.01)
    assert np.exp(families.GAMMA.start(logs)[0]) == pytest.approx(stats.lognorm(sigma, 0, np.exp(mu)).mean(), rel=0.01)
    jacobian = sum(np.log(float(x)) for x, _ in logs.ranked)
    assert families.LOGNORMAL.greatest(logs) == pytest.approx(families.NORMAL.greatest(normal) - jacobian, abs=1e-4)
    for family, arm in ((families.NORMAL, normal), (families.LOGNORMAL, logs)):
        at = lambda m, s, family=family, arm=arm: float(family.log_density(arm, np.array(m), np.array(np.log(s))))  # noqa: E731
        assert max(at(mu + d, sigma + e) for d in (-0.05, 0.05) for e in (-0.05, 0.05)) < at(mu, sigma)


@pytest.mark.parametrize(("name", "law", "location"), [("NORMAL", stats.norm(1.2, 0.4), 1.2), ("LOGNORMAL", stats.norm(1.2, 0.4), 1.2), ("GAMMA", stats.gamma(6.25, scale=np.exp(1.2) / 6.25), 1.2)])
def test_order_statistics_have_their_joint_density(name, law, location):
    """n! over the factorials of the gaps, times densities at the numbers and the powers of what lies between them (David and Nagaraja 2003)."""
    numbers, n = np.array([0.9, 1.3, 1.6]) if name != "GAMMA" else np.array([2.0, 3.0, 5.0]), 7
    printed = np.exp(numbers) if name == "LOGNORMAL" else numbers
    arm = MedianOfArm(median=float(printed[1]), quartiles=[float(printed[0]), float(printed[2])], n=n)
    share = np.diff(np.concatenate([[0.0], law.cdf(numbers), [1.0]]))
    expected = special.gammaln(n + 1) - 4 * special.gammaln(2) + law.logpdf(numbers).sum() + np.log(share).sum()  # ranks 2, 4 and 6: one between each two
    found = getattr(families, name).log_density(arm, np.array(location), np.array(np.log(0.4)))
    assert float(found) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("move", [-20, -5])
def test_numbers_of_which_some_are_not_positive_are_read_as_normal(move):
    """The least is 0 or below: there is no logarithm, however skewed the numbers are."""
    arms = {arm: {name: [x + move for x in value] if isinstance(value, list) else value + move if name == "median" else value for name, value in QUARTILES[arm].items()} for arm in ("treatment", "control")}
    evidence = make_outcome("mean_difference", "lower", QUARTILES | arms).evidence
    assert evidence.least <= 0 and not evidence.log_normal("mean_difference") and family_of(evidence, "mean_difference") is NORMAL
