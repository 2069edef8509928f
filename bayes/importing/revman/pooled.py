"""A synthesis per analysis of a review, and per subgroup of at least two studies.

An analysis with a study in several subgroups is not pooled over all of them, because the file does not say whether the
patients are the same; its subgroups are. Studies without an event in either arm do not inform a ratio: the review does
not weigh them, and they are not among the members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bayes.base.documents import TomlTable
from bayes.base.numbers import significant
from bayes.importing.drafts import SYNTHESIS, Record, Result, SynthesisDraft
from bayes.importing.revman.measures import OF_DATA
from bayes.importing.revman.reading import Reading
from bayes.importing.revman.review import Number, Pooled, Review, Row
from bayes.importing.revman.trials import LEFT_OUT, Entry, StudyFile

TEXT = "a table of text, without numbers"
NOT_POOLED = "the review does not pool these studies"
ONE_STUDY = "one study: its own outcome is the answer"
UNINFORMED = "no study has an event, so none informs the ratio"
SHARED = "a study is in several subgroups; decide which of its outcomes are left out (`leave_out`)"
NOT_JOINED = "counts cannot be joined as risk differences; decide `measure`"
NO_STUDIES = "without studies"
SAID = {True: "random effects", False: "a common effect"}


@dataclass(frozen=True)
class Member:
    """A row that may be pooled, with the id of its trial file and the name of its study."""

    trial: str
    study: str
    entry: Entry

    @property
    def row(self) -> Row:
        return self.entry.row


@dataclass(frozen=True)
class Part:
    """All of an analysis, or a subgroup of it: what would be one synthesis."""

    name: str
    label: str
    place: str
    pooled: Pooled | None
    members: tuple[Member, ...]
    whole: bool


def record_of(
    reading: Reading, review: Review, files: Sequence[StudyFile], is_left_out: Callable[[str, str], bool]
) -> Record:
    """Return the syntheses of an analysis, and a result for its pooled effect and for that of each subgroup.

    Parameters
    ----------
    reading : Reading
    review : Review
    files : sequence of StudyFile
        All studies of the review.
    is_left_out : callable
        Whether the outcome of a trial, by their ids, is left out by decision.
    """
    members = [
        Member(file.id, file.study.name, entry)
        for file in files
        for entry in file.entries
        if entry.reading is reading and not is_left_out(file.id, entry.outcome)
    ]
    order = {id(row): i for i, row in enumerate(reading.analysis.rows)}
    members.sort(key=lambda member: order[id(member.row)])
    made = [_one(reading, review, part) for part in _parts(reading, members)]
    drafts = tuple(draft for _, draft in made if draft is not None)
    asked = (*_questions(reading), *_repeated(reading, members))
    return Record(reading.id, tuple(result for result, _ in made), syntheses=drafts, questions=asked)


def _parts(reading: Reading, members: list[Member]) -> Iterator[Part]:
    analysis = reading.analysis
    overall = tuple(member for member in members if member.row.in_overall)
    yield Part(reading.id, analysis.label, analysis.place, analysis.pooled, overall, True)
    for group in analysis.subgroups:
        inside = tuple(one for one in members if one.row.subgroup == group.number and one.row.in_subgroup)
        name = f"{reading.id}_{group.number.rpartition('.')[2]}"
        yield Part(name, analysis.label_of(group), group.place, group.pooled, inside, False)


def _one(reading: Reading, review: Review, part: Part) -> tuple[Result, SynthesisDraft | None]:
    result = Result(part.place, part.label, "imported", "", part.name, SYNTHESIS, reading.measure or "")
    if reason := _refusal(reading, part):
        return result.refused(reason), None
    informing = [member for member in part.members if _informs(member, reading)]
    lacks = reading.lacks or ((NOT_JOINED,) if _of_risks(reading) else (SHARED,) if _shared(informing) else ())
    if lacks:
        return replace(result, status="offered", reason="; ".join(lacks)), None
    fields = _fields(reading, review, part, informing)
    return result, SynthesisDraft(part.name, fields, tuple((m.trial, m.entry.outcome) for m in informing))


def _refusal(reading: Reading, part: Part) -> str:
    """Return why a pooled effect is refused whatever may be decided, or an empty text."""
    pools = reading.analysis.pools
    if reading.analysis.data == "other":
        return TEXT
    if reading.decided.leave_out:
        return LEFT_OUT
    if pools == "none" or (part.whole and pools == "subgroups"):
        return NOT_POOLED
    if not part.members:
        return NO_STUDIES
    informing = sum(_informs(member, reading) for member in part.members)
    if not informing:
        return UNINFORMED
    return ONE_STUDY if informing == 1 and not part.whole else ""


def _informs(member: Member, reading: Reading) -> bool:
    """Return whether a row informs the effect: counts without an event, or with nothing else, do not inform a ratio."""
    names = ("events_1", "n_1", "events_2", "n_2")
    numbers = member.row.numbers
    if reading.analysis.data != "dichotomous" or reading.measure == "risk_difference" or not set(names) <= set(numbers):
        return True
    a, n1, c, n2 = (numbers[name].value for name in names)
    if reading.swapped:
        a, c = n1 - a, n2 - c
    everybody = a == n1 and c == n2 and reading.measure == "odds_ratio"
    return bool(a or c) and not everybody


def _of_risks(reading: Reading) -> bool:
    """Return whether an analysis is of differences of risks, as which counts cannot be joined."""
    return reading.analysis.data == "dichotomous" and reading.measure == "risk_difference"


def _shared(members: Sequence[Member]) -> bool:
    """Return whether a trial has several rows among the members."""
    return any(count > 1 for count in Counter(member.trial for member in members).values())


def _fields(reading: Reading, review: Review, part: Part, informing: Sequence[Member]) -> TomlTable:
    analysis = reading.analysis
    fields: TomlTable = {"label": part.label, "measure": reading.measure, "benefit": reading.benefit}
    if reading.decided.mcid is not None:
        fields["mcid"] = reading.decided.mcid.model_dump()
    if analysis.random is False:
        fields["model"] = "common_effect"
    if reading.measure == "mean_difference" and (sd := _typical_sd(informing)) is not None:
        fields["sd_ref"] = sd
    fields["notes"] = " ".join(_notes(reading, part, informing))
    fields["search"] = f'as the review "{review.title}" did ({review.document})'
    return fields


def _notes(reading: Reading, part: Part, informing: Sequence[Member]) -> Iterator[str]:
    analysis = reading.analysis
    number = analysis.number if part.whole else f"{analysis.number}.{part.name.rpartition('_')[2]}"
    compared = f', of "{analysis.comparison}"' if analysis.comparison else ""
    yield f"Analysis {number}{compared}: {reading.arms[0]} v {reading.arms[1]}."
    if (printed := _printed(reading, part)) is not None:
        yield f"The review prints {printed}."
    if analysis.random is False:
        yield "The review assumes a common effect, as this file does; `model` may be changed."
    if part.whole and analysis.subgroups:
        yield f"All subgroups together ({'; '.join(group.label for group in analysis.subgroups)})."
    kept = {id(member) for member in informing}
    if silent := [member.study for member in part.members if id(member) not in kept]:
        yield f"Not among the outcomes, as their counts do not inform a ratio: {', '.join(silent)}."
    yield from reading.remarks


def _printed(reading: Reading, part: Part) -> str | None:
    """Return the pooled effect that the review prints, in words."""
    if part.pooled is None:
        return None
    analysis, numbers = reading.analysis, part.pooled.numbers
    measure = "Peto odds ratio" if reading.peto else (reading.known.printed or "effect").replace("_", " ")
    said = f"{_short(numbers['effect'])}"
    if "low" in numbers and "high" in numbers:
        said += f" [{_short(numbers['low'])}, {_short(numbers['high'])}]"
    how = [analysis.method, SAID.get(analysis.random, "") if analysis.random is not None else "", part.pooled.words]
    turned = f", {reading.arms[1]} v {reading.arms[0]}" if reading.turned else ""
    return f"the {measure}{turned} {said} ({', '.join(word for word in how if word)})"


def _short(number: Number) -> str:
    return significant(float(number.shortened), 6)


def _typical_sd(members: Sequence[Member]) -> Decimal | None:
    """Return the standard deviation of the studies together, which scales priors of a mean difference, to 3 digits.

    It is pooled over all arms, weighted by n - 1; that of a study with an estimate alone is its standard error over
    sqrt(1/n1 + 1/n2).
    """
    squares, weight = 0.0, 0.0
    for member in members:
        found = {name: float(one.value) for name, one in member.row.numbers.items()}
        for group in (1, 2):
            if (sd := found.get(f"sd_{group}", 0.0)) > 0 and (n := found.get(f"n_{group}", 0.0)) >= 2:
                squares, weight = squares + (n - 1) * sd**2, weight + n - 1
        n1, n2, error = (found.get(name, 0.0) for name in ("n_1", "n_2", "se"))
        if "sd_1" not in found and min(n1, n2) >= 1 and error > 0:
            squares, weight = squares + (n1 + n2 - 2) * error**2 / (1 / n1 + 1 / n2), weight + n1 + n2 - 2
    return Decimal(significant((squares / weight) ** 0.5, group="")) if weight > 0 and squares > 0 else None


def _repeated(reading: Reading, members: Sequence[Member]) -> Iterator[str]:
    """Yield the lines of an answers file that would leave out all but one of the rows of each study."""
    inside: dict[str, list[Member]] = {}
    for member in members:
        if member.row.in_overall and _informs(member, reading):
            inside.setdefault(member.trial, []).append(member)
    for trial, several in inside.items():
        for one in several if len(several) > 1 else ():
            yield f"# [records.{trial}.outcomes.{one.entry.outcome}]   # one of {len(several)} rows in {reading.id}"
            yield "# leave_out = true"


def _questions(reading: Reading) -> tuple[str, ...]:
    """Return the lines of an answers file that would decide what is lacking."""
    if reading.analysis.data == "other" or not (reading.lacks or _of_risks(reading)):
        return ()
    lines = [f"# [records.{reading.id}]   # {' '.join(reading.analysis.label.split())}"]
    if reading.measure is None:
        accepted = " or ".join(f'"{name}"' for name in OF_DATA[reading.analysis.data][:3])
        lines.append(f"# measure = {accepted}")
    if _of_risks(reading):
        lines.append('# measure = "odds_ratio" or "risk_ratio"   # counts cannot be joined as risk differences')
    if reading.treated is None:
        lines.append(f'# treatment = "{reading.analysis.groups[0]}" or "{reading.analysis.groups[1]}"')
    if reading.benefit is None:
        left, right = reading.analysis.graph
        said = f'   # the graph is labelled "{left}" and "{right}"' if left or right else ""
        lines.append(f'# benefit = "lower" or "higher"{said}')
    return tuple(lines)
