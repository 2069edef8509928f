"""Published distributions of effects and of heterogeneity, each restricted to its own scale (METHODS 7).

There are three sources: Cochrane reviews by field (Bartos 2021, 2023: effects and tau), and predictive distributions of
tau^2 by outcome and comparison, for log odds ratios (Turner 2015) and standardised mean differences (Rhodes 2015).
A fourth table has ordinal scales.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bayes.base.distributions import Distribution
from bayes.base.documents import TomlTable
from bayes.base.numbers import article
from bayes.base.toml import read_toml
from bayes.errors import Mistake, NotFormable, did_you_mean

# the column of the Cochrane field table for each measure; other measures have none
COLUMN = {
    "standardised_mean_difference": "smd",
    "mean_difference": "smd",
    "odds_ratio": "log_or",
    "common_odds_ratio": "log_or",
    "risk_ratio": "log_rr",
    "risk_difference": "rd",
    "hazard_ratio": "log_hr",
}
ANY = "any"  # the outcome class for the marginal distribution of a table


@cache
def _table(name: str) -> TomlTable:
    return read_toml(Path(str(files("bayes.data"))) / "tables" / f"{name}.toml")


def cochrane_fields() -> TomlTable:
    """Return the shipped table of Bartos et al. 2021 and 2023."""
    return _table("cochrane_fields")


def turner() -> TomlTable:
    """Return the shipped table of Turner et al. 2015: mean and SD of ln tau^2 for log odds ratios."""
    return _table("turner_2015")


def rhodes() -> TomlTable:
    """Return the shipped table of Rhodes et al. 2015: location, scale of ln tau^2 for standardised mean differences."""
    return _table("rhodes_2015")


def ordinal_scales() -> TomlTable:
    """Return the shipped table of ordinal scales: grades, dichotomies, customary means and published utilities."""
    return _table("ordinal_scales")


def field_row(field: str | None, measure: str) -> tuple[float, float, str]:
    """Look up the Student-t effect prior of a Cochrane field.

    Parameters
    ----------
    field : str or None
        Cochrane field, in full or by its short name.
    measure : str
        Measure of effect.

    Returns
    -------
    scale, df : float
        Student-t(0, scale; df) on the analysis scale; for a mean difference, in standard deviations.
    words : str
        The source, in words.

    Raises
    ------
    NotFormable
        If no field is stated, or the table has no entry for the field on this scale.
    """
    (scale, df), words = _field("effect", field, measure)
    return float(scale), float(df), words


def field_heterogeneity(field: str | None, measure: str) -> tuple[Distribution, str]:
    """Look up the prior for the heterogeneity tau of a Cochrane field.

    Parameters
    ----------
    field : str or None
        Cochrane field, in full or by its short name.
    measure : str
        Measure of effect.

    Returns
    -------
    prior : Distribution
        Inverse gamma, or half-normal for risk differences, on the analysis scale; for a mean difference in standard
        deviations, which the caller must rescale.
    words : str
        The source, in words.

    Raises
    ------
    NotFormable
        If no field is stated, or the table has no entry for the field on this scale.
    """
    found, words = _field("heterogeneity", field, measure)
    if COLUMN[measure] == "rd":
        return Distribution("half_normal", (float(found),)), words
    return Distribution("inverse_gamma", tuple(float(x) for x in found)), words


def _field(kind: str, field: str | None, measure: str) -> tuple[Any, str]:
    """Return an entry of the Cochrane table and its source in words."""
    if field is None:
        raise NotFormable("the file does not state a Cochrane `field`")
    table = cochrane_fields()
    if field not in (known := fields()):
        raise NotFormable(f"{field!r} is not a Cochrane field{did_you_mean(field, known)}")
    column = COLUMN.get(measure)
    # hazard ratios were estimated for the whole database only
    where = "whole database" if column == "log_hr" else table["short_names"].get(field, field)
    if column is None or column not in table[kind].get(where, {}):
        raise NotFormable(f"the Cochrane {kind} table has no entry for {article(measure)} in the field {field!r}")
    return table[kind][where][column], f"Cochrane {where}, {column} (Bartos 2021, 2023)"


def turner_heterogeneity(outcome: str, comparison: str | None) -> tuple[Distribution, str]:
    """Look up the prior for tau on the scale of log odds ratios (Turner et al. 2015, Table IV).

    Parameters
    ----------
    outcome, comparison : str
        Keys of the table; the outcome "any" is the marginal distribution and needs no comparison.

    Returns
    -------
    prior : Distribution
        Lognormal: tau^2 is lognormal in the table; tau has half its meanlog and half its sdlog.
    words : str
        The source, in words.

    Raises
    ------
    NotFormable
        If the table does not have this row or column.
    """
    table = turner()
    mean, sd = table["marginal"] if outcome == ANY else _cell(table["cells"], outcome, comparison)
    return Distribution(
        "lognormal", (float(mean) / 2, float(sd) / 2)
    ), f"Turner 2015, {_where(table, outcome, comparison)}"


def rhodes_heterogeneity(outcome: str, comparison: str | None, area: str = "other") -> tuple[Distribution, str]:
    """Look up the prior for tau on the scale of standardised mean differences (Rhodes et al. 2015, Tables 3 and A.3).

    Parameters
    ----------
    outcome, comparison : str
        Keys of the table, or finer keys of Turner's table that it subsumes; "any" as in `turner_heterogeneity`.
    area : {"other", "respiratory", "cancer"}
        Medical area.

    Returns
    -------
    prior : Distribution
        log-Student-t with 5 degrees of freedom: tau has half the location and half the scale of tau^2 in the table.
    words : str
        The source, in words, with a warning if the entry is suspect.

    Raises
    ------
    NotFormable
        If the table does not have this row or column.
    """
    table = rhodes()
    outcome, comparison = (table["within"].get(key, key) for key in (outcome, comparison))
    at, scale = table["marginal"] if outcome == ANY else _cell(table["cells"][area], outcome, comparison)
    words = f"Rhodes 2015, {_where(table, outcome, comparison)}"
    if outcome != ANY:
        words += f", {table['areas'][area]}"
        suspect = [s["reason"] for s in table["suspect"] if s["cell"] == [area, outcome, comparison]]
        words += f"; cell suspect: {suspect[0]}" if suspect else ""
    return Distribution("log_student_t", (float(table["df"]), float(at) / 2, float(scale) / 2)), words


def outcome_classes(rule: str | None = None) -> list[str]:
    """Return the outcome classes in the table of a rule ("turner" or "rhodes"), or in either table without a rule."""
    return _keys("outcomes", rule) + [ANY]


def comparisons(rule: str | None = None) -> list[str]:
    """Return the comparisons in the table of a rule ("turner" or "rhodes"), or in either table without a rule."""
    return _keys("comparisons", rule)


def fields() -> list[str]:
    """Return the Cochrane fields in the table, in full and by their short names."""
    table = cochrane_fields()
    return list(dict.fromkeys([*table["effect"], *table["short_names"]]))


def unknown_key(field: str, key: str | None, known: Iterable[str]) -> Iterator[Mistake]:
    """Yield a mistake if a field of a file states a key that is not in the tables.

    Parameters
    ----------
    field : str
        Path of the field in the file.
    key : str or None
        The key stated there; None is accepted.
    known : iterable of str
        The keys of the table.

    Yields
    ------
    Mistake
    """
    known = list(known)
    if key is not None and key not in known:
        said = f"{key!r} is not in the table{did_you_mean(key, known)}; accepted: {', '.join(known)}"
        yield Mistake(field, said)


def _keys(kind: str, rule: str | None) -> list[str]:
    of_turner, of_rhodes = list(turner()[kind]), list(rhodes()[kind])
    finer = [key for key in of_turner if key in rhodes()["within"]]
    chosen = {"turner": of_turner, "rhodes": of_rhodes + finer}
    return list(dict.fromkeys(chosen.get(rule or "both", of_turner + of_rhodes)))


def _cell(cells: TomlTable, outcome: str, comparison: str | None) -> Any:
    if outcome not in cells:
        raise NotFormable(f"the table has no outcome {outcome!r}; accepted: {', '.join(cells)}, {ANY}")
    row = cells[outcome]
    if comparison is None:
        raise NotFormable(f"no `comparison` is stated; accepted: {', '.join(row)}")
    if comparison not in row:
        raise NotFormable(f"the table has no comparison {comparison!r}; accepted: {', '.join(row)}")
    return row[comparison]


def _where(table: TomlTable, outcome: str, comparison: str | None) -> str:
    if outcome == ANY:
        return "over all outcomes and comparisons"
    return f"{table['outcomes'][outcome]}, {table['comparisons'][comparison]}"
