import math

import pytest

from tidegate.report.facts import ScoreRow
from tidegate.report.verdict import verdict

HELD_OUT = "the held-out 24 steps"


def rows(model: float, baseline: float, other: float = 9.0) -> list[ScoreRow]:
    return [
        ScoreRow("GRU", 10 * model, 12 * model, 5.0, model, is_baseline=False),
        ScoreRow("naive", 10 * other, 12 * other, 5.0, other, is_baseline=True),
        ScoreRow("seasonal naive", 10 * baseline, 12 * baseline, 5.0, baseline, is_baseline=True),
    ]


@pytest.mark.parametrize(
    ("model", "baseline", "told"),
    [
        (0.71, 0.934, "GRU: MASE 0.71, 24 % better than seasonal naive on the held-out 24 steps"),
        (1.5, 1.0, "GRU: MASE 1.5, 50 % worse than seasonal naive on the held-out 24 steps"),
        (1.009, 1.0, "GRU: MASE 1.01, as good as seasonal naive (within 1 %) on the held-out 24 steps"),
        (0.991, 1.0, "GRU: MASE 0.991, as good as seasonal naive (within 1 %) on the held-out 24 steps"),
        (0.2, 0.0, "GRU: MASE 0.2, worse than seasonal naive, which makes no error here, on the held-out 24 steps"),
        (0.0, 0.0, "GRU: MASE 0, as good as seasonal naive (within 1 %) on the held-out 24 steps"),
    ],
)
def test_sentence(model: float, baseline: float, told: str) -> None:
    assert verdict(rows(model, baseline), HELD_OUT) == told


def test_the_best_baseline_is_the_measure() -> None:
    assert "worse than naive" in verdict(rows(0.9, 1.2, other=0.5), HELD_OUT)


@pytest.mark.parametrize("undefined", [math.nan, math.inf])
def test_mae_where_mase_is_undefined(undefined: float) -> None:
    scores = [
        ScoreRow("LSTM", 2.0, 3.0, 5.0, undefined, is_baseline=False),
        ScoreRow("naive", 4.0, 5.0, 5.0, undefined, is_baseline=True),
    ]
    assert verdict(scores, HELD_OUT) == "LSTM: MAE 2, 50 % better than naive on the held-out 24 steps"


def test_without_baselines() -> None:
    assert verdict(rows(0.7, 1.0)[:1], HELD_OUT) == "GRU: MASE 0.7 on the held-out 24 steps"


@pytest.mark.parametrize("scores", [[], rows(math.nan, 1.0), rows(0.7, 1.0)[1:]])
def test_without_a_score(scores: list[ScoreRow]) -> None:
    assert verdict(scores, HELD_OUT).startswith("Not scored")
