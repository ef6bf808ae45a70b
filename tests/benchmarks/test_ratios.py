from __future__ import annotations

from typing import Any

import pytest
from benchmarks.ratios import Spread

from benchmarks import ratios


def test_ratios_are_taken_within_each_round(record: dict[str, Any]) -> None:
    assert ratios.ratio(record, "torch", "tidegate") == pytest.approx(4.0)
    assert ratios.lead(record, "torch") == pytest.approx(4.0)


def test_a_slow_round_does_not_move_the_median(record: dict[str, Any]) -> None:
    assert ratios.seconds(record, "tidegate") == 0.002
    assert ratios.seconds(record, "torch") == 0.009


def test_the_best_peer_is_the_quickest_but_not_us_nor_the_peak(record: dict[str, Any]) -> None:
    assert ratios.best_peer(record) == "onnxruntime"
    assert ratios.lead(record, "best") == pytest.approx(2.5)


def test_who_was_left_out_has_no_figures(record: dict[str, Any]) -> None:
    assert ratios.seconds(record, "openvino") is None
    assert ratios.lead(record, "openvino") is None
    assert ratios.best_peer(record | {"contenders": {"tidegate": {"seconds": [1.0]}}}) is None
    assert ratios.lead(record | {"contenders": {}}, "best") is None


def test_peers_without_figures_are_known_by_what_they_could_have_done(record: dict[str, Any]) -> None:
    assert ratios.missing_peers(record) == {"openvino", "keras_jax"}
    assert ratios.missing_peers(record | {"pass": "training"}) == {"keras_jax"}


def test_the_share_of_the_peak_is_ours_over_the_machine_s(record: dict[str, Any]) -> None:
    assert ratios.peak(record) == pytest.approx(150e9)
    assert ratios.peak_share(record, operations=150_000_000) == pytest.approx(0.5)
    del record["contenders"]["peak"]
    assert ratios.peak_share(record, operations=150_000_000) is None


def test_a_spread_has_the_geometric_mean_and_the_worst_shape() -> None:
    values = [("small", 8.0), ("unknown", None), ("large", 0.5)]
    assert ratios.spread(values, "least") == Spread(pytest.approx(2.0), 0.5, "large", 2)
    assert ratios.spread(values, "most") == Spread(pytest.approx(2.0), 8.0, "small", 2)
    assert ratios.spread([("unknown", None)], "least") is None


def test_memory_is_compared_in_bytes() -> None:
    record = {"contenders": {"tidegate": {"bytes": 30}, "torch": {"bytes": 40}}}
    assert ratios.bytes_ratio(record, "tidegate", "torch") == 0.75
    assert ratios.bytes_ratio({"contenders": {"tidegate": {"bytes": 30}}}, "tidegate", "torch") is None


def test_turns_that_did_not_have_their_core_are_counted(record: dict[str, Any]) -> None:
    assert ratios.robbed_share([record]) is None
    contenders = {"tidegate": {"cores": [1.0, 0.5]}, "torch": {"cores": [0.99, 1.01]}}
    assert ratios.robbed_share([record, record | {"threads": 1, "contenders": contenders}]) == 0.25
