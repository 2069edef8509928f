"""The check of drafts: what a reader made becomes a trial or a synthesis, or the reason why it does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bayes.base.documents import out_of_bounds
from bayes.base.toml import validate
from bayes.errors import BayesError, InvalidInput, Mistake
from bayes.importing.contradictions import acknowledge, contradictions_of
from bayes.importing.drafts import Record, Result, SynthesisDraft, TrialDraft
from bayes.likelihoods.choice import likelihood_of
from bayes.paper.mismatches import dangling
from bayes.paper.trial import Outcome, Trial
from bayes.synthesis.file import Synthesis, synthesis_of

OTHERS = "other_reports"
Reasons = dict[str, list[str]]  # what is wrong, by the id of the outcome


def checked(record: Record) -> tuple[Record, Trial | None]:
    """Check the trial of a record; outcomes that are not valid are taken out, and their results are refused.

    Parameters
    ----------
    record : Record

    Returns
    -------
    record : Record
        With what is valid of it, and with the file of every result.
    trial : Trial or None
        None if none of its outcomes is valid.
    """
    if (draft := record.trial) is None:
        return record, None
    wrong: Reasons = {}
    found: Trial | None = None
    while draft.outcomes and found is None:
        judged = _mistakes(draft)
        if isinstance(judged, Trial):
            found = judged
        else:
            wrong |= judged
            draft = _without(draft, judged)
    results = tuple(_filed(result, wrong, f"{draft.id}.toml") for result in record.results)
    record = replace(record, trial=draft if found else None, results=results)
    if found is not None and (contradictions := contradictions_of(found)):
        record = acknowledge(record, contradictions)
        found = validate(Trial, record.trial.document(), draft.id) if record.trial else None
    return record, found


def _without(draft: TrialDraft, wrong: Reasons) -> TrialDraft:
    """Return a draft without some of its outcomes, and without references to them."""
    kept = []
    for one in (one for one in draft.outcomes if one.id not in wrong):
        others = [name for name in one.fields.get(OTHERS, ()) if name not in wrong]
        fields = {name: value for name, value in one.fields.items() if name != OTHERS or others}
        kept.append(replace(one, fields=fields | ({OTHERS: others} if others else {})))
    return replace(draft, outcomes=tuple(kept))


def _mistakes(draft: TrialDraft) -> Trial | Reasons:
    """Return the trial, or what is wrong by outcome; what is wrong with the trial itself is wrong with all of them."""
    data = draft.document()
    try:
        trial = validate(Trial, data, draft.id, [*dangling(data), *out_of_bounds(data)])
    except InvalidInput as error:
        found: Reasons = {}
        for mistake in error.mistakes:
            for name, said in _of_outcomes(mistake, [one.id for one in draft.outcomes]):
                found.setdefault(name, []).append(said)
        return found
    return _unreadable(trial) or trial


def _of_outcomes(mistake: Mistake, outcomes: Sequence[str]) -> list[tuple[str, str]]:
    start, _, rest = mistake.path.partition(".")
    name, _, field = rest.partition(".")
    if start == "outcomes" and name in outcomes:
        return [(name, str(Mistake(field, mistake.message)))]
    return [(name, str(mistake)) for name in outcomes]


def _unreadable(trial: Trial) -> Reasons:
    """Return why there is no likelihood for an outcome, where there is none."""
    found: Reasons = {}
    for name, outcome in trial.outcomes.items():
        try:
            likelihood_of(outcome)
        except InvalidInput as error:
            found[name] = [mistake.message for mistake in error.mistakes]
    return found


def _filed(result: Result, wrong: Mapping[str, Sequence[str]], file: str) -> Result:
    if result.outcome in wrong:
        return result.refused("; ".join(wrong[result.outcome]))
    return replace(result, file=file) if result.status == "imported" and not result.file else result


def checked_synthesis(draft: SynthesisDraft, find: Callable[[str, str], Outcome | None]) -> Synthesis | str:
    """Check a synthesis.

    Parameters
    ----------
    draft : SynthesisDraft
    find : callable
        Returns an outcome by the ids of its trial and its own, or None if it was not imported.

    Returns
    -------
    Synthesis or str
        Or the reason why it cannot be formed.
    """
    members = [found for trial, outcome in draft.members if (found := find(trial, outcome)) is not None]
    if not members:
        return "none of its studies could be imported"
    try:
        return synthesis_of(members, id=draft.id, **draft.fields)
    except BayesError as error:
        return "; ".join(str(error).splitlines())
