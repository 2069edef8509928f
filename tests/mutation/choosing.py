"""The tests that can notice a mutant: those that execute its statement, those of its own package and quick ones first."""

from __future__ import annotations

import ast
import json
from collections import defaultdict
from functools import cache
from itertools import zip_longest

from mutation.mutants import Mutant
from mutation.touching import TOUCHING
from support.paths import ROOT

type Test = tuple[str, float]  # its name and the seconds that it takes

FIRST = 60, 4.0  # tests of the first round, which kills most mutants, and their seconds
INSPECTING = "tests/unit/base/test_values.py::"
SECOND = 12, 8.0  # files of the second round, and seconds of their tests


@cache
def touching() -> tuple[list[Test], dict[str, dict[int, set[int]]]]:
    """Return the tests with their seconds, and by file and line the numbers of those that execute it."""
    stored = json.loads(TOUCHING.read_text())
    files = {
        file: {int(line): set(tests) for line, tests in lines.items()} for file, lines in stored["files"].items()
    }
    return [(test, seconds) for test, seconds in stored["tests"]], files


@cache
def spans(file: str) -> list[tuple[int, int, bool]]:
    """Return first line, last line, and whether it is executed on import only, of every statement or its header."""
    found = []
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            body = getattr(node, "body", None)
            defines = isinstance(node, ast.FunctionDef | ast.ClassDef)
            last = node.end_lineno if not body or defines else max(node.lineno, body[0].lineno - 1)
            found.append((first, last or first, defines))
    return found


def tests_of(mutant: Mutant) -> list[Test]:
    """Return the tests that execute the statement of a mutant, or its function where only its import executes it.

    Constants and fields, which an import executes, are judged by every test that executes any line of the file, or by the
    unit tests of the package if no test does.
    """
    tests, files = touching()
    lines = files.get(mutant.file, {})
    around = sorted(
        ((first, last) for first, last, _ in spans(mutant.file) if first <= mutant.line <= last),
        key=lambda span: span[1] - span[0],
    )
    for first, last in [*around[:2], (1, 10**6)]:
        found = set().union(*(ids for line, ids in lines.items() if first <= line <= last))
        if found:
            return sorted((tests[i] for i in found), key=lambda test: test[1])
    return sorted((test for test in tests if test[0].startswith(own(mutant))), key=lambda test: test[1])


def inspecting(mutant: Mutant) -> list[Test]:
    """Return the tests that look at a module from outside, for a line that only its import executes."""
    tests, files = touching()
    module = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    executed = files.get(mutant.file, {}).get(mutant.line)
    return [] if executed else [test for test in tests if test[0].startswith(INSPECTING) and test[0].endswith(f"[{module}]")]


def own(mutant: Mutant) -> str:
    """Return the folder of the unit tests of a mutant's package."""
    return f"tests/unit/{mutant.package.partition('/')[0]}/"


def rounds(mutant: Mutant) -> list[list[Test]]:
    """Return the tests of a mutant in two rounds: quick ones of its own package first, then those of several files in turn.

    Imports of test files cost more than most tests, so the second round takes few files.
    """
    found = tests_of(mutant)
    most, seconds = FIRST
    first = within(sorted(found, key=lambda test: (not test[0].startswith(own(mutant)), test[1]))[:most], seconds)
    by_file = defaultdict(list)
    for test in found:
        if test not in first:
            by_file[test[0].partition("::")[0]].append(test)
    most, seconds = SECOND
    files = sorted(by_file, key=lambda file: (not file.startswith(own(mutant)), -len(by_file[file])))[:most]
    in_turn = [test for turn in zip_longest(*(by_file[file] for file in files)) for test in turn if test]
    return [[*inspecting(mutant), *first], within(in_turn, seconds)]


def within(tests: list[Test], seconds: float) -> list[Test]:
    """Return the tests, in their order, that together take no longer; one that alone takes longer is left out."""
    chosen, left = [], seconds
    for test in tests:
        if test[1] <= left:
            chosen.append(test)
            left -= test[1]
    return chosen
