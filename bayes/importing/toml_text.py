"""The text of imported files: TOML as a person would write it, one field a line, with comments and printed digits.

A library writes valid TOML, but not inline tables for the arms and tables for the outcomes, and no comments.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from bayes.base.documents import TomlTable
from bayes.errors import STEERING
from bayes.importing.drafts import SynthesisDraft, TrialDraft

WIDE = 118
BARE = re.compile(r"[A-Za-z0-9_-]+")
TABLES = ("evidence", "sources")  # of an outcome, written under headings of their own


def trial_text(draft: TrialDraft) -> str:
    """Return the text of a trial file."""
    lines = [*_comments(draft.comments), *_fields({"id": draft.id, **draft.head})]
    for outcome in draft.outcomes:
        lines += ["", *_comments(outcome.comments), f"[outcomes.{_key(outcome.id)}]"]
        lines += _fields({name: value for name, value in outcome.fields.items() if name not in TABLES})
        for name in TABLES:
            if table := outcome.fields.get(name):
                lines += ["", f"[outcomes.{_key(outcome.id)}.{name}]", *_fields(table)]
    return "\n".join(lines) + "\n"


def synthesis_text(draft: SynthesisDraft) -> str:
    """Return the text of a synthesis file, whose members are files in the same folder."""
    members = [f"{trial}.toml:{outcome}" for trial, outcome in draft.members]
    fields = {"id": draft.id, **draft.fields, "outcomes": members}
    return "\n".join([*_comments(draft.comments), *_fields(fields)]) + "\n"


def value_text(value: object) -> str:
    """Return a value as TOML writes it, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case Decimal():
            return f"{value:f}"
        case str():
            return json.dumps(STEERING.sub("\ufffd", value), ensure_ascii=False)
        case Mapping():
            inside = ", ".join(f"{_key(name)} = {value_text(one)}" for name, one in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case list() | tuple():
            return f"[{', '.join(map(value_text, value))}]"
    raise TypeError(f"a trial file has no values of type {type(value).__name__}")


def _fields(fields: TomlTable) -> Iterator[str]:
    for name, value in fields.items():
        line = f"{_key(name)} = {value_text(value)}"
        if isinstance(value, list | tuple) and len(line) > WIDE:
            yield f"{_key(name)} = ["
            yield from (f"  {value_text(one)}," for one in value)
            yield "]"
        else:
            yield line


def _key(name: str) -> str:
    return name if BARE.fullmatch(name) else value_text(name)


def _comments(comments: Iterable[str]) -> Iterator[str]:
    for comment in (STEERING.sub("\ufffd", one) for one in comments):
        yield from (f"# {line}".rstrip() for line in comment.splitlines() or [""])
