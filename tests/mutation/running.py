"""One mutant at a time, each in a fork of a process that has imported what the package needs but not the package.

Cosmic Ray itself starts an interpreter for each mutant, three to six seconds of imports, and runs the same tests for
all of them; mutmut leaves out every decorated function and all that an import executes. A fork takes half a second, and
the mutated source reaches it through the import system, so that no file is ever changed.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import time
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

import pytest
from mutation.choosing import rounds
from mutation.mutants import Mutant
from support.paths import ROOT

IMPORTED = (
    "numpy", "scipy.stats", "scipy.special", "scipy.integrate", "scipy.optimize", "scipy.interpolate", "pandas", "pydantic",
    "hypothesis", "xarray", "jinja2", "click", "rich.console", "markdown_it", "openpyxl", "docx", "pyarrow.parquet",
    "pyarrow.compute", "pyarrow.csv", "pyarrow.dataset", "pymc", "arviz", "numba", "nutpie", "h5py", "h5netcdf", "joblib",
    "latex2mathml.converter", "yaml", "dask", "psutil", "matplotlib.pyplot", "distributed", "setuptools",
    "playwright.sync_api", "axe_playwright_python.sync_playwright", "pytensor.link.numba.dispatch", "statistics", "pdb",
)  # fmt: skip
OPTIONS = ("-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:unraisableexception", "-p", "no:threadexception")
CPU = 5.0, 10.0  # seconds that a test may take, and how many times as long as without a mutant
LOADING = 30  # seconds of CPU for imports and collection
WALL = 300.0  # seconds of a mutant that waits for something
MEMORY = 3 * 2**30
MISSING = "missing"
KILLED, TIMEOUT, SURVIVED = "killed", "timeout", "survived"


class Mutated(SourceFileLoader):
    """The loader of a module whose source is another than that of its file."""

    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self.source = source

    def get_code(self, fullname):
        return compile(self.source, self.path, "exec", dont_inherit=True)


class Finder:
    """Finds the mutated module, and leaves all others to the ordinary import."""

    def __init__(self, module: str, source: str) -> None:
        self.module, self.source = module, source

    def find_spec(self, fullname, path=None, target=None) -> ModuleSpec | None:
        if fullname != self.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None and spec.origin
        spec.loader = Mutated(fullname, spec.origin, self.source)
        return spec


class InTurn:
    """A plugin: the tests in the order in which they were asked for, each for a limited time, and the first that fails."""

    def __init__(self, order: list[tuple[str, float]]) -> None:
        self.order = {test: place for place, (test, _) in enumerate(order)}
        self.seconds = dict(order)
        self.failed = ""

    def pytest_runtest_setup(self, item):
        """Let a test that does not end be ended by the timer, which counts CPU and so allows for a busy machine."""
        least, times = CPU
        signal.setitimer(signal.ITIMER_PROF, least + times * self.seconds.get(item.nodeid, 0))

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        items.sort(key=lambda item: self.order.get(item.nodeid, len(self.order)))

    def pytest_runtest_logreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report):
        if report.failed and not self.failed:
            self.failed = report.nodeid


def prepare() -> None:
    """Import what tests and package need from elsewhere, once."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = False  # each fork would compile the package again
    for name in IMPORTED:
        importlib.import_module(name)
    assert not any(name == "bayes" or name.startswith("bayes.") for name in sys.modules)


def judged(mutant: Mutant, source: str) -> tuple[str, str]:
    """Return whether the tests kill a mutant, and which of them does; they run in a process of their own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        os.setpgid(0, 0)
        in_child(mutant, source, writing)
    os.close(writing)
    until = time.monotonic() + WALL
    done, status = 0, 0
    while not done and time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.01)
    if not done:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        said = pipe.read() if done else ""
    if said == MISSING:
        raise ValueError(f"tests of {mutant} are not all there: record again which tests touch which lines")
    if not done or os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
        return TIMEOUT, ""
    return (SURVIVED if status == 0 else KILLED), said


def in_child(mutant: Mutant, source: str, writing: int) -> None:
    """Import the package with the mutant and run its tests; the exit status says whether all passed. Never returns."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, LOADING)
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    code = 1
    try:
        module = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        sys.meta_path.insert(0, Finder(module, source))
        os.chdir(ROOT)
        importlib.import_module(module)
        importlib.import_module("conftest")  # where it fails, pytest reports no tests rather than an error
        for tests in filter(None, rounds(mutant)):
            plugin = InTurn(tests)
            code = int(pytest.main([*OPTIONS, *(test for test, _ in tests)], plugins=[plugin]))
            if code:
                os.write(writing, (plugin.failed or MISSING).encode())
                break
        else:
            code = 0
    except BaseException as error:  # whatever ends the process is what the mutant did
        os.write(writing, repr(error)[:500].encode())
    finally:
        os._exit(code)
