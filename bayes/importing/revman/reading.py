"""What is known about an analysis, and what is decided: its measure, its good direction and its treatment arm."""

from __future__ import annotations

from dataclasses import dataclass

from bayes.base.measures import Measure
from bayes.importing.answers import Answers, Benefit, Decisions
from bayes.importing.drafts import slug
from bayes.importing.revman import directions, measures
from bayes.importing.revman.review import Analysis, Review

NO_MEASURE = "the measure of effect is not stated, and no printed effect tells it; decide `measure`"
SEVERAL = "several measures of effect reproduce the printed effects; decide `measure`"
UNKNOWN = "the measure of effect is not one that is known here; decide `measure`"
NO_BENEFIT = "the direction of benefit is not stated; decide `benefit`"
NO_TREATMENT = "group 1 is labelled as a control; decide `treatment`"
RECOMPUTED = "The file names no measure of effect; recomputed from the arms, the printed effects are {}s."
LONGEST = 44  # characters of the title of a review in ids


@dataclass(frozen=True)
class Reading:
    """An analysis with what is needed to use it.

    Attributes
    ----------
    id : str
        Id of the analysis among the answers, and of its synthesis.
    analysis : Analysis
    decided : Decisions
    measure : str or None
    peto : bool
        Whether the review pools Peto's odds ratios.
    swapped : bool
        Whether event and non-event are exchanged.
    treated : int or None
        The group that is the treatment: 1, or 2 if the effects of the document are to be turned round.
    benefit : {"higher", "lower"} or None
    lacks : tuple of str
        What is to be decided, as reasons.
    remarks : tuple of str
        How the measure and the direction are known, where a reader may want to look again.
    """

    id: str
    analysis: Analysis
    decided: Decisions
    measure: Measure | None
    peto: bool
    swapped: bool
    treated: directions.Group | None
    benefit: Benefit | None
    lacks: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def turned(self) -> bool:
        return self.treated == 2

    @property
    def arms(self) -> tuple[str, str]:
        """The labels of treatment and control."""
        names = [
            label or default for label, default in zip(self.analysis.groups, ("experimental", "control"), strict=True)
        ]
        return (names[1], names[0]) if self.turned else (names[0], names[1])


def name_of(review: Review) -> str:
    """Return the beginning of the ids of the analyses of a review."""
    return slug(review.title)[:LONGEST].strip("_")


def readings(review: Review, answers: Answers) -> list[Reading]:
    """Return the analyses of a review, each with what is known and decided about it."""
    taken: set[str] = set()
    found = []
    for analysis in review.analyses:
        wanted = slug(f"{name_of(review)}_{analysis.number}", taken)
        taken.add(wanted)
        found.append(_reading(wanted, analysis, answers))
    return found


def _reading(name: str, analysis: Analysis, answers: Answers) -> Reading:
    decided = answers.about(name)
    measure, peto, swapped, lack, how = _measure(analysis, decided)
    group = directions.treated(analysis, decided.treatment, decided.control)
    own = answers.records.get(name)
    stated = directions.stated_benefit(analysis)
    benefit = (own.benefit if own else None) or stated or decided.benefit
    lacks = [lack] if lack else []
    lacks += [] if group is not None else [NO_TREATMENT]
    lacks += [] if benefit is not None else [NO_BENEFIT]
    remarks = [how] if how else []
    if benefit is not None and benefit == stated:
        template = ", as RevMan labels a new one" if directions.is_generic(analysis) else ""
        remarks.append(f'The graph is labelled "{analysis.graph[0]}" and "{analysis.graph[1]}"{template}.')
    return Reading(name, analysis, decided, measure, peto, swapped, group, benefit, tuple(lacks), tuple(remarks))


def _measure(analysis: Analysis, decided: Decisions) -> tuple[Measure | None, bool, bool, str, str]:
    """Return the measure, whether it is Peto's, whether events are exchanged, what is lacking, and how it is known.

    What the document names counts, then the only measure that its printed effects can be, then what is decided.
    """
    possible = measures.OF_DATA.get(analysis.data, ())
    if not possible:
        return None, False, False, "", ""
    found = measures.inferred(analysis)
    named = measures.named(analysis.effect)
    if named in possible:
        return named, measures.is_peto(analysis.effect), _swapped(analysis, named, found), "", ""
    if not analysis.effect and (alone := _alone(found)) is not None:
        peto = alone[0] == measures.PETO
        measure: Measure = "odds_ratio" if peto else next(one for one in possible if one == alone[0])
        return measure, peto, alone[1], "", RECOMPUTED.format(_words(alone[0]))
    if decided.measure in possible:
        return decided.measure, False, _swapped(analysis, decided.measure or "", found), "", ""
    return None, False, False, UNKNOWN if analysis.effect else SEVERAL if found else NO_MEASURE, ""


def _words(measure: str) -> str:
    return measure.replace("_", " ")


def _alone(found: list[tuple[str, bool]]) -> tuple[str, bool] | None:
    """Return the only measure found; exchanging event and non-event is assumed only if nothing else fits."""
    plain = [one for one in found if not one[1]] or found
    return plain[0] if len(plain) == 1 else None


def _swapped(analysis: Analysis, measure: str, found: list[tuple[str, bool]]) -> bool:
    """Return whether event and non-event are exchanged in the effects, as stated or as the printed effects show."""
    ways = {swapped for name, swapped in found if name == measure}
    stated = bool(analysis.swapped) or measures.NON_EVENT in analysis.effect.lower()
    return ways == {True} if len(ways) == 1 else stated
