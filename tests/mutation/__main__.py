"""Mutation testing, by hand: `python tests/mutation touching`, `run SEED EACH`, `record SEED EACH`, `table`; see README.md."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


def main(arguments: list[str]) -> int:
    match arguments:
        case ["touching", *tests]:
            from mutation import touching

            return touching.record(tests)
        case ["run", seed, each]:
            from mutation import sampling

            return sampling.run(int(seed), int(each))
        case ["record", seed, each]:
            from mutation import assembling

            return assembling.assemble(int(seed), int(each))
        case ["table"]:
            from mutation import table

            return table.rewrite()
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
