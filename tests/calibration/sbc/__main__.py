"""Run cases and record them: `python tests/calibration/sbc [NAMES] [--simulations N] [--nuts N] [--jobs N]`.

A name is that of a case, of a likelihood or of a structure; without any, all cases whose record is missing or stale are
run, and with `--all` every case. `python tests/calibration/sbc table` rewrites the table of the README from the record.
Writes tests/reference/sbc.json after every case, so that a run that was stopped can be taken up again.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[2]))


def main(words: list[str]) -> int:
    """Run what was asked for; return 1 if a statistic was outside its band twice."""
    from calibration.sbc import record, running, table
    from calibration.sbc.designs import every
    from calibration.sbc.sources import hash_of

    parser = argparse.ArgumentParser(prog="python tests/calibration/sbc", description=__doc__)
    parser.add_argument("names", nargs="*", help="cases, likelihoods or structures; or the word table")
    parser.add_argument("--simulations", type=int, help="of every case by quadrature, instead of its own number")
    parser.add_argument("--nuts", type=int, help="of every case by NUTS, instead of its own number")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--all", action="store_true", help="also what is recorded of these sources")
    asked = parser.parse_args(words)
    if asked.names == ["table"]:
        table.rewrite()
        return 0
    cases, runs = every(), dict(record.read().runs) if record.FILE.exists() else {}
    unknown = [name for name in asked.names if not any(name in (c.name, c.likelihood, c.structure) for c in cases.values())]
    if unknown:
        parser.error(f"no such case, likelihood or structure: {', '.join(unknown)}")
    names = [c.name for c in cases.values() if not asked.names or {c.name, c.likelihood, c.structure} & set(asked.names)]
    wanted = running.tasks(names, asked.simulations, asked.nuts)
    if not asked.names and not asked.all:
        wanted = [task for task in wanted if (known := runs.get(task[:2])) is None or known.sources != hash_of(cases[task[0]], task[1])]
    for (name, route, _), run in running.run(asked.jobs, wanted):
        runs[name, route] = run
        record.write(runs, (running.SEED, running.SECOND_SEED), list(cases))
        said = "; ".join(run.first.outside) or "all within their bands"
        print(f"{name}, {route}: {run.first.n} in {run.seconds} s, {said}", f"; twice: {run.faults}" if run.faults else "", flush=True)
    found = record.read()
    print(f"{found.outside} of {found.statistics} statistics outside their 99% bands, {found.by_chance:.0f} expected by chance")
    return int(any(run.faults for run in found.runs.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
