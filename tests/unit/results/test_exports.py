"""`bayes export`: every format holds what the summary holds, and nothing in a file name or label escapes into markup."""

import csv
import json
import re

import docx
import numpy as np
import pyarrow
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from pyarrow import parquet
from support.cells import Cells
from support.reports import REPORTS
from support.results_folders import drawn, results, row, skipped
from support.trials import make_analysis, make_outcome

import bayes
from bayes.analysis.plan import make_plan
from bayes.cli import export_
from bayes.errors import InvalidInput, UnknownName
from bayes.posterior.not_sampled import skipped_row
from bayes.posterior.record import PosteriorRecord
from bayes.posterior.row import COLUMNS
from bayes.posterior.rows import rows_of
from bayes.priors.sets import load_priors
from bayes.results import summarising
from bayes.results.exports import FORMATS, TEXT, export, in_latex
from bayes.results.summary_file import as_csv, read_rows
from bayes.text.rows import HEADINGS, cells

NASTY = "<script>alert(\"x\")</script> & 50% of $\\frac{1}{2}$_#^~ 'quoted'"
SYNTHESIS = {"trial": "all", "outcome": "", "key": "all--random_effects.stated--neutral", "heterogeneity": "stated"}
TAU = {
    "p_benefit": None,
    "p_harm": None,
    "p_mcid": None,
    "mcid": None,
    "benefit": None,
    "median": 0.21,
    "estimate": None,
}


@pytest.fixture
def folder(tmp_path):
    tau = row(**SYNTHESIS | TAU, parameter="tau", ci_low=0.01, ci_high=0.6)
    return results(tmp_path / "results", row(note=NASTY), row(prior="evil<b>", selection_omega=0.5), tau, skipped())


def test_json_and_csv_hold_every_column_of_every_row(folder, tmp_path):
    written = bayes.export(folder, tmp_path / "out" / "all.json")
    assert json.loads(written.read_text()) == read_rows(folder)
    lines = list(csv.DictReader(export(folder, tmp_path / "all.CSV").open(encoding="utf-8")))
    assert len(lines) == 4 and list(lines[0]) == list(COLUMNS)
    assert lines[0]["note"] == NASTY and lines[3]["p_benefit"] == "" and float(lines[0]["p_benefit"]) == 0.6


def test_regenerate_writes_the_same_csv(folder):
    assert summarising.as_csv is as_csv


def test_parquet_has_one_type_per_column_whatever_is_missing(folder, tmp_path):
    table = parquet.read_table(export(folder, tmp_path / "all.parquet"))
    assert table.to_pylist() == read_rows(folder)
    for_one = parquet.read_table(export(results(tmp_path / "one", skipped()), tmp_path / "one.parquet"))
    assert for_one.schema == table.schema  # of a folder in which most columns are empty
    nothing = parquet.read_table(export(results(tmp_path / "none"), tmp_path / "none.parquet"))
    assert nothing.schema == table.schema and nothing.num_rows == 0
    types = {name: table.schema.field(name).type for name in ("divergences", "informative", "note", "exact_mean")}
    assert list(types.values()) == [pyarrow.int64(), pyarrow.bool_(), pyarrow.string(), pyarrow.float64()]
    assert not list(tmp_path.glob(".*"))


def test_parquet_reads_back_in_pandas(folder, tmp_path):
    import pandas as pd

    frame = pd.read_parquet(export(folder, tmp_path / "all.parquet"))
    assert list(frame.columns) == list(COLUMNS) and frame["p_benefit"].isna().sum() == 2


def test_every_column_that_holds_text_is_declared_as_text():
    """What the package itself writes of an analysis and of a prior that cannot be formed."""
    outcomes = [make_outcome(*REPORTS[name], mcid={"value": 0.8, "rationale": "r"}) for name in ("estimate", "events")]
    plan = make_plan(outcomes, load_priors(), ["neutral", "cochrane"])
    said = [row_of(a) for a in plan.analyses[:2]] + [skipped_row(s) for s in plan.skipped]
    assert plan.skipped
    texts = {n for about in said for n, value in about.items() if n in COLUMNS and isinstance(value, str)}
    assert texts <= {*TEXT} <= {*COLUMNS}


def row_of(analysis):
    """The row of a posterior with independent draws in place of sampled ones."""
    tree = drawn(analysis, np.random.default_rng(1), 500)
    return rows_of(PosteriorRecord.from_tree(tree))[0]


def test_columns_of_another_version_are_kept(tmp_path):
    newer = results(tmp_path / "new", row() | {"colour": "blue"}, row(prior="sceptical"))
    assert parquet.read_table(export(newer, tmp_path / "a.parquet"))["colour"].to_pylist() == ["blue", None]
    assert next(csv.DictReader(export(newer, tmp_path / "a.csv").open()))["colour"] == "blue"


def test_html_is_a_page_whose_text_stays_text(folder, tmp_path):
    page = Cells(export(folder, tmp_path / "table.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags and "b" not in page.tags
    assert f"ok: {NASTY}" in page.texts and "evil<b>, omega 0.5" in page.texts
    assert page.tags.count("tr") == 5 and page.tags.count("th") == len(HEADINGS)
    assert "0.950 (0.643 to 1.408)" in page.texts and "skipped: no standard error" in page.texts


def test_latex_has_no_command_that_a_text_brought(folder, tmp_path):
    text = export(folder, tmp_path / "table.tex").read_text(encoding="utf-8")
    own = {"usepackage", "begin", "end", "linewidth", "caption", "hline", "endhead", "geq"}
    spelled = {"textbackslash", "textasciitilde", "textasciicircum", "textless", "textgreater"}
    assert set(re.findall(r"\\([a-z]+)", text)) <= own | spelled
    body = text.split("\\endhead\n")[1].split("\\hline")[0]
    for line in body.splitlines():
        assert line.endswith(r" \\")
        assert len(re.findall(r"(?<!\\)&", line)) == len(HEADINGS) - 1
        assert not re.search(r"(?<!\\)[%#$_^~]", line)
    assert text.count("{") - text.count("\\{") == text.count("}") - text.count("\\}")


def test_what_latex_reads_as_text():
    assert in_latex("50% of a_b & {c}\n$2^3~") == r"50\% of a\_b \& \{c\} \$2\textasciicircum{}3\textasciitilde{}"
    assert in_latex("P(≥ 1) \\x") == r"P($\geq$ 1) \textbackslash{}x"


def test_the_cells_of_a_row():
    assert cells(row()) == (
        "demo:gel, rate ratio",
        "neutral",
        "0.950 (0.643 to 1.408)",
        "0.600",
        "0.110",
        "0.400",
        "ok",
    )
    tau = cells(row(**SYNTHESIS | TAU, parameter="tau", ci_low=0.01, ci_high=0.6))
    assert tau[:4] == ("all tau", "neutral, tau stated", "0.210 (0.010 to 0.600)", "")
    of_trial = cells(row(**SYNTHESIS, parameter="effect[mesems:gel_24w]"))
    assert of_trial[0] == "all mesems:gel_24w, rate ratio"
    assert cells(skipped())[2:] == ("", "", "", "", "skipped: no standard error")


def test_a_workbook_has_every_number_and_no_formula(folder, tmp_path):
    formula = "=HYPERLINK(A1)"
    folder = results(tmp_path / "more", row(note=formula + "\x07"), skipped())
    book = load_workbook(export(folder, tmp_path / "a.xlsx"))
    assert book.sheetnames == ["for a reader", "summary", "columns"]
    heading, *lines = book["summary"].iter_rows(values_only=True)
    assert heading == COLUMNS and len(lines) == 2
    for line, stored in zip(lines, read_rows(folder), strict=True):
        assert dict(zip(heading, line, strict=True)) == {**stored, "note": formula if stored["note"] else stored["note"]}
    assert all(cell.data_type != "f" for sheet in book for cells_ in sheet.iter_rows() for cell in cells_)
    assert {name for name, _ in book["columns"].iter_rows(min_row=2, values_only=True)} == set(COLUMNS)


def test_a_document_has_a_table_for_every_outcome(folder, tmp_path):
    document = docx.Document(str(export(folder, tmp_path / "a.docx")))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert len(headings) == len(document.tables) >= 2
    shown = [tuple(cell.text for cell in line.cells) for table in document.tables for line in table.rows[1:]]
    assert shown == [cells(row)[1:] for row in read_rows(folder)]


def test_only_what_is_named_is_exported(folder, tmp_path):
    named = read_rows(folder)[0]["trial"]
    found = json.loads(export(folder, tmp_path / "some.json", [named]).read_text())
    assert found == [row for row in read_rows(folder) if row["trial"] == named] and len(found) < 4
    with pytest.raises(UnknownName, match="nobody"):
        export(folder, tmp_path / "none.json", ["nobody"])
    assert not (tmp_path / "none.json").exists()


def test_mistakes_write_nothing(folder, tmp_path):
    with pytest.raises(InvalidInput, match=re.escape("accepted: .csv, .json, .parquet, .tex, .html, .xlsx, .docx")):
        export(folder, tmp_path / "table.odt")
    with pytest.raises(InvalidInput, match="not a results folder"):
        export(tmp_path / "absent", tmp_path / "table.csv")
    (tmp_path / "table.csv").mkdir()
    with pytest.raises(InvalidInput, match="cannot be written"):
        export(folder, tmp_path / "table.csv")
    assert {p.name for p in tmp_path.iterdir()} == {"results", "table.csv"}


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_command(folder, tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    done = CliRunner().invoke(export_.command, [str(path), "--out", str(folder)])
    assert done.exit_code == 0 and path.stat().st_size and f"{path} written" in done.output


def test_a_real_row_of_an_analysis_passes_through(tmp_path):
    real = row_of(make_analysis(make_outcome(*REPORTS["estimate"]), "neutral"))
    folder = results(tmp_path / "real", real)
    assert parquet.read_table(export(folder, tmp_path / "a.parquet")).to_pylist() == [read_rows(folder)[0]]
