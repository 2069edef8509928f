"""What spreadsheets and keyboards do to tables: read where it is clear, and named with its cell where it is not."""

import codecs
import datetime
import io
import json
import zipfile
from decimal import Decimal

import openpyxl
import pytest

from bayes.errors import InvalidInput
from bayes.importing import read, write
from bayes.importing.answers import Answers
from bayes.importing.table.grids import Cell
from bayes.importing.table.written_cells import Absent, Damaged, Reading, decimal_mark

RATIOS = "study,OR,lower,upper\nA,{},0.60,1.20\nB,0.80,0.70,0.95\n"


@pytest.mark.parametrize(
    "text, mark, number",
    [
        ("0.85", "unknown", "0.85"),
        ("1.50", "unknown", "1.50"),  # digits as printed
        (".94", "unknown", "0.94"),
        ("0,85", "unknown", "0.85"),
        ("1,5", "comma", "1.5"),
        ("1,250", "comma", "1.250"),
        ("1,250", "point", "1250"),
        ("1.250", "comma", "1250"),
        ("1.250,5", "comma", "1250.5"),
        ("1,250.5", "unknown", "1250.5"),
        ("\u22120.85", "unknown", "-0.85"),  # a minus sign
        ("\u20130.85", "unknown", "-0.85"),  # an en dash
        ("\u2014 0.85", "unknown", "-0.85"),
        ("\u00a00.85\u202f", "unknown", "0.85"),  # no-break spaces
        ("1\u00a0234", "unknown", "1234"),
        ("0\u00b785", "unknown", "0.85"),  # the raised dot of the Lancet
        ("0.85*", "unknown", "0.85"),
        ("0.85\u2020", "unknown", "0.85"),
        ("0.85 \u00b9", "unknown", "0.85"),
        ("0.85a", "unknown", "0.85"),
        ("1.2E-03", "unknown", "0.0012"),
        ("\ufeff0.85", "unknown", "0.85"),
    ],
)
def test_a_number_is_read_however_it_was_written(text, mark, number):
    assert Reading(mark).number(Cell(text, "here")) == Decimal(number)
    assert f"{Reading(mark).number(Cell(text, 'here')):f}" == number  # with its digits


@pytest.mark.parametrize(
    "text, reason",
    [
        ("2-Mar", "a date where a number belongs"),
        ("02-Mar-2015", "a date where a number belongs"),
        ("Mar-02", "a date where a number belongs"),
        ("1905-05-12", "a date where a number belongs"),
        ("1905-05-12 00:00:00", "a date where a number belongs"),
        ("12/05/1905", "a date where a number belongs"),
        ("12:30", "a date where a number belongs"),
        ("1,250", "a comma that divides decimals or thousands"),
        ("<0.001", "a bound, not a number"),
        ("\u226510", "a bound, not a number"),
        ("45%", "a percentage where another number belongs"),
        ("12/69", "several numbers in one cell"),
        ("0.58-1.50", "several numbers in one cell"),
        ("#DIV/0!", "an error value of a spreadsheet"),
        ("#N/A", "an error value of a spreadsheet"),
        ("see text", "not a number: 'see text'"),
        ("0.8.5", "not a number"),
    ],
)
def test_what_is_no_number_is_named(text, reason):
    with pytest.raises(Damaged, match=reason):
        Reading("unknown").number(Cell(text, "here"))


@pytest.mark.parametrize("text", ["", " ", "NA", "n/a", "NR", ".", "-", "\u2013", "\u2212", "NaN", "not reported", "?"])
def test_missing_numbers_are_missing_in_many_words(text):
    with pytest.raises(Absent):
        Reading("unknown").number(Cell(text, "here"))


def test_the_decimal_mark_of_a_table_is_the_one_it_uses():
    assert decimal_mark(["1,250", "0,85"]) == "comma"
    assert decimal_mark(["1,250", "0.85"]) == "point"
    assert decimal_mark(["1,250", "0.85", "0,85"]) == "unknown"
    assert decimal_mark(["1,250", "12"]) == "unknown"


@pytest.mark.parametrize(
    "text, count", [("12", 12), ("12.0", 12), ("12 (17.4%)", 12), ("1,234", 1234), ("1.234", 1234), ("12*", 12)]
)
def test_a_count_is_whole(text, count):
    assert Reading("unknown").count(Cell(text, "here")) == count
    with pytest.raises(Damaged, match="not a whole number"):
        Reading("unknown").count(Cell("12.5", "here"))


@pytest.mark.parametrize(
    "cell, reason, place",
    [
        ("2-Mar", "a date where a number belongs, as a spreadsheet makes of a ratio or a range: '2-Mar'", "row 2, column OR"),
        ("NA", "a number is missing", "row 2, column OR"),
        ("about 1", "not a number: 'about 1'", "row 2, column OR"),
    ],
)
def test_the_ledger_names_the_cell_and_the_other_rows_are_read(cell, reason, place, table):
    found = read(table(RATIOS.format(cell)), benefit="lower")
    assert [trial.id for trial in found.trials] == ["b"]
    assert found.ledger.loc[0, ["status", "reason", "place"]].tolist() == ["refused", reason, place]


def test_what_was_not_read_as_it_stands_is_said_in_the_file(table, tmp_path):
    text = "study;OR;lower;upper\nA;0,85*;\u00a00,60;1,20\n"
    write([table(text)], tmp_path / "out", Answers(benefit="lower"))
    written = (tmp_path / "out" / "a.toml").read_text("utf-8")
    assert "estimate = 0.85\nci = [0.60, 1.20]" in written
    assert "# Read: row 2, column OR: '0,85*', without the mark of a footnote" in written
    assert "# Read: row 2, column lower: '0,60', a decimal comma" in written


def test_a_negative_estimate_with_a_minus_sign_is_negative(table):
    found = read(table("study,MD,lower,upper,n_t,n_c\nA,\u22121.5,\u22122.5,\u20130.5,50,50\n"), benefit="lower")
    evidence = next(iter(found.trials[0].outcomes.values())).evidence
    assert (evidence.estimate, evidence.ci) == (Decimal("-1.5"), (Decimal("-2.5"), Decimal("-0.5")))


@pytest.mark.parametrize(
    "content",
    [
        "study,OR,lower,upper\nMüller,0.85,0.60,1.20\n".encode("cp1252"),
        "study,OR,lower,upper\nMüller,0.85,0.60,1.20\n".encode("utf-8-sig"),
        codecs.BOM_UTF16_LE + "study,OR,lower,upper\nMüller,0.85,0.60,1.20\n".encode("utf-16-le"),
        "study\tOR\tlower\tupper\r\nMüller\t0.85\t0.60\t1.20\r\n".encode("utf-16"),
        "study;OR;lower;upper\nMüller;0,85;0,60;1,20\n".encode(),
        'study,OR,lower,upper\nMüller,"0,85","0,60","1,20"\n'.encode(),
        "Table 2. Odds ratios of death\n\nstudy,OR,lower,upper\nMüller,0.85,0.60,1.20\n\nNA: not available\n".encode(),
        '"study","OR","lower","upper"\n"1","Müller",0.85,0.60,1.20\n'.encode(),  # as R's write.table
        "study|OR|lower|upper\rMüller|0.85|0.60|1.20\r".encode(),
    ],
)
def test_encodings_separators_and_headings_of_every_kind_are_read(content, table):
    (trial,) = read(table(content), benefit="lower").trials
    (outcome,) = trial.outcomes.values()
    assert trial.title == "Müller" and [float(x) for x in outcome.evidence.ci] == [0.6, 1.2]


def test_rows_are_numbered_as_a_spreadsheet_does(table):
    """Above the heading are two rows, of which one is empty; a field with a line break is one row."""
    text = 'Table 2\n\nstudy,OR,lower,upper\n"A\nand others",0.85,0.60,1.20\n\nB,x,0.6,1.2\nTotal (95% CI),0.8,0.7,0.9\n'
    found = read(table(text), benefit="lower")
    places = dict(zip(found.ledger["place"], found.ledger["reason"], strict=True))
    assert places["row 6, column OR"] == "not a number: 'x'" and places["row 7"] == "a total, not a study"
    assert found.trials[0].title == "A and others"


def test_a_row_with_more_cells_than_columns_is_refused(table):
    found = read(table("study,OR,lower,upper\nA,0,85,0,60,1,20\nB,0.8,0.6,1.1\n"), benefit="lower")
    assert found.ledger["reason"].tolist()[-1] == "more cells than columns: a comma, or a decimal comma, without quotation marks"
    assert [trial.id for trial in found.trials] == ["b"]


def test_columns_of_the_same_name_are_refused_unless_they_are_not_used_or_alike(table):
    twice = "study,ai,n1i,ci,n2i,ai\nA,1,9,2,9,3\nB,1,9,2,9,3\n"
    assert set(read(table(twice), benefit="lower").ledger["reason"]) == {"several columns of the same name: ai"}
    unused = "study,ai,n1i,ci,n2i,age,age\nA,1,9,2,9,3,4\n"
    assert len(read(table(unused), benefit="lower").trials) == 1


def workbook(rows, title="Results", **more):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for name, others in more.items():
        other = book.create_sheet(name)
        for row in others:
            other.append(row)
    return book


@pytest.fixture
def saved(tmp_path):
    def save(book):
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return save


HEADING = ["study", "OR", "lower", "upper"]


def test_a_workbook_is_read_with_the_cells_as_its_places(saved):
    book = workbook([["Deaths"], HEADING, ["A 1999", 0.85, 0.6, 1.2], ["B", datetime.datetime(2024, 3, 2), 0.7, 0.9]])
    book.active["D3"].number_format = "0.00"
    found = read(saved(book), benefit="lower")
    (outcome,) = found.trials[0].outcomes.values()
    assert (found.trials[0].year, str(outcome.evidence.ci[1])) == (1999, "1.20")  # as the sheet shows it
    assert outcome.sources["estimate"].path == "Results!B3"
    assert found.ledger.loc[1, ["place", "reason"]].tolist() == [
        "Results!B4",
        "a date where a number belongs, as a spreadsheet makes of a ratio or a range: '2024-03-02'",
    ]


def test_numbers_of_a_workbook_have_the_digits_that_it_keeps(saved):
    book = workbook([["study", "ai", "n1i", "ci", "n2i"], ["A", 0.1 + 0.2, 9, 2, 9], ["B", 2.0, 9, 0.25, 8]])
    book.active["D3"].number_format = "0%"
    found = read(saved(book), benefit="lower")
    assert "not a whole number: '0.3'" in found.ledger["reason"].tolist()
    (outcome,) = found.trials[0].outcomes.values()
    assert (outcome.evidence.control.events, outcome.evidence.control.percent) == (2, 25)


def test_a_cell_with_a_formula_is_one_sentence_and_nothing_is_written(saved, table, tmp_path):
    book = workbook([HEADING, ["A", "=EXP(-0.2)", 0.6, 1.2], ["B", 0.8, 0.7, 0.9]])
    with pytest.raises(InvalidInput, match="book.xlsx: a cell with a formula, Results!B2: save the sheet with values"):
        write([saved(book)], tmp_path / "out", Answers(benefit="lower"))
    with pytest.raises(InvalidInput, match="a cell with a formula, row 2, column OR"):
        write([table(RATIOS.format("=B3*2"))], tmp_path / "out", Answers(benefit="lower"))
    assert not (tmp_path / "out").exists()


def test_merged_cells_hold_their_name_for_every_row_and_are_no_numbers(saved):
    book = workbook([["study", "arm", "events", "n"], ["A", "drug", 1, 20], [None, "placebo", 3, 20], ["B", "drug", 2, 9]])
    book.active.append(["B", "placebo", 4, 9])
    book.active.merge_cells("A2:A3")
    found = read(saved(book), benefit="lower")
    assert [trial.id for trial in found.trials] == ["a", "b"]
    book.active.merge_cells("D2:D3")
    found = read(saved(book), benefit="lower")
    assert found.ledger.loc[0, ["place", "reason"]].tolist() == ["Results!D3", "merged cells where a number belongs: '20'"]


def test_names_in_two_rows_are_read_together(saved, table):
    """The layout of a printed forest plot: the arms above, with merged cells or empty ones beside them."""
    rows = [[None, "Drug", None, "Placebo"], ["Study", "Events", "Total", "Events", "Total"], ["A 1999", 5, 40, 9, 41]]
    book = workbook(rows)
    book.active.merge_cells("B1:C1")
    book.active.merge_cells("D1:E1")
    text = "\n".join(",".join("" if x is None else str(x) for x in row) for row in rows)
    for path in (saved(book), table(text)):
        (trial,) = read(path, benefit="lower").trials
        (outcome,) = trial.outcomes.values()
        assert (outcome.evidence.treatment.events, outcome.evidence.control.n) == (5, 41)
        assert (trial.arms.treatment, trial.arms.control) == ("drug", "placebo")


def test_of_several_sheets_the_first_with_known_columns_is_read(saved):
    book = workbook([["About", "this"], ["made", "by me"]], "Notes", Data=[HEADING, ["A", 0.8, 0.6, 1.1]], More=[HEADING, ["C", 1, 2, 3]])
    found = read(saved(book), benefit="lower")
    assert [trial.id for trial in found.trials] == ["a"]
    rest = found.ledger[found.ledger["status"] == "refused"]
    assert rest["place"].tolist() == ["sheet Notes", "sheet More"] and rest["reason"].str.startswith("another sheet").all()


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (65 << 20))


def empty_workbook(path):
    openpyxl.Workbook().save(path)


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("page.csv", b"<!DOCTYPE html><html><body>Sign in</body></html>", "a page of HTML or XML, not a table; accepted"),
        ("data.csv", json.dumps({"a": [1, 2]}).encode(), "JSON, not a table"),
        ("data.csv", b"[[1, 2], [3, 4]]", "JSON, not a table"),
        ("paper.csv", b"%PDF-1.7\n%\xe2\xe3", "a PDF, not a table"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a workbook of Excel 97 to 2003"),
        ("data.csv", b"\x89PNG\r\n\x1a\n\x00", "a picture, not a table"),
        ("data.csv", bytes(range(256)) * 4, "a binary file, not a table"),
        ("data.csv", b"", "the file is empty"),
        ("data.csv", b"one\ntwo\nthree\n", "no separator divides its lines into columns"),
        ("data.csv", b"1,2,3\n4,5,6\n", "no row with the names of columns"),
        ("data.csv", b'a,b\n"' + b"x" * (2 << 20), "cannot be read as separated text"),
        ("data.csv", b"study,ai\n" + b"x" * (65 << 20), "larger than 64 MB"),
        ("book.xlsx", b"PK\x03\x04 and nothing else", "cannot be read as a zip archive"),
        ("book.xlsx", bomb, "65 MB when unpacked; accepted: 64 MB"),
        ("book.xlsx", empty_workbook, "has no cells with content"),
    ],
)
def test_what_is_no_table_is_one_sentence_and_nothing_is_written(name, content, said, tmp_path):
    path = tmp_path / name
    content(path) if callable(content) else path.write_bytes(content)
    with pytest.raises(InvalidInput, match=said) as caught:
        write([path], tmp_path / "out", Answers())
    assert len(caught.value.mistakes) == 1 and not (tmp_path / "out").exists()


def test_a_text_file_is_a_table_only_with_columns_of_one(tmp_path):
    from bayes.importing.source import Source
    from bayes.importing.table import TableReader

    def is_table(text, name="a.txt"):
        return TableReader().recognises(Source(name, lambda: io.BytesIO(text)))

    assert is_table(b"study\tai\tn1i\tci\tn2i\nA\t1\t2\t1\t2\n") and is_table(b"anything", "a.csv")
    assert not is_table(b"Dear reader, this is prose.\n") and not is_table(b"{}") and not is_table(b"")
