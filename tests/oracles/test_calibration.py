"""Recorded calibrations: within their thresholds, of the models as they are now, and not too old.

When a model file changes, run the script that the failing test names and commit what it writes.
"""

import json
from datetime import date
from fnmatch import fnmatch
from importlib.metadata import version

import numpy as np
import pytest
from scipy import stats
from support import long_tests, textbook_cases
from support.paths import TESTS
from support.random_reports import COMPARABLE, sources
from support.reports import FOLDED, REPORTS

from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.registry import shipped
from bayes.synthesis.file import MODELS as JOINED

HERE = TESTS
GRID = (
    "binomial",
    "binomial_risk_difference",
    "binomial_risk_ratio",
    "binomial_within_bounds",
    "discordant_pairs",
    "events_in_persons",
    "events_negative_binomial",
    "events_poisson",
    "means",
    "order_statistics",
    "proportional_odds",
    "proportional_odds_of_days",
    "reported_estimate",
    "reported_estimate_t",
    "reported_p",
    "reported_p_small_sample",
    "single_proportion",
)
ALL = tuple(sorted(shipped()))
MODELS = {
    "sbc_random_effects": ("random_effects", ("proportional_odds", "reported_estimate", "reported_p")),
    "long_runs": ("random_effects", ("reported_estimate",)),
    "grid_cells": ("single_trial", GRID),
    "textbook_models": ("single_trial", ALL),
    "median_coverage": ("single_trial", ("order_statistics",)),
    "days_coverage": ("single_trial", ("proportional_odds_of_days",)),
}
DAYS = 400


def record(name):
    return json.loads((HERE / "reference" / f"{name}.json").read_text())


def test_every_recorded_calibration_has_its_script():
    scripts = {path.stem: path.read_text() for path in (HERE / "calibration").glob("*.py")}
    scripts |= {"sbc": (HERE / "calibration" / "sbc" / "__main__.py").read_text()}
    assert {name for name, text in scripts.items() if "Writes tests/reference/" in text} == {*MODELS, "random_reports", "long_tests", "sbc"}
    of_files = {name for name, text in scripts.items() if "Writes tests/reference/" not in text}
    assert of_files == {
        "printed_review_effects", "tables_of_metadat", "corpus_accuracy", "later_trials", "calibrated_priors",
    }, "those that read files which may not be shipped"  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_a_calibration_is_of_these_models_and_recent(name):
    found, again = record(name), f"run python tests/calibration/{name}.py"
    structure, likelihoods = MODELS[name]
    if isinstance(found["models"], dict):
        now: object = {likelihood: source_hash(structure, (likelihood,)) for likelihood in likelihoods}
    else:
        now = source_hash(structure, likelihoods)
    assert found["models"] == now, f"the models have changed: {again}"
    assert (date.today() - date.fromisoformat(found["date"])).days < DAYS, f"older than {DAYS} days: {again}"
    for package, then in found["versions"].items():
        assert version(package).split(".")[0] == then.split(".")[0], f"{package} was {then}: {again}"


def test_random_reports_were_compared_by_these_quadratures():
    """Every kind; more than 200 reports together, since one that disagreed would have ended the run."""
    found = record("random_reports")
    again = "run python tests/calibration/random_reports.py"
    assert found["sources"] == sources(), f"quadrature or sensitivity have changed: {again}"
    assert (date.today() - date.fromisoformat(found["date"])).days < DAYS
    assert all(set(reports) == set(COMPARABLE) for reports in found["compared"].values())
    assert sum(found["compared"]["sensitivity"].values()) > 200


def test_long_tests_passed_on_these_sources():
    """Those that `make test` leaves out, of the quadrature, sampler and models as they are now."""
    found = record("long_tests")
    assert found["sources"] == long_tests.sources(), "sources of numbers have changed: run make long"
    assert (date.today() - date.fromisoformat(found["date"])).days < DAYS and found["passed"] > 200
    for package, then in found["versions"].items():
        assert version(package).split(".")[0] == then.split(".")[0], f"{package} was {then}: run make long"


def test_every_long_test_is_there():
    """A name in the list that no test has would leave nothing out, and no one would notice."""
    written = {path.stem: path.read_text() for path in HERE.rglob("test_*.py")}
    for pattern in long_tests.LONG:
        module, _, name = pattern.partition("::")
        texts = [text for stem, text in written.items() if fnmatch(stem, module)]
        assert texts and (name == "*" or any(f"def {name.partition('(')[0].removesuffix('*')}" in text for text in texts)), pattern


def test_ranks_of_mixed_reports_are_uniform():
    """Chi-square of each histogram above the 1 in 1,000 quantile would fail; divergences in at most 1% of the fits."""
    found = record("sbc_random_effects")
    simulations, bins = found["simulations"], found["bins"]
    assert simulations >= 500 and found["divergent_fits"] <= 0.01 * simulations
    assert set(found["histograms"]) >= {
        "mu",
        "tau",
        "ordinal",
        "estimate",
        "directed p",
        "folded p",
        "folded statement",
    }
    p = []
    for name, counts in found["histograms"].items():
        assert sum(counts) == simulations and len(counts) == bins
        p.append(stats.chisquare(counts).pvalue)
        assert p[-1] > 0.001, (name, counts)
        low, high = sum(counts[: bins // 2]), sum(counts[bins // 2 :])
        assert abs(low - high) < 4 * np.sqrt(simulations), f"{name}: biased to one side"
    assert stats.combine_pvalues(p).pvalue > 0.001


def test_nuts_meets_quadrature_to_three_decimals():
    """Averaged over tau's draws within 0.0005 (in standard errors of a trial); the draws of mu within 4 MCSE."""
    runs, resolution = record("long_runs")["runs"], 1 / record("long_runs")["draws"]
    assert len(runs) == 15
    for name, run in runs.items():
        assert run["divergences"] == 0, name
        for what, exactly in run["exact"].items():
            assert abs(run["over_tau"][what] - exactly) < 5e-4, (name, what)
            # a share of draws that is none or all has no error but that of one draw
            assert abs(run["sampled"][what] - exactly) < 4 * max(run["mcse"][what], resolution), (name, what)


def test_intervals_from_medians_hold_the_truth_as_often_as_they_say():
    """Within the 99.9% band of a share of 0.95, or above it: quantiles between two patients are less variable than one.

    Of patients of the wrong family the record keeps the share, which is no promise: at the least 0.85.
    """
    found = record("median_coverage")
    assert found["simulations"] >= 400 and len(found["cells"]) == 39
    least = stats.binom.ppf(0.0005, found["simulations"], 0.95) / found["simulations"]
    for name, cell in found["cells"].items():
        assert least <= cell["coverage"] <= 0.999 if cell["right_family"] else cell["coverage"] > 0.85, name


def test_intervals_from_days_alive_and_free_hold_the_truth_as_often_as_they_say():
    """As above, of whole days; of days whose shape is not the model's, at the least 0.85, which is no promise."""
    found = record("days_coverage")
    assert found["simulations"] >= 100 and len(found["cells"]) == 12
    least = stats.binom.ppf(0.0005, found["simulations"], 0.95) / found["simulations"]
    for name, cell in found["cells"].items():
        assert cell["coverage"] >= (least if cell["right_shape"] else 0.85), name
        if cell["right_shape"]:
            assert abs(cell["mean"] - 0.3) < 4 * cell["error_of_mean"], name


def test_cells_of_the_prior_grid_by_curve_and_by_nuts():
    """A random share of the cells for every kind of report within 4 MCSE, and as scattered as chance would have it.

    Of some 4,500 comparisons (a share of 5%) a few exceed 4 by chance; those were sampled anew with 16 times the draws.
    """
    reports, share = record("grid_cells")["reports"], record("grid_cells")["share"]
    assert share >= 0.01
    assert set(reports) == {*REPORTS, *FOLDED}
    assert {found["likelihood"] for found in reports.values()} == set(GRID)
    assert sum(len(found["again"]) for found in reports.values()) <= 3
    for name, found in reports.items():
        assert found["cells"] == round(share * 41**2)
        for what in ("p_benefit", "p_mcid", "mean"):
            z = found[what]
            assert z["worst"] <= 4, (name, what)
            assert abs(z["mean"]) < 4 / np.sqrt(found["cells"]) and z["sd"] < 1.4, (name, what)


def test_textbook_models_sampled_by_pymc_agree_with_quadrature():
    """`pm.sample` of the textbook of every likelihood and structure: posterior mean and side within 4 Monte Carlo errors."""
    found = record("textbook_models")
    cases = found["cases"]
    assert set(cases) == set(textbook_cases.SAMPLED)
    assert {name for case in cases.values() for name in case["likelihoods"]} == set(ALL)
    structures = {"single_trial", "independent_arms", "adverse_event_hierarchy", *JOINED}
    assert {case["structure"] for case in cases.values()} == structures == set(found["structures"])
    for name, then in found["structures"].items():
        now = source_hash(textbook_cases.FILE_OF.get(name, name), ())
        assert then == now, f"{name} has changed: run python tests/calibration/textbook_models.py"
    for name, case in cases.items():
        for parameter, z in case["z"].items():
            assert max(abs(value) for value in z.values()) <= 4, (name, parameter)
