"""Internal consistency of a printed effect: its estimate, interval, standard error and p-value must agree."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from bayes.base import measures
from bayes.base.numbers import article
from bayes.checks.finding import INCONSISTENT, ONLY_ROUNDING
from bayes.checks.interval_methods import apart_from_p, need_not_be_centred
from bayes.checks.ledger import Ledger
from bayes.checks.p_values import follows_estimate, t_p
from bayes.checks.printed_effects import PrintedEffect
from bayes.checks.rounding import Implied, Range, analysis_box, box, extent, unit
from bayes.paper.evidence.limits import value_of

Name = Literal["estimate", "low", "high"]
Scaled = dict[Name, Range]
"""The estimate and the limits, as far as they are printed, on the analysis scale."""

PLACES = 1e-12


def check_entry(ledger: Ledger, entry: PrintedEffect, null: float = 0.0) -> None:
    """Check the internal consistency of a printed effect (METHODS 1).

    Limits and estimate are compared on the analysis scale, with normal quantiles, or Student-t if `df` is stated.

    Parameters
    ----------
    ledger : Ledger
        Receives the findings. Numbers that the data of the report reproduce (`ledger.explained`) are skipped: an exact
        interval need not be centred, and a Fisher p-value need not agree with a Wald interval.
    entry : Entry
        The printed effect.
    null : float
        No effect, on the analysis scale (the goal, for a proportion).
    """
    result = entry.result
    low, high = result.ci or (None, None)
    scaled: Scaled = {}
    named: tuple[tuple[Name, Decimal | str | None], ...] = (("estimate", result.estimate), ("low", low), ("high", high))
    for name, printed in named:
        if printed is None:
            continue
        if (found := analysis_box(value_of(printed), entry.measure)) is None:
            path = f"{entry.path}.{'estimate' if name == 'estimate' else 'ci'}"
            text = f"printed {printed}, but {article(entry.measure)} must be above 0"
            ledger.note(path, INCONSISTENT, printed, "above 0", None, text)
            return
        scaled[name] = found
    if result.numbers is not None and not _ordered(ledger, entry, *result.numbers):
        return
    if result.ci is not None and result.estimate is not None and _inside(ledger, entry, result.estimate):
        _centre(ledger, entry, result.estimate, scaled)
    _standard_error(ledger, entry, scaled)
    _p_value(ledger, entry, scaled, null)


def _ordered(ledger: Ledger, entry: PrintedEffect, low: Decimal, high: Decimal) -> bool:
    ledger.checks += 1
    if low <= high:
        return True
    text = f"printed {low} to {high}: the lower limit is above the upper limit"
    ledger.note(f"{entry.path}.ci", INCONSISTENT, f"{low} to {high}", f"{high} to {low}", None, text)
    return False


def _inside(ledger: Ledger, entry: PrintedEffect, estimate: Decimal) -> bool:
    """Return whether the estimate lies in its interval; note a finding if it does not."""
    ledger.checks += 1
    if not entry.result.excludes(estimate):
        return True
    low, high = (estimate if limit is None else value_of(limit) for limit in entry.result.ci or (None, None))
    limit = low if estimate < low else high
    gap = abs(float(estimate - limit))
    reach = (unit(estimate) + unit(limit)) / 2
    verdict = ONLY_ROUNDING if gap <= reach + PLACES else INCONSISTENT
    text = f"printed {estimate}, outside its own interval {entry.result.said}"
    path = f"{entry.path}.estimate"
    ledger.note(path, verdict, estimate, entry.result.said, gap / unit(estimate), text)
    return False


def _centre(ledger: Ledger, entry: PrintedEffect, estimate: Decimal, scaled: Scaled) -> None:
    """Check that the estimate is the centre of its interval on the analysis scale."""
    paths = {f"{entry.path}.estimate", f"{entry.path}.ci"}
    if entry.measure == "proportion" or paths & ledger.explained:
        return
    if entry.result.numbers is None:
        _mirrored(ledger, entry, scaled)
        return

    def centre(low: float, high: float) -> float:
        return float(measures.to_natural((low + high) / 2, entry.measure))

    implied = Implied("", (extent(centre, scaled["low"], scaled["high"]),))
    low, high = entry.result.numbers
    scale = "the log scale" if measures.is_log(entry.measure) else "its own scale"
    basis = f"the centre of its interval {low} to {high} on {scale}"
    doubt = need_not_be_centred(entry)
    remark = "" if doubt or entry.interval else "an exact or profile interval need not be centred; state its `interval`"
    ledger.compare(f"{entry.path}.estimate", estimate, [implied], basis, doubt, remark)


def _mirrored(ledger: Ledger, entry: PrintedEffect, scaled: Scaled) -> None:
    """Check a bound in place of a limit: the mirror image of the other limit must be on the right side of it."""
    known = _known_limit(entry)
    low, high = entry.result.ci or (None, None)
    bound = high if known == "low" else low
    if known is None or bound is None:
        return

    def mirror(y: float, limit: float) -> float:
        return float(measures.to_natural(2 * y - limit, entry.measure))

    image = Implied("", (extent(mirror, scaled["estimate"], scaled[known]),))
    basis = f"the other limit, reflected about the estimate {entry.result.estimate}, gives"
    ledger.compare(f"{entry.path}.ci", bound, [image], basis, need_not_be_centred(entry))


def _known_limit(entry: PrintedEffect) -> Literal["low", "high"] | None:
    """Return which limit is printed as a number, or None unless exactly one is."""
    low, high = entry.result.ci or (None, None)
    if isinstance(low, Decimal) == isinstance(high, Decimal):
        return None
    return "low" if isinstance(low, Decimal) else "high"


def _width(entry: PrintedEffect) -> float:
    """Return the number of standard errors between an estimate and a limit of its interval."""
    return measures.ci_quantile(entry.result.coverage, entry.df)


def _standard_error(ledger: Ledger, entry: PrintedEffect, scaled: Scaled) -> None:
    path, q, result = f"{entry.path}.se", _width(entry), entry.result
    if result.se is None or not result.gives_width or path in ledger.explained:
        return
    if result.numbers is not None:
        found = extent(lambda low, high: (high - low) / (2 * q), scaled["low"], scaled["high"])
    elif "estimate" in scaled and (known := _known_limit(entry)) is not None:
        found = extent(lambda y, limit: abs(limit - y) / q, scaled["estimate"], scaled[known])
    else:
        return
    ledger.compare(
        path, result.se, [Implied("", (found,))], "the interval gives a standard error of", apart_from_p(entry)
    )


def _p_value(ledger: Ledger, entry: PrintedEffect, scaled: Scaled, null: float) -> None:
    """Check the p-value against that implied by the estimate and its interval or standard error."""
    result, path, df = entry.result, f"{entry.path}.p", entry.df
    if result.p is None or path in ledger.explained:
        return
    doubt, remark = _doubt(entry)
    tail = f"Student-t with {result.df} degrees of freedom" if df else ""
    if result.numbers is not None or (result.gives_width and "estimate" in scaled):
        implied = Implied(tail, (_p_of_interval(entry, scaled, df, null),))
        basis = ("the estimate and its interval" if "estimate" in scaled else "the interval") + " imply p"
        ledger.compare(path, result.p, [implied], basis, doubt, remark)
    if result.se is not None and "estimate" in scaled:
        found = extent(
            lambda y, s: t_p((y - null) / s, df) if s > 0 else 0.0, scaled["estimate"], box(result.se), through=[[null]]
        )
        basis = "the estimate and its standard error imply p"
        ledger.compare(path, result.p, [Implied(tail, (found,))], basis, doubt, remark)


def _doubt(entry: PrintedEffect) -> tuple[str, str]:
    """Return why the p-value need not be the one implied by the interval, and a remark if the test is not named."""
    if not follows_estimate(entry.test):
        return f"the stated test, {entry.test}, is not the one behind the interval", ""
    unnamed = entry.test is None and entry.measure == "hazard_ratio"
    return apart_from_p(entry), "a log-rank p-value need not agree; state its `test`" if unnamed else ""


def _p_of_interval(entry: PrintedEffect, scaled: Scaled, df: float | None, null: float) -> Range:
    """Return the p-value and its range over rounding, with s from the whole interval or from either half of it."""
    q, turn = _width(entry), [[null]]

    def p(effect: float, width: float) -> float:
        return t_p((effect - null) * q / width, df) if width > 0 else float("nan")

    if (known := _known_limit(entry)) is not None:
        return extent(lambda e, x: p(e, abs(x - e)), scaled["estimate"], scaled[known], through=turn)
    low, high = scaled["low"], scaled["high"]
    if "estimate" not in scaled:
        return extent(lambda lo, hi: p((lo + hi) / 2, (hi - lo) / 2), low, high)
    y = scaled["estimate"]
    whole = extent(lambda e, lo, hi: p(e, (hi - lo) / 2), y, low, high, through=turn)
    halves = (
        extent(lambda e, lo: p(e, e - lo), y, low, through=turn),
        extent(lambda e, hi: p(e, hi - e), y, high, through=turn),
    )
    return Range(whole.value, min(whole.low, *(h.low for h in halves)), max(whole.high, *(h.high for h in halves)))
