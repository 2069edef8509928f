"""Arrays in LLVM: elements that are computed where they are read, and loops that store them.

An array is a shape and a function from an index to an element. A chain of elementwise operations so becomes one loop;
what is read more than once is stored before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from llvmlite import ir
from numpy.typing import NDArray

from bayes.sampler.machine.scalars import DOUBLE, number

INTEGER = ir.IntType(64)
Shape = tuple[int, ...]
Index = tuple[Any, ...]  # of LLVM's integers
Element = Callable[[Index], Any]


@dataclass(frozen=True)
class Array:
    """An array of numbers, one element at a time.

    Attributes
    ----------
    shape : tuple of int
    at : callable
        Emits the element at an index.
    stored : bool
        Whether an element can be read again at no cost.
    known : ndarray, optional
        The values, where they are known before the code runs.
    """

    shape: Shape
    at: Element
    stored: bool = True
    known: NDArray[Any] | None = None

    @property
    def size(self) -> int:
        """The number of elements."""
        return prod(self.shape)


class Kernel:
    """A function under construction: arrays in, arrays out, and memory for what is stored between.

    Parameters
    ----------
    function : ir.Function
        Without a body. Its last argument is the memory.
    memory : ir.Value
    """

    def __init__(self, function: ir.Function, memory: ir.Value) -> None:
        self.builder = ir.IRBuilder(function.append_basic_block("entry"))
        self.failed = function.append_basic_block("failed")
        ir.IRBuilder(self.failed).ret(ir.Constant(INTEGER, 1))
        self._memory, self.used = memory, 0

    def constant(self, values: NDArray[Any]) -> Array:
        """Return an array whose values are known."""
        values = np.asarray(values)
        if values.size and np.all(values == values.flat[0]):
            same = number(values.flat[0])
            return Array(values.shape, lambda index: same, known=values)
        module = self.builder.module
        kind = ir.ArrayType(DOUBLE, values.size)
        held = ir.GlobalVariable(module, kind, module.get_unique_name("constant"))
        held.global_constant, held.linkage = True, "internal"
        held.initializer = ir.Constant(kind, [number(x) for x in values.ravel()])
        return self.at_pointer(self.builder.bitcast(held, DOUBLE.as_pointer()), values.shape, values)

    def at_pointer(self, pointer: ir.Value, shape: Shape, known: NDArray[Any] | None = None) -> Array:
        """Return the array that stands in memory, row by row."""
        return Array(shape, lambda index: self.builder.load(self.place(pointer, shape, index)), known=known)

    def put(self, pointer: ir.Value, shape: Shape, index: Index, value: ir.Value) -> None:
        """Store one element of such an array."""
        self.builder.store(value, self.place(pointer, shape, index))

    def place(self, pointer: ir.Value, shape: Shape, index: Index) -> ir.Value:
        """Return where an element of such an array stands."""
        return self.builder.gep(pointer, [self.linear(shape, index)])

    def linear(self, shape: Shape, index: Index) -> ir.Value:
        """Return the position of an element, row by row."""
        b, position = self.builder, integer(0)
        for length, i in zip(shape, index, strict=True):
            position = b.add(b.mul(position, integer(length)), i)
        return position

    def plus(self, i: ir.Value, offset: int) -> ir.Value:
        """Return an index moved by a constant."""
        return self.builder.add(i, integer(offset)) if offset else i

    def loop(self, shape: Sequence[int], body: Callable[[Index], None], index: Index = ()) -> None:
        """Emit a body for every index of a shape, the last dimension fastest."""
        if not shape:
            return body(index)
        length, b = shape[0], self.builder
        if length == 0:
            return None
        if length == 1:
            return self.loop(shape[1:], body, (*index, integer(0)))
        before, start = b.block, b.append_basic_block("loop")
        b.branch(start)
        b.position_at_end(start)
        i = b.phi(INTEGER)
        i.add_incoming(integer(0), before)
        self.loop(shape[1:], body, (*index, i))
        following = b.add(i, integer(1))
        i.add_incoming(following, b.block)
        after = b.append_basic_block("after")
        b.cbranch(b.icmp_signed("<", following, integer(length)), start, after)
        b.position_at_end(after)
        return None

    def room(self, size: int) -> ir.Value:
        """Return a pointer to fresh memory for so many numbers."""
        start, self.used = self.used, self.used + size
        return self.builder.gep(self._memory, [integer(start)])

    def write(self, array: Array, pointer: ir.Value) -> None:
        """Emit the loop that stores an array in memory, row by row."""

        self.loop(array.shape, lambda index: self.put(pointer, array.shape, index, array.at(index)))

    def written(self, array: Array) -> tuple[Array, ir.Value]:
        """Return a copy of an array in memory of its own, and where it starts."""
        pointer = self.room(array.size)
        self.write(array, pointer)
        return self.at_pointer(pointer, array.shape), pointer

    def stored(self, array: Array) -> Array:
        """Return an array that may be read again and again; one number stays in a register."""
        if array.stored:
            return array
        if array.size == 1:
            only = array.at((integer(0),) * len(array.shape))
            return Array(array.shape, lambda index: only)
        return self.written(array)[0]

    def fail_unless(self, condition: ir.Value) -> None:
        """Return early, with the code of a failure."""
        b = self.builder
        going_on = b.append_basic_block("going_on")
        b.cbranch(condition, going_on, self.failed)
        b.position_at_end(going_on)

    def register(self) -> ir.Value:
        """Return a place for a running total, which LLVM keeps in a register."""
        with self.builder.goto_entry_block():
            return self.builder.alloca(DOUBLE)


def integer(value: int) -> ir.Constant:
    """Return a constant that counts."""
    return ir.Constant(INTEGER, value)


def broadcast(array: Array, shape: Shape) -> Array:
    """Return an array repeated to a shape; dimensions that it lacks come first."""
    missing = len(shape) - len(array.shape)
    if array.shape == shape:
        return array

    def at(index: Index) -> ir.Value:
        own = index[missing:]
        return array.at(tuple(integer(0) if n == 1 else i for n, i in zip(array.shape, own, strict=True)))

    return Array(shape, at, array.stored, None if array.known is None else np.broadcast_to(array.known, shape))
