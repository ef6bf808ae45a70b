import re

import numpy as np

from tidegate.report.gates import lines, strips


def test_strips_are_a_cell_for_each_step_of_each_row():
    source = np.random.default_rng(0)
    rows = {"update": source.random(4), "reset": source.random(4)}
    chart = strips("Gates", rows, ["the", "cat", "<sat>", "down"])

    shown = [float(value) for value in re.findall(r'fill-opacity="([\d.]+)"', chart.drawing)]
    np.testing.assert_allclose(shown, np.stack(list(rows.values())).ravel(), atol=5e-4)  # three decimals are written
    for word in (">update<", ">reset<", ">cat<", ">&lt;sat&gt;<", f">{rows['update'][0]:.2f}<"):
        assert word in chart.drawing
    assert chart.description.startswith("4 steps, from left to right.")


def test_lines_are_named_and_drawn_for_both_widths():
    source = np.random.default_rng(1)
    drawn = lines("Gates", {name: source.random(50) for name in ("input", "forget", "output")})

    assert drawn.narrow is not None
    assert drawn.narrow.size.width < drawn.wide.size.width
    for chart in (drawn.wide, drawn.narrow):
        for word in (">input<", ">forget<", ">output<", ">step<"):
            assert word in chart.drawing
        assert {"line model", "line other", "line observed"} <= set(re.findall(r'class="(line \w+)"', chart.drawing))


def test_a_single_step_is_drawn_too():
    assert lines("Gates", {"update": np.array([0.3])}).wide.description == "One step."
