"""The two C functions that nutpie calls at every step; each finds the compiled graph by its address.

nutpie's own enclose the graph: machine code for this one graph, which Numba cannot keep on disk, so that every process
compiles it again for 2 to 9 s. These know nothing of a graph but how it is called, as `ARGUMENTS` says. They are
compiled once on a machine, and so is the graph itself, whose machine code PyTensor keeps on disk.

What belongs to a graph stands in memory as 64-bit words: the addresses of its two compiled functions, the length and
the address of its numbers, and of each table of prior components the number of columns and the address.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
_density_and_gradient = types.Tuple((types.Array(types.float64, 0, "C"), types.Array(types.float64, 1, "A")))
_variables = types.Tuple((types.Array(types.float64, 1, "A"),))
_doubles, _words, _size = types.CPointer(types.float64), types.CPointer(types.int64), types.uint64


def words(functions: Sequence[Any], arrays: Sequence[NDArray[np.float64]]) -> NDArray[np.int64]:
    """Return what belongs to a graph, as the C functions read it.

    Parameters
    ----------
    functions : sequence of Dispatcher
        The log density with its gradient, and the variables of a draw, compiled by Numba for `ARGUMENTS`.
    arrays : sequence of ndarray
        The numbers and up to three tables, C-contiguous; they have to outlive what is returned.
    """
    compiled = [f.overloads[(ARGUMENTS,)] for f in functions]
    addresses = [c.library.get_pointer_to_function(c.fndesc.llvm_func_name) for c in compiled]
    padded = [*arrays, *[NO_TABLE] * (1 + TABLES - len(arrays))]
    return np.array([*addresses, *(w for a in padded for w in (a.shape[-1], a.ctypes.data))], dtype=np.int64)


def _calling(result: types.Type) -> Callable[..., Any]:
    """Return `call(address, arguments)` for functions that Numba compiled, and that return this type."""

    @intrinsic
    def call(_: Any, address: types.Type, arguments: types.Type) -> Any:
        def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
            kinds, convention = (ARGUMENTS,), context.call_conv
            function = builder.inttoptr(values[0], convention.get_function_type(result, kinds).as_pointer())
            status, value = convention.call_function(builder, function, result, kinds, values[1:])
            with cgutils.if_unlikely(builder, status.is_error):
                convention.return_status_propagate(builder, status)
            return impl_ret_new_ref(context, builder, result, value)

        return result(address, arguments), generate

    return call


_density_at, _variables_at = _calling(_density_and_gradient), _calling(_variables)


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
    numbers = carray(_pointer(w[3]), (w[2],))
    return carray(point, (size,)), numbers, _columns(w[4], w[5]), _columns(w[6], w[7]), _columns(w[8], w[9])


@cfunc(types.int64(_size, _doubles, _doubles, _doubles, _words), cache=True)
def density(size: int, point: Any, gradient: Any, value: Any, w: Any) -> int:
    """Compute the log density at a point, and its gradient."""
    try:
        found, slope = _density_at(w[0], _arguments(size, point, w))
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
        (found,) = _variables_at(w[1], _arguments(size, point, w))
        for i in range(expanded):
            values[i] = found[i]
    except Exception:  # the only form that Numba compiles
        return -RAISED
    return 0
