"""The README's tables of simulation-based calibration are those of the record."""

import pytest
from calibration.sbc import table
from calibration.sbc.designs import every
from support.paths import ROOT


def test_the_tables_of_the_readme_are_generated_from_the_record():
    assert table.stated() == table.of_record(), "run python tests/calibration/sbc table"


def test_a_table_names_every_likelihood_and_structure():
    text = table.stated()
    for likelihood in {case.likelihood for case in every().values()}:
        assert f"| `{likelihood}` |" in text
    assert text.count(" (") >= len({(case.likelihood, case.structure) for case in every().values()})


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "calibration" / "sbc").glob("*.py")), ids=lambda path: path.name)
def test_a_simulator_is_written_apart_from_what_it_tests(path):
    """Simulators import NumPy and SciPy and one another, nothing of the package; the modules around them import it."""
    text = path.read_text(encoding="utf-8")
    of_package = any(line.startswith(("from bayes", "import bayes")) for line in text.splitlines())
    assert of_package == (path.name in ("answers.py", "truths.py", "sources.py", "running.py", "table.py"))
