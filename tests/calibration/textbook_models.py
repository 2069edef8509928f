"""The textbook models sampled by PyMC: `python tests/calibration/textbook_models.py`.

For every likelihood and every structure, `pm.sample` of the textbook model is compared with the answer by quadrature
(the sampled posterior, where there is none: a meta-regression, a table under a hierarchy) in units of the Monte Carlo
error: posterior mean and P(effect above the null). Names after the script restrict it to these cases and leave the
others of the record as they are. Writes tests/reference/textbook_models.json; takes about ten minutes on two free cores.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support import textbook_cases as cases
from support.textbook_sampling import SEED, compare

from bayes.likelihoods.fingerprint import source_hash
from bayes.likelihoods.registry import shipped

RECORD = Path(__file__).parents[1] / "reference" / "textbook_models.json"


def main(names: list[str]) -> None:
    """Compare cases and write each at once, so that a run that was stopped can be taken up by naming the others."""
    found = json.loads(RECORD.read_text())["cases"] if names else {}
    for name in names or cases.SAMPLED:
        found |= {name: compare(name)}
        structures = sorted({case["structure"] for case in found.values()})
        record = {
            "date": date.today().isoformat(),
            "seed": SEED,
            "versions": {name: version(name) for name in ("pymc", "nutpie")},
            "models": source_hash("single_trial", tuple(sorted(shipped()))),
            "structures": {structure: source_hash(cases.FILE_OF.get(structure, structure), ()) for structure in structures},
            "cases": found,
        }
        RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
