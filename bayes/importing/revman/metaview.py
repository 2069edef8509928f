"""MetaView (`.MTV`), of RevMan 4: lines of fixed width, the first digit of which says what they describe.

It holds the arms of every study and the labels of the graph, but no effects and, in words, no measure of effect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from bayes.errors import InvalidInput
from bayes.importing.revman.review import Analysis, Data, Number, Review, Row, Study, Subgroup, cleaned, number
from bayes.importing.revman.sheets import decoded
from bayes.importing.source import Source

TITLE = "METAVIEW:"
DATA: dict[str, Data] = {"D": "dichotomous", "C": "continuous", "P": "o_minus_e"}
# the first and the last character of each field, counted from 1
LABEL, LEFT, RIGHT, GROUP_1, GROUP_2 = (26, 132), (134, 153), (155, 174), (176, 195), (197, 216)
FIELDS = {
    "events_1": (39, 44), "n_1": (46, 51), "mean_1": (53, 61), "sd_1": (63, 71),
    "events_2": (73, 78), "n_2": (80, 85), "mean_2": (87, 95), "sd_2": (97, 105),
    "o_minus_e": (107, 115), "variance": (117, 125),
}  # fmt: skip


def recognises(source: Source) -> bool:
    """Return whether a document begins as MetaView does."""
    return source.start(64).lstrip(b"\xef\xbb\xbf").startswith(TITLE.encode())


def read(source: Source) -> Review:
    """Read a review.

    Raises
    ------
    InvalidInput
        If it holds no analysis.
    """
    text = decoded(source.read())
    title = text.partition("\n")[0].removeprefix(TITLE).strip()
    comparisons: dict[str, str] = {}
    analyses: dict[str, Analysis] = {}
    studies: dict[str, Study] = {}
    rows: dict[str, list[Row]] = {}
    for i, line in enumerate(text.splitlines(), 1):
        match line[:2].rstrip():
            case "3":
                comparisons[_number(line, 3)] = line[8:].strip()
            case "2":
                key = f"{_number(line, 5)}.{_number(line, 8)}"
                analyses[key] = _analysis(line, key, comparisons.get(_number(line, 5), ""), f"line {i}")
            case "1" if (key := f"{_number(line, 3)}.{_number(line, 6)}") in analyses:
                group = Subgroup(f"{key}.{_number(line, 9)}", line[14:].strip(), f"line {i}")
                analyses[key] = replace(analyses[key], subgroups=(*analyses[key].subgroups, group))
            case "0" if (key := f"{_number(line, 3)}.{_number(line, 6)}") in analyses:
                study = Study(_part(line, 12, 31), _part(line, 12, 31), _part(line, 33, 36))
                studies.setdefault(study.key, study)
                numbers = cleaned(analyses[key].data, _numbers(line, i))
                group_of = _number(line, 9)
                row = Row(study.key, f"line {i}", numbers, "" if group_of == "0" else f"{key}.{group_of}")
                rows.setdefault(key, []).append(row)
    if not analyses:
        raise InvalidInput(source.name, ["holds no analysis; accepted: MetaView as RevMan 4 writes it"])
    whole = (replace(analysis, rows=tuple(rows.get(key, ()))) for key, analysis in analyses.items())
    return Review(title or source.title, source.name, studies, tuple(whole))


def _analysis(line: str, key: str, comparison: str, place: str) -> Analysis:
    return Analysis(
        number=key,
        label=_part(line, *LABEL) or f"Analysis {key}",
        comparison=comparison,
        place=place,
        data=DATA.get(line[2:3], "other"),
        rows=(),
        groups=(_part(line, *GROUP_1), _part(line, *GROUP_2)),
        graph=(_part(line, *LEFT), _part(line, *RIGHT)),
    )


def _numbers(line: str, i: int) -> Iterator[tuple[str, Number | None]]:
    for name, (first, last) in FIELDS.items():
        yield name, number(_part(line, first, last), f"line {i}, characters {first} to {last}")


def _part(line: str, first: int, last: int) -> str:
    return line[first - 1 : last].strip()


def _number(line: str, first: int) -> str:
    return line[first - 1 : first + 1].strip().lstrip("0") or "0"
