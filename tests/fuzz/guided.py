"""The doors under a fuzzer that is guided by coverage: `python tests/fuzz/guided.py [DOORS] [--seed N]`.

It needs atheris, which nothing else does: `.venv/bin/python -m pip install atheris` (3.1.0 has a wheel for CPython 3.13).
Each door runs in a process of its own, in which the code of `bayes` reports what it executes; an input that executes
something new is kept and changed further. Counts are kept with those of `python tests/fuzz --record`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path[:1] = [str(Path(__file__).parents[1])]
LONGEST = 20_000  # bytes of an input


def main(words: list[str]) -> int:
    """Run every door that was asked for in a process of its own."""
    from fuzz.shares import SHARES

    parser = argparse.ArgumentParser(prog="python tests/fuzz/guided.py", description=__doc__)
    parser.add_argument("doors", nargs="*", help=f"of: {', '.join(SHARES)}")
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--within", action="store_true", help="run one door in this process")
    asked = parser.parse_args(words)
    if asked.within:
        guided(asked.doors[0], asked.seed)
        return 1  # it ends the process itself
    from fuzz.running import kept

    have = kept()
    for door in asked.doors or SHARES:
        if name_of(door, asked.seed) not in have:
            print(door, flush=True)
            subprocess.run([sys.executable, __file__, door, "--seed", str(asked.seed), "--within"], check=False)
    return 0


def name_of(door: str, seed: int) -> str:
    return f"{seed} {door} guided 0"


def guided(name: str, seed: int) -> None:
    """Run one door until it has had its share of inputs, then end the process."""
    import atheris

    with atheris.instrument_imports(include=["bayes"]):
        from fuzz import running
        from fuzz.doors import DOORS

        running.warm({name})
    from fuzz.letters import PIECES
    from fuzz.rule import judge, strict
    from fuzz.shares import SHARES

    door, found, most = DOORS[name], running.Counts(), SHARES[name].guided
    names = list(dict.fromkeys(file for file, _ in door.whole))
    with tempfile.TemporaryDirectory(dir=running.memory()) as place, strict():
        folder, start = running.prepared(door, Path(place)), running.Resources()
        corpus, words = folder / "corpus", folder / "words"
        corpus.mkdir()
        for i, (file, content) in enumerate(door.whole):
            (corpus / str(i)).write_bytes(bytes([names.index(file)]) + content[: LONGEST - 1])
        words.write_text("".join(f'"{"".join(f"\\x{b:02x}" for b in piece)}"\n' for piece in PIECES if 0 < len(piece) < 60))

        def one(data: bytes) -> None:
            file, content = names[data[0] % len(names) if data else 0], data[1:]
            judged = judge(door, file, content, folder)
            found.add(judged)
            if judged.fault is not None:
                running.keep_fault(found, name, judged, file, content)
            if found.inputs == most:
                start.into(found)
                running.keep(name_of(name, seed), found)
                os._exit(0)  # the fuzzer itself would go on

        options = [f"-seed={seed}", f"-max_len={LONGEST}", f"-dict={words}", "-rss_limit_mb=0", "-timeout=120", "-verbosity=0", "-close_fd_mask=0"]
        atheris.Setup([sys.argv[0], *options, str(corpus)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
