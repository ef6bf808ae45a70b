import pytest

from tidegate.data.table import read_table
from tidegate.data.tsv import read_tsv
from tidegate.errors import DataError


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
        ("\ufeffa\tb\r\n3\t\r\n\r\n", [["a", "b"], ["3", ""]]),
        ('say "no"\t"yes, ""sir"""\n"odd" one\t5" pipe', [['say "no"', 'yes, "sir"'], ['"odd" one', '5" pipe']]),
        ('"a\tb"\n', [['"a', 'b"']]),
    ],
)
def test_a_tab_ends_a_field_and_quotation_marks_are_characters(write, content, rows):
    assert read_tsv(write(content, "f.tsv")) == rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "f.tsv: the file is empty"),
        ("\n \n", "f.tsv: the file holds white space only"),
        ("a\tb\n\n1\t2\n", "f.tsv, line 2: the line is blank, where line 1 has 2"),
        ("a\tb\n1\t2\t3\n", "f.tsv, line 2: 3 fields, where line 1 has 2"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(write, content, message):
    with pytest.raises(DataError, match=message):
        read_tsv(write(content, "f.tsv"))


def test_a_table_of_them_has_a_header_and_knows_its_lines(write):
    table = read_table(write('id\ttext\n1\the said "no"\n2\t\n', "f.tsv"))
    assert table.frame.rows() == [("1", 'he said "no"'), ("2", None)]
    assert table.place(1, "text").endswith("f.tsv, line 3, column 'text'")
    with pytest.raises(DataError, match="line 1: '1,2' looks like data"):
        read_table(write("1\t2\n3\t4\n", "f.tsv"))
