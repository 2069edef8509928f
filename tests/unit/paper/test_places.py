"""A place for each number: which numbers have one, what is refused, and where it is shown."""

import pytest
from click.testing import CliRunner
from support.documents import GOOD, written
from support.reports import FOLDED, REPORTS
from support.trials import make_outcome

from bayes import load_trial
from bayes.cli.show_ import command as show
from bayes.errors import InvalidInput
from bayes.paper.places import Place, located
from bayes.text.files import portrait

PLACED = GOOD.replace(
    'source = "abstract"',
    'source = "abstract"\nsources = { ci = { page = 1124, table = 2, quote = "0.94 (0.58-1.50)" }, estimate = { section = "Results" } }',
)


def test_a_place_in_words():
    assert str(Place(page=1124, table="2", quote="a b")) == 'page 1124, table 2: "a b"'
    assert str(Place(quote="a b")) == '"a b"'
    assert str(Place(path="row 3, column ai")) == "row 3, column ai"
    assert str(Place(page="e12", source="the protocol")) == "page e12, the protocol"
    with pytest.raises(ValueError, match="no place is stated; accepted: page, table, figure, section, path, quote, source"):
        Place()


def test_it_is_shown_with_the_number_as_printed(tmp_path):
    outcome = load_trial(written(tmp_path, PLACED)).outcomes["gel"]
    (table,) = portrait(outcome).tables
    assert table.cells == (
        ("ci", "0.58, 1.50", 'page 1124, table 2: "0.94 (0.58-1.50)"'),
        ("estimate", "0.94", "Results"),
    )
    said = CliRunner().invoke(show, [str(tmp_path / "it.toml")]).output
    assert "Where the numbers are printed" in said and "page 1124" in said


@pytest.mark.parametrize(
    ("path", "nearest"), [("cj", ""), ("estimat", "estimate"), ("treatment.events", ""), ("level", ""), ("label", "")]
)
def test_a_place_of_no_number_is_refused_with_those_there_are(tmp_path, path, nearest):
    with pytest.raises(InvalidInput) as caught:
        load_trial(written(tmp_path, PLACED.replace("{ ci =", f'{{ "{path}" =')))
    (mistake,) = caught.value.mistakes
    assert mistake.path == f"outcomes.gel.sources.{path}"
    assert "accepted: ci, ci.0, ci.1, estimate" in mistake.message
    assert (f"did you mean '{nearest}'?" in mistake.message) == bool(nearest)


@pytest.mark.parametrize("name", [*REPORTS, *FOLDED])
def test_every_number_of_every_kind_can_be_placed(name):
    measure, benefit, evidence = (REPORTS | FOLDED)[name]
    more = {"mcid": {"value": {"lower": -0.1, "higher": 0.1}[benefit], "rationale": "r"}}
    if measure not in ("risk_difference", "mean_difference", "standardised_mean_difference"):
        more = {
            "mcid": {
                "value": {"lower": 0.8, "higher": 1.2}[benefit] if measure != "proportion" else 0.8,
                "rationale": "r",
            }
        }
    more["printed"] = [{"p": "<0.05", "percent": {"treatment": 4}}]
    known = located(make_outcome(measure, benefit, evidence, **more))
    for path in ("mcid.value", "printed.0.p", "printed.0.percent.treatment", *leaves(evidence)):
        assert path in known, path
    placed = make_outcome(measure, benefit, evidence, sources={path: {"page": 1} for path in known}, **more)
    assert len(portrait(placed).tables[-1].cells) == len(known)


def leaves(data, path=""):
    """Paths of the numbers of a report as it is written, by a walk of its own; bounds are numbers, too."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        here = f"{path}.{key}" if path else str(key)
        if isinstance(value, dict | list):
            yield from leaves(value, here)
        elif (isinstance(value, int | float) and not isinstance(value, bool)) or str(value).startswith("<"):
            yield here


def test_bounds_and_absent_limits_have_places_too():
    data = {"kind": "estimate", "estimate": 0.9, "ci": ["none", 1.15], "level": 0.975, "p": "<0.05"}
    assert located(make_outcome("hazard_ratio", "lower", data)) == {
        "ci": "none, 1.15",
        "ci.1": "1.15",
        "level": "0.975",
        "estimate": "0.9",
        "p": "<0.05",
    }
