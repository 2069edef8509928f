"""A table of pairs: what is accepted, and every mistake by its name."""

import pandas as pd
import pytest
from support.invented_pairs import counted, pairs

from bayes.calibration.pairs import read_pairs
from bayes.corpus.reading import COUNTS
from bayes.errors import InvalidInput


def test_files_and_frames_are_read_alike(tmp_path):
    frame = pairs(6, year=[1990, 672, None, 2000, 2001, 2002])
    for name in ("pairs.csv", "pairs.csv.gz", "pairs.parquet"):
        (frame.to_parquet if name.endswith("parquet") else frame.to_csv)(tmp_path / name, index=False)
        found = read_pairs(tmp_path / name)
        assert (found.name, len(found), len(found.usable)) == (name, 6, 6)
        assert found.y_later == pytest.approx(frame["y_later"]) and found.evidence.y == pytest.approx(frame["y"])
        assert found.year == pytest.approx([1990, float("nan"), float("nan"), 2000, 2001, 2002], nan_ok=True), "672 is a slip"
    assert read_pairs(frame).name is None and set(read_pairs(frame).column("measure")) == {"odds_ratio"}


def test_all_mistakes_of_a_table_at_once():
    frame = pairs(2).rename(columns={"group": "grp", "se_later": "se_latr", "y": "why"})
    with pytest.raises(InvalidInput) as error:
        read_pairs(frame)
    said = str(error.value)
    assert "column 'group' is missing; found 'grp'" in said and "'se_later' is missing; found 'se_latr'" in said
    assert "no columns of the early trial" in said and "accepted: y, se, or events_t, n_t, events_c, n_c" in said
    twice = pairs(2)
    with pytest.raises(InvalidInput, match="columns repeat: y_later"):
        read_pairs(pd.concat([twice, twice[["y_later"]]], axis=1))


@pytest.mark.parametrize("name", ["missing.csv", "folder", "broken.parquet"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "broken.parquet").write_text("no")
    with pytest.raises(InvalidInput, match=f"{name}: cannot be read"):
        read_pairs(tmp_path / name)


def test_every_row_that_cannot_be_used_has_its_reasons():
    frame = pairs(8).astype(object)
    frame["measure"] = "odds_ratio"
    for row, column, value in ((0, "se", -1), (1, "y", "much"), (2, "group", None), (3, "y_later", float("inf")),
                               (4, "se_later", 0), (5, "measure", "odds"), (6, "se_later", None), (6, "y", None)):  # fmt: skip
        frame.loc[row, column] = value
    found = read_pairs(frame)
    assert list(found.usable) == [7]
    said = found.rejected().set_index("row")["reason"]
    assert list(said.index) == [1, 2, 3, 4, 5, 6, 7]
    for row, words in {1: "standard error", 2: "no evidence", 3: "group: accepted: a name", 4: "y_later: accepted", 5: "se_later: accepted",
                       6: "measure: accepted", 7: "se_later: accepted"}.items():  # fmt: skip
        assert words in said[row], said[row]
    assert "no evidence" in said[7], "both mistakes of a row"


def test_counts_come_before_estimates_and_can_be_left_out():
    frame = counted(4).assign(y=0.1, se=0.3)
    frame.loc[3, "events_t"] = None
    assert list(read_pairs(frame).evidence.form) == ["counts"] * 3 + ["estimate"]
    assert list(read_pairs(frame.drop(columns=list(COUNTS))).evidence.form) == ["estimate"] * 4
    impossible = frame.assign(events_c=[500, 1, 1, 1])
    assert "events from 0 to n" in read_pairs(impossible).rejected()["reason"].iloc[0]
