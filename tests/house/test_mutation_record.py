"""The record of mutation testing: about packages that exist, complete, and as its README says."""

from mutation import record, table
from mutation.places import PACKAGES
from support.paths import ROOT

FOUND = record.read()


def test_its_sources_exist():
    assert FOUND.sources == tuple(f"bayes/{package}" for package in PACKAGES)
    assert all((ROOT / source).is_dir() for source in FOUND.sources)


def test_the_table_of_its_readme_is_that_of_the_record():
    assert table.stated() == table.of_record(), "run python tests/mutation table"


def test_every_survivor_is_listed():
    for sample in FOUND.samples:
        assert [sum(one.package == package for one in sample.survivors) for package in PACKAGES] == [sample.packages[package].survived for package in PACKAGES]


def test_every_survivor_was_looked_at():
    assert not [one for sample in FOUND.samples for one in sample.survivors if not (one.judgement and one.why)]


def test_a_test_that_kills_a_survivor_is_there():
    for one in (one for sample in FOUND.samples for one in sample.survivors if one.why.startswith("tests/")):
        file, _, name = one.why.partition(",")[0].partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {name.partition('[')[0]}(" in text or not name, one.why


def test_less_than_a_tenth_survived_the_latest_sample():
    for package in PACKAGES:
        survived, judged = FOUND.samples[-1].shares(package)
        assert survived < 0.1 * judged, package
