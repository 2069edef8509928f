"""Archives from strangers: damage of every kind is said in words, sizes that explode are refused, nothing is left behind.

Oracle of the mutations: the archive itself. What is unpacked without an error equals what was packed, or its sums differ.
"""

from __future__ import annotations

import io
import os
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import tracemalloc
import zipfile

import pytest

from bayes.base import archive
from bayes.base.unpacking import LIMITS, Limits, unpack
from bayes.errors import InvalidInput
from bayes.importing.source import MOST_IN_ARCHIVE, sources_of

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A bundle of three small files, as `archive.pack` writes any bundle."""
    files = {"summary.json": b"[]\n" * 40, "inputs/asked.json": b'{"names": []}', "posteriors/a.nc": bytes(range(64))}
    return archive.pack(files, tmp_path_factory.mktemp("small") / "b.zip").read_bytes()


def mutants(content: bytes):
    """Every byte with all its bits flipped, or one of them; truncations; and pairs of changed bytes."""
    draw = random.Random(22)
    for place in range(len(content)):
        mask = 0xFF if place % 3 else 1 << draw.randrange(8)
        yield content[:place] + bytes([content[place] ^ mask]) + content[place + 1 :]
        if place % 5 == 0:
            yield content[:place]
    for _ in range(200):
        changed = bytearray(content)
        for _ in range(2):
            changed[draw.randrange(len(changed))] = draw.randrange(256)
        yield bytes(changed)


def test_every_damaged_bundle_is_read_or_refused_in_words(small, tmp_path):
    path, refused = tmp_path / "b.zip", 0
    for content in mutants(small):
        path.write_bytes(content)
        try:
            with archive.opened(path) as folder:
                if (folder / archive.SUMS).is_file():
                    archive.verify(folder, ["summary.json"])
        except InvalidInput as error:
            refused += 1
            assert len(str(error)) < 3000 and "Traceback" not in str(error)
    assert refused > 700  # dates, comments and modes may change without harm; sizes, names, sums and contents may not


def test_every_damaged_archive_of_an_import_is_read_or_refused_in_words(small, tmp_path):
    path = tmp_path / "b.zip"
    for content in list(mutants(small))[::2]:
        path.write_bytes(content)
        try:
            for one in sources_of(path):
                one.read()
        except InvalidInput as error:
            assert len(str(error)) < 3000


def zipped(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return path


def test_an_archive_that_explodes_is_refused_before_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {f"{i}": bytes(16 * MEGABYTE) for i in range(8)})
    inside = tmp_path / "inside"
    inside.mkdir()
    tracemalloc.start()
    with pytest.raises(InvalidInput, match=r"128 MB when unpacked; accepted for an archive of this size: 64 MB"):
        unpack(path, inside)
    assert tracemalloc.get_traced_memory()[1] < MEGABYTE and not list(inside.iterdir())
    tracemalloc.stop()


def test_an_archive_that_promises_little_and_grows_is_stopped_at_its_limit(tmp_path):
    """The directory says 10 bytes for a megabyte: zipfile stops there, and the sum of the content then differs."""
    path = zipped(tmp_path / "forged.zip", {"a": bytes(MEGABYTE)})
    content = bytearray(path.read_bytes())
    for start, at in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", content, content.index(start) + at, 10)
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="cannot be read as a zip archive: Bad CRC-32"):
        unpack(path, tmp_path)
    assert (tmp_path / "a").stat().st_size <= 10


def test_what_is_inflated_is_counted_too(tmp_path, monkeypatch):
    path = zipped(tmp_path / "b.zip", {"a": bytes(3 * MEGABYTE)})
    monkeypatch.setattr("bayes.base.unpacking._too_large", lambda *_: iter(()))  # as if the directory had promised less
    with pytest.raises(InvalidInput, match="more than 2 MB when unpacked"):
        unpack(path, tmp_path, Limits(bytes=2 * MEGABYTE))
    assert (tmp_path / "a").stat().st_size <= 2 * MEGABYTE


def test_limits_are_those_that_are_stated():
    assert LIMITS.most(1) == 64 * MEGABYTE and LIMITS.most(MEGABYTE) == 100 * MEGABYTE
    assert LIMITS.most(1 << 40) == 4 << 30


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: setattr(m, "flag_bits", 1), "is encrypted"),
        (lambda m: setattr(m, "compress_type", zipfile.ZIP_LZMA), "compressed by another method"),
        (lambda m: setattr(m, "external_attr", 0o120777 << 16), "is a link"),
    ],
)
def test_members_that_no_bundle_has_are_refused(tmp_path, monkeypatch, change, said):
    path = zipped(tmp_path / "b.zip", {"a": b"x"})
    real = zipfile.ZipFile.infolist

    def changed(self):
        found = real(self)
        for member in found:
            change(member)
        return found

    monkeypatch.setattr(zipfile.ZipFile, "infolist", changed)
    with pytest.raises(InvalidInput, match=said):
        unpack(path, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"]


def test_a_real_archive_with_another_compression_is_refused(tmp_path):
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(InvalidInput, match="stored or deflated"):
            unpack(zipped(tmp_path / "b.zip", {"a": b"x"}, method), tmp_path)


def test_thousands_of_mistakes_are_counted_not_listed(tmp_path):
    path = zipped(tmp_path / "b.zip", {f"../{i}": b"" for i in range(5000)})
    with pytest.raises(InvalidInput, match="and 4,990 more") as found:
        unpack(path, tmp_path)
    assert len(str(found.value)) < 3000


def test_a_file_under_the_name_of_a_folder_is_said(tmp_path):
    path = zipped(tmp_path / "b.zip", {"a": b"x", "a/b": b"y"})
    with pytest.raises(InvalidInput, match="cannot be read as a zip archive"), archive.opened(path):
        pass


def test_archives_within_archives_share_one_limit(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("table.csv", bytes(MOST_IN_ARCHIVE // 4))
    path = zipped(tmp_path / "b.zip", {f"{i}.zip": inner.getvalue() for i in range(5)})
    with pytest.raises(InvalidInput, match="more than 256 MB with the archives within it"):
        sources_of(path)


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_an_unpacked_folder_is_gone_after_a_failure(small, tmp_path, monkeypatch, error):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "b.zip").write_bytes(small)
    with pytest.raises(error), archive.opened(tmp_path / "b.zip"):
        raise error
    assert [p.name for p in tmp_path.iterdir()] == ["b.zip"]


def test_an_unpacked_folder_is_gone_after_sigterm(small, tmp_path):
    (tmp_path / "b.zip").write_bytes(small)
    code = (
        "import pathlib, time; from bayes.base import archive; from bayes.cli.ending import in_order\n"
        "with in_order(), archive.opened(pathlib.Path('b.zip')) as folder:\n    print(folder, flush=True)\n    time.sleep(60)"
    )
    (tmp_path / "temporary").mkdir()
    env = os.environ | {"TMPDIR": str(tmp_path / "temporary")}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline().strip().startswith(str(tmp_path / "temporary"))
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 128 + signal.SIGTERM and time.monotonic() - began < 20
    process.stdout.close()
    assert not list((tmp_path / "temporary").iterdir())


def test_an_encrypted_file_is_refused_with_its_name(small, tmp_path):
    changed = bytearray(small)
    changed[changed.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first entry of the directory
    (tmp_path / "b.zip").write_bytes(bytes(changed))
    (tmp_path / "out").mkdir()
    with pytest.raises(InvalidInput, match="is encrypted; accepted: files without a password"):
        unpack(tmp_path / "b.zip", tmp_path / "out")
