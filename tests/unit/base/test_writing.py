"""Files that are whole or not there, and errors of the system in words: which are ours and which are not."""

import errno
import threading

import pytest

from bayes.base.turns import LOCK, alone_in
from bayes.base.writing import in_words, replaced, sweep, write_text
from bayes.errors import NotWritten


def test_a_file_takes_its_name_when_it_is_complete(tmp_path):
    path = tmp_path / "new" / "it.txt"
    with replaced(path) as unfinished:
        unfinished.write_text("one")
        assert unfinished.parent == path.parent and not path.exists()
    assert path.read_text() == "one" and [each.name for each in path.parent.iterdir()] == ["it.txt"]


def test_a_file_that_is_not_completed_leaves_what_was_there(tmp_path):
    path = tmp_path / "it.txt"
    path.write_text("before")
    with pytest.raises(KeyError), replaced(path) as unfinished:
        unfinished.write_text("hal")
        raise KeyError
    assert path.read_text() == "before" and [each.name for each in tmp_path.iterdir()] == ["it.txt"]


def test_a_text_that_has_not_changed_is_not_written_again(tmp_path):
    path = tmp_path / "it.txt"
    write_text(path, "one\ntwo\n")
    assert path.read_bytes() == b"one\ntwo\n"
    first = path.stat().st_ino
    write_text(path, "one\ntwo\n")
    assert path.stat().st_ino == first
    write_text(path, "one\nthree\n")
    assert path.read_bytes() == b"one\nthree\n"


@pytest.mark.parametrize(
    ("error", "place", "reason"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "it.txt", "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "it.txt"), "it.txt", "Permission denied"),
        (FileExistsError(errno.EEXIST, "File exists", "."), ".", "File exists"),
        (OSError(errno.EIO, "", "it.txt"), "it.txt", "[Errno 5] : 'it.txt'"),
    ],
)
def test_what_the_system_refuses_is_said_of_the_file_or_its_folder(tmp_path, error, place, reason):
    at = str(tmp_path / place) if place != "." else str(tmp_path)
    if error.filename is not None:
        error.filename = at
    with pytest.raises(NotWritten) as refused, in_words(tmp_path / "it.txt"):
        raise error
    assert refused.value.path == at and refused.value.reason == reason.replace("it.txt", at)


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file or directory", "/elsewhere/read.txt"),
        OSError(errno.ENAMETOOLONG, "File name too long", "it.txt"),
        OSError("of a library"),
    ],
)
def test_errors_of_other_files_and_of_libraries_stay_what_they_are(tmp_path, error):
    with pytest.raises(type(error)) as raised, in_words(tmp_path / "it.txt"):
        raise error
    assert raised.value is error


def test_unfinished_files_of_earlier_runs_are_swept_away_and_others_stay(tmp_path):
    for name in (".it.nc.123.unfinished", "it.nc", ".hidden", "mine.unfinished"):
        (tmp_path / name).touch()
    sweep(tmp_path)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".hidden", "it.nc", "mine.unfinished"]


def test_a_second_run_waits_says_so_and_comes_when_the_first_has_ended(tmp_path, caplog):
    inside, order = threading.Event(), []

    def second():
        inside.wait()
        with alone_in(tmp_path / "new"):
            order.append("second")

    waiting = threading.Thread(target=second)
    waiting.start()
    with pytest.raises(ZeroDivisionError), alone_in(tmp_path / "new"):
        inside.set()
        while not caplog.records:
            waiting.join(0.01)
        order.append("first")
        raise ZeroDivisionError
    waiting.join()
    assert order == ["first", "second"] and "another run is writing here; waiting until it has ended" in caplog.text
    assert (tmp_path / "new" / LOCK).exists()
