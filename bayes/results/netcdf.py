"""A tree written as netCDF: an HDF5 group per group, an array per variable, and a dimension scale per dimension.

xarray writes the same through h5netcdf in seven times the time, most of which goes into creating variables. What is
written here is read by xarray, by netCDF's own library and by anything that reads HDF5.

Draws are packed as the CF conventions describe (section 8.1): whole numbers, with a scale and an offset that readers
undo. Each stands for the middle of a cell, whose width is 2**-9 of the spread of an effect and 2**-6 of that of any
other quantity, so that a draw is off by less than half of the Monte Carlo standard error of a mean, and a mean by next
to nothing. Cells begin at a point mass, which keeps its value, or at zero where there is none, so that no draw changes
sides. The energy of the sampler, of which only the distribution is looked at, has 2**-4.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

FINE, COARSE = 2.0**-9, 2.0**-6  # of the spread
PARTS = dict.fromkeys(("effect", "mu", "tau", "new_trial"), FINE) | {"energy": 2.0**-4}
SMALLEST_BLOCK = 512  # bytes of metadata that HDF5 sets aside at a time; a file has some 10 kB of them
QUARTILES = 1.349  # standard deviations between those of a normal distribution
MASS = 0.001  # of all draws: a value that more of them share is a point mass
FORMAT = ("v110", "v110")  # of HDF5: older ones spend 3 kB on the index of every variable, which has one chunk here
NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable."  # as netCDF marks a dimension without coordinates


def content(tree: xr.DataTree) -> bytes:
    """Return the file of a tree of groups, each a dataset whose coordinates are those of its dimensions.

    It is made in memory: HDF5 cannot close a file for which the disk has no room, and ends the process.
    """
    import h5py

    options = {"track_order": True, "libver": FORMAT, "meta_block_size": SMALLEST_BLOCK}
    with h5py.File("in memory", "w", driver="core", backing_store=False, **options) as file:
        for name, value in tree.attrs.items():
            file.attrs[name] = value
        for name, node in tree.children.items():
            _write_group(file.create_group(name, track_order=True), node.to_dataset())
        file.flush()
        return bytes(file.id.get_file_image())


def _write_group(group: Any, dataset: xr.Dataset) -> None:  # h5py publishes no types
    scales = {}
    for name, size in dataset.sizes.items():
        known = np.asarray(dataset.coords[name]) if name in dataset.coords else None
        scales[name] = _scale(group, str(name), size, known)
    for name, variable in dataset.data_vars.items():
        values = np.asarray(variable)
        stored, scaled = _as_stored(str(name), values)
        written = group.create_dataset(str(name), data=stored, **_packed(values.shape))
        for attribute, value in scaled.items():
            written.attrs[attribute] = value
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
    return {"chunks": shape, "compression": "gzip", "compression_opts": 4, "shuffle": True}


def _as_stored(name: str, values: NDArray[Any]) -> tuple[NDArray[Any], dict[str, float]]:
    """Return what is written for an array, and the attributes by which a reader undoes the packing.

    An array with an entry that has no spread, or with a number that is not finite, is written as it is.
    """
    if values.dtype == bool:
        return values.astype(np.int8), {}
    if values.dtype != np.float64:
        return values, {}
    ordered = np.sort(values.reshape(prod(values.shape[:2]), -1), axis=0)  # NaN comes last
    last = len(ordered) - 1
    spread = float((ordered[3 * last // 4] - ordered[last // 4]).min()) / QUARTILES
    if not (np.isfinite(ordered[[0, last]]).all() and spread > 0):
        return values, {}
    width = 2.0 ** np.floor(np.log2(spread * PARTS.get(name, COARSE)))
    mass = _point_mass(ordered)
    offset = width * float(np.rint(np.median(ordered) / width)) if mass is None else mass
    whole = 2 * np.floor((values - offset) / width) + 1  # in half widths: an odd number is the middle of a cell
    if mass is not None:
        whole[values == mass] = 0
    largest = np.abs(whole).max()
    if largest > np.iinfo(np.int32).max:
        return values, {}
    small = np.int16 if largest <= np.iinfo(np.int16).max else np.int32
    return whole.astype(small), {"scale_factor": width / 2, "add_offset": offset}


def _point_mass(ordered: NDArray[np.float64]) -> float | None:
    """Return the value that most draws share, given draws sorted along the first axis; None without a point mass."""
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if repeated.size <= MASS * ordered.size:
        return None
    shared, counts = np.unique(repeated, return_counts=True)
    return float(shared[counts.argmax()]) if counts.max() > MASS * ordered.size else None
