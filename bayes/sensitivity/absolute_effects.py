"""Baseline risk: what a relative effect means for patients whose risk without the treatment is this or that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bayes.base import measures
from bayes.base.numbers import article
from bayes.paper.evidence.counts import Binary, Events
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.subject import TAILS, Row, Subject, Target

RISKS = (0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90)
RATES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
OF_RISK = ("odds_ratio", "common_odds_ratio", "risk_ratio", "hazard_ratio", "risk_difference")


def baseline_risk(
    target: Target,
    control: Sequence[float] | None = None,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Risk difference and number needed to treat over control risks, under the main prior.

    The relative effect is taken to be the same at every control risk. With a common odds ratio the risk is that of
    being at or better than a category (worse, where a lower ratio is better); with a rate ratio it is a rate per
    participant (per unit of the printed exposure where persons are not), and the number needed is per event.

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
    control : sequence of float, optional
        Control risks (or rates) to show.
    prior : str, optional
        The main prior: a name of the set, a named rule or an expression; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors; `priors` is the older spelling.

    Returns
    -------
    DataFrame
        `control_risk`, whether it is the one `observed`, of a rate what it is `per`; `treated_risk` (median),
        `risk_difference` with `low` and `high` (95% credible interval, treatment minus control), `p_benefit`; `nnt` in
        words: NNTB patients treated for one more to benefit, NNTH for one more to be harmed. `reason` where the measure
        has no absolute effect.
    """
    return pd.DataFrame(baseline_risk_rows(Subject.of(target, prior, prior_set, priors), control))


def baseline_risk_rows(subject: Subject, control: Sequence[float] | None = None) -> list[Row]:
    """List the rows of `baseline_risk` for a subject."""
    measure = subject.target.measure
    if measure not in (*OF_RISK, "rate_ratio"):
        return [{"control_risk": None, "reason": f"{article(measure)} says nothing of risks"}]
    posterior = subject.under(subject.prior)
    theta = np.array(posterior.quantiles(TAILS))
    benefit = subject.row(posterior)["p_benefit"]
    seen = _observed(subject)
    shown = control or (_rates(subject, seen) if measure == "rate_ratio" else RISKS)
    rows = []
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
                "nnt": measures.number_needed(*benefits)["text"],
                "reason": None,
            }
        )
    return rows


def _rates(subject: Subject, seen: float | None) -> Sequence[float]:
    """Rates per participant or, where the report is over exposure alone, a span around its own rate per unit of it."""
    evidence = None if subject.is_synthesis else subject.target.evidence
    if evidence is None or evidence.kind != "events" or evidence.control.n is not None or seen is None:
        return RATES
    return [float(f"{seen * factor:.3g}") for factor in (0.1, 0.25, 0.5, 2, 4, 10)]


def _per(subject: Subject) -> str | None:
    """What a rate is per; None of a risk."""
    if subject.target.measure != "rate_ratio":
        return None
    evidence = None if subject.is_synthesis else subject.target.evidence
    if evidence is None or evidence.kind != "events" or evidence.control.n is not None:
        return "participant"
    return evidence.per or "unit of exposure"


def _observed(subject: Subject) -> float | None:
    """The control arm's own risk or rate, where it was counted."""
    evidence = None if subject.is_synthesis else subject.target.evidence
    if evidence is None or evidence.kind not in ("binary", "events"):
        return None
    found = evidence.control.events / _size(evidence)
    return found if found > 0 else None


def _size(evidence: Binary | Events) -> float:
    """What the control arm's count is divided by: persons, average follow-ups or, without persons, exposure."""
    if evidence.kind == "binary":
        return evidence.control.n
    return evidence.relative_exposure[1] if evidence.control.n is not None else float(evidence.control.exposure)


def _treated(measure: str, risk: float, theta: np.ndarray) -> np.ndarray | None:
    """Risks under treatment; None where an interval would leave 0 to 1."""
    if measure in ("odds_ratio", "common_odds_ratio"):
        odds = risk / (1 - risk) * np.exp(theta) if risk < 1 else np.full_like(theta, np.inf)
        return 1 - 1 / (1 + odds)
    if measure == "hazard_ratio":
        return 1 - (1 - risk) ** np.exp(theta)
    treated = risk + theta if measure == "risk_difference" else risk * np.exp(theta)
    return treated if measure == "rate_ratio" or 0 <= treated.min() <= treated.max() <= 1 else None
