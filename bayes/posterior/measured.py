"""What the draws of a posterior say about each parameter: moments, quantiles, probabilities and derived quantities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bayes.base import measures
from bayes.paper.scales import dichotomies
from bayes.posterior.gate import mcse_of_probability
from bayes.posterior.names import BETA, EFFECT, MU, NEW_TRIAL, TAU, ParameterName, effect_of
from bayes.posterior.parameter import Derived, ExactAnswer, Flag, Parameter, Probabilities, Share
from bayes.posterior.record import Reported
from bayes.posterior.row import CI_PROB

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

Draws = NDArray[np.float64]
QUANTILES = ((1 - CI_PROB) / 2, 0.5, (1 + CI_PROB) / 2)


@cache
def per_100() -> frozenset[str]:
    """Return the names of differences of risks, which are also given per 100 persons."""
    return frozenset(["risk_difference", "rate_difference", *(f"p_{name}_difference" for name in dichotomies())])


@dataclass(frozen=True, slots=True)
class MissingMoments:
    """The parameters whose posterior has no mean, and those whose posterior has no standard deviation."""

    mean: frozenset[ParameterName] = frozenset()
    sd: frozenset[ParameterName] = frozenset()


def measure(
    posterior: xr.Dataset,
    reported: Reported,
    diagnostics: pd.DataFrame | None,
    exact: Mapping[ParameterName, ExactAnswer],
    missing: MissingMoments,
    flags: tuple[float, ...] = (),
) -> tuple[Parameter, ...]:
    """Return every reported parameter of a posterior.

    Parameters
    ----------
    posterior : Dataset
        Draws under names for the reader, effects on the analysis scale.
    reported : Reported
    diagnostics : DataFrame or None
        As `gate.diagnostics` returns it.
    exact : mapping of ParameterName to ExactAnswer
    missing : MissingMoments
    flags : tuple of float
        Increasing thresholds of P(increase) that flag a row of a table.
    """
    found, quantities, diagnosed = [], _quantities(posterior), _by_name(diagnostics)
    for name, draws in parameters(posterior):
        own, by_arviz = quantities.get(name), diagnosed.get(str(name), {})
        low, median, high = (float(q) for q in np.quantile(draws, QUANTILES))
        found.append(
            Parameter(
                name=name,
                mean=None if name in missing.mean else float(draws.mean()),
                sd=None if name in missing.sd else float(draws.std()),
                median=median,
                ci_low=low,
                ci_high=high,
                mcse_mean=by_arviz.get("mcse_mean"),
                ess_bulk=by_arviz.get("ess_bulk"),
                ess_tail=by_arviz.get("ess_tail"),
                probabilities=None if name == TAU else _probabilities(_applying(reported, name), draws),
                exact=exact.get(name),
                shrinkage=_shrinkage(posterior, name),
                p_null=float((draws == reported.null).mean()) if "p_null" in posterior and _of_row(posterior) else None,
                derived=None if own is None else derived(own, reported.measure),
                flag=_flag(draws, reported, flags),
            )
        )
    return tuple(found)


def parameters(posterior: xr.Dataset) -> Iterator[tuple[ParameterName, Draws]]:
    """Yield every reported parameter.

    Parameters
    ----------
    posterior : Dataset

    Yields
    ------
    name : ParameterName
    draws : ndarray, shape (chain, draw)
        On the analysis scale.
    """
    if _of_row(posterior):
        effects = np.asarray(posterior["effect"])
        for i, row in enumerate(posterior["row"].values):
            yield effect_of(str(row)), effects[..., i]
        return
    if "mu" not in posterior:
        yield EFFECT, np.asarray(posterior["effect"])
        return
    for name in (MU, TAU, BETA, NEW_TRIAL):
        if str(name) in posterior:
            yield name, np.asarray(posterior[str(name)])
    for trial in posterior["trial"].values:
        yield effect_of(str(trial)), np.asarray(posterior["effect"].sel(trial=trial))


def derived(draws: Mapping[str, Draws], measure: str) -> tuple[Derived, ...]:
    """Return median and interval of every scalar quantity derived from the effect: risks, rates, utilities, NNT, ...

    Differences of risks and rates are also given per 100 persons.

    Parameters
    ----------
    draws : mapping of ndarray, shape (chain, draw, ...)
        Those of one effect, and of whatever follows from it.
    measure : str

    Returns
    -------
    tuple of Derived
        On the natural scale.
    """
    found = []
    for name, values in draws.items():
        if values.ndim == 2 and name not in ("effect", measure, "nnt"):
            low, middle, high = (float(q) for q in np.quantile(values, QUANTILES))
            found.append(Derived(name, middle, low, high))
            if name in per_100():
                found.append(Derived(f"{name}_per_100", 100 * middle, 100 * low, 100 * high))
    if "nnt" in draws:
        low, middle, high = (float(q) for q in np.quantile(1 / draws["nnt"], QUANTILES))
        found.append(Derived("nnt", _inverse(middle), _inverse(high), _inverse(low)))
    return tuple(found)


def _inverse(difference: float) -> float | None:
    return None if difference == 0 else 1 / difference


def _of_row(posterior: xr.Dataset) -> bool:
    return "row" in posterior.sizes


def _quantities(posterior: xr.Dataset) -> dict[ParameterName, Mapping[str, Draws]]:
    """Return the draws that belong to one effect alone, by its name; there are none for the parameters of a synthesis.

    Of a table with hundreds of rows, finding each of them by its label takes longer than its quantiles.
    """
    arrays = {str(name): (values.dims[2:], np.asarray(values)) for name, values in posterior.data_vars.items()}
    if not _of_row(posterior):
        return {EFFECT: {name: values for name, (_, values) in arrays.items()}}
    of_rows = {name: v for name, (dims, v) in arrays.items() if dims == ("row",) and name != "p_null"}
    names = (effect_of(str(row)) for row in posterior["row"].values)
    return {name: {what: v[..., i] for what, v in of_rows.items()} for i, name in enumerate(names)}


def _by_name(table: pd.DataFrame | None) -> dict[str, dict[str, float | None]]:
    """Return the diagnostics of every parameter, None where one is not finite; looking up one in pandas takes 1 ms."""
    if table is None:
        return {}
    rows = zip(table.index, table.to_dict("records"), strict=True)
    return {str(name): {str(what): finite(value) for what, value in row.items()} for name, row in rows}


def finite(value: float) -> float | None:
    """Return a number as float, None if it is not finite."""
    return float(value) if np.isfinite(value) else None


def _shrinkage(posterior: xr.Dataset, name: ParameterName) -> float | None:
    """Return the posterior mean of the shrinkage of one trial's effect; None for a report without an estimate."""
    if "shrinkage" not in posterior or name.of is None:
        return None
    return finite(float(posterior["shrinkage"].sel(trial=name.of).mean()))


def _flag(draws: Draws, reported: Reported, thresholds: tuple[float, ...]) -> Flag | None:
    increase = draws > reported.null
    reached = [threshold for threshold in thresholds if float(increase.mean()) >= threshold]
    return Flag(_share(increase), reached[-1]) if reached else None


def _applying(reported: Reported, name: ParameterName) -> Reported:
    """Return the thresholds that apply to a parameter: none to beta, which is per unit of the covariate."""
    if name != BETA:
        return reported
    return replace(reported, mcid=None, planned=None, margin=None, rope=None, thresholds=())


def _probabilities(reported: Reported, draws: Draws) -> Probabilities:
    """Return probabilities of benefit, of at least the MCID, of no worse than a margin, of harm and of equivalence."""
    unit, null, sign = reported.measure, reported.null, reported.sign
    oriented = sign * draws

    def reached(natural: float) -> NDArray[np.bool_]:
        return oriented >= sign * measures.to_analysis(natural, unit)

    severe = None
    if reported.mcid is not None:
        mirrored = measures.mirrored(measures.to_analysis(reported.mcid, unit), null)
        severe = _share(oriented <= sign * mirrored)
    good, bad = oriented > sign * null, oriented < sign * null
    benefit = _share(good)
    return Probabilities(
        p_benefit=benefit,
        p_harm=Share(float(bad.mean()), benefit.mcse) if (bad == ~good).all() else _share(bad),
        p_mcid=None if reported.mcid is None else _share(reached(reported.mcid)),
        p_severe_harm=severe,
        p_margin=None if reported.margin is None else _share(reached(reported.margin)),
        p_rope=None if reported.rope is None else _share(_within(reported.rope, draws, unit)),
        beyond=tuple({t: float(reached(t).mean()) for t in reported.given_thresholds}.items()),
    )


def _within(rope: tuple[float, float], draws: Draws, measure: str) -> NDArray[np.bool_]:
    low, high = (measures.to_analysis(limit, measure) for limit in rope)
    return (draws >= low) & (draws <= high)


def _share(event: NDArray[np.bool_]) -> Share:
    return Share(float(event.mean()), mcse_of_probability(event))
