"""A tree written as netCDF: an HDF5 group per group, an array per variable, and a dimension scale per dimension.

xarray writes the same through h5netcdf in seven times the time, most of which goes into creating variables. What is
written here is read by xarray, by netCDF's own library and by anything that reads HDF5.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

IN_FULL = ("effect", "mu", "tau", "new_trial")  # the others in single precision: seven digits
FORMAT = ("v110", "v110")  # of HDF5: older ones spend 3 kB on the index of every variable, which has one chunk here
NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable."  # as netCDF marks a dimension without coordinates


def write(tree: xr.DataTree, path: Path) -> None:
    """Write a tree of groups, each a dataset whose coordinates are those of its dimensions.

    Parameters
    ----------
    tree : DataTree
    path : Path
        Replaced if it exists.
    """
    import h5py

    with h5py.File(path, "w", track_order=True, libver=FORMAT) as file:
        for name, value in tree.attrs.items():
            file.attrs[name] = value
        for name, node in tree.children.items():
            _write_group(file.create_group(name, track_order=True), node.to_dataset())


def _write_group(group: Any, dataset: xr.Dataset) -> None:  # h5py publishes no types
    scales = {}
    for name, size in dataset.sizes.items():
        known = np.asarray(dataset.coords[name]) if name in dataset.coords else None
        scales[name] = _scale(group, str(name), size, known)
    for name, variable in dataset.data_vars.items():
        values = np.asarray(variable)
        written = group.create_dataset(str(name), data=_as_stored(str(name), values), **_packed(values.shape))
        if values.dtype == bool:
            written.attrs["dtype"] = "bool"  # as xarray marks it
        for axis, dimension in enumerate(variable.dims):
            written.dims[axis].attach_scale(scales[dimension])


def _scale(group: Any, name: str, size: int, known: NDArray[Any] | None) -> Any:
    """Write a dimension with its coordinates, if it has any."""
    import h5py

    if known is None:
        scale = group.create_dataset(name, shape=(size,), dtype="f4")
        scale.make_scale(NO_VARIABLE)
        return scale
    if known.dtype.kind == "i":
        scale = group.create_dataset(name, data=known, **_packed(known.shape))
    else:
        scale = group.create_dataset(name, data=known.astype(object), dtype=h5py.string_dtype())
    scale.make_scale(name)
    return scale


def _packed(shape: tuple[int, ...]) -> dict[str, Any]:
    """Return how an array is stored: compressed, in one piece."""
    return {"chunks": shape, "compression": "gzip", "compression_opts": 1, "shuffle": True}


def _as_stored(name: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype == bool:
        return values.astype(np.int8)
    return values.astype(np.float32) if values.dtype == np.float64 and name not in IN_FULL else values
