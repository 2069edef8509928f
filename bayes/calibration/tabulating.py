"""The tables of a calibration, from predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from bayes.base.arrays import FloatArray
from bayes.calibration.pairs import Pairs
from bayes.calibration.predicting import Predicted, Predictions, Under
from bayes.calibration.scores import Outcomes, Resampling, Score, pointwise, scored
from bayes.calibration.tables import (
    CurveRow,
    GainRow,
    LevelRow,
    LikelihoodRow,
    PitRow,
    ScoresRow,
    SkippedRow,
    SplitRow,
)  # fmt: skip
from bayes.corpus.single_results import LIMIT

NO_TAU = "none"
BINS = np.linspace(0, 1, 11)
OF_DIRECTION = np.linspace(0.5, 1, 11)
PIT_BINS = np.linspace(0, 1, 21)
LEVELS = np.round(np.arange(0.05, 1, 0.05), 2)
FEWEST = 5  # pairs of a part or of an interval that are summarised
INFORMATION = (4.0, 8.0, 16.0, 64.0)  # how many times as much of it the later trial has


@dataclass(frozen=True)
class Scored:
    """Pairs, their predictions and what the later trials found.

    Attributes
    ----------
    pairs : Pairs
    predicted : Predicted
    later : Outcomes
    over : Resampling
    """

    pairs: Pairs
    predicted: Predicted
    later: Outcomes
    over: Resampling

    def of(self, under: Under) -> Predictions:
        """Return the predictions under a pair of priors."""
        return self.predicted.under[under]


def _names(under: Under) -> dict[str, str]:
    return {"prior": under.prior, "heterogeneity": under.heterogeneity or NO_TAU}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _with_interval(name: str, samples: FloatArray) -> dict[str, float | None]:
    score = Score.of(samples)
    return {name: _number(score.value), f"{name}_low": _number(score.low), f"{name}_high": _number(score.high)}


def _groups(found: Scored, rows: NDArray[np.intp]) -> int:
    return len(np.unique(found.over.of_row[rows]))


def scores(found: Scored) -> Iterator[ScoresRow]:
    """Yield the scores of every pair of priors, over all pairs of trials."""
    for under, predictions in found.predicted.under.items():
        rows = predictions.there
        values: dict[str, object] = {}
        for name, samples in scored(pointwise(predictions, found.later), found.over).items():
            values |= _with_interval(name, samples)
        with np.errstate(invalid="ignore"):
            rough = int((predictions.error > LIMIT).sum())
        values |= _names(under) | {"n": len(rows), "groups": _groups(found, rows), "rough": rough}
        values["skipped"] = len(found.pairs.usable) - len(rows)
        yield cast(ScoresRow, {name: values[name] for name in ScoresRow.__annotations__})


def gains(found: Scored, reference: Under) -> Iterator[GainRow]:
    """Yield the scores of every other pair of priors less those of the reference, where both predict."""
    base = pointwise(found.of(reference), found.later)
    for under, predictions in found.predicted.under.items():
        if under == reference:
            continue
        each = pointwise(predictions, found.later)
        values: dict[str, object] = {**_names(under), "against": ", ".join(_names(reference).values())}
        values["n"] = int(np.isfinite(each["log_density"] - base["log_density"]).sum())
        for name in ("log_density", "brier_direction"):
            values |= _with_interval(name, found.over.mean(each[name] - base[name]))
        yield cast(GainRow, values)


def likelihoods(found: Scored) -> Iterator[LikelihoodRow]:
    """Yield what the exact likelihood of counts changes; nothing where no pair has counts."""
    counts = found.pairs.evidence.form == "counts"
    for under, predictions in found.predicted.under.items() if counts.any() else ():
        exact, normal = (
            {name: np.where(counts, values, np.nan) for name, values in pointwise(one, found.later).items()}
            for one in (predictions, found.predicted.normal[under])
        )
        shift = np.abs(predictions.median - found.predicted.normal[under].median)[counts]
        shift = shift[np.isfinite(shift)]
        values: dict[str, object] = _names(under) | {"n": len(shift)}
        for name in ("coverage_95", "log_density"):
            values |= _with_interval(name, found.over.mean(exact[name] - normal[name]))
        after, before = (found.over.median(one["median_error"]) for one in (exact, normal))
        values |= _with_interval("median_error", after - before)
        at = np.quantile(shift, [0.5, 0.95]) if len(shift) else (np.nan, np.nan)
        values |= {"shift_50": _number(at[0]), "shift_95": _number(at[1])}
        yield cast(LikelihoodRow, values)


def splits(found: Scored) -> Iterator[SplitRow]:
    """Yield the scores of parts of the pairs: by measure, field, period and how much more the later trial knows."""
    for by, part in _parts(found.pairs, found.predicted.s):
        for name in sorted({str(value) for value in part if value is not None}, key=_in_order):
            inside = np.array([value is not None and str(value) == name for value in part])
            for under, predictions in found.predicted.under.items():
                rows = np.intersect1d(np.flatnonzero(inside), predictions.there)
                if len(rows) < FEWEST:
                    continue
                each = pointwise(predictions, found.later)
                each = {key: np.where(inside, values, np.nan) for key, values in each.items()}
                every = scored({key: each[key] for key in SplitRow.__annotations__ if key in each}, found.over)
                values: dict[str, object] = {"by": by, "part": name, **_names(under)}
                values |= {"n": len(rows), "groups": _groups(found, rows)}
                values |= {key: _number(samples[0]) for key, samples in every.items()}
                values |= _with_interval("log_density", every["log_density"])
                yield cast(SplitRow, {key: values[key] for key in SplitRow.__annotations__})


def _parts(pairs: Pairs, s: FloatArray) -> Iterator[tuple[str, NDArray[np.object_]]]:
    yield "measure", pairs.column("measure")
    yield "field", pairs.column("field")
    year = pairs.year
    if np.isfinite(year).any():
        middle = np.floor(np.median(year[np.isfinite(year)]))  # between two years, the earlier
        names = np.where(year <= middle, f"to {middle:.0f}", f"after {middle:.0f}").astype(object)
        names[~np.isfinite(year)] = None
        yield "period", names
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (s / pairs.se_later) ** 2
    names = np.full(len(pairs), None, dtype=object)
    edges = (0.0, *INFORMATION, np.inf)
    for low, high in zip(edges, edges[1:], strict=False):
        words = f"up to {high:g}" if low == 0 else f"above {low:g}" if np.isinf(high) else f"{low:g} to {high:g}"
        names[(ratio > low) & (ratio <= high)] = f"{words} times"
    yield "information", names


def _in_order(name: str) -> tuple[float, str]:
    """Sort parts that are named by numbers by the first of them, what lies above or after it last."""
    numbers = [float(word) for word in name.split() if word.replace(".", "").isdigit()]
    beside = {"up": -0.5, "above": 0.5, "after": 0.5}.get(name.split()[0], 0.0)
    return (numbers[0] + beside if numbers else 0.0, name)


def curves(found: Scored) -> Iterator[CurveRow]:
    """Yield how often events happened that were given about the same probability."""
    for under, predictions in found.predicted.under.items():
        each = pointwise(predictions, found.later)
        for event, stated, seen, bins in (
            ("direction", each["direction_stated"], each["direction_seen"], OF_DIRECTION),
            ("mcid", predictions.p_mcid, found.later.mcid, BINS),
            ("significant", predictions.p_significant, found.later.significant, BINS),
        ):
            for low, high in zip(bins, bins[1:], strict=False):
                inside = (stated >= low) & ((stated < high) | (high == 1)) & np.isfinite(seen)
                if inside.sum() < FEWEST:
                    continue
                values: dict[str, object] = _names(under) | {"event": event, "low": float(low), "high": float(high)}
                values |= {"n": int(inside.sum()), "stated": float(stated[inside].mean())}
                values |= _with_interval("seen", found.over.mean(np.where(inside, seen, np.nan)))
                yield cast(CurveRow, values)


def levels(found: Scored) -> Iterator[LevelRow]:
    """Yield the coverage of central intervals of many levels."""
    for under, predictions in found.predicted.under.items():
        away = 2 * np.abs(predictions.pit[predictions.there] - 0.5)
        for level in LEVELS if len(away) else ():
            yield cast(LevelRow, _names(under) | {"level": float(level), "coverage": float((away <= level).mean())})


def pits(found: Scored) -> Iterator[PitRow]:
    """Yield the histogram of the predictive probabilities of smaller estimates."""
    for under, predictions in found.predicted.under.items():
        values = np.clip(predictions.pit[predictions.there], 0.0, 1.0)
        counts, _ = np.histogram(values, PIT_BINS)
        for low, high, n in zip(PIT_BINS, PIT_BINS[1:], counts, strict=False):
            share = {"share": float(n / len(values)) if len(values) else None}
            yield cast(PitRow, _names(under) | {"low": float(low), "high": float(high), "n": int(n)} | share)


def skipped(found: Scored) -> Iterator[SkippedRow]:
    """Yield why pairs have no prediction, and how many."""
    reasons: Mapping[Under, Mapping[int, str]] = found.predicted.reasons
    for under, said in reasons.items():
        for reason, n in Counter(said.values()).most_common():
            yield cast(SkippedRow, _names(under) | {"reason": reason, "n": n})
