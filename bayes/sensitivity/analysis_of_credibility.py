"""Reverse-Bayes: which belief held beforehand would make the result convincing, or unconvincing.

On the likelihood, by root finding: the sceptic's prior is centred on no effect, the advocate's has one 95% limit there
and its mean half-way to the other (Matthews 2018); what is sought is the prior with which the posterior just excludes
no effect, its probability of the effect's side being 0.975. Where the likelihood is normal, and only there, beside them
the closed forms from the 95% interval (L, U) on the analysis scale (Matthews 2001, 2018; Held et al. 2022, Res Synth
Methods 13:295-314, PMC9305905), null at zero:

    significant       scepticism limit  (U - L)^2 / (4 sqrt(U L)), the 95% limit of the sceptical prior that undoes it
    not significant   advocacy limit    -(U + L)(U - L)^2 / (2 U L), the far 95% limit of an advocate's prior
    intrinsic credibility   p_IC = 2 [1 - Phi(|z| / sqrt 2)]   (Held 2019, R Soc Open Sci 6:181534)

They use the interval's middle as the estimate; the words use the root.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
import pandas as pd

from bayes.base.measures import ci_quantile, is_log
from bayes.base.numbers import significant
from bayes.paper.evidence.bare_tests import NO_DIRECTION
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.credibility import z_rows
from bayes.sensitivity.minimum_bayes_factor import minimum_bayes_factors
from bayes.sensitivity.peak import uninformed
from bayes.sensitivity.subject import Row, Subject, Target
from bayes.sensitivity.tipping_points import crossings, p_better, prior_mean_at

ABSURD = log(10)  # an advocate who must reckon with a tenfold effect is not informed by anything (log ratios; x unit)
CONVINCED = 0.975  # the posterior just excludes no effect
QUANTILE = ci_quantile(0.95)
EXCLUDED = "not defined: the data exclude no effect"
STEPS = 61
COUNTED = 20  # times what is absurd already: further out a limit is not written down
ON_THE_EDGE = 1e-9  # of z^2: the interval ends at no effect
UNDECIDED = 1e-6  # from one half: neither side


def reverse_bayes(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Scepticism and advocacy limits, intrinsic credibility, and what they say in words.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.

    Returns
    -------
    DataFrame
        `quantity`, `value` (analysis scale; p-values and ratios as they are), `natural` (on the measure's own scale),
        `reason`. A limit so far out that nobody could hold it is capped: empty, with the limit in `reason`. Without a
        normal likelihood there is no z-value and nothing that needs one, with the reason.

    Examples
    --------
    >>> import bayes
    >>> found = bayes.sensitivity.reverse_bayes("mesems:gel_24w").set_index("quantity")
    >>> float(round(found.loc["advocacy_limit", "natural"], 2))
    0.75
    """
    return pd.DataFrame(reverse_bayes_rows(Subject.of(target, prior, prior_set, priors)))


def reverse_bayes_rows(subject: Subject) -> list[Row]:
    """List the rows of `reverse_bayes` for a subject."""
    if (why := _why_none(subject)) is not None:
        names = ("scepticism_limit", "advocacy_limit", "intrinsic_p", "p_sign_correct", "shrinkage")
        none = [row(name, None, None, f"not defined: {why}") for name in names]
        said = row("fail_safe", None, None, f"No fail-safe statement: {why}.")
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
    """The side that the data speak for, what that side is called, and a normal report's interval about no effect."""

    side: int
    what: str
    interval: tuple[float, float] | None


def _why_none(subject: Subject) -> str | None:
    if subject.undirected:
        return NO_DIRECTION
    if not subject.is_synthesis and (why := uninformed(subject.target)) is not None:
        return why
    if subject.normal is not None and subject.normal[0] == subject.null:
        return "the estimate is no effect at all"
    if abs(_flat(subject) - 0.5) < UNDECIDED:
        return "the data speak for neither side of no effect"
    return None


def _flat(subject: Subject) -> float:
    """P(benefit) under the flattest prior of the family."""
    widest = subject.family.sd_range(subject.null)[1]
    return float(p_better(subject, np.array([subject.null]), np.array([widest]), subject.null)[0])


def _evidence(subject: Subject) -> _Evidence:
    good = _flat(subject) > 0.5
    return _Evidence(subject.sign if good else -subject.sign, "benefit" if good else "harm", _interval(subject))


def _interval(subject: Subject) -> tuple[float, float] | None:
    """The 95% interval about no effect: as printed, if it excludes no effect as the likelihood does; else y and s."""
    if subject.normal is None or subject.family.bounds != (-np.inf, np.inf):
        return None
    y, s = subject.normal[0] - subject.null, subject.normal[1]
    by_error = (y - QUANTILE * s, y + QUANTILE * s)
    evidence = subject.target.evidence if not subject.is_synthesis else None
    if getattr(evidence, "kind", None) != "estimate" or not evidence.numbers or float(evidence.level) != 0.95:
        return by_error
    low, high = (log(float(x)) if is_log(subject.target.measure) else float(x) for x in evidence.ci)
    printed = (-high, -low) if evidence.compares == "control_vs_treatment" else (low, high)
    return printed if np.sign(printed).tolist() == np.sign(by_error).tolist() else by_error


def _sceptics_sd(subject: Subject, evidence: _Evidence) -> float | None:
    """The sd about no effect at which the data just convince: in closed form where they are normal."""
    if evidence.interval is not None:
        y, s = subject.normal[0] - subject.null, subject.normal[1]
        beyond = (y / s) ** 2 - QUANTILE**2
        return s * QUANTILE / sqrt(beyond) if beyond > ON_THE_EDGE else None
    sds = np.geomspace(*subject.family.sd_range(subject.null), STEPS)
    return _first_crossing(subject, evidence.side, lambda sd: (np.full_like(sd, subject.null), sd), sds)


def _overwhelming(subject: Subject, evidence: _Evidence) -> list[Row]:
    """Rows of data that convince even the narrowest sceptic who is sought; none of others."""
    narrowest = subject.family.sd_range(subject.null)[0]
    better = float(p_better(subject, np.array([subject.null]), np.array([narrowest]), subject.null)[0])
    if (better if evidence.side == subject.sign else 1 - better) < CONVINCED:
        return []
    low, high = (significant(subject.natural(x)) for x in subject.family.limits(subject.null, narrowest))
    sceptic = f"even a sceptic 95% sure beforehand that the effect lies between {low} and {high}"
    why = f"not defined: {sceptic} is convinced of {evidence.what}"
    return [row("scepticism_limit", None, None, why), row("advocacy_limit", None, None, EXCLUDED)]


def _scepticism(subject: Subject, evidence: _Evidence, root: float) -> list[Row]:
    limits = subject.family.limits(subject.null, root)
    sd, value, between = root, limits[(1 + evidence.side) // 2], limits
    if evidence.interval is not None:
        low, high = evidence.interval
        limit = (high - low) ** 2 / (4 * sqrt(low * high))
        sd, value, between = limit / QUANTILE, subject.null + evidence.side * limit, (-limit, limit)
    rows = [row("scepticism_limit", value, subject.natural(value), _sceptic(subject, evidence, between))]
    rows.append(row("scepticism_sd", sd, None, "sd of that sceptic's prior, centred on no effect"))
    rows.append(row("scepticism_sd_root", root, None, _sceptic(subject, evidence, limits)))
    none = "not defined: the data exclude no effect; see the scepticism limit"
    return [*rows, row("advocacy_limit", None, None, none)]


def _sceptic(subject: Subject, evidence: _Evidence, limits: tuple[float, float]) -> str:
    between = " and ".join(significant(subject.natural(limit)) for limit in limits)
    return (
        f"a sceptic 95% sure beforehand that the effect lies between {between} would not be convinced of "
        f"{evidence.what}; one who allows more would"
    )


def _advocacy(subject: Subject, evidence: _Evidence) -> list[Row]:
    none = "not defined: the data do not exclude no effect; see the advocacy limit"
    rows = [row("scepticism_limit", None, None, none)]
    if subject.family.shape == "beta":
        why = "not defined: the advocate's prior is a normal that starts at no effect, and that of a proportion a beta"
        return [*rows, row("advocacy_limit", None, None, why)]
    if evidence.interval is not None and abs(np.prod(evidence.interval)) < ON_THE_EDGE * np.ptp(evidence.interval) ** 2:
        return [*rows, row("advocacy_limit", None, None, "not defined: the interval ends at no effect")]
    sizes = np.geomspace(0.02, 6, STEPS) * subject.family.unit
    root = _first_crossing(subject, evidence.side, lambda m: (subject.null + evidence.side * m, m / QUANTILE), sizes)
    closed = root and 2 * root
    if evidence.interval is not None:
        low, high = evidence.interval
        closed = abs((high + low) * (high - low) ** 2 / (2 * high * low))
    absurd = min(ABSURD * subject.family.unit, subject.family.bounds[1] - subject.null)
    if closed is None or closed > absurd:
        return [*rows, row("advocacy_limit", None, None, _uninformative(subject, evidence, closed, absurd))]
    value, mean = (subject.null + evidence.side * x for x in (closed, closed / 2))
    rows.append(row("advocacy_limit", value, subject.natural(value), _advocate(subject, evidence, value)))
    rows.append(row("advocacy_mean", mean, subject.natural(mean), "mean of that advocate's prior"))
    rows.append(row("advocacy_sd", closed / 2 / QUANTILE, None, "sd of that advocate's prior"))
    if root is None or 2 * root > absurd:
        return rows
    limit = subject.null + evidence.side * 2 * root
    return [*rows, row("advocacy_limit_root", limit, subject.natural(limit), _advocate(subject, evidence, limit))]


def _advocate(subject: Subject, evidence: _Evidence, limit: float) -> str:
    return (
        "an advocate 95% sure beforehand that the effect lies between no effect and "
        f"{significant(subject.natural(limit))} would be convinced of {evidence.what}; one who expects more would not, "
        "as the data do not bear it out"
    )


def _uninformative(subject: Subject, evidence: _Evidence, limit: float | None, absurd: float) -> str:
    """Why an advocacy limit is capped; and that it speaks of one family of priors only."""
    known = limit is not None and limit < COUNTED * absurd
    far, more = (limit, "") if known else (absurd, "more than ")
    reckon = more + significant(subject.natural(subject.null + evidence.side * far), 2)
    target = CONVINCED if evidence.what == "benefit" else 1 - CONVINCED
    mean = prior_mean_at(subject, "p_benefit", target)
    other = "no mean does it" if mean["value"] is None else f"it takes a mean of {significant(mean['natural'])}"
    return (
        f"uninformative: an advocate of {evidence.what} whose 95% interval starts at no effect is convinced unless it "
        f"reaches {reckon}. That holds of this family of priors, whose sd is the mean over 1.96 (Matthews 2018), and "
        f"of no other: at sd {significant(subject.family.sd)} {other}. Capped"
    )


def _first_crossing(
    subject: Subject, side: int, prior: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]], grid: np.ndarray
) -> float | None:
    """Where the posterior first just excludes no effect on the estimate's side, over priors given by mean and sd."""

    def p(x: np.ndarray) -> np.ndarray:
        better = p_better(subject, *prior(x), subject.null)
        return better if side == subject.sign else 1 - better

    roots, _ = crossings(p, grid, CONVINCED)
    return roots[0] if roots else None


def _words(subject: Subject, evidence: _Evidence, rows: list[Row], root: float | None) -> Row:
    """The sentence of the root, where there is one; of the limit otherwise."""
    named = {found["quantity"]: found for found in rows}
    main = named.get("scepticism_sd_root") or named.get("advocacy_limit_root") or named["advocacy_limit"]
    if main["reason"] == EXCLUDED:
        main = named["scepticism_limit"]
    value = main["value"] if root is None else subject.family.limits(subject.null, root)[(1 + evidence.side) // 2]
    origin = "roots on the likelihood" if subject.normal is None else "the printed estimate"
    said = f"{main['reason'][0].upper()}{main['reason'][1:]} ({origin})."
    return row("fail_safe", value, None if value is None else subject.natural(value), said)


def row(quantity: str, value: float | None, natural: float | None, reason: str) -> Row:
    """One line of the table."""
    return {"quantity": quantity, "value": value, "natural": natural, "reason": reason}
