"""The posterior predictive checks: would the fitted model produce reports like the one that was published?

Each row gives a printed number, the central 95% of its posterior predictive distribution, and whether it lies inside.
Predictions are simulated from the likelihood for each posterior draw, or averaged over draws if a closed form exists.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from bayes.base import measures
from bayes.base.written_numbers import unbounded
from bayes.errors import NotFormable
from bayes.fitting.fitted import Fit, SynthesisFit
from bayes.likelihoods.registry import card_of
from bayes.paper.days_scale import SHAPE, cumulative
from bayes.paper.evidence import CensoredCounts, DaysFree, EffectAndError, Means, Medians, PairedCounts
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import ARMS, by_arm
from bayes.paper.evidence.bare_tests import BareP, Significance
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.days_free import DaysInArm
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut
from bayes.paper.trial import Outcome
from bayes.plots.predictive_counts import OF_ARMS, interval_of, predictive, predictive_persons
from bayes.posterior.row import CI_PROB
from bayes.priors.arm_pairs import ArmPair
from bayes.report.dossier.contents import Predicted
from bayes.synthesis.file import Synthesis

TAILS = ((1 - CI_PROB) / 2, (1 + CI_PROB) / 2)
DRAWS = 4000
SEED = 20260101  # fixed, so that a page can be reproduced exactly


def predictive_check(fit: Fit) -> list[Predicted]:
    """Predict every printed number of the report behind a fit.

    Raises
    ------
    NotFormable
        If the posterior does not determine a predictive distribution for this report.
    """
    target = fit.analysis.target
    if isinstance(target, Synthesis):
        return list(_of_synthesis(SynthesisFit(fit.tree, fit.analysis)))
    if isinstance(fit.analysis.formed.distribution, ArmPair):
        raise NotFormable(OF_ARMS)
    card = card_of(fit.analysis.likelihoods[0])
    if not card.predicts:
        raise NotFormable(f"{card.name} does not state what it predicts")
    return list(_of_outcome(fit, target))


def _of_outcome(fit: Fit, outcome: Outcome) -> Iterator[Predicted]:
    match outcome.evidence:
        case Ordinal() | OrdinalCut() as evidence:
            return _ordinal(fit, evidence)
        case Binary() as evidence:
            return _persons(fit, evidence)
        case CensoredCounts() as evidence:
            return _censored(fit, evidence)
        case Events() as evidence:
            return _events(fit, evidence)
        case Means() as evidence:
            return _means(fit, evidence)
        case Medians() as evidence:
            return _medians(fit, outcome, evidence)
        case PairedCounts() as evidence:
            return _discordant(fit, evidence)
        case DaysFree() as evidence:
            return _days(fit, outcome, evidence)
        case EffectAndError() as evidence:
            return _estimate(fit, outcome, evidence)
        case BareP() | Significance() as evidence:
            return _bare(fit, outcome, evidence)
        case SingleProportion() as evidence:
            return _proportion(fit, evidence)
        case AdverseEvents():
            raise NotFormable(
                "each row of a table of adverse events has two counts, which its baseline and effect fit exactly"
            )


def cannot_fail(fit: Fit) -> str | None:
    """Return why a check of this fit could not fail under a flat prior; None if it could.

    A model with as many free parameters as the report has numbers fits any report exactly: the printed numbers always
    lie in the middle of their predictive distributions. Parameters of the prior are not counted.
    """
    target = fit.analysis.target
    if isinstance(target, Synthesis) or fit.analysis.structure_card.takes != "outcome" or not fit.analysis.likelihoods:
        return None
    numbers = _independent_numbers(target)
    if numbers is None or card_of(fit.analysis.likelihoods[0]).free_parameters(target) < numbers:
        return None
    count = {1: "one number", 2: "two numbers", 4: "four numbers"}[numbers]
    return f"the report has {count} and the model has as many free parameters, so it fits any report exactly"


def _independent_numbers(outcome: Outcome) -> int | None:
    """Return how many numbers a report has that its likelihood could fail to reproduce; None for a table."""
    match outcome.evidence:
        case Ordinal() | OrdinalCut() as table:
            return 2 * (len(table.observed) - 1)
        case Events() as events:
            return 4 if events.treatment.persons is not None and events.dispersion == "negative_binomial" else 2
        case Binary() | CensoredCounts():
            return 2
        case Means():
            return 4
        case Medians(treatment=t, control=c):
            return len(t.ranked) + len(c.ranked)
        case DaysFree(treatment=t, control=c) as days:
            return sum(len(days.informative(arm)) + (arm.count is not None) for arm in (t, c))
        case EffectAndError() | BareP() | Significance() | SingleProportion() | PairedCounts():
            return 1
        case AdverseEvents():
            return None


def _ordinal(fit: Fit, evidence: Ordinal | OrdinalCut) -> Iterator[Predicted]:
    generator = np.random.default_rng(SEED)
    names, treatment, control = zip(*evidence.observed, strict=True)
    for arm, counts in zip(ARMS, (treatment, control), strict=True):
        shares = _draws(fit, f"p_category_{arm}")
        simulated = generator.multinomial(round(sum(counts)), shares / shares.sum(axis=1, keepdims=True))
        for i, (name, seen) in enumerate(zip(names, counts, strict=True)):
            yield _row(f"patients in category {name}", arm, float(seen), *np.quantile(simulated[:, i], TAILS))


def _persons(fit: Fit, evidence: Binary) -> Iterator[Predicted]:
    for arm, report in zip(ARMS, (evidence.treatment, evidence.control), strict=True):
        yield _row("persons with the event", arm, report.events, *interval_of(predictive(fit, arm)))


def _censored(fit: Fit, evidence: CensoredCounts) -> Iterator[Predicted]:
    """Compare the predicted count of each arm with the count that its bounds allow which is nearest to the median."""
    generator = np.random.default_rng(SEED)
    for name, arm in by_arm(evidence).items():
        simulated = generator.binomial(arm.n, _draws(fit, f"risk_{name}"))
        nearest = np.clip(np.median(simulated), arm.least, arm.most)
        yield _row(f"persons with the event, {arm.said}", name, float(nearest), *np.quantile(simulated, TAILS))


def _events(fit: Fit, evidence: Events) -> Iterator[Predicted]:
    for arm, report in zip(ARMS, (evidence.treatment, evidence.control), strict=True):
        yield _row("events", arm, report.events, *interval_of(predictive(fit, arm)))
        if report.persons is not None:
            affected = predictive_persons(fit, arm)
            yield _row("persons with at least one event", arm, report.persons, *interval_of(affected))


def _means(fit: Fit, evidence: Means) -> Iterator[Predicted]:
    generator = np.random.default_rng(SEED)
    for arm, report in zip(ARMS, (evidence.treatment, evidence.control), strict=True):
        mean, sd = _draws(fit, f"mean_{arm}"), _draws(fit, f"sd_{arm}")
        means = generator.normal(mean, sd / np.sqrt(report.n))
        sds = sd * np.sqrt(generator.chisquare(report.n - 1, len(sd)) / (report.n - 1))
        yield _row("mean", arm, float(report.mean), *np.quantile(means, TAILS))
        yield _row("standard deviation", arm, float(report.sd), *np.quantile(sds, TAILS))


def _medians(fit: Fit, outcome: Outcome, evidence: Medians) -> Iterator[Predicted]:
    """Predict the printed quantiles: F at order statistics is Dirichlet, from which their values follow."""
    generator = np.random.default_rng(SEED)
    logarithm = evidence.log_normal(outcome.measure)
    for arm, report in zip(ARMS, (evidence.treatment, evidence.control), strict=True):
        centre, sd = _draws(fit, f"median_{arm}"), _draws(fit, f"sd_{arm}")
        numbers, ranks = zip(*report.ranked, strict=True)
        gaps = np.diff([0.0, *ranks, report.n + 1.0])
        below = np.cumsum(generator.dirichlet(gaps, len(sd)), axis=1)[:, :-1]
        z = stats.norm.ppf(below) * sd[:, None]
        simulated = centre[:, None] * np.exp(z) if logarithm else centre[:, None] + z
        for i, (number, rank) in enumerate(zip(numbers, ranks, strict=True)):
            name = {1.0: "least value", (report.n + 1) / 2: "median", float(report.n): "greatest value"}
            which = "quartile" if report.range or report.quartiles else "limit of the median"
            quantile = name.get(rank, f"{'lower' if rank < report.n / 2 else 'upper'} {which}")
            yield _row(quantile, arm, float(number), *np.quantile(simulated[:, i], TAILS))


def _days(fit: Fit, outcome: Outcome, evidence: DaysFree) -> Iterator[Predicted]:
    """Predict the count at the floor and the quantiles of as many patients: uniform order statistics, as days."""
    generator = np.random.default_rng(SEED)
    stated = [name for name in SHAPE if name != "zero_log_odds" or evidence.zero_is_apart]
    shape, effect = {name: _draws(fit, name) for name in stated}, _draws(fit, "effect")
    for arm, side in zip(ARMS, (1, -1), strict=True):
        report: DaysInArm = getattr(evidence, arm)
        upto = cumulative(evidence, shape, side * outcome.sign * effect / 2)
        if report.count is not None:
            yield _row("worst rank", arm, report.count, *np.quantile(generator.binomial(report.n, upto[:, 0]), TAILS))
        numbers, ranks = zip(*report.ranked, strict=True)
        below = np.cumsum(generator.dirichlet(np.diff([0.0, *ranks, report.n + 1.0]), len(upto)), axis=1)[:, :-1]
        days = evidence.floor + (below[..., None] > upto[:, None]).sum(axis=-1)
        names = ("median",) if len(numbers) == 1 else ("lower quartile", "median", "upper quartile")
        for i, (name, number) in enumerate(zip(names, numbers, strict=True)):
            yield _row(name, arm, float(number), *np.quantile(days[:, i], TAILS))


def _estimate(fit: Fit, outcome: Outcome, evidence: EffectAndError) -> Iterator[Predicted]:
    y, s = evidence.on_analysis_scale(outcome.measure)
    yield _estimated(outcome, "estimate", _draws(fit, "effect"), y, s, _df(outcome))


def _bare(fit: Fit, outcome: Outcome, report: BareP | Significance) -> Iterator[Predicted]:
    """Predict the p-value of a replicate study or, for a bare statement, whether it would lead to the same one."""
    z = _statistics(fit, outcome, report)
    statistic = report.statistic(outcome.measure)
    null = stats.norm if statistic.df is None else stats.t(statistic.df)
    raises = 1 if (report.favours == "treatment") == (outcome.benefit == "higher") else -1
    p = 2 * null.sf(abs(z)) if report.sides == 2 else null.sf(raises * z)
    low, high = (float(end) for end in np.quantile(p, TAILS))
    if isinstance(report, BareP) and not report.p_is_bound:
        yield _row("p-value", None, float(report.p), low, high)
        return
    limit = float(unbounded(report.p)) if isinstance(report, BareP) else float(report.alpha)
    below = not report.falls_short
    yield {
        "quantity": f"p {'below' if below else 'not below'} {limit:g}",
        "arm": None,
        "observed": None,
        "low": low,
        "high": high,
        "inside": low < limit if below else high >= limit,
    }


def _statistics(fit: Fit, outcome: Outcome, report: BareP | Significance) -> NDArray[np.float64]:
    """Simulate the test statistic of a replicate study, one for each draw of the effect."""
    generator, statistic, error = np.random.default_rng(SEED), report.statistic(outcome.measure), outcome.standard_error
    if error is None:
        raise NotFormable("the report does not imply a standard error")
    d, nu = _draws(fit, "effect") / error, statistic.df
    z = generator.normal(0 if statistic.central else d, 1)
    z = z if nu is None else z / np.sqrt(generator.chisquare(nu, len(z)) / nu)
    return z + d if statistic.central else z


def _proportion(fit: Fit, report: SingleProportion) -> Iterator[Predicted]:
    p = stats.binom(report.n, _draws(fit, "effect")[:, None]).pmf(np.arange(report.n + 1)).mean(axis=0)
    yield _row("patients", None, report.events, *interval_of(p))


def _discordant(fit: Fit, report: PairedCounts) -> Iterator[Predicted]:
    share = special.expit(_draws(fit, "effect"))[:, None]
    p = stats.binom(report.discordant, share).pmf(np.arange(report.discordant + 1)).mean(axis=0)
    yield _row("patients with the event under treatment only", None, report.treatment_only, *interval_of(p))


def _of_synthesis(fit: SynthesisFit) -> Iterator[Predicted]:
    """Compare each report that has a direction with its prediction: y_i ~ N(theta_i, width of its likelihood)."""
    effects = _draws(fit, "effect")
    rows = fit.table("trials").dropna(subset=["own"])
    alone = zip(rows["own"].astype(float), rows["standard_error"].astype(float), strict=True)
    directed = dict(zip(rows["trial"], alone, strict=True))
    for i, member in enumerate(fit.analysis.members):
        if member.name not in directed:
            continue
        own, error = directed[member.name]
        y = measures.to_analysis(own, member.measure)
        yield _estimated(member, f"{member.name}: own estimate", effects[:, i], y, error, _df(member))


def _df(outcome: Outcome) -> float | None:
    evidence = outcome.evidence
    return evidence.statistic(outcome.measure).df if isinstance(evidence, EffectAndError) else None


def _estimated(
    outcome: Outcome, quantity: str, theta: NDArray[np.float64], y: float, s: float, df: float | None
) -> Predicted:
    """Predict an estimate from the draws of the effect and the report's own error, normal or Student-t."""
    generator = np.random.default_rng(SEED)
    error = generator.standard_normal(len(theta)) if df is None else generator.standard_t(df, len(theta))
    simulated = theta + s * error
    ends = np.quantile(simulated, TAILS)
    observed, low, high = (float(measures.to_natural(v, outcome.measure)) for v in (y, *ends))
    return _row(quantity, None, observed, low, high)


def _draws(fit: Fit, name: str) -> NDArray[np.float64]:
    """Return at most `DRAWS` evenly spaced draws, keeping any further dimensions."""
    values = fit.tree["posterior"][name]
    flat = np.asarray(values).reshape(-1, *values.shape[2:])
    return flat[:: max(1, len(flat) // DRAWS)]


def _row(quantity: str, arm: str | None, observed: float, low: float, high: float) -> Predicted:
    low, high = float(low), float(high)
    return {
        "quantity": quantity,
        "arm": arm,
        "observed": float(observed),
        "low": low,
        "high": high,
        "inside": low <= observed <= high,
    }
