"""The choice of the prior of tau for a synthesis: the one requested, that of the file, or the default of the scale."""

from __future__ import annotations

from bayes.priors.sets import PriorSet
from bayes.priors.tau import HeterogeneityPrior, NamedHeterogeneity, find_heterogeneity, form_heterogeneity
from bayes.synthesis.file import Synthesis


def named_heterogeneity(synthesis: Synthesis, priors: PriorSet, wanted: str | None) -> NamedHeterogeneity:
    """Form the prior of tau for a synthesis.

    Parameters
    ----------
    synthesis : Synthesis
    priors : PriorSet
        Set that offers priors of tau by name.
    wanted : str or None
        Name, rule or expression; by default the prior in the file ("stated"), or else the default of the scale.

    Returns
    -------
    NamedHeterogeneity
        Distribution of tau on the analysis scale.

    Raises
    ------
    InvalidInput
        If `wanted` is unknown.
    NotFormable
        If the rule lacks the information it needs.
    """
    if wanted is not None:
        name, prior = find_heterogeneity(wanted, priors.heterogeneity)
    elif synthesis.heterogeneity is not None:
        name, prior = "stated", synthesis.heterogeneity
    else:
        name, prior = "default", HeterogeneityPrior(rule="default")
    return form_heterogeneity(name, prior, synthesis, synthesis.setting)
