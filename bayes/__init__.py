"""Bayesian reanalysis of published randomised trials: what a "negative" trial actually says.

    import bayes

    trial = bayes.load_trial("mesems")           # a shipped id (`bayes list trials`) or the path of a file
    outcome = trial.outcomes["gel_24w"]          # what the paper printed of one comparison
    fit = bayes.fit(outcome, prior="sceptical")  # a prior by name, or prior="normal(0, 0.355)"
    fit.summary()                                # median, credible interval, P(benefit), P(at least the MCID), P(harm)
    fit.tree                                     # an xarray DataTree, which every ArviZ function takes

Read        `load_trial`, `load_synthesis`, `load_priors`; `check` recomputes what a report prints from the rest of it
Fit         `fit` under one prior, `fit_priors` under a whole set, `synthesise` several trials together, `compare`
            likelihoods, `joint` statements about several outcomes; `load_posterior` reads a stored one
Ask         `sensitivity.examine`: where would the conclusion change, and what would one have to believe for it?
Show        `plots.triplot` and its neighbours, `report.write` for pages, `export` for tables, `diff` of two results
            folders

Effects live on the analysis scale (the logarithm, for ratios); `estimate` and thresholds on the measure's own. Which
direction is good is a field of the file, `benefit`, so a probability of benefit never depends on a convention.

Importing this package loads none of PyMC, ArviZ, SciPy or matplotlib; the first fit does.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bayes import plots, report, sensitivity
    from bayes.checks import check_trial as check
    from bayes.errors import BayesError, InvalidInput, NotFormable
    from bayes.fitting.comparison import compare
    from bayes.fitting.fits import fit, fit_priors, synthesise
    from bayes.fitting.joint_statements import joint
    from bayes.paper.trial import load_trial
    from bayes.priors.sets import load_priors
    from bayes.results.differences import diff
    from bayes.results.exports import export
    from bayes.results.store import load as load_posterior
    from bayes.synthesis.file import load_synthesis

_HOME = {
    "check": "bayes.checks",
    "compare": "bayes.fitting.comparison",
    "diff": "bayes.results.differences",
    "export": "bayes.results.exports",
    "BayesError": "bayes.errors",
    "InvalidInput": "bayes.errors",
    "NotFormable": "bayes.errors",
    "fit": "bayes.fitting.fits",
    "fit_priors": "bayes.fitting.fits",
    "joint": "bayes.fitting.joint_statements",
    "synthesise": "bayes.fitting.fits",
    "load_priors": "bayes.priors.sets",
    "load_posterior": "bayes.results.store",
    "load_synthesis": "bayes.synthesis.file",
    "load_trial": "bayes.paper.trial",
}
_RENAMED = {"check": "check_trial", "load_posterior": "load"}

__all__ = [
    "BayesError",
    "InvalidInput",
    "NotFormable",
    "check",
    "compare",
    "diff",
    "export",
    "fit",
    "fit_priors",
    "joint",
    "load_posterior",
    "load_priors",
    "load_synthesis",
    "load_trial",
    "plots",
    "report",
    "sensitivity",
    "synthesise",
]


def __getattr__(name: str):
    if name == "__version__":
        from importlib.metadata import version

        return version("bayes-reanalysis")
    if name in ("plots", "report", "sensitivity"):
        return importlib.import_module(f"bayes.{name}")
    if name not in _HOME:
        raise AttributeError(f"module 'bayes' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), _RENAMED.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
