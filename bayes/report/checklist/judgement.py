"""How an item of a checklist is judged: its status follows from what stands in the files, and from nothing else.

An item has no status. It says where to look and what is needed there; `Judgement` looks, and a `pass` is what is left
when every look has found evidence and nothing is wrong with any of it. `n/a` needs evidence that the item does not
apply, `manual` needs the evidence that a human is to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from bayes.report.checklist.pointers import Absent, Evidence, Folder, entries, escape

DOSSIERS = "report/data"
PASS, FAIL, NOT_APPLICABLE, MANUAL = "pass", "fail", "n/a", "manual"
MUST, SHOULD = "must", "should"
MALFORMED = (KeyError, TypeError, AttributeError, ValueError)  # what a value raises that is not as a dossier has it


@dataclass(frozen=True)
class Target:
    """One outcome or synthesis: its dossier, and the files beside it."""

    folder: Folder
    file: str

    @property
    def dossier(self) -> dict[str, Any]:
        return self.folder.content(self.file)

    @property
    def name(self) -> str:
        return self.dossier["name"]

    @cached_property
    def rules(self) -> dict[str, str]:
        """Prior -> the rule that its set names, or its own name where it is a distribution or the set is elsewhere."""
        try:
            effect = self.folder.content(self.dossier["priors_file"]).get("effect", {})
        except Absent:
            return {}
        return {name: stated.get("rule", name) for name, stated in effect.items()}


Needs = Callable[[Any, Target], str | None]  # what is wrong with a value, or None


def _every(entry: Any, target: Target) -> bool:
    return True


@dataclass(frozen=True)
class Look:
    """Where to look, and what is needed there.

    Attributes
    ----------
    pointer : str
        A JSON pointer; `*` stands for every entry that `where` accepts, `{...}` for what the dossier says.
    needs : function of a value and the target
        What is wrong with the value in words, or None.
    file : str
        Relative to the results folder, with `{...}` as in `pointer`; the dossier itself if empty.
    optional : bool
        Whether `*` may stand for nothing at all.
    only : tuple of str
        Kinds of targets that are looked at; all if empty.
    """

    pointer: str
    needs: Needs
    file: str = ""
    where: Callable[[Any, Target], bool] = _every
    optional: bool = False
    only: tuple[str, ...] = ()

    def found(self, target: Target) -> Iterator[Found]:
        """Everything the pointer stands for."""
        try:
            file, pointer = (text.format(**target.dossier) for text in (self.file or target.file, self.pointer))
        except (KeyError, TypeError):  # the dossier has no such name, or says null there: no posterior, say
            yield Found(Evidence(target.folder, target.file, ""), "the dossier does not say where to look")
            return
        yield from self._expand(target, file, pointer.split("/*"))

    def _expand(self, target: Target, file: str, pieces: list[str]) -> Iterator[Found]:
        head, *rest = pieces
        try:
            evidence = Evidence(target.folder, file, head)
        except Absent as absent:
            if not (self.optional and rest):
                yield Found(absent.nearest, str(absent))
            return
        if not rest:
            yield Found(evidence, self._wrong(evidence.value, target))
            return
        counted = 0
        for token, entry in entries(evidence.value):
            place = f"{head}/{escape(token)}"
            try:
                counts = self.where(entry, target)
            except MALFORMED as lacking:
                counted += 1
                yield Found(Evidence(target.folder, file, place), f"it cannot be judged: {lacking!r}")
                continue
            if counts:
                counted += 1
                yield from self._expand(target, file, [place + rest[0], *rest[1:]])
        if not counted and not self.optional:
            yield Found(evidence, f"{head} holds no entry that counts here")

    def _wrong(self, value: Any, target: Target) -> str | None:
        """What is wrong with a value; one that lacks what the need must know of it cannot meet it."""
        try:
            return self.needs(value, target)
        except MALFORMED as lacking:
            return f"it cannot be judged: {lacking!r}"


@dataclass(frozen=True)
class Found:
    """What one look met: the evidence (none, if the file is missing), and what is wrong with it."""

    evidence: Evidence | None
    wrong: str | None


@dataclass(frozen=True)
class Exempt:
    """When an item does not apply, and the reason in words."""

    look: Look
    reason: str


@dataclass(frozen=True)
class Item:
    """One thing a standard asks for.

    Attributes
    ----------
    looks : tuple of Look
        All must be met.
    exempt : tuple of Exempt
        Looks of which one that is met makes the item `n/a`.
    human : str
        What a human must judge once every look is met; the item is then `manual`, never `pass`.
    """

    id: str
    standard: str
    severity: str
    text: str
    threshold: str
    looks: tuple[Look, ...]
    exempt: tuple[Exempt, ...] = ()
    human: str = ""


def _all_skipped(rows: Any, target: Target) -> str | None:
    """Rows that say of every prior why it could not be formed."""
    skipped = isinstance(rows, list) and rows and all(row["status"] == "skipped" and row["reason"] for row in rows)
    return None if skipped else "something was fitted, or nothing says why not"


NOTHING_FITTED = Exempt(Look("/rows", _all_skipped), "no prior of the set could be formed: nothing was fitted")


class Judgement:
    """An item met with a target. Everything it says is computed from the files when it is asked for."""

    def __init__(self, item: Item, target: Target) -> None:
        self.item, self.target = item, target

    @cached_property
    def _exempted(self) -> tuple[Found, str] | None:
        for exempt in (NOTHING_FITTED, *self.item.exempt):
            if self._asked(exempt.look):
                first = next(exempt.look.found(self.target), None)
                if first is not None and first.evidence is not None and first.wrong is None:
                    return first, exempt.reason
        return None

    @cached_property
    def _met(self) -> Found:
        """The first thing that is wrong, else the first evidence; never evidence of nothing."""
        looks = [look for look in self.item.looks if self._asked(look)]
        found = [one for look in looks for one in look.found(self.target)]
        wrong = next((one for one in found if one.wrong is not None), None)
        return wrong or next(iter(found), Found(None, "nothing was looked at"))

    def _asked(self, look: Look) -> bool:
        return not look.only or self.target.dossier["kind"] in look.only

    @property
    def evidence(self) -> Evidence | None:
        return (self._exempted[0] if self._exempted else self._met).evidence

    @property
    def status(self) -> str:
        if self._exempted:
            return NOT_APPLICABLE
        if self._met.wrong is not None or self._met.evidence is None:
            return FAIL
        return MANUAL if self.item.human else PASS

    @property
    def reason(self) -> str | None:
        """Why it fails, does not apply, or needs a human; None where it passes."""
        if self._exempted:
            return self._exempted[1]
        return self._met.wrong or self.item.human or None

    def as_json(self) -> dict[str, Any]:
        """Target, its page in the report, status, reason and evidence."""
        shown = self.evidence.as_json() if self.evidence else None
        named = {"target": self.target.name, "page": f"report/{self.target.dossier['page']}"}
        return named | {"status": self.status, "reason": self.reason, "evidence": shown}
