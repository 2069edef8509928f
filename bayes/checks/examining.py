"""The checks of one outcome, in order, and the count of what was compared."""

from __future__ import annotations

from dataclasses import dataclass

from bayes.checks.arm_summaries import check_arm_summaries
from bayes.checks.censored_counts import check_censored_counts
from bayes.checks.counts import check_binary, check_proportion, check_sizes, other_percent
from bayes.checks.curves import check_curves
from bayes.checks.designs import check_design
from bayes.checks.estimate import check_entry
from bayes.checks.events import check_events
from bayes.checks.finding import Finding
from bayes.checks.ledger import Ledger
from bayes.checks.margins import check_margin
from bayes.checks.means import check_means
from bayes.checks.ordinal import check_cuts, check_ordinal
from bayes.checks.paired import check_paired_counts, check_paired_means
from bayes.checks.posteriors import check_posterior
from bayes.checks.printed_effects import PrintedEffect, entries
from bayes.checks.sides import check_sides
from bayes.checks.sparse import check_sparse
from bayes.paper.evidence import (
    Binary,
    CensoredCounts,
    DigitisedCurve,
    Estimate,
    Events,
    Means,
    Ordinal,
    OrdinalCut,
    PairedCounts,
    PairedMeans,
    Percentages,
    Rates,
    SingleProportion,
)
from bayes.paper.trial import Outcome


@dataclass(frozen=True)
class Examined:
    """The findings of an outcome, and the number of comparisons that were made."""

    findings: tuple[Finding, ...]
    checks: int


def examine(outcome: Outcome) -> Examined:
    """Check an outcome and count the comparisons.

    Printed numbers are compared with the data of the report first; those that the data reproduce are not compared with
    an interval as well.

    Parameters
    ----------
    outcome : Outcome

    Returns
    -------
    Examined
    """
    ledger, printed = Ledger(outcome), tuple(entries(outcome))
    check_sizes(ledger, outcome)
    _check_data(ledger, outcome, printed)
    for entry in printed:
        check_entry(ledger, entry, outcome.null)
    check_sides(ledger, outcome)
    check_margin(ledger, outcome, printed)
    check_sparse(ledger, outcome)
    check_design(ledger, outcome)
    ledger.acknowledge(outcome.acknowledged)
    return Examined(tuple(ledger.findings), ledger.checks)


def check_outcome(outcome: Outcome) -> tuple[Finding, ...]:
    """Return the findings of an outcome, in the order of the checks."""
    return examine(outcome).findings


def _check_data(ledger: Ledger, outcome: Outcome, printed: tuple[PrintedEffect, ...]) -> None:
    """Compare the printed results with the data of the report; without counts or means these give no percentages."""
    match outcome.evidence:
        case Binary():
            check_binary(ledger, outcome, printed)
        case CensoredCounts() as bounded:
            check_censored_counts(ledger, bounded, printed)
        case Events():
            check_events(ledger, outcome, printed)
        case Means():
            check_means(ledger, outcome, printed)
        case PairedMeans() as paired:
            check_paired_means(ledger, paired, printed)
        case PairedCounts() as pairs:
            check_paired_counts(ledger, pairs, printed)
        case Ordinal():
            check_ordinal(ledger, outcome, printed)
        case OrdinalCut():
            check_cuts(ledger, outcome, printed)
        case SingleProportion():
            check_proportion(ledger, outcome, printed)
        case DigitisedCurve():
            check_curves(ledger, outcome, printed)
        case Estimate(prior=str()) as posterior:
            check_posterior(ledger, outcome, posterior)
        case Rates() | Percentages() as arms:
            check_arm_summaries(ledger, arms, printed)
        case evidence:
            for entry in printed:
                other_percent(ledger, entry, f"evidence of kind {evidence.kind}")
