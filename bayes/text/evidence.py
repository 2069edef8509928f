"""The evidence as a reader sees it: the numbers of a report, with the digits the paper printed, in words and tables."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from bayes.paper.evidence import (
    DaysFree,
    Estimate,
    Evidence,
    LogRank,
    Means,
    Medians,
    MedianSurvival,
    PrintedResult,
    Survival,
)
from bayes.paper.evidence.adverse_events import AdverseEvents
from bayes.paper.evidence.arms import ARMS, ArmSizes, EventsInArm, MeanInArm, PersonsInArm, by_arm
from bayes.paper.evidence.bare_tests import BareP, EventsOfArms, Significance
from bayes.paper.evidence.cards import kind_card
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.limits import WithInterval
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut

Fact = tuple[str, str]  # a label and its text
FAVOURS = {
    "treatment": "the treatment arm",
    "control": "the control arm",
    "unknown": "not printed: both directions are possible",
}
NAMES = {
    "wald": "Wald",
    "robust": "Wald, with a robust standard error",
    "wilson": "Wilson",
    "newcombe": "Newcombe",
    "miettinen_nurminen": "Miettinen-Nurminen",
    "hodges_lehmann": "Hodges-Lehmann",
    "profile": "profile likelihood",
    "group_sequential": "adjusted for interim analyses",
}


@dataclass(frozen=True)
class Table:
    """A table of text: a title, headings and cells."""

    title: str
    headings: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Shown:
    """The printed numbers of a report: statements and, where it counts or measures, a table."""

    facts: tuple[Fact, ...] = ()
    table: Table | None = None


def evidence(report: Evidence) -> Shown:
    """Return the numbers of a report as printed.

    Parameters
    ----------
    report : evidence of any kind

    Returns
    -------
    Shown
        Its first fact states the evidence kind. Effects are on the measure's own scale, standard errors on the analysis
        scale.
    """
    kind = (("evidence", f"{report.kind}: {kind_card(report.kind).title}"),)
    shown = _shown(report)
    return Shown(kind + shown.facts, shown.table)


def in_brief(report: Evidence) -> str:
    """Return what was printed in a few words, the treatment arm first: `0 of 69 v 7 of 75`.

    Parameters
    ----------
    report : evidence of any kind
    """
    match report:
        case Binary():
            return _versus(*(_of(getattr(report, arm)) for arm in ARMS))
        case Events():
            return _versus(*(_counted(getattr(report, arm)) for arm in ARMS))
        case Means():
            return _versus(*(f"{digits(a.mean)} ({_spread(a)}, n {a.n})" for a in (report.treatment, report.control)))
        case Ordinal():
            return f"{_versus(*(', '.join(map(digits, getattr(report, arm))) for arm in ARMS))}, best category first"
        case OrdinalCut(cuts=(first, *_)):
            return f"at most {first.at_most} in {_versus(*(_of(getattr(first, arm)) for arm in ARMS))}"
        case SingleProportion():
            return f"{report.events} of {report.n}"
        case Medians():
            return f"medians {_versus(*(digits(m.median) for m in by_arm(report).values()))}"
        case DaysFree():
            return f"medians {_versus(*(digits(m.median) for m in by_arm(report).values()))} of {report.maximum} days"
        case Survival():
            return f"{_versus(*(f'{digits(s.percent)}%' for s in by_arm(report).values()))} without the event"
        case MedianSurvival():
            return f"medians {_versus(*(digits(m.median) for m in by_arm(report).values()))} {report.unit}"
        case AdverseEvents():
            return f"{len(report.rows)} kinds of event"
    bare = ("estimate", "interval", "p-value", "printed")
    return ", ".join(said for name, said in _shown(report).facts if name in bare)


def number_at(path: str) -> str:
    """Return which printed number a path leads to: `printed.p` is the p-value."""
    return {"p": "p-value", "ci": "interval"}.get(path.split(".")[-1], path)


def _versus(treatment: str, control: str) -> str:
    return f"{treatment} v {control}"


def _counted(arm: EventsInArm) -> str:
    persons = f" in {arm.persons} persons" if arm.persons is not None else ""
    among = f" of {arm.n}" if arm.n is not None else f" in {digits(arm.exposure)}" if arm.exposure is not None else ""
    return f"{arm.events} events{persons}{among}"


def _shown(report: Evidence) -> Shown:
    match report:
        case Ordinal():
            return _ordinal(report)
        case OrdinalCut():
            return _ordinal_cut(report)
        case Binary():
            return _binary(report)
        case Events():
            return _events(report)
        case Means():
            return _means(report)
        case Estimate():
            return _estimate(report)
        case Medians():
            return _medians(report)
        case DaysFree():
            return _days_free(report)
        case LogRank():
            return _log_rank(report)
        case Survival() | MedianSurvival():
            return _survival(report)
        case BareP() | Significance():
            return _bare(report)
        case SingleProportion():
            return _proportion(report)
        case AdverseEvents():
            return _adverse_events(report)


def printed_result(result: PrintedResult) -> str:
    """Return a further report of the same comparison in one line."""
    parts = [result.measure.replace("_", " ")] if result.measure else []
    parts += [digits(result.estimate)] if result.estimate is not None else []
    parts += [interval(result)] if result.ci is not None else []
    parts += [f"se {digits(result.se)}"] if result.se is not None else []
    parts += [p_value(result.p)] if result.p is not None else []
    parts += [f"{digits(result.df)} degrees of freedom"] if result.df is not None else []
    parts += [f"{arm} {digits(value)}%" for arm, value in (result.percent or {}).items()]
    parts += [f"of {sizes(result.n)}"] if result.n is not None else []
    parts += [] if result.adjusted is None else ["adjusted" if result.adjusted else "unadjusted"]
    parts += [] if result.stratified is None else ["stratified" if result.stratified else "unstratified"]
    parts += [f"test: {result.test}"] if result.test else []
    parts += [f"interval: {words(result.interval)}"] if result.interval else []
    parts += ["control compared with treatment"] if result.compares == "control_vs_treatment" else []
    parts += [f"{result.benefit} is better"] if result.benefit else []
    where = f" ({result.source})" if result.source else ""
    return ", ".join(parts) + where + (f". {result.notes}" if result.notes else "")


def digits(value: Decimal | int | str) -> str:
    """Return a number with its written digits, never with an exponent, or a bound as it is written."""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def interval(printed: WithInterval) -> str:
    """Return a printed interval with its level; for a one-sided interval, only its limit; empty if none is printed."""
    level = f"{100 * float(printed.level):g}%"
    low, high = printed.ci or (None, None)
    if low is not None and high is not None:
        return f"{level} interval {digits(low)} to {digits(high)}"
    if high is not None:
        return f"one-sided {level} interval, at most {digits(high)}"
    return "" if low is None else f"one-sided {level} interval, at least {digits(low)}"


def words(name: str) -> str:
    """Return the name of a field in words, with the capitals and hyphens of people's names."""
    return NAMES.get(name, name.replace("_", " "))


def p_value(p: Decimal | str) -> str:
    """Return a printed p-value or its printed bound."""
    return f"p {p[0]} {p[1:]}" if isinstance(p, str) else f"p = {digits(p)}"


def sizes(n: ArmSizes) -> str:
    """Return the number of patients per arm and in total."""
    return f"{n.treatment} treatment, {n.control} control ({n.total} in total)"


def _ordinal(report: Ordinal) -> Shown:
    rows = tuple((arm, *map(digits, getattr(report, arm))) for arm in ARMS)
    facts = (("unit", "percent, of " + sizes(report.n)),) if report.unit == "percent" and report.n is not None else ()
    return Shown(facts, Table("As printed", ("arm", *report.categories), rows))


def _ordinal_cut(report: OrdinalCut) -> Shown:
    rows = tuple((f"at most {c.at_most}", *(_of(getattr(c, arm)) for arm in ARMS)) for c in report.cuts)
    return Shown((("scale", ", ".join(report.categories)),), Table("As printed", ("category", *ARMS), rows))


def _binary(report: Binary) -> Shown:
    rows = tuple((arm, _of(getattr(report, arm))) for arm in ARMS)
    return Shown((), Table("As printed", ("arm", "with the event"), rows))


def _of(arm: PersonsInArm) -> str:
    """Return the persons with the event among n, and a percentage printed with or instead of the count."""
    return f"{arm.events} of {arm.n}" + (f" (printed: {digits(arm.percent)}%)" if arm.percent is not None else "")


def _events(report: Events) -> Shown:
    columns = ["events"] + [c for c in ("n", "persons", "exposure") if getattr(report.treatment, c) is not None]
    rows = tuple((arm, *(digits(getattr(getattr(report, arm), c)) for c in columns)) for arm in ARMS)
    facts = [("dispersion", report.dispersion.replace("_", " "))]
    facts += [("exposure in", report.per)] if report.per else []
    return Shown(tuple(facts), Table("As printed", ("arm", *columns), rows))


def _means(report: Means) -> Shown:
    columns = ("mean", "precision", "n")
    rows = tuple((arm, digits(m.mean), _spread(m), digits(m.n)) for arm, m in by_arm(report).items())
    facts = [("smallest step", digits(report.step))] if report.step is not None else []
    facts += [("values", "change from baseline" if report.values == "change" else "final")] if report.values else []
    facts += [("means", "least-squares means")] if report.least_squares else []
    return Shown(tuple(facts), Table("As printed", ("arm", *columns), rows))


def _spread(arm: MeanInArm) -> str:
    """Return what is printed of the spread in an arm: its SD, or the SE or the interval of its mean."""
    if arm.ci is not None:
        return f"{100 * float(arm.level):g}% interval {digits(arm.ci[0])} to {digits(arm.ci[1])}"
    return f"SD {digits(arm.sd)}" if arm.se is None else f"SE {digits(arm.se)}"


def _estimate(report: Estimate) -> Shown:
    facts = [("estimate", digits(report.estimate))]
    facts += [("as printed", report.as_printed)] if report.as_printed else []
    facts += [("prior", f"{report.prior}, undone")] if report.prior else []
    facts += [("interval", interval(report))] if report.ci is not None else []
    facts += [("p-value", p_value(report.p))] if report.p is not None else []
    facts += [("test", report.test)] if report.test else []
    facts += [("interval method", words(report.interval))] if report.interval else []
    turned = report.compares == "control_vs_treatment"
    facts += [("compares", "control with treatment, as printed; reversed for the analysis")] if turned else []
    return Shown((*facts, *_known((_ERROR, report.se), (_DEGREES, report.df))))


def _medians(report: Medians) -> Shown:
    rows = tuple(
        (arm, digits(m.median), _to(m.quartiles), _to(m.range), digits(m.n)) for arm, m in by_arm(report).items()
    )
    return Shown((), Table("As printed", ("arm", "median", "quartiles", "range", "n"), rows))


def _days_free(report: DaysFree) -> Shown:
    both = by_arm(report).items()
    rows = tuple((arm, digits(m.median), _to(m.quartiles), m.at_floor_as_printed, digits(m.n)) for arm, m in both)
    facts = (("days", f"at most {report.maximum}; {report.floor} for the worst rank"),)
    return Shown(facts, Table("As printed", ("arm", "median", "quartiles", "at the worst rank", "n"), rows))


def _to(pair: tuple[Decimal, Decimal] | None) -> str:
    return "" if pair is None else f"{digits(pair[0])} to {digits(pair[1])}"


def _log_rank(report: LogRank) -> Shown:
    facts = [("printed", f"O - E {digits(report.o_minus_e)}, V {digits(report.variance)}")]
    facts += [("of", "the control arm; reversed for the analysis")] if report.of == "control" else []
    return Shown(tuple(facts))


def _survival(report: Survival | MedianSurvival) -> Shown:
    if isinstance(report, Survival):
        facts, what = (("time", report.time),), "without the event"
        rows = tuple((arm, f"{digits(s.percent)}%", _precision(s, s.se)) for arm, s in by_arm(report).items())
    else:
        facts, what = (("unit", report.unit),), "median"
        rows = tuple((arm, digits(m.median), _precision(m)) for arm, m in by_arm(report).items())
    return Shown(facts, Table("As printed", ("arm", what, "precision"), rows))


def _precision(printed: WithInterval, se: Decimal | None = None) -> str:
    return interval(printed) if printed.ci is not None else f"se {digits(se)}" if se is not None else ""


def _bare(report: BareP | Significance) -> Shown:
    if isinstance(report, BareP):
        facts = [("p-value", p_value(report.p))]
    else:
        words = "significant" if report.significant else "not significant"
        facts = [("printed", f"{words} at {digits(report.alpha)}")]
    facts += [("favours", FAVOURS[report.favours])]
    facts += [("patients", sizes(report.n))] if report.n is not None else []
    facts += [("events", _happened(report.events))] if report.events is not None else []
    facts += [("sides", "one-sided")] if report.sides == 1 else []
    facts += [("test", report.test.replace("_", " ") if report.test != "unknown" else "not stated")]
    if report.reference is not None:
        facts += [("reference", f"{', '.join(map(digits, report.reference.shares))} ({report.reference.source})")]
    units = {"raw": "raw standard deviations", "residual": "residual standard deviations of a model"}
    facts += [("units", units[report.scale_sd])] if report.scale_sd else []
    known = _known((_ERROR, report.se), (_DEGREES, report.df), ("correlation with the baseline", report.rho))
    return Shown((*facts, *known))


def _happened(events: EventsOfArms | int) -> str:
    """Return the events per arm, or in both arms together."""
    return f"{events} in all" if isinstance(events, int) else f"{events.treatment} treatment, {events.control} control"


_ERROR, _DEGREES = "standard error (analysis scale)", "degrees of freedom"


def _known(*numbers: tuple[str, Decimal | None]) -> tuple[Fact, ...]:
    """Return the numbers that are stated, under the names a reader knows."""
    return tuple((name, digits(value)) for name, value in numbers if value is not None)


def _proportion(report: SingleProportion) -> Shown:
    return Shown((("printed", f"{report.events} of {report.n}"), ("goal", digits(report.goal))))


def _adverse_events(report: AdverseEvents) -> Shown:
    counted = "persons" if report.counts_persons else "events"
    rows = tuple((r.soc, r.term, *(str(getattr(getattr(r, arm), counted)) for arm in ARMS)) for r in report.rows)
    facts = [("patients", sizes(report.n)), ("counted", counted)]
    facts += [] if report.counts_persons else [("dispersion", report.dispersion.replace("_", " "))]
    if report.exposure is not None:
        unit = f" {report.per}" if report.per else ""
        facts += [("exposure", ", ".join(f"{arm} {digits(getattr(report.exposure, arm))}{unit}" for arm in ARMS))]
    return Shown(tuple(facts), Table("As printed", ("body system", "term", *ARMS), rows))
