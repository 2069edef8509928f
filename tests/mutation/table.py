"""The table of the README, made from the record: `python tests/mutation table`."""

from __future__ import annotations

from mutation import record
from mutation.places import PACKAGES, README
from mutation.record import Sample
from scipy import stats

BEGIN = "<!-- from tests/reference/mutation.json by `python tests/mutation table` -->"
END = "<!-- end of what is generated -->"
HEADINGS = ("sample", "package", "mutants", "drawn", "killed", "did not end", "equivalent", "killed by tests not asked", "survived", "share that survived (95% interval)")


def rewrite() -> int:
    """Replace what stands between the markers of the README."""
    before, _, rest = README.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{of_record()}{after}", encoding="utf-8")
    return 0


def stated() -> str:
    """Return what the README has between the markers, with the markers."""
    text = README.read_text(encoding="utf-8")
    return text[text.index(BEGIN) : text.index(END) + len(END)]


def of_record() -> str:
    """Return the table and the sentences about its samples, between the markers."""
    samples = record.read().samples
    said = [f"Sample {i}: seed {s.seed}, commit {s.commit}, {s.date}, {s.tests:,} tests." for i, s in enumerate(samples, 1)]
    lines = [HEADINGS, ["---"] * len(HEADINGS)]
    lines += [[str(i), *row(sample, package)] for i, sample in enumerate(samples, 1) for package in PACKAGES]
    return "\n\n".join([BEGIN, "\n".join(f"| {' | '.join(line)} |" for line in lines), *said, END])


def row(sample: Sample, package: str) -> list[str]:
    """Return the cells of a package: counts, and the share of survivors among the mutants that change anything."""
    counts = sample.packages[package]
    drawn = counts.killed + counts.timeout + counts.survived
    survived, judged = sample.shares(package)
    low, high = interval(survived, judged)
    equivalent, elsewhere = sample.judged(package, "equivalent"), sample.judged(package, "elsewhere")
    shown = [counts.mutants, drawn, counts.killed, counts.timeout, equivalent, elsewhere, survived]
    return [f"`{package}`", *(f"{n:,}" for n in shown), f"{survived / judged:.1%} ({low:.1%} to {high:.1%})"]


def interval(survived: int, judged: int) -> tuple[float, float]:
    """Return the central 95% of the posterior of a share under Jeffreys's prior."""
    law = stats.beta(survived + 0.5, judged - survived + 0.5)
    return float(law.ppf(0.025)), float(law.ppf(0.975))
