"""The tree of a posterior as ArviZ takes it, with its record as an attribute."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from bayes.posterior.record import ATTRIBUTE, PosteriorRecord

Draws = NDArray[np.float64]


def to_tree(
    posterior: xr.Dataset, stats: Mapping[str, Draws], log_likelihood: Draws | None, record: PosteriorRecord
) -> xr.DataTree:
    """Return a DataTree for ArviZ: posterior, sample_stats and log_likelihood, and the record as JSON.

    Parameters
    ----------
    posterior : Dataset
        Draws under names for the reader.
    stats : mapping of ndarray, shape (chain, draw)
    log_likelihood : ndarray, shape (chain, draw, report), or None
    record : PosteriorRecord
    """
    groups = {"/posterior": posterior}
    if stats:
        along = {name: posterior[name] for name in ("chain", "draw")}
        groups["/sample_stats"] = xr.Dataset({name: (("chain", "draw"), v) for name, v in stats.items()}, along)
    if log_likelihood is not None:
        along = {name: posterior[name] for name in ("chain", "draw", "trial") if name in posterior.coords}
        groups["/log_likelihood"] = xr.Dataset({"report": (("chain", "draw", "trial"), log_likelihood)}, along)
    tree = xr.DataTree.from_dict(groups)
    tree.attrs[ATTRIBUTE] = record.to_json()
    return tree
