import numpy as np
import pytest

from tidegate.data.ts_file import read_ts
from tidegate.errors import DataError

HEADER = "# about\n@problemName Small\n@timestamps false\n@univariate false\n@classLabel true up down\n@data\n"


def read(tmp_path, content, **options):
    path = tmp_path / "small.ts"
    path.write_text(content)
    return read_ts(path, **options)


def test_channels_values_lengths_missing_values_and_labels(tmp_path):
    records = read(tmp_path, HEADER + "1,2,3:4,?,6:up\n# between\n\n7:8:down\n")

    np.testing.assert_array_equal(records.inputs[0], [[1, 4], [2, np.nan], [3, 6]])
    np.testing.assert_array_equal(records.inputs[1], [[7, 8]])
    assert records.targets == ("up", "down")
    assert records.places[1].endswith("small.ts, line 10")


def test_labels_are_left_out_where_none_are_asked_for(tmp_path):
    assert read(tmp_path, HEADER + "1:2:up\n", labelled=False).targets is None
    unlabelled = HEADER.replace("@classLabel true up down", "@classLabel false")
    assert read(tmp_path, unlabelled + "1:2\n", labelled=False).inputs[0].shape == (1, 2)
    with pytest.raises(DataError, match="there are no labels"):
        read(tmp_path, unlabelled + "1:2\n")


def test_targets_of_regression_are_read(tmp_path):
    header = "@targetLabel true\n@data\n"
    assert read(tmp_path, header + "1,2:0.5\n3,4:-7e3\n").targets == ("0.5", "-7e3")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEADER + "1,2:3:up\n", r"line 7: channels of unequal length \(1 to 2\)"),
        (HEADER + "1,2:3,4:up\n5:6:7:up\n", r"line 8: 3 channels, where .* line 7 has 2"),
        (HEADER + "1,two:3,4:up\n", r"line 7, channel 0, step 1: 'two' is not a number"),
        (HEADER + "1,inf:3,4:up\n", r"line 7, channel 0, step 1: the value is not finite"),
        (HEADER + "1:2:left\n", r"line 7: the label 'left' is none of the header's \(up, down\)"),
        (HEADER + "up\n", "line 7: a label without values"),
        (HEADER, "no cases stand below @data"),
        ("1,2:up\n", "there is no line @data"),
        ("@timeStamps true\n@data\n", "line 1: series with time stamps are not read"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path, content, words):
    with pytest.raises(DataError, match=words):
        read(tmp_path, content)
