"""The fit behind a stored posterior: its target, prior and model, recovered from the metadata of the tree."""

from __future__ import annotations

from pathlib import Path

import xarray as xr

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import find_targets
from bayes.base.toml import shipped
from bayes.errors import InvalidInput
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.paper.trial import Outcome
from bayes.posterior.record import PosteriorRecord, Reported
from bayes.priors.sets import PriorSet, load_priors
from bayes.results import inputs
from bayes.synthesis.file import Synthesis


def recall(tree: xr.DataTree) -> Fit:
    """Return the fit that a tree came from, as `bayes.fit` or `bayes.synthesise` returned it.

    Parameters
    ----------
    tree : DataTree
        A tree from `bayes.load_posterior` or from a fit. If it comes from a results folder, its target is found among
        the copies in that folder, the user's own files included; otherwise it is taken to be a shipped target under a
        shipped prior set, or under the expression that it names.

    Returns
    -------
    Fit

    Raises
    ------
    InvalidInput
        If the tree does not record its origin, or no candidate has its key.
    """
    record = PosteriorRecord.from_tree(tree)
    for target, priors in _candidates(tree, record.reported):
        for wanted in (None, [record.prior.distribution]):
            found = _of_key(target, priors, wanted, record.key)
            if found is not None:
                return (SynthesisFit if found.joined_by else Fit)(tree, found)
    problem = "its inputs are neither in its results folder nor among the shipped files; pass the fit instead"
    raise InvalidInput(record.key, [problem])


def _candidates(tree: xr.DataTree, reported: Reported) -> list[tuple[Outcome | Synthesis, PriorSet]]:
    """Return the targets with the tree's name and the prior sets they were fitted under, the folder's own first."""
    name = reported.name
    source = tree.encoding.get("source")
    folder = None if source is None else Path(source).parent.parent
    if folder is not None and (folder / inputs.FOLDER / inputs.ASKED).is_file():
        asked = [one for one in reversed(inputs.asked(folder)) if name in one.names]
        return [
            (target, inputs.priors_of(folder, one))
            for one in asked
            for target in inputs.targets_of(folder, one)
            if target.name == name
        ]
    if reported.trial not in {**shipped("trials"), **shipped("syntheses")}:
        return []
    sets = [load_priors(priors) for priors in dict.fromkeys(("default", *shipped("priors")))]
    return [(target, priors) for target in find_targets([name]) for priors in sets]


def _of_key(target: Outcome | Synthesis, priors: PriorSet, wanted: list[str] | None, key: str) -> Analysis | None:
    try:
        plan = make_plan([target], priors, wanted)
    except InvalidInput:  # for example, an expression for another scale
        return None
    return next((analysis for analysis in plan.analyses if analysis.key == key), None)
