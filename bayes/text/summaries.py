"""Summaries of each arm as a reader sees them: means, medians, survival, rates, percentages and digitised curves."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bayes.base.numbers import digits
from bayes.paper.evidence import (
    DaysFree,
    DigitisedCurve,
    GeometricMeans,
    LogRank,
    Means,
    Medians,
    MedianSurvival,
    Percentages,
    Rates,
    RestrictedMeans,
    Survival,
)
from bayes.paper.evidence.arms import MeanInArm, by_arm
from bayes.paper.evidence.geometric_means import GeometricMeanInArm
from bayes.paper.evidence.limits import WithInterval
from bayes.text.printed import Shown, Table, interval, versus

LISTED = 200  # readings of a curve, of which more would fill a page


def means(report: Means) -> Shown:
    """Return the means of both arms with the precision of each, as printed."""
    columns = ("mean", "precision", "n")
    rows = tuple((arm, digits(m.mean), spread(m), digits(m.n)) for arm, m in by_arm(report).items())
    facts = [("smallest step", digits(report.step))] if report.step is not None else []
    facts += [("values", "change from baseline" if report.values == "change" else "final")] if report.values else []
    r, finals = (
        report.baseline_correlation,
        [arm.sd_final for arm in by_arm(report).values() if arm.sd_final is not None],
    )
    facts += [("correlation with the baseline", digits(r))] if r is not None else []
    facts += [("SD of final values", versus(*map(digits, finals)))] if finals else []
    facts += [("means", "least-squares means")] if report.least_squares else []
    return Shown(tuple(facts), Table("As printed", ("arm", *columns), rows))


def spread(arm: MeanInArm) -> str:
    """Return what is printed of the spread in an arm: its SD, or the SE or the interval of its mean."""
    if arm.ci is not None:
        return f"{100 * float(arm.level):g}% interval {digits(arm.ci[0])} to {digits(arm.ci[1])}"
    return f"SD {digits(arm.sd)}" if arm.se is None else f"SE {digits(arm.se)}"


def medians(report: Medians) -> Shown:
    """Return the medians of both arms with their quartiles, ranges or intervals, as printed."""
    rows = tuple(
        (arm, digits(m.median), _to(m.quartiles), _to(m.range), _to(m.ci), digits(m.n))
        for arm, m in by_arm(report).items()
    )
    facts = (("observations", report.family.replace("_", "-")),) if report.family else ()
    return Shown(facts, Table("As printed", ("arm", "median", "quartiles", "range", "interval", "n"), rows))


def geometric_means(report: GeometricMeans) -> Shown:
    """Return the geometric means of both arms with the spread of each, as printed."""
    rows = tuple((arm, digits(g.geometric_mean), _variation(g), digits(g.n)) for arm, g in by_arm(report).items())
    return Shown((), Table("As printed", ("arm", "geometric mean", "spread", "n"), rows))


def _variation(arm: GeometricMeanInArm) -> str:
    """Return what is printed of the spread of an arm's observations on the log scale."""
    if arm.ci is not None:
        return interval(arm)
    if arm.cv is not None:
        return f"CV {digits(arm.cv)}%"
    return f"SD of logs {digits(arm.sd_log)}" if arm.sd_log is not None else f"geometric SD {digits(arm.gsd or 1)}"


def days_free(report: DaysFree) -> Shown:
    """Return the medians of days of both arms with the patients at the worst rank, as printed."""
    rows = tuple(
        (arm, digits(m.median), _to(m.quartiles), m.at_floor_as_printed, digits(m.n))
        for arm, m in by_arm(report).items()
    )
    facts = (("days", f"at most {report.maximum}; {report.floor} for the worst rank"),)
    return Shown(facts, Table("As printed", ("arm", "median", "quartiles", "at the worst rank", "n"), rows))


def _to(pair: tuple[Decimal, Decimal] | None) -> str:
    return "" if pair is None else f"{digits(pair[0])} to {digits(pair[1])}"


def log_rank(report: LogRank) -> Shown:
    """Return a log-rank statistic, as printed."""
    facts = [("printed", f"O - E {digits(report.o_minus_e)}, V {digits(report.variance)}")]
    facts += [("of", "the control arm; reversed for the analysis")] if report.of == "control" else []
    return Shown(tuple(facts))


def survival(report: Survival | MedianSurvival | RestrictedMeans) -> Shown:
    """Return the survival percentages, or the median or restricted mean times, of both arms, as printed."""
    rows: list[tuple[str, str, str]]
    if isinstance(report, Survival):
        facts, what = (("time", report.time),), "without the event"
        rows = [(arm, f"{digits(s.percent)}%", _precision(s, s.se)) for arm, s in by_arm(report).items()]
    elif isinstance(report, RestrictedMeans):
        facts, what = (("means up to", f"{digits(report.until)} {report.unit}"),), "restricted mean"
        rows = [(arm, digits(m.mean), _precision(m, m.se)) for arm, m in by_arm(report).items()]
    else:
        facts, what = (("unit", report.unit),), "median"
        rows = [(arm, digits(m.median), _precision(m)) for arm, m in by_arm(report).items()]
    sizes = [report.treatment.n, report.control.n]
    if sizes == [None, None]:
        return Shown(facts, Table("As printed", ("arm", what, "precision"), tuple(rows)))
    cells = tuple((*row, "" if n is None else digits(n)) for row, n in zip(rows, sizes, strict=True))
    return Shown(facts, Table("As printed", ("arm", what, "precision", "n"), cells))


def rates(report: Rates) -> Shown:
    """Return the rates of both arms with the precision of each, as printed."""
    rows = tuple((arm, digits(r.rate), _precision(r, r.se)) for arm, r in by_arm(report).items())
    return Shown((("per", report.per),), Table("As printed", ("arm", "rate", "precision"), rows))


def percentages(report: Percentages) -> Shown:
    """Return the percentages of both arms with the precision of each, as printed."""
    rows = tuple((arm, f"{digits(p.percent)}%", _precision(p, p.se)) for arm, p in by_arm(report).items())
    return Shown((), Table("As printed", ("arm", "with the event", "precision"), rows))


def _precision(printed: WithInterval, se: Decimal | None = None) -> str:
    return interval(printed) if printed.ci is not None else f"se {digits(se)}" if se is not None else ""


def curves(report: DigitisedCurve) -> Shown:
    """Return both curves as they were read, their numbers at risk, and the events that were reconstructed.

    Readings are listed unless there are more than `LISTED` of an arm.
    """
    scale = "in percent" if report.treatment.in_percent else "as proportions"
    facts = [("unit", report.unit), ("read", f"{report.treatment.shows} {scale}")]
    facts += [("means up to", f"{digits(report.until)} {report.unit}")] if report.until is not None else []
    facts += [("survival at", f"{digits(report.time)} {report.unit}")] if report.time is not None else []
    rows = []
    for arm, read in by_arm(report).items():
        if len(read.times) <= LISTED:
            facts.append((f"{arm} curve", _at(read.read, read.times)))
        span = f"{len(read.times)}, up to {digits(read.times[-1])}"
        events = f"{report.reconstructed[arm].patients.total_events}"
        known = events if read.events is None else f"{events} (printed: {read.events})"
        rows.append((arm, span, _at(read.at_risk, read.at_risk_times), known))
    return Shown(tuple(facts), Table("As read", ("arm", "readings", "at risk", "events reconstructed"), tuple(rows)))


def _at(values: Sequence[Decimal | int], times: Sequence[Decimal]) -> str:
    return ", ".join(f"{digits(value)} at {digits(time)}" for value, time in zip(values, times, strict=True))
