"""The gate: checks of convergence, resolution and agreement with quadrature that a posterior must pass.

Each check returns a list of problems; an empty list is a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import batched
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from bayes.posterior.names import ParameterName
from bayes.posterior.parameter import ExactAnswer, Parameter
from bayes.posterior.problems import Problem
from bayes.posterior.row import CI_PROB

if TYPE_CHECKING:
    import pandas as pd

R_HAT = 1.01
ESS = 1000  # bulk and tail, every parameter
ESS_EFFECT = 4000  # bulk, the effect: keeps the MCSE of P(benefit) at or below 0.008
ESS_MU = 2000  # bulk, the mean of a synthesis
TAIL = (0.11, 0.89)  # the quantiles whose ESS is that of the tails in `az.summary`
BLOCK = 64  # parameters diagnosed at a time: ArviZ holds several copies of the draws, of which a table has gigabytes
SLACK = 0.002  # allowed in addition to 4 Monte Carlo standard errors; for the mean in quarters of the interval


def diagnostics(draws: Mapping[str, NDArray[np.float64]]) -> pd.DataFrame | None:
    """Return R-hat, effective sample size and MCSE of every parameter by ArviZ; None if nothing varies.

    Parameters
    ----------
    draws : mapping of ndarray, shape (chain, draw, ...)
        What was sampled and what is reported; a quantity that follows from these needs no diagnostics of its own.

    Returns
    -------
    DataFrame or None
        One row per scalar parameter that varies, with the columns `r_hat`, `ess_bulk`, `ess_tail` and `mcse_mean`.
    """
    import pandas as pd

    moving = {label: one for name, values in draws.items() for label, one in _scalars(name, values) if np.ptp(one)}
    found = [_diagnosed(np.stack(block)) for block in batched(moving.values(), BLOCK)]
    if not found:
        return None
    return pd.DataFrame(np.concatenate(found), [*moving], ["r_hat", "ess_bulk", "ess_tail", "mcse_mean"])


def _diagnosed(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the four diagnostics of several parameters, shape (parameter, 4); draws : (parameter, chain, draw)."""
    from arviz_stats.base.array import array_stats

    axes = {"chain_axis": 1, "draw_axis": 2}
    half = draws.shape[2] // 2
    halves = np.concatenate([draws[..., :half], draws[..., -half:]], axis=1)
    scores = _normal_scores(halves)
    folded = _normal_scores(np.abs(halves - np.median(halves, axis=(1, 2), keepdims=True)))
    found = [
        np.maximum(*(array_stats.rhat(one, method="identity", **axes) for one in (scores, folded))),
        array_stats.ess(scores, method="identity", **axes),
        array_stats.ess(draws, method="tail", prob=TAIL, **axes),
        array_stats.mcse(draws, method="mean", **axes),
    ]
    return np.stack(found, axis=1)


def _normal_scores(draws: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return draws as normal scores by their ranks, which R-hat and the ESS of the bulk rest on (Vehtari 2021).

    ArviZ ranks the same draws once for each of them, and takes eight times as long as for draws without ties.

    Parameters
    ----------
    draws : ndarray, shape (parameter, chain, draw)
    """
    flat = draws.reshape(len(draws), -1)
    order = np.argsort(flat, axis=1)
    ordered = np.take_along_axis(flat, order, axis=1)
    in_order = np.tile(_scores_of_ranks(flat.shape[1]), (len(flat), 1))
    for row in np.flatnonzero(~(ordered[:, 1:] > ordered[:, :-1]).all(axis=1)):
        in_order[row] = _scores_with_ties(ordered[row])
    scores = np.empty_like(flat)
    np.put_along_axis(scores, order, in_order, axis=1)
    return scores.reshape(draws.shape)


@cache
def _scores_of_ranks(n: int) -> NDArray[np.float64]:
    """Return the normal scores of the ranks 1 to n (Blom 1958)."""
    return _scores(np.arange(1.0, n + 1), n)


def _scores(rank: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    from scipy.special import ndtri

    scores: NDArray[np.float64] = ndtri((rank - 3 / 8) / (n + 1 / 4))
    return scores


def _scores_with_ties(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the normal scores of draws in increasing order, equal ones by their mean rank; NaN if any is NaN.

    Distances from a median have a tie whenever the number of draws is even.
    """
    n = len(ordered)
    if np.isnan(ordered[-1]):
        return np.full(n, np.nan)
    first = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    alike = np.diff(first, append=n)
    return np.repeat(_scores(first + (alike + 1) / 2, n), alike)


def gate(table: pd.DataFrame | None, divergences: int, main: str, share: float = 1.0) -> list[Problem]:
    """Check convergence and resolution of one sample.

    Parameters
    ----------
    table : DataFrame or None
        As `diagnostics` returns it.
    divergences : int
        Divergent transitions after warm-up.
    main : str
        The parameter that conclusions rest on: "effect" (in a table, the effect of every row) or "mu".
    share : float
        Of the posterior, for one of its pieces: a number of the whole needs as much of the ESS from it.

    Returns
    -------
    list of Problem
    """
    problems = [Problem("divergences", divergences)] if divergences else []
    if table is None:
        return problems
    worst = table["r_hat"].max()
    if not worst <= R_HAT:
        problems.append(Problem("r_hat", float(worst), R_HAT, str(table["r_hat"].idxmax())))
    problems += _too_few(table, "ess_bulk", ESS) + _too_few(table, "ess_tail", ESS)
    of_main = [name for name in table.index if name == main or name.startswith(f"{main}[")]
    if of_main:
        needed = max(ESS, round(share * (ESS_MU if main == "mu" else ESS_EFFECT)))
        problems += _too_few(table.loc[of_main], "ess_bulk", needed)
    return problems


def _too_few(table: pd.DataFrame, column: Literal["ess_bulk", "ess_tail"], needed: int) -> list[Problem]:
    least = table[column].min()
    return [] if least >= needed else [Problem(column, float(least), needed, str(table[column].idxmin()))]


def e_bfmi(stats: Mapping[str, NDArray[np.float64]]) -> float | None:
    """Energy Bayesian fraction of missing information of the worst chain (Betancourt 2016); None without a sampler.

    Parameters
    ----------
    stats : mapping of ndarray, shape (chain, draw)
        Sampler statistics, `energy` among them.
    """
    if "energy" not in stats:
        return None
    energy = stats["energy"]
    return float((np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1)).min())


def compare(parameters: Iterable[Parameter], draws: Mapping[ParameterName, NDArray[np.float64]]) -> list[Problem]:
    """Return disagreements between sampled and exact answers beyond 4 Monte Carlo standard errors + 0.002.

    The slack is 0.002 of a probability and, for the mean, 0.002 of a quarter of the interval's width, whatever the
    unit. Compared are the mean, the probabilities, and both tails. For a tail, the share of draws beyond the exact end
    of the interval is compared with 2.5%, because a share has a Monte Carlo error in any posterior, even one with two
    modes or a spike.

    Parameters
    ----------
    parameters : iterable of Parameter
    draws : mapping of ParameterName to ndarray, shape (chain, draw)
        Those of every parameter, on the analysis scale.

    Returns
    -------
    list of Problem
    """
    problems = []
    for one in parameters:
        if one.exact is not None:
            problems += [*_numbers(one, one.exact), *_tails(one, one.exact, draws[one.name])]
    return problems


def _numbers(one: Parameter, exact: ExactAnswer) -> Iterator[Problem]:
    """Yield the mean and the probabilities that disagree."""
    if one.mean is not None and exact.mean is not None:
        unit = (one.ci_high - one.ci_low) / 4
        if not abs(one.mean - exact.mean) <= 4 * (one.mcse_mean or 0.0) + SLACK * unit:
            yield Problem("quadrature", one.mean, exact.mean, str(one.name), "mean")
    if (found := one.probabilities) is None:
        return
    for name, share, exactly in (
        ("p_benefit", found.p_benefit, exact.p_benefit),
        ("p_harm", found.p_harm, exact.p_harm),
        ("p_mcid", found.p_mcid, exact.p_mcid),
        ("p_severe_harm", found.p_severe_harm, exact.p_severe_harm),
        ("p_margin", found.p_margin, exact.p_margin),
    ):
        if share is not None and exactly is not None and not abs(share.value - exactly) <= 4 * share.mcse + SLACK:
            yield Problem("quadrature", share.value, exactly, str(one.name), name)


def _tails(one: Parameter, exact: ExactAnswer, draws: NDArray[np.float64]) -> Iterator[Problem]:
    """Yield ends of the interval that disagree with the draws; a spike containing an end is on neither side of it."""
    tail = (1 - CI_PROB) / 2
    for name, side, exactly in (("ci_low", 1, exact.ci_low), ("ci_high", -1, exact.ci_high)):
        if exactly is None:
            continue
        beyond, from_here = side * draws < side * exactly, side * draws <= side * exactly
        least, most = (float(event.mean()) for event in (beyond, from_here))
        events = (beyond,) if least == most else (beyond, from_here)  # two only where a draw is at the end itself
        allowed = 4 * max(map(mcse_of_probability, events)) + SLACK
        if not least - allowed <= tail <= most + allowed:
            found = one.ci_low if side == 1 else one.ci_high
            yield Problem("tail", found, exactly, str(one.name), name, beyond=least)


def mcse_of_probability(event: NDArray[np.bool_]) -> float:
    """Return the Monte Carlo standard error of a probability by ArviZ.

    For an event that is certain or impossible, it is the resolution of the draws.

    Parameters
    ----------
    event : ndarray of bool, shape (chain, draw)
    """
    from arviz_stats.base.array import array_stats

    if event.all() or not event.any():
        return 1.0 / event.size
    return float(array_stats.mcse(event.astype(float), chain_axis=0, draw_axis=1, method="mean"))


def _scalars(name: str, values: NDArray[np.float64]) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Yield (label, draws of shape (chain, draw)) of every entry, labelled by its place."""
    for place in np.ndindex(values.shape[2:]):
        yield f"{name}[{', '.join(map(str, place))}]" if place else name, values[(..., *place)]
