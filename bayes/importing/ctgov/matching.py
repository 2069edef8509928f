"""Which result of an outcome measure an analysis is of: by its groups, its words, or its numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from bayes.base.measures import is_log
from bayes.importing.ctgov.arms import Pair, plain
from bayes.importing.ctgov.comparing import agrees, own_effect
from bayes.importing.ctgov.effects import Effect
from bayes.importing.ctgov.parts import Part, categories_free
from bayes.importing.ctgov.record import Analysis

TIME = re.compile(
    r"\b(?:weeks?|wks?|days?|months?|years?|hours?|visits?|cycles?|periods?)\s*\d+|\b\d+\s*-?(?:weeks?|days?|months?|years?|hours?|h)\b"
)
MOST_BY_NUMBERS = 12  # among more results two would agree by chance


def part_of(analysis: Analysis, pair: Pair, parts: Sequence[Part], effect: Effect | None) -> Part | None:
    """Return the result that an analysis is of, or None if the record does not say which it is.

    Parameters
    ----------
    analysis : Analysis
    pair : Pair
        The arms that it compares.
    parts : sequence of Part
        The results of its outcome measure.
    effect : Effect, optional
        What it posts, if it can be read.
    """
    candidates = [part for part in parts if part.pair.groups == pair.groups]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    for rule in (_by_title, _by_words, _by_time):
        found = rule(analysis, candidates)
        if len(found) == 1:
            return found[0]
        candidates = found or candidates
    return None if effect is None else _by_numbers(effect, candidates)


def _by_title(analysis: Analysis, parts: Sequence[Part]) -> list[Part]:
    """Return the parts whose titles the words of an analysis contain, of those the ones with the longest."""
    said = f" {plain(analysis.said)} "
    inside = [part for part in parts if (title := plain(categories_free(part.title))) and f" {title} " in said]
    longest = max((len(plain(categories_free(part.title))) for part in inside), default=0)
    return [part for part in inside if len(plain(categories_free(part.title))) == longest]


def _by_words(analysis: Analysis, parts: Sequence[Part]) -> list[Part]:
    """Return the parts of whose titles one text has all the words that tell them apart: "at least 30%" is ">=30%".

    A number counts with one of the words beside it, because "week 1" is not "model 1".
    """
    titles = {part.id: plain(categories_free(part.title)).split() for part in parts}
    common = frozenset.intersection(*map(frozenset, titles.values()))
    found = []
    for text in (analysis.description, *analysis.comments.values()):
        words = plain(text).split()
        beside = frozenset(pairwise(words))
        for part in parts:
            own = titles[part.id]
            telling = [i for i, word in enumerate(own) if word not in common]
            if telling and part not in found and all(_is_said(own, i, words, beside) for i in telling):
                found.append(part)
    return found


def _is_said(title: Sequence[str], i: int, words: Sequence[str], beside: frozenset[tuple[str, str]]) -> bool:
    if not title[i][:1].isdigit():
        return title[i] in words
    return tuple(title[max(i - 1, 0) : i + 1]) in beside or tuple(title[i : i + 2]) in beside


def _by_time(analysis: Analysis, parts: Sequence[Part]) -> list[Part]:
    """Return the parts of the one time point that an analysis names."""
    named = _times(f"{analysis.description} {' '.join(analysis.comments.values())}")
    return [part for part in parts if _times(categories_free(part.title)) == named] if len(named) == 1 else []


def _times(text: str) -> frozenset[str]:
    """Return the time points in a text, each as its unit and number."""
    found = (re.sub(r"[^a-z0-9]", "", one) for one in TIME.findall(plain(text)))
    return frozenset(
        f"{''.join(re.findall('[a-z]', one)).rstrip('s')}{''.join(re.findall('[0-9]', one))}" for one in found
    )


def _by_numbers(effect: Effect, parts: Sequence[Part]) -> Part | None:
    """Return the one part whose arms give the posted effect within rounding, else its mirror image."""
    if len(parts) > MOST_BY_NUMBERS:
        return None
    ratio = is_log(effect.measure)
    owns = [(part, own_effect(part.known, effect.measure)) for part in parts if part.known is not None]
    known = [(part, own) for part, own in owns if own is not None and own.value]
    direct = [part for part, own in known if agrees(effect.estimate, own)]
    found = direct or [part for part, own in known if agrees(effect.estimate, own.mirrored(ratio))]
    return found[0] if len(found) == 1 else None
