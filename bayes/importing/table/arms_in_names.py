"""Reports whose columns name the arm: `events.placebo`, `n.nrt`, `control_arm_total`, `Brain_m`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from bayes.importing.answers import Decisions
from bayes.importing.table.headers import Table
from bayes.importing.table.reports import Report
from bayes.importing.table.written_cells import PAIR, is_missing

SIZES = ("n", "ni", "total", "size", "randomised", "randomized", "participants", "patients", "samplesize")
PLAIN_EVENTS = ("x", "xi", "e", "r", "ev", "event", "events", "d", "h", "cases", "pos", "positive")
TOLD_EVENTS = (
    *("death", "deaths", "died", "mortality", "infarction", "infarctions", "infarcts", "mi", "stroke", "strokes"),
    *("bleeding", "relapse", "relapses", "recurrence", "recurrences", "remission", "remissions", "responders"),
    *("resp", "response", "exac", "exacerbation", "exacerbations", "infection", "infections", "dropouts"),
)
PARTS: dict[str, tuple[str, ...]] = {
    "n": SIZES,
    "events": (*PLAIN_EVENTS, *TOLD_EVENTS),
    "nonevents": ("neg", "negative", "nonevents", "noevents"),
    "mean": ("m", "mi", "mean", "avg", "y"),
    "sd": ("s", "sd", "sdi", "std", "stdev"),
    "time": ("t", "time", "exposure", "personyears", "py"),
}
CONTROLS = frozenset(
    ["control", "controls", "ctrl", "ctl", "cont", "con", "c", "pbo", "plac", "placebo", "pla", "sham", "soc"]
    + ["comparator", "standard", "standardcare", "usual", "usualcare", "cg", "notreatment", "ctr", "unexposed"]
)
TREATMENTS = frozenset(
    ["treat", "treated", "treatment", "trt", "exp", "experimental", "e", "t", "int", "intervention", "intv", "active"]
    + ["drug", "tx", "tg", "eg", "ig", "exposed"]
)
WHICH = "which arm is the treatment is not stated; decide `treatment`"
Way = Literal["first", "last"]


def arms_in_names(table: Table, decided: Decisions) -> list[Report] | str:
    """Find reports in columns whose names consist of the arm and of what is counted or measured in it.

    Parameters
    ----------
    table : Table
    decided : Decisions
        The name of the treatment or the control, where the names leave open which arm is which.

    Returns
    -------
    list of Report, or str
        Empty if the names are not of this form; the reason if they do not say which arm is the treatment, or if there
        are more than two.
    """
    if len(pairs := _in_one_cell(table)) == 2:
        return _reports(pairs, decided)
    for way in ("last", "first"):
        arms = {arm: parts for arm, parts in _by_arm(table.columns, way).items() if _outcomes(parts)}
        if len(arms) > 2:
            return f"a network: {len(arms)} arms in the columns of one row"
        if len(arms) == 2:
            return _reports(arms, decided)
    return []


def _in_one_cell(table: Table) -> dict[str, dict[str, int]]:
    """Return the columns of arms whose cells hold events and persons, as in "4/123"."""
    found = {}
    for i, name in enumerate(table.columns):
        texts = [text for text in table.texts(i) if not is_missing(text)]
        if texts and 2 * sum(PAIR.fullmatch(text) is not None for text in texts) >= len(texts):
            arm = re.sub(
                r"[\s,(\[]*\b(?:n|no\.?|events?|x|r)\s*/\s*(?:n|no\.?|total)\b.*", "", name, flags=re.IGNORECASE
            )
            found[arm.strip().lower()] = {"events": i, "n": i}
    return found


def _by_arm(columns: Sequence[str], way: Way) -> Mapping[str, dict[str, int]]:
    """Return the columns of each arm by what they hold, where that is the first, or the last, word of their names."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for i, name in enumerate(columns):
        numbered = re.fullmatch(r"([A-Za-z]+)[._ ]?([1-9])", name)
        words = list(numbered.groups()) if numbered else re.findall(r"[A-Za-z0-9]+", name)
        if len(words) < 2:
            continue
        part, arm = (words[0], words[1:]) if way == "first" else (words[-1], words[:-1])
        if any(part.lower() in names for names in PARTS.values()):
            found[" ".join(arm).lower()].setdefault(part.lower(), i)
    return found


def part(columns: Mapping[str, int], name: str) -> int | None:
    """Return the column of an arm that holds one of its numbers."""
    return next((columns[word] for word in PARTS[name] if word in columns), None)


def _outcomes(columns: Mapping[str, int]) -> list[str]:
    """Return what is reported of an arm: "means", or the words for its events."""
    if all(part(columns, name) is not None for name in ("mean", "sd", "n")):
        return ["means"]
    if all(part(columns, name) is None for name in ("n", "nonevents", "time")):
        return []
    return [word for word in PARTS["events"] if word in columns]


def _reports(arms: Mapping[str, Mapping[str, int]], decided: Decisions) -> list[Report] | str:
    treated = which_is_treated(list(arms), decided)
    if treated is None:
        return f"{WHICH}: {' or '.join(repr(arm) for arm in arms)}"
    control = next(arm for arm in arms if arm != treated)
    outcomes = [one for one in _outcomes(arms[treated]) if one in _outcomes(arms[control])]
    return [report_of(one, arms[treated], arms[control], (treated, control)) for one in outcomes]


def report_of(outcome: str, treatment: Mapping[str, int], control: Mapping[str, int], names: tuple[str, str]) -> Report:
    """Return the report of one outcome in two arms, given the columns of either."""
    family: Literal["means", "rates", "counts"] = "means"
    wanted: tuple[str, ...] = ("mean", "sd", "n")
    if outcome != "means":
        rates = part(treatment, "time") is not None and part(control, "time") is not None
        family, wanted = ("rates", ("time", "n")) if rates else ("counts", ("n", "nonevents"))
    columns: dict[str, int] = {}
    for end, arm in (("t", treatment), ("c", control)):
        found = {name: part(arm, name) for name in wanted}
        if outcome != "means":
            found["events"] = arm[outcome]
        columns |= {f"{name}_{end}": index for name, index in found.items() if index is not None}
    label = outcome if outcome in TOLD_EVENTS else None
    return Report(family, columns, names, named=True, label=label)


def which_is_treated(arms: Sequence[str], decided: Decisions) -> str | None:
    """Return which of two arms is the treatment: by what a person decided, or because one is called a control."""
    for wanted, is_treatment in ((decided.treatment, True), (decided.control, False)):
        hits = [arm for arm in arms if wanted is not None and _names(wanted, arm)]
        if len(hits) == 1:
            return hits[0] if is_treatment else next(arm for arm in arms if arm != hits[0])
    controls = [arm for arm in arms if _is_called(arm, CONTROLS) or _is_no(arm, arms)]
    if len(controls) == 1:
        return next(arm for arm in arms if arm != controls[0])
    treatments = [arm for arm in arms if _is_called(arm, TREATMENTS)]
    return treatments[0] if len(treatments) == 1 else None


def _names(wanted: str, arm: str) -> bool:
    return wanted.strip().casefold() in arm.casefold() if wanted.strip() else False


def _is_called(arm: str, names: frozenset[str]) -> bool:
    words = re.findall(r"[a-z0-9]+", arm.lower())
    return "".join(words) in names or any(word in names and len(word) > 2 for word in words)


def _is_no(arm: str, arms: Sequence[str]) -> bool:
    """Return whether an arm is the other one with "no" in front."""
    bare = re.sub(r"^(?:no|without|non)\s+", "", arm.lower())
    return bare != arm.lower() and bare in [other.lower() for other in arms]
