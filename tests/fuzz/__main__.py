"""Send damaged inputs through every door: `python tests/fuzz [DOORS] [--inputs N] [--seed N] [--answer N] [--record]`.

By default a million, less those that the guided fuzzer runs (`python tests/fuzz/guided.py`), in half an hour of one core.
Counts are kept in build/fuzz as batches end, so that a run that was stopped can be taken up again. With --answer, accepted
reports are answered instead. With --record, writes tests/reference/fuzz.json from everything that is kept.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path[:1] = [str(Path(__file__).parents[1])]


def main(words: list[str]) -> int:
    """Run what was asked for and print a table; return 1 if an input broke the rule."""
    from fuzz import answering, record, running
    from fuzz.doors import DOORS
    from fuzz.shares import SHARES

    parser = argparse.ArgumentParser(prog="python tests/fuzz", description=__doc__)
    parser.add_argument("doors", nargs="*", help=f"of: {', '.join(DOORS)}")
    parser.add_argument("--inputs", type=int, default=sum(share.structure + share.letters for share in SHARES.values()))
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--answer", type=int, metavar="N", help="instead, answer so many hundred accepted reports")
    parser.add_argument("--record", action="store_true", help="write the record from what is kept")
    asked = parser.parse_args(words)
    if unknown := {*asked.doors} - {*DOORS}:
        parser.error(f"no such door: {', '.join(sorted(unknown))}; accepted: {', '.join(DOORS)}")
    if asked.answer:
        answering.run(asked.answer, asked.seed, lambda line: print(line, flush=True))
        return int(bool(answering.summed()["faults"]))
    counts = running.run(running.batches(asked.inputs, asked.seed, asked.doors), lambda line: print(line, flush=True))
    print(record.table(counts))
    if asked.record:
        record.write(asked.seed)
    return int(any(one.faulty for one in counts.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
