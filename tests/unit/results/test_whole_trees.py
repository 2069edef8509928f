"""A posterior with every group of ArviZ, made from its draws by the textbook model.

The fits are of stored form with random parameters in place of the sampler's, so that nothing is sampled here: what is
tested is that the parameters are recovered and that ArviZ's functions take the trees of every kind and structure.
"""

import warnings
from typing import get_args

import arviz as az
import numpy as np
import pytest
import xarray as xr
from support import textbook_cases as cases

import bayes
from bayes.fitting.textbook import written_out
from bayes.likelihoods.registry import shipped
from bayes.paper.evidence import Estimate, Evidence
from bayes.paper.evidence.effects import EffectAndError
from bayes.results.whole_trees import GROUPS
from bayes.sampler.machine.uncompiled import uncompiled
from bayes.synthesis.file import MODELS

pytestmark = pytest.mark.slow

ONE_A_LIKELIHOOD = (
    "estimate", "estimate t", "ordinal", "ordinal cut", "worst category apart", "drifting odds ratio", "ordinal, stated cutpoints",
    "binary OR", "binary OR, control arm", "binary RR", "binary RD", "events in persons", "some persons never", "log-normal rates",
    "events", "events Poisson", "means", "medians", "days free", "paired counts", "censored counts", "p unknown", "p small sample", "significance unknown", "p below", "proportion",
)  # fmt: skip
CASES = {name: (lambda name=name: cases.single(name)) for name in ONE_A_LIKELIHOOD}
CASES |= {name: make for name, make in cases.JOINED.items() if not name.startswith("tau")}
CASES |= {f"arms, {name}": make for name, make in cases.ARMS.items()} | cases.SELECTION | cases.SPIKES | {f"table, {name}": cases.TABLES[name] for name in ("c212", "no point mass", "events")}
CASES |= {
    "rows of a table": lambda: cases.analysis_of(cases.persons_table()),
    "rows with a spike": lambda: cases.analysis_of(cases.persons_table(), "spike_slab(0.3, normal(0, 0.7))"),
}
SEVERAL = {"means": "the mean and the variance have a log likelihood each", "medians": "so have the numbers of either arm"}


@pytest.fixture(autouse=True)
def cheap():
    """Graphs are evaluated a few times only: not worth compiling."""
    with uncompiled(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def total(log_likelihood) -> np.ndarray:
    """The log likelihood of everything that was reported, (chain, draw)."""
    found = log_likelihood.data_vars.values()
    return np.asarray(sum(v.sum([d for d in v.dims if d not in ("chain", "draw")]) for v in found))


@pytest.mark.parametrize("name", CASES)
def test_arviz_takes_whole_trees(name):
    fit = cases.drawn(CASES[name]())
    tree = bayes.arviz_tree(fit, prior_draws=50)
    analysis, model = fit.analysis, written_out(fit.analysis)
    expected = {"posterior", *GROUPS} | set(fit.tree.children)
    assert expected - {"constant_data"} <= set(tree.children) <= expected
    assert ("constant_data" in tree.children) == bool(model.data_vars)
    assert tree.attrs == fit.tree.attrs
    # what is stored stays as it is; the parameters of the textbook stand beside it, each with its own dimensions
    for variable, values in fit.tree["posterior"].data_vars.items():
        xr.testing.assert_identical(tree["posterior"][variable], values)
    for variable in model.free_RVs:
        assert np.isfinite(tree["posterior"][variable.name]).all(), variable.name
        assert tree["posterior"][variable.name].dims[2:] == tuple(model.named_vars_to_dims.get(variable.name, ()))
    for group in ("posterior_predictive", "prior_predictive", "observed_data"):
        assert {str(v) for v in tree[group].data_vars} == {v.name for v in model.observed_RVs}
    assert not any("_dim_" in str(dim) for group in tree.children.values() for dim in group.dims)
    recovered_as_it_was_sampled(fit, tree)
    main = "mu" if analysis.joined_by else "effect"
    az.plot_forest(tree, var_names=[main, "effect"] if analysis.joined_by else [main], backend="none")
    az.plot_prior_posterior(tree, var_names=[main], backend="none")
    # a single printed number has no distribution of its own: only its predictive draws can be shown
    with_dims = [str(name) for name, values in tree["observed_data"].data_vars.items() if values.dims]
    if with_dims:
        az.plot_ppc_dist(tree, var_names=with_dims, backend="none", num_samples=10)
    else:
        az.plot_dist(tree, group="posterior_predictive", backend="none")
    sensitivity = az.psense_summary(tree, var_names=[main])
    assert {"prior", "likelihood", "diagnosis"} <= set(sensitivity.columns)
    several = len(tree["log_likelihood"].data_vars) > 1
    assert several == (name in SEVERAL and "log_likelihood" not in fit.tree.children)
    found = az.loo(tree)
    assert np.isfinite(found.elpd)


@pytest.mark.parametrize("name", ["means", "random effects", "table, c212"])
def test_arviz_compares_whole_trees(name):
    analysis = CASES[name]()
    trees = {f"seed {seed}": bayes.arviz_tree(cases.drawn(analysis, seed=seed), ["log_likelihood"]) for seed in (8, 9)}
    assert len(az.compare(trees)) == 2


def recovered_as_it_was_sampled(fit, tree) -> None:
    """The pointwise likelihood of the recovered parameters is that of the graph at the parameters it was given."""
    alone = type(fit)(xr.DataTree.from_dict({"/posterior": fit.tree["posterior"].to_dataset()}), fit.analysis)
    again = total(bayes.arviz_tree(alone, ["log_likelihood"])["log_likelihood"])
    assert np.isfinite(again).all()
    if fit.analysis.joined_by or "log_likelihood" not in fit.tree.children or fit.analysis.formed.distribution.spike:
        return
    selected = fit.analysis.omegas[0] != 1
    difference = total(fit.tree["log_likelihood"]) - again + (log_chance(fit) if selected else 0.0)
    accuracy = 1e-6 if selected else 1e-8  # the chance to be published is a spline in the graph
    assert np.ptp(difference) < accuracy * max(1.0, np.abs(again).max())


def log_chance(fit) -> np.ndarray:
    """The log probability of a report to be published, which the stored log likelihood has taken off."""
    from bayes.paper.selective_reporting import log_printed

    effect = np.asarray(fit.tree["posterior"]["effect"])
    return log_printed(effect.ravel(), fit.analysis.target, fit.analysis.omegas[0]).reshape(effect.shape)


def test_every_likelihood_structure_and_kind_of_evidence_has_a_whole_tree():
    analyses = [make() for make in CASES.values()]
    assert {name for analysis in analyses for name in analysis.likelihoods} == set(shipped())
    assert {analysis.model for analysis in analyses} == {"single_trial", "independent_arms", "adverse_event_hierarchy", *MODELS}
    alike = [kind for kind in get_args(get_args(Evidence)[0]) if not issubclass(kind, EffectAndError) or kind is Estimate]
    kinds = {get_args(kind.model_fields["kind"].annotation)[0] for kind in alike}  # all others are an effect and its error
    assert {member.evidence.kind for analysis in analyses for member in analysis.members} == kinds


def test_groups_are_made_on_request():
    fit = cases.drawn(cases.single("estimate"))
    assert set(bayes.arviz_tree(fit, []).children) == set(fit.tree.children)
    assert set(bayes.arviz_tree(fit, ["prior"]).children) == {*fit.tree.children, "prior"}
    with pytest.raises(bayes.UnknownName, match="did you mean 'prior'"):
        bayes.arviz_tree(fit, ["priors"])
