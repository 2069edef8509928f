"""The comparison, number by number, of two summaries of the same posteriors, each sampled independently.

    from the draws    agree within Monte Carlo error: |z| <= `bound`, with z the difference in combined standard errors
    by quadrature     agree within 1e-6, relative: the exact_* columns, p_favours_treatment, a spike's p_null and bf_01
    texts and inputs  are equal; numbers within a text may differ by one unit in the last digit
    diagnostics       are not compared: a new `status` of ok means that the convergence checks were passed again

The bound keeps the probability of any false alarm, over all m comparisons with Monte Carlo error, at 0.1% (normal
tails, Bonferroni): 4.4 for a hundred, 5.5 for ten thousand. Chains diverge wherever a processor or a library rounds
differently, so exact equality cannot be expected even of two correct runs.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import hypot, inf
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from bayes.base import measures
from bayes.posterior.monte_carlo import Number
from bayes.posterior.row import COLUMNS, SummaryRow
from bayes.results.summary_file import as_csv

FALSE_ALARM = 0.001  # probability of at least one over all comparisons
RELATIVE, ABSOLUTE = 1e-6, 1e-9
BY_QUADRATURE = (
    "exact_p_benefit", "exact_p_harm", "exact_p_mcid", "exact_p_severe_harm", "exact_p_margin",
    "exact_ci_low", "exact_ci_high", "exact_mean", "exact_sd", "p_favours_treatment", "bf_01",
)  # fmt: skip
SAMPLED = (
    "mean", "sd", "median", "ci_low", "ci_high", "estimate", "estimate_low", "estimate_high", "p_benefit", "p_harm",
    "p_mcid", "p_margin", "p_severe_harm", "p_rope", "p_beyond", "shrinkage", "derived",
)  # fmt: skip
FOLLOWS = {"estimate": "median", "estimate_low": "ci_low", "estimate_high": "ci_high"}  # on the measure's own scale
DIAGNOSTICS = (
    "mcse_p_benefit", "mcse_p_harm", "mcse_p_mcid", "mcse_p_severe_harm", "mcse_p_margin", "mcse_p_rope",
    "mcse_mean", "r_hat", "ess_bulk", "ess_tail", "divergences",
)  # fmt: skip
# the probability in a flag is a share of the draws and is already compared as p_harm
FLAG = re.compile(r"flagged: P\(increase\) [\d.]+(?: \(Monte Carlo error [\d.]+\))? >= [\d.e-]+(; )?")
NUMERAL = re.compile(r"\d+(?:\.(\d+))?(?:e([+-]?\d+))?")


@dataclass(frozen=True)
class Compared:
    """A number in both summaries; `z` is None where no Monte Carlo error is allowed for."""

    key: str
    parameter: str
    quantity: str
    old: object
    new: object
    z: float | None = None
    agrees: bool = True


def bound_of(comparisons: int) -> float:
    """Return the largest |z| that counts as agreement, of any of so many comparisons."""
    return NormalDist().inv_cdf(1 - FALSE_ALARM / 2 / max(1, comparisons))


@dataclass
class Agreement:
    """All comparisons, with counts of the rows that had no number to compare: failed in both runs, or skipped."""

    sampled: list[Compared] = field(default_factory=list)
    stated: list[Compared] = field(default_factory=list)
    rows: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def bound(self) -> float:
        """Return the largest |z| that counts as agreement."""
        return bound_of(len(self.sampled))

    @property
    def identical(self) -> int:
        """Return how many numbers from draws are identical to the last digit."""
        return sum(one.old == one.new for one in self.sampled)

    @property
    def largest(self) -> Compared | None:
        """Return the comparison with the largest |z|."""
        return max(self.sampled, key=_distance_in_errors, default=None)

    @property
    def disagreements(self) -> list[Compared]:
        """Return the comparisons that do not agree, the largest differences first among those with a `z`."""
        beyond = [one for one in self.sampled if _distance_in_errors(one) > self.bound]
        return [one for one in self.stated if not one.agrees] + sorted(beyond, key=_distance_in_errors, reverse=True)


def _distance_in_errors(one: Compared) -> float:
    return 0.0 if one.z is None else abs(one.z)


def compare_stated(old: SummaryRow, new: SummaryRow) -> Iterable[Compared]:
    """Compare the texts, stated numbers and quadrature results of a row, and its estimates with its own quantiles."""
    before: Mapping[str, object] = {**old}
    after: Mapping[str, object] = {**new}
    for name in dict.fromkeys((*COLUMNS, *old)):
        if name in SAMPLED or name in DIAGNOSTICS or (name == "p_null" and old["bf_01"] is None):
            continue
        a, b = before[name], after.get(name)
        yield Compared(str(old["key"]), old["parameter"], name, a, b, agrees=_same(a, b))
    for name, of in FOLLOWS.items():
        quantile = before[of]
        if before[name] is not None and isinstance(quantile, float | int):
            a, b = before[name], float(measures.to_natural(quantile, old["measure"]))
            yield Compared(str(old["key"]), old["parameter"], f"{name} of {of}", a, b, agrees=_same(a, b))


def compare_csv(rows: Sequence[SummaryRow], text: str) -> Iterable[Compared]:
    """Yield the cells of a CSV summary that differ from its rows."""
    found, expected = (list(csv.DictReader(io.StringIO(one))) for one in (text, as_csv(rows)))
    if len(found) != len(expected):
        yield Compared("summary.csv", "effect", "rows", len(found), len(expected), agrees=False)
    for row, old, new in zip(rows, found, expected, strict=False):
        for name in dict.fromkeys((*new, *old)):
            if old.get(name) != new.get(name):
                said = f"{name} in summary.csv"
                yield Compared(str(row["key"]), row["parameter"], said, old.get(name), new.get(name), agrees=False)


def compare_sampled(
    key: str,
    parameter: str,
    old: Mapping[str, Number],
    new: Mapping[str, Number],
    errors: Sequence[Mapping[str, float]],
) -> Iterable[Compared]:
    """Compare the numbers of a row that depend on draws.

    Parameters
    ----------
    key, parameter : str
        The posterior and the parameter that the row reports.
    old : mapping of str to Number
        The old values, evaluated on the new draws, which is how quantiles are compared.
    new : mapping of str to Number
        The new values.
    errors : sequence of mapping
        Monte Carlo standard errors in the old and in the new sample; for a quantile, those of the share of draws below.
    """
    for name in dict.fromkeys((*old, *new)):
        if name not in old or name not in new or any(name not in one for one in errors):
            a, b = (side[name].value if name in side else None for side in (old, new))
            yield Compared(key, parameter, name, a, b, inf)
            continue
        z = _distance(old[name], new[name]) / hypot(*(one[name] for one in errors))
        yield Compared(key, parameter, name, old[name].value, new[name].value, z)


def _distance(old: Number, new: Number) -> float:
    """Return new minus old; for quantiles, the share of the new draws between them (0 if draws are tied at the old).

    Stored draws are the middles of cells, and their quantiles those of the draws before they were stored: a draw less
    than half a cell from a quantile may have been on either side of it.
    """
    if old.probability is None or old.value == new.value:
        return new.value - old.value
    draws, room = old.draws, _half_a_cell(old.draws)
    below, up_to = (draws < old.value - room).mean(), (draws <= old.value + room).mean()
    return float(max(0.0, old.probability - up_to) - max(0.0, below - old.probability))


def _half_a_cell(draws: NDArray[np.float64] | NDArray[np.bool_]) -> float:
    """Return half the smallest distance of two draws, and a little for rounding; 0 if all are equal."""
    gaps = np.diff(np.unique(np.asarray(draws, dtype=float)))
    return float(gaps.min()) * (0.5 + 1e-6) if len(gaps) else 0.0


def _same(a: object, b: object) -> bool:
    if isinstance(a, bool) or isinstance(b, bool) or a is None or b is None:
        return a is b
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) and isinstance(b, str) and _same_text(FLAG.sub("", a), FLAG.sub("", b))
    if not isinstance(a, float | int) or not isinstance(b, float | int):
        return a == b
    return abs(a - b) <= RELATIVE * max(abs(a), abs(b)) + ABSOLUTE


def _same_text(a: str, b: str) -> bool:
    """Return whether texts are equal up to the last digit of their numbers, where a computed prior may round."""
    if a == b:
        return True
    if NUMERAL.split(a)[::3] != NUMERAL.split(b)[::3]:
        return False
    return all(
        abs(float(x[0]) - float(y[0])) <= 1.001 * max(_unit(x), _unit(y))
        for x, y in zip(NUMERAL.finditer(a), NUMERAL.finditer(b), strict=True)
    )


def _unit(numeral: re.Match[str]) -> float:
    """Return one unit in the last decimal of a numeral; 0 for a whole number, which is a count or a stated value."""
    decimals, exponent = numeral.groups()
    return 0.0 if decimals is None else 10.0 ** (int(exponent or 0) - len(decimals))
