"""Sensitivity to data extraction: the range of each probability over all numbers that round to the printed ones.

A printed 0.94 stands for [0.935, 0.945), and a percentage for every count that rounds to it. Every corner of the
resulting box is tried, and a bounded quasi-Newton search starts from the most extreme. Exposures are not searched: only
their ratio informs the effect, so the extremes are corners. A report without a direction is read in both directions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from math import inf
from typing import NotRequired, TypedDict

import numpy as np
import pandas as pd
from scipy.optimize import minimize

from bayes import quadrature
from bayes.analysis.curves import likelihood_curves, plane_of_synthesis
from bayes.base.arrays import FloatArray
from bayes.paper.evidence.counts import Events
from bayes.paper.trial import Outcome
from bayes.priors.sets import SomePriorSet
from bayes.sensitivity.extremes import Found, extremes
from bayes.sensitivity.replaced_report import with_curve
from bayes.sensitivity.rounded_numbers import digits_of, moved, recounted, words_of
from bayes.sensitivity.subject import Probability, Subject, Summary, Target

PROBABILITIES: tuple[Probability, ...] = ("p_benefit", "p_mcid", "p_harm")
TIPPED: tuple[Probability, ...] = ("p_benefit", "p_mcid")  # those searched for; that of harm follows
SEARCHED = 4  # boxes of more dimensions are examined at their corners only
EXACT = "not applicable: the report consists of counts, of a bound or of readings of a figure, not of rounded numbers"


class ExtractionRow(TypedDict):
    """The range of one probability over the numbers that a report may stand for."""

    report: NotRequired[str]  # the report that varies; in a synthesis only
    over: str  # "rounding", or "direction" for a report that does not say which arm it favours
    probability: Probability  # the column whose range this is
    value: float  # the probability with the numbers as printed
    low: float  # the lowest
    high: float  # the highest
    at_low: str  # the numbers that give the lowest
    at_high: str  # the numbers that give the highest
    numbers: int  # how many printed numbers were varied
    reason: str | None  # why there is no range


def extraction(
    target: Target,
    *,
    prior: str | None = None,
    prior_set: SomePriorSet = "default",
    priors: SomePriorSet | None = None,
) -> pd.DataFrame:
    """Find the range of each probability over all numbers that round to the printed ones (METHODS 6).

    Parameters
    ----------
    target : Outcome, Synthesis, Fit, DataTree, str or path
        Anything `bayes.resolve` accepts, or a fit or stored tree, which brings its own prior.
    prior : str, optional
        The main prior: a name from the set, a rule, or an expression on the analysis scale; neutral by default.
    prior_set, priors : str, path or PriorSet
        The set of priors: a shipped set by name, a file, or a `PriorSet`; `priors` is an older spelling.

    Returns
    -------
    DataFrame
        One row per `probability` and, in a synthesis, per `report`: `over` ("rounding", or "direction" for a report
        that does not say which arm it favours); `value` with the numbers as printed; the range `low` to `high` and the
        numbers `at_low` and `at_high` that give it; `numbers`, how many printed numbers were varied; `reason` if none
        is rounded. All under the main prior.
    """
    return pd.DataFrame(extraction_rows(Subject.of(target, prior, prior_set, priors)))


def extraction_rows(subject: Subject) -> list[ExtractionRow]:
    """List the rows of `extraction` for a subject."""
    outcome = subject.target
    if not isinstance(outcome, Outcome):
        return [row for i in range(len(subject.analysis.members)) for row in _of_member(subject, i)]
    found = readings(outcome, _judge(subject, 0), search=not isinstance(outcome.evidence, Events))
    return [*_ranges(subject, outcome, found), *_directions(subject)]


@dataclass(frozen=True)
class Reading:
    """The report with other numbers that round to the printed ones, and the resulting posterior.

    Attributes
    ----------
    words : str
        The numbers.
    outcome : Outcome
        The report with these numbers.
    sd : float or None
        Posterior sd, on the analysis scale.
    p : dict of str to float
        The probabilities that are defined, by column.
    """

    words: str
    outcome: Outcome
    sd: float | None
    p: dict[Probability, float]

    @classmethod
    def of(cls, words: str, outcome: Outcome, row: Summary) -> Reading:
        """Return the reading with this posterior summary."""
        return cls(words, outcome, row["sd"], _defined(row))


def _defined(row: Summary) -> dict[Probability, float]:
    return {name: p for name in PROBABILITIES if (p := row[name]) is not None}


def _judge(subject: Subject, i: int) -> Callable[[str, Outcome], Reading]:
    """Return a function that reads the i-th report alone, with other numbers, under the main prior."""
    analysis = subject.analysis
    like = None if subject.is_synthesis else subject.curve

    def judge(words: str, outcome: Outcome) -> Reading:
        likelihood, omega = analysis.likelihoods[i], analysis.omegas[i]
        curve = quadrature.curve(outcome, analysis.nuisance, likelihood, omega, like=like)
        return Reading.of(words, outcome, subject.probabilities_of_curve(curve))

    return judge


def _of_member(subject: Subject, i: int) -> list[ExtractionRow]:
    """List the rows of one report of a synthesis, the others as printed.

    The synthesis is computed at the numbers for which this report alone is most and least favourable.
    """
    analysis, member = subject.analysis, subject.analysis.members[i]
    alone = readings(member, _judge(subject, i), search=False)
    folded = len(plane_of_synthesis(analysis).parts[i]) > 1

    def measured(reading: Reading) -> float:
        """Alone, a report without a direction always gives one half, so its extremes are those of the sd."""
        return (inf if reading.sd is None else reading.sd) if folded else reading.p["p_benefit"]

    together = []
    for found in (min(alone, key=measured), max(alone, key=measured)) if alone else ():
        curve = quadrature.curve(found.outcome, analysis.nuisance, analysis.likelihoods[i], analysis.omegas[i])
        row = subject.probabilities_of_curve(with_curve(subject, i, curve))
        together.append(Reading.of(found.words, found.outcome, row))
    rows = [*_ranges(subject, member, together), *_directions(subject, i)]
    return [{"report": member.name, **row} for row in rows]


def readings(outcome: Outcome, judge: Callable[[str, Outcome], Reading], search: bool) -> list[Reading]:
    """Return readings with other counts, at every corner of the box and inside it; none if nothing is rounded.

    Parameters
    ----------
    outcome : Outcome
    judge : callable
        Returns the reading of a report in these words.
    search : bool
        Whether to look inside the box as well, where it has at most `SEARCHED` dimensions.
    """
    box = list(digits_of(outcome.evidence, outcome.measure))
    recounts = [judge(words, changed) for words, changed in recounted(outcome)]
    low, high = np.array([(d.low, d.high) for d in box]).reshape(-1, 2).T
    known: dict[tuple[float, ...], Reading] = {}

    def read(x: Iterable[float]) -> Reading:
        """Read the report at a place of the box, which goes from 0 to 1 in every direction."""
        place = tuple(map(float, x))
        if place not in known:
            values = low * (1 - np.array(place)) + high * np.array(place)
            known[place] = judge(words_of(box, values), moved(outcome, box, values))
        return known[place]

    places = list(product((0.0, 1.0), repeat=len(box))) if box else []
    corners = [read(place) for place in places]
    if search and 0 < len(box) <= SEARCHED:
        for name in (name for name in TIPPED if name in corners[0].p):
            for sign in (1, -1):
                start = places[int(np.argmin([sign * corner.p[name] for corner in corners]))]

                def f(x: FloatArray, name: Probability = name, sign: int = sign) -> float:
                    return sign * read(x).p[name]

                # it ends at once where every step into the box leads away from the extreme
                minimize(f, start, method="L-BFGS-B", bounds=[(0, 1)] * len(box), options={"maxiter": 3, "eps": 1e-3})
    return [*recounts, *known.values()]


def _ranges(subject: Subject, outcome: Outcome, found: list[Reading]) -> list[ExtractionRow]:
    """List the lowest and highest value of each probability over readings and the report as printed."""
    numbers, reason = len(list(digits_of(outcome.evidence, outcome.measure))), None if found else EXACT
    return [
        _range("rounding", name, p, [(p, "as printed"), *((r.p[name], r.words) for r in found)], numbers, reason)
        for name, p in _defined(subject.probabilities()).items()
    ]


def _range(over: str, name: Probability, value: float, found: Found, numbers: int, reason: str | None) -> ExtractionRow:
    (low, at_low), (high, at_high) = extremes(found)
    return {
        "over": over, "probability": name, "value": value, "low": low, "high": high, "at_low": at_low,
        "at_high": at_high, "numbers": numbers, "reason": reason,
    }  # fmt: skip


def _directions(subject: Subject, i: int = 0) -> list[ExtractionRow]:
    """List the range over both directions of a report that does not say which arm it favours."""
    parts = likelihood_curves(subject.analysis)[i].parts
    if len(parts) == 1:
        return []

    def forced(way: str) -> quadrature.Curve:
        if not subject.is_synthesis:
            return replace(subject.curve, parts={"all": parts[way]})
        return quadrature.curve_of_mean(
            plane_of_synthesis(subject.analysis), subject.heterogeneity, directions={i: way}
        )

    better = "up" if subject.sign > 0 else "down"
    names = {way: "favours treatment" if way == better else "favours control" for way in parts}
    read = {name: _defined(subject.probabilities_of_curve(forced(way))) for way, name in names.items()}
    return [
        _range("direction", name, whole, [(p[name], words) for words, p in read.items()], 1, None)
        for name, whole in _defined(subject.probabilities()).items()
    ]
