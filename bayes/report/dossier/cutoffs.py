"""The probabilities at the cut-offs customary in reanalyses (Zampieri et al. 2021), from any benefit to severe harm.

For a ratio of which lower is better the cut-offs are 1, 1/1.05, 0.80 and 1.25; they are inverted if higher is better.
The outcome's own MCID, planned effect and margin are added.
"""

from __future__ import annotations

from bayes.base import measures
from bayes.base.distributions import Distribution
from bayes.report.dossier.contents import AtCutoffs
from bayes.sensitivity.priors_side_by_side import every_prior
from bayes.sensitivity.subject import Subject

RATIOS = (1.0, 1 / 1.05, 0.80, 1.25)


def cutoffs(subject: Subject) -> list[AtCutoffs]:
    """Return, for each prior, the probability of an effect at least as good as each cut-off, by quadrature.

    Parameters
    ----------
    subject : Subject

    Returns
    -------
    list of AtCutoffs
        For a ratio of which lower is better, a cut-off of 1.25 gives 1 - P(severe harm). A measure that is not a ratio
        has only its stated thresholds.
    """
    target = subject.target
    shown = [float(t.value) for t in (target.mcid, target.planned, target.margin) if t is not None]
    if measures.is_log(target.measure):
        shown += [cut if subject.sign < 0 else 1 / cut for cut in RATIOS]
    cuts = sorted({round(cut, 12) for cut in shown}, key=lambda cut: subject.sign * cut)
    rows: list[AtCutoffs] = []
    for name, formed in every_prior(subject, ()):
        if isinstance(formed, str) or not isinstance(formed.distribution, Distribution):
            continue
        posterior = subject.under(formed.distribution)
        at = [subject.beyond(posterior, measures.to_analysis(cut, target.measure)) for cut in cuts]
        rows.append({"prior": name, "beyond": [[cut, p] for cut, p in zip(cuts, at, strict=True)]})
    return rows if cuts else []
