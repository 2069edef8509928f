"""The rows of the summary as a dossier holds them, each with its part of the long tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bayes.posterior.parameter import Derived
from bayes.posterior.row import DerivedRow, LongRow, SummaryRow, ThresholdRow
from bayes.posterior.told import told
from bayes.report.dossier.contents import DerivedQuantity, Row


def rows_of(rows: Iterable[SummaryRow], thresholds: Iterable[ThresholdRow], derived: Iterable[DerivedRow]) -> list[Row]:
    """Return rows of the summary for a reader, with the answers by quadrature where there are any.

    Parameters
    ----------
    rows : iterable of SummaryRow
    thresholds, derived : iterables of rows
        The long tables of the summary.
    """
    beyond, quantities = _by_parameter(thresholds), _by_parameter(derived)
    whose = ((row, (row["key"], row["parameter"])) for row in rows)
    return [reported(told(row), beyond.get(key, ()), quantities.get(key, ())) for row, key in whose]


def _by_parameter[One: LongRow](rows: Iterable[One]) -> dict[tuple[str | None, str], list[One]]:
    """Return the rows of a long table by posterior and parameter: of a registry's table there are tens of thousands."""
    found: dict[tuple[str | None, str], list[One]] = {}
    for row in rows:
        found.setdefault((row["key"], row["parameter"]), []).append(row)
    return found


def reported(row: SummaryRow, thresholds: Sequence[ThresholdRow] = (), derived: Sequence[DerivedRow] = ()) -> Row:
    """Return a row of the summary as a dossier holds it.

    Parameters
    ----------
    row : SummaryRow
    thresholds, derived : sequences of rows
        Its part of the long tables of the summary.
    """
    return {
        **row,
        "beyond": [{"threshold": one["threshold"], "probability": one["probability"]} for one in thresholds],
        "quantities": {one["quantity"]: _quantity(one) for one in derived},
        "prior_p_that_decides": deciding_prior(row["bf_01"]),
    }


def _quantity(row: DerivedRow) -> DerivedQuantity:
    found: DerivedQuantity = {"median": row["median"], "low": row["low"], "high": row["high"]}
    if (text := Derived(row["quantity"], row["median"], row["low"], row["high"]).text) is not None:
        found["text"] = text
    return found


def deciding_prior(bf_01: float | None) -> float | None:
    """Return the smallest prior probability of an effect for which the posterior probability reaches 0.95.

    With BF01 the Bayes factor in favour of no effect, posterior odds of 19 require prior odds of 19 BF01.
    """
    return None if bf_01 is None else 19 * bf_01 / (1 + 19 * bf_01)
