"""The truth of a case, drawn from its priors, and the analysis of reports drawn from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from calibration.sbc.case import COVARIATE, JOINT, NU, SLOPE, TAU, Case
from calibration.sbc.simulated import Random, Report
from numpy.typing import NDArray
from support.trials import trial_of

from bayes.analysis.analysis import Analysis, Settings
from bayes.analysis.plan import make_plan
from bayes.base.toml import validate
from bayes.errors import InvalidInput
from bayes.paper.trial import Outcome, Trial
from bayes.priors.sets import PriorSet
from bayes.synthesis.file import synthesis_of

CHAINS, KEPT, TUNE = 2, 100, 500
ATTEMPTS = 200_000
BENEFIT = "higher"
OWN = "own"  # the name of a prior of both arms or of a table in the prior set of a case
BOUNDS = {"risk_difference": (-1.0, 1.0)}


@dataclass(frozen=True)
class Simulated:
    """A truth with the analysis of the reports drawn from it.

    Attributes
    ----------
    truth : dict of float
        By parameter: "effect", or "mu", "tau", "new_trial" and "theta[0]", and nuisance parameters of the first report.
    analysis : Analysis
    attempts : int
        How often a truth was drawn until its reports were of the kind that the case asks for.
    """

    truth: Mapping[str, float]
    analysis: Analysis
    attempts: int


def simulate(case: Case, random: Random, seed: int) -> Simulated:
    """Draw truths until one gives reports that the design asks for and that the package accepts."""
    for attempt in range(1, ATTEMPTS + 1):
        truth, reports = _drawn(case, random)
        if reports is None:
            continue
        try:
            outcomes = [_outcome(case, report, i) for i, report in enumerate(reports)]
            analysis = _analysis(case, outcomes, seed)
        except InvalidInput:  # such as no event in either arm: a refusal depends on the data alone
            continue
        return Simulated(truth, analysis, attempt)
    raise RuntimeError(f"{case.name}: no report of this kind in {ATTEMPTS} truths")


def _drawn(case: Case, random: Random) -> tuple[dict[str, float], list[Report] | None]:
    """Draw a truth and its reports; None in their place where one is not of the kind that the design asks for."""
    kind = case.kind
    if case.structure == "adverse_event_hierarchy":
        found = kind.simulate(random, **kind.settings)
        return ({}, None) if found is None else ({"effect": float(found[0][0])} | found[1].known, [found[1]])
    if case.structure == "independent_arms":
        effect, report = kind.simulate(random, kind.measure, **kind.settings)
        return {"effect": effect} | report.known, [report]
    truth, effects = _effects(case, random)
    reports: list[Report] = []
    for effect in effects:
        report = kind.simulate(random, effect, **kind.settings)
        if report is None:
            return truth, None
        reports.append(report)
    return truth | reports[0].known, reports


def _effects(case: Case, random: Random) -> tuple[dict[str, float], list[float]]:
    """Draw the effect, or the parameters of a structure and the effect of every trial."""
    centre = _of_prior(case, random)
    if case.structure == "single_trial":
        return {"effect": centre}, [centre]
    if case.structure == "common_effect":
        return {"mu": centre}, [centre] * case.trials
    tau = abs(random.normal(0, TAU))
    e = random.standard_t(NU, case.trials + 1) if case.structure == "robust_random_effects" else random.standard_normal(case.trials + 1)
    truth, expected = {"mu": centre, "tau": tau}, np.full(case.trials, centre)
    if case.structure == "meta_regression":
        truth["beta"] = random.normal(0, SLOPE)
        expected = centre + truth["beta"] * (_covariate(case) - _covariate(case).mean())
    effects = (expected + tau * e[:-1]).tolist()
    return truth | {"new_trial": centre + tau * e[-1], "theta[0]": effects[0]}, effects


def _covariate(case: Case) -> NDArray[np.float64]:
    """Return the covariate of every trial."""
    return np.array(COVARIATE[: case.trials])


def _of_prior(case: Case, random: Random) -> float:
    """Draw the effect from its prior, truncated to the range of its measure."""
    family, first, second = case.kind.effect
    low, high = BOUNDS.get(case.kind.measure, (-np.inf, np.inf))
    while True:
        drawn = random.beta(first, second) if family == "beta" else random.normal(first, second)
        if low < drawn < high:
            return float(drawn)


def _outcome(case: Case, report: Report, number: int) -> Outcome:
    """Return the outcome of a little trial of its own."""
    stated = trial_of(case.kind.measure, BENEFIT, report.evidence) | {"id": f"t{number}"}
    if case.structure in ("single_trial", *JOINT):
        stated["outcomes"]["it"]["likelihood"] = case.likelihood
    return validate(Trial, stated, case.name).outcomes["it"]


def _analysis(case: Case, outcomes: list[Outcome], seed: int) -> Analysis:
    """Return the analysis of the outcomes under the priors of the case."""
    priors = PriorSet.model_validate(case.kind.priors)
    settings = Settings(chains=CHAINS, draws=KEPT * case.thinned, tune=TUNE, seed=seed)
    name = OWN if case.structure in ("independent_arms", "adverse_event_hierarchy") else case.kind.prior
    if case.structure not in JOINT:
        return make_plan(outcomes, priors, [name], settings).analyses[0]
    about = {} if case.structure == "common_effect" else {"heterogeneity": {"distribution": f"half_normal({TAU})", "rationale": "simulated"}}
    if case.structure == "meta_regression":
        about["covariate"] = {"label": "x", "values": _covariate(case).tolist(), "distribution": f"normal(0, {SLOPE})", "rationale": "simulated"}
    synthesis = synthesis_of(outcomes, model=case.structure, **about)
    return make_plan([synthesis], priors, [name], settings).analyses[0]
