"""The posterior predictive checks: would the fitted model produce reports like the one that was published?

Each row gives a printed number, the central 95% of its posterior predictive distribution, and whether it lies inside.
Predictions are simulated from the likelihood for each posterior draw, or averaged over draws if a closed form exists.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from scipy import stats

from bayes.base import measures
from bayes.base.written_numbers import unbounded
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit
from bayes.paper.evidence.arms import ARMS
from bayes.plots.predictive_counts import interval_of, predictive, predictive_persons
from bayes.posterior.row import CI_PROB

Row = dict[str, Any]
TAILS = ((1 - CI_PROB) / 2, (1 + CI_PROB) / 2)
DRAWS = 4000
SEED = 20260101  # fixed, so that a page can be reproduced exactly


def predictive_check(fit: Fit) -> list[Row]:
    """Return `quantity`, `arm`, `observed`, `low`, `high` and `inside` for every printed number.

    Raises
    ------
    NotFormable
        If the posterior does not determine a predictive distribution for this report.
    """
    target = fit.analysis.target
    if fit.analysis.joined_by:
        return list(_of_synthesis(fit))
    if fit.analysis.model == "independent_arms":
        raise NotFormable("priors of the two arms were fitted; the check is available only under a prior of the effect")
    return list(OF_KIND[target.evidence.kind](fit))


def cannot_fail(fit: Fit) -> str | None:
    """Return why a check of this fit could not fail under a flat prior; None if it could.

    A model with as many free parameters as the report has numbers fits any report exactly: the printed numbers always
    lie in the middle of their predictive distributions. Parameters of the prior are not counted.
    """
    if fit.analysis.joined_by or fit.analysis.model != "single_trial":
        return None
    evidence = fit.analysis.target.evidence
    if evidence.kind in ("ordinal", "ordinal_cut"):
        cuts = len(evidence.observed) - 1
        numbers, parameters = 2 * cuts, cuts + 1 + fit.analysis.likelihoods[0].startswith("partial_odds")
    elif evidence.kind == "events":
        persons = evidence.treatment.persons is not None and evidence.dispersion == "negative_binomial"
        numbers, parameters = (4, 3) if persons else (2, 2)
    elif evidence.kind == "adverse_events":
        return None
    else:
        numbers = parameters = {"binary": 2, "means": 4}.get(evidence.kind, 1)
    if parameters < numbers:
        return None
    count = {1: "one number", 2: "two numbers", 4: "four numbers"}[numbers]
    return f"the report has {count} and the model has as many free parameters, so it fits any report exactly"


def _ordinal(fit: Fit) -> Iterator[Row]:
    generator, evidence = np.random.default_rng(SEED), fit.analysis.target.evidence
    names, treatment, control = zip(*evidence.observed, strict=True)
    for arm, counts in zip(ARMS, (treatment, control), strict=True):
        shares = _draws(fit, f"p_category_{arm}")
        simulated = generator.multinomial(round(sum(counts)), shares / shares.sum(axis=1, keepdims=True))
        for i, (name, seen) in enumerate(zip(names, counts, strict=True)):
            yield _row(f"patients in category {name}", arm, float(seen), *np.quantile(simulated[:, i], TAILS))


def _counted(fit: Fit) -> Iterator[Row]:
    evidence = fit.analysis.target.evidence
    what = "persons with the event" if evidence.kind == "binary" else "events"
    for arm in ARMS:
        report = getattr(evidence, arm)
        yield _row(what, arm, report.events, *interval_of(predictive(fit, arm)))
        if evidence.kind == "events" and report.persons is not None:
            affected = predictive_persons(fit, arm)
            yield _row("persons with at least one event", arm, report.persons, *interval_of(affected))


def _means(fit: Fit) -> Iterator[Row]:
    generator = np.random.default_rng(SEED)
    for arm in ARMS:
        report = getattr(fit.analysis.target.evidence, arm)
        mean, sd = _draws(fit, f"mean_{arm}"), _draws(fit, f"sd_{arm}")
        means = generator.normal(mean, sd / np.sqrt(report.n))
        sds = sd * np.sqrt(generator.chisquare(report.n - 1, len(sd)) / (report.n - 1))
        yield _row("mean", arm, float(report.mean), *np.quantile(means, TAILS))
        yield _row("standard deviation", arm, float(report.sd), *np.quantile(sds, TAILS))


def _estimate(fit: Fit) -> Iterator[Row]:
    outcome = fit.analysis.target
    y, s = outcome.evidence.on_analysis_scale(outcome.measure)
    yield _estimated(outcome, "estimate", _draws(fit, "effect"), y, s, outcome.evidence.df)


def _bare(fit: Fit) -> Iterator[Row]:
    """Predict the p-value of a replicate study or, for a bare statement, whether it would lead to the same one."""
    outcome = fit.analysis.target
    report, theta = outcome.evidence, _draws(fit, "effect")
    generator, statistic = np.random.default_rng(SEED), report.statistic(outcome.measure)
    d, nu = theta / outcome.standard_error, statistic.df
    null = stats.norm if nu is None else stats.t(nu)
    z = generator.normal(0 if statistic.central else d, 1)
    z = z if nu is None else z / np.sqrt(generator.chisquare(nu, len(z)) / nu)
    z = z + d if statistic.central else z
    raises = 1 if (report.favours == "treatment") == (outcome.benefit == "higher") else -1
    p = 2 * null.sf(abs(z)) if report.sides == 2 else null.sf(raises * z)
    if report.kind == "p_value" and not report.p_is_bound:
        yield _row("p-value", None, float(report.p), *np.quantile(p, TAILS))
    else:
        limit = float(unbounded(report.p)) if report.kind == "p_value" else float(report.alpha)
        below = not report.falls_short
        low, high = np.quantile(p, TAILS)
        inside = low < limit if below else high >= limit
        said = f"p {'below' if below else 'not below'} {limit:g}"
        yield {"quantity": said, "arm": None, "observed": None, "low": low, "high": high, "inside": bool(inside)}


def _proportion(fit: Fit) -> Iterator[Row]:
    report = fit.analysis.target.evidence
    p = stats.binom(report.n, _draws(fit, "effect")[:, None]).pmf(np.arange(report.n + 1)).mean(axis=0)
    yield _row("patients", None, report.events, *interval_of(p))


def _table(fit: Fit) -> Iterator[Row]:
    raise NotFormable("each row of a table of adverse events has two counts, which its baseline and effect fit exactly")


def _of_synthesis(fit: Fit) -> Iterator[Row]:
    """Compare each report that has a direction with its prediction: y_i ~ N(theta_i, width of its likelihood)."""
    table = fit.tree["posterior"]["effect"]
    rows = {row["trial"]: row for row in fit.table("trials").to_dict("records")}
    for i, member in enumerate(fit.analysis.members):
        row = rows[member.name]
        if row["own"] is None or row["own"] != row["own"]:
            continue
        y = measures.to_analysis(row["own"], member.measure)
        draws = np.asarray(table.isel({table.dims[-1]: i})).ravel()[:: max(1, table[..., 0].size // DRAWS)]
        df = member.evidence.df if member.evidence.kind == "estimate" else None
        yield _estimated(member, f"{member.name}: own estimate", draws, y, row["standard_error"], df)


def _estimated(outcome, quantity: str, theta: np.ndarray, y: float, s: float, df: Decimal | None) -> Row:
    """Predict an estimate from the draws of the effect and the report's own error, normal or Student-t."""
    generator = np.random.default_rng(SEED)
    error = generator.standard_normal(len(theta)) if df is None else generator.standard_t(float(df), len(theta))
    simulated = theta + s * error
    ends = np.quantile(simulated, TAILS)
    natural = [float(measures.to_natural(v, outcome.measure)) for v in (y, *ends)]
    return _row(quantity, None, *natural)


def _draws(fit: Fit, name: str) -> np.ndarray:
    """Return at most `DRAWS` evenly spaced draws, keeping any further dimensions."""
    values = fit.tree["posterior"][name]
    flat = np.asarray(values).reshape(-1, *values.shape[2:])
    return flat[:: max(1, len(flat) // DRAWS)]


def _row(quantity: str, arm: str | None, observed: float, low: float, high: float) -> Row:
    low, high = float(low), float(high)
    return {
        "quantity": quantity,
        "arm": arm,
        "observed": float(observed),
        "low": low,
        "high": high,
        "inside": low <= observed <= high,
    }


OF_KIND = {
    "ordinal": _ordinal,
    "ordinal_cut": _ordinal,
    "binary": _counted,
    "events": _counted,
    "means": _means,
    "estimate": _estimate,
    "p_value": _bare,
    "significance": _bare,
    "proportion": _proportion,
    "adverse_events": _table,
}
