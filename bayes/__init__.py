"""Bayesian reanalysis of published randomised trials: what a "negative" trial actually says.

    import bayes

    fit = bayes.fit("mesems:gel_24w", prior="sceptical")  # a shipped outcome; or the path of a file, or an object
    fit.summary()                                         # median, credible interval, P(benefit), P(at least the MCID)
    fit.tree                                              # an xarray DataTree, which every ArviZ function takes

    mine = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.75, ci=(0.55, 1.02), mcid=0.9)
    bayes.fit(mine, prior="normal(0, 0.355)").to_frame()  # no file is needed to begin

Read        `load_trial`, `load_synthesis`, `load_priors`; `resolve` finds what a name means; `outcome`, `outcomes` and
            `synthesis_of` build the same without a file; `check` recomputes what a report prints from the rest of it;
            `elicit` makes priors of what experts state
Fit         `fit` under one prior, `fit_priors` under a whole set, `synthesise` several trials together, `compare`
            likelihoods, `joint` statements about several outcomes; `register` a likelihood of your own;
            `load_posterior` reads a stored posterior
Ask         `sensitivity.examine`: where would the conclusion change, and what would a reader have to believe for it?
Show        `plots.triplot` and its neighbours; `pymc_model`, the model written in PyMC; `arviz_tree`, a posterior with
            all that ArviZ can show of it
Keep        `results.regenerate`, `status`, `report`, `bundle`, `reproduce`, `diff` and `export` for a results folder

Effects are on the analysis scale (the logarithm, for ratios); `estimate` and thresholds are on the measure's own scale.
The good direction is a field of the file, `benefit`, so a probability of benefit never depends on a convention.

Importing this package loads none of PyMC, ArviZ, SciPy or matplotlib; the first fit does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bayes.base.lazy import attach

if TYPE_CHECKING:
    from bayes import plots, report, results, sensitivity
    from bayes.analysis.analysis import Analysis, Settings
    from bayes.analysis.experts import elicit
    from bayes.analysis.targets import Target, resolve
    from bayes.errors import BayesError, InvalidInput, NotFormable, UnknownName
    from bayes.fitting.checking import check
    from bayes.fitting.comparison import compare
    from bayes.fitting.fitted import Fit, Fits, SynthesisFit
    from bayes.fitting.joint_statements import Joint, joint
    from bayes.fitting.registration import register
    from bayes.fitting.textbook import pymc_model
    from bayes.fitting.verbs import fit, fit_priors, synthesise
    from bayes.likelihoods.card import LikelihoodCard
    from bayes.paper.in_memory import outcome, outcomes
    from bayes.paper.trial import Outcome, Trial, load_trial
    from bayes.priors.sets import PriorSet, load_priors
    from bayes.results.differences import diff
    from bayes.results.exports import export
    from bayes.results.posteriors import load_posterior
    from bayes.results.whole_trees import arviz_tree
    from bayes.sensitivity.examination import Examination
    from bayes.synthesis.file import Synthesis, load_synthesis, synthesis_of

_HOME = {
    "Analysis": "bayes.analysis.analysis:Analysis",
    "BayesError": "bayes.errors:BayesError",
    "Examination": "bayes.sensitivity.examination:Examination",
    "Fit": "bayes.fitting.fitted:Fit",
    "Fits": "bayes.fitting.fitted:Fits",
    "InvalidInput": "bayes.errors:InvalidInput",
    "Joint": "bayes.fitting.joint_statements:Joint",
    "LikelihoodCard": "bayes.likelihoods.card:LikelihoodCard",
    "NotFormable": "bayes.errors:NotFormable",
    "Outcome": "bayes.paper.trial:Outcome",
    "PriorSet": "bayes.priors.sets:PriorSet",
    "Settings": "bayes.analysis.analysis:Settings",
    "Synthesis": "bayes.synthesis.file:Synthesis",
    "SynthesisFit": "bayes.fitting.fitted:SynthesisFit",
    "Target": "bayes.analysis.targets:Target",
    "Trial": "bayes.paper.trial:Trial",
    "UnknownName": "bayes.errors:UnknownName",
    "arviz_tree": "bayes.results.whole_trees:arviz_tree",
    "check": "bayes.fitting.checking:check",
    "compare": "bayes.fitting.comparison:compare",
    "diff": "bayes.results.differences:diff",
    "elicit": "bayes.analysis.experts:elicit",
    "export": "bayes.results.exports:export",
    "fit": "bayes.fitting.verbs:fit",
    "fit_priors": "bayes.fitting.verbs:fit_priors",
    "joint": "bayes.fitting.joint_statements:joint",
    "load_posterior": "bayes.results.posteriors:load_posterior",
    "load_priors": "bayes.priors.sets:load_priors",
    "load_synthesis": "bayes.synthesis.file:load_synthesis",
    "load_trial": "bayes.paper.trial:load_trial",
    "outcome": "bayes.paper.in_memory:outcome",
    "outcomes": "bayes.paper.in_memory:outcomes",
    "plots": "bayes.plots",
    "pymc_model": "bayes.fitting.textbook:pymc_model",
    "register": "bayes.fitting.registration:register",
    "report": "bayes.report",
    "resolve": "bayes.analysis.targets:resolve",
    "results": "bayes.results",
    "sensitivity": "bayes.sensitivity",
    "synthesis_of": "bayes.synthesis.file:synthesis_of",
    "synthesise": "bayes.fitting.verbs:synthesise",
}
__all__ = [
    "Analysis",
    "BayesError",
    "Examination",
    "Fit",
    "Fits",
    "InvalidInput",
    "Joint",
    "LikelihoodCard",
    "NotFormable",
    "Outcome",
    "PriorSet",
    "Settings",
    "Synthesis",
    "SynthesisFit",
    "Target",
    "Trial",
    "UnknownName",
    "arviz_tree",
    "check",
    "compare",
    "diff",
    "elicit",
    "export",
    "fit",
    "fit_priors",
    "joint",
    "load_posterior",
    "load_priors",
    "load_synthesis",
    "load_trial",
    "outcome",
    "outcomes",
    "plots",
    "pymc_model",
    "register",
    "report",
    "resolve",
    "results",
    "sensitivity",
    "synthesis_of",
    "synthesise",
]
_lazy, _ = attach(__name__, _HOME)


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("bayes-reanalysis")
    return _lazy(name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
