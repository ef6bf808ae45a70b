import polars as pl
import pytest

from tidegate.data.labelled_columns import absent_column, find_column, read_labels, stripped
from tidegate.data.table import Table
from tidegate.errors import DataError


def table(**columns) -> Table:
    return Table(pl.DataFrame(columns), "polars")


@pytest.mark.parametrize(
    ("columns", "names", "found"),
    [
        (["target", "label"], {}, "label"),  # in the order of the usual names, not of the columns
        (["x", "Target"], {}, "Target"),
        (["LABEL", "label"], {}, "label"),
        (["label", "mood"], {"label": "Mood"}, "mood"),
        (["label"], {"label": "mood"}, None),
    ],
)
def test_a_column_is_found_by_the_name_given_or_by_the_first_usual_one(columns, names, found):
    assert find_column(table(**{column: ["a"] for column in columns}), "label", names) == found


def test_of_a_column_that_is_not_there_the_nearest_name_is_told():
    assert str(absent_column(table(txt=["a"], x=["b"]), "text", {})).endswith("by --text; did you mean 'txt'?")
    assert "'mood'; rename one, or name it to `fit` by --label; there are: x" in str(
        absent_column(table(x=["a"]), "label", {"label": "mood"})
    )


def test_labels_are_text_and_absent_only_where_nothing_stands():
    assert read_labels(table(y=["NA ", "None", "nan"]), "y").to_list() == ["NA", "None", "nan"]
    assert read_labels(table(y=[1, 0]), "y").to_list() == ["1", "0"]
    assert stripped(pl.Series([1.5, float("nan"), None])).to_list() == ["1.5", None, None]
    with pytest.raises(DataError, match="row 1, column 'y': empty; fill it in or leave the row out"):
        read_labels(table(y=["a", " "]), "y")
