"""Sample spaces: the reports that might have been printed, with their probabilities under a prior, for Box's p.

    f(y) = integral of p(y | theta) p(theta) d theta,   p = P(f(Y) <= f(y))   (Box 1980, J R Stat Soc A 143:383-430)

The definition of Y depends on the kind of report; nuisance parameters keep their priors.

    counts               the persons (or events) in one arm given the total of both: f(x, T - x) over its sum
    one arm              the number of persons with the event
    discordant pairs     how many of them had the event under treatment
    means, standardised  the difference of the means, given both standard deviations
    p-value of a t test  the t statistic
    bare significance    significant or not, in favour of either arm; also a p-value printed as a bound only
    everything else      the estimate (`located`), with the error distribution of the likelihood

Counts are conditional on their total because a prior of the effect makes no statement about how common the event is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from bayes import quadrature
from bayes.base.arrays import FloatArray, IntArray, log_sum_exp
from bayes.base.distributions import Distribution
from bayes.errors import NotFormable
from bayes.likelihoods.registry import card_of
from bayes.paper.evidence import BareTest, Binary, Events, Means, PairedCounts, SingleProportion
from bayes.paper.trial import Outcome
from bayes.quadrature.densities import log_choose, log_normal_between
from bayes.quadrature.integrals import DROP, singular_ends
from bayes.quadrature.means import log_sigmas
from bayes.quadrature.two_risks import log_odds_ratio_of, log_tables
from bayes.sensitivity import located
from bayes.sensitivity.divided_events import divisions, log_probabilities
from bayes.sensitivity.subject import Subject

LOG_ODDS = "bayes.quadrature.two_risks:odds_ratio"  # the curve whose tables share one integral
TABULATED = 40  # counts whose likelihood is computed; a spline of the log predictive fills in the others
STATISTICS = 81  # values of a continuous statistic, the printed one in the middle
EFFECTS = 121  # nodes of an effect between which log p is a spline
TIE = 1e-6  # relative difference that quadrature may cause between two equally probable reports
NEGLIGIBLE = 1e-15  # prior mass of a node that cannot affect a sum
Priors = Sequence[Distribution]


@dataclass(frozen=True)
class Nodes:
    """Quadrature nodes: values of theta and weights between its bounds, and the null, on which a spike lies."""

    theta: FloatArray
    weight: FloatArray
    null: float
    bounds: tuple[float, float]

    @property
    def both(self) -> FloatArray:
        """Return the nodes, followed by the null."""
        return np.append(self.theta, self.null)

    def log_mass(self, prior: Distribution) -> FloatArray:
        """Return the log prior mass of every node and of the null, truncated to the bounds and renormalised."""
        log_prior = quadrature.log_prior_density(prior, self.theta)
        found = log_prior + singular_ends(self.theta, self.weight, log_prior, self.bounds) + np.log(self.weight)
        found = found - log_sum_exp(found)
        with np.errstate(divide="ignore"):
            return np.append(found + np.log1p(-prior.spike), np.log(prior.spike))


@dataclass(frozen=True)
class Counts:
    """A sample space of counts.

    Attributes
    ----------
    nodes : Nodes
        Quadrature nodes of the effect.
    at : ndarray of int, shape (counts,)
        Counts whose likelihood was computed.
    log_p : ndarray, shape (counts, nodes + 1)
        log p(count | theta), the null last.
    every : ndarray of int
        All possible counts.
    seen : int
        The count observed.
    ways : callable
        The log number of ways in which a count can arise. Without it, the log predictive probability changes slowly
        from count to count, so that a spline interpolates it.
    """

    nodes: Nodes
    at: IntArray
    log_p: FloatArray
    every: IntArray
    seen: int
    ways: Callable[[IntArray], FloatArray]

    def box_p(self, prior: Distribution) -> float:
        """Return the prior predictive probability of a count no more probable than the one observed."""
        log_f = log_sum_exp(self.log_p + self.nodes.log_mass(prior), axis=1)
        if len(self.every) > len(self.at):
            log_f = CubicSpline(self.at, log_f - self.ways(self.at))(self.every) + self.ways(self.every)
        f = np.exp(log_f - log_sum_exp(log_f))
        seen = float(f[np.flatnonzero(self.every == self.seen)[0]])
        return min(float(f[f <= seen * (1 + TIE)].sum()), 1.0)


@dataclass(frozen=True)
class Statistic:
    """A continuous sample space: reports y + s sinh(u) on a uniform grid of u, with log p(report | theta)."""

    nodes: Nodes
    u: FloatArray
    log_p: FloatArray

    def box_p(self, prior: Distribution) -> float:
        """Return the prior predictive probability of a statistic whose density is at most that of the one observed."""
        log_f = log_sum_exp(self.log_p + self.nodes.log_mass(prior), axis=1)
        return located.no_more_probable(self.u, log_f, np.cosh(self.u))


def box_p_of(subject: Subject, priors: Iterable[Distribution]) -> Callable[[Distribution], float]:
    """Return Box's p of a subject's report as a function of the prior.

    Parameters
    ----------
    subject : Subject
        The target and its likelihood curve.
    priors : iterable of Distribution
        The priors to which the function will be applied; the nodes are chosen for them.

    Returns
    -------
    callable
        A function from a prior to a probability.

    Raises
    ------
    NotFormable
        If the reports cannot be ranked by how surprising they are: the direction is unknown, the report was selected,
        or the data do not determine an estimate.
    """
    if subject.direction_unknown:
        raise NotFormable("the report does not say which arm it favours")
    if any(omega != 1 for omega in subject.analysis.omegas):
        raise NotFormable("the report was selected, and the other reports that might have been selected are unknown")
    if subject.why_uninformed is not None:
        raise NotFormable(subject.why_uninformed)
    space = _space(subject, tuple(priors))
    if space is not None:
        return space.box_p
    if subject.why_no_estimate is not None:
        raise NotFormable(subject.why_no_estimate)
    return lambda prior: located.box_p(subject.curve, prior, subject.null)


def _space(subject: Subject, priors: Priors) -> Counts | Statistic | None:
    """Return the sample space of an outcome's report; None if it is that of an estimate."""
    match subject.target:
        case Outcome(evidence=Binary() as table) as outcome:
            return _tables(subject, outcome, table, priors)
        case Outcome(evidence=Events() as counts):
            return _events(subject, counts, priors)
        case Outcome(evidence=SingleProportion(events=events, n=n)) as outcome:
            return _one_count(subject, outcome, events, n, priors, lambda x: {"events": x})
        case Outcome(evidence=PairedCounts(treatment_only=events, discordant=n)) as outcome:
            return _one_count(
                subject, outcome, events, n, priors, lambda x: {"treatment_only": x, "control_only": n - x}
            )
        case Outcome(evidence=Means() as means, measure="standardised_mean_difference"):
            return _standardised_means(subject, means, priors)
        case Outcome(evidence=BareTest() as test) as outcome:
            if not test.is_exact:
                return _significance(subject, outcome, test, priors)
            if test.statistic(outcome.measure).df is not None:
                return _t_statistics(subject, outcome, test, priors)
    return None


def _nodes(subject: Subject, priors: Priors, spots: Iterable[tuple[float, float]]) -> Nodes:
    """Return nodes suited to every prior and likelihood, restricted to where some prior has mass."""
    on = quadrature.table(subject.curve, [subject.null], [*spots, *quadrature.spots_of(*priors)])
    log_mass = np.array([quadrature.log_prior_density(prior, on.theta) for prior in priors]) + np.log(on.weight)
    kept = (log_mass > np.log(NEGLIGIBLE)).any(axis=0)
    return Nodes(on.theta[kept], on.weight[kept], subject.null, subject.curve.bounds)


def _thinned(every: IntArray, seen: int) -> IntArray:
    """Return all counts if they are few, else a selection, denser near both ends, that includes the one observed."""
    if len(every) <= TABULATED:
        return every
    share = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, TABULATED))
    return np.unique(np.append(every[np.round(share * (len(every) - 1)).astype(int)], seen))


def _tables(subject: Subject, outcome: Outcome, table: Binary, priors: Priors) -> Counts:
    """Return all tables with these arm sizes and this total number of persons with the event."""
    analysis, t, c = subject.analysis, table.treatment, table.control
    total = t.events + c.events
    every = np.arange(max(0, total - c.n), min(total, t.n) + 1)
    at = _thinned(every, t.events)
    inner = at[(at > 0) & (at < t.n) & (at < total) & (total - at < c.n)]

    def ways(x: IntArray) -> FloatArray:
        return log_choose(t.n, x) + log_choose(c.n, total - x)

    if card_of(analysis.likelihoods[0]).curve == LOG_ODDS:
        width = sum((1 / part for part in (inner, t.n - inner, total - inner, c.n - total + inner)), 0.0) ** 0.5
        nodes = _nodes(subject, priors, zip(log_odds_ratio_of(table, inner).tolist(), width.tolist(), strict=True))
        return Counts(nodes, at, log_tables(table, analysis.nuisance, at, nodes.both), every, t.events, ways)

    def moved(x: int) -> quadrature.Curve:
        arms = {
            "treatment": t.model_copy(update={"events": x, "percent": None}),
            "control": c.model_copy(update={"events": total - x, "percent": None}),
        }
        changed = outcome.model_copy(update={"evidence": table.model_copy(update=arms)})
        return quadrature.curve(changed, analysis.nuisance, analysis.likelihoods[0])

    curves = {x: moved(x) for x in at.tolist()}
    nodes = _nodes(subject, priors, [(curves[x].centre, curves[x].width) for x in inner.tolist()])
    log_p = np.array([curve(nodes.both) for curve in curves.values()])
    return Counts(nodes, at, log_p, every, t.events, ways)


def _events(subject: Subject, evidence: Events, priors: Priors) -> Counts:
    """Return all divisions of the events between the arms, given the total of events and, if printed, of persons."""
    analysis = subject.analysis
    every = divisions(evidence, analysis.likelihoods[0])
    at = _thinned(every, evidence.treatment.events)
    share = (at + 0.5) / (every[-1] + 1)
    centre = np.log(share / (1 - share)) - np.log(np.divide(*evidence.relative_exposure))
    width = (share * (1 - share) * (every[-1] + 1)) ** -0.5
    nodes = _nodes(subject, priors, list(zip(centre.tolist(), width.tolist(), strict=True))[:: max(1, len(at) // 8)])
    log_p = log_probabilities(evidence, analysis.nuisance, analysis.likelihoods[0], at, nodes.both)
    total = evidence.treatment.events + evidence.control.events
    return Counts(nodes, at, log_p, every, evidence.treatment.events, lambda x: log_choose(total, x))


def _one_count(
    subject: Subject, outcome: Outcome, seen: int, n: int, priors: Priors, fields: Callable[[int], dict[str, int]]
) -> Counts:
    """Return all numbers of persons with the event out of n; `fields` writes one of them into the evidence."""
    every = np.arange(n + 1)
    at = _thinned(every, seen)

    def moved(x: int) -> quadrature.Curve:
        changed = outcome.model_copy(update={"evidence": outcome.evidence.model_copy(update=fields(x))})
        return quadrature.curve(changed, subject.analysis.nuisance)

    curves = [moved(x) for x in at.tolist()]
    nodes = _nodes(subject, priors, [(curve.centre, curve.width) for curve in curves[:: max(1, len(at) // 8)]])
    log_p = np.array([curve(nodes.both) for curve in curves])
    return Counts(nodes, at, log_p, every, seen, lambda x: log_choose(n, x))


def _standardised_means(subject: Subject, evidence: Means, priors: Priors) -> Statistic:
    """Return differences of the means in the unit of the standardised effect, given both standard deviations."""
    t, c, sd, ratio = evidence.treatment, evidence.control, evidence.pooled_sd, evidence.sd_ratio
    seen = float(t.mean - c.mean) / (ratio * sd)
    s = (float(t.sd) ** 2 / t.n + float(c.sd) ** 2 / c.n) ** 0.5 / (ratio * sd)
    u = _grid(priors, seen, s)
    nodes = _nodes(subject, priors, [(subject.curve.centre, subject.curve.width)])
    (s1, log_w1), (s0, log_w0) = (log_sigmas(arm, sd, DROP) for arm in (t, c))
    log_weight = log_w1[:, None] + log_w0
    felt = log_weight > log_weight.max() - DROP
    log_weight = log_weight[felt]
    unit = ratio * ((s1[:, None] ** 2 + s0**2) / 2)[felt] ** 0.5
    variance = (s1[:, None] ** 2 / t.n + s0**2 / c.n)[felt]
    log_weight = log_weight - 0.5 * np.log(variance)
    difference = ratio * sd * (seen + s * np.sinh(u))[:, None]

    def log_p(theta: float) -> FloatArray:
        return log_sum_exp(log_weight - 0.5 * (difference - theta * unit) ** 2 / variance, axis=1)

    reach = np.arcsinh(np.abs(nodes.both).max() / s)
    v = np.linspace(-reach, reach, EFFECTS)
    spline = CubicSpline(v, np.array([log_p(theta) for theta in s * np.sinh(v)]))
    return Statistic(nodes, u, spline(np.arcsinh(nodes.both / s)).T)


def _t_statistics(subject: Subject, outcome: Outcome, test: BareTest, priors: Priors) -> Statistic:
    """Return values of the t statistic, a normal divided by the ratio of the sample SD to the true SD."""
    statistic, s = test.statistic(outcome.measure), outcome.known_standard_error
    seen = _towards(subject, test) * statistic.quantile(test.upper_tail)
    u = _grid(priors, seen * s, s)
    nodes = _nodes(subject, priors, [(subject.curve.centre, subject.curve.width)])
    ratio, log_weight = (values[::4] for values in statistic.ratios())
    t, d = seen + np.sinh(u), nodes.both[:, None] / s
    distances = (statistic.distance(x, d, ratio) for x in t)
    log_p = [log_sum_exp(-0.5 * distance**2 + np.log(ratio) + log_weight, axis=1) for distance in distances]
    return Statistic(nodes, u, np.array(log_p))


def _significance(subject: Subject, outcome: Outcome, test: BareTest, priors: Priors) -> Counts:
    """Return the four possible reports: significant or not significant, in favour of either arm."""
    statistic, s = test.statistic(outcome.measure), outcome.known_standard_error
    critical = statistic.quantile(test.upper_tail)
    ratio, log_weight = statistic.ratios()
    nodes = _nodes(subject, priors, [(side * critical * s, s) for side in (-1, 0, 1)])
    d = nodes.both[:, None] / s
    limits = [statistic.distance(low, d, ratio) for low in (-critical, 0.0, critical)]
    edges = [np.full_like(limits[0], -np.inf), *limits, np.full_like(limits[0], np.inf)]
    cells = [log_normal_between(low, high) for low, high in zip(edges[:-1], edges[1:], strict=True)]
    log_p = np.array([log_sum_exp(cell + log_weight, axis=1) for cell in cells])
    significant = not test.falls_short  # "p > 0.2" was seen not to reach the value for 0.2
    seen = (3 if significant else 2) if _towards(subject, test) > 0 else (0 if significant else 1)
    return Counts(nodes, np.arange(4), log_p, np.arange(4), seen, lambda x: np.zeros(len(x)))


def _towards(subject: Subject, test: BareTest) -> int:
    """Return the sign of the effect that a bare report favours: 1 for a higher effect, -1 for a lower one."""
    return subject.sign if test.favours == "treatment" else -subject.sign


def _grid(priors: Priors, y: float, s: float) -> FloatArray:
    return max((located.spread_out(y, s, prior, STATISTICS) for prior in priors), key=lambda u: u[-1])
