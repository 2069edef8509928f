"""Which arm is the treatment, and on which side of the graph it wins: as the labels of an analysis say.

"Favours antibiotics" to the left of no effect, where group 1 is labelled "Antibiotics", says that an effect below the
null is good. The template "Favours [experimental]" of RevMan, in brackets, says nothing about the outcome.
"""

from __future__ import annotations

import re
from typing import Literal

from bayes.importing.answers import Benefit
from bayes.importing.revman.review import Analysis

Group = Literal[1, 2]
FAVOURS = re.compile(r"^\s*(?:favou?r(?:s|ing)?|in favou?r of|better with)\b[\s:]*(?P<who>.+)$", re.IGNORECASE)
BETTER = re.compile(r"^\s*(?P<who>.+?)\s+(?:is |are )?(?:better|superior)\s*$", re.IGNORECASE)
TEMPLATE = re.compile(r"\[\s*(?:experimental|control|intervention|treatment)[^\]]*\]", re.IGNORECASE)
SHORTEST = 4  # characters of a label that may be cut short
NEGATED = re.compile(r"^(?:no|non|not|without|un\w+)\b", re.IGNORECASE)
EXPERIMENTAL = re.compile(r"^(?:the )?(?:experimental|intervention|treatment|treated|active|new|test)\b", re.IGNORECASE)
CONTROL = re.compile(
    r"\b(?:control|controls|placebo|sham|comparator|as usual|usual care|standard care|waiting list|waitlist)\b|"
    r"^(?:the )?(?:comparison|usual|standard|routine|conventional|no|none|nothing|without|delayed)\b",
    re.IGNORECASE,
)
# the label of an arm that is nothing but a control: a standard dose may be the treatment
ARM_OF_CONTROL = re.compile(
    r"^\W*(?:the )?(?:controls?|placebo|sham|comparator|no|none|nothing|usual care|standard (?:care|treatment|therapy)|"
    r"treatment as usual|waiting list|waitlist)\b",
    re.IGNORECASE,
)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w\s]", " ", text.lower()).split())


def treated(analysis: Analysis, treatment: str | None, control: str | None) -> Group | None:
    """Return which group is the treatment.

    Parameters
    ----------
    analysis : Analysis
    treatment, control : str or None
        The name of the arm, or a part of it, where a person decided.

    Returns
    -------
    int or None
        The experimental group of the document, 1, unless the decided name is that of the other alone; None if the
        label of group 1 is that of a control and the label of group 2 is not, and nothing is decided.
    """
    for decided, own, other in ((treatment, 1, 2), (control, 2, 1)):
        if decided is None or not _plain(decided):
            continue
        in_1, in_2 = (_plain(decided) in _plain(label) for label in analysis.groups)
        if in_1 != in_2:
            return 1 if (own if in_1 else other) == 1 else 2
    first, second = (bool(ARM_OF_CONTROL.match(label)) for label in analysis.groups)
    return None if first and not second else 1


def stated_benefit(analysis: Analysis) -> Benefit | None:
    """Return the good direction that the labels of the graph state, or None if they do not.

    The group that wins to the left has the lower effect of group 1 over group 2: lower is better if it is group 1.
    """
    left, right = (_favoured(label, analysis.groups) for label in analysis.graph)
    if left == right or (left is None and right is None):
        return None
    winner_left = left if left is not None else 3 - (right or 0)
    return "lower" if winner_left == 1 else "higher"


def is_generic(analysis: Analysis) -> bool:
    """Return whether the labels of the graph are those with which RevMan begins."""
    return {_plain(label) for label in analysis.graph} == {"favours experimental", "favours control"}


def _favoured(label: str, groups: tuple[str, str]) -> Group | None:
    """Return the group that a side of the graph favours, or None if that is not certain."""
    if TEMPLATE.search(label) or not (found := FAVOURS.match(label) or BETTER.match(label)):
        return None
    who = _plain(found["who"])
    scores = [_likeness(who, _plain(group)) for group in groups]
    if scores[0] != scores[1]:
        return 1 if scores[0] > scores[1] else 2
    if CONTROL.search(who):
        return 2
    return 1 if EXPERIMENTAL.match(who) else None


def _likeness(who: str, group: str) -> int:
    """Return 3 for the same words, 2 if one contains the other, 1 if they share the first word, else 0."""
    if not who or not group or bool(NEGATED.match(who)) != bool(NEGATED.match(group)):
        return 0
    if who == group:
        return 3
    if f" {who} " in f" {group} " or f" {group} " in f" {who} ":
        return 2
    if min(len(who), len(group)) >= SHORTEST and (group.startswith(who) or who.startswith(group)):
        return 2
    return int(_stem(who) == _stem(group))


def _stem(words: str) -> str:
    first = words.split()[0]
    return first.removesuffix("s") if len(first) > 3 else words
