"""Published tables of effects and of heterogeneity, shipped as data and refused on any scale but their own.

Three sources: Cochrane reviews by field (Bartos 2021, 2023: effects and tau), and predictive distributions of tau^2 by
outcome and comparison, for log odds ratios (Turner 2015) and for standardised mean differences (Rhodes 2015).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from bayes.base.distributions import Distribution
from bayes.base.numbers import article
from bayes.base.toml import read_toml
from bayes.errors import Mistake, NotFormable, did_you_mean

# which column of the Cochrane field table speaks for a measure; the others have none
COLUMN = {
    "standardised_mean_difference": "smd",
    "mean_difference": "smd",
    "odds_ratio": "log_or",
    "common_odds_ratio": "log_or",
    "risk_ratio": "log_rr",
    "risk_difference": "rd",
    "hazard_ratio": "log_hr",
}
ANY = "any"  # the outcome class that stands for a table's distribution over all outcomes and comparisons


@cache
def _table(name: str) -> dict[str, Any]:
    return read_toml(Path(str(files("bayes.data"))) / "tables" / f"{name}.toml")


def cochrane_fields() -> dict[str, Any]:
    """The table of Bartos et al. 2021 and 2023 as shipped."""
    return _table("cochrane_fields")


def turner() -> dict[str, Any]:
    """The table of Turner et al. 2015 as shipped: mean and sd of ln tau^2 on log odds ratios."""
    return _table("turner_2015")


def rhodes() -> dict[str, Any]:
    """The table of Rhodes et al. 2015 as shipped: location and scale of ln tau^2 on standardised mean differences."""
    return _table("rhodes_2015")


def field_row(field: str | None, measure: str) -> tuple[float, float, str]:
    """(scale, df, words) of the Student-t effect prior of a Cochrane field.

    Raises
    ------
    NotFormable
        If no field is stated, or the table has no entry for it on this scale.
    """
    (scale, df), words = _field("effect", field, measure)
    return float(scale), float(df), words


def field_heterogeneity(field: str | None, measure: str) -> tuple[Distribution, str]:
    """The prior of tau of a Cochrane field and the words for it: inverse gamma; on risk differences half-normal.

    On the analysis scale; for a mean difference in standard deviations, to be scaled by the caller.

    Raises
    ------
    NotFormable
        If no field is stated, or the table has no entry for it on this scale.
    """
    found, words = _field("heterogeneity", field, measure)
    if COLUMN[measure] == "rd":
        return Distribution("half_normal", (float(found),)), words
    return Distribution("inverse_gamma", tuple(float(x) for x in found)), words


def _field(kind: str, field: str | None, measure: str) -> tuple[Any, str]:
    """An entry of the Cochrane table and the words that name it."""
    if field is None:
        raise NotFormable("the file states no Cochrane `field`")
    table = cochrane_fields()
    if field not in (known := fields()):
        raise NotFormable(f"{field!r} is not a field of the table{did_you_mean(field, known)}")
    column = COLUMN.get(measure)
    # hazard ratios were estimated for the whole database only
    where = "whole database" if column == "log_hr" else table["short_names"].get(field, field)
    if column is None or column not in table[kind].get(where, {}):
        raise NotFormable(f"the {kind} table of the field {field!r} has no column for {article(measure)}")
    return table[kind][where][column], f"Cochrane {where}, {column} (Bartos 2021, 2023)"


def turner_heterogeneity(outcome: str, comparison: str | None) -> tuple[Distribution, str]:
    """The prior of tau on log odds ratios: tau^2 lognormal (Turner et al. 2015, Table IV), so tau with half of both.

    Parameters
    ----------
    outcome, comparison : str
        Keys of the table; the outcome "any" is the marginal distribution and needs no comparison.

    Raises
    ------
    NotFormable
        If the table has no such row or column.
    """
    table = turner()
    mean, sd = table["marginal"] if outcome == ANY else _cell(table["cells"], outcome, comparison)
    return Distribution(
        "lognormal", (float(mean) / 2, float(sd) / 2)
    ), f"Turner 2015, {_where(table, outcome, comparison)}"


def rhodes_heterogeneity(outcome: str, comparison: str | None, area: str = "other") -> tuple[Distribution, str]:
    """The prior of tau on standardised mean differences: tau^2 log-t with 5 df (Rhodes et al. 2015), tau with half.

    Parameters
    ----------
    outcome, comparison : str
        Keys of the table, or finer ones of Turner's that lie within them; "any" as in `turner_heterogeneity`.
    area : {"other", "respiratory", "cancer"}

    Raises
    ------
    NotFormable
        If the table has no such row or column.
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
    """Outcome classes that the table of a rule knows; of either table without a rule."""
    return _keys("outcomes", rule) + [ANY]


def comparisons(rule: str | None = None) -> list[str]:
    """Comparisons that the table of a rule knows; of either table without a rule."""
    return _keys("comparisons", rule)


def fields() -> list[str]:
    """Cochrane fields that the table of effects and heterogeneity knows, in full and in short."""
    table = cochrane_fields()
    return list(dict.fromkeys([*table["effect"], *table["short_names"]]))


def unknown_key(field: str, key: str | None, known: Iterable[str]) -> Iterator[Mistake]:
    """What is wrong with a key of the tables that a field states; nothing of a known key or of none."""
    known = list(known)
    if key is not None and key not in known:
        said = f"{key!r} is not in the table{did_you_mean(key, known)}; accepted: {', '.join(known)}"
        yield Mistake(field, said)


def _keys(kind: str, rule: str | None) -> list[str]:
    of_turner, of_rhodes = list(turner()[kind]), list(rhodes()[kind])
    finer = [key for key in of_turner if key in rhodes()["within"]]
    chosen = {"turner": of_turner, "rhodes": of_rhodes + finer}
    return list(dict.fromkeys(chosen.get(rule, of_turner + of_rhodes)))


def _cell(cells: Mapping[str, Any], outcome: str, comparison: str | None) -> Any:
    if outcome not in cells:
        raise NotFormable(f"the table has no outcome {outcome!r}; accepted: {', '.join(cells)}, {ANY}")
    row = cells[outcome]
    if comparison is None:
        raise NotFormable(f"no `comparison` is stated; accepted: {', '.join(row)}")
    if comparison not in row:
        raise NotFormable(f"the table has no comparison {comparison!r}; accepted: {', '.join(row)}")
    return row[comparison]


def _where(table: Mapping[str, Any], outcome: str, comparison: str | None) -> str:
    if outcome == ANY:
        return "over all outcomes and comparisons"
    return f"{table['outcomes'][outcome]}, {table['comparisons'][comparison]}"
