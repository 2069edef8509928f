"""The evidence as a reader sees it: the numbers of a report, with the digits the paper printed, in words and tables."""

from __future__ import annotations

from bayes.base.numbers import digits, p_value
from bayes.paper.evidence import (
    DaysFree,
    DigitisedCurve,
    Estimate,
    Evidence,
    GeometricMeans,
    LogRank,
    Means,
    Medians,
    MedianSurvival,
    Percentages,
    PrintedResult,
    Rates,
    RestrictedMeans,
    Survival,
)
from bayes.paper.evidence.adverse_events import AdverseEvent, AdverseEvents
from bayes.paper.evidence.arms import ARMS, Arm, EventsInArm, PersonsInArm, by_arm
from bayes.paper.evidence.bare_tests import BareP, EventsOfArms, Significance
from bayes.paper.evidence.cards import kind_card
from bayes.paper.evidence.censored_counts import CensoredCounts
from bayes.paper.evidence.counts import Binary, Events, SingleProportion
from bayes.paper.evidence.ordinal import Ordinal, OrdinalCut, OrdinalTable
from bayes.paper.evidence.paired import PairedCounts, PairedMeans
from bayes.paper.scales import scales
from bayes.text import paired, summaries
from bayes.text.printed import DEGREES, ERROR, Fact, Shown, Table, interval, known, sizes, versus, words

FAVOURS = {
    "treatment": "the treatment arm",
    "control": "the control arm",
    "unknown": "not printed: both directions are possible",
}


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
            return versus(*(_of(getattr(report, arm)) for arm in ARMS))
        case CensoredCounts():
            return versus(*(arm.said for arm in by_arm(report).values()))
        case Events():
            return versus(*(_counted(getattr(report, arm)) for arm in ARMS))
        case Means():
            return versus(
                *(f"{digits(a.mean)} ({summaries.spread(a)}, n {a.n})" for a in (report.treatment, report.control))
            )
        case Ordinal():
            return f"{versus(*(', '.join(map(digits, getattr(report, arm))) for arm in ARMS))}, best category first"
        case OrdinalCut(cuts=(first, *_)):
            return f"at most {first.at_most} in {versus(*(_of(getattr(first, arm)) for arm in ARMS))}"
        case SingleProportion():
            return f"{report.events} of {report.n}"
        case GeometricMeans():
            return f"geometric means {versus(*(digits(g.geometric_mean) for g in by_arm(report).values()))}"
        case Medians():
            return f"medians {versus(*(digits(m.median) for m in by_arm(report).values()))}"
        case PairedMeans():
            return paired.means_in_brief(report)
        case PairedCounts():
            return paired.counts_in_brief(report)
        case DaysFree():
            return f"medians {versus(*(digits(m.median) for m in by_arm(report).values()))} of {report.maximum} days"
        case Survival():
            return f"{versus(*(f'{digits(s.percent)}%' for s in by_arm(report).values()))} without the event"
        case MedianSurvival():
            return f"medians {versus(*(digits(m.median) for m in by_arm(report).values()))} {report.unit}"
        case RestrictedMeans():
            means = versus(*(digits(m.mean) for m in by_arm(report).values()))
            return f"restricted means {means} {report.unit}"
        case DigitisedCurve():
            found = (arm.patients for arm in report.reconstructed.values())
            return f"{versus(*(f'{arm.total_events} of {arm.n}' for arm in found))}, reconstructed from curves"
        case Rates():
            return f"{versus(*(digits(r.rate) for r in by_arm(report).values()))} per {report.per}"
        case Percentages():
            return f"{versus(*(f'{digits(p.percent)}%' for p in by_arm(report).values()))} with the event"
        case AdverseEvents():
            return f"{len(report.rows)} kinds of event"
    bare = ("estimate", "interval", "p-value", "printed")
    return ", ".join(said for name, said in _shown(report).facts if name in bare)


def number_at(path: str) -> str:
    """Return which printed number a path leads to: `printed.p` is the p-value, `printed.1.estimate` the estimate."""
    first, *rest = path.split(".")
    last = (rest or [first])[-1]
    if last in (named := {"p": "p-value", "ci": "interval", "estimate": "estimate", "se": "standard error"}):
        return named[last]
    return " ".join(word for word in (rest if first in ("printed", "evidence") else path.split(".")) if word) or path


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
        case CensoredCounts():
            return _censored_counts(report)
        case Events():
            return _events(report)
        case Means():
            return summaries.means(report)
        case Estimate():
            return _estimate(report)
        case Medians():
            return summaries.medians(report)
        case GeometricMeans():
            return summaries.geometric_means(report)
        case PairedMeans():
            return paired.means(report)
        case PairedCounts():
            return paired.counts(report)
        case DaysFree():
            return summaries.days_free(report)
        case LogRank():
            return summaries.log_rank(report)
        case Survival() | MedianSurvival() | RestrictedMeans():
            return summaries.survival(report)
        case DigitisedCurve():
            return summaries.curves(report)
        case Rates():
            return summaries.rates(report)
        case Percentages():
            return summaries.percentages(report)
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


def _ordinal(report: Ordinal) -> Shown:
    rows = tuple((arm, *map(digits, getattr(report, arm))) for arm in ARMS)
    facts = (("unit", "percent, of " + sizes(report.n)),) if report.unit == "percent" and report.n is not None else ()
    return Shown(_scale(report) + facts, Table("As printed", ("arm", *report.categories), rows))


def _ordinal_cut(report: OrdinalCut) -> Shown:
    rows = tuple((f"at most {c.at_most}", *(_of(getattr(c, arm)) for arm in ARMS)) for c in report.cuts)
    facts = (*_scale(report), ("categories", ", ".join(report.categories)))
    return Shown(facts, Table("As printed", ("category", *ARMS), rows))


def _scale(report: OrdinalTable) -> tuple[Fact, ...]:
    return () if report.scale is None else (("scale", scales()[report.scale].title),)


def _binary(report: Binary) -> Shown:
    rows = tuple((arm, _of(getattr(report, arm))) for arm in ARMS)
    return Shown((), Table("As printed", ("arm", "with the event"), rows))


def _censored_counts(report: CensoredCounts) -> Shown:
    rows = tuple((name, arm.said, str(arm.least), str(arm.most)) for name, arm in by_arm(report).items())
    return Shown((), Table("As printed", ("arm", "with the event", "least", "greatest"), rows))


def _of(arm: PersonsInArm) -> str:
    """Return the persons with the event among n, and a percentage printed with or instead of the count."""
    return f"{arm.events} of {arm.n}" + (f" (printed: {digits(arm.percent)}%)" if arm.percent is not None else "")


def _events(report: Events) -> Shown:
    columns = ["events"] + [c for c in ("n", "persons", "exposure") if getattr(report.treatment, c) is not None]
    rows = tuple((arm, *(digits(getattr(getattr(report, arm), c)) for c in columns)) for arm in ARMS)
    facts = [("dispersion", report.dispersion.replace("_", " "))]
    facts += [("exposure in", report.per)] if report.per else []
    return Shown(tuple(facts), Table("As printed", ("arm", *columns), rows))


def _estimate(report: Estimate) -> Shown:
    facts = [("estimate", digits(report.estimate))]
    facts += [("as printed", report.as_printed)] if report.as_printed else []
    facts += [("prior", "flat" if report.prior == "flat" else f"{report.prior}, undone")] if report.prior else []
    facts += [("interval", interval(report))] if report.ci is not None else []
    facts += [("p-value", p_value(report.p))] if report.p is not None else []
    facts += [("test", report.test)] if report.test else []
    facts += [("interval method", words(report.interval))] if report.interval else []
    turned = report.compares == "control_vs_treatment"
    facts += [("compares", "control with treatment, as printed; reversed for the analysis")] if turned else []
    return Shown((*facts, *known((ERROR, report.se), (DEGREES, report.df))))


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
    stated = known((ERROR, report.se), (DEGREES, report.df), ("correlation with the baseline", report.rho))
    return Shown((*facts, *stated))


def _happened(events: EventsOfArms | int) -> str:
    """Return the events per arm, or in both arms together."""
    return f"{events} in all" if isinstance(events, int) else f"{events.treatment} treatment, {events.control} control"


def _proportion(report: SingleProportion) -> Shown:
    return Shown((("printed", f"{report.events} of {report.n}"), ("goal", digits(report.goal))))


def _counted_in(row: AdverseEvent, arm: Arm) -> str:
    """Return a number of persons or events, with the patients at risk where they are not those of the table."""
    number = str(by_arm(row)[arm].number)
    return number if row.n is None else f"{number} of {by_arm(row.n)[arm]}"


def _adverse_events(report: AdverseEvents) -> Shown:
    rows = tuple((r.soc, r.term, *(_counted_in(r, arm) for arm in ARMS)) for r in report.rows)
    facts = [("patients", sizes(report.n)), ("counted", "persons" if report.counts_persons else "events")]
    facts += [] if report.counts_persons else [("dispersion", report.dispersion.replace("_", " "))]
    if report.listed_above is not None:
        facts += [("not listed", f"events in at most {digits(report.listed_above)}% of the patients of every arm")]
    if report.exposure is not None:
        unit = f" {report.per}" if report.per else ""
        facts += [("exposure", ", ".join(f"{arm} {digits(getattr(report.exposure, arm))}{unit}" for arm in ARMS))]
    about = tuple(row.name for row in report.rows)
    return Shown(tuple(facts), Table("As printed", ("body system", "term", *ARMS), rows, about))
