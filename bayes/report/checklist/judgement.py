"""The judging of checklist items: a status is derived from the contents of the files, and from nothing else.

An item has no status of its own. It specifies where to look and what is required there. `Judgement` looks, and an item
passes only if every look finds evidence and none of it is deficient. `n/a` requires evidence that the item does not
apply; `manual` requires the evidence that a human is to judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, Literal, TypedDict, cast

from bayes.report.checklist.pointers import Absent, Evidence, Folder, Json, Shown, entries, escape
from bayes.report.dossier.contents import Kind, Row, Written

DOSSIERS = "report/data"
Status = Literal["pass", "fail", "n/a", "manual"]
Severity = Literal["must", "should"]
PASS: Final = "pass"
FAIL: Final = "fail"
NOT_APPLICABLE: Final = "n/a"
MANUAL: Final = "manual"
MUST: Final = "must"
SHOULD: Final = "should"
MALFORMED = (KeyError, TypeError, AttributeError, ValueError)  # raised by values that are malformed in a dossier


class StatedPrior(TypedDict, total=False):
    """What a checklist reads of a prior in the file of a prior set."""

    rule: str


class SetFile(TypedDict, total=False):
    """What a checklist reads of the file of a prior set."""

    effect: dict[str, StatedPrior]
    heterogeneity: dict[str, StatedPrior]


@dataclass(frozen=True)
class Target:
    """An outcome or synthesis: its dossier, and the other files of the folder."""

    folder: Folder
    file: str

    @property
    def dossier(self) -> Written:
        """Return the dossier as read; a look at what it lacks is a deficiency, never an error."""
        return cast(Written, self.folder.content(self.file))

    @property
    def name(self) -> str:
        """Return the name of the target on the command line."""
        return self.dossier["name"]

    @cached_property
    def rules(self) -> dict[str, str]:
        """Return, by prior, the rule named in its set; its own name if it is a distribution or the set is missing."""
        try:
            kept = cast(SetFile, self.folder.content(self.dossier["priors_file"]))
        except Absent:
            return {}
        return {name: stated.get("rule", name) for name, stated in kept.get("effect", {}).items()}


# What is wrong with a value, or None. What a pointer leads to has the type that its requirement declares for it.
Requirement = Callable[[Any, Target], str | None]
Condition = Callable[[Any, Target], bool]


def _every(entry: object, target: Target) -> bool:
    return True


@dataclass(frozen=True)
class Pointer:
    """A place to look in the files, and what is required there.

    Attributes
    ----------
    pointer : str
        A JSON pointer; `*` matches every entry that `where` accepts, `{...}` is filled in from the dossier.
    needs : function of a value and the target
        Returns what is wrong with the value in words, or None.
    file : str
        A path relative to the results folder, with `{...}` as in `pointer`; the dossier itself if empty.
    where : function of an entry and the target
        Returns whether an entry counts.
    optional : bool
        Whether `*` may match nothing.
    only : tuple of Kind
        Kinds of targets to which the look applies; all if empty.
    """

    pointer: str
    needs: Requirement
    file: str = ""
    where: Condition = _every
    optional: bool = False
    only: tuple[Kind, ...] = ()

    def found(self, target: Target) -> Iterator[Value]:
        """Yield everything that the pointer matches."""
        try:
            file, pointer = (text.format(**target.dossier) for text in (self.file or target.file, self.pointer))
        except (KeyError, TypeError):  # the name is missing or null in the dossier, for instance without a posterior
            yield Value(Evidence(target.folder, target.file, ""), "the dossier lacks the name needed to look this up")
            return
        yield from self._expand(target, file, pointer.split("/*"))

    def _expand(self, target: Target, file: str, pieces: list[str]) -> Iterator[Value]:
        head, *rest = pieces
        try:
            evidence = Evidence(target.folder, file, head)
        except Absent as absent:
            if not (self.optional and rest):
                yield Value(absent.nearest, str(absent))
            return
        if not rest:
            yield Value(evidence, self._wrong(evidence.value, target))
            return
        counted = 0
        for token, entry in entries(evidence.value):
            place = f"{head}/{escape(token)}"
            try:
                counts = self.where(entry, target)
            except MALFORMED as lacking:
                counted += 1
                yield Value(Evidence(target.folder, file, place), f"cannot be judged: {lacking!r}")
                continue
            if counts:
                counted += 1
                yield from self._expand(target, file, [place + rest[0], *rest[1:]])
        if not counted and not self.optional:
            yield Value(evidence, f"{head} contains no entry that counts")

    def _wrong(self, value: Json, target: Target) -> str | None:
        """Return what is wrong with a value; a malformed value never meets a requirement."""
        try:
            return self.needs(value, target)
        except MALFORMED as lacking:
            return f"cannot be judged: {lacking!r}"


@dataclass(frozen=True)
class Value:
    """The result of a look: the evidence (None if the file is missing), and what is wrong with it."""

    evidence: Evidence | None
    wrong: str | None


@dataclass(frozen=True)
class Exempt:
    """A condition under which an item does not apply, and the reason in words."""

    look: Pointer
    reason: str


@dataclass(frozen=True)
class Item:
    """A single requirement of a standard.

    Attributes
    ----------
    severity : str
        `must` or `should`.
    text, threshold : str
        The requirement, and what meets it here.
    looks : tuple of Pointer
        All of them must be met.
    exempt : tuple of Exempt
        Conditions, any of which makes the item `n/a`.
    human : str
        What a human must judge once every look is met; the item is then `manual`, never `pass`.
    """

    id: str
    standard: str
    severity: Severity
    text: str
    threshold: str
    looks: tuple[Pointer, ...]
    exempt: tuple[Exempt, ...] = ()
    human: str = ""


def _all_skipped(rows: list[Row], target: Target) -> str | None:
    """Require that every prior was skipped and that each row gives the reason."""
    skipped = rows and all(row["status"] == "skipped" and row["reason"] for row in rows)
    return None if skipped else "a posterior was fitted, or a reason is missing"


NOTHING_FITTED = Exempt(Pointer("/rows", _all_skipped), "no prior of the set could be formed, so nothing was fitted")


class Judged(TypedDict):
    """The judgement of an item for a target."""

    target: str
    page: str  # in the results folder
    status: Status
    reason: str | None  # None if it passes
    evidence: Shown | None  # None only if there is nothing to look at


class Judgement:
    """The judgement of an item for a target, computed from the files on demand."""

    def __init__(self, item: Item, target: Target) -> None:
        self.item, self.target = item, target

    @cached_property
    def _exempted(self) -> tuple[Value, str] | None:
        for exempt in (NOTHING_FITTED, *self.item.exempt):
            if self._asked(exempt.look):
                first = next(exempt.look.found(self.target), None)
                if first is not None and first.evidence is not None and first.wrong is None:
                    return first, exempt.reason
        return None

    @cached_property
    def _met(self) -> Value:
        """Return the first deficiency, otherwise the first evidence; a look at nothing is a deficiency."""
        looks = [look for look in self.item.looks if self._asked(look)]
        found = [one for look in looks for one in look.found(self.target)]
        wrong = next((one for one in found if one.wrong is not None), None)
        return wrong or next(iter(found), Value(None, "nothing to look at"))

    def _asked(self, look: Pointer) -> bool:
        return not look.only or self.target.dossier["kind"] in look.only

    @property
    def evidence(self) -> Evidence | None:
        """Return the value that decides; None if there is nothing to look at."""
        return (self._exempted[0] if self._exempted else self._met).evidence

    @property
    def status(self) -> Status:
        """Return the status that follows from what was found."""
        if self._exempted:
            return NOT_APPLICABLE
        if self._met.wrong is not None or self._met.evidence is None:
            return FAIL
        return MANUAL if self.item.human else PASS

    @property
    def reason(self) -> str | None:
        """Return why it fails, does not apply, or needs a human; None if it passes."""
        if self._exempted:
            return self._exempted[1]
        return self._met.wrong or self.item.human or None

    def as_json(self) -> Judged:
        """Return the judgement as `checklist.json` holds it."""
        return {
            "target": self.target.name,
            "page": f"report/{self.target.dossier['page']}",
            "status": self.status,
            "reason": self.reason,
            "evidence": self.evidence.as_json() if self.evidence else None,
        }
