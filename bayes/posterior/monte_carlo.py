"""The Monte Carlo standard errors of the numbers in a row, from its draws or, if there are none, from the row alone.

A number in a row is a mean, a standard deviation, a share of the draws or a quantile. Errors come from ArviZ on the
number's own scale, but the error of a quantile is that of *the share of draws below it*: a share is close to normal in
any posterior (skewed, heavy-tailed or bimodal), while the quantile itself is not. Two quantiles are therefore compared
by the share of one sample below the quantile of the other.

The draws of a posterior's pieces alternate, which hides their autocorrelation from ArviZ, so the error by batch means
is used where it is larger. For a share that is rare or nearly certain, the observed draws say little about its error,
which is never taken to be smaller than sqrt(q (1 - q) / n), with n draws and q = (n P + 1) / (n + 2).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from bayes.base import measures
from bayes.posterior.row import CI_PROB

if TYPE_CHECKING:
    import xarray as xr

Row = dict[str, Any]
TAIL = (1 - CI_PROB) / 2
QUANTILES = {"median": 0.5, "ci_low": TAIL, "ci_high": 1 - TAIL}
ESTIMATES = {"estimate": 0.5, "estimate_low": TAIL, "estimate_high": 1 - TAIL}
OF_DERIVED = {"median": 0.5, "low": TAIL, "high": 1 - TAIL}
NEEDED = {"median": 0.5, "low": 1 - TAIL, "high": TAIL}  # a number needed to treat is the inverse of what is drawn


@dataclass(frozen=True)
class Number:
    """A number in a row, with the draws it was computed from.

    Attributes
    ----------
    value : float
        On the scale of `draws`.
    kind : {"mean", "sd", "share", "quantile"}
    draws : ndarray, shape (chain, draw)
        For a share, whether the event happened.
    probability : float, optional
        The probability of a quantile.
    """

    value: float
    kind: str
    draws: np.ndarray
    probability: float | None = None

    @property
    def events(self) -> np.ndarray:
        """The event, of a share or a quantile, whose share has the Monte Carlo error."""
        return self.draws if self.kind == "share" else self.draws <= self.value


def numbers(about: dict[str, Any], posterior: xr.Dataset, rows: list[Row]) -> dict[str, dict[str, Number]]:
    """Return every number in the rows of a posterior that depends on its draws.

    Parameters
    ----------
    about : dict
        The record of the posterior (`store.record`).
    posterior : Dataset
        Its draws (`store.load_draws`).
    rows : list of rows
        Those of this posterior, or of another sample of it: the numbers then have their values and this sample's draws.

    Returns
    -------
    dict of dict of Number
        Parameter -> name -> number. Names are columns, `p_beyond[0.75]` and `derived[risk_treatment.low]`. Missing
        numbers are left out; estimates are on the analysis scale, numbers needed to treat are inverted.
    """
    from bayes.posterior import summarise

    draws = dict(summarise.parameters(posterior))
    found = {}
    for row in rows:
        name = row["parameter"]
        own = _moments(row, draws[name]) | _shares(row, about, draws[name]) | _quantiles(row, draws[name])
        part = posterior.sel(row=name.removeprefix("effect[")[:-1]) if "row" in posterior.sizes else posterior
        if row["shrinkage"] is not None:
            shrunk = posterior["shrinkage"].sel(trial=name.removeprefix("effect[")[:-1])
            own["shrinkage"] = Number(row["shrinkage"], "mean", np.asarray(shrunk))
        found[name] = own | _derived(row, part)
    return found


def standard_errors(found: Mapping[str, Number]) -> dict[str, float]:
    """Return the Monte Carlo standard error of each number by name; for a quantile, that of the share of draws below.

    Parameters
    ----------
    found : mapping of str to Number
        Those of one parameter, as `numbers` returns them.
    """
    import arviz as az

    errors: dict[str, float] = {}
    for method in ("mean", "sd"):
        some = {name: number.draws for name, number in found.items() if number.kind == method}
        if some:
            stacked = _stacked(some)
            spread = stacked if method == "mean" else _halved_squares(stacked)
            error = np.fmax(az.mcse(stacked, method=method), of_batches(spread))
            errors |= zip(some, map(float, error), strict=True)
    events = {name: number.events for name, number in found.items() if number.kind in ("share", "quantile")}
    if events:
        stacked = _stacked(events)
        by_draws = np.fmax(az.mcse(stacked, method="mean"), of_batches(stacked))
        for i, (name, error) in enumerate(zip(events, by_draws, strict=True)):
            least = of_share(stacked[..., i].mean(), events[name].size)
            errors[name] = max(least, float(error)) if np.isfinite(error) else least
    return errors


def standard_error(row: Row, quantity: str) -> float:
    """Return the error of a probability, or of the median on the analysis scale, from the row alone; 0 if unknown.

    Parameters
    ----------
    row : dict
        A row of the summary.
    quantity : str
        The column of a probability, or "median".
    """
    if row.get(f"mcse_{quantity}") is not None:
        return row[f"mcse_{quantity}"]
    sizes = [row[name] for name in ("ess_bulk", "ess_tail") if row[name] is not None]
    if not sizes:
        return 0.0
    if quantity == "median":
        return sqrt(pi / 2) * (row["ci_high"] - row["ci_low"]) / 3.92 / sqrt(sizes[0])
    return of_share(row[quantity], min(sizes))


def of_batches(draws: np.ndarray) -> np.ndarray:
    """Return the standard errors of means by the method of batch means.

    Where a posterior was sampled as several pieces, their draws alternate. Neighbouring draws then carry little
    information on each other, and an estimate from autocorrelations, which stops at the first small ones, treats them
    as nearly independent. A batch of n^(2/3) draws contains many draws of every piece.

    Parameters
    ----------
    draws : ndarray, shape (chain, draw, number)

    Returns
    -------
    ndarray, shape (number,)
    """
    chains, n, numbers_ = draws.shape
    length = max(1, round(n ** (2 / 3)))
    batches = n // length
    means = draws[:, : batches * length].reshape(chains, batches, length, numbers_).mean(axis=2)
    return np.sqrt(means.reshape(-1, numbers_).var(axis=0, ddof=1) / (chains * batches))


def _halved_squares(draws: np.ndarray) -> np.ndarray:
    """Return (x - mean)^2 / (2 sd), whose mean has, to first order, the error of the standard deviation."""
    centred = draws - draws.mean(axis=(0, 1))
    sd = centred.std(axis=(0, 1))
    return centred**2 / (2 * np.where(sd > 0, sd, 1.0))


def of_share(share: float, n: float) -> float:
    """Return the standard error of a share of n independent draws, which is never zero.

    Parameters
    ----------
    share : float
    n : float
        Number of draws, or an effective sample size.
    """
    q = (n * share + 1) / (n + 2)
    return sqrt(q * (1 - q) / n)


def _stacked(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    return np.stack([np.asarray(a, dtype=float) for a in arrays.values()], axis=-1)


def _moments(row: Row, draws: np.ndarray) -> dict[str, Number]:
    return {name: Number(row[name], name, draws) for name in ("mean", "sd") if row[name] is not None}


def _quantiles(row: Row, draws: np.ndarray) -> dict[str, Number]:
    values = {name: row[name] for name in QUANTILES}
    if row["estimate"] is not None:
        values |= {name: measures.to_analysis(row[name], row["measure"]) for name in ESTIMATES}
    return {name: Number(value, "quantile", draws, (QUANTILES | ESTIMATES)[name]) for name, value in values.items()}


def _shares(row: Row, about: dict[str, Any], draws: np.ndarray) -> dict[str, Number]:
    """Return probabilities of benefit, of harm, beyond every threshold, inside the ROPE and of exactly no effect."""
    if row["p_benefit"] is None:
        return {}
    measure, sign = about["measure"], 1 if about["benefit"] == "higher" else -1

    def reached(natural: float) -> np.ndarray:
        return sign * draws >= sign * measures.to_analysis(natural, measure)

    null = about["null"]
    beyond = json.loads(row["p_beyond"])
    events = {"p_benefit": sign * draws > sign * null, "p_harm": sign * draws < sign * null}
    events |= {f"p_beyond[{threshold}]": reached(float(threshold)) for threshold in beyond}
    if row["p_mcid"] is not None:
        mcid = measures.to_analysis(row["mcid"], measure)
        events["p_mcid"] = reached(row["mcid"])
        events["p_severe_harm"] = sign * draws <= sign * measures.mirrored(mcid, null)
    if row.get("p_margin") is not None:
        events["p_margin"] = reached(row["margin"])
    if row["p_rope"] is not None:
        low, high = (measures.to_analysis(row[name], measure) for name in ("rope_low", "rope_high"))
        events["p_rope"] = (draws >= low) & (draws <= high)
    if row["p_null"] is not None and row["bf_01"] is None:  # with a Bayes factor, p_null is exact
        events["p_null"] = draws == null
    values = row | {f"p_beyond[{threshold}]": p for threshold, p in beyond.items()}
    return {n: Number(values[n], "share", event) for n, event in events.items() if values.get(n) is not None}


def _derived(row: Row, posterior: xr.Dataset) -> dict[str, Number]:
    """Return median and interval of the quantities derived from the effect; a number needed to treat is inverted."""
    found = {}
    for name, stated in json.loads(row["derived"] or "{}").items():
        drawn = np.asarray(posterior[name.removesuffix("_per_100")]) * (100 if name.endswith("_per_100") else 1)
        if name == "nnt":
            drawn = 1 / drawn
        for end, probability in (NEEDED if name == "nnt" else OF_DERIVED).items():
            if name == "nnt":
                value = 0.0 if stated[end] is None else 1 / stated[end]
            else:
                value = stated[end]
            found[f"derived[{name}.{end}]"] = Number(value, "quantile", drawn, probability)
    return found
