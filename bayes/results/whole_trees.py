"""The public function `arviz_tree`: a posterior with every group that ArviZ knows, made from its draws on request.

Files keep what cannot be made again: the draws. Prior and predictive draws and pointwise densities follow from them by
the textbook model, `bayes.pymc_model`, whose parameters are recovered from the stored quantities.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from bayes.analysis.analysis import Analysis, seed_of
from bayes.base.arrays import FloatArray
from bayes.errors import UnknownName
from bayes.fitting.fitted import Fit
from bayes.results.recall import recall

if TYPE_CHECKING:
    import pymc as pm

GROUPS = (
    "log_likelihood",
    "log_prior",
    "prior",
    "prior_predictive",
    "posterior_predictive",
    "observed_data",
    "constant_data",
)
SAMPLE = ("chain", "draw")


def arviz_tree(
    posterior: Fit | xr.DataTree, groups: Sequence[str] = GROUPS, *, prior_draws: int = 1000, seed: int | None = None
) -> xr.DataTree:
    """Complete a posterior with the groups of a whole ArviZ tree.

    Parameters
    ----------
    posterior : Fit or DataTree
        A fit, or a tree from `bayes.load_posterior`, whose inputs are found as by `bayes.results`: in its results
        folder, else among the shipped files.
    groups : sequence of str
        The groups to add: "log_likelihood" (only where it is not stored), "log_prior", "prior", "prior_predictive",
        "posterior_predictive", "observed_data" and "constant_data".
    prior_draws : int
        Draws from the prior.
    seed : int, optional
        For prior and predictive draws; by default that of the fit.

    Returns
    -------
    DataTree
        A copy with the posterior as stored, the parameters of `bayes.pymc_model` beside it, and these groups.

    Raises
    ------
    UnknownName
        If there is no group of a name.
    InvalidInput
        If the inputs of a stored tree are not found.

    Notes
    -----
    A stored `log_likelihood` of a single report is that of the whole report; in a synthesis each report has one, with
    its own effect integrated out, as leave-one-out cross-validation needs. `az.loo` and `az.compare` therefore say
    something about the reports of a synthesis and the rows of a table; a single report leaves nothing to predict it
    from (for the patients of an ordinal table there is `bayes.compare`). `az.plot_ppc_dist` needs an observed variable
    with a dimension: a single printed number, such as an estimate, has no distribution of its own. Prior draws do not
    know a selective publication, nor that cells of a partial proportional odds model must not be negative: PyMC warns
    of it.

    Examples
    --------
    >>> import bayes
    >>> tree = bayes.arviz_tree(bayes.fit("mesems:gel_24w"), ["log_prior", "observed_data"])
    >>> sorted(tree.children), [str(name) for name in tree["observed_data"].data_vars]
    (['log_likelihood', 'log_prior', 'observed_data', 'posterior', 'sample_stats'], ['estimate'])
    """
    for group in groups:
        if group not in GROUPS:
            raise UnknownName("group of a tree", group, GROUPS)
    fit = posterior if isinstance(posterior, Fit) else recall(posterior)
    analysis, tree = fit.analysis, fit.tree
    random = seed_of(analysis.key, analysis.settings.seed if seed is None else seed, "whole") % 2**31
    from bayes.fitting.textbook import parameters_of, written_out  # imports PyMC

    model = written_out(analysis)
    stored = tree["posterior"].to_dataset()
    found = _parameters(model, parameters_of(analysis, _arrays(stored), random), stored)
    whole = {f"/{name}": group.to_dataset() for name, group in tree.children.items()}
    whole["/posterior"] = stored.assign({name: value for name, value in found.items() if name not in stored})
    made = _made(model, analysis, found, groups, prior_draws, random)
    whole = {f"/{name}": group for name, group in made.items()} | whole  # what is stored stays
    complete = xr.DataTree.from_dict(whole)
    complete.attrs |= tree.attrs
    return complete


def _arrays(stored: xr.Dataset) -> dict[str, FloatArray]:
    """Return stored draws by name, (chain, draw, ...)."""
    return {str(name): np.asarray(value.transpose(*SAMPLE, ...)) for name, value in stored.data_vars.items()}


def _parameters(model: pm.Model, draws: Mapping[str, FloatArray], stored: xr.Dataset) -> xr.Dataset:
    """Return the draws of a model's parameters with its dimensions and labels."""
    dims = {variable.name: (*SAMPLE, *model.named_vars_to_dims.get(variable.name, ())) for variable in model.free_RVs}
    labels = {dim: list(model.coords[dim]) for names in dims.values() for dim in names[2:]}
    coords = {name: stored[name] for name in SAMPLE} | labels
    return xr.Dataset({name: (names, draws[name]) for name, names in dims.items()}, coords)


def _made(
    model: pm.Model,
    analysis: Analysis,
    draws: xr.Dataset,
    groups: Sequence[str],
    prior_draws: int,
    seed: int,
) -> dict[str, xr.Dataset]:
    """Return the groups that follow from a model and the draws of its parameters."""
    import pymc as pm
    from pymc.stats import compute_log_likelihood, compute_log_prior

    tree, made = xr.DataTree.from_dict({"/posterior": draws}), {}
    with model:
        if "log_likelihood" in groups:
            found = compute_log_likelihood(tree, extend_inferencedata=False, progressbar=False)
            made["log_likelihood"] = _by_row(found, analysis)
        if "log_prior" in groups:
            made["log_prior"] = compute_log_prior(tree, extend_inferencedata=False, progressbar=False)
        if "posterior_predictive" in groups:
            drawn = pm.sample_posterior_predictive(tree, random_seed=seed, progressbar=False)
            made["posterior_predictive"] = drawn["posterior_predictive"].to_dataset()
        wanted = {"prior", "prior_predictive", "observed_data", "constant_data"} & set(groups)
        if wanted:
            count = prior_draws if {"prior", "prior_predictive"} & wanted else 1
            drawn = pm.sample_prior_predictive(count, random_seed=seed)
            made |= {name: drawn[name].to_dataset() for name in wanted if name in drawn.children}
    return made


def _by_row(log_likelihood: xr.Dataset, analysis: Analysis) -> xr.Dataset:
    """Return the log likelihood of every row of a table whose rows are fitted alone; of any other, as it is."""
    from bayes.fitting.textbook import ending_of

    names = [name for name, _ in analysis.rows]
    if not names:
        return log_likelihood
    rows = []
    for name in names:
        own = [_arrays(log_likelihood[[key]])[str(key)] for key in log_likelihood if str(key).endswith(ending_of(name))]
        rows.append(np.sum([values.reshape(*values.shape[:2], -1).sum(axis=2) for values in own], axis=0))
    coords = {name: log_likelihood[name] for name in SAMPLE} | {"row": names}
    return xr.Dataset({"report": ((*SAMPLE, "row"), np.stack(rows, axis=-1))}, coords)
