"""What is known about an analysis, and what is decided: its measure, its good direction and its treatment arm."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bayes.base.measures import Measure
from bayes.importing.answers import Answers, Benefit, Decisions, OfRecord
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
class Known:
    """What is known about the measure of an analysis.

    Attributes
    ----------
    measure : str or None
        The measure of effect of its outcomes.
    printed : str or None
        That of the effects that the document prints.
    peto : bool
        Whether the review pools Peto's odds ratios.
    swapped : bool
        Whether event and non-event are exchanged.
    lack, remark : str
        What is to be decided, and how the measure is known.
    """

    measure: Measure | None = None
    printed: Measure | None = None
    peto: bool = False
    swapped: bool = False
    lack: str = ""
    remark: str = ""


@dataclass(frozen=True)
class Reading:
    """An analysis with what is needed to use it.

    Attributes
    ----------
    id : str
        Id of the analysis among the answers, and of its synthesis.
    analysis : Analysis
    decided : Decisions
    known : Known
        Its measure of effect.
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
    known: Known
    treated: directions.Group | None
    benefit: Benefit | None
    lacks: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def measure(self) -> Measure | None:
        return self.known.measure

    @property
    def peto(self) -> bool:
        return self.known.peto

    @property
    def swapped(self) -> bool:
        return self.known.swapped

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
    own = answers.records.get(name, OfRecord())
    known = _known(analysis, decided.measure, own.measure)
    group = directions.treated(analysis, decided.treatment, decided.control)
    stated = directions.stated_benefit(analysis)
    benefit = own.benefit or stated or decided.benefit
    lacks = [known.lack] if known.lack else []
    lacks += [] if group is not None else [NO_TREATMENT]
    lacks += [] if benefit is not None else [NO_BENEFIT]
    remarks = [known.remark] if known.remark else []
    if benefit is not None and benefit == stated:
        template = ", as RevMan labels a new one" if directions.is_generic(analysis) else ""
        remarks.append(f'The graph is labelled "{analysis.graph[0]}" and "{analysis.graph[1]}"{template}.')
    return Reading(name, analysis, decided, known, group, benefit, tuple(lacks), tuple(remarks))


def _known(analysis: Analysis, for_all: Measure | None, for_this: Measure | None) -> Known:
    """Return what is known about the measure of an analysis.

    What is decided about this analysis counts, then what the document names, then the only measure that its printed
    effects can be, then what is decided for all.
    """
    possible = measures.OF_DATA.get(analysis.data, ())
    if not possible:
        return Known()
    found = measures.inferred(analysis)
    named = measures.named(analysis.effect)
    printed = _of_document(analysis, named if named in possible else None, found)
    if for_this in possible and for_this != printed.measure:
        return replace(printed, measure=for_this, peto=False, lack="")
    if printed.measure is not None:
        return printed
    if for_all in possible:
        return Known(for_all, None, False, _swapped(analysis, for_all or "", found))
    return Known(lack=UNKNOWN if analysis.effect else SEVERAL if found else NO_MEASURE)


def _of_document(analysis: Analysis, named: Measure | None, found: list[tuple[str, bool]]) -> Known:
    """Return what the document says, or what its printed effects show."""
    if named is not None:
        return Known(named, named, measures.is_peto(analysis.effect), _swapped(analysis, named, found))
    if analysis.effect or (alone := _alone(found)) is None:
        return Known()
    peto = alone[0] == measures.PETO
    measure: Measure = "odds_ratio" if peto else next(m for m in measures.OF_DATA[analysis.data] if m == alone[0])
    return Known(measure, measure, peto, alone[1], remark=RECOMPUTED.format(_words(alone[0])))


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
