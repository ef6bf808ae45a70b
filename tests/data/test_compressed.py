"""Packed files are read as they are; what cannot be read is named with file and line."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from tidegate.data.compressed import bare_ending, read_content, read_lines
from tidegate.errors import DataError

TEXT = "Füße und\r\n\r\nÄpfel\u2028 eins\n"


@pytest.mark.parametrize(("ending", "pack"), [("", bytes), (".gz", gzip.compress), (".xz", lzma.compress)])
def test_lines_are_the_same_however_packed(tmp_path: Path, ending: str, pack) -> None:
    path = tmp_path / f"text.txt{ending}"
    path.write_bytes(pack(b"\xef\xbb\xbf" + TEXT.encode()))
    assert read_lines(path) == ["Füße und", "", "Äpfel\u2028 eins"]
    assert bare_ending(path) == ".txt"


@pytest.mark.parametrize(("name", "ending"), [("a.CSV.xz", ".csv"), ("a.conllu", ".conllu"), ("a.gz", "")])
def test_the_ending_is_that_of_what_is_packed(name: str, ending: str) -> None:
    assert bare_ending(Path(name)) == ending


def test_bytes_that_are_not_utf8_are_shown_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.txt"
    path.write_bytes("eins\nzwei\nFüße\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"latin.txt, line 3, column 2: byte 0xfc is not UTF-8"):
        read_lines(path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.txt", b"", "the file is empty"),
        ("empty.txt.gz", gzip.compress(b"", mtime=0), "the file is empty"),
        ("cut.xz", lzma.compress(b"some text" * 50)[:-20], "not a whole .xz file"),
        ("cut.gz", gzip.compress(b"some text" * 50, mtime=0)[:-20], "not a whole .gz file"),
        ("plain.gz", b"some text", "not a whole .gz file"),
    ],
)
def test_what_cannot_be_unpacked_is_told(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name}: .*{message}"):
        read_content(tmp_path / name)


def test_an_absent_file_and_a_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no such file"):
        read_content(tmp_path / "absent.txt")
    with pytest.raises(DataError, match="cannot be read"):
        read_content(tmp_path)
