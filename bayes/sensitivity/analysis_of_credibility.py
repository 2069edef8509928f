"""Reverse-Bayes analysis: the prior belief that would make the result just convincing, or just unconvincing.

The sceptic's prior is centred on no effect; the advocate's has one 95% limit at no effect and its mean half-way to the
other (Matthews 2018). Root finding on the likelihood gives the prior under which the posterior just excludes no effect,
with probability 0.975 on the side of the estimate. If the likelihood is normal, and only then, the closed forms in the
95% interval (L, U) on the analysis scale, with the null at zero, are given as well (Matthews 2001, 2018; Held et al.
2022, Res Synth Methods 13:295-314, PMC9305905):

    significant       scepticism limit  (U - L)^2 / (4 sqrt(U L)), the 95% limit of the sceptical prior that undoes it
    not significant   advocacy limit    -(U + L)(U - L)^2 / (2 U L), the far 95% limit of an advocate's prior
    intrinsic credibility   p_IC = 2 [1 - Phi(|z| / sqrt 2)]   (Held 2019, R Soc Open Sci 6:181534)

The closed forms take the midpoint of the interval as the estimate; the sentences use the root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import pandas as pd

from bayes.base.arrays import FloatArray
from bayes.base.measures import ci_quantile, to_analysis
from bayes.base.numbers import significant
from bayes.paper.evidence import Estimate
from bayes.paper.evidence.bare_tests import NO_DIRECTION
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.credibility import z_rows
from bayes.sensitivity.minimum_bayes_factor import minimum_bayes_factors
from bayes.sensitivity.quantities import ReverseBayesRow, quantity_row
from bayes.sensitivity.subject import Subject, Target
from bayes.sensitivity.tipping_points import NeverTips, crossings, p_better, prior_mean_at

ABSURD = log(10)  # a prior that must extend to a tenfold effect is not informative (log ratios; elsewhere times unit)
CONVINCED = 0.975  # the posterior just excludes no effect
QUANTILE = ci_quantile(0.95)
EXCLUDED = "not defined: the data already exclude the null value (no effect)"
STEPS = 61
COUNTED = 20  # times ABSURD: a limit further out is not written as a number
ON_THE_EDGE = 1e-9  # of z^2: the interval ends at no effect
UNDECIDED = 1e-6  # from one half: the data favour neither side


def reverse_bayes(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Find the scepticism or advocacy limit, intrinsic credibility and minimum Bayes factors (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `quantity`: `value` (analysis scale; p-values, ratios and Bayes factors as they are), `natural` (the
        measure's own scale) and `reason` (what the number means, or why it is not defined). A limit too extreme to be a
        credible belief is capped: `value` is empty and `reason` gives the limit. Quantities that need a z-value are not
        defined unless the likelihood is normal.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.sensitivity.reverse_bayes("mesems:gel_24w").set_index("quantity")
    >>> float(round(found.loc["advocacy_limit", "natural"], 2))
    0.75
    """
    return pd.DataFrame(reverse_bayes_rows(Subject.of(target, prior, prior_set, priors)))


def reverse_bayes_rows(subject: Subject) -> list[ReverseBayesRow]:
    """List the rows of `reverse_bayes` for a subject."""
    if (why := _why_none(subject)) is not None:
        names = ("scepticism_limit", "advocacy_limit", "intrinsic_p", "p_sign_correct", "shrinkage")
        none = [quantity_row(name, None, f"not defined: {why}") for name in names]
        said = quantity_row("fail_safe", None, f"No fail-safe statement: {why}.")
        return [*none, *minimum_bayes_factors(subject), said]
    evidence = _evidence(subject)
    root = _sceptics_sd(subject, evidence)
    if root is not None:
        rows = _scepticism(subject, evidence, root)
    else:
        rows = _overwhelming(subject, evidence) or _advocacy(subject, evidence)
    rows += [*z_rows(subject, evidence.interval), *minimum_bayes_factors(subject)]
    return [*rows, _words(subject, evidence, rows, root)]


@dataclass(frozen=True)
class _Evidence:
    """The side that the data favour, its name, and the 95% interval of a normal report relative to no effect."""

    side: int
    what: str
    interval: tuple[float, float] | None


def _why_none(subject: Subject) -> str | None:
    if subject.direction_unknown:
        return NO_DIRECTION
    if subject.why_uninformed is not None:
        return subject.why_uninformed
    if subject.normal is not None and subject.normal[0] == subject.null:
        return "the estimate equals no effect"
    if abs(_flat(subject) - 0.5) < UNDECIDED:
        return "the data favour neither benefit nor harm"
    return None


def _flat(subject: Subject) -> float:
    """Return P(benefit) under the flattest prior of the family."""
    widest = subject.family.sd_range(subject.null)[1]
    return float(p_better(subject, np.array([subject.null]), np.array([widest]), subject.null)[0])


def _evidence(subject: Subject) -> _Evidence:
    good = _flat(subject) > 0.5
    return _Evidence(subject.sign if good else -subject.sign, "benefit" if good else "harm", _interval(subject))


def _interval(subject: Subject) -> tuple[float, float] | None:
    """Return the 95% interval relative to no effect.

    It is the printed one if that agrees with the likelihood on excluding no effect, else the one from y and s.
    """
    if subject.normal is None or subject.family.bounds != (-np.inf, np.inf):
        return None
    y, s = subject.normal[0] - subject.null, subject.normal[1]
    by_error = (y - QUANTILE * s, y + QUANTILE * s)
    match subject.evidence:
        case Estimate(numbers=(lower, upper)) as report if float(report.level) == 0.95:
            low, high = (to_analysis(float(limit), subject.target.measure) for limit in (lower, upper))
            printed = (-high, -low) if report.compares == "control_vs_treatment" else (low, high)
            return printed if np.sign(printed).tolist() == np.sign(by_error).tolist() else by_error
    return by_error


def _sceptics_sd(subject: Subject, evidence: _Evidence) -> float | None:
    """Return the sd of a prior centred on no effect at which the data just convince; closed form if they are normal."""
    if evidence.interval is not None and subject.normal is not None:
        y, s = subject.normal
        beyond = ((y - subject.null) / s) ** 2 - QUANTILE**2
        return s * QUANTILE / sqrt(beyond) if beyond > ON_THE_EDGE else None
    sds = np.geomspace(*subject.family.sd_range(subject.null), STEPS)
    return _first_crossing(subject, evidence.side, lambda sd: (np.full_like(sd, subject.null), sd), sds)


def _overwhelming(subject: Subject, evidence: _Evidence) -> list[ReverseBayesRow]:
    """Return rows for data that convince even the narrowest sceptic considered; an empty list for other data."""
    narrowest = subject.family.sd_range(subject.null)[0]
    better = float(p_better(subject, np.array([subject.null]), np.array([narrowest]), subject.null)[0])
    if (better if evidence.side == subject.sign else 1 - better) < CONVINCED:
        return []
    low, high = (significant(subject.natural(x)) for x in subject.family.limits(subject.null, narrowest))
    sceptic = f"even a sceptic who puts 95% prior probability on effects between {low} and {high}"
    why = f"not defined: {sceptic} would be convinced of {evidence.what}"
    return [quantity_row("scepticism_limit", None, why), quantity_row("advocacy_limit", None, EXCLUDED)]


def _scepticism(subject: Subject, evidence: _Evidence, root: float) -> list[ReverseBayesRow]:
    limits = subject.family.limits(subject.null, root)
    sd, value, between = root, limits[(1 + evidence.side) // 2], limits
    if evidence.interval is not None:
        low, high = evidence.interval
        limit = (high - low) ** 2 / (4 * sqrt(low * high))
        sd, value, between = limit / QUANTILE, subject.null + evidence.side * limit, (-limit, limit)
    rows = [quantity_row("scepticism_limit", value, _sceptic(subject, evidence, between), subject.natural(value))]
    rows.append(quantity_row("scepticism_sd", sd, "sd of this sceptic's prior, centred on no effect"))
    rows.append(quantity_row("scepticism_sd_root", root, _sceptic(subject, evidence, limits)))
    none = f"{EXCLUDED}; see the scepticism limit"
    return [*rows, quantity_row("advocacy_limit", None, none)]


def _sceptic(subject: Subject, evidence: _Evidence, limits: tuple[float, float]) -> str:
    between = " and ".join(significant(subject.natural(limit)) for limit in limits)
    return (
        f"a sceptic who puts 95% prior probability on effects between {between} would not be convinced of "
        f"{evidence.what}; a sceptic with a wider prior would be"
    )


def _advocacy(subject: Subject, evidence: _Evidence) -> list[ReverseBayesRow]:
    none = "not defined: the data do not exclude the null value (no effect); see the advocacy limit"
    rows = [quantity_row("scepticism_limit", None, none)]
    if subject.family.shape == "beta":
        why = "not defined: the advocate's prior is normal with one 95% limit at no effect; a proportion needs a beta"
        return [*rows, quantity_row("advocacy_limit", None, why)]
    if evidence.interval is not None and abs(np.prod(evidence.interval)) < ON_THE_EDGE * np.ptp(evidence.interval) ** 2:
        return [*rows, quantity_row("advocacy_limit", None, "not defined: the interval ends at no effect")]
    sizes = np.geomspace(0.02, 6, STEPS) * subject.family.unit
    root = _first_crossing(subject, evidence.side, lambda m: (subject.null + evidence.side * m, m / QUANTILE), sizes)
    closed = None if root is None else 2 * root
    if evidence.interval is not None:
        low, high = evidence.interval
        closed = abs((high + low) * (high - low) ** 2 / (2 * high * low))
    absurd = min(ABSURD * subject.family.unit, subject.family.bounds[1] - subject.null)
    if closed is None or closed > absurd:
        return [*rows, quantity_row("advocacy_limit", None, _uninformative(subject, evidence, closed, absurd))]
    value, mean = (subject.null + evidence.side * x for x in (closed, closed / 2))
    rows.append(quantity_row("advocacy_limit", value, _advocate(subject, evidence, value), subject.natural(value)))
    rows.append(quantity_row("advocacy_mean", mean, "mean of this advocate's prior", subject.natural(mean)))
    rows.append(quantity_row("advocacy_sd", closed / 2 / QUANTILE, "sd of this advocate's prior"))
    if root is None or 2 * root > absurd:
        return rows
    limit = subject.null + evidence.side * 2 * root
    return [
        *rows,
        quantity_row("advocacy_limit_root", limit, _advocate(subject, evidence, limit), subject.natural(limit)),
    ]


def _advocate(subject: Subject, evidence: _Evidence, limit: float) -> str:
    return (
        "an advocate who puts 95% prior probability on effects between no effect and "
        f"{significant(subject.natural(limit))} would be convinced of {evidence.what}; an advocate of larger effects, "
        "whose prior is wider, would not, because the data alone are compatible with no effect"
    )


def _uninformative(subject: Subject, evidence: _Evidence, limit: float | None, absurd: float) -> str:
    """Explain why an advocacy limit is capped, and that it applies to one family of priors only."""
    far, more = (limit, "") if limit is not None and limit < COUNTED * absurd else (absurd, "more than ")
    reckon = more + significant(subject.natural(subject.null + evidence.side * far), 2)
    target = CONVINCED if evidence.what == "benefit" else 1 - CONVINCED
    tipping = prior_mean_at(subject, "p_benefit", target)
    other = "no mean suffices" if isinstance(tipping, NeverTips) else f"a mean of {significant(tipping.mean)} is needed"
    return (
        f"uninformative: an advocate of {evidence.what} whose 95% prior interval starts at no effect is convinced "
        f"unless that interval extends to {reckon}. This applies only to priors whose sd is the mean divided by 1.96 "
        f"(Matthews 2018): at sd {significant(subject.family.sd)}, {other}. The limit is capped"
    )


def _first_crossing(
    subject: Subject, side: int, prior: Callable[[FloatArray], tuple[FloatArray, FloatArray]], grid: FloatArray
) -> float | None:
    """Return the first grid value at which the posterior just excludes no effect on the given side, or None.

    `prior` maps values of the grid to the means and sds of priors.
    """

    def p(x: FloatArray) -> FloatArray:
        better = p_better(subject, *prior(x), subject.null)
        return better if side == subject.sign else 1 - better

    roots, _ = crossings(p, grid, CONVINCED)
    return roots[0] if roots else None


def _words(subject: Subject, evidence: _Evidence, rows: list[ReverseBayesRow], root: float | None) -> ReverseBayesRow:
    """Return the summary sentence: that of the root if there is one, else that of the limit."""
    named = {found["quantity"]: found for found in rows}
    main = named.get("scepticism_sd_root") or named.get("advocacy_limit_root") or named["advocacy_limit"]
    if main["reason"] == EXCLUDED:
        main = named["scepticism_limit"]
    value = main["value"] if root is None else subject.family.limits(subject.null, root)[(1 + evidence.side) // 2]
    origin = "from roots on the likelihood" if subject.normal is None else "from the printed estimate"
    said = f"{main['reason'][0].upper()}{main['reason'][1:]} ({origin})."
    return quantity_row("fail_safe", value, said, None if value is None else subject.natural(value))
