"""Contradictions within a source: found by the checks of a report, acknowledged in its file, and said in the ledger.

A record may post a p-value that its own interval does not imply. The numbers stay as they are posted; `bayes check`
shows the contradiction, but does not hold it against the file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bayes.checks import ERRORS, Finding, check_outcome
from bayes.importing.drafts import OutcomeDraft, Record, TrialDraft
from bayes.paper.trial import Trial

REASON = "as posted in the source, which contradicts itself; not yet judged by a person"
IN_LEDGER = "contradicts itself"

Findings = Mapping[str, Sequence[Finding]]


def contradictions_of(trial: Trial) -> Findings:
    """Return what the checks call an error, by the id of the outcome."""
    found = {name: [f for f in check_outcome(one) if f.verdict in ERRORS] for name, one in trial.outcomes.items()}
    return {name: findings for name, findings in found.items() if findings}


def acknowledge(record: Record, found: Findings) -> Record:
    """Return a record whose trial acknowledges what the checks found, with the paths of it in the ledger.

    Parameters
    ----------
    record : Record
    found : mapping of str to sequence of Finding
        By the id of the outcome.
    """
    results = []
    for result in record.results:
        if result.status == "imported" and result.outcome in found:
            paths = ", ".join(dict.fromkeys(finding.path for finding in found[result.outcome]))
            said = f"{IN_LEDGER}: {paths}"
            result = replace(result, reason=f"{result.reason}; {said}" if result.reason else said)
        results.append(result)
    return replace(record, trial=_acknowledging(record.trial, found), results=tuple(results))


def _acknowledging(draft: TrialDraft | None, found: Findings) -> TrialDraft | None:
    if draft is None:
        return None
    return replace(draft, outcomes=tuple(_outcome(one, found.get(one.id, ())) for one in draft.outcomes))


def _outcome(draft: OutcomeDraft, found: Sequence[Finding]) -> OutcomeDraft:
    if not found:
        return draft
    paths = dict.fromkeys(finding.path for finding in found)
    stated = [*draft.fields.get("acknowledged", ()), *({"finding": path, "reason": REASON} for path in paths)]
    return replace(draft, fields={**draft.fields, "acknowledged": stated})
