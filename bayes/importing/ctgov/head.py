"""The trial as a whole: title, design, arms, participants per arm, and contrasts where there are more than two arms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bayes.base.documents import TomlTable
from bayes.importing.ctgov.arms import Pair, content, plain
from bayes.importing.ctgov.drafting import Drafted
from bayes.importing.ctgov.reasons import Unusable
from bayes.importing.ctgov.record import Group, Node, groups
from bayes.importing.ctgov.study import Study
from bayes.importing.ctgov.values import whole
from bayes.importing.drafts import OutcomeDraft, TrialDraft, slug
from bayes.paper.evidence.arms import ARMS, by_arm
from bayes.paper.stated_design import OF_CLUSTERS

NOT_STATED = "not stated"
MODELS = {
    "PARALLEL": "parallel groups",
    "CROSSOVER": "crossover",
    "FACTORIAL": "factorial",
    "SEQUENTIAL": "sequential groups",
    "SINGLE_GROUP": "a single group",
}
Key = tuple[str, str]


@dataclass(frozen=True)
class Enrolled:
    """Participants of a group at the start of the trial."""

    title: str
    n: int


def trial_of(study: Study, drafted: Drafted) -> TrialDraft | None:
    """Return the trial file of a study, or None without an outcome."""
    if not drafted.outcomes:
        return None
    enrolled = _enrolled(study.record)
    keys = {name: _key(pair) for name, pair in drafted.pairs.items()}
    first = _main(drafted.outcomes, keys)
    pairs = {keys[name]: pair for name, pair in reversed(drafted.pairs.items())}
    contrasts = _contrasts([key for key in pairs if key != first], pairs)
    main = pairs[first]
    head: TomlTable = {
        "title": study.record.text("protocolSection", "identificationModule", "officialTitle")
        or study.record.text("protocolSection", "identificationModule", "briefTitle")
        or NOT_STATED,
        "year": _year(study.record),
        "condition": "; ".join(study.record.texts("protocolSection", "conditionsModule", "conditions")) or NOT_STATED,
        "design": _design(study),
        "arms": {arm: group.title for arm, group in by_arm(main).items()},
    }
    if (n := _sizes(main, first, keys, enrolled, drafted)) is not None:
        head["n"] = n
    if study.registration:
        head["registration"] = study.registration
    if masking := _masking(study.record):
        head["blinding"] = masking
    if contrasts:
        head["contrasts"] = {
            name: _contrast(pairs[key], _sizes(pairs[key], key, keys, enrolled, drafted))
            for key, name in contrasts.items()
        }
    outcomes = tuple(_of_contrast(one, contrasts.get(keys[one.id])) for one in drafted.outcomes)
    comments = (f"From the record {study.registration} of ClinicalTrials.gov.",)
    return TrialDraft(study.id, head, outcomes, comments)


def _key(pair: Pair) -> Key:
    return plain(pair.treatment.title), plain(pair.control.title)


def _main(outcomes: Sequence[OutcomeDraft], keys: dict[str, Key]) -> Key:
    """Return the arms of the first primary outcome, else of the first."""
    primary = next((one for one in outcomes if one.fields.get("role") == "primary"), outcomes[0])
    return keys[primary.id]


def _contrasts(others: Sequence[Key], pairs: dict[Key, Pair]) -> dict[Key, str]:
    """Return the ids of the contrasts other than the main one."""
    found: dict[str, Key] = {}
    for key in others:
        title = f"{pairs[key].treatment.title[:40]} v {pairs[key].control.title[:40]}"
        found[slug(title, found)] = key
    return {key: name for name, key in found.items()}


def _contrast(pair: Pair, n: TomlTable | None) -> TomlTable:
    found: TomlTable = {arm: group.title for arm, group in by_arm(pair).items()}
    return found | ({"n": n} if n is not None else {})


def _of_contrast(outcome: OutcomeDraft, contrast: str | None) -> OutcomeDraft:
    if contrast is None:
        return outcome
    last = ("printed", "evidence", "sources")
    before = {name: value for name, value in outcome.fields.items() if name not in last}
    after = {name: value for name, value in outcome.fields.items() if name in last}
    return replace(outcome, fields=before | {"contrast": contrast} | after)


def _year(record: Node) -> int | str:
    """Return the year in which results were first posted."""
    posted = record.text("protocolSection", "statusModule", "resultsFirstPostDateStruct", "date")
    found = re.match(r"(19|20)\d\d", posted)
    return int(found[0]) if found else NOT_STATED


def _design(study: Study) -> str:
    design = study.record.at("protocolSection", "designModule", "designInfo")
    words = ["randomised", MODELS.get(design.text("interventionModel").upper(), "")]
    masking = design.text("maskingInfo", "masking").lower()
    words.append({"none": "open label", "": ""}.get(masking, f"masking: {masking}"))
    identity = study.record.at("protocolSection", "identificationModule")
    said = " ".join(
        [identity.text("officialTitle"), identity.text("briefTitle"), design.text("interventionModelDescription")]
    )
    words.append("cluster-randomised" if OF_CLUSTERS.search(said) else "")
    return ", ".join(filter(None, words))


def _masking(record: Node) -> str:
    info = record.at("protocolSection", "designModule", "designInfo", "maskingInfo")
    who = ", ".join(name.lower().replace("_", " ") for name in info.texts("whoMasked"))
    masking = info.text("masking").lower()
    return f"{masking} ({who})" if masking and who else masking


def _enrolled(record: Node) -> list[Enrolled]:
    """Return who started the first period of a group in the participant flow, else its participants at baseline."""
    flow = record.at("resultsSection", "participantFlowModule")
    started: dict[str, int] = {}
    for milestone in (one for period in flow.items("periods") for one in period.items("milestones")):
        if milestone.text("type").upper() == "STARTED":
            for name, n in (_count(one, "numSubjects") for one in milestone.items("achievements")):
                started[name] = started.get(name) or n
    if found := _with_titles([*started.items()], groups(flow)):
        return found
    baseline = record.at("resultsSection", "baselineCharacteristicsModule")
    counted = [_count(one, "value") for units in [*baseline.items("denoms")][:1] for one in units.items("counts")]
    return _with_titles(counted, groups(baseline))


def _count(node: Node, name: str) -> tuple[str, int]:
    try:
        return node.text("groupId"), whole(node.text(name), "the number")
    except Unusable:
        return node.text("groupId"), 0


def _with_titles(found: Sequence[tuple[str, int]], listed: Sequence[Group]) -> list[Enrolled]:
    titles = {group.id: group.title for group in listed}
    return [Enrolled(titles[name], n) for name, n in found if name in titles and n > 0]


def _sizes(
    pair: Pair, key: Key, keys: dict[str, Key], enrolled: Sequence[Enrolled], drafted: Drafted
) -> TomlTable | None:
    """Return the participants per arm: as enrolled, else the most in any outcome of the same arms; None if unknown."""
    found = {arm: _of_group(group, enrolled) for arm, group in by_arm(pair).items()}
    for arm in ARMS:
        counted = [sizes[arm] for name, sizes in drafted.sizes.items() if keys[name] == key]
        if counted and (found[arm] or 0) < max(counted):
            found[arm] = max(counted)
    return None if None in found.values() else {str(arm): n for arm, n in found.items()}


def _of_group(group: Group, enrolled: Sequence[Enrolled]) -> int | None:
    """Return the participants of a group of the same title, or of all groups whose titles continue its own."""
    same = [one.n for one in enrolled if plain(one.title) == plain(group.title)]
    if len(same) == 1:
        return same[0]
    alike = [one.n for one in enrolled if content(one.title) == content(group.title)]
    if len(alike) == 1:
        return alike[0]
    parts = [one.n for one in enrolled if content(group.title) and content(group.title) < content(one.title)]
    return sum(parts) or None
