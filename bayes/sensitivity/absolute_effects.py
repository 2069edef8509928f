"""Absolute effects: the risk difference that a relative effect implies at each risk without treatment."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import NotRequired, TypedDict

import numpy as np
import pandas as pd

from bayes.base.arrays import FloatArray
from bayes.base.numbers import article
from bayes.base.numbers_needed import number_needed
from bayes.paper.evidence import DigitisedCurve, Survival
from bayes.paper.evidence.arms import EventsInArm
from bayes.paper.evidence.censored_counts import CensoredCounts, CountWithin
from bayes.paper.evidence.counts import Binary, Events
from bayes.paper.evidence.ordinal import OrdinalTable
from bayes.paper.evidence.rates import Percentages, Rates
from bayes.paper.ordinal_scale import main_dichotomy, summaries
from bayes.paper.scales import Dichotomy
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import TAILS, Subject, Target
from bayes.synthesis.file import Synthesis

RISKS = (0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90)
RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
OF_RISK = ("odds_ratio", "common_odds_ratio", "risk_ratio", "hazard_ratio", "risk_difference")


class BaselineRiskRow(TypedDict):
    """A control risk (or rate), and the absolute effect there; only a reason for a measure without one."""

    control_risk: float | None  # the risk or rate without treatment
    observed: NotRequired[bool]  # whether it is that of the control arm, or the median of a synthesis's control arms
    per: NotRequired[str | None]  # the denominator of a rate; None for a risk
    treated_risk: NotRequired[float]  # the risk or rate with treatment, posterior median
    risk_difference: NotRequired[float]  # treatment minus control, posterior median
    low: NotRequired[float]  # lower 95% limit of the difference
    high: NotRequired[float]  # upper 95% limit of the difference
    p_benefit: NotRequired[float]  # the same at every control risk
    nnt: NotRequired[str]  # number needed to treat, in words
    reason: str | None  # why there is no absolute effect


def baseline_risk(
    target: Target,
    control: Sequence[float] | None = None,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Tabulate the risk difference and number needed to treat over control risks, under the main prior (METHODS 6).

    The relative effect is assumed constant over control risks. For a common odds ratio, the risk is that of reaching a
    given category or a better one (a worse one if a lower ratio is better). For a rate ratio, it is a rate per
    participant, or per unit of exposure if the report gives exposure but no numbers of persons, and the number needed
    to treat is per event.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    control : sequence of float, optional
        Control risks (between 0 and 1) or rates to tabulate; by default a range from low to high and the observed one.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per control risk: `control_risk`; `observed`, whether it is the risk observed in the control arm (of an
        ordinal scale that of its usual dichotomy, of a synthesis the median over the trials that count it); `per`,
        the denominator of a rate; `treated_risk` (posterior median); `risk_difference` (treatment minus control) with
        the limits `low` and `high` of its 95% credible interval; `p_benefit`; and `nnt` in words (NNTB: patients
        treated for one more to benefit; NNTH: for one more to be harmed). A measure without an absolute effect gives
        one row with a `reason`.
    """
    return pd.DataFrame(baseline_risk_rows(Subject.of(target, prior, prior_set, priors), control))


def baseline_risk_rows(subject: Subject, control: Sequence[float] | None = None) -> list[BaselineRiskRow]:
    """List the rows of `baseline_risk` for a subject."""
    measure = subject.target.measure
    if measure not in (*OF_RISK, "rate_ratio"):
        return [{"control_risk": None, "reason": f"{article(measure)} does not imply an absolute risk"}]
    posterior = subject.under(subject.prior)
    theta = np.array(posterior.quantiles(TAILS))
    benefit = subject.row(posterior)["p_benefit"]
    seen = _observed(subject)
    shown = control or (_rates(subject, seen) if measure == "rate_ratio" else RISKS)
    rows: list[BaselineRiskRow] = []
    for risk in sorted({*shown, *([] if seen is None else [seen])}):
        treated = _treated(measure, risk, theta)
        if treated is None:
            continue
        low, middle, high = (float(x) for x in np.sort(treated - risk))
        benefits = sorted(subject.sign * x for x in (low, middle, high))
        rows.append(
            {
                "control_risk": risk,
                "observed": risk == seen,
                "per": _per(subject),
                "treated_risk": risk + middle,
                "risk_difference": middle,
                "low": low,
                "high": high,
                "p_benefit": benefit,
                "nnt": number_needed(*benefits)["text"],
                "reason": None,
            }
        )
    return rows


def _rates(subject: Subject, seen: float | None) -> Sequence[float]:
    """Return rates per participant or, if the report gives exposure only, a range around its rate per unit of it."""
    match subject.evidence:
        case Events(control=EventsInArm(n=None)) | Rates() if seen is not None:
            return [float(f"{seen * factor:.3g}") for factor in (0.1, 0.25, 0.5, 2, 4, 10)]
    return RATES


def _per(subject: Subject) -> str | None:
    """Return the denominator of a rate, or None for a risk."""
    if subject.target.measure != "rate_ratio":
        return None
    match subject.evidence:
        case Events(control=EventsInArm(n=None), per=unit):
            return unit or "unit of exposure"
        case Rates(per=unit):
            return unit
    return "participant"


def _observed(subject: Subject) -> float | None:
    """Return the risk or rate observed in the control arm, of a synthesis the median of its trials; None for none.

    The median over the trials is the control risk of a summary of findings (GRADE handbook, section 14.1.6).
    """
    if not isinstance(subject.target, Synthesis):
        return _of_control(subject.target)
    found = [risk for member in subject.target.members if (risk := _of_control(member)) is not None]
    return median(found) if found else None


def _of_control(outcome: Outcome) -> float | None:
    """Return the risk or rate in the control arm, if the report counts it and it is not zero.

    A rate is per average follow-up of a person or, without numbers of persons, per unit of exposure. The risk of an
    ordinal scale is that of the better side of its usual dichotomy, or of the worse one if a lower ratio is better;
    that of survival at a time is of the event for a hazard ratio, else of being without it.
    """
    match outcome.evidence:
        case Binary(control=arm):
            found = arm.events / arm.n
        case CensoredCounts(control=CountWithin(is_exact=True) as arm):
            found = arm.least / arm.n
        case Events(control=EventsInArm(n=None, events=events, exposure=Decimal() as exposure)):
            found = events / float(exposure)
        case Events(control=arm) as evidence:
            found = arm.events / evidence.relative_exposure[1]
        case Rates(control=arm):
            found = float(arm.rate)
        case Percentages(control=arm):
            found = arm.share
        case OrdinalTable(observed=observed):
            names, *counts = zip(*observed, strict=True)
            cut = main_dichotomy(names)
            if cut is None:
                return None
            treatment, control = (np.array(of_arm) / sum(of_arm) for of_arm in counts)
            good = summaries(treatment, control, names)[f"p_{cut.name}_control"]
            found = float(good if outcome.benefit == "higher" else 1 - good)
        case Survival() | DigitisedCurve() as survival if (share := survival.control_survival) is not None:
            found = 1 - share if outcome.measure == "hazard_ratio" else share
        case _:
            return None
    return found if found > 0 else None


def counted(target: Outcome | Synthesis) -> Dichotomy | None:
    """Return the dichotomy whose share `baseline_risk` marks as observed; None without one, or with several."""
    outcomes = target.members if isinstance(target, Synthesis) else [target]
    tables = [one.evidence for one in outcomes if isinstance(one.evidence, OrdinalTable)]
    cuts = {cut for table in tables if (cut := main_dichotomy([name for name, _, _ in table.observed]))}
    return next(iter(cuts)) if len(cuts) == 1 else None


def _treated(measure: str, risk: float, theta: FloatArray) -> FloatArray | None:
    """Return the risks under treatment, or None if any of them would fall outside 0 to 1."""
    if measure in ("odds_ratio", "common_odds_ratio"):
        odds = risk / (1 - risk) * np.exp(theta) if risk < 1 else np.full_like(theta, np.inf)
        return 1 - 1 / (1 + odds)
    if measure == "hazard_ratio":
        return 1 - (1 - risk) ** np.exp(theta)
    treated = risk + theta if measure == "risk_difference" else risk * np.exp(theta)
    return treated if measure == "rate_ratio" or 0 <= treated.min() <= treated.max() <= 1 else None
