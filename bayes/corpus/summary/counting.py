"""What is counted of a corpus while its row groups pass: nothing that is kept grows with the number of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from bayes.base.arrays import IntArray
from bayes.corpus.summary.concluding import BENEFIT, HARM, MISSING, changes
from bayes.corpus.summary.sheets import Answered, Flags, Sheet, Under
from bayes.corpus.summary.tallies import LOG_WIDTHS, PROBABILITIES, RATIOS, Steps, Tally

type Question = Literal["prior", "heterogeneity", "common effect", "normal approximation"]

LEAST = 0.5  # posterior standard deviations: nearer to no effect, a reference effect has no ratio worth a quantile
ACROSS = Steps(-6, 6, 24)  # effects under the reference prior, in their posterior standard deviations
UP = Steps(-8, 8, 1600)  # the same effects under another prior, in the same unit
SEVERAL = 2  # studies, without which a common effect and random effects do not differ by their model


@dataclass(frozen=True)
class Comparison:
    """Two answers to the same question: under two pairs of priors, or exactly and by the normal approximation.

    Attributes
    ----------
    question : {"prior", "heterogeneity", "common effect", "normal approximation"}
        What differs.
    before, after : int
        Places of the pairs of priors.
    """

    question: Question
    before: int
    after: int


@dataclass
class Spread:
    """The probabilities and interval widths of one parameter under one pair of priors."""

    n: int = 0
    skipped: int = 0
    benefit_95: int = 0
    benefit_975: int = 0
    harm_95: int = 0
    harm_975: int = 0
    p_benefit: Tally = field(default_factory=lambda: Tally(PROBABILITIES))
    log_width: Tally = field(default_factory=lambda: Tally(LOG_WIDTHS))
    width_ratio: Tally = field(default_factory=lambda: Tally(RATIOS))

    def add(self, answered: Answered, pair: int, reference: int | None, ratio: Flags) -> None:
        """Count a sheet; the widths are also taken relative to those under the reference."""
        p, harm = answered.p_benefit[:, pair], answered.p_harm[:, pair]
        self.n += int(np.isfinite(p).sum())
        self.benefit_95 += int((p > 0.95).sum())
        self.benefit_975 += int((p > 0.975).sum())
        self.harm_95 += int((harm > 0.95).sum())
        self.harm_975 += int((harm > 0.975).sum())
        self.p_benefit.add(p)
        self.log_width.add(answered.width[ratio, pair])
        if reference not in (None, pair):
            self.width_ratio.add(answered.width[:, pair] / answered.width[:, reference])


@dataclass
class Changed:
    """How conclusions differ between two answers.

    Attributes
    ----------
    moved : ndarray of int, shape (3, 3)
        From the conclusion of the first, a row each, to that of the second.
    difference : Tally
        Of P(benefit), absolute.
    largest : float
    """

    moved: IntArray = field(default_factory=lambda: np.zeros((3, 3), dtype=np.int64))
    difference: Tally = field(default_factory=lambda: Tally(PROBABILITIES))
    largest: float = 0.0

    def add(self, sheet: Sheet, compared: Comparison) -> None:
        """Count a sheet."""
        main = sheet.main
        before, p = main.conclusions[:, compared.before], main.p_benefit[:, compared.before]
        if compared.question == "normal approximation":
            after, other = main.normal_conclusions[:, compared.after], main.normal_p_benefit[:, compared.after]
        else:
            after, other = main.conclusions[:, compared.after], main.p_benefit[:, compared.after]
        if compared.question == "common effect":
            after = np.where(sheet.trials >= SEVERAL, after, MISSING)
        apart = np.where((before != MISSING) & (after != MISSING), np.abs(other - p), np.nan)
        self.moved += changes(before, after)
        self.difference.add(apart)
        self.largest = max(self.largest, float(np.nanmax(apart, initial=0.0)))


@dataclass
class Shrunk:
    """Effects under a prior beside those under the reference.

    Attributes
    ----------
    ratio : Tally
        Of the distances from no effect, where that under the reference is not tiny.
    tiny : int
    beside : ndarray of int, shape (24, 1600)
        Effects under the reference, by those under the prior, both in posterior standard deviations of the first.
    """

    ratio: Tally = field(default_factory=lambda: Tally(RATIOS))
    tiny: int = 0
    beside: IntArray = field(default_factory=lambda: np.zeros((ACROSS.number, UP.number), dtype=np.int64))

    def add(self, sheet: Sheet, reference: int, pair: int) -> None:
        """Count a sheet."""
        away = sheet.main.mean - sheet.null[:, None]
        unit = sheet.main.sd[:, reference]
        with np.errstate(divide="ignore", invalid="ignore"):
            across, up = away[:, reference] / unit, away[:, pair] / unit
            known = np.isfinite(across) & np.isfinite(up)
            large = known & (np.abs(across) >= LEAST)
            self.ratio.add((up / across)[large])
        self.tiny += int((known & ~large).sum())
        inside = known & (across >= ACROSS.low) & (across <= ACROSS.high)
        signed = sheet.sign[inside]
        np.add.at(self.beside, (ACROSS.places(signed * across[inside]), UP.places(signed * up[inside])), 1)


@dataclass
class Group:
    """Conclusions within a field, a class of outcomes, a measure or a period, under one pair of priors."""

    n: int = 0
    benefit: int = 0
    harm: int = 0
    compared: int = 0
    changed: int = 0


type GroupKey = tuple[str, str, int]  # what groups them, the group, and the place of the pair of priors


@dataclass
class Counts:
    """Everything that is counted.

    Attributes
    ----------
    unders : sequence of Under
    references : sequence of int or None
        The pair with the reference prior and the same prior of tau, for every pair; None where there is none.
    comparisons : sequence of Comparison
    """

    unders: Sequence[Under]
    references: Sequence[int | None]
    comparisons: Sequence[Comparison]
    subjects: int = 0
    main: list[Spread] = field(init=False)
    new_trial: list[Spread] = field(init=False)
    changed: list[Changed] = field(init=False)
    shrunk: list[Shrunk] = field(init=False)
    groups: dict[GroupKey, Group] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.main = [Spread() for _ in self.unders]
        self.new_trial = [Spread() for _ in self.unders]
        self.changed = [Changed() for _ in self.comparisons]
        self.shrunk = [Shrunk() for _ in self.unders]

    def add(self, sheet: Sheet) -> None:
        """Count a sheet."""
        self.subjects += len(sheet.null)
        for pair, reference in enumerate(self.references):
            self.main[pair].add(sheet.main, pair, reference, sheet.ratio)
            self.main[pair].skipped += int(sheet.skipped[pair])
            if sheet.new_trial is not None:
                self.new_trial[pair].add(sheet.new_trial, pair, reference, sheet.ratio)
            if reference not in (None, pair):
                self.shrunk[pair].add(sheet, int(reference), pair)
            self._group(sheet, pair, reference)
        for compared, found in zip(self.comparisons, self.changed, strict=True):
            found.add(sheet, compared)

    def _group(self, sheet: Sheet, pair: int, reference: int | None) -> None:
        now = sheet.main.conclusions[:, pair]
        before = np.full_like(now, MISSING) if reference is None else sheet.main.conclusions[:, reference]
        both = (now != MISSING) & (before != MISSING)
        flags = (now != MISSING, now == BENEFIT, now == HARM, both, both & (now != before))
        for by, names in sheet.groups.items():
            stated = np.array([name is not None for name in names], dtype=bool)
            groups, codes = np.unique(names[stated].astype(str), return_inverse=True)
            counted = [np.bincount(codes, flag[stated], len(groups)).astype(int) for flag in flags]
            for name, (n, benefit, harm, compared, changed) in zip(groups, zip(*counted, strict=True), strict=True):
                group = self.groups.setdefault((by, str(name), pair), Group())
                group.n += int(n)
                group.benefit += int(benefit)
                group.harm += int(harm)
                group.compared += int(compared)
                group.changed += int(changed)
