"""The calculator against Python on many random reports: `python tests/calibration/calculator.py [COUNT]`.

Prints, for each kind of report, the largest difference between the page in a real browser and quadrature in Python (as
in tests/site/test_calculator.py, which compares fewer reports of the costly kinds) and the report it belongs to. Exit
code 1 if one exceeds six digits.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from support import calculator as drawing
from support.browser import running

from bayes.report.calculator.page import calculator


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    failed = False
    with tempfile.TemporaryDirectory() as folder, running() as browser:
        path = Path(folder) / "calculator.html"
        path.write_text(calculator(), encoding="utf-8")
        page = browser.new_page()
        page.goto(path.as_uri())
        for kind in drawing.KINDS:
            worst = max(drawing.compared(page, kind, count), key=lambda case: case.error)
            failed |= worst.error > drawing.SIX_DIGITS
            print(f"{kind:<14}{count:>5} reports, largest difference {worst.error:.1e}: {worst.prior}, {worst.form}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
