"""The recorded simulation-based calibration of every likelihood under every structure.

`python tests/calibration/sbc` runs what the tests below call stale or missing, and writes tests/reference/sbc.json.
"""

from datetime import date
from importlib.metadata import version

import numpy as np
import pytest
from calibration.sbc import record, sources
from calibration.sbc.designs import every
from calibration.sbc.running import MORE, SECOND_SEED, SEED
from scipy import stats

from bayes.likelihoods.effect_structures import structures
from bayes.likelihoods.registry import shipped
from bayes.synthesis.file import MODELS as JOINED

AGAIN = "run python tests/calibration/sbc"
DAYS = 400
CASES, FOUND = every(), record.read()
ARMS = ("binomial", "binomial_risk_ratio", "binomial_risk_difference", "events_poisson")
TABLES = ("binomial", "events_poisson", "events_negative_binomial")


def test_every_likelihood_is_there_under_every_structure_that_takes_it():
    """From the registry, so that a likelihood or a structure without simulations is found."""
    wanted = {(name, "single_trial") for name in shipped()}
    wanted |= {(name, structure) for name, card in shipped().items() if card.not_in_synthesis is None for structure in JOINED}
    wanted |= {(name, "independent_arms") for name in ARMS} | {(name, "adverse_event_hierarchy") for name in TABLES}
    assert {(case.likelihood, case.structure) for case in CASES.values()} == wanted
    assert {structure for _, structure in wanted} == set(structures())


def test_sizes_are_real_and_hard():
    """Two sizes of every likelihood alone and under random effects; the hard sizes of the plan are among them."""
    for name in shipped():
        sizes = {structure: sum((c.likelihood, c.structure) == (name, structure) for c in CASES.values()) for structure in [*JOINED, "single_trial"]}
        assert sizes["single_trial"] >= 2, name
        assert sizes["random_effects"] == (2 if shipped()[name].not_in_synthesis is None else 0), name
    said = " ".join(CASES)
    for words in ("13 v 31", "an arm without events", "three of seven categories empty", "0.1 events a person", "two trials"):
        assert words in said


def test_the_record_has_every_case_with_all_its_simulations():
    wanted = {(case.name, route): n for case in CASES.values() for route, n in (("exact", case.exact), ("sampled", case.sampled)) if n}
    assert set(FOUND.runs) == set(wanted)
    assert FOUND.seeds == (SEED, SECOND_SEED)
    for key, run in FOUND.runs.items():
        assert run.first.n >= wanted[key], key
        assert (run.again is not None) == bool(run.first.outside), f"{key}: not run again where a statistic is outside, or without need"
        assert run.again is None or run.again.n == MORE * run.first.n, key


@pytest.mark.parametrize("likelihood", shipped())
def test_the_record_is_of_these_sources(likelihood):
    for (name, route), run in FOUND.runs.items():
        if CASES[name].likelihood == likelihood:
            assert run.sources == sources.hash_of(CASES[name], route), f"{name}, {route}: sources have changed, {AGAIN}"


def test_the_record_is_recent():
    assert (date.today() - date.fromisoformat(FOUND.date)).days < DAYS, f"older than {DAYS} days: {AGAIN} --all"
    for package, then in FOUND.versions.items():
        assert version(package).split(".")[0] == then.split(".")[0], f"{package} was {then}: {AGAIN} --all"


def test_no_statistic_is_outside_its_band_twice():
    """Coverage (exact binomial), ranks (chi-square, Kolmogorov) and the bias of P(benefit), each at 99%.

    Of thousands a hundredth is outside by chance; these were run again with four times the simulations.
    """
    assert not {key: run.faults for key, run in FOUND.runs.items() if run.faults}
    assert FOUND.outside < 1.5 * FOUND.by_chance + 10, "more outside than chance and correlation explain"


def test_p_benefit_is_not_biased_over_all_cases():
    """The z of all cases together are standard normal: their sum of squares is within the 99.9% range of a chi-square."""
    z = np.array([one.z for run in FOUND.runs.values() for one in run.judgements])
    assert stats.chi2.ppf(0.0005, len(z)) < (z**2).sum() < stats.chi2.ppf(0.9995, len(z))
    assert abs(z.mean()) < 3.5 / np.sqrt(len(z))


def test_divergent_fits_are_recorded_and_few_in_all():
    """One run without the gate, which would sample again: of single cases up to half diverge, of all fits a few in a hundred."""
    sampled = [one for (_, route), run in FOUND.runs.items() if route == "sampled" for one in run.judgements]
    assert sum(one.divergent for one in sampled) <= 0.1 * sum(one.n for one in sampled)
