"""Bytes as text: UTF-8 alone, and nothing but text."""

from __future__ import annotations

import codecs

from tidegate.errors import DataError

_OTHERS = {
    "UTF-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),  # before UTF-16, whose mark begins like one of these
    "UTF-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
}


def decoded(content: bytes, name: str) -> str:
    """The text of a file called `name`, without a byte order mark.

    Raises DataError for bytes that are not UTF-8 and for NUL, with line and column, and for other encodings.
    """
    content = content.removeprefix(codecs.BOM_UTF8)
    for encoding, marks in _OTHERS.items():
        if content.startswith(marks):
            raise DataError(f"{name}: the file is {encoding}; save it as UTF-8")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        place, value = _place(content[: error.start].decode()), content[error.start]
        raise DataError(f"{name}, {place}: byte 0x{value:02x} is not UTF-8; save the file as UTF-8") from error
    before, nul, _ = text.partition("\0")
    if nul:
        raise DataError(f"{name}, {_place(before)}: a NUL byte, which no text has; save the file as UTF-8 text")
    return text


def _place(before: str) -> str:
    """Line and column, from 1, of what follows this text."""
    return f"line {before.count(chr(10)) + 1}, column {len(before) - before.rfind(chr(10))}"
