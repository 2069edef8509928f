"""Which tests execute which lines, and how long each takes: `python tests/mutation touching`.

Tests run once under coverage, with their own contexts. Caches of the package are emptied before each test: otherwise a
line behind a cache would count as executed by the first test only.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from functools import _lru_cache_wrapper

import coverage
import pytest
from mutation.places import BUILT, PACKAGES, TESTS_OF_MUTANTS
from support.paths import ROOT

TOUCHING = BUILT / "touching.json"
MARKERS = "not nuts and not browser and not wheel and not long"


def empty_caches() -> None:
    """Empty every cache of a function in the package."""
    for name, module in list(sys.modules.items()):
        if name.startswith("bayes"):
            for value in list(vars(module).values()):
                if isinstance(value, _lru_cache_wrapper):
                    value.cache_clear()


class Touching:
    """A plugin: a context of coverage for each test, and its seconds and outcome."""

    def __init__(self, measured: coverage.Coverage) -> None:
        self.measured = measured
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_protocol(self, item):
        empty_caches()
        self.measured.switch_context(item.nodeid)
        yield
        self.measured.switch_context("")

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failed.add(report.nodeid)


def record(arguments: list[str]) -> int:
    """Run tests once and write which of them execute which lines.

    Parameters
    ----------
    arguments : list of str
        Test files: what is known of other tests, of the same sources, is kept. Without any, all tests are run.
    """
    BUILT.mkdir(parents=True, exist_ok=True)
    measured = coverage.Coverage(data_file=None, include=[f"{ROOT}/bayes/{package}/*" for package in PACKAGES])
    plugin = Touching(measured)
    measured.start()
    markers = [] if any("::" in one for one in arguments) else ["-m", MARKERS]
    pytest.main(["-q", "-p", "no:xdist", "-p", "no:cacheprovider", *markers, *(arguments or TESTS_OF_MUTANTS)], plugins=[plugin])
    measured.stop()
    known = json.loads(TOUCHING.read_text()) if arguments and TOUCHING.exists() else {"tests": [], "files": {}}
    tests = dict(known["tests"]) | plugin.seconds
    ids = {test: number for number, test in enumerate(tests)}  # those that are known keep their numbers
    files_again = {test.partition("::")[0] for test in plugin.seconds}
    again = {ids[test] for test in tests if test.partition("::")[0] in files_again}  # those that have gone as well
    data = measured.get_data()
    found: defaultdict[str, defaultdict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for file, lines in known["files"].items():
        for line, numbers in lines.items():
            found[file][int(line)] |= set(numbers) - again
    for path in data.measured_files():
        for line, contexts in data.contexts_by_lineno(path).items():
            passed = {ids[test] for test in contexts if test in ids and test not in plugin.failed}
            found[str(path).removeprefix(f"{ROOT}/")][line] |= passed
    files = {file: {line: sorted(numbers) for line, numbers in lines.items()} for file, lines in found.items()}
    TOUCHING.write_text(json.dumps({"tests": list(tests.items()), "files": files}))
    print(f"{len(plugin.seconds)} tests, {len(plugin.failed)} of them failed and are left out; {len(tests)} in all")
    return 0
