"""Degrees of freedom that a record does not post: those with which its own numbers agree.

An interval of a mean difference with a Student-t quantile is wider than its standard error times the normal one. Read
as normal, the interval would contradict the standard error and the p-value that are posted beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from bayes.base.measures import ci_quantile
from bayes.base.written_numbers import half_unit
from bayes.checks.p_values import t_p
from bayes.importing.ctgov.effects import ONE_TAIL, Effect, implied_p, not_used
from bayes.importing.ctgov.p_values import reads_as_one_sided

MOST, FEWEST, STEP = (
    2000,
    3,
    0.05,
)  # beyond the one a Student-t is normal to the digits posted, below the other an interval says little
OF_ERROR = "Degrees of freedom: {df}, with which the posted interval is that of the posted standard error."
OF_P = (
    "Degrees of freedom: {df}, the participants less 2, with which the posted p-value is that of the posted interval."
)


def with_degrees(effect: Effect, participants: Sequence[int]) -> Effect:
    """Return a difference of means with the degrees of freedom of its interval, if they follow from posted numbers.

    Parameters
    ----------
    effect : Effect
    participants : sequence of int
        Of the two arms, and of all arms, which may share one error; empty if they are not known.
    """
    limits = effect.fields.get("ci", ())
    if effect.measure != "mean_difference" or len(limits) != 2 or not all(isinstance(one, Decimal) for one in limits):
        return effect
    df: Decimal | int | None
    if "se" in effect.fields:
        df, note = _of_error(effect), OF_ERROR
    else:
        df, note = next((found for n in participants if (found := _of_p(effect, n - 2)) is not None), None), OF_P
    if df is None:
        return effect
    fields, notes = effect.fields | {"df": df}, [*effect.notes, note.format(df=df)]
    implied = implied_p(effect, float(df))
    if "p" in fields and implied is not None and reads_as_one_sided(fields["p"], implied):
        fields = {name: value for name, value in fields.items() if name not in ("p", "test")}
        notes.append(not_used(effect.analysis, ONE_TAIL))
    places = {name: path for name, path in effect.places.items() if name in fields or name.startswith("ci.")}
    return replace(effect, fields=fields, places=places, notes=tuple(notes))


def _of_error(effect: Effect) -> Decimal | None:
    """Return the degrees of freedom whose quantile is interval over standard error; None if it is the normal one."""
    low, high = effect.fields["ci"]
    se, level = effect.fields["se"], float(effect.fields.get("level", 0.95))
    half, slack = float(high - low) / 2, float(half_unit(low) + half_unit(high)) / 2
    least, greatest = (
        (half - slack) / float(se + half_unit(se)),
        (half + slack) / float(max(se - half_unit(se), se / 10)),
    )
    if least <= ci_quantile(level):
        return None
    few, many = float(FEWEST), float(MOST)
    while many - few > STEP / 2:
        middle = (few + many) / 2
        few, many = (middle, many) if ci_quantile(level, middle) > half / float(se) else (few, middle)
    for places in ("1", "0.1"):  # whole numbers, or those of Satterthwaite
        found = Decimal(few).quantize(Decimal(places))
        if least <= ci_quantile(level, float(found)) <= greatest:
            return found
    return None


def _of_p(effect: Effect, df: int) -> int | None:
    """Return the degrees of freedom if the p-value agrees with the interval with them, and not without."""
    p = effect.fields.get("p")
    if df < FEWEST or not isinstance(p, Decimal):
        return None
    return df if _agrees(effect, p, df) and not _agrees(effect, p, None) else None


def _agrees(effect: Effect, p: Decimal, df: int | None) -> bool:
    """Return whether the estimate and its interval allow the p-value, within the rounding of all of them."""
    low, high = effect.fields["ci"]
    level = float(effect.fields.get("level", 0.95))
    y, e = abs(float(effect.estimate)), float(half_unit(effect.estimate))
    half, slack = float(high - low) / 2, float(half_unit(low) + half_unit(high)) / 2
    q = ci_quantile(level, df)
    least, greatest = (max(y - e, 0) * q / (half + slack), (y + e) * q / max(half - slack, half / 10))
    return float(p - half_unit(p)) <= t_p(least, df) and t_p(greatest, df) <= float(p + half_unit(p))
