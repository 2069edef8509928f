"""The file of RevMan 5 (`.rm5`): one XML document, in which every study and analysis has an id.

Its EFFECT_SIZE and CI are on the effect's own scale, its SE on that of natural logarithms, while LOG_EFFECT_SIZE and
LOG_CI are common logarithms (base 10), which are not read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

from bayes.base.numbers import significant
from bayes.errors import InvalidInput
from bayes.importing.revman.review import (
    Analysis,
    Data,
    Number,
    Pooled,
    Pools,
    Review,
    Row,
    Study,
    Subgroup,
    cleaned,
    number,
)
from bayes.importing.revman.xml_file import ending, parsed, text_of
from bayes.importing.source import Source

ROOT = "COCHRANE_REVIEW"
DATA: dict[str, Data] = {
    "DICH": "dichotomous", "CONT": "continuous", "IV": "generic", "IPD": "o_minus_e", "OTHER": "other"
}  # fmt: skip
ATTRIBUTES = {
    **{f"{name.lower()}_{group}": f"{name}_{group}" for group in (1, 2) for name in ("EVENTS", "MEAN", "SD")},
    "n_1": "TOTAL_1", "n_2": "TOTAL_2", "o_minus_e": "O_E", "variance": "VAR", "estimate": "ESTIMATE", "se": "SE",
    "effect": "EFFECT_SIZE", "low": "CI_START", "high": "CI_END",
}  # fmt: skip
EFFECT = {name: ATTRIBUTES[name] for name in ("effect", "low", "high")}
METHODS = {
    "MH": "Mantel-Haenszel", "IV": "inverse variance", "PETO": "Peto", "EXP_O_E_VAR": "exp((O - E) / V)"
}  # fmt: skip
POOLS: dict[str, Pools] = {"YES": "all", "SUB": "subgroups", "NO": "none"}
YES = {"YES": True, "NO": False}
RISKS = {"YES": "low", "NO": "high", "UNKNOWN": "unclear"}  # the answer YES is that of a low risk


def recognises(source: Source) -> bool:
    """Return whether a document begins as such a file does."""
    start = source.start(4096)
    return f"<{ROOT}".encode() in start or (b"C\0O\0C\0H\0R\0A\0N\0E\0_" in start)


def read(source: Source) -> Review:
    """Read a review.

    Parameters
    ----------
    source : Source

    Returns
    -------
    Review

    Raises
    ------
    InvalidInput
        If it is not such a file.
    """
    root = parsed(source.read(), source.name)
    if root.tag != ROOT:
        raise InvalidInput(source.name, [f"its root is <{root.tag}>; accepted: <{ROOT}>, as RevMan 5 writes it"])
    judged = _judgements(root)
    studies = {study.key: study for study in _studies(root, judged)}
    title = text_of(root, "COVER_SHEET/TITLE") or source.title
    return Review(title, source.name, studies, tuple(_analyses(root)))


def _studies(root: Element, judged: dict[str, tuple[tuple[str, str], ...]]) -> Iterator[Study]:
    methods = {
        one.get("STUDY_ID", ""): text_of(one, "CHAR_METHODS") for one in root.iter("INCLUDED_CHAR")
    }  # fmt: skip
    for one in root.iterfind("STUDIES_AND_REFERENCES/STUDIES/*/STUDY"):
        key = one.get("ID", "")
        references = one.findall("REFERENCE")
        titled = sorted(
            (ref for ref in references if text_of(ref, "TI")), key=lambda ref: ref.get("PRIMARY") != "YES"
        )  # fmt: skip
        identifiers = {ident.get("TYPE"): ident.get("VALUE", "") for ident in one.iter("IDENTIFIER")}
        yield Study(
            key,
            one.get("NAME") or key,
            one.get("YEAR", ""),
            text_of(titled[0], "TI") if titled else "",
            identifiers.get("DOI", ""),
            methods.get(key, ""),
            judged.get(key, ()),
        )


def _judgements(root: Element) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the domains of bias with their judgements, by study; a group of outcomes is named after its domain."""
    found: dict[str, list[tuple[str, str]]] = {}
    for item in root.iter("QUALITY_ITEM"):
        domain = text_of(item, "NAME")
        groups = {one.get("ID"): text_of(one, "NAME") for one in item.iter("QUALITY_ITEM_DATA_ENTRY_GROUP")}
        for entry in item.iter("QUALITY_ITEM_DATA_ENTRY"):
            if (risk := RISKS.get(entry.get("RESULT", ""))) is not None:
                group = groups.get(entry.get("GROUP_ID"))
                named = f"{domain}, {group}" if group else domain
                found.setdefault(entry.get("STUDY_ID", ""), []).append((named, risk))
    return {key: tuple(judgements) for key, judgements in found.items()}


def _analyses(root: Element) -> Iterator[Analysis]:
    for i, comparison in enumerate(root.iterfind("ANALYSES_AND_DATA/COMPARISON"), 1):
        for j, outcome in enumerate(ending(comparison, "_OUTCOME"), 1):
            numbered = f"{comparison.get('NO') or i}.{outcome.get('NO') or j}"
            yield _analysis(outcome, numbered, text_of(comparison, "NAME"))


def _analysis(outcome: Element, numbered: str, comparison: str) -> Analysis:
    kind = outcome.tag.removesuffix("_OUTCOME")
    data = DATA.get(kind, "other")
    method = outcome.get("METHOD") or ("EXP_O_E_VAR" if kind == "IPD" else "")
    place = _by_id(outcome)
    rows, subgroups = list(_rows(outcome, kind, data, place, "")), []
    for i, group in enumerate(ending(outcome, "_SUBGROUP"), 1):
        number_of = f"{numbered}.{group.get('NO') or i}"
        where = f"{place}/{_by_id(group)}"
        subgroups.append(Subgroup(number_of, text_of(group, "NAME"), where, _pooled(group, where)))
        rows += _rows(group, kind, data, where, number_of)
    return Analysis(
        number=numbered,
        label=text_of(outcome, "NAME") or f"Analysis {numbered}",
        comparison=comparison,
        place=place,
        data=data,
        rows=tuple(rows),
        effect=outcome.get("EFFECT_MEASURE") or text_of(outcome, "EFFECT_MEASURE"),
        method=METHODS.get(method, method),
        random=YES.get(outcome.get("RANDOM") or ("NO" if kind == "IPD" else "")),
        groups=(text_of(outcome, "GROUP_LABEL_1"), text_of(outcome, "GROUP_LABEL_2")),
        graph=(text_of(outcome, "GRAPH_LABEL_1"), text_of(outcome, "GRAPH_LABEL_2")),
        level=_level(outcome.get("CI_STUDY")),
        swapped=YES.get(outcome.get("SWAP_EVENTS", "")),
        logarithms=YES.get(outcome.get("LOG_DATA", "")),
        pools=POOLS.get(outcome.get("TOTALS", ""), "all"),
        subgroups=tuple(subgroups),
        pooled=_pooled(outcome, place),
        unit=outcome.get("UNITS", ""),
    )


def _level(percent: str | None) -> Decimal:
    found = number(percent, "")
    return found.value / 100 if found is not None and 50 < found.value < 100 else Decimal("0.95")


def _by_id(element: Element) -> str:
    name = element.get("ID")
    return f'//{element.tag}[@ID="{name}"]' if element.tag.endswith("_OUTCOME") else f'{element.tag}[@ID="{name}"]'


def _rows(parent: Element, kind: str, data: Data, where: str, subgroup: str) -> Iterator[Row]:
    seen: dict[str, int] = {}
    for one in parent.findall(f"{kind}_DATA"):
        study = one.get("STUDY_ID", "")
        seen[study] = seen.get(study, 0) + 1
        place = f'{where}/{one.tag}[@STUDY_ID="{study}"]' + (f"[{seen[study]}]" if seen[study] > 1 else "")
        numbers = cleaned(data, _numbers(one.get, place, ATTRIBUTES), one.get("ESTIMABLE") != "NO")
        yield Row(study, place, numbers, subgroup, notes=text_of(one, "FOOTNOTE"))


def _numbers(
    get: Callable[[str], str | None], place: str, names: dict[str, str]
) -> Iterator[tuple[str, Number | None]]:
    return ((name, number(get(attribute), f"{place}/@{attribute}")) for name, attribute in names.items())


def _pooled(element: Element, place: str) -> Pooled | None:
    """Return the pooled effect of an analysis or a subgroup, or None if it is not estimable."""
    numbers = cleaned("dichotomous", _numbers(element.get, place, EFFECT), element.get("ESTIMABLE") != "NO")
    if "effect" not in numbers:
        return None
    tau2, studies = number(element.get("TAU2"), ""), element.get("STUDIES")
    words = [f"{studies} studies"] if studies else []
    words += [f"tau^2 = {significant(float(tau2.value), 4)}"] if tau2 is not None and tau2.value else []
    return Pooled(numbers, ", ".join(words))
