"""A check that no report is silently read as one of independent patients against the design of its trial."""

from __future__ import annotations

from bayes.checks.finding import UNDOCUMENTED
from bayes.checks.ledger import Ledger
from bayes.paper.stated_design import not_allowed_for
from bayes.paper.trial import Outcome

TEXTS = {
    "clusters": (
        "design_effect",
        "clusters were randomised, but patients are counted as independent; state design_effect (1 if they are as good "
        "as independent), icc with cluster_size, or cluster_size alone, or enter the estimate that allows for clusters",
    ),
    "same patients": (
        "evidence",
        "the same patients had both treatments, but the arms are read as different patients; enter 'paired_means', "
        "'paired_counts' or the estimate of the paired analysis, or state first_period = true",
    ),
}


def check_design(ledger: Ledger, outcome: Outcome) -> None:
    """Note that the reading of an outcome ignores the design of its trial without the file saying so.

    Parameters
    ----------
    ledger : Ledger
        Receives the finding.
    outcome : Outcome
    """
    if (ignored := not_allowed_for(outcome)) is not None:
        ledger.checks += 1
        path, text = TEXTS[ignored]
        ledger.note(path, UNDOCUMENTED, outcome.trial.design, "", None, f"{outcome.trial.design}: {text}")
