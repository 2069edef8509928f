"""The two C functions that nutpie calls at every step; each finds the compiled graph by its address.

nutpie's own enclose the graph: machine code for this one graph, which Numba cannot keep on disk, so that every process
compiles it again for 2 to 9 s. These know nothing of a graph but how it is called, as `ARGUMENTS` says. They are
compiled once on a machine, and so is the graph itself, whose machine code PyTensor keeps on disk.

What belongs to a graph stands in memory as 64-bit words: the address of its compiled function, the length and the
address of its numbers, and of each table of prior components the number of columns and the address.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import carray, cfunc, njit, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_new_ref
from numba.extending import intrinsic
from numpy.typing import NDArray

TABLES = 3  # a meta-regression has three: priors of mu, tau and the slope
ROWS = 5  # of a table, as `models.priors.table` returns them
NO_TABLE = np.zeros((ROWS, 0))
RAISED, GRADIENT, DENSITY = 1, 3, 4  # what nutpie takes for a divergence: an exception, or numbers that are not finite

_vector, _table = types.Array(types.float64, 1, "C"), types.Array(types.float64, 2, "C")
ARGUMENTS = types.StarArgTuple.from_types((_vector, _vector, *(_table,) * TABLES))  # the point, the numbers, the tables
_line = types.Array(types.float64, 1, "A")
RESULTS = types.Tuple((types.Array(types.float64, 0, "C"), _line, _line))  # log density, gradient, variables of a draw
_doubles, _words, _size = types.CPointer(types.float64), types.CPointer(types.int64), types.uint64


def words(function: Any, arrays: Sequence[NDArray[np.float64]]) -> NDArray[np.int64]:
    """Return what belongs to a graph, as the C functions read it.

    Parameters
    ----------
    function : Dispatcher
        The graph, compiled by Numba for `ARGUMENTS` with `RESULTS`.
    arrays : sequence of ndarray
        The numbers and up to three tables, C-contiguous; they have to outlive what is returned.

    Raises
    ------
    ValueError
        If a table has another number of rows than the C functions read.
    """
    if any(table.shape[0] != ROWS for table in arrays[1:]):
        raise ValueError(f"tables of {[len(table) for table in arrays[1:]]} rows; accepted: {ROWS}")
    compiled = function.overloads[(ARGUMENTS,)]
    address = compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name)
    padded = [*arrays, *[NO_TABLE] * (1 + TABLES - len(arrays))]
    return np.array([address, *(w for a in padded for w in (a.shape[-1], a.ctypes.data))], dtype=np.int64)


@intrinsic
def _call(_: Any, address: types.Type, arguments: types.Type) -> Any:
    """Call a function that Numba compiled, at its address."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        kinds, convention = (ARGUMENTS,), context.call_conv
        function = builder.inttoptr(values[0], convention.get_function_type(RESULTS, kinds).as_pointer())
        status, value = convention.call_function(builder, function, RESULTS, kinds, values[1:])
        with cgutils.if_unlikely(builder, status.is_error):
            convention.return_status_propagate(builder, status)
        return impl_ret_new_ref(context, builder, RESULTS, value)

    return RESULTS(address, arguments), generate


@intrinsic
def _pointer(_: Any, word: types.Type) -> Any:
    """Return an address as a pointer to numbers."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.inttoptr(values[0], context.get_value_type(_doubles))

    return _doubles(word), generate


@njit
def _columns(columns: int, address: int) -> NDArray[np.float64]:
    return carray(_pointer(address), (ROWS, columns))


@njit
def _arguments(size: int, point: Any, w: Any) -> Any:
    """Return what the compiled function of a graph is called with."""
    numbers = carray(_pointer(w[2]), (w[1],))
    return carray(point, (size,)), numbers, _columns(w[3], w[4]), _columns(w[5], w[6]), _columns(w[7], w[8])


@cfunc(types.int64(_size, _doubles, _doubles, _doubles, _words), cache=True)
def density(size: int, point: Any, gradient: Any, value: Any, w: Any) -> int:
    """Compute the log density at a point, and its gradient."""
    try:
        found, slope, _ = _call(w[0], _arguments(size, point, w))
        value[0] = found[()]
        for i in range(size):
            gradient[i] = slope[i]
            if not np.isfinite(slope[i]):
                return GRADIENT
    except Exception:  # the only form that Numba compiles
        return RAISED
    return 0 if np.isfinite(value[0]) else DENSITY


@cfunc(types.int64(_size, _size, _doubles, _doubles, _words), cache=True)
def variables(size: int, expanded: int, point: Any, values: Any, w: Any) -> int:
    """Compute the variables that are kept of a draw."""
    try:
        _, _, found = _call(w[0], _arguments(size, point, w))
        for i in range(expanded):
            values[i] = found[i]
    except Exception:  # the only form that Numba compiles
        return -RAISED
    return 0
