"""Results of the same patients under both treatments as a reader sees them, with the digits that the paper printed."""

from __future__ import annotations

from bayes.base.numbers import digits, p_value
from bayes.paper.evidence.arms import by_arm
from bayes.paper.evidence.paired import MeanUnder, PairedCounts, PairedMeans, WithinDifference
from bayes.text.printed import Fact, Shown, Table, versus


def means_in_brief(report: PairedMeans) -> str:
    """Return both means in a few words, treatment first."""
    return f"{versus(*(digits(m.mean) for m in by_arm(report).values()))} in the same {report.n} patients"


def counts_in_brief(report: PairedCounts) -> str:
    """Return the discordant pairs in a few words, treatment first."""
    among = "" if report.n is None else f" of {report.n} patients"
    return f"{report.treatment_only} under treatment only v {report.control_only} under control only{among}"


def means(report: PairedMeans) -> Shown:
    """Return the mean under either treatment, and how the two results of a patient are related, as printed."""
    facts = [_patients(report.n)]
    if report.difference is not None:
        facts += [("differences within patients", _precise(report.difference))]
    if report.correlation is not None:
        used = "" if report.assumes_correlation else ", not used: the precision of the differences is printed"
        facts += [("correlation within patients", f"{digits(report.correlation)}{used}")]
    rows = tuple((arm, digits(under.mean), _spread(under)) for arm, under in by_arm(report).items())
    return Shown(tuple(facts), Table("As printed", ("under", "mean", "precision"), rows))


def counts(report: PairedCounts) -> Shown:
    """Return how many patients had the event under which treatments, as printed."""
    facts = () if report.n is None else (_patients(report.n),)
    found = (report.treatment_only, report.control_only, report.both, report.neither)
    names = ("treatment only", "control only", "both", "neither")
    rows = tuple((name, str(count)) for name, count in zip(names, found, strict=True) if count is not None)
    return Shown(facts, Table("As printed", ("the event under", "patients"), rows))


def _patients(n: int) -> Fact:
    return "patients", f"{n}, each under both treatments"


def _precise(printed: WithinDifference) -> str:
    if printed.p is not None:
        return p_value(printed.p)
    return f"SD {digits(printed.sd)}" if printed.sd is not None else f"SE {digits(printed.se or 0)}"


def _spread(under: MeanUnder) -> str:
    if under.sd is not None:
        return f"SD {digits(under.sd)}"
    return "" if under.se is None else f"SE {digits(under.se)}"
