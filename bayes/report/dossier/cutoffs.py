"""Probabilities at cut-offs that reanalyses share (Zampieri et al. 2021), from any benefit to severe harm.

For ratios below one that are good: 1, 1/1.05, 0.80 and 1.25; inverted where higher is better. Beside them the MCID and
the planned effect of the outcome itself.
"""

from __future__ import annotations

from typing import Any

from bayes.base import measures
from bayes.sensitivity.priors_side_by_side import every_prior
from bayes.sensitivity.subject import Subject

RATIOS = (1.0, 1 / 1.05, 0.80, 1.25)


def cutoffs(subject: Subject) -> list[dict[str, Any]]:
    """Per prior the probability of an effect at least as good as each cut-off, by quadrature.

    Returns
    -------
    list of dict
        `prior`, and `beyond`: [[cut-off on the measure's own scale, probability]], from harm to benefit. A cut-off of
        1.25 on a ratio that should be low gives 1 - P(severe harm). Without ratios only the stated thresholds remain.
    """
    target = subject.target
    shown = [float(t.value) for t in (target.mcid, target.planned, target.margin) if t is not None]
    if measures.is_log(target.measure):
        shown += [cut if subject.sign < 0 else 1 / cut for cut in RATIOS]
    cuts = sorted({round(cut, 12) for cut in shown}, key=lambda cut: subject.sign * cut)
    rows = []
    for name, formed in every_prior(subject, ()):
        if isinstance(formed, str):
            continue
        posterior = subject.under(formed.distribution)
        at = [subject.beyond(posterior, measures.to_analysis(cut, target.measure)) for cut in cuts]
        rows.append({"prior": name, "beyond": [[cut, p] for cut, p in zip(cuts, at, strict=True)]})
    return rows if cuts else []
