"""Parts of arrays, as code: where an element of a part stands in the whole."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from bayes.sampler.machine.arrays import INTEGER, Array, Index, Kernel, Shape, broadcast, integer
from bayes.sampler.machine.scalars import UnknownOperation


@dataclass(frozen=True)
class Selection:
    """A part of an array.

    Attributes
    ----------
    shape : tuple of int
    source : callable
        Emits the index in the whole of an index in the part.
    """

    shape: Shape
    source: Callable[[Index], Index]


def stretch(kernel: Kernel, shape: Shape, axis: int, start: int) -> Selection:
    """Return a part of a shape that begins at a position along an axis and is whole in the other dimensions."""
    return Selection(shape, lambda index: (*index[:axis], kernel.plus(index[axis], start), *index[axis + 1 :]))


def selection(kernel: Kernel, node: Any, whole: Shape, indices: Sequence[Array]) -> Selection:
    """Return the part that the index of an operation selects.

    Parameters
    ----------
    kernel : Kernel
    node : Apply
        Of an operation with an `idx_list`: slices, and numbers or arrays of numbers, as positions in `indices`.
    whole : tuple of int
    indices : sequence of Array

    Returns
    -------
    Selection

    Raises
    ------
    UnknownOperation
        If a slice depends on data, or arrays of numbers stand on both sides of a slice.
    """
    entries = [*node.op.idx_list, *[slice(None)] * (len(whole) - len(node.op.idx_list))]
    picked = {d: indices[entry] for d, entry in enumerate(entries) if isinstance(entry, int)}
    cut = {d: range(whole[d])[_slice(e, indices, node)] for d, e in enumerate(entries) if d not in picked}
    common = np.broadcast_shapes(*(array.shape for array in picked.values()))
    if common and max(picked) - min(picked) >= len(picked):
        raise UnknownOperation(f"{node.op} with arrays of numbers on both sides of a slice")
    numbers = {d: broadcast(kernel.stored(array), common) for d, array in picked.items()}
    before = sum(d < min(picked, default=0) for d in cut)  # numbers take the place of the dimensions they stand in
    lengths = [len(r) for r in cut.values()]

    def source(index: Index) -> Index:
        of_numbers = index[before : before + len(common)]
        of_slices = dict(zip(cut, (*index[:before], *index[before + len(common) :]), strict=True))
        return tuple(
            _along(kernel, cut[d], of_slices[d]) if d in cut else _counted(kernel, numbers[d], of_numbers, length)
            for d, length in enumerate(whole)
        )

    return Selection((*lengths[:before], *common, *lengths[before:]), source)


def _slice(entry: slice, indices: Sequence[Array], node: Any) -> slice:
    """Return a slice by its numbers, which have to be known before the code runs."""
    found = []
    for part in (entry.start, entry.stop, entry.step):
        if part is not None and indices[part].known is None:
            raise UnknownOperation(f"{node.op} with a slice that depends on data")
        found.append(None if part is None else int(indices[part].known))
    return slice(*found)


def _along(kernel: Kernel, steps: range, i: ir.Value) -> ir.Value:
    return kernel.plus(kernel.builder.mul(i, integer(steps.step)) if steps.step != 1 else i, steps.start)


def _counted(kernel: Kernel, numbers: Array, index: Index, length: int) -> ir.Value:
    """Return an element of an array of numbers as an index; negative ones count from the end, others are a failure."""
    if numbers.known is not None and not ((-length <= numbers.known) & (numbers.known < length)).all():
        raise UnknownOperation(f"indices {numbers.known} of {length} elements")
    if numbers.known is not None and numbers.size == 1:
        return integer(int(numbers.known.item()) % length)
    b = kernel.builder
    i = b.fptosi(numbers.at(index), INTEGER)
    found = b.select(b.icmp_signed("<", i, integer(0)), b.add(i, integer(length)), i)
    if numbers.known is None:
        kernel.fail_unless(b.icmp_unsigned("<", found, integer(length)))
    return found
