"""Random reports of every kind against brute force: `python tests/calibration/random_reports.py`.

Runs the checks of `tests/support/agreement.py` and `agreement_of_choices.py` on more reports than the tests do, and stops
at the first that disagrees. Writes tests/reference/random_reports.json; takes about five minutes on one core.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import agreement, agreement_of_choices
from support.random_reports import COMPARABLE, on_random_reports, sources

RECORD = Path(__file__).parents[1] / "reference" / "random_reports.json"


def main() -> None:
    compared: dict[str, dict[str, int]] = {"sensitivity": {}, "choices": {}}
    for kind in COMPARABLE:
        compared["sensitivity"][kind] = agreement.MANY.get(kind, agreement.MOST)
        on_random_reports(kind, compared["sensitivity"][kind], *agreement.CHECKS)
        compared["choices"][kind] = agreement_of_choices.MANY.get(kind, agreement_of_choices.MOST)
        on_random_reports(kind, compared["choices"][kind], *agreement_of_choices.checks_of(kind))
        print(kind, flush=True)
    record = {
        "date": date.today().isoformat(),
        "versions": {name: version(name) for name in ("numpy", "scipy")},
        "sources": sources(),
        "compared": compared,
    }
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
