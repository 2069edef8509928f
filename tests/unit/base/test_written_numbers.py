"""Numbers as papers print them: what each validator accepts at its limits, and what it says of anything else."""

import zipfile
from decimal import Decimal

import pytest
from pydantic import TypeAdapter, ValidationError

from bayes.base.archive import pack
from bayes.base.documents import MOST_BYTES, read
from bayes.base.toml import files_of, id_mistakes, locate, validate
from bayes.base.written_numbers import (
    Count,
    Coverage,
    DegreesOfFreedom,
    Level,
    Percent,
    Positive,
    Printed,
    PValue,
    Size,
    half_unit,
    limits,
    plainly,
    probability,
    unbounded,
    whole,
)
from bayes.errors import InvalidInput, UnknownName
from bayes.paper.trial import Trial

D = Decimal


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("1,561", "1561"), ("12,345,678.9", "12345678.9"), ("0,94", "0.94"), ("1,56", "1.56"), ("1,5612", "1.5612"), ("1,561,2", None), ("0,561", "0.561"),
        ("1 561", "1561"), ("1\u202f561", "1561"), ("1 56", None), ("\u22120.3", "-0.3"), ("\u2013 0.3", "-0.3"), ("0\u00b794", "0.94"), (".94", "0.94"), ("-.94", "-0.94"),
        ("+.5", "+0.5"), ("007", "7"), ("00.5", "0.5"), ("0", "0"), ("5.", "5"), ("1e-3", "1e-3"), ("1,5e3", "1.5e3"), ("x", None), ("", None), ("1.2.3", None), ("1-2", None),
        (" 3 ", "3"), ("9" * 60, "9" * 60), ("9" * 61, None),
    ],
)  # fmt: skip
def test_a_number_as_typed_is_written_for_toml(typed, plain):
    assert plainly(typed) == plain


@pytest.mark.parametrize(("printed", "half"), [("1.50", "0.005"), ("12", "0.5"), ("1E+2", "50"), ("0.000", "0.0005")])
def test_half_a_unit_of_the_last_digit(printed, half):
    assert half_unit(D(printed)) == D(half)
    assert unbounded("<0.001") == D("0.001") and unbounded(D("0.3")) == D("0.3")


OUT = "out of range; accepted: 0, or a magnitude of 1e-12 to 1e+12"
REFUSED = [
    (Printed, D("0.9e-12"), OUT), (Printed, D("1.1e12"), OUT), (Printed, D("-1.1e12"), OUT), (Printed, D("NaN"), "a finite number"), (Printed, float("inf"), "a finite number"), (Printed, True, "a number as printed"),
    (Printed, "0,94", "without quotes: write 0.94"), (Printed, "NE", "not estimated: omit the field"), (Printed, "two", "expected a number as printed, without quotes"), (Printed, None, "a number as printed"),
    (Printed, D("0." + "0" * 31), "more than 30 digits"), (Printed, D("1" * 10 + "." + "1" * 21), "more than 30 digits"), (Printed, D("0.99999999999999999"), "more digits than can be computed with; accepted: up to 15"),
    (Count, -1, "greater than or equal to 0"), (Count, 100_000_001, "less than or equal to"), (Count, 3.0, "write 3"), (Count, D("3.0"), "without a decimal point: write 3"), (Count, 3.5, "expected a whole number"), (Count, "3", "expected a whole number, without quotes: write 3"),
    (Count, D("1e12"), "expected a whole number"), (Count, D("inf"), "expected a whole number"),
    (Size, 0, "greater than or equal to 1"), (Size, 10_000_001, "less than or equal to"), (Positive, 0, "greater than 0"), (Percent, -0.1, "greater than or equal to 0"), (Percent, D("100.1"), "less than or equal to 100"),
    (Coverage, D("0.49"), "greater than or equal to"), (Coverage, D("0.9999991"), "less than or equal to"), (Coverage, 95, "the level of an interval is a fraction, not a percentage: write 0.95"), (Coverage, D("1.5"), "write 0.015"), (Coverage, D("99.9"), "write 0.999"), (Coverage, 100, "less than or equal to"), (Coverage, 1, "less than or equal to"),
    (Level, 0, "greater than 0"), (Level, 1, "less than 1"), (Level, 5, "this is a fraction, not a percentage: write 0.05"), (DegreesOfFreedom, D("0.9"), "greater than or equal to 1"), (DegreesOfFreedom, 1_000_000_001, "less than or equal to"),
    (PValue, 0, 'write a bound: p = "<0.0005"'), (PValue, D("0.00"), 'write a bound: p = "<0.005"'), (PValue, D("1.01"), "above 0 and at most 1"), (PValue, -0.1, "above 0 and at most 1"), (PValue, D("1e-301"), "out of range; accepted"), (PValue, True, "expected a p-value"),
    (PValue, "0.03", "without quotes: write p = 0.03"), (PValue, "p = 0.03", "without quotes"), (PValue, "NS", 'kind = "significance"'), (PValue, "<1", '"<1" is not a bound'), (PValue, ">1", '">1" is not a bound'), (PValue, "<1.5", "above 0 and at most 1"), (PValue, "\u22640.05", 'write p = "<0.05"'), (PValue, "\u22650.05", 'write p = ">0.05"'), (PValue, "<x", "a number, or a bound"), (PValue, [], "a number, or a bound"),
]  # fmt: skip
ACCEPTED = [
    (Printed, D("1e-12"), "1E-12"), (Printed, D("1e12"), "1E+12"), (Printed, D("-1e-12"), "-1E-12"), (Printed, D("1.50"), "1.50"), (Printed, 0, "0"), (Printed, 0.1, "0.1"), (Printed, D("0." + "0" * 30), "0E-30"), (Printed, D("0.123456789012345"), "0.123456789012345"),
    (Count, 0, "0"), (Count, 100_000_000, "100000000"), (Size, 1, "1"), (Size, 10_000_000, "10000000"), (Percent, 0, "0"), (Percent, 100, "100"), (Coverage, D("0.5"), "0.5"), (Coverage, D("0.999999"), "0.999999"), (DegreesOfFreedom, 1, "1"), (DegreesOfFreedom, 1_000_000_000, "1000000000"),
    (PValue, 1, "1"), (PValue, D("1e-300"), "1E-300"), (PValue, "<0.001", "<0.001"), (PValue, "P < .001", "<0.001"), (PValue, ">0,99", ">0.99"), (PValue, D("0.030"), "0.030"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "said"), REFUSED)
def test_what_is_refused_says_what_to_write(kind, value, said):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    assert said in str(caught.value)


@pytest.mark.parametrize(("kind", "value", "kept"), ACCEPTED)
def test_the_ends_of_a_range_are_accepted_and_digits_kept(kind, value, kept):
    assert str(TypeAdapter(kind).validate_python(value)) == kept


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0.58 to 1.50", r"two limits in one text: write \[0.58, 1.50\]"), ("0,58-1,50", r"write \[0.58, 1.50\]"), ("0.58", "expected two limits, low and high"), ("x to y", "expected two limits"),
        ([0, 58, 1, 50], r"because of decimal commas: write \[0.58, 1.50\]"), ([1], "1 number instead of two limits"), ([1, 2, 3], "3 numbers instead of two limits"), ([], "0 numbers instead"), ([0.5, 1, 2, 3], "4 numbers instead of two limits"), ([True, 1, 2, 3], "4 numbers instead"),
    ],
)  # fmt: skip
def test_what_is_not_two_limits(value, said):
    with pytest.raises(ValueError, match=said):
        limits(value)


def test_other_values_pass_through():
    assert limits([1, 2]) == [1, 2] and limits((1, 2)) == (1, 2) and limits(None) is None
    assert whole(3) == 3 and whole(None) is None and probability(D("0.5")) == D("0.5")


def test_files_are_named_by_their_ids(tmp_path):
    for name in ("b.toml", "a.toml", "answers.toml", "c.txt"):
        (tmp_path / name).write_text("x = 1")
    assert [path.name for path in files_of(tmp_path)] == ["a.toml", "b.toml"]
    assert id_mistakes({"id": "a"}, tmp_path / "a.toml") == [] == id_mistakes({}, tmp_path / "a.toml")
    (found,) = id_mistakes({"id": "x"}, tmp_path / "a.toml")
    assert found.message == "'x' must equal the file name 'a'"
    for id_, stem in (("2-Mar", "x"), ("x", "Mar-2"), ("2026-01-02", "x")):
        (found,) = id_mistakes({"id": id_}, tmp_path / f"{stem}.toml")
        assert "looks like a date" in found.message
    assert locate("mesems", "trials", "trial").stem == "mesems" and locate("some.toml", "trials", "trial").name == "some.toml"
    with pytest.raises(UnknownName, match="mesem"):
        locate("mesem", "trials", "trial")


def trial(**changed):
    evidence = {"kind": "binary", "treatment": {"events": 4, "n": 30}, "control": {"events": 10, "n": 40}}
    outcome = {"label": "It", "measure": "odds_ratio", "benefit": "lower", "source": "invented", "evidence": evidence | changed.pop("evidence", {})}
    known = {"id": "example", "title": "An example", "year": 2020, "condition": "none", "design": "invented", "arms": {"treatment": "new", "control": "old"}, "n": {"treatment": 69, "control": 75}}
    return known | {"outcomes": {"it": outcome | changed.pop("outcome", {})}} | changed


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"yaer": 3}, "yaer: unknown field; did you mean 'year'?"), ({"outcome": {"mesure": 1}}, "outcomes.it.mesure: unknown field; did you mean 'measure'?; accepted: "), ({"title": 3}, "title: expected text in quotes, found 3"),
        ({"evidence": {"kind": "binry"}}, "outcomes.it.evidence.kind: 'binry' is not a kind of evidence; did you mean 'binary'?; accepted: ordinal, "), ({"outcome": {"benefit": "highr"}}, "outcomes.it.benefit: 'highr' is not accepted; did you mean 'higher'?; accepted: higher, lower"),
        ({"evidence": {"treatment": 5}}, "outcomes.it.evidence.treatment: expected a table, { events = ..., n = ... }, found 5"), ({"evidence": {"treatment": {"n": 5}}}, "outcomes.it.evidence.treatment.events: required, but missing"),
        ({"evidence": {"treatment": {"events": -1, "n": 5}}}, "outcomes.it.evidence.treatment.events: must be 0 or more, found -1"), ({"id": "a b"}, "id: 'a b' is not a valid id; accepted: letters, digits"),
        ({"title": "x" * 0, "n": [1, 2]}, "n: expected a table, { treatment = ..., control = ... }, found [1, 2]"), ({"n": list(range(9))}, "found [0, 1, 2, 3, 4, 5, 6, 7, ...]"), ({"n": list(range(8))}, "found [0, 1, 2, 3, 4, 5, 6, 7]"),
        ({"n": {"treatment": 10**60, "control": 3}}, "a number of about 61 digits"), ({"n": {"treatment": 10**59, "control": 3}}, "found 1000000"),
    ],
)  # fmt: skip
def test_a_mistake_has_its_path_and_what_is_accepted(changed, said):
    with pytest.raises(InvalidInput) as caught:
        validate(Trial, trial(**changed), "example.toml")
    assert f"example.toml: {said}" in str(caught.value) or said in str(caught.value)


def test_a_file_may_be_as_large_as_the_limit(tmp_path):
    path = tmp_path / "large.toml"
    path.write_bytes(b"a = 1\n" + b"#" * (MOST_BYTES - 6))
    assert read(path) == {"a": 1}
    path.write_bytes(b"a = 1\n" + b"#" * (MOST_BYTES - 5))
    with pytest.raises(InvalidInput, match="larger than 3 MB"):
        read(path)


@pytest.mark.parametrize(
    ("kind", "schema"),
    [
        (Level, {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}), (Coverage, {"type": "number", "minimum": 0.5, "maximum": 0.999999}),
        (PValue, {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "maximum": 1}, {"type": "string", "pattern": "^[<>]"}]}),
    ],
)  # fmt: skip
def test_the_schema_for_editors_has_the_range_that_is_checked(kind, schema):
    assert TypeAdapter(kind).json_schema() == schema


def test_an_archive_has_one_date_and_one_mode(tmp_path):
    """Equal contents give equal bytes: the earliest date of the format, and files that all may read and the owner write."""
    path = pack({"a.txt": b"one", "b.nc": b"two"}, tmp_path / "it.zip")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
    assert {(entry.date_time, entry.create_system, entry.external_attr >> 16) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 3, 0o100644)}
    assert {entry.filename: entry.compress_type for entry in entries} == {"a.txt": zipfile.ZIP_DEFLATED, "b.nc": zipfile.ZIP_STORED, "SHA256SUMS": zipfile.ZIP_DEFLATED}
