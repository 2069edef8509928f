"""The ordinary quadrature, one result or analysis at a time, for what the vectorised engines do not read.

These are event rates, means of single results, risk ratios and differences of counts, effects near the ends of a
bounded scale, priors that are no mixtures of normals, and posteriors whose vectorised error stays too large.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import numpy as np

from bayes import quadrature
from bayes.analysis.analysis import Settings
from bayes.analysis.plan import alone
from bayes.base import published_tables
from bayes.base.arrays import IntArray
from bayes.base.distributions import Distribution
from bayes.corpus.answers import Answers, Thresholds
from bayes.corpus.engine.numbers import QUANTILES, Numbers
from bayes.corpus.evidence import Evidence
from bayes.paper.in_memory import outcome
from bayes.paper.trial import Outcome
from bayes.posterior.cross_check import exact_answers
from bayes.posterior.names import EFFECT
from bayes.posterior.parameter import ExactAnswer
from bayes.priors.sets import NamedPrior, PriorSet

ARMS = (("treatment", "t"), ("control", "c"))
FROM_ANSWER = [f.name for f in fields(Answers) if f.name in ExactAnswer.__dataclass_fields__]


def outcome_of(evidence: Evidence, row: int, name: str, joined: bool = False, priors_formed: bool = False) -> Outcome:
    """Return a row of a corpus of results as an outcome.

    Parameters
    ----------
    evidence : Evidence
    row : int
    name : str
        The id of the trial.
    joined : bool
        Whether it is a study of a meta-analysis, whose means enter by their difference and its standard error.
    priors_formed : bool
        Whether its priors are expressions already, so that no rule asks for the reference SD of a mean difference: the
        standard error then stands in for one that is not stated.
    """
    given = evidence.frame.iloc[row].to_dict()

    def value(key: str) -> float | None:
        found = given.get(key)
        return None if found is None or found != found else float(found)

    def whole(key: str) -> int:
        return int(float(given[key]))

    common: dict[str, object] = {"measure": given["measure"], "benefit": given["benefit"], "trial": name,
                                 "name": "effect", "label": name}  # fmt: skip
    common |= {key: value(key) for key in ("mcid", "planned", "margin", "sd_ref")}
    if priors_formed and given["measure"] == "mean_difference" and common["sd_ref"] is None:
        common["sd_ref"] = float(evidence.s[row])
    if value("rope_low") is not None and value("rope_high") is not None:
        common["rope"] = (value("rope_low"), value("rope_high"))
    if given.get("field") in published_tables.fields():  # any other has no table, and no prior that asks for it
        common["field"] = given["field"]
    report: dict[str, object]
    if joined and evidence.form[row] == "means":
        sizes = {arm: whole(f"n_{x}") for arm, x in ARMS}
        report = {"estimate": float(evidence.y[row]), "se": float(evidence.s[row]), "n": sizes}
        return outcome(**report, **common)  # type: ignore[arg-type]
    match str(evidence.form[row]):
        case "counts":
            counts = {arm: (whole(f"events_{x}"), whole(f"n_{x}")) for arm, x in ARMS}
            report = {"kind": "binary", **counts}
        case "means":
            arms = {arm: (value(f"mean_{x}"), value(f"sd_{x}"), whole(f"n_{x}")) for arm, x in ARMS}
            report = {"kind": "means", **arms}
        case "events":
            exposed = {arm: {"events": whole(f"events_{x}"), "exposure": value(f"exposure_{x}")} for arm, x in ARMS}
            report = {"kind": "events", **exposed}
        case _:
            report = {"estimate": value("estimate")} | _precision(value)
    return outcome(**report, **common)  # type: ignore[arg-type]


def _precision(value: Callable[[str], float | None]) -> dict[str, object]:
    """Return how precise an estimate is: its standard error, else its interval, else its p-value."""
    low, high = value("ci_low"), value("ci_high")
    if (se := value("se")) is not None:
        return {"se": se}
    if low is not None and high is not None:
        return {"ci": (low, high), "level": value("level")}
    return {"p": value("p")}


def answer_for(target: Outcome, prior: NamedPrior, priors: PriorSet) -> tuple[Answers, str, str]:
    """Return the answers of one result under one prior, the name of its likelihood and how it was integrated.

    Raises
    ------
    NotFormable
        If the prior lacks what it needs.
    """
    analysis = alone(target, prior, priors, Settings())
    exact = exact_answers(analysis)[EFFECT]
    found = Answers.empty(1)
    for name in FROM_ANSWER:
        value = getattr(exact, name)
        getattr(found, name)[0] = np.nan if value is None else value
    planned = target.planned
    if planned is not None:
        found.p_planned[0] = dict(exact.beyond).get(float(planned.value), np.nan)
    return found, ", ".join(analysis.likelihoods), exact.method


def ordinary_synthesis(
    evidence: Evidence, rows: IntArray, prior: Distribution, tau: Distribution | None, priors: PriorSet
) -> Numbers:
    """Return the numbers of one analysis, by the quadrature that a synthesis file would get.

    Parameters
    ----------
    evidence : Evidence
    rows : ndarray of int
        Its rows.
    prior, tau : Distribution
        Of mu and of tau; None if all trials share one effect.
    priors : PriorSet
        Its priors of baselines.
    """
    outcomes = [outcome_of(evidence, int(row), f"study_{i}", joined=True) for i, row in enumerate(rows)]
    plane = quadrature.make_plane([quadrature.curve(one, priors.nuisance) for one in outcomes])
    answer = quadrature.integrate_synthesis(plane, prior, tau)
    thresholds = Thresholds.of(outcomes[:1]).analysis
    found = Numbers.empty(1, thresholds.shape[1], len(rows))
    found.mean[0], found.sd[0], found.error[0], found.exact[0] = answer.mu_mean, answer.mu_sd, 0.0, True
    found.quantiles[0] = answer.mu_quantiles(QUANTILES)
    known = np.flatnonzero(np.isfinite(thresholds[0]))
    found.above[0, known] = [answer.p_mu_above(t) if t else answer.p_mu_above_null for t in thresholds[0, known]]
    if tau is None:
        return found
    found.new_sd[0] = np.nan if answer.new_sd is None else answer.new_sd
    found.new_quantiles[0] = answer.new_quantiles(QUANTILES)
    found.new_above[0, known] = [answer.p_new_above(t) for t in thresholds[0, known]]
    found.tau_mean[0], found.tau_sd[0] = answer.tau_mean, answer.tau_sd
    found.tau_quantiles[0] = answer.tau_quantiles(QUANTILES)
    found.effect_mean[0], found.effect_sd[0] = np.array(answer.effects).T
    weight = answer.mass.sum(axis=0)
    for i in range(len(rows)):
        s2 = plane.curves[i].width ** 2
        found.shrinkage[0, i] = float(weight @ (s2 / (s2 + answer.tau**2)))
        left = quadrature.integrate_synthesis(plane, prior, tau, [j for j in range(len(rows)) if j != i])
        found.left_mean[0, i], found.left_sd[0, i] = left.mu_mean, left.mu_sd
        found.left_above[0, i] = left.p_mu_above_null
    return found
