import re

import numpy as np

from tidegate.report.charts import NARROW
from tidegate.report.piano_roll import roll_chart


def rectangles(drawing, class_):
    paths = re.findall(rf'class="{class_}" d="([^"]*)"', drawing)
    return [tuple(map(float, corner)) for path in paths for corner in re.findall(r"M([\d.]+),([\d.]+)h", path)]


def test_notes_are_outlined_and_probabilities_shaded():
    source = np.random.default_rng(0)
    roll, told = source.random((20, 30)) < 0.1, source.random((20, 30))
    chart = roll_chart(roll, told, 21)

    assert len(rectangles(chart.drawing, "outline")) == roll.sum()
    assert len(rectangles(chart.drawing, "heat")) == (told > 0.05).sum()
    assert chart.description.startswith("The first 20 of 20 frames.")
    assert ">MIDI note<" in chart.drawing


def test_time_goes_right_and_pitch_up():
    roll = np.zeros((3, 88), np.uint8)
    roll[0, 40], roll[2, 45] = 1, 1
    (first, last) = rectangles(roll_chart(roll, np.zeros((3, 88)), 21).drawing, "outline")
    assert first[0] < last[0]
    assert first[1] > last[1]


def test_of_a_long_piece_the_beginning_is_drawn():
    chart = roll_chart(np.ones((500, 4)), np.full((500, 4), 0.5), 60, NARROW)
    assert re.match(r"The first 28 of 500 frames\.", chart.description)
    assert max(x for x, _ in rectangles(chart.drawing, "outline")) < NARROW.width


def test_silence_is_drawn_too():
    assert "MIDI note" in roll_chart(np.zeros((2, 88)), np.zeros((2, 88)), 21).drawing
