"""Information about an effect in one patient or one event: the unit in which the size of a prior is expressed.

    i(theta) = information of the whole trial at theta / its patients (or events)

It is the expected Fisher information, not the observed one: if an arm has no events, the observed information does not
exist, although patients of such a trial would be informative. Nuisance parameters are held at their values in both arms
together, with half the effect to either side (METHODS 0). With r the proportion of patients in the treatment arm, p1
and p0 the risks, and q = 1 - p:

    odds ratio           1/i = 1/(r p1 q1) + 1/((1 - r) p0 q0)
    risk ratio           1/i = q1/(r p1) + q0/((1 - r) p0)
    risk difference      1/i = p1 q1/r + p0 q0/(1 - r)
    T events             1/i = 1/m1 + 1/m0 + T (1/n1 + 1/n0)/k,  m the proportions of events per arm, k the size
    proportional odds    Whitehead's, at the category proportions of both arms together (METHODS 4)
    difference of means  n i = 1/s^2; standardised 1/(s^2 + theta^2/(2 n))
    an estimate          n i = 1/s^2; with a t error (df + 1)/((df + 3) s^2)
    discordant pairs     i = p q, p the proportion of them with the event under treatment

Averaged over a prior, it is the unit of the prior's effective size, E[i_p] / E[i]. If i is constant, this is ELIR
(Neuenschwander et al. 2020). If it is not, E[i_p / i] would be dominated by effects at which a patient carries almost
no information, and it does not exist for a Student-t prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit, ndtr

from bayes import quadrature
from bayes.base.arrays import FloatArray
from bayes.base.distributions import Distribution
from bayes.base.measures import Measure
from bayes.errors import NotFormable
from bayes.likelihoods.choice import default_likelihood
from bayes.likelihoods.registry import card_of
from bayes.paper.evidence import (
    BareTest,
    Binary,
    CensoredCounts,
    DaysFree,
    EffectAndError,
    Events,
    Means,
    Medians,
    OrdinalTable,
    PairedCounts,
    PairedMeans,
    SingleProportion,
    Tested,
)
from bayes.paper.trial import Outcome
from bayes.quadrature.densities import log_density, quantiles
from bayes.quadrature.integrals import panels, towards
from bayes.sensitivity.divided_events import summed
from bayes.sensitivity.peak import NO_MAXIMUM
from bayes.sensitivity.subject import Subject

EVENT_SD = 2.0  # sd of one event on a log hazard ratio, s^2 = 4/d (Spiegelhalter, Freedman and Parmar 1994)
PER_EVENT = "events"
LEVELS: list[float] = ndtr(np.linspace(-6, 6, 201)).tolist()  # prior quantiles that divide the range of integration
OfEffect = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Unit:
    """The unit of a prior's effective size: one patient or one event.

    Attributes
    ----------
    data : float
        Number of units in the data.
    name : str
        "patients" or "events".
    information : callable, optional
        Information i(theta) of one unit on the analysis scale, NaN if the effect is impossible at the overall risk
        observed; None for a proportion, whose beta priors count patients directly.
    edges : tuple of float
        Effects at which the risk of an arm is 0 or 1: the information is steep there, and undefined beyond.
    """

    data: float
    name: str
    information: OfEffect | None
    edges: tuple[float, ...] = ()

    def sd(self, prior: Distribution, bounds: tuple[float, float]) -> float | None:
        """Return the standard deviation of an estimate from one unit, E[i]^(-1/2) averaged over a prior.

        Parameters
        ----------
        prior : Distribution
            The prior of the effect, on the analysis scale.
        bounds : (float, float)
            Limits of the effect, on the analysis scale.

        Returns
        -------
        float or None
            None for a proportion.

        Raises
        ------
        NotFormable
            If no effect allowed by the prior is possible at the overall risk observed.
        """
        if self.information is None:
            return None
        near = [x for edge in self.edges for x in towards(edge, -edge)]
        total, mass = 0.0, 0.0
        for share, part in prior.components:
            theta, width = panels(np.clip([*quantiles(part, LEVELS), *near], *bounds), order=4)
            weight, found = width * np.exp(log_density(part, theta)), self.information(theta)
            known = np.isfinite(found)
            total += share * float(weight[known] @ found[known])
            mass += share * float(weight[known].sum())
        if total <= 0:
            raise NotFormable("no effect allowed by the prior is possible at the overall risk observed")
        return float((total / mass) ** -0.5)


def unit_of(subject: Subject) -> Unit:
    """Return the unit in which the effective size of a prior is counted for a subject.

    Raises
    ------
    NotFormable
        If the information of one patient is unknown: no patient or every patient had the event, the report does not
        give the number of patients, or the likelihood of a synthesis has no maximum.
    """
    outcome = subject.target
    if not isinstance(outcome, Outcome):
        return _constant(_observed(subject) ** 2, float(sum(map(patients, subject.analysis.members))), subject)
    if subject.why_uninformed is not None:
        raise NotFormable(subject.why_uninformed)
    match outcome.evidence:
        case SingleProportion(n=n):
            return Unit(float(n), "patients", None)
        case PairedCounts(discordant=m):
            return Unit(float(m), "discordant pairs", lambda theta: expit(theta) * expit(-theta))
        case PairedMeans(n=n) as paired:
            return _constant(_variance(outcome, paired), float(n), subject)
        case EffectAndError() as estimate:
            return _constant(_variance(outcome, estimate), float(patients(outcome)), subject)
        case BareTest() as test:
            return _bare(subject, outcome, test)
        case Means() as means:
            return _means(subject, means)
        case Medians() | DaysFree() | CensoredCounts() as report:
            return _constant(_observed(subject) ** 2, float(report.sizes.total), subject)
        case Binary() as table:
            return _persons(table, outcome.measure)
        case Events() as counts:
            return _events(subject, counts)
        case OrdinalTable() as table:
            return _ordinal(subject, outcome, table)
    raise NotFormable("a table of adverse events has an effect per row")


def patients(outcome: Outcome) -> int:
    """Return the number of patients in both arms from the report, or else from its contrast or trial.

    Raises
    ------
    NotFormable
        If none of them states it, as with rates over exposure alone.
    """
    contrast = outcome.trial.contrasts[outcome.contrast] if outcome.contrast else None
    sizes = outcome.evidence.sizes or (contrast and contrast.n) or outcome.trial.n
    if sizes is None:
        raise NotFormable(f"{outcome.name} does not state the number of patients")
    return sizes.total


def _observed(subject: Subject) -> float:
    """Return the standard error of a likelihood whose maximum is determined by the data."""
    why, estimate = subject.why_no_estimate, subject.curve.estimate
    if why is not None or estimate is None:
        raise NotFormable(why or NO_MAXIMUM)
    return estimate.standard_error


def _constant(variance: float, data: float, subject: Subject) -> Unit:
    """Return the unit if the information does not depend on the effect; hazard ratios count events, 4 / variance."""
    if subject.target.measure == "hazard_ratio":
        return Unit(EVENT_SD**2 / variance, PER_EVENT, lambda theta: np.full_like(theta, EVENT_SD**-2))
    return Unit(data, "patients", lambda theta: np.full_like(theta, 1 / (variance * data)))


def _variance(outcome: Outcome, evidence: Tested) -> float:
    """Return one over the Fisher information about the effect: s^2, times (nu + 3) / (nu + 1) for a t error."""
    df = evidence.statistic(outcome.measure).df
    return outcome.known_standard_error**2 * (1.0 if df is None else (df + 3) / (df + 1))


def _bare(subject: Subject, outcome: Outcome, test: BareTest) -> Unit:
    n, statistic = float(patients(outcome)), test.statistic(outcome.measure)
    if statistic.df is None or statistic.central:
        return _constant(_variance(outcome, test), n, subject)
    return _standardised(outcome.known_standard_error**2, n)


def _standardised(variance: float, n: float) -> Unit:
    return Unit(n, "patients", lambda delta: 1 / (n * (variance + delta**2 / (2 * n))))


def _means(subject: Subject, means: Means) -> Unit:
    n = float(means.sizes.total)
    variance = sum(float(arm.sd) ** 2 / arm.n for arm in (means.treatment, means.control))
    if subject.target.measure == "mean_difference":
        return _constant(variance, n, subject)
    return _standardised(variance / (means.sd_ratio * means.pooled_sd) ** 2, n)


def _persons(table: Binary, measure: Measure) -> Unit:
    n1, n0 = table.treatment.n, table.control.n
    r = n1 / (n1 + n0)

    def information(theta: FloatArray) -> FloatArray:
        p1, p0 = _risks(table, measure, theta)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = 1 / (_variance_of_one(measure, p1) / r + _variance_of_one(measure, p0) / (1 - r))
        return np.where((p1 >= 0) & (p1 <= 1) & (p0 >= 0) & (p0 <= 1), found, np.nan)

    p = _overall(table)
    rooms: tuple[float, ...] = ()
    if measure == "risk_difference":
        rooms = (2 * p, 2 * (1 - p))
    elif measure == "risk_ratio" and p > 0:
        rooms = (-2 * float(np.log(p)),)
    edges = tuple(side * room for room in rooms if room for side in (-1, 1))
    return Unit(float(n1 + n0), "patients", information, edges)


def _variance_of_one(measure: Measure, p: FloatArray) -> FloatArray:
    """Return the variance of the estimate of one arm's risk, on the analysis scale, from one patient."""
    match measure:
        case "odds_ratio":
            return 1 / (p * (1 - p))
        case "risk_ratio":
            with np.errstate(over="ignore"):
                return (1 - p) / p
    return p * (1 - p)


def _overall(table: Binary) -> float:
    """Return the risk in both arms together."""
    t, c = table.treatment, table.control
    return (t.events + c.events) / (t.n + c.n)


def _risks(table: Binary, measure: Measure, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the risks of the arms, half the effect either side of the overall risk; outside 0 to 1 if impossible."""
    p = _overall(table)
    match measure:
        case "odds_ratio":
            return expit(logit(p) + theta / 2), expit(logit(p) - theta / 2)
        case "risk_ratio":
            with np.errstate(over="ignore"):  # an effect of no possible size: the caller leaves out risks above 1
                return np.exp(np.log(p) + theta / 2), np.exp(np.log(p) - theta / 2)
    return p + theta / 2, p - theta / 2


def _events(subject: Subject, evidence: Events) -> Unit:
    likelihood = subject.analysis.likelihoods[0]
    total = float(evidence.treatment.events + evidence.control.events)
    if likelihood not in summed():
        variance = _observed(subject) ** 2
        return Unit(total, PER_EVENT, lambda theta: np.full_like(theta, 1 / (variance * total)))
    (exposed, unexposed), spread = evidence.relative_exposure, 0.0
    if card_of(likelihood).has("dispersion"):
        size = _size(evidence, float(np.exp(quadrature.landmarks(subject.analysis.nuisance.dispersion)[0])))
        spread = total * (1 / evidence.treatment.size + 1 / evidence.control.size) / size

    def information(theta: FloatArray) -> FloatArray:
        share: FloatArray = expit(theta + np.log(exposed / unexposed))
        product = share * (1 - share)  # 0 at effects far away, where an event carries no information
        return product / (1 + spread * product)

    return Unit(total, PER_EVENT, information)


def _size(evidence: Events, by_prior: float) -> float:
    """Return the negative-binomial size that fits the printed number of persons with an event, else `by_prior`."""
    t, c = evidence.treatment, evidence.control
    if t.persons is None or c.persons is None:
        return by_prior
    persons = t.persons + c.persons
    rate = (t.events + c.events) / sum(evidence.relative_exposure)
    arms = [
        (arm.size, rate * exposed / arm.size) for arm, exposed in zip((t, c), evidence.relative_exposure, strict=True)
    ]

    def excess(log_k: float) -> float:
        k = np.exp(log_k)
        return float(sum(n * -np.expm1(-k * np.log1p(mean / k)) for n, mean in arms)) - persons

    if excess(12.0) <= 0:
        return np.inf  # at least as many persons as expected without overdispersion
    return float(np.exp(brentq(excess, -20.0, 12.0)))


def _ordinal(subject: Subject, outcome: Outcome, table: OrdinalTable) -> Unit:
    if len(table.observed) < 2:
        raise NotFormable("every patient is in one category: the data do not inform the comparison")
    by_table = subject.analysis.likelihoods[0] == default_likelihood(outcome)
    s = outcome.known_standard_error if by_table else _observed(subject)
    return _constant(s**2, float(table.sizes.total), subject)
