"""The reader of ClinicalTrials.gov: documents to records, and records to drafts."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bayes.errors import InvalidInput
from bayes.importing.answers import Answers
from bayes.importing.ctgov.adverse_events import draft_adverse_events
from bayes.importing.ctgov.card import CARD
from bayes.importing.ctgov.drafting import drafted
from bayes.importing.ctgov.head import trial_of
from bayes.importing.ctgov.record import Node
from bayes.importing.ctgov.study import Study
from bayes.importing.drafts import Record, Result
from bayes.importing.source import Source

MARK = b'"protocolSection"'
WRAPPER = "studies"
NO_RESULTS = "no results are posted"
NOT_A_STUDY = "not a record of a study"


class CtgovReader:
    """The reader of records of ClinicalTrials.gov."""

    card = CARD

    def recognises(self, source: Source) -> bool:
        """Return whether a document begins as JSON and names a protocol section."""
        start = source.start().lstrip(b"\xef\xbb\xbf \t\r\n")
        return start[:1] in (b"{", b"[") and MARK in start

    def read(self, source: Source, answers: Answers) -> Iterator[Record]:
        """Yield the records of a document.

        Raises
        ------
        InvalidInput
            If it is not JSON.
        """
        for place, value in studies(source):
            yield record_of(Node(value), place, answers)


def record_of(node: Node, place: str, answers: Answers) -> Record:
    """Return what a record became.

    Parameters
    ----------
    node : Node
        A study; anything else is refused.
    place : str
        Where it is in its document.
    answers : Answers
    """
    if not isinstance(node.at("protocolSection").value, dict):
        return Record(place, (Result(place, "", "refused", NOT_A_STUDY),))
    study = Study.of(node, answers)
    found = drafted(study)
    draft_adverse_events(study, found)
    if not found.results:
        return Record(study.id, (Result("resultsSection", "", "refused", NO_RESULTS),))
    return Record(study.id, tuple(found.results), trial_of(study, found), questions=tuple(found.questions))


def studies(source: Source) -> Iterator[tuple[str, object]]:
    """Yield each study with its place: of JSON lines line by line, so that a registry need not fit into memory."""
    lines = source.lines()
    first = next(lines, None)
    if first is None:
        raise InvalidInput(source.name, ["empty"])
    try:
        value = _parsed(first[1])
    except ValueError:
        yield from _each(_whole(source), "")
        return
    yield from _each(value, "line 1")
    for number, line in lines:
        try:
            yield from _each(_parsed(line), f"line {number}")
        except ValueError as error:
            raise InvalidInput(source.name, [f"line {number} is not JSON: {error}"]) from None


def _whole(source: Source) -> object:
    try:
        return _parsed(source.read())
    except ValueError as error:
        raise InvalidInput(source.name, [f"not JSON: {error}"]) from None


def _parsed(text: bytes) -> object:
    """Return the content of JSON with its numbers as they are written; a ValueError if it is none."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _each(value: object, place: str) -> Iterator[tuple[str, object]]:
    studies = value.get(WRAPPER) if isinstance(value, dict) and WRAPPER in value else value
    if isinstance(studies, list):
        yield from ((f"{place} [{i}]".strip(), one) for i, one in enumerate(studies))
    else:
        yield place or "the document", studies
