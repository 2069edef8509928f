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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import pi, sqrt
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from bayes.base import measures
from bayes.posterior import measured
from bayes.posterior.names import ParameterName
from bayes.posterior.record import Reported
from bayes.posterior.row import CI_PROB, DerivedRow, SummaryRow, ThresholdRow

if TYPE_CHECKING:
    import xarray as xr

Draws = NDArray[np.float64]
Quantity = Literal["p_benefit", "p_mcid", "p_harm", "median"]
Kind = Literal["mean", "sd", "share", "quantile"]
TAIL = (1 - CI_PROB) / 2
QUANTILES = {"median": 0.5, "ci_low": TAIL, "ci_high": 1 - TAIL}
ESTIMATES: dict[Literal["estimate", "estimate_low", "estimate_high"], float]
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
    kind: Kind
    draws: Draws | NDArray[np.bool_]
    probability: float | None = None

    @property
    def events(self) -> Draws | NDArray[np.bool_]:
        """The event, of a share or a quantile, whose share has the Monte Carlo error."""
        return self.draws if self.kind == "share" else self.draws <= self.value


def numbers(
    reported: Reported,
    posterior: xr.Dataset,
    rows: Sequence[SummaryRow],
    thresholds: Sequence[ThresholdRow],
    derived: Sequence[DerivedRow],
) -> dict[str, dict[str, Number]]:
    """Return every number in the rows of a posterior that depends on its draws.

    Parameters
    ----------
    reported : Reported
    posterior : Dataset
        Its draws (`posteriors.load_draws`).
    rows, thresholds, derived : sequences of rows
        Those of this posterior, or of another sample of it: the numbers then have their values and this sample's draws.

    Returns
    -------
    dict of dict of Number
        Parameter -> name -> number. Names are columns, `p_beyond[0.75]` and `derived[risk_treatment.low]`. Missing
        numbers are left out; estimates are on the analysis scale, numbers needed to treat are inverted.
    """
    draws = {str(name): values for name, values in measured.parameters(posterior)}
    found = {}
    for row in rows:
        name = ParameterName.parse(row["parameter"])
        drawn = draws[row["parameter"]]
        own = _moments(row, drawn) | _shares(row, reported, drawn) | _quantiles(row, drawn)
        own |= _beyond(row, reported, drawn, [one for one in thresholds if one["parameter"] == row["parameter"]])
        part = posterior.sel(row=name.of) if "row" in posterior.sizes else posterior
        if row["shrinkage"] is not None:
            own["shrinkage"] = Number(row["shrinkage"], "mean", np.asarray(posterior["shrinkage"].sel(trial=name.of)))
        found[row["parameter"]] = own | _derived([one for one in derived if one["parameter"] == row["parameter"]], part)
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


def standard_error(row: SummaryRow, quantity: Quantity) -> float:
    """Return the error of a probability, or of the median on the analysis scale, from the row alone; 0 if unknown.

    Parameters
    ----------
    row : dict
        A row of the summary.
    quantity : {"p_benefit", "p_harm", "p_mcid", "median"}
    """
    if (stated := _stated_error(row, quantity)) is not None:
        return stated
    sizes = [size for size in (row["ess_bulk"], row["ess_tail"]) if size is not None]
    if not sizes:
        return 0.0
    if quantity != "median":
        share = row[quantity]
        return 0.0 if share is None else of_share(share, min(sizes))
    low, high = row["ci_low"], row["ci_high"]
    return 0.0 if low is None or high is None else sqrt(pi / 2) * (high - low) / 3.92 / sqrt(sizes[0])


def _stated_error(row: SummaryRow, quantity: Quantity) -> float | None:
    match quantity:
        case "p_benefit":
            return row["mcse_p_benefit"]
        case "p_harm":
            return row["mcse_p_harm"]
        case "p_mcid":
            return row["mcse_p_mcid"]
    return None


def of_batches(draws: Draws) -> Draws:
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
    variances: Draws = means.reshape(-1, numbers_).var(axis=0, ddof=1)
    errors: Draws = np.sqrt(variances / (chains * batches))
    return errors


def _halved_squares(draws: Draws) -> Draws:
    """Return (x - mean)^2 / (2 sd), whose mean has, to first order, the error of the standard deviation."""
    centred = draws - draws.mean(axis=(0, 1))
    sd = centred.std(axis=(0, 1))
    halved: Draws = centred**2 / (2 * np.where(sd > 0, sd, 1.0))
    return halved


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


def _stacked(arrays: Mapping[str, Draws | NDArray[np.bool_]]) -> Draws:
    return np.stack([np.asarray(a, dtype=float) for a in arrays.values()], axis=-1)


def _moments(row: SummaryRow, draws: Draws) -> dict[str, Number]:
    found = {} if row["mean"] is None else {"mean": Number(row["mean"], "mean", draws)}
    return found if row["sd"] is None else found | {"sd": Number(row["sd"], "sd", draws)}


def _quantiles(row: SummaryRow, draws: Draws) -> dict[str, Number]:
    values = {"median": row["median"], "ci_low": row["ci_low"], "ci_high": row["ci_high"]}
    natural = {name: row[name] for name in ESTIMATES}
    values |= {n: measures.to_analysis(v, row["measure"]) for n, v in natural.items() if v is not None}
    probabilities = QUANTILES | ESTIMATES
    return {n: Number(v, "quantile", draws, probabilities[n]) for n, v in values.items() if v is not None}


def _shares(row: SummaryRow, reported: Reported, draws: Draws) -> dict[str, Number]:
    """Return probabilities of benefit, of harm, beyond the stated thresholds, in the ROPE and of exactly no effect."""
    if row["p_benefit"] is None:
        return {}
    measure, sign, null = reported.measure, reported.sign, reported.null
    events = {"p_benefit": sign * draws > sign * null, "p_harm": sign * draws < sign * null}
    if row["p_mcid"] is not None and row["mcid"] is not None:
        mcid = measures.to_analysis(row["mcid"], measure)
        events["p_mcid"] = _reached(row["mcid"], reported, draws)
        events["p_severe_harm"] = sign * draws <= sign * measures.mirrored(mcid, null)
    if row["p_margin"] is not None and row["margin"] is not None:
        events["p_margin"] = _reached(row["margin"], reported, draws)
    if row["p_rope"] is not None and row["rope_low"] is not None and row["rope_high"] is not None:
        low, high = (measures.to_analysis(limit, measure) for limit in (row["rope_low"], row["rope_high"]))
        events["p_rope"] = (draws >= low) & (draws <= high)
    if row["p_null"] is not None and row["bf_01"] is None:  # with a Bayes factor, p_null is exact
        events["p_null"] = draws == null
    values: dict[str, object] = {**row}
    return {n: Number(p, "share", event) for n, event in events.items() if isinstance(p := values[n], float | int)}


def _beyond(row: SummaryRow, reported: Reported, draws: Draws, thresholds: Sequence[ThresholdRow]) -> dict[str, Number]:
    """Return the probability beyond every threshold."""
    return {
        f"p_beyond[{one['threshold']:.12g}]": Number(
            one["probability"], "share", _reached(one["threshold"], reported, draws)
        )
        for one in thresholds
    }


def _reached(natural: float, reported: Reported, draws: Draws) -> NDArray[np.bool_]:
    """Return the event that the effect is at least as good as a threshold on the natural scale."""
    return reported.sign * draws >= reported.sign * measures.to_analysis(natural, reported.measure)


def _derived(rows: Sequence[DerivedRow], posterior: xr.Dataset) -> dict[str, Number]:
    """Return median and interval of the quantities derived from the effect; a number needed to treat is inverted."""
    found = {}
    for row in rows:
        name = row["quantity"]
        needed = name == "nnt"
        drawn = np.asarray(posterior[name.removesuffix("_per_100")]) * (100 if name.endswith("_per_100") else 1)
        drawn = 1 / drawn if needed else drawn
        values = {"median": row["median"], "low": row["low"], "high": row["high"]}
        for end, probability in (NEEDED if needed else OF_DERIVED).items():
            value = values[end]
            if needed:
                value = 0.0 if value is None else 1 / value
            if value is not None:
                found[f"derived[{name}.{end}]"] = Number(value, "quantile", drawn, probability)
    return found
