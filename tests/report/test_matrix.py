import re

import numpy as np
import pytest

from tidegate.report.matrix import confusion_chart, matrix_chart


def opacities(drawing):
    return [float(value) for value in re.findall(r'fill-opacity="([\d.]+)"', drawing)]


def test_every_cell_is_shaded_and_named_lines_are_there():
    shades = np.random.default_rng(0).random((3, 4))
    chart = matrix_chart("Map", shades, ["r0", "r1", "r2"], list("abcd"), axes=("from", "to"))

    np.testing.assert_allclose(opacities(chart.drawing), shades.ravel(), atol=5e-4)  # three decimals are written
    for word in ("r0", "r2", ">a<", ">d<", "from", "to"):
        assert word in chart.drawing


def test_a_confusion_matrix_is_shaded_by_the_share_of_each_true_class():
    chart = confusion_chart(np.array([[8, 2], [0, 5]]), ["cat & dog", "<emu>"])

    assert opacities(chart.drawing) == [0.8, 0.2, 0.0, 1.0]
    assert "15 examples of 2 classes; 86.7 % lie on the diagonal." in chart.description
    assert "Rows are the truth" in chart.description
    assert re.findall(r">(\d+)<", chart.drawing) == ["8", "2", "5"]
    assert "cat &amp; dog" in chart.drawing
    assert "&lt;emu&gt;" in chart.drawing


@pytest.mark.parametrize("count", [1, 18, 200])
def test_it_stays_inside_its_drawing(count):
    chart = confusion_chart(np.eye(count), [f"a rather long name of class {number}" for number in range(count)])
    rects = re.findall(
        r'<rect class="cell" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', chart.drawing
    )

    assert len(rects) == count**2
    right = max(float(x) + float(width) for x, _, width, _ in rects)
    bottom = max(float(y) + float(height) for _, y, _, height in rects)
    assert right <= chart.size.width
    assert bottom <= chart.size.height
    assert ("a rather long name" in chart.drawing) == (count < 60)  # beyond that there is no room for names


def test_rows_of_a_given_height_keep_their_names_where_columns_have_no_room_for_theirs():
    chart = matrix_chart("Map", np.eye(2, 300), ["update", "reset"], ["name"] * 300, axes=("", "step"), row_height=28)
    heights = set(re.findall(r'<rect class="cell"[^>]* height="([\d.]+)"', chart.drawing))
    assert heights == {"28"}
    assert ">reset<" in chart.drawing
    assert ">name<" not in chart.drawing


def test_a_small_matrix_is_no_wider_than_it_needs_and_its_names_stand_clear():
    chart = matrix_chart("Map", np.eye(2), ["a", "b"], ["c", "d"], axes=("translation", "source"))
    assert chart.size.width < 250
    first = float(re.findall(r'<rect class="cell" x="([\d.]+)"', chart.drawing)[0])
    assert first > 6.7 * len("translation")  # the name of the rows ends before the columns begin


def test_a_class_without_examples_and_values_that_are_none_are_paper():
    assert opacities(confusion_chart(np.array([[0, 0], [1, 3]]), ["a", "b"]).drawing) == [0, 0, 0.25, 0.75]
    assert opacities(matrix_chart("m", np.array([[np.nan, 2.0]]), ["r"], ["a", "b"]).drawing) == [0, 1]
