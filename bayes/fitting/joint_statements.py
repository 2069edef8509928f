"""Joint statements about several outcomes of one trial: P(benefit on the mRS and no excess of serious adverse events).

Each outcome is analysed alone, so their dependence must be assumed. It is expressed as the posterior correlation r of
the effects, each oriented towards benefit, under a Gaussian copula:

    P(all) = P(Z_1 < q(p_1), ..., Z_k < q(p_k)),   Z standard normal, every pair correlated by r

with p_j the posterior probability of statement j. The Frechet bounds, max(0, sum p - k + 1) and min p, hold under any
dependence (Nelsen 2006, An Introduction to Copulas, section 2.5; METHODS 6).

On request the effects are also shrunken towards one another, as exchangeable effects on the same patients.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from bayes.analysis.analysis import Analysis
from bayes.analysis.plan import make_plan
from bayes.analysis.targets import Target, resolve
from bayes.base.tables import Tabular
from bayes.errors import InvalidInput, Mistake, NotFormable
from bayes.fitting.shrunken_effects import RHO, NormalReport, Shrunken
from bayes.fitting.statements import Statement, statement_about
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet, as_set

SHOWN = (-0.6, -0.3, 0.0, 0.3, 0.6, 0.9)
NODES = np.polynomial.hermite_e.hermegauss(201)


@dataclass(frozen=True)
class Joint(Tabular):
    """The joint probability of several statements.

    Attributes
    ----------
    statements : tuple of Statement
        Each statement with its own posterior probability.
    correlations : tuple of float
        Assumed posterior correlations of the effects, each oriented towards benefit.
    shrunken : Shrunken or None
        The effects shrunken towards one another, if that was requested.
    """

    statements: tuple[Statement, ...]
    correlations: tuple[float, ...]
    shrunken: Shrunken | None = None

    def summary(self) -> pd.DataFrame:
        """Return the probabilities: a row per correlation and per bound, as `tables()["together"]`."""
        return self.to_frame()

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Return `together`, a row per correlation (`r`) and per bound with `p_all` and `p_none`; and `statements`.

        If shrinkage was requested, `shrunken` as well: a row per correlation of the errors and outcome.
        """
        alone = [{"outcome": s.outcome.name, "statement": s.words, "p": s.probability} for s in self.statements]
        found: dict[str, list[dict[str, Any]]] = {"together": self._together(), "statements": alone}
        return found if self.shrunken is None else {**found, "shrunken": [{**row} for row in self.shrunken.rows]}

    def __str__(self) -> str:
        """Return each statement with its probability, and the joint probabilities, as text."""
        lines = [f"P({s.outcome.name} {s.words}) = {s.probability:.3f}" for s in self.statements]
        table = self.summary().to_string(index=False, float_format="{:.3f}".format, na_rep="")
        shrunken = [] if self.shrunken is None else ["", str(self.shrunken)]
        return "\n".join([*lines, table, *shrunken])

    def _together(self) -> list[dict[str, Any]]:
        p = np.array([s.probability for s in self.statements])
        rows = []
        for r in self.correlations:
            assumed = "independent" if r == 0 else "correlated"
            rows.append({"assumed": assumed, "r": r, "p_all": together(p, r), "p_none": together(1 - p, r)})
        for name, bound in (("least possible", _least), ("most possible", np.min)):
            rows.append({"assumed": name, "r": None, "p_all": float(bound(p)), "p_none": float(bound(1 - p))})
        return rows


def joint(
    statements: Mapping[Target, str | float] | Sequence[tuple[Target, str | float]],
    prior: str = "neutral",
    *,
    correlations: Sequence[float] | None = None,
    shrink: bool = False,
    rho: float | str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> Joint:
    """Compute the joint probability of several statements about outcomes of one trial (METHODS 6).

    Parameters
    ----------
    statements : mapping of target to statement, or sequence of (target, statement)
        Each target is an outcome, as `bayes.resolve` accepts it. The statement is "benefit", the effect is on the side
        of benefit; "no excess", it is not on the side of harm (the same, except that a spike at no effect counts);
        "mcid", it is at least as good as the MCID; or a number on the measure's own scale, it is at least that good (a
        number on the side of harm is a non-inferiority margin).
    prior : str
        The prior of every effect: a name from the set, a rule, or an expression on the analysis scale.
    correlations : sequence of float, optional
        Assumed posterior correlations of the effects, each oriented towards benefit and equal for all pairs: from 0 to
        1, or from -1 to 1 for two outcomes. By default those of `SHOWN` that are possible.
    shrink : bool
        Whether to shrink the effects towards one another as well. True effects, oriented towards benefit and in units
        of the sd of their normal priors, are then exchangeable, and `correlations` (below 1 in size) are also those of
        the errors of the estimates. This is a judgement, to be declared before the results are seen.
    rho : float or str, optional
        With `shrink`: the correlation of the true effects, from 0 (nothing is borrowed but through the errors) to 1
        (one effect for all), or its prior, `uniform` or `beta`; by default "uniform(0, 1)".
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    Joint
        The joint probability under every correlation, with the Frechet bounds; with `shrink`, the table "shrunken" of
        every outcome alone and together with the others.

    Raises
    ------
    InvalidInput
        If fewer than two outcomes are named, they are from different patients, or a correlation is out of range; with
        `shrink`, also if a prior is not normal, or a report does not say which arm it favours or narrows no prior.
    NotFormable
        If the prior cannot be formed or is not one of the effect, or a statement is "mcid" and the outcome states no
        MCID.

    Examples
    --------
    >>> import bayes
    >>> print(bayes.joint({"mesems:gel_24w": "benefit", "mesems:sae_24w": "no excess"}, correlations=[0.3]))
    P(mesems:gel_24w benefit) = 0.583
    P(mesems:sae_24w no excess) = 0.880
           assumed     r  p_all  p_none
        correlated 0.300  0.538   0.074
    least possible       0.463   0.000
     most possible       0.583   0.120
    """
    stated = statements.items() if isinstance(statements, Mapping) else statements
    pairs = _outcomes(stated)
    least = -1 if len(pairs) == 2 else 0
    shown = [r for r in SHOWN if r >= least] if correlations is None else correlations
    _refuse(pairs, shown, least)
    _refuse_shrinkage(shrink, rho, shown)
    plan = make_plan([outcome for outcome, _ in pairs], as_set(prior_set, priors), [prior])
    if plan.skipped:
        raise NotFormable(f"prior {prior!r} for {plan.skipped[0].target.name}: {plan.skipped[0].reason}")
    main = {a.target.name: a for a in reversed(plan.analyses)}
    found = [statement_about(main[outcome.name], what) for outcome, what in pairs]
    answer = Joint(tuple(found), tuple(float(r) for r in shown))
    if not shrink:
        return answer
    analyses = [main[outcome.name] for outcome, _ in pairs]
    return replace(answer, shrunken=_shrunken(analyses, found, RHO if rho is None else rho, shown))


def together(probabilities: NDArray[np.float64], r: float) -> float:
    """Return P(every statement) under a Gaussian copula with correlation r between all pairs.

    For r >= 0 there is one shared factor, Z_j = sqrt(r) F + sqrt(1 - r) E_j. For two statements and r < 0,
    P(A and B) = P(A) - P(A and not B).
    """
    p = np.clip(np.asarray(probabilities, float), 0.0, 1.0)
    if r < 0:
        return float(p[0] - together(np.array([p[0], 1 - p[1]]), -r))
    if r > 0.999:
        return float(p.min())
    node, weight = NODES
    limits = (ndtri(p)[:, None] - np.sqrt(r) * node) / np.sqrt(1 - r)
    return float(np.prod(ndtr(limits), axis=0) @ weight / weight.sum())


def _shrunken(
    analyses: Iterable[Analysis], statements: Iterable[Statement], rho: float | str, correlations: Sequence[float]
) -> Shrunken:
    """Shrink the effects of several analyses; every report that has no normal summary is a mistake."""
    reports: list[NormalReport] = []
    mistakes: list[Mistake] = []
    for analysis, statement in zip(analyses, statements, strict=True):
        try:
            reports.append(NormalReport.of(analysis, statement))
        except InvalidInput as error:
            mistakes += error.mistakes
    if mistakes:
        raise InvalidInput("shrinkage", mistakes)
    return Shrunken.of(reports, rho, correlations)


def _least(p: NDArray[np.float64]) -> float:
    return max(0.0, float(p.sum()) - len(p) + 1)


def _outcomes(stated: Iterable[tuple[Target, str | float]]) -> list[tuple[Outcome, str | float]]:
    """Resolve the targets of statements; every synthesis among them is a mistake."""
    pairs: list[tuple[Outcome, str | float]] = []
    mistakes: list[str] = []
    for target, what in stated:
        found = resolve(target)
        if isinstance(found, Outcome):
            pairs.append((found, what))
        else:
            mistakes.append(f"{found.name} is a synthesis; outcomes of one trial are required")
    if mistakes:
        raise InvalidInput("joint statement", mistakes)
    return pairs


def _refuse(pairs: Sequence[tuple[Outcome, str | float]], correlations: Sequence[float], least: int) -> None:
    mistakes = []
    names = [outcome.name for outcome, _ in pairs]
    if len(set(names)) < 2 or len(set(names)) < len(names):
        mistakes.append(f"found {', '.join(names) or 'no outcomes'}; two or more different outcomes are required")
    elif not frozenset.intersection(*(outcome.patient_sources for outcome, _ in pairs)):
        mistakes.append("the outcomes are from different patients: their posteriors are independent, so multiply them")
    mistakes += [f"{o.name} is a table of adverse events; one effect is required" for o, _ in pairs if o.rows]
    mistakes += [f"correlation {r:g} is not between {least} and 1" for r in correlations if not least <= r <= 1]
    if mistakes:
        raise InvalidInput("joint statement", mistakes)


def _refuse_shrinkage(shrink: bool, rho: float | str | None, correlations: Sequence[float]) -> None:
    if rho is not None and not shrink:
        raise InvalidInput("rho", [f"found {rho} without shrinkage; accepted: rho together with shrink"])
    if shrink and any(abs(r) == 1 for r in correlations):
        said = "errors of different estimates cannot have a correlation of 1 or -1"
        raise InvalidInput("shrinkage", [f"{said}; accepted: correlations below 1 in size"])
