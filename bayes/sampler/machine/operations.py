"""Operations of PyTensor on arrays, as code: a function for each class of operation, by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
from llvmlite import ir

from bayes.sampler.machine.arrays import Array, Index, Kernel, Shape, broadcast, integer
from bayes.sampler.machine.parts import Selection, selection, stretch
from bayes.sampler.machine.scalars import CODES as SCALAR_CODES
from bayes.sampler.machine.scalars import UnknownOperation, number, scalar_code, truth

Arrays = Sequence[Array]
Values = dict[Any, Array]  # by the variable of the graph


def emit(kernel: Kernel, graph: Any, inputs: Mapping[Any, Array]) -> list[Array]:
    """Emit a graph.

    Parameters
    ----------
    kernel : Kernel
    graph : FunctionGraph
    inputs : mapping of Variable to Array

    Returns
    -------
    list of Array
        The outputs of the graph.

    Raises
    ------
    UnknownOperation
        If there is no code for an operation of the graph.
    """
    values: Values = dict(inputs)
    for node in graph.toposort():
        arrays = [_value(kernel, values, variable) for variable in node.inputs]
        found = _known(kernel, node, arrays) or _code(node)(kernel, node, arrays)
        for variable, array in zip(node.outputs, found, strict=True):
            again = array.size == 1 or len(graph.clients[variable]) > 1
            values[variable] = kernel.stored(array) if again else array
    return [_value(kernel, values, variable) for variable in graph.outputs]


def _value(kernel: Kernel, values: Values, variable: Any) -> Array:
    """Return the array of a variable, which may be a constant of the graph."""
    if variable not in values:
        values[variable] = kernel.constant(_numbers(variable.data))
    return values[variable]


def _numbers(data: Any) -> Any:
    if data is None:  # in place of a number, such as the axis of a cumulative sum
        return np.empty(0)
    return np.asarray(data)


def _known(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array] | None:
    """Return the outputs of an operation whose inputs, or the shapes that it asks for, are known beforehand."""
    name = type(node.op).__name__
    if name == "Shape":
        return [kernel.constant(np.array(arrays[0].shape, dtype=np.int64))]
    if name == "Shape_i":
        return [kernel.constant(np.array(arrays[0].shape[node.op.i]))]
    if any(array.known is None for array in arrays):
        return None
    found: list[list[Any]] = [[None] for _ in node.outputs]
    node.op.perform(node, [_of_type(a.known, v) for a, v in zip(arrays, node.inputs, strict=True)], found)
    return [kernel.constant(np.asarray(value)) for (value,) in found]


def _of_type(known: Any, variable: Any) -> Any:
    """Return a number as the operation expects it: an array, or for a scalar of PyTensor a NumPy scalar."""
    return known if hasattr(variable.type, "shape") and known.ndim else known[()]


def _code(node: Any) -> Callable[[Kernel, Any, Arrays], list[Array]]:
    op, name = node.op, type(node.op).__name__
    if name in CODES:
        return CODES[name]
    if hasattr(op, "inner_inputs"):  # a graph under a name, such as the logarithm of a sum of exponentials
        return _inlined
    if not hasattr(op, "scalar_op") and name in SCALAR_CODES:  # on PyTensor's scalars, outside arrays
        return lambda kernel, node, arrays: _elementwise(kernel, op, arrays)
    raise UnknownOperation(f"operation {op}")


def _elementwise(kernel: Kernel, op: Any, arrays: Arrays) -> list[Array]:
    code, shape = scalar_code(op), np.broadcast_shapes(*(a.shape for a in arrays))
    # an element that several places read is computed once
    ready = [broadcast(a if a.shape == shape else kernel.stored(a), shape) for a in arrays]
    return [Array(shape, lambda index: code(kernel.builder, *(a.at(index) for a in ready)), stored=False)]


def _elemwise(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    return _elementwise(kernel, node.op.scalar_op, arrays)


def _same(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    return [arrays[0]]


def _checked(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    """Pass a value on if all conditions hold."""
    for condition in arrays[1:]:
        holds = _reduced(kernel, "AND", range(len(condition.shape)), condition)
        kernel.fail_unless(truth(kernel.builder, holds.at(())))
    return [arrays[0]]


def _inlined(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    inner = node.op.fgraph
    return emit(kernel, inner, {v: kernel.stored(a) for v, a in zip(inner.inputs, arrays, strict=True)})


NEUTRAL = {"Add": 0.0, "AND": 1.0, "Maximum": -np.inf, "Minimum": np.inf, "Mul": 1.0, "OR": 0.0}


def _reduction(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    (array,), axis = arrays, node.op.axis
    name = type(node.op.scalar_op).__name__.removeprefix("Scalar")
    return [_reduced(kernel, name, range(len(array.shape)) if axis is None else axis, array)]


def _reduced(kernel: Kernel, name: str, axes: Sequence[int], array: Array) -> Array:
    if name not in NEUTRAL:
        raise UnknownOperation(f"reduction by {name}")
    b, code, dimensions = kernel.builder, SCALAR_CODES[name], range(len(array.shape))
    lost = [d for d in dimensions if d in {axis % len(array.shape) for axis in axes}]
    kept = [d for d in dimensions if d not in lost]
    total = kernel.register()

    def at(index: Index) -> ir.Value:
        b.store(number(NEUTRAL[name]), total)

        def add(inner: Index) -> None:
            where = dict(zip(kept, index, strict=True)) | dict(zip(lost, inner, strict=True))
            b.store(code(b, b.load(total), array.at(tuple(where[d] for d in dimensions))), total)

        kernel.loop([array.shape[d] for d in lost], add)
        return b.load(total)

    return Array(tuple(array.shape[d] for d in kept), at, stored=False)


def _cumulative(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    """Accumulate along an axis."""
    name, axis = {"add": "Add", "mul": "Mul"}[node.op.mode], node.op.axis
    (array,), b, code, total = arrays, kernel.builder, SCALAR_CODES[name], kernel.register()
    if axis is None:
        array, axis = _flat(kernel, array), 0
    axis %= len(array.shape)
    pointer, order = kernel.room(array.size), [*(d for d in range(len(array.shape)) if d != axis), axis]

    def line(outer: Index) -> None:
        b.store(number(NEUTRAL[name]), total)

        def add(along: Index) -> None:
            where = dict(zip(order, (*outer, *along), strict=True))
            index = tuple(where[d] for d in range(len(order)))
            b.store(code(b, b.load(total), array.at(index)), total)
            b.store(b.load(total), kernel.place(pointer, array.shape, index))

        kernel.loop([array.shape[axis]], add)

    kernel.loop([array.shape[d] for d in order[:-1]], line)
    return [kernel.at_pointer(pointer, array.shape)]


def _dimensions(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    """Transpose, insert and drop dimensions."""
    (array,), order = arrays, node.op.new_order
    shape = tuple(1 if d == "x" else array.shape[d] for d in order)

    def at(index: Index) -> ir.Value:
        where = {d: i for d, i in zip(order, index, strict=True) if d != "x"}
        return array.at(tuple(where.get(d, integer(0)) for d in range(len(array.shape))))

    return [Array(shape, at, array.stored)]


def _reshaped(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    array, asked = arrays
    shape = np.empty(array.shape, dtype=np.bool_).reshape(tuple(map(int, _given(asked, node)))).shape
    flat = _flat(kernel, array)
    return [Array(shape, lambda index: flat.at((kernel.linear(shape, index),)), flat.stored)]


def _flat(kernel: Kernel, array: Array) -> Array:
    """Return an array as a vector, row by row."""
    if len(array.shape) == 1:
        return array
    if array.size == 1:
        return Array((1,), lambda index: array.at((integer(0),) * len(array.shape)), array.stored)
    pointer = kernel.room(array.size)
    kernel.write(array, pointer)
    return kernel.at_pointer(pointer, (array.size,))


def _given(array: Array, node: Any) -> Any:
    """Return numbers that have to be known before the code runs."""
    if array.known is None:
        raise UnknownOperation(f"{node.op} by numbers that are not known beforehand")
    return array.known


def _alloc(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    value, *lengths = arrays
    return [broadcast(kernel.stored(value), tuple(int(_given(n, node)) for n in lengths))]


def _vector(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    return [_end_to_end(kernel, [broadcast(a, (1,)) for a in arrays], 0)]


def _joined(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    return [_end_to_end(kernel, arrays, node.op.axis)]


def _end_to_end(kernel: Kernel, arrays: Arrays, axis: int) -> Array:
    first, starts = arrays[0].shape, [0, *accumulate(a.shape[axis] for a in arrays)]
    shape = (*first[:axis], starts[-1], *first[axis + 1 :])
    pointer = kernel.room(prod(shape))
    for array, start in zip(arrays, starts, strict=False):
        kernel.loop(
            array.shape, partial(_copy, kernel, array, stretch(kernel, array.shape, axis, start), pointer, shape)
        )
    return kernel.at_pointer(pointer, shape)


def _copy(kernel: Kernel, array: Array, place: Selection, pointer: ir.Value, shape: Shape, index: Index) -> None:
    kernel.put(pointer, shape, place.source(index), array.at(index))


def _split(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    array, lengths = arrays[0], [int(n) for n in _given(arrays[1], node)]
    axis, whole = node.op.axis, kernel.stored(array)
    shapes = [(*whole.shape[:axis], n, *whole.shape[axis + 1 :]) for n in lengths]
    starts = accumulate(lengths[:-1], initial=0)
    return [_taken(whole, stretch(kernel, shape, axis, start)) for shape, start in zip(shapes, starts, strict=True)]


def _subtensor(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    array, *indices = arrays
    return [_taken(array, selection(kernel, node, array.shape, indices))]


def _taken(array: Array, selected: Selection) -> Array:
    return Array(selected.shape, lambda index: array.at(selected.source(index)), array.stored)


def _advanced_subtensor(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    return _subtensor(kernel, node, [kernel.stored(arrays[0]), *arrays[1:]])  # an index may come twice


def _changed_subtensor(kernel: Kernel, node: Any, arrays: Arrays) -> list[Array]:
    """Set, or increase, elements of a copy."""
    array, change, *indices = arrays
    selected, b = selection(kernel, node, array.shape, indices), kernel.builder
    copy, pointer = kernel.written(array)
    change = broadcast(change if change.shape == selected.shape else kernel.stored(change), selected.shape)

    def put(index: Index) -> None:
        where, new = selected.source(index), change.at(index)
        increased = new if node.op.set_instead_of_inc else b.fadd(copy.at(where), new)
        kernel.put(pointer, array.shape, where, increased)

    kernel.loop(selected.shape, put)
    return [copy]


CODES: dict[str, Callable[[Kernel, Any, Arrays], list[Array]]] = {
    "AdvancedIncSubtensor": _changed_subtensor,
    "AdvancedSubtensor": _advanced_subtensor,
    "All": _reduction,
    "Alloc": _alloc,
    "Any": _reduction,
    "Assert": _checked,
    "CAReduce": _reduction,
    "CheckParameterValue": _checked,
    "CumOp": _cumulative,
    "DimShuffle": _dimensions,
    "Elemwise": _elemwise,
    "IncSubtensor": _changed_subtensor,
    "Join": _joined,
    "MakeVector": _vector,
    "Max": _reduction,
    "Min": _reduction,
    "Prod": _reduction,
    "Reshape": _reshaped,
    "ScalarFromTensor": _same,
    "SpecifyShape": _same,
    "Split": _split,
    "Subtensor": _subtensor,
    "Sum": _reduction,
    "TensorFromScalar": _same,
    "ViewOp": _same,
}
