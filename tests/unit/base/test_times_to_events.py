"""Kaplan-Meier survival, restricted means, Cox's partial likelihood and its test, against figures of other packages and brute force."""

from math import erfc, exp, inf, log, sqrt

import numpy as np
import pytest
from scipy import optimize, stats
from support.survival import PLACEBO, SIX_MP, patients_of, planted

from bayes.base.kaplan_meier import KaplanMeier, Patients
from bayes.base.proportional_hazards import Comparison

LEUKAEMIA = patients_of(SIX_MP), patients_of(PLACEBO)


def partial_likelihood(theta: float, slope: float, arms: tuple[Patients, Patients], g) -> float:
    """Efron's log partial likelihood of theta + slope g(t), patient by patient."""
    everybody = [(t, e, x) for x, arm in zip((1, 0), arms, strict=True) for t, e in zip(arm.times, arm.events, strict=True)]
    total = 0.0
    for time in sorted({t for t, e, _ in everybody if e}):
        effect = theta + slope * g(time)
        tied = [exp(effect * x) for t, e, x in everybody if e and t == time]
        risk = sum(exp(effect * x) for t, _, x in everybody if t >= time)
        total += sum(map(log, tied)) - sum(log(risk - i / len(tied) * sum(tied)) for i in range(len(tied)))
    return total


def small(seed: int) -> tuple[Patients, Patients]:
    """Two small arms with ties and censoring."""
    generator = np.random.default_rng(seed)
    return tuple(
        Patients.of(np.ceil(generator.exponential(mean, n)), (generator.random(n) < 0.7).astype(float)) for mean, n in ((9, 23), (6, 19))
    )


def test_the_hazard_ratio_of_the_leukaemia_trial_is_that_of_other_packages():
    """lifelines 0.30.3, CoxPHFitter (Efron): 1.572125 with standard error 0.412397; R's coxph prints 1.5721 and 0.4124."""
    treated, control = LEUKAEMIA
    assert Comparison.of(control, treated).log_hazard_ratio() == pytest.approx((1.572125, 0.412397), abs=1e-6)


@pytest.mark.parametrize("seed", range(3))
def test_the_hazard_ratio_maximises_the_partial_likelihood(seed):
    arms = small(seed)
    y, s = Comparison.of(*arms).log_hazard_ratio()
    found = optimize.minimize_scalar(lambda theta: -partial_likelihood(theta, 0, arms, float), bounds=(-4, 4), method="bounded", options={"xatol": 1e-9})
    h = 1e-3
    curvature = (partial_likelihood(y + h, 0, arms, float) - 2 * partial_likelihood(y, 0, arms, float) + partial_likelihood(y - h, 0, arms, float)) / h**2
    assert (y, s) == pytest.approx((found.x, (-curvature) ** -0.5), abs=2e-5)
    back, same = Comparison.of(*arms[::-1]).log_hazard_ratio()
    assert (back, same) == pytest.approx((-y, s))


@pytest.mark.parametrize("arms", [LEUKAEMIA, small(1)], ids=["leukaemia", "small"])
def test_the_test_of_proportionality_is_the_score_test_of_a_slope(arms):
    """Score and information by finite differences of the partial likelihood, with Kaplan-Meier's g of both arms together."""
    both = KaplanMeier.of(Patients.of(*(np.concatenate([getattr(arm, name) for arm in arms]) for name in ("times", "events"))))

    def g(time: float) -> float:
        return 1 - both.at(np.nextafter(time, 0))[0]

    comparison = Comparison.of(*arms)
    theta, h = comparison.log_hazard_ratio()[0], 1e-4

    def at(a: float, b: float) -> float:
        return partial_likelihood(theta + a, b, arms, g)

    score = (at(0, h) - at(0, -h)) / (2 * h)
    cross = -(at(h, h) - at(h, -h) - at(-h, h) + at(-h, -h)) / (4 * h * h)
    of_slope, of_theta = (-(at(*d) - 2 * at(0, 0) + at(-d[0], -d[1])) / h**2 for d in ((0, h), (h, 0)))
    statistic, p = comparison.test_of_proportionality()
    assert statistic == pytest.approx(score**2 / (of_slope - cross**2 / of_theta), rel=1e-3)
    assert p == pytest.approx(stats.chi2.sf(statistic, 1)) == erfc(sqrt(statistic / 2))


def test_proportional_hazards_are_doubted_as_often_as_the_level_says_and_others_nearly_always():
    """400 trials: a share of 0.05 has a 99.9% band of 0.019 to 0.092; of crossing hazards the test misses none of 50."""
    generator = np.random.default_rng(20261129)
    p = [Comparison.of(planted(generator, 100, 0.05), planted(generator, 100, 0.08)).test_of_proportionality()[1] for _ in range(400)]
    assert stats.binom.ppf(0.0005, 400, 0.05) <= sum(x < 0.05 for x in p) <= stats.binom.ppf(0.9995, 400, 0.05)
    crossing = [Comparison.of(planted(generator, 200, 0.06, 0.6), planted(generator, 200, 0.06, 1.8)).test_of_proportionality()[1] for _ in range(50)]
    assert max(crossing) < 0.05


def test_an_arm_without_events_has_no_hazard_ratio():
    none = Patients.of(np.array([3.0, 5.0]), np.zeros(2))
    comparison = Comparison.of(none, LEUKAEMIA[1])
    assert comparison.log_hazard_ratio()[1] == inf and comparison.test_of_proportionality() == (0.0, 1.0)
    assert Comparison.of(none, none).log_hazard_ratio()[1] == inf


def test_either_period_has_its_own_hazard_ratio_and_together_they_have_the_whole():
    """Under one effect the precision of the periods adds up, and theirs weighted by it is near that of the whole."""
    generator = np.random.default_rng(3)
    comparison = Comparison.of(planted(generator, 400, 0.04), planted(generator, 400, 0.06))
    middle = comparison.median_event
    events = comparison.d1 + comparison.d0
    assert events[comparison.times <= middle].sum() == pytest.approx(events.sum() / 2, abs=1)
    (a, s), (b, t), (y, whole) = (part.log_hazard_ratio() for part in (comparison.between(0, middle), comparison.between(middle, inf), comparison))
    assert (a / s**2 + b / t**2) / (s**-2 + t**-2) == pytest.approx(y, abs=0.02) and (s**-2 + t**-2) ** -0.5 == pytest.approx(whole, rel=0.02)


def test_survival_and_its_error_are_the_published_ones():
    """6-MP at 10 weeks: 0.753, Greenwood's error 0.0963 (Klein and Moeschberger 2003, example 4.1); lifelines: 0.752941."""
    assert KaplanMeier.of(LEUKAEMIA[0]).at(10) == pytest.approx((0.752941, 0.0963), abs=5e-5)
    assert KaplanMeier.of(LEUKAEMIA[0]).at(5.9) == (1.0, 0.0) and KaplanMeier.of(LEUKAEMIA[1]).at(40) == (0.0, 0.0)


@pytest.mark.parametrize(("arm", "mean"), [(LEUKAEMIA[0], 16.116527), (LEUKAEMIA[1], 8.428571)], ids=["6-MP", "placebo"])
def test_restricted_means_are_those_of_another_package(arm, mean):
    """lifelines 0.30.3, restricted_mean_survival_time at 20 weeks."""
    assert KaplanMeier.of(arm).restricted_mean(20)[0] == pytest.approx(mean, abs=1e-6)


@pytest.mark.parametrize(("hazard", "until"), [(0.05, 24), (0.02, 12)])
def test_a_restricted_mean_of_exponential_times_has_its_closed_form(hazard, until):
    """(1 - exp(-h t)) / h, within four of the standard errors that the formula gives."""
    mean, error = KaplanMeier.of(planted(np.random.default_rng(8), 20_000, hazard)).restricted_mean(until)
    assert abs(mean - (1 - exp(-hazard * until)) / hazard) < 4 * error


def test_the_error_of_a_restricted_mean_is_that_of_resampled_patients():
    """A bootstrap of 3,000: the standard deviation has a relative error of 1 / sqrt(6000), 1.3%, three of which are allowed."""
    generator = np.random.default_rng(5)
    arm = planted(generator, 400, 0.05)
    mean, error = KaplanMeier.of(arm).restricted_mean(20)
    drawn = [generator.integers(0, 400, 400) for _ in range(3000)]
    means = [KaplanMeier.of(Patients.of(arm.times[i], arm.events[i])).restricted_mean(20)[0] for i in drawn]
    assert np.std(means) == pytest.approx(error, rel=0.04) and np.mean(means) == pytest.approx(mean, abs=4 * error / sqrt(3000) + 0.01)


def test_nothing_remains_to_vary_once_all_have_had_the_event():
    gone = Patients.of(np.array([1.0, 2.0, 3.0]), np.ones(3))
    assert KaplanMeier.of(gone).restricted_mean(10)[0] == pytest.approx(2.0)
    assert KaplanMeier.of(Patients.of(np.array([4.0, 9.0]), np.zeros(2))).restricted_mean(5) == (5.0, 0.0)


def test_the_curve_falls_at_events_only():
    found = KaplanMeier.of(Patients.of(np.array([1.0, 2, 3, 4]), np.array([1.0, 0, 1, 0])))
    assert found.times.tolist() == [1.0, 3.0] and found.survival.tolist() == [0.75, 0.375]
