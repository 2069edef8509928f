"""The distribution of a later estimate by the posterior of an early trial.

    theta_early, theta_later ~ Normal(mu, tau),   mu, tau ~ their priors,   y_later ~ Normal(theta_later, se_later)

The early report is read by its own likelihood; se_later is known, as it is to whoever plans the later trial. Without
heterogeneity both trials share one effect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import ndtri

from bayes.base.arrays import FloatArray, IntArray
from bayes.calibration.pairs import Pairs
from bayes.corpus.answers import MCID, Thresholds
from bayes.corpus.endpoints import Formed, Told, effect_priors_of, heterogeneities_of, tell
from bayes.corpus.engine.answering import Pair, Work, answers
from bayes.corpus.engine.given_tau import Reports
from bayes.corpus.engine.pooled_counts import CountsAnswer
from bayes.corpus.engine.pooled_normal import NormalAnswer
from bayes.corpus.engine.prior_arrays import effect_priors, is_mixture_of_normals, tau_priors
from bayes.corpus.regeneration import Processes
from bayes.corpus.tabulated import RATIOS, tabulated
from bayes.priors.sets import PriorSet

type Follower = Callable[[int, int], None]

AT_ONCE = 64  # pairs whose arrays fit into memory together
SIGNIFICANT = float(ndtri(0.975))
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)
NOT_MIXTURE = "predictions are computed for mixtures of normal and Student-t priors without mass at no effect"
UNREAD = "read by its estimate and standard error, or by the counts of an odds ratio or risk ratio, only"


@dataclass(frozen=True, order=True)
class Under:
    """The names of a prior of the effect and of one of tau; None without heterogeneity."""

    prior: str
    heterogeneity: str | None


@dataclass(frozen=True)
class Predictions:
    """What was predicted for every pair, NaN where nothing was; arrays of shape (rows,), on the analysis scale.

    Attributes
    ----------
    pit : ndarray
        The predictive probability of an estimate up to the one that was found.
    log_density : ndarray
        Of the estimate that was found.
    low, lower, median, upper, high : ndarray
        The predictive quantiles 2.5, 25, 50, 75 and 97.5%.
    p_positive : ndarray
        Of an estimate above no effect.
    p_mcid : ndarray
        Of an estimate beyond the MCID; NaN where a pair has none.
    p_significant : ndarray
        Of an estimate 1.96 standard errors or more from no effect.
    error : ndarray
        Estimated error of the posterior's probabilities.
    """

    pit: FloatArray
    log_density: FloatArray
    low: FloatArray
    lower: FloatArray
    median: FloatArray
    upper: FloatArray
    high: FloatArray
    p_positive: FloatArray
    p_mcid: FloatArray
    p_significant: FloatArray
    error: FloatArray

    @classmethod
    def empty(cls, rows: int) -> Predictions:
        """Return predictions that are all missing."""
        return cls(*(np.full(rows, np.nan) for _ in fields(cls)))

    def put(self, rows: IntArray, found: Predictions) -> None:
        """Write the predictions of some rows in place."""
        for name, values in vars(self).items():
            values[rows] = getattr(found, name)

    @property
    def there(self) -> IntArray:
        """The rows that have predictions."""
        return np.flatnonzero(np.isfinite(self.pit))


@dataclass(frozen=True)
class Predicted:
    """The predictions of a table of pairs.

    Attributes
    ----------
    under : mapping of Under to Predictions
        By exact likelihoods where there are counts.
    normal : mapping of Under to Predictions
        By the normal approximation throughout.
    s : ndarray, shape (rows,)
        Standard error of the early trial on the analysis scale, of counts that of the approximation; NaN of a row that
        cannot be used.
    mcid : ndarray, shape (rows,)
        1 where the later estimate is beyond the MCID, 0 where not, NaN where a pair has none.
    reasons : mapping of Under to mapping of int to str
        Why a pair has no prediction.
    """

    under: Mapping[Under, Predictions]
    normal: Mapping[Under, Predictions]
    s: FloatArray
    mcid: FloatArray
    reasons: Mapping[Under, Mapping[int, str]]


def pairs_of(priors: PriorSet) -> list[Under]:
    """Return every prior of effects of a set, without heterogeneity and with every prior of tau."""
    return [Under(effect, tau) for effect in priors.effect for tau in (None, *priors.heterogeneity)]


def predict(pairs: Pairs, priors: PriorSet, jobs: int = 1, follower: Follower | None = None) -> Predicted:
    """Predict every later estimate under every prior of effects, with every prior of tau and without heterogeneity.

    Parameters
    ----------
    pairs : Pairs
    priors : PriorSet
    jobs : int
        Processes.
    follower : callable, optional
        Receives how many pairs are done, of how many, each time some are.
    """
    evidence, every = pairs.evidence, pairs.usable
    told = tell(evidence, list(every[:, None]), {"result", "analysis"})
    for i, reason in told.reasons.items():
        evidence.reasons.said.setdefault(int(every[i]), []).append(reason)
        evidence.form[every[i]] = ""
    kept = np.array([i for i in range(len(every)) if i not in told.reasons], dtype=np.intp)
    at, told = every[kept], told.at(kept)
    asked = dict(_asked(told, priors))
    found, normal = ({under: Predictions.empty(len(pairs)) for under in asked} for _ in range(2))
    reasons = {under: {int(at[i]): why for i, why in one.reasons.items()} for under, one in asked.items()}
    y, s, own = evidence.y[at].copy(), evidence.s[at].copy(), evidence.form[at] == "counts"
    measure = np.array([row.measure for row in told.rows], dtype=object)
    tables = own & np.isin(measure.astype(str), RATIOS) & (priors.nuisance.binary.name == "normal")
    curves, place = tabulated(evidence, at, tables, priors.nuisance, y, s)
    read = np.flatnonzero(np.isfinite(y) & (s > 0) & (tables | ~own))
    unread = np.setdiff1d(np.arange(len(at)), read)
    for under in asked:
        reasons[under] |= {int(at[i]): UNREAD for i in unread}
    thresholds = Thresholds.of(told.rows)

    def tasks() -> Iterator[_Task]:
        for start in range(0, len(read), AT_ONCE):
            some = read[start : start + AT_ONCE]
            tables_here, here = (None, place[some]) if curves is None else curves.only(place[some])
            work = Work(Reports(y[some, None], s[some, None]), np.zeros((len(some), 1)), tables_here, here[:, None])
            own_pairs = {under: pair for under, one in asked.items() if (pair := one.pair(some)) is not None}
            later = pairs.y_later[at[some]], pairs.se_later[at[some]]
            yield _Task(at[some], work, own_pairs, *later, thresholds.analysis[some, MCID], thresholds.sign[some])

    engine = Processes(jobs if len(read) > AT_ONCE else 1)
    for done, answered in enumerate(engine(_answered, tasks()), 1):
        for under, rows, exact, made in answered:
            for into in (found,) if exact else (found, normal):
                into[under].put(rows, made)
        if follower is not None:
            follower(min(done * AT_ONCE, len(read)), len(read))
    every_s, beyond = np.full(len(pairs), np.nan), np.full(len(pairs), np.nan)
    every_s[at], limit = s, thresholds.analysis[:, MCID]
    beyond[at] = np.where(np.isfinite(limit), thresholds.sign * (pairs.y_later[at] - limit) >= 0, np.nan)
    return Predicted(found, normal, every_s, beyond, reasons)


@dataclass(frozen=True)
class _Task:
    """Some pairs of trials, their priors, and what the later trials found."""

    rows: IntArray
    work: Work
    pairs: Mapping[Under, Pair]
    y: FloatArray
    se: FloatArray
    mcid: FloatArray
    sign: FloatArray


def _answered(task: _Task) -> list[tuple[Under, IntArray, bool, Predictions]]:
    """Return predictions with their rows, in the order in which they replace one another, and which are exact."""
    found = []
    for one in answers(task.work, task.pairs):
        at = task.pairs[one.key].rows[one.inside]
        made = _read(one.answer, task.y[at], task.se[at], task.mcid[at], task.sign[at])
        found.append((one.key, task.rows[at], isinstance(one.answer, CountsAnswer), made))
    return found


@dataclass(frozen=True)
class _Asked:
    """A pair of priors for every row, None where one of them is missing."""

    effect: Formed
    tau: Formed | None
    reasons: Mapping[int, str]

    def pair(self, rows: IntArray) -> Pair | None:
        """Return the priors of some rows as arrays; their rows are places among these."""
        inside, effects, taus = [], [], []
        for place, i in enumerate(rows):
            effect, tau = self.effect.formed[i], None if self.tau is None else self.tau.formed[i]
            if i in self.reasons or effect is None:
                continue
            inside.append(place)
            effects.append(effect.univariate)
            if tau is not None:
                taus.append(tau.univariate)
        if not inside:
            return None
        return Pair(np.array(inside), effect_priors(effects), None if self.tau is None else tau_priors(taus))


def _asked(told: Told, priors: PriorSet) -> Iterator[tuple[Under, _Asked]]:
    for effect in effect_priors_of(told, priors):
        for tau in [None, *heterogeneities_of(told, priors)]:
            reasons = {}
            for i, of_mu in enumerate(effect.formed):
                if of_mu is None:
                    reasons[i] = effect.unformed[i]
                elif not is_mixture_of_normals(of_mu.univariate):
                    reasons[i] = NOT_MIXTURE
                elif tau is not None and tau.formed[i] is None:
                    reasons[i] = tau.unformed[i]
            yield Under(effect.name, None if tau is None else tau.name), _Asked(effect, tau, reasons)


def _read(
    answer: NormalAnswer | CountsAnswer, y: FloatArray, se: FloatArray, mcid: FloatArray, sign: FloatArray
) -> Predictions:
    """Return what a posterior predicts for later estimates.

    Parameters
    ----------
    answer : NormalAnswer or CountsAnswer
    y, se : ndarray, shape (rows,)
        The estimates that were found, and their standard errors.
    mcid : ndarray, shape (rows,)
        On the analysis scale; NaN where there is none.
    sign : ndarray, shape (rows,)
        1 where a higher effect is good, -1 where a lower one is.
    """
    of = answer.predicted(se)
    pit, _ = of.below(y, np.arange(len(y)))
    beyond = of.above(np.where(np.isfinite(mcid), mcid, 0.0))
    p_mcid = np.where(np.isfinite(mcid), np.where(sign > 0, beyond, 1 - beyond), np.nan)
    significant = of.above(SIGNIFICANT * se) + 1 - of.above(-SIGNIFICANT * se)
    low, lower, median, upper, high = (of.quantiles(p) for p in QUANTILES)
    log_density, positive = of.log_density(y), of.above(0.0)
    return Predictions(
        pit, log_density, low, lower, median, upper, high, positive, p_mcid, significant, answer.error
    )  # fmt: skip
