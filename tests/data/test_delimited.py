import numpy as np
import pytest

from tidegate.data.delimited import read_csv
from tidegate.errors import DataError


def test_quoted_fields_hold_separators_and_line_ends_and_lines_are_still_right():
    content = b'"a","b"\n"x, y","first\nsecond"\n"say ""so""",3\n'
    frame, lines = read_csv(content, "f.csv")
    assert frame.rows() == [("x, y", "first\nsecond"), ('say "so"', "3")]
    assert lines.tolist() == [2, 4]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_byte_order_mark_and_any_line_end_are_no_part_of_the_data(end: bytes):
    content = end.join([b"\xef\xbb\xbfa, b", b"1,2", b"3,", b"", b""])
    frame, lines = read_csv(content, "f.csv")
    assert frame.columns == ["a", "b"]
    assert frame.rows() == [("1", "2"), ("3", None)]
    assert lines.tolist() == [2, 3]


def test_a_header_alone_gives_no_rows():
    frame, lines = read_csv(b'"a","b"\n', "f.csv")
    assert frame.columns == ["a", "b"]
    assert len(frame) == len(lines) == 0


def test_lines_count_up_from_two():
    content = b"a,b\n" + b"".join(b"%d,%d\n" % (i, i * i) for i in range(1000))
    frame, lines = read_csv(content, "f.csv")
    assert np.array_equal(lines, np.arange(1000) + 2)
    assert frame["b"][998] == str(998 * 998)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "f.csv: the file is empty"),
        (b"\n\r\n", "f.csv: the file is empty"),
        (b"a,b\n1,2\n3,caf\xe9\n", "f.csv, line 3, column 6: byte 0xe9 is not UTF-8; save the file as UTF-8"),
        (b"a,b\n1,2\n3\n4,5\n", "f.csv, line 3: 1 field, where the header has 2; mend the line"),
        (b"\n \n", "f.csv: the file holds white space only"),
        (b"a,b\n1,2\n3,4,5\n", "f.csv, line 3: 3 fields, where the header has 2; mend the line"),
        (b'a,b\n"x\ny",2\n3\n', "f.csv, line 4: 1 field, where the header has 2; mend the line"),
        (b"a,b\n1,2\n\n3,4\n", "f.csv, line 3: the line is blank, where the header has 2; mend the line"),
        (b"a,b,a\n1,2,3\n", "f.csv, line 1: column name 'a' stands there more than once; rename one"),
        (
            b'a,b\n1,2\n"3,4\n5,6\n',
            "f.csv, line 3: a quotation mark stands inside a field, or is never closed; take it out or double it",
        ),
        (
            b'a,b\n1,2\n3,5" pipe "x"\n5,6\n',
            "f.csv, line 3: a quotation mark stands inside a field, or is never closed; take it out or double it",
        ),
        (
            b"1949-01,112\n1949-02,118\n",
            "f.csv, line 1: '1949-01,112' looks like data; put a line with the column names before it",
        ),
        (
            b"date;y\n2020-01-01;1,5\n",
            "f.csv, line 1: the fields are parted by ';'; save the file with commas and decimal points",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_line(content: bytes, message: str):
    with pytest.raises(DataError) as caught:
        read_csv(content, "f.csv")
    assert str(caught.value) == message
