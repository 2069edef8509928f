"""Patients reconstructed from digitised curves, against the patients of whom the curves were drawn."""

from time import perf_counter

import numpy as np
import pytest
from scipy import optimize
from support.survival import SIX_MP, figure_of, patients_of, planted

from bayes.base import reconstruction
from bayes.base.kaplan_meier import KaplanMeier, Patients
from bayes.base.proportional_hazards import Comparison
from bayes.base.reconstruction import Curve, monotone, reconstruct


def test_a_curve_without_censoring_before_its_end_gives_back_every_patient():
    """Where nobody is censored between printed numbers at risk, each drop has one solution: the patients themselves."""
    events = np.array([1.0, 2, 2, 3, 5, 8, 8, 8, 9, 12])
    arm = Patients.of(np.concatenate([events, np.full(10, 14.0)]), np.repeat([1.0, 0.0], 10))
    curve = KaplanMeier.of(arm)
    read = Curve((*curve.times, 14.0), (*curve.survival, 0.5), (0.0, 5.0, 10.0), (20, 16, 11))
    found = reconstruct(read)
    assert (found.patients.times == arm.times).all() and (found.patients.events == arm.events).all()
    assert found.levelled < 1e-12 and found.at_risk == read.at_risk


def test_the_arm_of_a_published_trial_comes_back_from_its_curve():
    """6-MP: events at their times, and censored patients as many between printed numbers at risk as there were."""
    arm = patients_of(SIX_MP)
    curve, starts = KaplanMeier.of(arm), np.array([0.0, 10, 20, 30])
    found = reconstruct(Curve((*curve.times, 35.0), (*np.round(curve.survival, 3), round(curve.survival[-1], 3)), tuple(starts), tuple(map(int, arm.at_risk(starts)))))
    assert found.patients.events.sum() == arm.events.sum() and found.at_risk == tuple(arm.at_risk(starts))
    assert np.array_equal(found.patients.times[found.patients.events > 0], arm.times[arm.events > 0])


@pytest.mark.parametrize("shape", [1.0, 0.7, 1.6])
def test_planted_hazard_ratios_come_back_through_a_figure(shape):
    """Forty trials of 300 patients an arm, read with an error of 0.3 points: against the same patients' own Cox model.

    Within 5% in nearly all, without bias beyond the Monte Carlo error of forty, and with the same standard error.
    """
    generator = np.random.default_rng(11)
    apart, errors = [], []
    for _ in range(40):
        arms = planted(generator, 300, 0.035, shape), planted(generator, 300, 0.05, shape)
        (y, s), (again, t) = (Comparison.of(*pair).log_hazard_ratio() for pair in (arms, [reconstruct(figure_of(a, generator)).patients for a in arms]))
        apart.append(again - y)
        errors.append(t / s)
    assert np.mean(np.abs(apart) < 0.05) >= 0.95 and np.abs(errors).max() < 1.03
    assert abs(np.mean(apart)) < 4 * np.std(apart) / np.sqrt(40)


def test_planted_restricted_means_come_back_through_a_figure():
    """Points 0.24 months apart put an event at the next point, half a step late, in both arms: the difference keeps."""
    generator = np.random.default_rng(12)
    for _ in range(20):
        arms = planted(generator, 300, 0.035), planted(generator, 300, 0.05)
        found = [reconstruct(figure_of(a, generator)).patients for a in arms]
        own, again = (np.array([KaplanMeier.of(a).restricted_mean(24) for a in pair]) for pair in (arms, found))
        assert again[:, 0] == pytest.approx(own[:, 0], abs=0.15) and again[:, 1] == pytest.approx(own[:, 1], rel=0.03)
        assert np.diff(again[:, 0]) == pytest.approx(np.diff(own[:, 0]), abs=0.06)


def test_a_printed_total_of_events_is_met_after_the_last_number_at_risk():
    """Only the number of all patients is printed: without the total, the censored would be taken for none."""
    generator = np.random.default_rng(13)
    arm = planted(generator, 200, 0.04)
    told, silent = (reconstruct(figure_of(arm, generator, 0.0, every=100.0, events=known)).patients.total_events for known in (True, False))
    assert told == arm.total_events and silent > told


@pytest.mark.parametrize("seed", range(3))
def test_levelling_is_isotonic_regression(seed):
    """scipy.optimize.isotonic_regression of the same readings."""
    read = np.minimum(np.linspace(1, 0.3, 60) + np.random.default_rng(seed).normal(0, 0.03, 60), 1)
    _, level, largest = monotone(range(60), read)
    expected = optimize.isotonic_regression(read, increasing=False).x
    assert level == pytest.approx(expected) and largest == pytest.approx(np.abs(expected - read).max())


def test_readings_of_one_vertical_drop_are_not_a_rise():
    times, level, largest = monotone([0, 3, 3, 3, 5], [1.0, 0.8, 0.9, 0.85, 0.8])
    assert level.tolist() == [1.0, 0.9, 0.85, 0.8, 0.8] and largest == 0 and times.tolist() == [0, 3, 3, 3, 5]


def test_numbers_at_risk_of_another_arm_cannot_be_reached():
    """A curve that falls to 0.5 leaves at most 50 of 100 patients: 70 at risk is more than the figure allows."""
    found = reconstruct(Curve((0.0, 4.0, 10.0), (1.0, 0.5, 0.5), (0.0, 8.0), (100, 70)))
    assert found.at_risk == (100, 50)


def test_the_censored_of_an_interval_lie_at_equal_distances_and_leave_before_the_events_after_them():
    """Of 10 patients 4 are gone at 2, 4, 6 and 8: of the 9 at risk at 3.5 a drop by a third takes three, and of the 3 at 9 another takes one."""
    state = reconstruction._after(reconstruction._State(10, 1.0), reconstruction._Interval(0.0, 10.0, [3.5, 9.0], [2 / 3, 4 / 9]), 4)
    assert state.events == ((3.5, 3), (9.0, 1)) and state.n == 2 and state.censored == ((0.0, 2.0, 4),)
    assert state.survival == pytest.approx(4 / 9)


def test_without_a_second_number_at_risk_all_are_followed_to_the_end():
    found = reconstruct(Curve((0.0, 4.0, 10.0), (1.0, 0.5, 0.5), (0.0,), (40,)))
    assert found.patients.times.tolist() == [4.0] * 20 + [10.0] * 20 and found.patients.events.sum() == 20


def test_the_rate_of_censoring_goes_on_after_the_last_number_at_risk():
    """Ten of 40 gone in four months, without an event: five more in the two months that follow."""
    found = reconstruct(Curve((0.0, 6.0), (1.0, 1.0), (0.0, 4.0), (40, 30)))
    assert found.at_risk == (40, 30) and found.patients.times[found.patients.times > 4].tolist() == pytest.approx([4 + k / 3 for k in range(1, 6)] + [6.0] * 25)


def test_thousands_of_patients_take_a_fraction_of_a_tenth_of_a_second():
    generator = np.random.default_rng(2)
    figures = [figure_of(planted(generator, 10_000, hazard), generator, points=400) for hazard in (0.03, 0.05)]
    start = perf_counter()
    Comparison.of(*(reconstruct(figure).patients for figure in figures)).log_hazard_ratio()
    assert perf_counter() - start < 0.5, "0.03 s on a machine that does nothing else"
