"""What is mutated, what judges it, and where the working files are."""

from __future__ import annotations

from support.paths import ROOT

PACKAGES = ("base", "paper/evidence", "priors", "quadrature", "posterior")
TESTS_OF_MUTANTS = ("tests/unit", "tests/oracles", "tests/properties")
BUILT = ROOT / "build" / "mutation"  # made by a run, ignored by git
RECORD = ROOT / "tests" / "reference" / "mutation.json"
README = ROOT / "tests" / "mutation" / "README.md"
