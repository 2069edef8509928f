"""A results folder: stored posteriors, what they were computed from, and what is done with them.

bayes.results.regenerate("results", ["mesems"])    # fit what is missing or out of date
print(bayes.results.status("results"))
bayes.results.report("results")                    # pages that open from disk
bayes.results.bundle("results")                    # everything needed to reproduce it, as one zip
bayes.results.reproduce("results/bundle.zip")
bayes.results.diff("old", "results")
bayes.results.export("results", "summary.parquet")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bayes.base.lazy import attach

if TYPE_CHECKING:
    from bayes.report.site import write as report
    from bayes.results.bundles import bundle
    from bayes.results.currency import Status, status
    from bayes.results.differences import diff
    from bayes.results.exports import export
    from bayes.results.regeneration import Run, regenerate
    from bayes.results.reproduction import Reproduction, reproduce

_HOME = {
    "Reproduction": "bayes.results.reproduction:Reproduction",
    "Run": "bayes.results.regeneration:Run",
    "Status": "bayes.results.currency:Status",
    "bundle": "bayes.results.bundles:bundle",
    "diff": "bayes.results.differences:diff",
    "export": "bayes.results.exports:export",
    "regenerate": "bayes.results.regeneration:regenerate",
    "report": "bayes.report.site:write",
    "reproduce": "bayes.results.reproduction:reproduce",
    "status": "bayes.results.currency:status",
}
__all__ = [
    "Reproduction",
    "Run",
    "Status",
    "bundle",
    "diff",
    "export",
    "regenerate",
    "report",
    "reproduce",
    "status",
]
__getattr__, __dir__ = attach(__name__, _HOME)
