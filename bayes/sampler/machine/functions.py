"""Graphs of PyTensor as machine code, compiled by LLVM in tenths of a second.

Each graph becomes a C function with the arguments that nutpie calls one with at every step. Point and data are read
where they stand; what is stored on the way has memory of its own in each call, since chains run in parallel.
"""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import binding, ir
from numpy.typing import NDArray

from bayes.sampler.machine.arrays import INTEGER, Array, Kernel, Shape, integer
from bayes.sampler.machine.operations import emit
from bayes.sampler.machine.scalars import DOUBLE, declared, link_special_functions, number

Numbers = NDArray[np.float64]
NO_POINT = np.empty(0)
POINTER = DOUBLE.as_pointer()
ARGUMENTS = {  # of the C functions, by how many outputs the graph has
    1: ("length", "count", "point", "result", "data"),
    2: ("length", "point", "gradient", "density", "data"),
}
KINDS = {"length": INTEGER, "count": INTEGER, "data": POINTER.as_pointer()}  # the others are POINTER
OF_ONE_OUTPUT = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 2, *[ctypes.c_void_p] * 3)
RESULTS = {1: ("result",), 2: ("density", "gradient")}
STABLE = ("canonicalize", "stabilize")  # PyTensor's rewrites for numbers that hold; to make them fast is left to LLVM


@dataclass(frozen=True)
class Source:
    """A function as a graph.

    Attributes
    ----------
    graph : FunctionGraph
        Its first input is the point, a vector; the others are arrays of data.
    shapes : tuple of tuple
        Of its inputs.
    of_many : bool
        Whether the function takes as many points as its result has numbers; each gives one.
    """

    graph: Any
    shapes: tuple[Shape, ...]
    of_many: bool = False


def stable(inputs: Sequence[Any], outputs: Sequence[Any]) -> Any:
    """Return a FunctionGraph, rewritten so that its numbers hold where a formula would overflow or cancel."""
    from pytensor.compile.mode import optdb
    from pytensor.graph.fg import FunctionGraph
    from pytensor.graph.rewriting.db import RewriteDatabaseQuery

    graph = FunctionGraph(list(inputs), list(outputs), clone=True)
    optdb.query(RewriteDatabaseQuery(include=STABLE)).rewrite(graph)
    return graph


def compile_functions(functions: Mapping[str, Source]) -> bytes:
    """Compile functions to object code for this machine.

    Parameters
    ----------
    functions : mapping of str to Source
        With one output, an array, or with two: a log density, and its gradient as a vector. The latter fails where
        either is not finite.

    Raises
    ------
    UnknownOperation
        If there is no code for an operation of a graph.
    """
    module = ir.Module("posterior")
    module.triple = binding.get_process_triple()
    for name, source in functions.items():
        _c_function(module, name, source)
    return _object_code(module)


def shapes_of(inputs: Sequence[Any], outputs: Sequence[Any], shapes: Sequence[Shape]) -> list[Shape]:
    """Return the shapes of outputs, given those of the inputs, of which the first is a point."""
    from pytensor.graph.fg import FunctionGraph

    source = Source(FunctionGraph(list(inputs), list(outputs), clone=True), tuple(shapes))
    kinds = [POINTER, KINDS["data"], POINTER]
    function = ir.Function(ir.Module("shapes"), ir.FunctionType(INTEGER, kinds), "shapes")
    point, data, memory = function.args
    return [array.shape for array in _outputs(Kernel(function, memory), source, point, data)]


class Library:
    """C functions in this process, which live as long as it does; each returns 0, or 1 where it fails.

    Parameters
    ----------
    code : bytes
        As `compile_functions` returns it.
    """

    def __init__(self, code: bytes) -> None:
        link_special_functions()
        self._loaded = binding.create_mcjit_compiler(binding.parse_assembly(""), _machine())
        self._loaded.add_object_file(binding.ObjectFileRef.from_data(code))
        self._loaded.finalize_object()
        self._calls: dict[str, Any] = {}

    def address(self, name: str) -> int:
        """Return where a function stands, which takes the point's length and then

        - with one output: the result's length, the point, the result, and the addresses of the data;
        - with two: the point, the gradient, the log density, and the addresses of the data.
        """
        found: int = self._loaded.get_function_address(name)
        return found

    def result(self, name: str, data: Sequence[Numbers], shape: Shape, points: Numbers = NO_POINT) -> Numbers:
        """Call a function with one output.

        Parameters
        ----------
        name : str
        data : sequence of ndarray
            C-contiguous, of the shapes that the function was compiled for.
        shape : tuple of int
            Of the result.
        points : ndarray, shape (length,) or (number, length)
            One, or many if the function was compiled for many; none for a function that does not use it.

        Raises
        ------
        ArithmeticError
            If a condition of the model does not hold.
        """
        found = np.empty(shape)
        call = self._calls.get(name) or self._calls.setdefault(name, OF_ONE_OUTPUT(self.address(name)))
        given = points, found, addresses_of(data)  # kept alive during the call, which gets their addresses only
        if call(points.shape[-1], found.size, *(array.ctypes.data for array in given)):
            raise ArithmeticError(f"{name}: a condition of the model does not hold")
        return found


def addresses_of(data: Sequence[Numbers]) -> NDArray[np.int64]:
    """Return where arrays stand in memory, as the functions ask for them; the arrays have to be kept alive."""
    return np.array([array.ctypes.data for array in data], dtype=np.int64)


def _c_function(module: ir.Module, name: str, source: Source) -> None:
    """Emit a C function: it gets memory, calls the function of the graph, and returns the memory."""
    names, results = ARGUMENTS[len(source.graph.outputs)], RESULTS[len(source.graph.outputs)]
    function = ir.Function(module, ir.FunctionType(INTEGER, [KINDS.get(n, POINTER) for n in names]), name)
    given = dict(zip(names, function.args, strict=True))
    inner, size = _of_graph(module, name, source, len(results))
    b = ir.IRBuilder(function.append_basic_block())
    memory = b.call(declared(module, "malloc", POINTER, [INTEGER]), [integer(8 * max(size, 1))])
    rest = [given["data"], *(given[n] for n in results), memory]
    if source.of_many:
        code = _each(b, inner, given, rest)
    else:
        code = b.call(inner, [given["point"], *rest])
    b.call(declared(module, "free", ir.VoidType(), [POINTER]), [memory])
    b.ret(code)


def _each(b: ir.IRBuilder, inner: ir.Function, given: Mapping[str, ir.Value], rest: Sequence[ir.Value]) -> ir.Value:
    """Emit the loop over points; it ends early where one fails."""
    before, start, after = b.block, b.append_basic_block("each"), b.append_basic_block("after")
    b.cbranch(b.icmp_signed("<", integer(0), given["count"]), start, after)
    b.position_at_end(start)
    i = b.phi(INTEGER)
    point, result = (b.gep(given[n], [b.mul(i, k)]) for n, k in (("point", given["length"]), ("result", integer(1))))
    data, _, memory = rest
    code = b.call(inner, [point, data, result, memory])
    following = b.add(i, integer(1))
    i.add_incoming(integer(0), before)
    i.add_incoming(following, start)
    going_on = b.and_(b.icmp_signed("==", code, integer(0)), b.icmp_signed("<", following, given["count"]))
    b.cbranch(going_on, start, after)
    b.position_at_end(after)
    last = b.phi(INTEGER)
    last.add_incoming(integer(0), before)
    last.add_incoming(code, start)
    return last


def _of_graph(module: ir.Module, name: str, source: Source, outputs: int) -> tuple[ir.Function, int]:
    """Emit the function of a graph, and return it with how many numbers its memory has to hold."""
    kinds = [POINTER, KINDS["data"], *[POINTER] * outputs, POINTER]
    function = ir.Function(module, ir.FunctionType(INTEGER, kinds), f"{name}_of_graph")
    function.linkage = "internal"
    point, data, *results, memory = function.args
    for pointer in (*results, memory):
        pointer.add_attribute("noalias")
    kernel = Kernel(function, memory)
    for array, pointer in zip(_outputs(kernel, source, point, data), results, strict=True):
        kernel.write(array, pointer)
        if outputs == 2:
            _fail_unless_finite(kernel, kernel.at_pointer(pointer, array.shape))
    kernel.builder.ret(integer(0))
    return function, kernel.used


def _outputs(kernel: Kernel, source: Source, point: ir.Value, data: ir.Value) -> list[Array]:
    """Emit a graph on a point and on arrays at the addresses that stand in `data`."""
    b = kernel.builder
    of_data = [b.load(b.gep(data, [integer(i)])) for i in range(len(source.shapes) - 1)]
    arrays = [kernel.at_pointer(p, shape) for p, shape in zip([point, *of_data], source.shapes, strict=True)]
    return emit(kernel, source.graph, dict(zip(source.graph.inputs, arrays, strict=True)))


def _fail_unless_finite(kernel: Kernel, array: Array) -> None:
    b, total = kernel.builder, kernel.register()
    b.store(number(0.0), total)

    def add(index: Any) -> None:  # zero times a number is zero unless it is infinite or not a number
        b.store(b.fadd(b.load(total), b.fmul(array.at(index), number(0.0))), total)

    kernel.loop(array.shape, add)
    kernel.fail_unless(b.fcmp_ordered("==", b.load(total), number(0.0)))


def _object_code(module: ir.Module) -> bytes:
    machine = _machine()
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    options = binding.create_pipeline_tuning_options(speed_level=2)
    builder = binding.create_pass_builder(machine, options)
    builder.getModulePassManager().run(parsed, builder)
    code: bytes = machine.emit_object(parsed)
    return code


def _machine() -> Any:
    """Return LLVM's description of this machine, the processor with all it can do; a library takes it over."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_triple(binding.get_process_triple())
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(cpu=binding.get_host_cpu_name(), features=features, opt=2, jit=True)
