"""A reader of a toy format: what it drafts is checked, written, and listed in the ledger."""

import zipfile
from decimal import Decimal

import pytest

import bayes
from bayes.errors import InvalidInput
from bayes.importing import formats, read, source, write
from bayes.importing.answers import Answers
from bayes.importing.card import FormatCard
from bayes.importing.drafts import OutcomeDraft, Record, Result, SynthesisDraft, TrialDraft

HEAD = {
    "title": 'A trial with "quotes", a \\ and \N{GREEK CAPITAL LETTER DELTA}',
    "year": "not stated",
    "condition": "c",
    "design": "d",
    "arms": {"treatment": "t", "control": "c"},
    "n": {"treatment": 50, "control": 50},
}


class Toy:
    """Lines `study events n events n`."""

    card = FormatCard("toy", "toy tables", "begin with TOY", "a trial a line", (), pools=True)

    def recognises(self, source):
        return source.start(3) == b"TOY"

    def read(self, source, answers):
        names = []
        for number, line in source.lines():
            if number > 1:
                name, *counts = line.decode().split()
                names.append(name)
                yield self.trial(name, counts, f"line {number}", answers)
        result = Result("lines", "pooled", "imported", "", "pooled", "synthesis", "odds_ratio")
        fields = {"label": "Pooled", "measure": "odds_ratio", "benefit": "lower"}
        members = tuple((name, "death") for name in names)
        yield Record("pooled", (result,), syntheses=(SynthesisDraft("pooled", fields, members),))

    def trial(self, name, counts, place, answers):
        a, n, b, m = map(int, counts)
        benefit = answers.about(name, "death").benefit
        result = Result(place, "death", "imported" if benefit else "offered", "", "death", "binary", "odds_ratio")
        if not benefit:
            return Record(name, (result,), questions=(f"# [records.{name}]", '# benefit = "lower"'))
        fields = {
            "label": "Death",
            "measure": "odds_ratio",
            "benefit": benefit,
            "source": place,
            "printed": [{"p": Decimal("0.50")}],
            "evidence": {"kind": "binary", "treatment": {"events": a, "n": n}, "control": {"events": b, "n": m}},
            "sources": {"treatment.events": {"path": place}},
        }
        draft = TrialDraft(name, HEAD, (OutcomeDraft("death", fields, ("as counted",)),), ("From a toy.",))
        return Record(name, (result,), trial=draft)


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    monkeypatch.setattr(formats, "READERS", (Toy(),))


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "toy.txt"
    path.write_text("TOY\nfirst 3 50 5 50\nsecond 2 40 4 40\nwrong 9 4 1 9\n")
    return path


def test_a_table_becomes_trials_and_a_synthesis(table):
    found = read(table, benefit="lower")
    assert [trial.id for trial in found.trials] == ["first", "second"]
    assert found.trials[0].outcomes["death"].evidence.treatment.events == 3
    assert found.syntheses[0].outcomes == ("first:death", "second:death")
    assert found.ledger["status"].tolist() == ["imported", "imported", "refused", "imported"]
    assert "9" in found.ledger["reason"][2] and found.ledger["file"].tolist() == ["first.toml", "second.toml", "", "pooled.toml"]


def test_a_source_that_contradicts_itself_is_imported_and_said(table):
    """3 of 50 v 5 of 50 with a p-value of 0.50: chi-square gives 0.46, Fisher's test 0.72."""
    found = read(table, benefit="lower")
    outcome = found.trials[0].outcomes["death"]
    assert [known.finding for known in outcome.acknowledged] == ["printed.p"]
    assert {finding.acknowledged is not None for finding in bayes.check(outcome) if finding.verdict == "inconsistent"} == {True}
    assert found.ledger["reason"].tolist()[:2] == ["contradicts itself: printed.p", "contradicts itself: printed.p"]


def test_what_is_not_decided_is_offered(table):
    found = read(table)
    assert not found.trials and not found.syntheses
    assert found.ledger["status"].tolist() == ["offered"] * 3 + ["refused"]
    assert found.ledger["reason"].tolist()[-1] == "none of its studies could be imported"


def test_files_read_back_as_what_was_imported(table, tmp_path):
    """The files that are written, read by `load_trial` and `load_synthesis`, equal what `read` returns."""
    out = tmp_path / "out"
    counts = write([table], out, Answers(benefit="lower"))
    found = read(table, benefit="lower")
    assert counts.in_one_line() == "4 records: 2 trials, 1 synthesis; 4 results: 3 imported, 0 offered, 1 refused"
    assert sorted(file.name for file in out.iterdir()) == [
        *("answers.toml", "first.toml", "ledger.csv", "ledger.md", "pooled.toml", "second.toml", "toy.ledger.csv")
    ]
    for trial in found.trials:
        again = bayes.load_trial(out / f"{trial.id}.toml")
        assert again.model_dump() == trial.model_dump()
        assert str(again.outcomes["death"].printed[0].p) == "0.50"
    assert [m.name for m in bayes.load_synthesis(out / "pooled.toml").members] == ["first:death", "second:death"]
    assert (out / "ledger.csv").read_text() == (out / "toy.ledger.csv").read_text()


def test_a_file_that_was_edited_is_kept(table, tmp_path):
    out = tmp_path / "out"
    write([table], out, Answers(benefit="lower"))
    before = (out / "first.toml").read_text()
    write([table], out, Answers(benefit="lower"))
    assert (out / "first.toml").read_text() == before
    (out / "first.toml").write_text(before.replace("Death", "Dead"))
    with pytest.raises(InvalidInput, match="first.toml was edited since it was imported, and is kept"):
        write([table], out, Answers(benefit="lower"))
    assert "Dead" in (out / "first.toml").read_text()
    write([table], out, Answers(benefit="lower"), force=True)
    assert (out / "first.toml").read_text() == before


def test_answers_that_a_person_wrote_are_kept(table, tmp_path):
    out = tmp_path / "out"
    write([table], out, Answers())
    assert '# [records.first]\n# benefit = "lower"' in (out / "answers.toml").read_text()
    (out / "answers.toml").write_text('[records.first.outcomes.death]\nbenefit = "lower"\n')
    answers = Answers.load(out / "answers.toml")
    write([table], out, answers)
    assert (out / "first.toml").exists() and not (out / "second.toml").exists()
    assert Answers.load(out / "answers.toml") == answers


def test_a_second_source_loses_nothing_of_the_first(table, tmp_path):
    """Studies of the same name in another table get another id, and the ledgers of both stay."""
    other = tmp_path / "other.txt"
    other.write_text("TOY\nfirst 1 20 2 20\n")
    found = read([table, other], benefit="lower")
    assert [trial.id for trial in found.trials] == ["first", "second", "first_2"]
    assert [one.outcomes for one in found.syntheses] == [("first:death", "second:death"), ("first_2:death",)]
    out = tmp_path / "out"
    write([table], out, Answers(benefit="lower"))
    write([tmp_path / "other.txt"], out, Answers(), force=True)
    assert len((out / "ledger.csv").read_text().splitlines()) == 1 + 4 + 2


def broken_zip(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../outside.txt", "TOY\n")


def bomb(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(5):
            archive.writestr(f"{i}.txt", b"\0" * (1 << 20))


def nested(path):
    inner = b"TOY\n"
    for i in range(5):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(f"{i}.zip" if i else "a.txt", inner)
        inner = path.read_bytes()


@pytest.mark.parametrize(
    "make, said",
    [
        (broken_zip, r"'../outside.txt' would be outside its archive"),
        (bomb, "5 MB when unpacked; accepted: 4 MB"),
        (nested, "archives within archives, more than 3 deep"),
        (lambda path: path.write_bytes(b"PK\x03\x04 broken"), "cannot be read as a zip archive"),
        (lambda path: path.write_bytes(b"\x1f\x8b broken"), "damaged: it cannot be decompressed"),
        (lambda path: path.write_bytes(b"%PDF-1.7"), "not recognised; accepted: toy tables \\(begin with TOY\\)"),
        (lambda path: path.mkdir(), "the folder contains no file"),
        (lambda path: None, "no such file or folder"),
        (lambda path: path.write_bytes(b"TOY\n" + b"x" * (2 << 20)), "line 2 is longer than 1 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence_and_nothing_is_written(make, said, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(source, "MOST_IN_ARCHIVE", 4 << 20)
    path = tmp_path / "source"
    make(path)
    with pytest.raises(InvalidInput, match=said) as caught:
        write([path], tmp_path / "out", Answers())
    assert len(caught.value.mistakes) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["source"] * path.exists()
