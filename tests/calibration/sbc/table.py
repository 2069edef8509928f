"""The tables of the README, generated from the record: `python tests/calibration/sbc table`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from calibration.sbc import record
from calibration.sbc.designs import every
from calibration.sbc.judged import BAND, LEVELS, Judgement
from calibration.sbc.record import Record
from scipy import stats

from bayes.base.numbers import percent

README = Path(__file__).parents[3] / "README.md"
BEGIN = "<!-- from tests/reference/sbc.json by `python tests/calibration/sbc table` -->"
END = "<!-- end of what is generated -->"
SHOWN = {
    "single_trial": "one trial",
    "random_effects": "random effects",
    "common_effect": "common effect",
    "robust_random_effects": "robust random effects",
    "meta_regression": "meta-regression",
}
MORE = {"independent_arms": "independent arms", "adverse_event_hierarchy": "table of adverse events"}


def rewrite() -> None:
    """Replace what stands between the markers in the README by the tables of the record."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{of_record()}{after}", encoding="utf-8")


def stated() -> str:
    """Return what the README has between the markers, with the markers."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def of_record() -> str:
    """Return the tables and the sentences about them, between the markers."""
    found = record.read()
    both = [_table(found, columns) for columns in (SHOWN, MORE)]
    return "\n\n".join([BEGIN, *both, _said(found), END])


def _table(found: Record, columns: dict[str, str]) -> str:
    """Return a table with a row for each likelihood and a column for each structure."""
    cells = {
        (case.likelihood, case.structure): _cell(_judgements(found, case.likelihood, case.structure))
        for case in every().values()
    }
    rows = [name for name in dict.fromkeys(case.likelihood for case in every().values()) if any((name, c) in cells for c in columns)]
    lines = [["likelihood", *columns.values()], ["---"] * (len(columns) + 1)]
    lines += [[f"`{name}`", *(cells.get((name, column), "") for column in columns)] for name in sorted(rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _judgements(found: Record, likelihood: str, structure: str) -> list[Judgement]:
    """Return all simulations of a likelihood under a structure, of every size and by both routes."""
    names = [case.name for case in every().values() if (case.likelihood, case.structure) == (likelihood, structure)]
    return [one for (name, _), run in found.runs.items() if name in names for one in run.judgements]


def _held(judgements: Iterable[Judgement]) -> tuple[int, list[int]]:
    """Return the number of simulations and of central intervals of the effect, or the mean effect, that held the truth."""
    n, held = 0, [0] * len(LEVELS)
    for one in judgements:
        ranks = one.ranks["mu" if "mu" in one.ranks else "effect"]
        n, held = n + one.n, [a + b for a, b in zip(held, ranks.covered, strict=True)]
    return n, held


def _cell(judgements: list[Judgement]) -> str:
    """Return the percentages of intervals that held the truth, one outside its 99% band with a star, and their number."""
    n, held = _held(judgements)
    shares = [f"{100 * x / n:.1f}" + ("*" if _outside(x, n, level) else "") for x, level in zip(held, LEVELS, strict=True)]
    return f"{' '.join(shares)} ({n:,})"


def _outside(x: int, n: int, level: float) -> bool:
    return bool(2 * min(stats.binom.cdf(x, n, level), stats.binom.sf(x - 1, n, level)) < BAND)


def _said(found: Record) -> str:
    """Return the sentences on all statistics."""
    runs = found.runs.values()
    fits = sum(one.n for run in runs for one in run.judgements)
    twice = [f"{name}, {what}" for (name, _), run in found.runs.items() for what in run.faults]
    rerun = sum(run.again is not None for run in runs)
    kept = "none stayed outside" if not twice else f"{len(twice)} stayed outside ({'; '.join(twice)})"
    pooled = {(case.likelihood, case.structure) for case in every().values()}
    starred = sum(_cell(_judgements(found, *pair)).count("*") for pair in pooled)
    sampled = [one for (_, route), run in found.runs.items() if route == "sampled" for one in run.judgements]
    divergent = percent(sum(one.divergent for one in sampled) / sum(one.n for one in sampled))
    return (
        f"Of {fits:,} simulated truths, {found.statistics:,} statistics (coverage at three levels, a histogram and the "
        f"distribution of ranks of every parameter recorded, and the bias of P(benefit), by size and route): "
        f"{found.outside} were outside their 99% bands, where chance alone would put at most {found.by_chance:.0f}. The "
        f"{rerun} groups of simulations concerned were run again with four times the number under another seed, which the "
        f"record keeps beside the first: {kept}. Of the {len(pooled) * len(LEVELS)} percentages above, "
        f"{starred} {'is' if starred == 1 else 'are'} outside "
        f"({BAND * len(pooled) * len(LEVELS):.0f} by chance); a star marks {'it' if starred == 1 else 'them'}. "
        f"NUTS ran once, with 2 chains, 500 to 700 steps of tuning and no gate: {divergent} of its fits had divergent transitions, "
        f"after which the package would have sampled again."
    )
