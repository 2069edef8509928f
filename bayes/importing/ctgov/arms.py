"""Which groups of an outcome measure are compared, and which of two groups is the treatment.

The order in which a record lists groups says nothing. What counts is a decision of the user, a title that names a
control ("placebo", "usual care") beside one that does not, and the type of the registered arm: a placebo, a sham or no
intervention is a control, and an active comparator is one beside an experimental arm.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from bayes.importing.answers import Decisions
from bayes.importing.ctgov.reasons import NOT_THE_ARMS, SINGLE_ARM, TREATMENT, Unusable, undecided
from bayes.importing.ctgov.record import Group, Node

RANKS = {"PLACEBO_COMPARATOR": 0, "SHAM_COMPARATOR": 0, "NO_INTERVENTION": 0, "ACTIVE_COMPARATOR": 1, "EXPERIMENTAL": 2}
CONTROL = re.compile(
    r"\bplacebo\w*|\bsham\b|\bcontrols?\b(?!led)|\bno[ -](?:treatment|intervention)|"
    r"\b(?:usual|standard|routine)[ -](?:of[ -])?(?:\w+[ -])?(?:care|therapy|treatment|practice|management)|"
    r"\bstandard of care|\bvehicle\b|\buntreated|\bwait(?:ing)?[- ]?list|\bdummy\b|\battention\b",
    re.IGNORECASE,
)
IDLE = frozenset(
    "a an and arm arms bid by capsule capsules cohort daily day days dose doses double blind for from group groups h "
    "hour hours in infusion injection iv kg main matched matching mcg medical mg ml of once only or oral orally "
    "participants patients part per period phase plus po qd qw randomised randomized sc solution stage study subjects "
    "tablet tablets the then therapy tid to treatment twice ug week weekly weeks with x".split()
)
TOTAL = re.compile(
    r"(?:total|overall|all|entire|whole)\b"
    r"(?: .*\b(?:participants|patients|subjects|groups?|arms|cohort|population))?.?",
    re.IGNORECASE,
)
RANDOMISED = re.compile(r"(?<!non-)(?<!not )\brandomi[sz]ed\b", re.IGNORECASE)
ASIDE = re.compile(
    r"\bsingle[- ]arm|\b(?:roll|run|lead)[- ]in\b|\b(?:non-?|not )randomi[sz]ed|\bsafety cohort|\bregistry\b",
    re.IGNORECASE,
)
LATER = re.compile(r"\bopen[- ]label (?:period|phase|extension|epoch)|\bextension\b|\bOLE\b", re.IGNORECASE)
LONG_ENOUGH = 3
KEPT = 4096  # titles that are asked for again


@dataclass(frozen=True)
class Arm:
    """A registered arm."""

    label: str
    type: str
    words: frozenset[str]

    @property
    def rank(self) -> int | None:
        """The rank of its type: of two arms the one of lower rank is the control. None if the type says nothing."""
        return RANKS.get(self.type)


@dataclass(frozen=True)
class Pair:
    """A comparison of two groups of one outcome measure, and why the one is the treatment."""

    treatment: Group
    control: Group
    because: str

    @property
    def groups(self) -> frozenset[str]:
        return frozenset((self.treatment.id, self.control.id))


def arms_of(record: Node) -> tuple[Arm, ...]:
    """Return the registered arms."""
    found = []
    for node in record.items("protocolSection", "armsInterventionsModule", "armGroups"):
        interventions = (name.partition(":")[2] or name for name in node.texts("interventionNames"))
        words = {word for text in (node.text("label"), *interventions) for word in content(text)}
        found.append(Arm(node.text("label"), node.text("type").upper(), frozenset(words)))
    return tuple(found)


@lru_cache(KEPT)
def plain(text: str) -> str:
    """Return a title in lower case, words and numbers only, with single spaces."""
    text = (
        unicodedata.normalize("NFKD", text.replace("µ", "u").replace("μ", "u"))
        .encode("ascii", "ignore")
        .decode()
        .lower()
    )
    return " ".join(re.findall(r"\d+(?:[.,]\d+)*|[a-z]+\d*", text))


@lru_cache(KEPT)
def content(text: str) -> frozenset[str]:
    """Return the words of a title that tell what was given."""
    return frozenset(word for word in plain(text).split() if word not in IDLE)


def named(text: str, title: str) -> bool:
    """Return whether a decision names a group: it is its title or a part of it."""
    return text.casefold().strip() in title.casefold()


class Comparisons:
    """The comparisons among the groups of one outcome measure."""

    def __init__(self, groups: Sequence[Group], arms: Sequence[Arm], decided: Decisions) -> None:
        self.groups = _randomised([group for group in groups if not TOTAL.fullmatch(group.title)])
        self._decided = decided
        self._arms = {group.id: _arm(group.title, arms) for group in self.groups}

    def pairs(self) -> tuple[Pair, ...]:
        """Return each treatment with its control.

        Raises
        ------
        Unusable
            If there is a single group, or nothing says which group is the treatment.
        """
        if len(self.groups) < 2:
            raise Unusable(SINGLE_ARM)
        if self._split and not (self._decided.treatment and self._decided.control):
            raise undecided(NOT_THE_ARMS)
        found = [pair for a, b in combinations(self.groups, 2) if (pair := self.oriented(a, b)) is not None]
        treatments = {pair.treatment.id for pair in found}
        controls = [group for group in self.groups if group.id not in treatments and _among(group, found)]
        if not found or not controls:
            raise undecided(TREATMENT)
        return tuple(pair for group in self.groups if (pair := _own(group, found, controls)) is not None)

    def oriented(self, one: Group, other: Group) -> Pair | None:
        """Return two groups as treatment and control, or None if nothing says which is which."""
        for rule in (self._by_decision, self._by_title, self._by_type):
            for treatment, control in ((one, other), (other, one)):
                if because := rule(treatment, control):
                    return Pair(treatment, control, because)
        return None

    @property
    def _split(self) -> bool:
        """Return whether two groups are parts of one registered arm, as responders or periods are."""
        labels = [arm.label for arm in self._arms.values() if arm is not None]
        extended = [LATER.search(group.title) is not None for group in self.groups]
        return (len(self.groups) > 2 and len(set(labels)) < len(labels)) or any(extended) != all(extended)

    def _by_decision(self, treatment: Group, control: Group) -> str:
        for text, it, not_it in (
            (self._decided.treatment, treatment, control),
            (self._decided.control, control, treatment),
        ):
            if text is not None and (not named(text, it.title) or named(text, not_it.title)):
                return ""
        return "decided" if self._decided.treatment or self._decided.control else ""

    def _by_title(self, treatment: Group, control: Group) -> str:
        mine, its = content(treatment.title), content(control.title)
        control_words = frozenset(word for found in CONTROL.findall(control.title) for word in plain(found).split())
        if not control_words or CONTROL.search(treatment.title) and control_words & mine:
            return ""
        numbers = {word for word in its if word[:1].isdigit()}
        return "by the title of the control" if not its - control_words - mine - numbers and mine - its else ""

    def _by_type(self, treatment: Group, control: Group) -> str:
        first, second = self._arms[treatment.id], self._arms[control.id]
        if first is None or second is None or first.rank is None or second.rank is None or first.rank <= second.rank:
            return ""
        return f"by the type of its arm, {second.type.lower().replace('_', ' ')}"


def _randomised(groups: list[Group]) -> list[Group]:
    """Return the groups without those whose titles say that they were not randomised."""
    said = [group for group in groups if RANDOMISED.search(group.title) and not ASIDE.search(group.title)]
    return said or [group for group in groups if not ASIDE.search(group.title)]


def _among(group: Group, pairs: Sequence[Pair]) -> bool:
    return any(pair.control.id == group.id for pair in pairs)


def _own(group: Group, found: Sequence[Pair], controls: Sequence[Group]) -> Pair | None:
    """Return the comparison of a treatment with its control; of several controls, the one whose title is most alike."""
    pairs = [pair for pair in found if pair.treatment.id == group.id and pair.control in controls]
    if len(pairs) < 2:
        return pairs[0] if pairs else None
    shared = [
        len(frozenset(plain(group.title).split()) & frozenset(plain(pair.control.title).split())) for pair in pairs
    ]
    return pairs[shared.index(max(shared))] if shared.count(max(shared)) == 1 else None


def _arm(title: str, arms: Sequence[Arm]) -> Arm | None:
    """Return the registered arm of a group: of the same title, of a part of it, or the one with its rare words."""
    words = frozenset(plain(title).split())
    given = _given(words)
    for same in (
        [arm for arm in arms if plain(arm.label) == plain(title)],
        [arm for arm in arms if given and given == _given(frozenset(plain(arm.label).split()))],
        _longest(
            [arm for arm in arms if frozenset(plain(arm.label).split()) <= words and len(arm.label) >= LONG_ENOUGH]
        ),
        [arm for arm in arms if given and words <= frozenset(plain(arm.label).split())],
    ):
        if len(same) == 1:
            return same[0]
    return _by_rare_words(content(title), arms)


def _given(words: frozenset[str]) -> frozenset[str]:
    """Return the words of a title without those of a placebo that is given besides a drug."""
    return frozenset(word for word in words - IDLE if not CONTROL.fullmatch(word))


def _longest(arms: Sequence[Arm]) -> list[Arm]:
    most = max((len(frozenset(plain(arm.label).split())) for arm in arms), default=0)
    return [arm for arm in arms if len(frozenset(plain(arm.label).split())) == most]


def _by_rare_words(words: frozenset[str], arms: Sequence[Arm]) -> Arm | None:
    """Return the arm that shares the rarest words with a title; of several of one type any, since its type is asked."""
    scores = [sum(_rarity(word, arms) for word in words & arm.words) for arm in arms]
    best = max(scores, default=0.0)
    found = [arm for arm, score in zip(arms, scores, strict=True) if score == best]
    if best <= 0 or len({arm.type for arm in found}) > 1:
        return None
    return found[0] if len(found) == 1 else Arm(f"one of {len(found)}: {sorted(words)}", found[0].type, words)


def _rarity(word: str, arms: Sequence[Arm]) -> float:
    """Return the weight of a word: none if it is a number, or in every arm."""
    n = sum(word in arm.words for arm in arms)
    return 0.0 if word[:1].isdigit() or n == len(arms) else 1 / n
