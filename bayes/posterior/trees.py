"""The tree of a posterior as ArviZ takes it, with its record as an attribute."""

from __future__ import annotations

import xarray as xr

from bayes.posterior.record import ATTRIBUTE, PosteriorRecord
from bayes.sampler.draws import Sample


def to_tree(sample: Sample, record: PosteriorRecord) -> xr.DataTree:
    """Return a DataTree for ArviZ: posterior, sample_stats and log_likelihood, and the record as JSON.

    Parameters
    ----------
    sample : Sample
    record : PosteriorRecord
    """
    groups = {"/posterior": sample.posterior}
    if len(sample.stats):
        groups["/sample_stats"] = sample.stats
    if sample.log_likelihood is not None:
        names = {"trial": sample.posterior["trial"]} if "trial" in sample.posterior.coords else {}
        values = {"report": (("chain", "draw", "trial"), sample.log_likelihood)}
        groups["/log_likelihood"] = xr.Dataset(values, names)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs[ATTRIBUTE] = record.to_json()
    return tree
