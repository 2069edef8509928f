"""A likelihood of one's own, in a file outside the package, from its registration to the notebook."""

import importlib.util

import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp
from support.own_likelihoods import OWN, forgotten_afterwards  # noqa: F401

import bayes
from bayes import quadrature, sensitivity
from bayes.errors import InvalidInput
from bayes.fitting.registration import registered_files
from bayes.likelihoods.choice import alternatives
from bayes.likelihoods.contract import load
from bayes.likelihoods.fingerprint import model_files, source_hash
from bayes.priors.sets import load_priors

BETA_BINOMIAL = OWN / "beta_binomial.py"
pytestmark = pytest.mark.slow  # the files import PyMC
TRIAL = """
id = "mine"
title = "Mine"
year = 2020
condition = "stroke"
design = "invented"
arms = { treatment = "new", control = "old" }
n = { treatment = 60, control = 61 }

[outcomes.death]
label = "Death"
measure = "odds_ratio"
benefit = "lower"
source = "invented"
likelihood = "beta_binomial"
evidence = { kind = "binary", treatment = { events = 12, n = 60 }, control = { events = 20, n = 61 } }
"""
COUNTS = {"measure": "odds_ratio", "benefit": "lower", "treatment": (12, 60), "control": (20, 61)}


@pytest.fixture(scope="module")
def registered():
    return bayes.register(BETA_BINOMIAL)


@pytest.fixture(scope="module")
def outcome(registered):
    return bayes.outcome(**COUNTS, mcid=0.8, likelihood="beta_binomial")


def brute_force(theta: float) -> float:
    """log L of the beta-binomial, summed over a grid of the baseline and the log precision, in SciPy."""
    mid, log_k = np.meshgrid(np.linspace(-16, 16, 401), np.linspace(-7, 13, 301), indexing="ij")
    k, log_l = np.exp(log_k), stats.norm.logpdf(mid, 0, 2.5) + stats.norm.logpdf(log_k, 3, 1)
    for (x, n), side in ((COUNTS["treatment"], 0.5), (COUNTS["control"], -0.5)):
        p = 1 / (1 + np.exp(-mid - side * theta))
        log_l = log_l + stats.betabinom.logpmf(x, n, p * k, (1 - p) * k)
    return float(logsumexp(log_l) + np.log(32 / 400 * 20 / 300))


def test_what_is_registered_is_known_by_its_file(registered):
    plain = bayes.outcome(**COUNTS)
    assert alternatives(plain) == ("binomial", "beta_binomial")
    assert registered.source == BETA_BINOMIAL and registered.kinds == ("binary",)
    assert registered.title.startswith("Persons with an event in two arms whose risk varies")
    assert BETA_BINOMIAL in model_files("single_trial", ("beta_binomial",))
    assert len(source_hash("single_trial", ("beta_binomial",))) == 64
    assert load("beta_binomial").__name__.rpartition(".")[2] == "beta_binomial"


@pytest.mark.nuts
def test_it_is_fitted_checked_integrated_and_shown(outcome):
    curve = quadrature.curve(outcome, load_priors().nuisance, "beta_binomial")
    theta = curve.centre + curve.width * np.linspace(-3, 3, 7)
    assert curve(theta) == pytest.approx([brute_force(t) for t in theta], abs=1e-5)
    fit = bayes.fit(outcome)
    (row,) = fit.rows
    assert fit.analysis.likelihoods == ("beta_binomial",) and row["status"] == "ok"
    plain = bayes.fit(bayes.outcome(**COUNTS, mcid=0.8))
    assert row["sd"] > plain.rows[0]["sd"]  # over-dispersed counts say less
    assert "precision" in fit.tree["posterior"] and "beta_binomial" in fit.analysis.key
    assert "the quadrature integrates the model file of beta_binomial itself" in row["note"]
    assert "<table" in fit._repr_html_()
    asked = sensitivity.examine(fit, ["tipping", "likelihood"])
    assert "<" in asked._repr_html_() and str(asked)
    varied = asked.to_frame("likelihood")
    assert varied["variation"].tolist()[:2] == ["beta_binomial", "binomial"]
    assert isinstance(bayes.check(outcome), tuple)
    with pytest.raises(bayes.NotFormable, match="beta_binomial does not state how counts are distributed"):
        bayes.plots.predictive_bars(fit)


def test_a_file_without_a_textbook_form_has_no_pymc_model(outcome, registered):
    assert not registered.textbook and not registered.independent
    with pytest.raises(bayes.NotFormable, match="beta_binomial has no textbook form: its file lacks `observe`"):
        bayes.pymc_model(outcome)


@pytest.mark.nuts
def test_the_workers_of_a_results_folder_know_it(registered, tmp_path):
    """They are new processes, in which nothing has been registered yet."""
    trial, priors = tmp_path / "mine.toml", tmp_path / "my_priors.toml"
    trial.write_text(TRIAL)
    priors.write_text('[effect.wide]\ndistribution = "normal(0, 1)"\nrationale = "invented"\nsource = "invented"\n')
    run = bayes.results.regenerate(tmp_path / "results", [trial], prior_set=priors, jobs=2)
    assert run.failed == []
    shown = bayes.results.status(tmp_path / "results").to_frame()
    assert set(shown["status"]) == {"ok"}


@pytest.mark.nuts
def test_it_can_be_joined_with_other_reports(outcome):
    """A synthesis takes the likelihood that each outcome states."""
    other = bayes.outcome(measure="odds_ratio", benefit="lower", estimate=0.8, ci=(0.5, 1.3), trial="other")
    fit = bayes.fit(bayes.synthesis_of([outcome, other], label="Two"))
    assert fit.analysis.likelihoods == ("beta_binomial", "reported_estimate")
    assert set(fit.to_frame()["status"]) == {"ok"}


def test_a_module_is_accepted_as_well_and_one_without_a_file_is_not(tmp_path):
    path = tmp_path / "same_as_binomial.py"
    path.write_text(BETA_BINOMIAL.read_text().replace('name="beta_binomial"', 'name="same_as_binomial"'))
    spec = importlib.util.spec_from_file_location("anything.same_as_binomial", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert bayes.register(module).source == path and load("same_as_binomial") is module
    before = path.read_text()
    path.write_text(before + "# changed\n")
    for use in (lambda: bayes.register(path), registered_files):  # what a run stores of it would not be what it fits
        with pytest.raises(InvalidInput, match="has changed since it was registered; start a new session"):
            use()
    path.unlink()
    with pytest.raises(InvalidInput, match="has changed since it was registered"):
        registered_files()
    path.write_text(before)
    assert path in registered_files()
    del module.__file__
    with pytest.raises(InvalidInput, match="the module has no file"):
        bayes.register(module)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("empty", "", ["lacks CARD"]),
        ("bare", "from bayes.likelihoods.registry import shipped\nfrom dataclasses import replace\nCARD = replace(shipped()['binomial'], name='bare')\n", ["lacks the function `prepare`", "`log_likelihood`", "`derived`"]),
        ("other_name", BETA_BINOMIAL.read_text(), ["CARD has the name 'beta_binomial'; accepted: that of the file, 'other_name'"]),
        ("binomial", BETA_BINOMIAL.read_text().replace('name="beta_binomial"', 'name="binomial"'), ["is that of a likelihood of the package"]),
    ],
)  # fmt: skip
def test_a_file_that_is_incomplete_is_refused_with_all_that_is_wrong(tmp_path, name, text, said):
    path = tmp_path / f"{name}.py"
    path.write_text(text)
    with pytest.raises(InvalidInput) as refused:
        bayes.register(path)
    assert len(refused.value.mistakes) == len(said)
    assert all(words in str(refused.value) for words in said)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInput, match="not found; accepted: a Python file"):
        bayes.register(tmp_path / "none.py")
    with pytest.raises(InvalidInput, match="'nowhere' is not known; accepted: binomial"):
        bayes.fit(bayes.outcome(**COUNTS), likelihood="nowhere")
