"""Machine code of a graph computes what PyTensor computes by Python, operation by operation and model by model."""

import ctypes

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest
from pytensor.graph.fg import FunctionGraph
from support.graphs import graph_of
from support.textbook_cases import SAMPLED

from bayes.sampler import packing, program
from bayes.sampler.machine.functions import Library, Source, addresses_of, compile_functions
from bayes.sampler.machine.scalars import C_LIBRARY, CODES, SPECIAL, UnknownOperation
from bayes.sampler.machine.uncompiled import uncompiled

pytestmark = pytest.mark.nuts

NUMBERS = np.array([0.0, -0.0, 1.0, -1.0, 0.3, -2.7, 1e-9, -1e-300, 40.0, -40.0, 750.0, 1e300, np.inf, -np.inf, np.nan])
CUBE = np.random.default_rng(3).normal(size=(2, 3, 4))
"""Of every shape that follows from it: 2 x 3 x 4, 3 x 4, 4."""
TWICE = np.array([1, 0, 1, -1])


@pytest.fixture(autouse=True)
def by_python_alone():
    """Graphs inside operations are evaluated by Python as well."""
    with uncompiled():
        yield


def by_python(inputs, outputs):
    """PyTensor's own evaluation of a graph, without rewriting or compiling it."""
    return pytensor.function(inputs, outputs, mode=pytensor.compile.mode.Mode("py", None), on_unused_input="ignore")


def in_machine_code(inputs, output, values, shape=None):
    """The same from machine code."""
    shape = np.shape(by_python(inputs, output)(*values)) if shape is None else shape
    graph = FunctionGraph([pt.vector("point"), *inputs], [output.astype("float64")], clone=True)
    library = Library(compile_functions({"output": Source(graph, ((0,), *map(np.shape, values)))}))
    return library.result("output", [np.ascontiguousarray(v, dtype=float) for v in values], shape)


def agree(make, *values):
    inputs = [pt.tensor(f"x{i}", dtype="float64", shape=np.shape(v)) for i, v in enumerate(values)]
    output = make(*inputs)
    with np.errstate(all="ignore"):
        expected = by_python(inputs, output)(*values)
    found = in_machine_code(inputs, output, values)
    np.testing.assert_allclose(found, expected.astype(float), rtol=1e-14, atol=0, equal_nan=True)


ONE = {  # operation: PyTensor's name of it, on one number
    "Abs": pt.abs, "ArcCos": pt.arccos, "ArcCosh": pt.arccosh, "ArcSin": pt.arcsin, "ArcSinh": pt.arcsinh, "ArcTan": pt.arctan,
    "ArcTanh": pt.arctanh, "Ceil": pt.ceil, "Cos": pt.cos, "Cosh": pt.cosh, "Erf": pt.erf, "Erfc": pt.erfc, "Erfcx": pt.erfcx, "Exp": pt.exp, "Exp2": pt.exp2,
    "Expm1": pt.expm1, "Floor": pt.floor, "GammaLn": pt.gammaln, "IsInf": pt.isinf, "IsNan": pt.isnan, "Log": pt.log, "Log10": pt.log10,
    "Log2": pt.log2,
    "Log1mexp": pt.log1mexp, "Log1p": pt.log1p, "Neg": pt.neg, "Psi": pt.psi, "Reciprocal": pt.reciprocal,
    "Sigmoid": pt.sigmoid, "Sign": pt.sign, "Sin": pt.sin, "Sinh": pt.sinh, "Softplus": pt.softplus, "Sqr": pt.sqr, "Sqrt": pt.sqrt, "Tan": pt.tan, "Tanh": pt.tanh,
}  # fmt: skip
TWO = {
    "Add": pt.add, "EQ": pt.eq, "GE": pt.ge, "GT": pt.gt, "LE": pt.le, "LT": pt.lt, "Maximum": pt.maximum,
    "Minimum": pt.minimum, "Mul": pt.mul, "NEQ": pt.neq, "Pow": pt.pow, "Second": pt.second, "Sub": pt.sub,
    "TrueDiv": pt.true_div,
}  # fmt: skip
MORE = {"AND", "OR", "XOR", "Invert", "Clip", "Switch", "Identity", "BetaInc"}  # below


def test_every_scalar_operation_is_compared():
    assert ONE.keys() | TWO.keys() | MORE == CODES.keys() | SPECIAL.keys() | C_LIBRARY.keys()


@pytest.mark.parametrize("name", ONE)
def test_of_one_number(name):
    agree(ONE[name], NUMBERS)


def test_the_incomplete_beta_function_and_its_slope():
    a, b, x = (values.ravel() for values in np.meshgrid([1.0, 3.0, 83.0], [1.0, 8.0, 1566.0], [0.0, 1e-9, 0.05, 0.5, 0.999, 1.0]))
    agree(pt.betainc, a, b, x)
    agree(lambda a, b, x: pt.grad(pt.betainc(a, b, x).sum(), x), a[(x > 0) & (x < 1)], b[(x > 0) & (x < 1)], x[(x > 0) & (x < 1)])


@pytest.mark.parametrize("name", TWO)
def test_of_two_numbers(name):
    agree(TWO[name], *np.meshgrid(NUMBERS, NUMBERS))


def test_truth_and_choice():
    both = np.meshgrid([0.0, 1.0], [1.0, 0.0])
    for of_two in (pt.and_, pt.or_, pt.xor):
        agree(lambda x, y, f=of_two: f(x > 0, y > 0), *both)
    agree(lambda x: pt.invert(x > 0), NUMBERS)
    agree(lambda x: pt.switch(x > 0, x, -1.0), NUMBERS)
    agree(lambda x: pt.clip(x, -1.5, 0.5), NUMBERS)
    agree(lambda x: x.astype("int64").astype("bool"), np.array([0.7, -1.2, 3.9]))
    agree(lambda x: pt.tensor_copy(x) + (x < 1).sum(), CUBE[0, 0])


CASES = {
    "elements in a chain, read twice": lambda x: pt.exp(x) / (1 + pt.exp(x)),
    "a row for every matrix": lambda x: x * pt.log1p(pt.exp(x[:1, :, :1])),
    "sums": lambda x: x.sum() + x.sum(axis=1).sum(axis=-1) * x.prod(axis=(0, 2))[1],
    "largest and smallest": lambda x: x.max(axis=1) - x.min(axis=1),
    "any and all": lambda x: pt.any(x > 0, axis=2) & pt.all(x > -3, axis=2),
    "of sums of exponentials": lambda x: pt.logsumexp(x, axis=1),
    "cumulative sum": lambda x: pt.cumsum(x, axis=1),
    "cumulative product of everything": lambda x: pt.cumprod(x),
    "transposed": lambda x: pt.exp(x).transpose(2, 0, 1)[::-1],
    "reshaped": lambda x: x.reshape((4, -1))[:, 2:5] + pt.exp(x[0, 0]).reshape((4, 1)),
    "raveled lazily": lambda x: pt.exp(x).ravel(),
    "slices": lambda x: x[1, ::-1, 1:4:2] - x[0, :, -2:],
    "split": lambda x: pt.split(x, [1, 3], axis=2)[1] * 2,
    "joined": lambda x: pt.concatenate([x[:, :, :1], pt.exp(x), x[:, :, 2:]], axis=2),
    "stacked": lambda x: pt.stack([x[0, 0, 0], x.sum(), pt.constant(2.0)]),
    "picked": lambda x: x[:, TWICE] + x[0][pt.constant(TWICE)][:, :4],
    "picked in two dimensions": lambda x: x[TWICE, pt.constant([2, 0, 1, 1])],
    "picked by data": lambda x: x[0, 1][(x[0, 0] > 0).astype("int64")],
    "element by data": lambda x: x[(x[0, 0, 0] > 9).astype("int64"), 2],
    "set": lambda x: pt.set_subtensor(x[:, 1:], x[:, :1])[:, ::2],
    "increased": lambda x: pt.inc_subtensor(x[1, :, ::2], 5.0),
    "increased twice in one place": lambda x: pt.inc_subtensor(x[0, 0][TWICE], pt.arange(4.0)),
    "filled": lambda x: pt.full((3, 2), x[0, 0, 0]) + pt.zeros((3, 2)),
    "of its shape": lambda x: pt.ones(x.shape[1]) * x.shape[2] + pt.arange(x.shape[1]),
    "constants": lambda x: x + np.arange(12.0).reshape(3, 4),
    "nothing": lambda x: x[:, :, :0].sum(axis=2) + x[:, :, 0],
    "derivative": lambda x: pt.grad(pt.sum(pt.cumsum(pt.exp(x), axis=1)[:, TWICE] ** 2), x),
}


@pytest.mark.parametrize("name", CASES)
def test_of_arrays(name):
    agree(CASES[name], CUBE)


def test_a_condition_that_does_not_hold_is_a_failure_and_nothing_else():
    from pymc.logprob.utils import CheckParameterValue

    checked = CheckParameterValue("positive")
    agree(lambda x: checked(pt.log(x), pt.all(x > 0)), np.array([1.0, 2.0]))
    with pytest.raises(ArithmeticError):
        in_machine_code([x := pt.vector("x")], checked(pt.zeros(2), pt.all(x > 1)), [np.array([1.0, 2.0])], (2,))


def test_an_index_beyond_the_end_is_a_failure_and_reads_nothing():
    def at(index):
        return lambda x: x[index(x[0]).astype("int64")]

    agree(at(lambda first: first - 2), np.array([1.0, 5.0, 7.0]))
    for beyond in (3, -4):
        with pytest.raises(ArithmeticError):
            in_machine_code([x := pt.vector("x")], at(lambda first, n=beyond: 0 * first + n)(x), [np.arange(3.0)], ())
        with pytest.raises(UnknownOperation, match="of 3 elements"):
            in_machine_code([x := pt.vector("x")], x[pt.constant([0, beyond])], [np.arange(3.0)], (2,))


@pytest.mark.parametrize(
    "unknown", [lambda x: pt.arctan2(x, x), lambda x: (x.astype("float32") * 2).astype("float64"), lambda x: pt.sort(x), lambda x: x[: x[0].astype("int64")], lambda x: pt.zeros(x[0].astype("int64"))]
)
def test_what_it_does_not_know_is_said(unknown):
    with pytest.raises(UnknownOperation):
        in_machine_code([x := pt.vector("x")], unknown(x), [np.array([1.0, 2.0])])


@pytest.mark.parametrize("name", SAMPLED)
def test_of_a_model(name):
    """Density, gradient and variables for every likelihood and structure, at points near and far."""
    analysis = SAMPLED[name]()
    compare(graph_of(next((row for _, row in analysis.rows), analysis)))


def compare(graph):
    layout = packing.lay_out(graph.data, graph.tables)
    model = packing.pack_model(graph.make(), layout)
    arrays = packing.pack(graph.data, layout)
    sources, kept = program.functions_of(model, arrays)
    library, data, rng = Library(compile_functions(sources)), list(arrays.values()), np.random.default_rng(1)
    reference = {name: by_python(source.graph.inputs, source.graph.outputs) for name, source in sources.items()}
    size, length = sources["density"].shapes[0][0], sum(int(np.prod(shape)) for shape in kept.values())
    for scale in (0.1, 0.5, 2.0):
        point, gradient, value, result = scale * rng.normal(size=size), np.empty(size), np.empty(1), np.empty(length)
        call(library, "density", [size], [point, gradient, value], data)
        call(library, "variables", [size, length], [point, result], data)
        log_p, slopes = reference["density"](point, *data)
        np.testing.assert_allclose(value, log_p, rtol=1e-12)
        np.testing.assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-9 * np.abs(slopes).max())
        np.testing.assert_allclose(result, *reference["variables"](point, *data), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(library.result("start", data, (size,)), *reference["start"](point, *data), rtol=1e-12)


def call(library, name, counts, arrays, data):
    """A compiled function, as nutpie calls it."""
    kinds = [ctypes.c_int64] * len(counts) + [ctypes.c_void_p] * (len(arrays) + 1)
    code = ctypes.CFUNCTYPE(ctypes.c_int64, *kinds)(library.address(name))
    given = [*arrays, addresses_of(data)]  # kept alive during the call
    assert code(*counts, *(a.ctypes.data for a in given)) == 0
