"""The content of a summary that was read: a value of another type or out of range is named with its row, or harmless.

Oracle: every reader of a summary either writes its output or refuses the file in words of the package.
"""

from __future__ import annotations

import json

import pytest
from support.results_folders import results, row, said

from bayes.errors import InvalidInput
from bayes.results.exports import FORMATS, export
from bayes.results.summary_file import read_rows

pytestmark = pytest.mark.slow

STRANGE = [
    "text", 3, -1.5, True, None, [1], {"a": 1}, 10**400, 2**70, float("inf"), "\ud800", "\x00\x07", '{"a": {"b": []}}',
    "{", "x" * 40_000,
]  # fmt: skip


def as_json(rows):
    return json.dumps(rows).replace("Infinity", "1e999")


@pytest.mark.parametrize("column", list(row()))
def test_a_value_of_another_type_is_exported_or_refused(tmp_path, column):
    accepted = {}
    for value in STRANGE:
        strange = row(prior="other") | {column: value}
        (tmp_path / "summary.json").write_text(as_json([row(), strange]))
        try:
            read_rows(tmp_path)
        except InvalidInput as error:
            assert column in str(error) and len(str(error)) < 1000
        else:
            accepted.setdefault(type(value), []).append(strange)
    for rows in accepted.values():  # a column holds values of one type
        (tmp_path / "summary.json").write_text(as_json([row(), *rows]))
        for suffix in FORMATS:
            said("export", tmp_path / f"e{suffix}", "--out", tmp_path)
        said("diff", tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("column", "value"),
    [("mean", "0.1"), ("r_hat", True), ("divergences", 1.5), ("trial", None), ("label", 3), ("headline", "no"),
     ("status", "fine"), ("p_beyond", "0.5"), ("median", [1])],
)  # fmt: skip
def test_what_cannot_be_right_is_named_with_its_row(tmp_path, column, value):
    with pytest.raises(InvalidInput, match=f"row 2: {column} is .*; accepted: "):
        read_rows(results(tmp_path, row(), row() | {column: value}))


def test_columns_of_another_version_hold_one_type_each(tmp_path):
    results(tmp_path, row(new=1), row(new=2.5), row(new=None))
    for suffix in FORMATS:
        export(tmp_path, tmp_path / f"e{suffix}")
    with pytest.raises(InvalidInput, match="the column new holds values of several types"):
        read_rows(results(tmp_path, row(new=1), row(new="x")))
    with pytest.raises(InvalidInput, match="new is .*; accepted: text or"):
        read_rows(results(tmp_path, row(new=[1])))
