"""Reverse-Bayes: which belief held beforehand would make the result convincing, or unconvincing.

Closed forms from the 95% interval (L, U) on the analysis scale (Matthews 2001, 2018; Held et al. 2022, Res Synth
Methods 13:295-314, PMC9305905), null at zero:

    significant       scepticism limit  (U - L)^2 / (4 sqrt(U L)), the 95% limit of the sceptical prior that undoes it
    not significant   advocacy limit    -(U + L)(U - L)^2 / (2 U L), the far 95% limit of an advocate's prior, whose
                      other limit is no effect, that makes it convincing
    intrinsic credibility   p_IC = 2 [1 - Phi(|z| / sqrt 2)]   (Held 2019, R Soc Open Sci 6:181534)

They use the interval's middle as the estimate. Beside each stands the root for the likelihood itself.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, sqrt

import numpy as np
from scipy.special import ndtr

from bayes.effects import ci_quantile, is_log, normal_quantile
from bayes.errors import NotFormable
from bayes.prose import significant
from bayes.sensitivity.prior_grid import QUANTILE
from bayes.sensitivity.shrinkage import shrinkage
from bayes.sensitivity.subject import Row, Subject, question
from bayes.sensitivity.tipping import crossings, p_better

ABSURD = log(10)  # an advocate who must reckon with a tenfold effect is not informed by anything (log ratios; x unit)
ALPHA = 0.05
STEPS = 61
INTERVAL_RATIO = 3 + 2 * sqrt(2)


@question
def reverse_bayes(subject: Subject) -> list[Row]:
    """Scepticism and advocacy limits, intrinsic credibility, and what they say in words.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path

    Returns
    -------
    DataFrame
        `quantity`, `value` (analysis scale; p-values and ratios as they are), `natural` (on the measure's own scale),
        `reason`. A limit so far out that nobody could hold it is capped: empty, with the limit in `reason`.
    """
    try:
        y, s, origin = subject.normal_summary
    except NotFormable as reason:
        return [_row("scepticism_limit", None, None, f"not defined: {reason}"),
                _row("advocacy_limit", None, None, f"not defined: {reason}"),
                _row("intrinsic_p", None, None, f"not defined: {reason}"),
                _row("fail_safe", None, None, f"No fail-safe statement: {reason}.")]  # fmt: skip
    if y == subject.null:
        why = "not defined: the estimate is no effect at all"
        return [_row(name, None, None, why) for name in ("scepticism_limit", "advocacy_limit", "intrinsic_p")]
    low, high = _interval(subject, y - subject.null, s)
    rows = _scepticism(subject, low, high) if low * high > 0 else _advocacy(subject, low, high)
    z = (y - subject.null) / s
    return [*rows, *_intrinsic(subject, z, low, high), *_among_trials(z), _words(subject, rows, origin)]


def _among_trials(z: float) -> list[Row]:
    """What the z-values of the Cochrane database make of this one."""
    found = shrinkage(z)
    why = "under the Cochrane mixture (van Zwet 2021), scaled by this report's own standard error"
    return [
        _row("p_sign_correct", found["p_sign_correct"], None, f"P(the effect has the estimate's sign), {why}"),
        _row("shrinkage", found["shrinkage"], None, f"posterior mean over the estimate, {why}"),
    ]


def _interval(subject: Subject, y: float, s: float) -> tuple[float, float]:
    """The 95% interval as printed, where one is; else estimate and standard error."""
    evidence = subject.target.evidence if not subject.is_synthesis else None
    if getattr(evidence, "kind", None) == "estimate" and evidence.ci is not None and float(evidence.level) == 0.95:
        log_scale = is_log(subject.target.measure)
        low, high = ((log(float(x)) if log_scale else float(x)) - subject.null for x in evidence.ci)
        return (-high, -low) if evidence.compares == "control_vs_treatment" else (low, high)
    q = ci_quantile(0.95)
    return y - q * s, y + q * s


def _scepticism(subject: Subject, low: float, high: float) -> list[Row]:
    limit = (high - low) ** 2 / (4 * sqrt(low * high))
    side = 1 if low > 0 else -1
    good = side == subject.sign
    what = "benefit" if good else "harm"
    value = subject.null + side * limit
    between = " and ".join(significant(subject.natural(subject.null + way * limit)) for way in (-1, 1))
    why = (
        f"a sceptic 95% sure beforehand that the effect lies between {between} would not be convinced of {what}; "
        "one who allows more would"
    )
    rows = [_row("scepticism_limit", value, subject.natural(value), why)]
    rows.append(_row("scepticism_sd", limit / QUANTILE, None, "sd of that sceptic's prior, centred on no effect"))
    sds = np.geomspace(*subject.family.sd_range(subject.null), STEPS)
    root = _first_crossing(subject, side, lambda sd: (np.full_like(sd, subject.null), sd), sds)
    if root is not None:
        rows.append(_row("scepticism_sd_root", root, None, "the same by root finding on the likelihood itself"))
    none = "not defined: the interval excludes no effect; see the scepticism limit"
    return [*rows, _row("advocacy_limit", None, None, none)]


def _advocacy(subject: Subject, low: float, high: float) -> list[Row]:
    none = "not defined: the interval holds no effect; see the advocacy limit"
    rows = [_row("scepticism_limit", None, None, none)]
    side = 1 if low + high > 0 else -1
    what = "benefit" if side == subject.sign else "harm"
    if low + high == 0 or low * high == 0:
        why = "not defined: the interval is centred on no effect, or ends at it"
        return [*rows, _row("advocacy_limit", None, None, why)]
    limit = -(high + low) * (high - low) ** 2 / (2 * high * low)
    natural = subject.natural(subject.null + limit)
    absurd = ABSURD * subject.family.unit if subject.family.shape == "normal" else 1.0
    if abs(limit) > absurd:
        why = (
            f"uninformative: the advocate of {what} would have to reckon with effects up to "
            f"{significant(natural, 2)}, because the interval almost excludes no effect; nearly any prior "
            "that leans towards it convinces. Capped"
        )
        return [*rows, _row("advocacy_limit", None, None, why), *_advocacy_root(subject, side, absurd)]
    why = (
        f"an advocate 95% sure beforehand that the effect lies between no effect and {significant(natural)} would be "
        f"convinced of {what}; one who expects more would not, as the data do not bear it out"
    )
    rows.append(_row("advocacy_limit", subject.null + limit, natural, why))
    mean, sd = subject.null + limit / 2, abs(limit / 2) / QUANTILE
    rows.append(_row("advocacy_mean", mean, subject.natural(mean), "mean of that advocate's prior"))
    rows.append(_row("advocacy_sd", sd, None, "sd of that advocate's prior"))
    return rows + _advocacy_root(subject, side, absurd)


def _advocacy_root(subject: Subject, side: int, absurd: float) -> list[Row]:
    """The advocate's prior N(m, (|m| / 1.96)^2) whose posterior just excludes no effect, on the likelihood itself."""

    if subject.family.shape != "normal":
        return []
    sizes = np.geomspace(0.02, 6, STEPS) * subject.family.unit
    root = _first_crossing(subject, side, lambda size: (subject.null + side * size, size / QUANTILE), sizes)
    if root is None or 2 * root > absurd:
        return []
    limit = subject.null + side * 2 * root
    return [_row("advocacy_limit_root", limit, subject.natural(limit), "the same on the likelihood itself")]


def _first_crossing(
    subject: Subject, side: int, prior: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], grid: np.ndarray
) -> float | None:
    """Where the posterior first just excludes no effect on the estimate's side, over priors given by mean and sd."""

    def p(x: np.ndarray) -> np.ndarray:
        better = p_better(subject, *prior(x), subject.null)
        return better if side == subject.sign else 1 - better

    roots, _ = crossings(p, grid, 0.975)
    return roots[0] if roots else None


def _intrinsic(subject: Subject, z: float, low: float, high: float) -> list[Row]:
    p = 2 * float(ndtr(-abs(z) / sqrt(2)))
    threshold = 2 * float(ndtr(-normal_quantile(1 - ALPHA / 2) * sqrt(2)))
    credible = p < ALPHA
    said = "intrinsically credible at 5%" if credible else "not intrinsically credible at 5%"
    rows = [
        _row("intrinsic_p", p, None, f"{said}: the data against a sceptic as sure as they are themselves (Held 2019)"),
        _row("intrinsic_p_threshold", threshold, None, "two-sided p below which a result is so at 5%"),
    ]
    ratio_limit = _row("interval_ratio_limit", INTERVAL_RATIO, None, "limits of a result credible at 5% differ by less")
    if low * high > 0:
        ratio = max(abs(low), abs(high)) / min(abs(low), abs(high))
        rows.append(_row("interval_ratio", ratio, None, "of the interval's limits, on the analysis scale"))
    else:
        rows.append(_row("interval_ratio", None, None, "not defined: the interval holds no effect"))
    return [*rows, ratio_limit]


def _words(subject: Subject, rows: list[Row], origin: str) -> Row:
    limits = [row for row in rows if row["quantity"] in ("scepticism_limit", "advocacy_limit")]
    main = next((row for row in limits if not row["reason"].startswith("not defined")), limits[-1])
    said = f"{main['reason'][0].upper()}{main['reason'][1:]} ({origin})."
    return _row("fail_safe", main["value"], main["natural"], said)


def _row(quantity: str, value: float | None, natural: float | None, reason: str) -> Row:
    return {"quantity": quantity, "value": value, "natural": natural, "reason": reason}
