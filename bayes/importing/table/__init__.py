"""Tables of results: CSV, Excel, Parquet and data frames, in the column names of metafor, of meta, or plain.

text_files      separated text in any encoding
workbooks       Excel
columnar        Parquet and data frames
grids           cells with their places, before it is known what they mean
headers         the row of names, and the rows below it
written_cells   numbers as tables write them, and what spreadsheets do to them
vocabulary      the names of columns
reports         which columns are the report of a result
arms_in_names   reports whose columns name the arm: `events.placebo`
arms_in_rows    tables with one row an arm
shapes          tables that are not of comparisons between two arms
studies         which rows are a study, and how it is called
evidence        numbers as evidence
decided         measure, direction and arms
drafting        trials and syntheses
reader          the reader
"""

from bayes.importing.table.reader import TableReader

__all__ = ["TableReader"]
