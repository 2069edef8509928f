"""The tests that `make test` leaves to a record: `python tests/calibration/long_tests.py`.

Runs every test marked `long` (`tests/support/long_tests.py` lists them) on all cores. Writes tests/reference/long_tests.json
if all of them pass; takes about seven minutes on two cores.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.long_tests import sources
from support.paths import ROOT

RECORD = ROOT / "tests" / "reference" / "long_tests.json"
RUN = ("-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder", "-m", "long")


def main() -> int:
    before = sources()
    done = subprocess.run([sys.executable, *RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    print(done.stdout[-3000:])
    if done.returncode or sources() != before:
        return done.returncode or 1
    passed = re.search(r"(\d+) passed", done.stdout)
    record = {
        "date": date.today().isoformat(),
        "versions": {name: version(name) for name in ("pymc", "nutpie", "numpy", "scipy")},
        "sources": before,
        "passed": int(passed[1]) if passed else 0,
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
