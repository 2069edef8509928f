"""The verb of elicitation: priors from what experts state about a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bayes.analysis.targets import Target, resolve
from bayes.priors.elicitation import Chips, Elicited, Quantiles, elicited


def elicit(
    target: Target,
    experts: Mapping[str, Quantiles | Chips],
    rationale: str,
    weights: Sequence[float] | None = None,
) -> Elicited:
    """Fit a prior to what each expert states about an effect, and pool them.

    Parameters
    ----------
    target : Outcome, Synthesis, Trial, str or path
        The effect that the statements are about, as `bayes.resolve` accepts it; its measure gives their scale.
    experts : mapping
        By the expert's name: quantiles as {probability: value}, two or more, or chips as (low, high, number) per bin;
        all values on the measure's own scale.
    rationale : str
        Why these experts, and what they were asked.
    weights : sequence of float, optional
        Of the experts in the pool; equal by default.

    Returns
    -------
    Elicited
        The prior of each expert, a normal on the analysis scale by least squares, and their linear pool (O'Hagan et al.
        2006, Uncertain Judgements); `to_toml` writes them as a prior set.

    Raises
    ------
    InvalidInput
        If a value is outside the range of the measure, statements do not increase, or weights are not positive.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.elicit("mesems:gel_24w", {"A": {0.05: 0.5, 0.5: 0.8, 0.95: 1.28}}, "Asked about lesions.")
    >>> str(found.pooled)
    'normal(-0.223144, 0.285742)'
    """
    return elicited(resolve(target), experts, rationale, weights)
