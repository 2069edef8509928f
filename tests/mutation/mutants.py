"""The mutants of a file, by the operators of Cosmic Ray, and the draw of a sample of them.

Left out are mutants that tell nothing about the tests: those in annotations and in blocks for type checkers only, those
that are not Python (stars that unpack are no operators), and those that fail wherever they are executed (arithmetic
turned into shifts, `is` into an order relation), which would only flatter the tests.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators import (
    binary_operator_replacement,
    boolean_replacer,
    break_continue,
    comparison_operator_replacement,
    exception_replacer,
    number_replacer,
    remove_decorator,
    unary_operator_replacement,
    zero_iteration_for_loop,
)
from mutation.places import PACKAGES
from support.paths import ROOT

ARITHMETIC = ("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow")
BINARY = [*permutations(ARITHMETIC, 2), *permutations(("BitOr", "BitAnd", "BitXor"), 2)]
COMPARISONS = [*permutations(("Eq", "NotEq", "Lt", "LtE", "Gt", "GtE"), 2), ("Is", "IsNot"), ("IsNot", "Is")]
INFIX = {"arith_expr", "term", "power", "expr", "and_expr", "xor_expr"}  # parents of an operator between two values
OPERATORS = (
    *(getattr(binary_operator_replacement, f"ReplaceBinaryOperator_{one}_{other}") for one, other in BINARY),
    *(getattr(comparison_operator_replacement, f"ReplaceComparisonOperator_{one}_{other}") for one, other in COMPARISONS),
    *unary_operator_replacement.operators(),
    boolean_replacer.ReplaceTrueWithFalse,
    boolean_replacer.ReplaceFalseWithTrue,
    boolean_replacer.ReplaceAndWithOr,
    boolean_replacer.ReplaceOrWithAnd,
    boolean_replacer.AddNot,
    break_continue.ReplaceBreakWithContinue,
    break_continue.ReplaceContinueWithBreak,
    exception_replacer.ExceptionReplacer,
    number_replacer.NumberReplacer,
    remove_decorator.RemoveDecorator,
    zero_iteration_for_loop.ZeroIterationForLoop,
)

type Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One change of one file: an operator at one of the places where it applies."""

    package: str
    file: str
    operator: str
    occurrence: int
    line: int

    def source(self) -> str | None:
        """Return the whole file with the change made, or nothing if the operator changes nothing."""
        code = (ROOT / self.file).read_text(encoding="utf-8")
        operator = next(one for one in OPERATORS if one.__name__ == self.operator)
        mutated = mutate_code(code, operator(), self.occurrence)
        return None if mutated == code else mutated

    def change(self) -> tuple[str, str]:
        """Return the line as it is and as it becomes, without indentation."""
        before = (ROOT / self.file).read_text(encoding="utf-8").splitlines()
        after = (self.source() or "").splitlines()
        if len(after) != len(before):  # a decorator that was removed
            return before[self.line - 1].strip(), ""
        changed = [(old.strip(), new.strip()) for old, new in zip(before, after, strict=True) if old != new]
        return changed[0] if changed else (before[self.line - 1].strip(),) * 2


def left_out(code: str) -> list[tuple[Position, Position]]:
    """Return where nothing is mutated: annotations, aliases of types, and blocks for type checkers."""
    lines = code.splitlines()
    found: list[ast.expr | ast.stmt | None] = []
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.AnnAssign() | ast.arg():
                found.append(node.annotation)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found.append(node.returns)
            case ast.TypeAlias():
                found.append(node)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                found.append(node)
    return [(place(lines, n.lineno, n.col_offset), place(lines, n.end_lineno, n.end_col_offset)) for n in found if n]


def place(lines: list[str], line: int, offset: int) -> Position:
    """Return a position in characters, as the operators count them, from one in bytes."""
    return line, len(lines[line - 1].encode()[:offset].decode())


def mutants_of(package: str, file: str) -> Iterator[Mutant]:
    """Yield every mutant of a file."""
    code = (ROOT / file).read_text(encoding="utf-8")
    excluded = left_out(code)
    nodes = list(ast_nodes(get_ast(code)))
    for kind in OPERATORS:
        operator, occurrence = kind(), 0
        for node in nodes:
            for start, _ in operator.mutation_positions(node):
                infix = "BinaryOperator" not in kind.__name__ or node.parent.type in INFIX
                if infix and not any(first <= start < last for first, last in excluded):
                    yield Mutant(package, file, kind.__name__, occurrence, start[0])
                occurrence += 1


def every(package: str) -> list[Mutant]:
    """Return every mutant of a package, in the order of its files; cards and other parts of it included."""
    files = sorted((ROOT / "bayes" / package).rglob("*.py"))
    return [mutant for file in files for mutant in mutants_of(package, file.relative_to(ROOT).as_posix())]


def drawn(seed: int, each: int) -> dict[str, tuple[int, list[Mutant]]]:
    """Return, by package, how many mutants there are and `each` of them, drawn without replacement, in random order.

    The first of a sample are thus a smaller sample, where a run was not finished.
    """
    sample = {}
    for package in PACKAGES:
        mutants = every(package)
        chosen = random.Random(f"{seed} {package}").sample(range(len(mutants)), k=min(each, len(mutants)))
        sample[package] = len(mutants), [mutants[i] for i in chosen]
    return sample
