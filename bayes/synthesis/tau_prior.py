"""Which prior of tau a synthesis is under: the one asked for, the file's own, or the default of the scale."""

from __future__ import annotations

from bayes.priors.sets import PriorSet
from bayes.priors.tau import HeterogeneityPrior, NamedHeterogeneity, find_heterogeneity, form_heterogeneity
from bayes.synthesis.file import Synthesis


def named_heterogeneity(synthesis: Synthesis, priors: PriorSet, wanted: str | None) -> NamedHeterogeneity:
    """The prior of tau: the one asked for, else the file's own ("stated"), else the default of the scale.

    Raises
    ------
    InvalidInput
        If the one asked for is unknown.
    NotFormable
        If its rule lacks what it needs here.
    """
    if wanted is not None:
        name, prior = find_heterogeneity(wanted, priors.heterogeneity)
    elif synthesis.heterogeneity is not None:
        name, prior = "stated", synthesis.heterogeneity
    else:
        name, prior = "default", HeterogeneityPrior(rule="default")
    return form_heterogeneity(name, prior, synthesis, synthesis.setting)
