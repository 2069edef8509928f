"""The results of an outcome measure: each class and category of it, for each pair of arms."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field

from bayes.importing.ctgov import categories, posteriors
from bayes.importing.ctgov.arms import Comparisons, Pair
from bayes.importing.ctgov.posted import Summary
from bayes.importing.ctgov.reasons import BASELINE, NO_NUMBERS, NOT_POSTED, PAIRED, TREATMENT, Unusable, undecided
from bayes.importing.ctgov.record import Analysis, Category, Class, Measure
from bayes.importing.ctgov.study import Study
from bayes.importing.ctgov.summaries import hint_of, summary_of
from bayes.importing.drafts import Result, free, slug

AT_BASELINE = re.compile(
    r"(?:at )?(?:baseline|screening|day 0|pre-?treatment)\b"
    r"(?!.*\b(?:change|chg|week|month|day|year|hour|difference)s?\b)"
    r"(?!\s*(?:to|-|–|through|adjusted|corrected|characteristic))",
    re.IGNORECASE,
)
COMPLEMENT = "the complement of another category"
LONGEST_LABEL = 300
CLASS_IN_ID, CATEGORY_IN_ID, CONTRAST_IN_ID = 22, 12, 18


@dataclass(frozen=True)
class Part:
    """One result: what is posted for two arms, in a class (and a category) of an outcome measure.

    Attributes
    ----------
    category : Category, optional
        None if the categories of the class are one ordinal outcome.
    id, label, place : str
    summary : Summary, optional
        None if the arms make no evidence.
    why : Unusable, optional
        Why they make none.
    hint : Summary, optional
        What the arms say where they make none: it tells a posted effect from its mirror image.
    """

    measure: Measure
    one: Class
    category: Category | None
    pair: Pair
    id: str
    label: str
    place: str
    summary: Summary | None
    why: Unusable | None
    hint: Summary | None = None

    @property
    def known(self) -> Summary | None:
        """The summary of the arms, or what they say without being evidence."""
        return self.summary or self.hint

    @property
    def title(self) -> str:
        """The title of the result within its outcome measure."""
        return " ".join(filter(None, (self.one.title, self.category.title if self.category else "")))


@dataclass(frozen=True)
class Parts:
    """The results of an outcome measure, and those that are none."""

    parts: tuple[Part, ...]
    refused: tuple[Result, ...]
    comparisons: Comparisons


def parts_of(study: Study, measure: Measure) -> Parts:
    """Return the results of an outcome measure.

    Parameters
    ----------
    study : Study
    measure : Measure

    Returns
    -------
    Parts
    """
    comparisons = Comparisons(measure.groups, study.arms, study.decided(measure))
    if not measure.posted or not measure.groups or not (measure.classes or measure.analyses):
        return Parts((), (Result(measure.path, measure.title, "refused", NOT_POSTED),), comparisons)
    pairs, why = _pairs(measure, comparisons)
    if not pairs:
        why = why or undecided(TREATMENT)
        places = [(one.path, _label(measure, one, None)) for one in measure.classes] or [(measure.path, measure.title)]
        refused = tuple(Result(path, label, why.status, why.reason) for path, label in places)
        return Parts((), refused, comparisons)
    found = _Found()
    for number, one in enumerate(measure.classes, 1):
        if AT_BASELINE.match(one.title) or (AT_BASELINE.match(measure.title) and not one.title):
            found.refuse(Result(one.path, _label(measure, one, None), "refused", BASELINE))
        elif not one.categories:
            found.refuse(Result(one.path, _label(measure, one, None), "refused", NO_NUMBERS))
        else:
            for pair in pairs:
                _of_class(study, measure, (number, one), pair, pairs, found)
    return Parts(tuple(found.parts.values()), tuple(found.refused.values()), comparisons)


@dataclass
class _Found:
    """The results of an outcome measure so far, by their ids, and those that are none, by their places."""

    parts: dict[str, Part] = field(default_factory=dict)
    refused: dict[str, Result] = field(default_factory=dict)

    def refuse(self, result: Result) -> None:
        self.refused[result.place] = result


def _pairs(measure: Measure, comparisons: Comparisons) -> tuple[list[Pair], Unusable | None]:
    """Return the comparisons that the arms suggest, and those that are analysed besides; and why there are none."""
    pairs: list[Pair] = []
    why = None
    try:
        pairs += comparisons.pairs()
    except Unusable as found:
        why = found
        if why.reason != TREATMENT:
            return [], why
    for analysis in measure.analyses:
        try:
            pair = pair_of(analysis, comparisons)
        except Unusable:
            continue
        if all(pair.groups != known.groups for known in pairs):
            pairs.append(pair)
    return pairs, why


def pair_of(analysis: Analysis, comparisons: Comparisons) -> Pair:
    """Return the two arms that an analysis compares; `Unusable` if it compares no two, or their roles are unknown."""
    if len(analysis.groups) != 2:
        several = len(analysis.groups) > 2
        raise Unusable("a comparison of more than two groups" if several else "an analysis within one group")
    groups = [group for name in analysis.groups for group in comparisons.groups if group.id == name]
    if len(groups) != 2:
        raise Unusable("groups that the outcome does not list")
    if (pair := comparisons.oriented(*groups)) is None:
        raise undecided(TREATMENT)
    return pair


def _of_class(
    study: Study,
    measure: Measure,
    numbered: tuple[int, Class],
    pair: Pair,
    pairs: Sequence[Pair],
    found: _Found,
) -> None:
    """Add the results of one class for one pair of arms."""
    _, one = numbered
    for category in _categories(measure, one, pair):
        if isinstance(category, Category) and category.path in found.refused:
            continue
        label = _label(measure, one, category, pair if len(pairs) > 1 else None)
        name = _id(study, measure, numbered, category, pair, pairs, found.parts)
        place = one.path if category is None or len(one.categories) == 1 else category.path
        summary, why = _summary(study, measure, one, category, pair)
        hint = hint_of(measure, category, pair) if summary is None and category is not None else None
        found.parts[name] = Part(measure, one, category, pair, name, label, place, summary, why, hint)
    for category in one.categories[1:] if _is_dichotomy(measure, one, pair) else ():
        if category.path not in found.refused:
            found.refuse(Result(category.path, _label(measure, one, category), "refused", COMPLEMENT))


def _is_dichotomy(measure: Measure, one: Class, pair: Pair) -> bool:
    return len(one.categories) == 2 and _counted(measure) and _fills(measure, one, pair)


def _counted(measure: Measure) -> bool:
    return measure.parameter == "COUNT_OF_PARTICIPANTS"


def _categories(measure: Measure, one: Class, pair: Pair) -> Iterator[Category | None]:
    """Yield the categories that are results of their own; None for all of them as one ordinal outcome."""
    if len(one.categories) == 1 or not _counted(measure):
        yield from one.categories
    elif _is_dichotomy(measure, one, pair):
        yield one.categories[0]
    elif _fills(measure, one, pair):
        yield None
    else:
        yield from one.categories


def _fills(measure: Measure, one: Class, pair: Pair) -> bool:
    try:
        return categories.fill_the_denominator(measure, one, pair)
    except Unusable:
        return False


def _summary(
    study: Study, measure: Measure, one: Class, category: Category | None, pair: Pair
) -> tuple[Summary | None, Unusable | None]:
    try:
        if study.crossover:
            raise Unusable(PAIRED)
        if category is None:
            return categories.ordinal(measure, one, pair), None
        bayesian = study.bayesian or posteriors.of_measure(measure)
        return summary_of(measure, one, category, pair, bayesian), None
    except Unusable as why:
        return None, why


def _label(measure: Measure, one: Class, category: Category | None, pair: Pair | None = None) -> str:
    label = measure.title
    if one.title:
        label += f": {one.title}"
    if category is not None and category.title:
        label += f" ({category.title})"
    if pair is not None:
        label += f" [{pair.treatment.title} v {pair.control.title}]"
    return " ".join(label.split())[:LONGEST_LABEL]


def _id(
    study: Study,
    measure: Measure,
    numbered: tuple[int, Class],
    category: Category | None,
    pair: Pair,
    pairs: Sequence[Pair],
    taken: Container[str],
) -> str:
    number, one = numbered
    parts = [study.bases[measure.path]]
    if len(measure.classes) > 1:
        parts.append(_short(categories_free(one.title) or f"part {number}", CLASS_IN_ID))
    if category is not None and len(one.categories) > 1:
        parts.append(_short(category.title or str(one.categories.index(category) + 1), CATEGORY_IN_ID))
    if len(pairs) > 1:
        same = [other for other in pairs if other.treatment == pair.treatment]
        arms = pair.treatment.title if len(same) == 1 else f"{pair.treatment.title[:12]} v {pair.control.title}"
        parts.append(_short(arms, CONTRAST_IN_ID))
    return free("_".join(parts), taken)


def categories_free(title: str) -> str:
    """Return the title of a class without the sizes that some records put into it."""
    return re.sub(r"[\s,;:(\[]*\bn\s*=\s*[\d,;/| ]+[)\]]?", "", title, flags=re.IGNORECASE).strip()


def _short(text: str, longest: int) -> str:
    return slug(text)[:longest].strip("_")
