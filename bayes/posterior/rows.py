"""The rows of the summary and the long tables beside it, as views of a posterior's record (METHODS 15)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bayes.base import measures
from bayes.posterior.names import BETA, TAU, effect_of
from bayes.posterior.parameter import Derived, Flag, Parameter, Share
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import CI_PROB, COLUMNS, DerivedRow, LongRow, SummaryRow, ThresholdRow, empty_row

if TYPE_CHECKING:
    import pandas as pd


def rows_of(record: PosteriorRecord) -> list[SummaryRow]:
    """Return the rows of a posterior, one per parameter, in the order of the summary; missing values are None."""
    own = [_row(record, parameter) for parameter in record.parameters]
    return own + [row for name, alone in record.alone for row in rows_of(_as_row(record, name, alone))]


def thresholds_of(record: PosteriorRecord, *, for_a_reader: bool = False) -> list[ThresholdRow]:
    """Return every threshold of every parameter of a posterior, with P(effect at least as good).

    Parameters
    ----------
    record : PosteriorRecord
    for_a_reader : bool
        Whether to give the probability by quadrature where there is one, as `told` does for a row.
    """
    return [
        {**_long(record, parameter), "threshold": threshold, "probability": p}
        for parameter in _all(record)
        if parameter.probabilities is not None
        for threshold, p in (for_a_reader and parameter.exact and parameter.exact.beyond)
        or parameter.probabilities.beyond
    ]


def derived_of(record: PosteriorRecord) -> list[DerivedRow]:
    """Return every quantity derived from the effects of a posterior, with its interval."""
    return [
        {**_long(record, parameter), "quantity": one.quantity, "median": one.median, "low": one.low, "high": one.high}
        for parameter in _all(record)
        for one in parameter.derived or ()
    ]


def _long(record: PosteriorRecord, parameter: Parameter) -> LongRow:
    return {
        "trial": record.reported.trial,
        "outcome": record.reported.outcome,
        "model": record.model,
        "prior": record.prior.name,
        "key": record.key,
        "parameter": str(parameter.name),
    }


def frame(rows: Sequence[SummaryRow]) -> pd.DataFrame:
    """Return rows as a DataFrame, with missing values as NaN."""
    import pandas as pd

    filled = [{name: np.nan if value is None else value for name, value in row.items()} for row in rows]
    return pd.DataFrame.from_records(filled, columns=list(COLUMNS))


def _all(record: PosteriorRecord) -> Iterator[Parameter]:
    """Yield every parameter of a posterior, those of a table's rows under the names of the table."""
    yield from record.parameters
    for name, alone in record.alone:
        yield from _as_row(record, name, alone).parameters


def _as_row(table: PosteriorRecord, name: str, alone: PosteriorRecord) -> PosteriorRecord:
    """Return the record of a row fitted alone as part of its table."""
    (parameter,) = alone.parameters
    reported = replace(alone.reported, evidence=table.reported.evidence)
    return replace(alone, key=table.key, reported=reported, parameters=(replace(parameter, name=effect_of(name)),))


def _row(record: PosteriorRecord, parameter: Parameter) -> SummaryRow:
    row = empty_row()
    _set_posterior(row, record)
    _set_draws(row, parameter)
    _set_exact(row, parameter)
    flagged = [_flagged(parameter.flag)] if parameter.flag else []
    row["note"] = "; ".join([*flagged, *map(str, record.remarks)]) or None
    settled = (remark.p_by_construction for remark in record.remarks)
    row["p_by_construction"] = next((p for p in settled if p is not None), None)
    row["derived"] = None if parameter.derived is None else _cell(parameter.derived)
    if parameter.name == TAU:
        row.update({"benefit": None, "mcid": None, "margin": None, "null": None, "p_by_construction": None})
        return row
    quantiles = (parameter.ci_low, parameter.median, parameter.ci_high)
    natural = (float(measures.to_natural(value, row["measure"])) for value in quantiles)
    row["estimate_low"], row["estimate"], row["estimate_high"] = natural
    if parameter.name == BETA:
        row.update({"mcid": None, "margin": None})
    elif record.reported.rope is not None:
        row["rope_low"], row["rope_high"] = record.reported.rope
    return row


def _set_posterior(row: SummaryRow, record: PosteriorRecord) -> None:
    """Set what all parameters of a posterior share."""
    reported, prior, joined, gate = record.reported, record.prior, record.heterogeneity, record.gate
    row.update(
        {
            "trial": reported.trial,
            "outcome": reported.outcome,
            "model": record.model,
            "evidence": ", ".join(reported.evidence),
            "prior": prior.name,
            "prior_distribution": prior.distribution,
            "prior_basis": prior.basis,
            "heterogeneity": None if joined is None else joined.name,
            "heterogeneity_distribution": None if joined is None else joined.distribution,
            "heterogeneity_basis": None if joined is None else joined.basis,
            "measure": reported.measure,
            "scale": "log" if measures.is_log(reported.measure) else "identity",
            "benefit": reported.benefit,
            "mcid": reported.mcid,
            "planned": reported.planned,
            "margin": reported.margin,
            "null": float(measures.to_natural(reported.null, reported.measure)),
            "key": record.key,
            "label": reported.label,
            "likelihood": ", ".join(record.likelihoods) or record.model,
            "selection_omega": record.omega,
            "informative": reported.informative,
            "headline": reported.headline,
            "r_hat": gate.r_hat,
            "divergences": gate.divergences,
            "status": gate.status,
            "reason": gate.reason,
        }
    )


def _set_draws(row: SummaryRow, parameter: Parameter) -> None:
    """Set what the draws of one parameter say."""
    row.update(
        {
            "parameter": str(parameter.name),
            "mean": parameter.mean,
            "sd": parameter.sd,
            "median": parameter.median,
            "ci_low": parameter.ci_low,
            "ci_high": parameter.ci_high,
            "ci_prob": CI_PROB,
            "mcse_mean": parameter.mcse_mean,
            "ess_bulk": parameter.ess_bulk,
            "ess_tail": parameter.ess_tail,
            "shrinkage": parameter.shrinkage,
            "p_null": parameter.p_null,
        }
    )
    if (found := parameter.probabilities) is None:
        return
    row["p_benefit"], row["mcse_p_benefit"] = _both(found.p_benefit)
    row["p_harm"], row["mcse_p_harm"] = _both(found.p_harm)
    row["p_mcid"], row["mcse_p_mcid"] = _both(found.p_mcid)
    row["p_severe_harm"], row["mcse_p_severe_harm"] = _both(found.p_severe_harm)
    row["p_margin"], row["mcse_p_margin"] = _both(found.p_margin)
    row["p_rope"], row["mcse_p_rope"] = _both(found.p_rope)
    row["p_beyond"] = json.dumps({f"{threshold:.12g}": p for threshold, p in found.beyond})


def _set_exact(row: SummaryRow, parameter: Parameter) -> None:
    """Set the answer by quadrature for one parameter."""
    if (exact := parameter.exact) is None:
        return
    row.update(
        {
            "exact_mean": exact.mean,
            "exact_sd": exact.sd,
            "exact_p_benefit": exact.p_benefit,
            "exact_p_harm": exact.p_harm,
            "exact_p_mcid": exact.p_mcid,
            "exact_p_severe_harm": exact.p_severe_harm,
            "exact_p_margin": exact.p_margin,
            "exact_p_rope": exact.p_rope,
            "exact_median": exact.median,
            "exact_ci_low": exact.ci_low,
            "exact_ci_high": exact.ci_high,
            "exact_method": exact.method,
            "bf_01": exact.bf_01,
            "p_favours_treatment": exact.p_favours_treatment,
        }
    )
    if exact.p_null is not None:
        row["p_null"] = exact.p_null


def _both(share: Share | None) -> tuple[float | None, float | None]:
    return (None, None) if share is None else (share.value, share.mcse)


def _flagged(flag: Flag) -> str:
    share = flag.p_increase
    said = f"flagged: P(increase) {share.value:.2f} (Monte Carlo error {share.mcse:.3f})"
    return f"{said} >= {flag.threshold:g}"


def _cell(derived: Sequence[Derived]) -> str:
    """Return derived quantities as a JSON object, as earlier versions stored them."""
    shown = {}
    for one in derived:
        words = {} if one.text is None else {"text": one.text}
        shown[one.quantity] = {"median": one.median, "low": one.low, "high": one.high} | words
    return json.dumps(shown)
