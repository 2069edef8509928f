"""Scalar operations of PyTensor as instructions of LLVM, on numbers that are all held in double precision.

Integers are exact in a double up to 2**53; true and false are 1.0 and 0.0. PyTensor gives a constant such as 0.5 single
precision where that is exact; what follows from it is more precise here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from math import log
from typing import Any

from llvmlite import binding, ir

DOUBLE, FLAG = ir.DoubleType(), ir.IntType(32)
PREFIX = "scipy_special_"  # so that LLVM does not take a function for one of the C library
Code = Callable[..., Any]  # of a builder and the operands


class UnknownOperation(LookupError):
    """An operation of PyTensor that has no instructions here."""


def number(value: float) -> ir.Constant:
    """Return a constant."""
    return ir.Constant(DOUBLE, float(value))


def truth(b: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Return whether a number is not zero, as LLVM's truth value."""
    return b.fcmp_unordered("!=", x, number(0.0))


def called(b: ir.IRBuilder, name: str, *operands: ir.Value) -> ir.Value:
    """Call a function of LLVM or of the C library."""
    return b.call(declared(b.module, name, DOUBLE, [DOUBLE] * len(operands)), operands)


def special(b: ir.IRBuilder, name: str, *operands: ir.Value) -> ir.Value:
    """Call a function of scipy.special, which takes a flag of Cython's besides."""
    kinds = [*[DOUBLE] * len(operands), FLAG]
    return b.call(declared(b.module, PREFIX + name, DOUBLE, kinds), [*operands, ir.Constant(FLAG, 0)])


def declared(module: ir.Module, name: str, result: ir.Type, operands: Sequence[ir.Type]) -> ir.Function:
    """Return a function from outside a module, which it declares at its first use."""
    if name in module.globals:
        return module.globals[name]
    function = ir.Function(module, ir.FunctionType(result, operands), name)
    function.attributes.add("nounwind")
    return function


def _as_number(b: ir.IRBuilder, true: ir.Value) -> ir.Value:
    return b.uitofp(true, DOUBLE)


def _compared(sign: str) -> Code:
    compare = "fcmp_unordered" if sign == "!=" else "fcmp_ordered"
    return lambda b, x, y: _as_number(b, getattr(b, compare)(sign, x, y))


def _of_truth(instruction: str) -> Code:
    def code(b: ir.IRBuilder, first: ir.Value, *others: ir.Value) -> ir.Value:
        found = truth(b, first)
        for other in others:
            found = getattr(b, instruction)(found, truth(b, other))
        return _as_number(b, found)

    return code


def _folded(instruction: str) -> Code:
    def code(b: ir.IRBuilder, first: ir.Value, *others: ir.Value) -> ir.Value:
        for other in others:
            first = getattr(b, instruction)(first, other)
        return first

    return code


def _clipped(b: ir.IRBuilder, x: ir.Value, low: ir.Value, high: ir.Value) -> ir.Value:
    return b.select(b.fcmp_ordered("<", x, low), low, b.select(b.fcmp_ordered(">", x, high), high, x))


def _sign(b: ir.IRBuilder, x: ir.Value) -> ir.Value:
    of_negative = b.select(b.fcmp_ordered("<", x, number(0.0)), number(-1.0), x)  # zero and NaN stay
    return b.select(b.fcmp_ordered(">", x, number(0.0)), number(1.0), of_negative)


def _sigmoid(b: ir.IRBuilder, x: ir.Value) -> ir.Value:
    return b.fdiv(number(1.0), b.fadd(number(1.0), called(b, "llvm.exp.f64", b.fneg(x))))


def _softplus(b: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Return log(1 + exp(x)), without overflow and without loss far below zero."""
    positive = called(b, "llvm.maximum.f64", x, number(0.0))
    return b.fadd(positive, special(b, "log1p", called(b, "llvm.exp.f64", b.fneg(called(b, "llvm.fabs.f64", x)))))


def _log1mexp(b: ir.IRBuilder, x: ir.Value) -> ir.Value:
    """Return log(1 - exp(x)) of a negative number (Maechler 2012): by expm1 near zero, by log1p far from it."""
    near = called(b, "llvm.log.f64", b.fneg(special(b, "expm1", x)))
    far = special(b, "log1p", b.fneg(called(b, "llvm.exp.f64", x)))
    return b.select(b.fcmp_ordered(">", x, number(-log(2))), near, far)


CODES: dict[str, Code] = {  # by the class of PyTensor's scalar operation
    "Abs": lambda b, x: called(b, "llvm.fabs.f64", x),
    "Add": _folded("fadd"),
    "AND": _of_truth("and_"),
    "Ceil": lambda b, x: called(b, "llvm.ceil.f64", x),
    "Clip": _clipped,
    "Cos": lambda b, x: called(b, "llvm.cos.f64", x),
    "EQ": _compared("=="),
    "Exp": lambda b, x: called(b, "llvm.exp.f64", x),
    "Floor": lambda b, x: called(b, "llvm.floor.f64", x),
    "GE": _compared(">="),
    "GT": _compared(">"),
    "Identity": lambda b, x: x,
    "Invert": lambda b, x: _as_number(b, b.not_(truth(b, x))),
    "IsInf": lambda b, x: _compared("==")(b, called(b, "llvm.fabs.f64", x), number(float("inf"))),
    "IsNan": lambda b, x: _as_number(b, b.fcmp_unordered("uno", x, x)),
    "LE": _compared("<="),
    "LT": _compared("<"),
    "Log": lambda b, x: called(b, "llvm.log.f64", x),
    "Log1mexp": _log1mexp,
    "Maximum": lambda b, x, y: called(b, "llvm.maximum.f64", x, y),
    "Minimum": lambda b, x, y: called(b, "llvm.minimum.f64", x, y),
    "Mul": _folded("fmul"),
    "Neg": lambda b, x: b.fneg(x),
    "NEQ": _compared("!="),
    "OR": _of_truth("or_"),
    "Pow": lambda b, x, y: called(b, "llvm.pow.f64", x, y),
    "Reciprocal": lambda b, x: b.fdiv(number(1.0), x),
    "Second": lambda b, x, y: y,
    "Sigmoid": _sigmoid,
    "Sign": _sign,
    "Sin": lambda b, x: called(b, "llvm.sin.f64", x),
    "Softplus": _softplus,
    "Sqr": lambda b, x: b.fmul(x, x),
    "Sqrt": lambda b, x: called(b, "llvm.sqrt.f64", x),
    "Sub": lambda b, x, y: b.fsub(x, y),
    "Switch": lambda b, condition, x, y: b.select(truth(b, condition), x, y),
    "TrueDiv": lambda b, x, y: b.fdiv(x, y),
    "XOR": _of_truth("xor"),
}
C_LIBRARY = {
    "ArcCos": "acos",
    "ArcCosh": "acosh",
    "ArcSin": "asin",
    "ArcSinh": "asinh",
    "ArcTan": "atan",
    "ArcTanh": "atanh",
    "Cosh": "cosh",
    "Exp2": "exp2",
    "Log10": "log10",
    "Log2": "log2",
    "Sinh": "sinh",
    "Tan": "tan",
    "Tanh": "tanh",
}
SPECIAL = {  # of scipy.special, by the class of PyTensor's operation
    "BetaInc": "betainc",
    "Erf": "erf",
    "Erfc": "erfc",
    "Erfcx": "erfcx",
    "Expm1": "expm1",
    "GammaLn": "gammaln",
    "Log1p": "log1p",
    "Psi": "psi",
}


def scalar_code(op: Any) -> Code:
    """Return the function that emits a scalar operation.

    Parameters
    ----------
    op : pytensor.scalar.ScalarOp

    Returns
    -------
    callable
        Of a builder and the operands; it returns the result.

    Raises
    ------
    UnknownOperation
        If there are no instructions for it.
    """
    name = type(op).__name__
    if name in SPECIAL:
        return lambda b, *operands: special(b, SPECIAL[name], *operands)
    if name in C_LIBRARY:
        return lambda b, x: called(b, C_LIBRARY[name], x)
    if name == "Cast":
        return _cast(op.o_type.dtype)
    if name == "Composite" and len(op.fgraph.outputs) == 1:
        return _composite(op.fgraph)
    if name not in CODES:
        raise UnknownOperation(f"scalar operation {op}")
    return CODES[name]


def _cast(dtype: str) -> Code:
    match dtype:
        case "float64":
            return lambda b, x: x
        case "bool":
            return lambda b, x: _as_number(b, truth(b, x))
        case "int8" | "int16" | "int32" | "int64":
            return lambda b, x: called(b, "llvm.trunc.f64", x)
    raise UnknownOperation(f"conversion to {dtype}")


def _composite(graph: Any) -> Code:
    """Return the code of operations that PyTensor joined in one."""
    steps = [(node, scalar_code(node.op)) for node in graph.toposort()]

    def code(b: ir.IRBuilder, *operands: ir.Value) -> ir.Value:
        values = dict(zip(graph.inputs, operands, strict=True))

        def of(variable: Any) -> ir.Value:
            return values[variable] if variable in values else number(variable.data)

        for node, step in steps:
            values[node.outputs[0]] = step(b, *map(of, node.inputs))
        return of(graph.outputs[0])

    return code


@cache
def link_special_functions() -> None:
    """Tell LLVM where scipy.special keeps its functions, so that all platforms compute with the same."""
    from scipy.special import cython_special

    addresses: Mapping[str, Any] = cython_special.__pyx_capi__
    for name in SPECIAL.values():
        variants = (addresses[found] for found in (f"__pyx_fuse_{i}{name}" for i in "01") if found in addresses)
        (capsule,) = [c for c in variants if _signature(c).startswith(b"double (double,")] or [addresses[name]]
        binding.add_symbol(PREFIX + name, _address(capsule))


def _signature(capsule: Any) -> bytes:
    """Return the C declaration of a function that Cython exports."""
    api = ctypes.pythonapi
    api.PyCapsule_GetName.restype, api.PyCapsule_GetName.argtypes = ctypes.c_char_p, [ctypes.py_object]
    found: bytes = api.PyCapsule_GetName(capsule)
    return found


def _address(capsule: Any) -> int:
    api = ctypes.pythonapi
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    found: int = api.PyCapsule_GetPointer(capsule, _signature(capsule))
    return found
