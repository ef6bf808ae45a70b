from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tidegate.report.facts import SeriesFacts


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"history_values": np.zeros(3)}, "series 'airline', target 'passengers': history has 120 times .* length 3"),
        ({"truth": np.zeros(5)}, "forecast has 24 times but values of length 5, 24"),
        ({"bands": {80.0: (np.zeros(24), np.zeros(2))}}, "forecast has 24 times but values of length 2, 24"),
    ],
)
def test_lengths_must_agree(make_series: Callable[..., SeriesFacts], change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(make_series(), **change)
