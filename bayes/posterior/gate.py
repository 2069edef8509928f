"""The gate: checks of convergence, resolution and agreement with quadrature that a posterior must pass.

Each check returns a list of problems; an empty list is a pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

if TYPE_CHECKING:
    import pandas as pd

R_HAT = 1.01
ESS = 1000  # bulk and tail, every parameter
ESS_EFFECT = 4000  # bulk, the effect: keeps the MCSE of P(benefit) at or below 0.008
ESS_MU = 2000  # bulk, the mean of a synthesis
COMPARED = ("mean", "p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin")
SLACK = 0.002  # allowed in addition to 4 Monte Carlo standard errors; for the mean in quarters of the interval


@dataclass(frozen=True)
class Problem:
    """A reason to reject a posterior.

    Attributes
    ----------
    text : str
    divergent : bool
        Whether smaller steps are needed, rather than only more draws.
    """

    text: str
    divergent: bool = False

    def __str__(self) -> str:
        return self.text


def diagnostics(posterior: xr.Dataset) -> pd.DataFrame | None:
    """Return R-hat, effective sample size and MCSE of every parameter by ArviZ; None if nothing varies.

    Parameters
    ----------
    posterior : Dataset
        Draws with dimensions chain, draw and any others.

    Returns
    -------
    DataFrame or None
        One row per scalar parameter.
    """
    import arviz as az

    moving = {name: values for name, values in posterior.data_vars.items() if not _constant(values)}
    if not moving:
        return None
    # one array of all parameters: ArviZ cannot align more than 32 dimensions, and every trial may add its own
    labels, columns = zip(*(pair for name, values in moving.items() for pair in _scalars(name, values)), strict=True)
    together = xr.Dataset({"p": (("chain", "draw", "parameter"), np.stack(columns, axis=-1))})
    table = az.summary(xr.DataTree.from_dict({"posterior": together}), kind="diagnostics", round_to="none")
    return table.set_axis(list(labels), axis=0)


def gate(table: pd.DataFrame | None, divergences: int, main: str) -> list[Problem]:
    """Check convergence and resolution of one sample.

    Parameters
    ----------
    table : DataFrame or None
        As `diagnostics` returns it.
    divergences : int
        Divergent transitions after warm-up.
    main : str
        The parameter that conclusions rest on: "effect" (in a table, the effect of every row) or "mu".

    Returns
    -------
    list of Problem
    """
    problems = []
    if divergences:
        problems.append(Problem(f"{divergences} divergences", divergent=True))
    if table is None:
        return problems
    worst = table["r_hat"].max()
    if not worst <= R_HAT:
        problems.append(Problem(f"R-hat {worst:.3f} of {table['r_hat'].idxmax()} above {R_HAT}"))
    for column, word in (("ess_bulk", "bulk"), ("ess_tail", "tail")):
        least = table[column].min()
        if not least >= ESS:
            problems.append(Problem(f"{word} ESS {least:.0f} of {table[column].idxmin()} below {ESS}"))
    needed = ESS_MU if main == "mu" else ESS_EFFECT
    of_main = table.loc[[name for name in table.index if name == main or name.startswith(f"{main}[")], "ess_bulk"]
    if len(of_main) and not of_main.min() >= needed:
        problems.append(Problem(f"bulk ESS {of_main.min():.0f} of {of_main.idxmin()} below {needed}"))
    return problems


def e_bfmi(stats: xr.Dataset) -> float | None:
    """Energy Bayesian fraction of missing information of the worst chain (Betancourt 2016); None without a sampler.

    Parameters
    ----------
    stats : Dataset
        Sampler statistics; `energy` has the shape (chain, draw).
    """
    if "energy" not in stats:
        return None
    energy = np.asarray(stats["energy"])
    return float((np.square(np.diff(energy, axis=1)).mean(axis=1) / energy.var(axis=1)).min())


def compare(rows: Iterable[dict[str, Any]], draws: Mapping[str, np.ndarray]) -> list[Problem]:
    """Return disagreements between sampled and exact answers beyond 4 Monte Carlo standard errors + 0.002.

    The slack is 0.002 of a probability and, for the mean, 0.002 of a quarter of the interval's width, whatever the
    unit. Compared are the mean, the probabilities of `COMPARED`, and both tails. For a tail, the share of draws beyond
    the exact end of the interval is compared with 2.5%, because a share has a Monte Carlo error in any posterior, even
    one with two modes or a spike.

    Parameters
    ----------
    rows : iterable of rows
    draws : mapping of str to ndarray, shape (chain, draw)
        Those of every row's parameter, on the analysis scale.

    Returns
    -------
    list of Problem
    """
    problems = []
    for row in rows:
        for name in COMPARED:
            sampled, exactly = row[name], row[f"exact_{name}"]
            if sampled is None or exactly is None:
                continue
            unit = (row["ci_high"] - row["ci_low"]) / 4 if name == "mean" else 1.0
            if not abs(sampled - exactly) <= 4 * (row[f"mcse_{name}"] or 0.0) + SLACK * unit:
                problems.append(
                    Problem(f"{name} of {row['parameter']} {sampled:.4f} against {exactly:.4f} by quadrature")
                )
        problems += _tails(row, draws[row["parameter"]])
    return problems


def _tails(row: dict[str, Any], draws: np.ndarray) -> Iterator[Problem]:
    """Yield ends of the interval that disagree with the draws; a spike containing an end is on neither side of it."""
    tail = (1 - row["ci_prob"]) / 2
    for name, side in (("ci_low", 1), ("ci_high", -1)):
        exactly = row[f"exact_{name}"]
        if exactly is None:
            continue
        beyond, from_here = side * draws < side * exactly, side * draws <= side * exactly
        least, most = (float(event.mean()) for event in (beyond, from_here))
        allowed = 4 * max(map(mcse_of_probability, (beyond, from_here))) + SLACK
        if not least - allowed <= tail <= most + allowed:
            said = f"{name} of {row['parameter']} {row[name]:.4f} against {exactly:.4f} by quadrature"
            yield Problem(f"{said}, beyond which {least:.4f} of the draws lie")


def mcse_of_probability(event: np.ndarray) -> float:
    """Return the Monte Carlo standard error of a probability by ArviZ.

    For an event that is certain or impossible, it is the resolution of the draws.

    Parameters
    ----------
    event : ndarray of bool, shape (chain, draw)
    """
    import arviz as az

    if event.all() or not event.any():
        return 1.0 / event.size
    return float(az.mcse(event.astype(float), method="mean"))


def _scalars(name: str, values: xr.DataArray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (label, draws of shape (chain, draw)) of every entry, labelled as in ArviZ."""
    extra = [d for d in values.dims if d not in ("chain", "draw")]
    array = np.asarray(values.transpose("chain", "draw", *extra))
    for place in np.ndindex(array.shape[2:]):
        at = ", ".join(str(values[d].values[i]) for d, i in zip(extra, place, strict=True))
        yield (f"{name}[{at}]" if extra else name), array[(..., *place)]


def _constant(values: xr.DataArray) -> bool:
    array = np.asarray(values)
    return bool((array == array.flat[0]).all())
