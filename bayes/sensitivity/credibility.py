"""Quantities that need a z-value: intrinsic credibility, and shrinkage given the trials of the Cochrane database."""

from __future__ import annotations

from math import sqrt

from scipy.special import ndtr

from bayes.base.measures import normal_quantile
from bayes.sensitivity.quantities import ReverseBayesRow, quantity_row
from bayes.sensitivity.shrinkage import shrinkage
from bayes.sensitivity.subject import Subject

ALPHA = 0.05
INTERVAL_RATIO = 3 + 2 * sqrt(2)


def z_rows(subject: Subject, interval: tuple[float, float] | None) -> list[ReverseBayesRow]:
    """List the reverse-Bayes rows that need an estimate with a normal error; without one, each row gives the reason.

    `interval` is its 95% interval relative to no effect, if the effect is unbounded. The mixture of van Zwet et al.
    (2021) describes z-values of comparative trials, and so applies neither to a single arm nor to a synthesis.
    """
    normal = subject.normal
    if normal is None:
        why = "not defined: the likelihood is not normal, so there is no z-value"
        return [quantity_row(name, None, why) for name in ("intrinsic_p", "p_sign_correct", "shrinkage")]
    y, s = normal[0] - subject.null, normal[1]
    return [*_intrinsic(y / s), *_ratio(interval), *_among_trials(y / s)]


def _intrinsic(z: float) -> list[ReverseBayesRow]:
    p = 2 * float(ndtr(-abs(z) / sqrt(2)))
    threshold = 2 * float(ndtr(-normal_quantile(1 - ALPHA / 2) * sqrt(2)))
    said = "intrinsically credible at 5%" if p < ALPHA else "not intrinsically credible at 5%"
    return [
        quantity_row("intrinsic_p", p, f"{said}, against a sceptic whose prior is as precise as the data (Held 2019)"),
        quantity_row(
            "intrinsic_p_threshold", threshold, "intrinsically credible at 5% if the two-sided p-value is below this"
        ),
    ]


def _ratio(interval: tuple[float, float] | None) -> list[ReverseBayesRow]:
    if interval is None:
        return []
    limit = quantity_row(
        "interval_ratio_limit", INTERVAL_RATIO, "intrinsically credible at 5% if the ratio is below this"
    )
    if interval[0] * interval[1] <= 0:
        return [
            quantity_row("interval_ratio", None, "not defined: the interval includes the null value (no effect)"),
            limit,
        ]
    ratio = max(map(abs, interval)) / min(map(abs, interval))
    return [quantity_row("interval_ratio", ratio, "ratio of the interval's limits on the analysis scale"), limit]


def _among_trials(z: float) -> list[ReverseBayesRow]:
    """List what the z-values of the Cochrane database imply for this one."""
    found = shrinkage(z)
    why = "under the Cochrane mixture (van Zwet 2021) scaled by the standard error of this report"
    return [
        quantity_row("p_sign_correct", found.p_sign_correct, f"P(the effect has the estimate's sign), {why}"),
        quantity_row("shrinkage", found.shrinkage, f"posterior mean divided by the estimate, {why}"),
    ]
