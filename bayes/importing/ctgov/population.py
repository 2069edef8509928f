"""Which participants are analysed, where the description of the population names the set."""

from __future__ import annotations

import re
from typing import Literal

Set = Literal["itt", "as_treated", "per_protocol"]
NAMED: tuple[tuple[str, Set], ...] = (
    (r"\bintent(?:ion)?[- ]to[- ]treat|\bitt\b|\bfull analysis set|\bfas\b", "itt"),
    (r"\bper[- ]protocol", "per_protocol"),
    (r"\bas[- ]treated|\bsafety (?:analysis )?(?:set|population)", "as_treated"),
)
MODIFIED = re.compile(r"\bmodified\b|\bmitt\b|\bm-itt\b|\bexclud|\bsubset\b|\bcompleters?\b", re.IGNORECASE)


def analysis_set(text: str) -> Set | None:
    """Return the set that a description names, or None if it names none, several, or one that was modified."""
    found = {name for words, name in NAMED if re.search(words, text, re.IGNORECASE)}
    return found.pop() if len(found) == 1 and not MODIFIED.search(text) else None
