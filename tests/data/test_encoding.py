from __future__ import annotations

import re

import pytest

from tidegate.data.encoding import decoded
from tidegate.errors import DataError


def test_text_is_as_it_stands_without_a_byte_order_mark() -> None:
    text = "ebb\r\nflöod \u2028 潮\n"
    assert decoded(text.encode(), "a.txt") == decoded(text.encode("utf-8-sig"), "a.txt") == text
    assert decoded(b"", "a.txt") == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"one\ntw\xc3\xb6 \xff\n", "a.txt, line 2, column 5: byte 0xff is not UTF-8; save the file as UTF-8"),
        (b"\xc3", "a.txt, line 1, column 1: byte 0xc3 is not UTF-8"),
        (b"one\nt\0wo\n", "a.txt, line 2, column 2: a NUL byte, which no text has"),
        ("a,b\n1,2\n".encode("utf-16-le"), "a.txt, line 1, column 2: a NUL byte"),
        ("a,b\n".encode("utf-16"), "a.txt: the file is UTF-16; save it as UTF-8"),
        (b"\xfe\xff" + "a,b\n".encode("utf-16-be"), "a.txt: the file is UTF-16; save it as UTF-8"),
        ("a,b\n".encode("utf-32"), "a.txt: the file is UTF-32; save it as UTF-8"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(content: bytes, told: str) -> None:
    with pytest.raises(DataError, match=f"^{re.escape(told)}"):
        decoded(content, "a.txt")
