"""The notebooks as committed: all there, executed from top to bottom, small, and of no particular machine.

That they run is `make check-notebooks`; here nothing is executed.
"""

import json
import re

import pytest
from support.paths import ROOT

FOLDER = ROOT / "notebooks"
NAMES = [
    "01_rate_ratio",
    "02_mrs_shift",
    "03_adverse_events",
    "04_synthesis",
    "05_sensitivity",
    "06_your_own",
    "07_criticise",
    "08_one_model_three_ways",
    "09_a_first_trial",
]
OF_A_MACHINE = re.compile(r"/(tmp|home|work|root|Users|usr|var)/|[A-Z]:\\\\|site-packages")


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def read(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.ipynb").read_text(encoding="utf-8"))


def cells(name: str, kind: str) -> list[dict]:
    return [cell for cell in read(name)["cells"] if cell["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


def outputs(name: str) -> list[dict]:
    return [output for cell in cells(name, "code") for output in cell["outputs"]]


def test_the_course_is_whole():
    assert sorted(path.stem for path in FOLDER.glob("*.ipynb")) == NAMES
    readme = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert [readme.index(f"notebooks/{name}.ipynb") for name in NAMES] == sorted(
        readme.index(f"notebooks/{name}.ipynb") for name in NAMES
    )


def test_executed_from_top_to_bottom_without_error(name):
    code = cells(name, "code")
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert len(code) >= 8 and outputs(name)
    assert not [o for o in outputs(name) if o["output_type"] == "error"]
    assert not [o for o in outputs(name) if o.get("name") == "stderr"], "warnings and progress bars"


def test_small_enough_to_keep(name):
    assert (FOLDER / f"{name}.ipynb").stat().st_size < 1_000_000


def test_of_no_particular_machine_or_hour(name):
    notebook = read(name)
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all("execution" not in cell["metadata"] for cell in notebook["cells"])
    for output in outputs(name):
        texts = [output.get("text", ""), *(v for mime, v in output.get("data", {}).items() if mime != "image/png")]
        assert not OF_A_MACHINE.search(" ".join("".join(text) for text in texts))


def test_it_begins_with_a_title_and_a_question_and_ends_with_exercises(name):
    text = [source(cell) for cell in cells(name, "markdown")]
    assert text[0].startswith(f"# {int(name[:2])}. ") and "**The question.**" in text[0] and "?" in text[0]
    assert "## Try it" in text[-1] and "<summary>Hint</summary>" in text[-1]
    for link in re.findall(r"\((\d\d_\w+\.ipynb)\)", " ".join(text)):
        assert (FOLDER / link).is_file()


def test_every_picture_is_read_aloud(name):
    """A figure of ours has its title as alt text; any other is followed by prose."""
    found = read(name)["cells"]
    for cell, following in zip(found, [*found[1:], {"cell_type": ""}], strict=True):
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                said = output["metadata"].get("image/png", {}).get("alt")
                assert said or following["cell_type"] == "markdown", source(cell)[:80]


def test_words(name):
    """No posterior has a "confidence interval"; private modules are not shown to readers."""
    text = " ".join(source(cell) for cell in read(name)["cells"])
    said = " ".join("".join(o.get("text", "")) + json.dumps(o.get("data", {})) for o in outputs(name))
    assert "confidence interval" not in (text + said).lower()
    imported = set(re.findall(r"from (bayes[\w.]*) import", text)) | set(re.findall(r"import (bayes[\w.]*)", text))
    of_a_model_file = {"bayes.likelihoods.card", "bayes.likelihoods.parameter", "bayes.models.shared", "bayes.models.shared.two_risks", "bayes.paper.evidence"}
    assert imported <= {"bayes", "bayes.calibration", "bayes.models.likelihoods"} | of_a_model_file


def test_small_settings_are_one_line(name):
    tagged = [cell for cell in cells(name, "code") if "parameters" in cell["metadata"].get("tags", ())]
    assert len(tagged) <= 1 and all("SMALL = False" in source(cell) for cell in tagged)
    assert bool(tagged) == any("SMALL" in source(cell) for cell in cells(name, "code"))
