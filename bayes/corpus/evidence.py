"""What the rows of a corpus report: estimates with standard errors, tables, or evidence for the ordinary quadrature."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri

from bayes.base import measures
from bayes.base.arrays import FloatArray, IntArray
from bayes.corpus.reading import COUNTS, EXPOSURES, MEANS, NUMBERS

LARGEST = 1e9  # the largest number of persons, and the magnitude of any other number
LEVEL = 0.95
KINDS = {"estimate": "estimate", "counts": "binary", "means": "means", "events": "events"}  # of evidence, by form
type Flags = NDArray[np.bool_]
OF_COUNTS = ("odds_ratio", "risk_ratio", "risk_difference")
OF_MEANS = ("mean_difference", "standardised_mean_difference")


@dataclass
class Reasons:
    """Why rows cannot be used; a row may have several reasons."""

    said: dict[int, list[str]] = field(default_factory=dict)

    def add(self, where: Flags, words: str) -> None:
        """Give every flagged row the same reason."""
        for row in np.flatnonzero(where):
            self.said.setdefault(int(row), []).append(words)

    @property
    def rows(self) -> IntArray:
        """The rejected rows, in order."""
        return np.array(sorted(self.said), dtype=np.int64)


@dataclass(frozen=True)
class Evidence:
    """The rows of a block.

    Attributes
    ----------
    log : ndarray of bool, shape (rows,)
        Whether the analysis scale is the logarithm.
    y, s : ndarray, shape (rows,)
        Estimate and standard error on the analysis scale; NaN where a row has neither.
    tables : ndarray, shape (rows, 4)
        events_t, n_t, events_c, n_c; NaN where a row has none.
    form : ndarray of str, shape (rows,)
        "estimate", "counts", "means" or "events": the finest report of the row; "" where it is rejected.
    reasons : Reasons
    """

    frame: pd.DataFrame
    log: Flags
    y: FloatArray
    s: FloatArray
    tables: FloatArray
    form: NDArray[np.str_]
    reasons: Reasons

    @property
    def usable(self) -> Flags:
        return np.asarray(self.form != "")


def evidence_of(frame: pd.DataFrame) -> Evidence:
    """Read the rows of a block.

    Parameters
    ----------
    frame : DataFrame
        As in `reading.Block`.
    """
    reasons = Reasons()
    for name in [name for name in frame if name in NUMBERS and frame[name].dtype == object]:
        unread = frame[name].map(lambda value: isinstance(value, str)).to_numpy()
        for text in dict.fromkeys(frame[name][unread]):
            same = unread & (frame[name] == text).to_numpy()
            reasons.add(same, f"{name}: found {text[:40]!r}; accepted: a number")
    numbers = {name: _column(frame, name) for name in NUMBERS}
    for name, values in numbers.items():
        reasons.add(np.abs(values) > LARGEST, f"{name}: beyond {LARGEST:g}; accepted: a number of smaller magnitude")
    measure = frame["measure"].to_numpy(dtype=object)
    known = np.isin(measure.astype(str), measures.MEASURES)
    reasons.add(~known, f"measure: accepted: {', '.join(m for m in measures.MEASURES if m != 'proportion')}")
    reasons.add(measure == "proportion", "measure: a proportion of a single arm is not a comparison of two")
    benefit = frame["benefit"].to_numpy(dtype=object)
    reasons.add(~np.isin(benefit.astype(str), ("higher", "lower")), "benefit: accepted: higher or lower")
    log = np.isin(measure.astype(str), measures.LOG_MEASURES)
    form = _forms(numbers, measure, reasons)
    y, s = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    _estimates(numbers, log, form, y, s, reasons)
    tables = np.stack([numbers[name] for name in COUNTS], axis=1)
    _counts(tables, form, reasons)
    _means(numbers, measure, form, y, s, reasons)
    _events(numbers, form, reasons)
    _thresholds(numbers, log, reasons)
    form[reasons.rows] = ""
    return Evidence(frame, log, y, s, tables, form, reasons)


def _column(frame: pd.DataFrame, name: str) -> FloatArray:
    if name not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float)


def _forms(numbers: dict[str, FloatArray], measure: NDArray[np.object_], reasons: Reasons) -> NDArray[np.str_]:
    """Return the finest report of every row."""

    def has(names: tuple[str, ...]) -> Flags:
        return np.asarray(np.all([np.isfinite(numbers[name]) for name in names], axis=0))

    counts = has(COUNTS) & np.isin(measure.astype(str), OF_COUNTS)
    means = has(MEANS) & has(("n_t", "n_c")) & np.isin(measure.astype(str), OF_MEANS)
    events = has(EXPOSURES) & has(("events_t", "events_c")) & (measure == "rate_ratio")
    given = np.isfinite(numbers["se"]) | has(("ci_low", "ci_high")) | np.isfinite(numbers["p"])
    estimate = np.isfinite(numbers["estimate"]) & given
    form = np.select([counts, means, events, estimate], ["counts", "means", "events", "estimate"], default="")
    reasons.add(
        form == "",
        "no evidence of this measure; accepted: estimate with se, an interval or p; counts (odds ratio, risk ratio, "
        "risk difference); means with sd and n (mean differences); events with exposure (rate ratio)",
    )
    return form.astype("<U8")


def _estimates(
    numbers: dict[str, FloatArray], log: Flags, form: NDArray[np.str_], y: FloatArray, s: FloatArray, reasons: Reasons
) -> None:
    own = form == "estimate"
    estimate, low, high = numbers["estimate"], numbers["ci_low"], numbers["ci_high"]
    level = np.where(np.isfinite(numbers["level"]), numbers["level"], LEVEL)
    ratio = own & log
    reasons.add(ratio & ~(estimate > 0), "estimate: accepted: a ratio above zero")
    interval = own & np.isfinite(low) & np.isfinite(high)
    reasons.add(interval & log & ~(low > 0), "ci_low: accepted: a ratio above zero")
    reasons.add(interval & ~((low <= estimate) & (estimate <= high) & (low < high)),
                "ci_low, ci_high: accepted: limits on either side of the estimate, the lower one first")  # fmt: skip
    reasons.add(interval & ~((level > 0) & (level < 1)), "level: accepted: between 0 and 1, such as 0.95")
    with np.errstate(all="ignore"):
        on_scale, lower, upper = (np.where(log, np.log(v), v) for v in (estimate, low, high))
        from_ci = (upper - lower) / (2 * ndtri((1 + np.clip(level, 1e-9, 1 - 1e-9)) / 2))
        from_p = np.abs(on_scale) / -ndtri(numbers["p"] / 2)
    stated = np.isfinite(numbers["se"])
    only_p = own & ~stated & ~interval
    reasons.add(only_p & ~((numbers["p"] > 0) & (numbers["p"] < 1)), "p: accepted: two-sided, between 0 and 1")
    reasons.add(only_p & (on_scale == 0), "p: an estimate of no effect has no standard error by its p-value")
    error = np.where(stated, numbers["se"], np.where(interval, from_ci, from_p))
    reasons.add(own & ~only_p & ~(np.isfinite(error) & (error > 0)), "standard error: accepted: above zero")
    y[own], s[own] = on_scale[own], error[own]


def _counts(tables: FloatArray, form: NDArray[np.str_], reasons: Reasons) -> None:
    own = form == "counts"
    with np.errstate(invalid="ignore"):
        whole = np.all(tables == np.floor(tables), axis=1)
        events, n = tables[:, [0, 2]], tables[:, [1, 3]]
        reasons.add(own & ~whole, "events, n: accepted: whole numbers")
        reasons.add(own & ~np.all((events >= 0) & (n >= 1) & (events <= n), axis=1),
                    "events, n: accepted: events from 0 to n, and n of at least 1")  # fmt: skip


def _means(
    numbers: dict[str, FloatArray], measure: NDArray[np.object_], form: NDArray[np.str_], y: FloatArray, s: FloatArray,
    reasons: Reasons,
) -> None:  # fmt: skip
    """Set the difference and its standard error: Welch's, or Hedges' g with its usual standard error."""
    own = form == "means"
    (m1, s1, m0, s0), n1, n0 = (numbers[name] for name in MEANS), numbers["n_t"], numbers["n_c"]
    whole = (n1 == np.floor(n1)) & (n0 == np.floor(n0)) & (n1 >= 2) & (n0 >= 2)
    reasons.add(own & ~whole, "n_t, n_c: accepted: whole numbers of at least 2")
    reasons.add(own & ~((s1 > 0) & (s0 > 0)), "sd_t, sd_c: accepted: above zero")
    with np.errstate(all="ignore"):
        df = n1 + n0 - 2
        pooled = np.sqrt(((n1 - 1) * s1**2 + (n0 - 1) * s0**2) / df)
        g = (m1 - m0) / pooled * (1 - 3 / (4 * df - 1))
        standardised = measure == "standardised_mean_difference"
        difference = np.where(standardised, g, m1 - m0)
        error = np.where(
            standardised, np.sqrt(1 / n1 + 1 / n0 + g**2 / (2 * (n1 + n0))), np.sqrt(s1**2 / n1 + s0**2 / n0)
        )
    y[own], s[own] = difference[own], error[own]


def _events(numbers: dict[str, FloatArray], form: NDArray[np.str_], reasons: Reasons) -> None:
    own = form == "events"
    x = np.stack([numbers["events_t"], numbers["events_c"]])
    time = np.stack([numbers[name] for name in EXPOSURES])
    with np.errstate(invalid="ignore"):
        reasons.add(own & ~np.all((x >= 0) & (x == np.floor(x)), axis=0), "events: accepted: whole numbers from 0")
        reasons.add(own & ~np.all(time > 0, axis=0), "exposure: accepted: above zero")


def _thresholds(numbers: dict[str, FloatArray], log: Flags, reasons: Reasons) -> None:
    for name in ("mcid", "planned", "margin", "rope_low", "rope_high"):
        reasons.add(log & (numbers[name] <= 0), f"{name}: accepted: a ratio above zero")
    reasons.add(numbers["sd_ref"] <= 0, "sd_ref: accepted: above zero")
