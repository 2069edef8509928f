"""Ordered categories: which categories have an order that their names make explicit, best first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bayes.base.documents import TomlTable
from bayes.importing.ctgov.arms import Pair
from bayes.importing.ctgov.posted import Fields, Places, Summary, size_of
from bayes.importing.ctgov.reasons import NO_NUMBERS, Unusable
from bayes.importing.ctgov.record import Category, Class, Measure
from bayes.importing.ctgov.values import is_absent, whole
from bayes.paper.evidence.arms import ARMS, Arm, by_arm

NOT_KNOWN = re.compile(
    r"missing|unknown|not (?:reported|analy[sz]ed|done|available|assessed|evaluable)|no data|n/?a", re.IGNORECASE
)
ROMAN = {"i": 1, "l": 1, "ii": 2, "ll": 2, "iii": 3, "lll": 3, "iv": 4, "lv": 4}
FUNCTIONAL = re.compile(r"\bnyha\b|new york heart|who fc|who functional|functional class", re.IGNORECASE)
RANKIN = re.compile(r"\brankin\b|\bmrs\b", re.IGNORECASE)
# degrees of the two kinds of name whose order is in the word: change for the better or worse, and severity
HOW_MUCH = (
    r"very much|marked|substantial",
    r"\bmuch\b|moderate|significant",
    r"",
    r"little|slight|minimal|mild|somewhat",
)
SEVERITY: tuple[tuple[str, int], ...] = (
    (r"death|dead", 7),
    (r"unable|extreme|life-?threatening", 6),
    (r"very severe", 5),
    (r"^severe|severe\b", 4),
    (r"moderate", 3),
    (r"slight|mild", 2),
    (r"^no\b|^none\b|^not\b|^absent|^normal\b", 0),
)


def ranks(measure: Measure, names: Sequence[str]) -> list[int] | None:
    """Return the rank of each category, the best lowest, or None if the names do not say their order.

    Three kinds of names do: functional classes (NYHA, WHO) and the modified Rankin scale by their numbers, changes for
    the better, none, or for the worse, and degrees of severity.
    """
    for rule in (_numbered, _changed, _severe):
        found = [rule(measure, name) for name in names]
        known = [rank for rank in found if rank is not None]
        if len(known) == len(names) == len(set(known)):
            return known
    return None


def _numbered(measure: Measure, name: str) -> int | None:
    said = f"{measure.title} {measure.description}"
    if FUNCTIONAL.search(f"{said} {name}"):
        found = re.search(
            r"\b(i{1,3}|iv|l{1,3}|lv|[1-4])\b(?:\s*(?:/|or|and|-)\s*(?:i{1,3}|iv|[1-4])\b)?\W*$", name.lower()
        )
        return None if found is None else ROMAN.get(found[1]) or int(found[1])
    if RANKIN.search(said):
        found = re.search(r"\b([0-6])\b", name)
        return None if found is None else int(found[1])
    return None


def _changed(measure: Measure, name: str) -> int | None:
    if re.search(r"\b(?:no change|unchanged|stable|same)\b", name, re.IGNORECASE):
        return 0
    better = re.search(r"\b(?:better|improve\w*)\b", name, re.IGNORECASE)
    worse = re.search(r"\b(?:worse\w*|deteriorat\w*)\b", name, re.IGNORECASE)
    if bool(better) == bool(worse):
        return None
    degree = next((4 - i for i, words in enumerate(HOW_MUCH) if words and re.search(words, name, re.IGNORECASE)), 2)
    return degree if worse else -degree


def _severe(measure: Measure, name: str) -> int | None:
    return next((rank for words, rank in SEVERITY if re.search(words, name, re.IGNORECASE)), None)


def known(categories: Sequence[Category]) -> list[Category]:
    """Return the categories without those of participants whose category is not known."""
    return [one for one in categories if not NOT_KNOWN.search(one.title)]


def counts(one: Class, group: str) -> list[int] | None:
    """Return the counts of a group in all categories, or None if one is not posted."""
    cells = [category.cells.get(group) for category in one.categories]
    try:
        return [whole(cell.value, "the count") for cell in cells if cell is not None and not is_absent(cell.value)]
    except Unusable:
        return None


def fill_the_denominator(measure: Measure, one: Class, pair: Pair) -> bool:
    """Return whether the counts of either arm add up to its denominator: every participant is in one category."""
    for group in by_arm(pair).values():
        found, size = counts(one, group.id), size_of(measure, one, group)
        if found is None or len(found) < len(one.categories) or size is None:
            return False
        if sum(found) != whole(size.value, "the number analysed"):
            return False
    return True


def ordinal(measure: Measure, one: Class, pair: Pair) -> Summary:
    """Return the counts of both arms in ordered categories, best first.

    Raises
    ------
    Unusable
        If the names do not say the order, or a count is missing.
    """
    kept = known(one.categories)
    order = ranks(measure, [category.title for category in kept])
    if order is None or len(kept) < 2:
        raise Unusable("the order of the categories is not stated", "offered")
    placed = [category for _, category in sorted(zip(order, kept, strict=True), key=lambda pair: pair[0])]
    arms: dict[Arm, list[int]] = {}
    places: Places = {}
    for arm in ARMS:
        cells = [category.cells.get(by_arm(pair)[arm].id) for category in placed]
        if any(cell is None or is_absent(cell.value) for cell in cells):
            raise Unusable(NO_NUMBERS)
        arms[arm] = [whole(cell.value, "the count") for cell in cells if cell is not None]
        places |= {f"{arm}.{i}": f"{cell.path}.value" for i, cell in enumerate(cells) if cell is not None}
    dropped = [category.title for category in one.categories if category not in kept]
    notes = (f"Not counted: {', '.join(dropped)}.",) if dropped else ()
    more: TomlTable = {"categories": [category.title for category in placed]}
    more |= {str(arm): numbers for arm, numbers in arms.items()}
    n = {arm: sum(values) for arm, values in arms.items()}
    empty: dict[Arm, Fields] = {}
    return Summary("ordinal", empty, places, ("common_odds_ratio",), more=more, n=n, notes=notes)
