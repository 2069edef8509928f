"""What whole databases cost: `python tests/benchmarks/corpora.py results|memory|FILE [PRIORS]`.

results     25,000 invented estimates under the default set, beside one posterior by the ordinary quadrature
memory      10^4, 10^5 and 10^6 invented estimates under one prior: peak memory, and its slope in bytes a row
FILE        a corpus of meta-analyses, beside the ordinary quadrature and NUTS on five of its analyses

Each run is a process of its own; seconds of wall and of CPU and the peak memory of its largest process are printed, and
ratios within the run; nothing is asserted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

ONE = '[effect.neutral]\nrule = "neutral"\n[heterogeneity.plain]\nrule = "default"\n'
RUN = """
import json, resource, sys, time
from bayes.corpus.verbs import regenerate
if __name__ == "__main__":
    started = time.perf_counter()
    run = regenerate(sys.argv[1], sys.argv[2], prior_set=sys.argv[3])
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "mb": max(one.ru_maxrss for one in used) / 1024, "rows": run.rows}))
"""


def estimates(rows: int, path: Path) -> Path:
    """Write invented hazard ratios with 95% intervals; every third has an MCID."""
    random = np.random.default_rng(1)
    y, s = random.normal(-0.1, 0.3, rows), random.uniform(0.05, 0.5, rows)
    frame = pd.DataFrame({name: np.exp(y + z * s).round(3) for name, z in
                          (("estimate", 0), ("ci_low", -1.96), ("ci_high", 1.96))})  # fmt: skip
    frame.insert(0, "id", [f"r{i}" for i in range(rows)])
    frame["measure"], frame["benefit"] = "hazard_ratio", "lower"
    frame["mcid"] = np.where(np.arange(rows) % 3 == 0, 0.85, np.nan)
    frame.to_csv(path, index=False)
    return path


def timed(corpus: Path, priors: str, folder: Path) -> dict[str, float]:
    """Regenerate in a process of its own, with its children's CPU."""
    script = folder / "run.py"
    script.write_text(RUN)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, str(script), str(corpus), str(folder / f"out-{corpus.stem}"), priors],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = json.loads(done.stdout.splitlines()[-1])
    return found | {"cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime}


def results(folder: Path) -> None:
    """Print what 25,000 estimates cost, and what one posterior costs by the ordinary quadrature."""
    import bayes
    from bayes.analysis.analysis import Settings
    from bayes.analysis.plan import alone
    from bayes.posterior.cross_check import exact_answers
    from bayes.priors.sets import find_prior

    found = timed(estimates(25_000, folder / "results.csv"), "default", folder)
    each = found["seconds"] / found["rows"]["corpus"]
    size = sum(file.stat().st_size for file in (folder / "out-results").glob("*.parquet")) / 2**20
    print(f"25,000 estimates, default set: {found['seconds']:.1f} s, {found['cpu']:.1f} s of CPU, {found['mb']:.0f} MB, "
          f"{found['rows']['corpus']:,} rows, {size:.0f} MB on disk")  # fmt: skip
    priors = bayes.load_priors()
    outcome = bayes.outcome(measure="hazard_ratio", benefit="lower", estimate=0.8, ci=(0.6, 1.07), mcid=0.85)
    exact_answers(alone(outcome, find_prior("neutral", priors), priors, Settings()))
    started = time.perf_counter()
    for _ in range(20):
        exact_answers(alone(outcome, find_prior("neutral", priors), priors, Settings()))
    ordinary = (time.perf_counter() - started) / 20
    print(f"a posterior: {1e6 * each:.0f} us, by the ordinary quadrature {1e3 * ordinary:.1f} ms: {ordinary / each:.0f} times")


def memory(folder: Path) -> None:
    """Print the peak memory of three sizes, and its slope."""
    priors = folder / "one.toml"
    priors.write_text(ONE)
    sizes, peaks = (10**4, 10**5, 10**6), []
    for rows in sizes:
        found = timed(estimates(rows, folder / f"m{rows}.csv"), str(priors), folder)
        peaks.append(found["mb"])
        print(f"{rows:>9,} rows: {found['seconds']:.1f} s, {found['cpu']:.1f} s of CPU, peak {found['mb']:.0f} MB")
    slope = np.polyfit(sizes, np.array(peaks) * 2**20, 1)[0]
    print(f"slope: {slope:.1f} bytes a row")


def analyses(corpus: Path, priors: str, folder: Path) -> None:
    """Print what a corpus of meta-analyses costs, beside the ordinary quadrature and NUTS."""
    from bayes.base.distributions import parse
    from bayes.corpus.auditing import audit_corpus
    from bayes.corpus.evidence import evidence_of
    from bayes.corpus.ordinary import ordinary_synthesis
    from bayes.priors.sets import load_priors

    found = timed(corpus, priors, folder)
    out = folder / f"out-{corpus.stem}"
    frame = pd.read_parquet(out / "analyses.parquet", columns=[
        "analysis", "parameter", "prior_distribution", "heterogeneity_distribution", "trials", "status"])  # fmt: skip
    joined = frame["heterogeneity_distribution"].notna() & (frame["status"] == "ok")
    pairs = frame[(frame["parameter"] == "mu") & joined]
    each = found["seconds"] / len(pairs)
    print(f"{frame['analysis'].nunique():,} analyses, {len(pairs):,} posteriors with heterogeneity: {found['seconds']:.0f} s, "
          f"{found['cpu']:.0f} s of CPU, {found['mb']:.0f} MB; {1e3 * each:.1f} ms a posterior")  # fmt: skip
    rows = pd.concat(list(pd.read_csv(corpus, chunksize=50_000)))
    some, used = pairs[pairs["trials"] > 1].sample(5, random_state=1), 0.0
    for one in some.itertuples():
        evidence = evidence_of(rows[rows["analysis"] == one.analysis].reset_index(drop=True))
        started = time.perf_counter()
        ordinary_synthesis(evidence, np.flatnonzero(evidence.usable), parse(one.prior_distribution),
                           parse(one.heterogeneity_distribution), load_priors(priors))  # fmt: skip
        used += time.perf_counter() - started
    print(f"the ordinary quadrature: {used / 5:.2f} s a posterior, {used / 5 / each:.0f} times")
    started = time.perf_counter()
    audit = audit_corpus([corpus], out, prior_set=priors, size=5)
    nuts = (time.perf_counter() - started) / 5
    print(f"NUTS, compilation included: {nuts:.1f} s a posterior, {nuts / each:.0f} times ({audit})")


def main() -> None:
    """Run what was asked for."""
    what = sys.argv[1] if len(sys.argv) > 1 else "results"
    print(f"{os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if what == "results":
            results(folder)
        elif what == "memory":
            memory(folder)
        else:
            analyses(Path(what), sys.argv[2] if len(sys.argv) > 2 else "default", folder)


if __name__ == "__main__":
    main()
