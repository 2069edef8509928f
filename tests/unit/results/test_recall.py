"""A stored tree is as good as the fit it came from: every figure, and every question, takes it."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure
from support import figures
from support.records import record

import bayes
from bayes import plots, sensitivity
from bayes.errors import InvalidInput
from bayes.paper.trial import load_trial
from bayes.priors.sets import load_priors
from bayes.results import inputs, store
from bayes.results.recall import recall

OWN = """
id = "mine"
title = "A trial of one's own"
year = 2024
condition = "ischaemic stroke"
design = "randomised"
arms = { treatment = "cells", control = "placebo" }
n = { treatment = 69, control = 75 }

[outcomes.deaths]
label = "deaths"
measure = "odds_ratio"
benefit = "lower"
source = "table 2"
evidence = { kind = "binary", treatment = { events = 2, n = 69 }, control = { events = 7, n = 75 } }

[outcomes.scale]
label = "scale"
measure = "common_odds_ratio"
benefit = "higher"
source = "table 3"
evidence = { kind = "ordinal", categories = ["0", "1", "2"], treatment = [20, 30, 19], control = [15, 35, 25] }
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """A results folder of a file that no longer lies where it was, its posteriors drawn and not sampled."""
    root = tmp_path_factory.mktemp("recalled")
    path = root / "mine.toml"
    path.write_text(OWN)
    trial, random = load_trial(path), np.random.default_rng(3)
    risks = {"risk_treatment": random.beta(3, 68, (2, 400)), "risk_control": random.beta(8, 69, (2, 400))}
    cells = {f"p_category_{arm}": random.dirichlet(np.ones(3), (2, 400)) for arm in ("treatment", "control")}
    effect = {"effect": random.normal(-0.3, 0.3, (2, 400))}
    fits = {"deaths": figures.fit_of(trial.outcomes["deaths"], "neutral", effect | risks), "scale": figures.fit_of(trial.outcomes["scale"], "neutral", effect | cells)}
    inputs.keep([trial.outcomes["deaths"], trial.outcomes["scale"]], load_priors(), None, root / "results")
    found = {name: store.save(fit.tree, root / "results", fit.analysis.key) for name, fit in fits.items()}
    path.unlink()
    return fits, {name: bayes.load_posterior(path) for name, path in found.items()}


@pytest.mark.slow
def test_every_figure_of_one_outcome_takes_a_stored_tree(stored):
    fits, trees = stored
    for name, draw in (
        ("deaths", plots.triplot), ("deaths", plots.threshold_curve), ("deaths", plots.prior_heatmap), ("deaths", plots.forest),
        ("deaths", plots.tipping_plot), ("deaths", plots.predictive_bars), ("scale", plots.stacked_bars),
    ):  # fmt: skip
        figure = draw(trees[name])
        assert isinstance(figure, Figure)
        assert "mine" in figure.get_suptitle(), draw.__name__
    assert recall(trees["deaths"]).analysis.key == fits["deaths"].analysis.key


@pytest.mark.slow
def test_questions_take_it_too(stored):
    _, trees = stored
    by_tree, by_fit = (sensitivity.tipping(x) for x in (trees["deaths"], recall(trees["deaths"])))
    assert by_tree.equals(by_fit)


@pytest.mark.slow
def test_the_tree_of_a_shipped_target_needs_no_folder():
    outcome = load_trial("mesems").outcomes["gel_24w"]
    effect = {"effect": np.random.default_rng(4).normal(-0.05, 0.2, (2, 400))}
    for prior in ("sceptical", "normal(0, 0.2)"):
        fit = figures.fit_of(outcome, prior, effect)
        found = recall(fit.tree)
        assert found.analysis.key == fit.analysis.key and found.analysis.target.name == "mesems:gel_24w"
        assert isinstance(plots.triplot(fit.tree), Figure)


@pytest.mark.slow
def test_the_forest_of_a_synthesis_and_the_dots_of_a_table_take_a_stored_tree():
    from bayes.analysis.plan import make_plan
    from bayes.analysis.targets import find_targets
    from bayes.synthesis.file import load_synthesis

    random, three = np.random.default_rng(6), load_synthesis("thrombectomy_mrs")
    trials = len(make_plan([three], load_priors(), ["neutral"]).analyses[0].members)
    mu = random.normal(0.5, 0.2, (2, 400))
    draws = {"mu": mu, "tau": abs(random.normal(0, 0.2, mu.shape)), "new_trial": mu}
    fit = figures.fit_of(three, "neutral", draws | {"effect": mu[..., None] + random.normal(0, 0.1, (2, 400, trials))}, figures.SynthesisFit)
    assert isinstance(plots.synthesis_forest(fit.tree), Figure)
    (table,) = [t for t in find_targets(["mesems"]) if t.evidence.kind == "adverse_events"][:1]
    assert recall_of_table(table)


def recall_of_table(table):
    """The analysis of a table is found by its key; its dots are drawn from the summary as from a fit's."""
    from bayes.analysis.plan import make_plan
    from bayes.results.recall import _candidates, _of_key

    wanted = make_plan([table], load_priors(), ["neutral"]).analyses[0].key
    trial, _, outcome = table.name.partition(":")
    found = [
        _of_key(target, priors, None, wanted)
        for target, priors in _candidates(xr.DataTree(), replace(record().reported, trial=trial, outcome=outcome))
    ]
    return any(found)


def test_a_tree_that_nothing_explains_is_refused(stored):
    fits, _ = stored
    with pytest.raises(InvalidInput, match="pass the fit instead"):
        plots.predictive_bars(fits["deaths"].tree)
