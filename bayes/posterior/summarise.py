"""The summary of a posterior as tidy rows, one per parameter (METHODS 15; columns in `row.COLUMNS`).

Every number comes from the draws and attributes of the tree.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from bayes.base import measures
from bayes.posterior.gate import diagnostics, mcse_of_probability
from bayes.posterior.record import read
from bayes.posterior.row import CI_PROB, COLUMNS, empty_row

if TYPE_CHECKING:
    import pandas as pd


EXACT = ("mean", "sd", "p_benefit", "p_harm", "p_mcid", "p_severe_harm", "p_margin", "ci_low", "ci_high", "method")
PER_100 = ("risk_difference", "rate_difference", "p_mrs_0_2_difference")


def rows(tree: xr.DataTree, table: pd.DataFrame | None = None) -> list[dict[str, Any]]:
    """Return the rows of one posterior, in the order of `parameters`; missing values are None.

    Parameters
    ----------
    tree : DataTree
        As `record.to_tree` returns it.
    table : DataFrame, optional
        Diagnostics of the posterior, if they have been computed already.

    Returns
    -------
    list of dict
        Means, medians and limits on the analysis scale; `estimate` and its limits on the measure's own scale.
    """
    about = read(tree)
    posterior = tree["posterior"].to_dataset()
    table = diagnostics(posterior) if table is None else table
    stats = tree["sample_stats"].to_dataset() if "sample_stats" in tree.children else {}
    shared = {
        "divergences": int(stats["diverging"].sum()) if "diverging" in stats else 0,
        "r_hat": None if table is None else _number(table["r_hat"].max()),
        "status": about.get("status", "ok"),
        "reason": about.get("reason") or None,
        "note": "; ".join(about["notes"]) or None,
        "derived": json.dumps(derived(tree)) if "effect" in posterior and posterior["effect"].ndim == 2 else None,
    }
    of_rows = _of_table(about, posterior) if "row" in posterior.sizes else _of_trials(posterior)
    return [_row(about, name, draws, table) | shared | of_rows.get(name, {}) for name, draws in parameters(posterior)]


def _of_trials(posterior: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return the values that only trial effects in a synthesis have: the shrinkage of reports with an estimate."""
    if "shrinkage" not in posterior:
        return {}
    mean = posterior["shrinkage"].mean(("chain", "draw")).to_series().dropna()
    return {f"effect[{trial}]": {"shrinkage": float(value)} for trial, value in mean.items()}


def _of_table(about: dict[str, Any], posterior: xr.Dataset) -> dict[str, dict[str, Any]]:
    """Return the values of each row of a joint table: exact zeros, derived quantities and flags."""
    own = posterior[[name for name, values in posterior.data_vars.items() if values.dims[2:] == ("row",)]]
    found = {}
    for name in posterior["row"].values:
        row = own.sel(row=name)
        effect = np.asarray(row["effect"])
        above, null = float((effect > about["null"]).mean()), float((effect == about["null"]).mean())
        reached = [threshold for threshold in about["flag"] if above >= threshold]
        error = mcse_of_probability(effect > about["null"])
        said = f"flagged: P(increase) {above:.2f} (Monte Carlo error {error:.3f})"
        flags = [f"{said} >= {reached[-1]:g}"] if reached else []
        found[f"effect[{name}]"] = {
            "p_null": null if "p_null" in posterior else None,
            "derived": json.dumps(_derived(row.drop_vars("p_null", errors="ignore"), about["measure"])),
            "note": "; ".join([*flags, *about["notes"]]) or None,
        }
    return found


def derived(tree: xr.DataTree) -> dict[str, dict[str, float]]:
    """Return median and interval of every scalar quantity derived from the effect: risks, rates, utilities, NNT, ...

    Differences of risks and rates are also given per 100 persons.

    Parameters
    ----------
    tree : DataTree

    Returns
    -------
    dict of dict
        Name -> `median`, `low`, `high`, on the natural scale.
    """
    return _derived(tree["posterior"].to_dataset(), read(tree)["measure"])


def _derived(posterior: xr.Dataset, measure: str) -> dict[str, dict[str, float]]:
    shown = {}
    for name, values in posterior.data_vars.items():
        if values.ndim == 2 and name not in ("effect", measure, "nnt"):
            low, middle, high = (float(q) for q in np.quantile(values, _tails(0.5)))
            shown[str(name)] = {"median": middle, "low": low, "high": high}
            if name in PER_100:
                shown[f"{name}_per_100"] = {"median": 100 * middle, "low": 100 * low, "high": 100 * high}
    if "nnt" in posterior:
        benefit = np.quantile(1 / np.asarray(posterior["nnt"]), _tails(0.5))
        shown["nnt"] = measures.number_needed(*(float(q) for q in benefit))
    return shown


def frame(records: list[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as a DataFrame, with missing values as NaN."""
    import pandas as pd

    filled = [{name: np.nan if value is None else value for name, value in row.items()} for row in records]
    return pd.DataFrame.from_records(filled, columns=COLUMNS)


def parameters(posterior: xr.Dataset) -> Iterator[tuple[str, np.ndarray]]:
    """Yield every reported parameter.

    Parameters
    ----------
    posterior : Dataset

    Yields
    ------
    name : str
        As in the summary, for example "mu" or "effect[mesems:gel_24w]".
    draws : ndarray, shape (chain, draw)
        On the analysis scale.
    """
    if "row" in posterior.sizes:
        for row in posterior["row"].values:
            yield f"effect[{row}]", np.asarray(posterior["effect"].sel(row=row))
        return
    if "mu" not in posterior:
        yield "effect", np.asarray(posterior["effect"])
        return
    for name in ("mu", "tau", "beta", "new_trial"):
        if name in posterior:
            yield name, np.asarray(posterior[name])
    for trial in posterior["trial"].values:
        yield f"effect[{trial}]", np.asarray(posterior["effect"].sel(trial=trial))


def _row(about: dict[str, Any], parameter: str, draws: np.ndarray, table) -> dict[str, Any]:
    measure = about["measure"]
    low, median, high = (float(q) for q in np.quantile(draws, _tails(0.5)))
    diagnosed = None if table is None or parameter not in table.index else table.loc[parameter]
    exact = about["exact"].get(parameter, {})
    missing = about["missing_moments"]
    row = empty_row() | {name: about[name] for name in about if name in COLUMNS}
    row["null"] = float(measures.to_natural(about["null"], measure))
    row |= {
        "parameter": parameter,
        "mean": float(draws.mean()) if about["has_mean"] and parameter not in missing["mean"] else None,
        "sd": float(draws.std()) if about["has_sd"] and parameter not in missing["sd"] else None,
        "median": median,
        "ci_low": low,
        "ci_high": high,
        "ci_prob": CI_PROB,
        "mcse_mean": None if diagnosed is None else _number(diagnosed["mcse_mean"]),
        "ess_bulk": None if diagnosed is None else _number(diagnosed["ess_bulk"]),
        "ess_tail": None if diagnosed is None else _number(diagnosed["ess_tail"]),
        **{f"exact_{name}": exact.get(name) for name in EXACT},
        "exact_method": exact.get("method"),
        "p_null": exact.get("p_null"),
        "bf_01": exact.get("bf_01"),
        "p_favours_treatment": exact.get("p_favours_treatment"),
    }
    if parameter == "tau":
        return row | {"benefit": None, "mcid": None, "margin": None, "null": None}
    natural = [float(measures.to_natural(value, measure)) for value in (median, low, high)]
    row |= dict(zip(("estimate", "estimate_low", "estimate_high"), natural, strict=True))
    if parameter == "beta":  # per unit of the covariate: no threshold applies to it
        about = about | {"mcid": None, "planned": None, "margin": None, "rope": None, "thresholds": []}
        row |= {"mcid": None, "margin": None}
    return row | _probabilities(about, draws)


def _probabilities(about: dict[str, Any], draws: np.ndarray) -> dict[str, Any]:
    """Return probabilities of benefit, of at least the MCID, of no worse than a margin, of harm and of equivalence."""
    measure, null = about["measure"], about["null"]
    sign = 1 if about["benefit"] == "higher" else -1
    oriented = sign * draws

    def beyond(natural: float) -> float:
        return float((oriented >= sign * measures.to_analysis(natural, measure)).mean())

    natural_null = float(measures.to_natural(null, measure))
    stated = [about[name] for name in ("mcid", "planned") if about[name] is not None]
    margin = about.get("margin")  # missing in trees of earlier versions
    thresholds = [*stated, natural_null, *(() if margin is None else (margin,)), *about["thresholds"]]
    found = {
        **_with_error("p_benefit", oriented > sign * null),
        **_with_error("p_harm", oriented < sign * null),
        "p_beyond": json.dumps({f"{t:.12g}": beyond(t) for t in thresholds}),
    }
    if about["mcid"] is not None:
        mcid = measures.to_analysis(about["mcid"], measure)
        found |= _with_error("p_mcid", oriented >= sign * mcid)
        found |= _with_error("p_severe_harm", oriented <= sign * measures.mirrored(mcid, null))
    if margin is not None:
        found |= _with_error("p_margin", oriented >= sign * measures.to_analysis(margin, measure))
    if about["rope"] is not None:
        low, high = about["rope"]
        inside = (draws >= measures.to_analysis(low, measure)) & (draws <= measures.to_analysis(high, measure))
        found |= {"rope_low": low, "rope_high": high} | _with_error("p_rope", inside)
    return found


def _with_error(name: str, event: np.ndarray) -> dict[str, float]:
    """Return a probability and its Monte Carlo standard error."""
    return {name: float(event.mean()), f"mcse_{name}": mcse_of_probability(event)}


def _tails(middle: float) -> tuple[float, float, float]:
    return (1 - CI_PROB) / 2, middle, (1 + CI_PROB) / 2


def _number(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
