"""The counts of a corpus as the rows of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bayes.corpus.reading import Kind
from bayes.corpus.summary.concluding import CONCLUSIONS, OPEN, share_of
from bayes.corpus.summary.counting import ACROSS, UP, Changed, Comparison, Counts, Spread
from bayes.corpus.summary.sheets import MAIN, NEW_TRIAL, Under
from bayes.corpus.summary.tables import (
    BesideRow,
    ChangeRow,
    DistributionRow,
    GroupRow,
    PriorRow,
    ShrinkageRow,
    TransitionRow,
)
from bayes.corpus.summary.tallies import Tally, quantile

COLUMNS = 40  # intervals of P(benefit) in the table of its distribution
ENOUGH = 20  # answers for the quartiles of an interval


def _spreads(counts: Counts, kind: Kind) -> Iterator[tuple[str, Under, Spread]]:
    for parameter, found in ((MAIN[kind], counts.main), (NEW_TRIAL, counts.new_trial)):
        for under, spread in zip(counts.unders, found, strict=True):
            if spread.n or (spread.skipped and parameter != NEW_TRIAL):
                yield parameter, under, spread


def priors(counts: Counts, kind: Kind) -> Iterator[PriorRow]:
    """Yield a row per parameter and pair of priors."""
    for parameter, under, spread in _spreads(counts, kind):
        n = spread.n
        yield {
            "parameter": parameter,
            "prior": under.prior,
            "heterogeneity": under.heterogeneity,
            "n": n,
            "skipped": spread.skipped,
            "benefit_95": _over(spread.benefit_95, n),
            "benefit_975": _over(spread.benefit_975, n),
            "harm_95": _over(spread.harm_95, n),
            "harm_975": _over(spread.harm_975, n),
            "p_benefit_25": spread.p_benefit.quantile(0.25),
            "p_benefit_50": spread.p_benefit.quantile(0.5),
            "p_benefit_75": spread.p_benefit.quantile(0.75),
            "log_width": spread.log_width.quantile(0.5),
            "width_ratio": spread.width_ratio.quantile(0.5),
        }


def _over(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _compared(counts: Counts) -> Iterator[tuple[Comparison, Under, str, Changed]]:
    """Yield what was compared, under which priors, with what, and the counts; nothing that never has both answers."""
    for compared, changed in zip(counts.comparisons, counts.changed, strict=True):
        if not changed.moved.sum():
            continue
        before = counts.unders[compared.before]
        words = {
            "prior": before.prior,
            "heterogeneity": before.heterogeneity or "",
            "common effect": f"random effects, {before.heterogeneity}",
            "normal approximation": "exact likelihood",
        }
        yield compared, counts.unders[compared.after], words[compared.question], changed


def changes(counts: Counts) -> Iterator[ChangeRow]:
    """Yield a row per comparison."""
    for compared, under, against, found in _compared(counts):
        n, moved = int(found.moved.sum()), found.moved
        changed = n - int(moved.trace())
        lost = int(moved[:, OPEN].sum() - moved[OPEN, OPEN])
        gained = int(moved[OPEN].sum() - moved[OPEN, OPEN])
        share = share_of(changed, n)
        yield {
            "question": compared.question,
            "prior": under.prior,
            "heterogeneity": under.heterogeneity,
            "against": against,
            "n": n,
            "changed": changed,
            "share": share.share,
            "low": share.low,
            "high": share.high,
            "lost": lost,
            "gained": gained,
            "reversed": changed - lost - gained,
            "difference_50": _up_to(found.difference.quantile(0.5), found.largest),
            "difference_90": _up_to(found.difference.quantile(0.9), found.largest),
            "difference_99": _up_to(found.difference.quantile(0.99), found.largest),
            "difference_max": found.largest,
        }


def _up_to(quantile: float | None, largest: float) -> float | None:
    """Return a quantile, which the step of its grid may put beyond the largest value."""
    return None if quantile is None else min(quantile, largest)


def transitions(counts: Counts) -> Iterator[TransitionRow]:
    """Yield a row per comparison and pair of conclusions."""
    for compared, under, against, found in _compared(counts):
        for i, before in enumerate(CONCLUSIONS):
            for j, after in enumerate(CONCLUSIONS):
                yield {
                    "question": compared.question,
                    "prior": under.prior,
                    "heterogeneity": under.heterogeneity,
                    "against": against,
                    "before": before,
                    "after": after,
                    "n": int(found.moved[i, j]),
                }


def shrinkage(counts: Counts, studies: Mapping[Under, Tally]) -> Iterator[ShrinkageRow]:
    """Yield a row per pair of priors that differs from the reference, or under which studies have effects."""
    for under, found in zip(counts.unders, counts.shrunk, strict=True):
        of_studies = studies[under]
        if not (found.ratio.n or found.tiny or of_studies.n):
            continue
        yield {
            "prior": under.prior,
            "heterogeneity": under.heterogeneity,
            "n": found.ratio.n,
            "tiny": found.tiny,
            "ratio_25": found.ratio.quantile(0.25),
            "ratio_50": found.ratio.quantile(0.5),
            "ratio_75": found.ratio.quantile(0.75),
            "studies": of_studies.n,
            "studies_25": of_studies.quantile(0.25),
            "studies_50": of_studies.quantile(0.5),
            "studies_75": of_studies.quantile(0.75),
        }


def groups(counts: Counts) -> Iterator[GroupRow]:
    """Yield a row per group and pair of priors: periods in order, other groups by their names."""
    for (by, name, pair), found in sorted(counts.groups.items()):
        if not found.n:
            continue
        under = counts.unders[pair]
        benefit, harm = share_of(found.benefit, found.n), share_of(found.harm, found.n)
        changed = share_of(found.changed, found.compared if counts.references[pair] != pair else 0)
        yield {
            "by": by,
            "group": name,
            "prior": under.prior,
            "heterogeneity": under.heterogeneity,
            "n": found.n,
            "benefit": benefit.share,
            "benefit_low": benefit.low,
            "benefit_high": benefit.high,
            "harm": harm.share,
            "harm_low": harm.low,
            "harm_high": harm.high,
            "compared": found.compared,
            "changed": changed.share,
            "changed_low": changed.low,
            "changed_high": changed.high,
        }


def distribution(counts: Counts, kind: Kind) -> Iterator[DistributionRow]:
    """Yield a row per parameter, pair of priors with an answer, and interval of P(benefit)."""
    for parameter, under, spread in _spreads(counts, kind):
        for place, n in enumerate(spread.p_benefit.coarse(COLUMNS).tolist() if spread.n else ()):
            yield {
                "parameter": parameter,
                "prior": under.prior,
                "heterogeneity": under.heterogeneity,
                "low": place / COLUMNS,
                "high": (place + 1) / COLUMNS,
                "n": n,
            }


def beside(counts: Counts) -> Iterator[BesideRow]:
    """Yield a row per pair of priors other than the reference, and interval of the effect under the reference."""
    for under, found in zip(counts.unders, counts.shrunk, strict=True):
        for place, row in enumerate(found.beside):
            n = int(row.sum())
            if not n:
                continue
            quartiles = [quantile(row, UP, q) if n >= ENOUGH else None for q in (0.25, 0.5, 0.75)]
            yield {
                "prior": under.prior,
                "heterogeneity": under.heterogeneity,
                "low": ACROSS.low + place * ACROSS.width,
                "high": ACROSS.low + (place + 1) * ACROSS.width,
                "n": n,
                "effect_25": quartiles[0],
                "effect_50": quartiles[1],
                "effect_75": quartiles[2],
            }
