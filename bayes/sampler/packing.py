"""A graph's data in few arrays, which every compiled graph takes in the same way.

Data of fixed shape are joined in one vector. The components of a prior, whose number may change between refits, are the
columns of a separate table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.float64]]
Tables = Mapping[str, tuple[str, ...]]
VECTOR = "numbers"


@dataclass(frozen=True)
class Layout:
    """The data in the vector, with their shapes, and the rows of each table, in this order.

    Attributes
    ----------
    vector : tuple of (name, shape)
    tables : tuple of (table, names)
    """

    vector: tuple[tuple[str, tuple[int, ...]], ...]
    tables: tuple[tuple[str, tuple[str, ...]], ...]


def lay_out(data: Arrays, tables: Tables) -> Layout:
    """Return the layout of a graph's data; it is equal for all data that fit one compiled graph.

    Parameters
    ----------
    data : mapping of str to ndarray
    tables : mapping of str to tuple of str
        The arrays whose common length may change between refits, by the name of the table that they form.

    Returns
    -------
    Layout
    """
    apart = {name for names in tables.values() for name in names}
    vector = tuple((name, value.shape) for name, value in data.items() if name not in apart)
    return Layout(vector, tuple(tables.items()))


def pack(data: Arrays, layout: Layout) -> dict[str, NDArray[np.float64]]:
    """Return the arrays of a packed graph.

    Parameters
    ----------
    data : mapping of str to ndarray
    layout : Layout
        As `lay_out` returns it for these data.
    """
    vector = np.concatenate([data[name].ravel() for name, _ in layout.vector])
    return {VECTOR: vector} | {table: np.stack([data[name] for name in names]) for table, names in layout.tables}


def pack_model(model: Any, layout: Layout) -> Any:  # pm.Model: PyMC publishes no types
    """Rebuild a PyMC model on the arrays of `pack`.

    Parameters
    ----------
    model : pm.Model
        Its data are exactly those of the layout.
    layout : Layout

    Returns
    -------
    pm.Model
    """
    from pymc.model.fgraph import ModelNamed, fgraph_from_model, model_from_fgraph
    from pytensor.compile.sharedvalue import shared
    from pytensor.graph.fg import FunctionGraph
    from pytensor.graph.replace import clone_replace

    arrays = pack({data.name: data.get_value() for data in model.data_vars}, layout)
    # lengths stay unknown to the graph, as in pm.Data: with known lengths, PyTensor 3.3 fuses constant parts into
    # operations without inputs, which its Numba backend cannot compile
    vector = shared(arrays[VECTOR], name=VECTOR, shape=(None,))
    piece, start = {}, 0
    for name, shape in layout.vector:
        stop = start + prod(shape)
        piece[name] = vector[start:stop].reshape((-1, *shape[1:]) if shape else ())
        start = stop
    for table, names in layout.tables:
        rows = shared(arrays[table], name=table, shape=(len(names), None))
        piece |= {name: rows[i] for i, name in enumerate(names)}

    graph, copies = fgraph_from_model(model)
    replaced = {copies[data].owner.inputs[0]: piece[data.name] for data in model.data_vars}
    kept = [output for output in graph.outputs if not isinstance(output.owner.op, ModelNamed)]
    packed = FunctionGraph(outputs=clone_replace(kept, replace=replaced, rebuild_strict=False), clone=False)
    return model_from_fgraph(packed, mutate_fgraph=True)
