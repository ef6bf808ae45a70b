from __future__ import annotations

from typing import Any

import pytest
from benchmarks.table import markdown, tables

MACHINE = {"cpu": "a processor", "versions": {"torch": "2.13.0"}}


def _report(*records: dict[str, Any]) -> dict[str, Any]:
    return {"machine": MACHINE, "settings": {"rounds": 3}, "planned": 9, "records": list(records)}


def _row(report: dict[str, Any], title: str, start: str) -> dict[str, str]:
    (table,) = (table for table in tables(report) if table.title.startswith(title))
    (row,) = (row for row in table.rows if row[0].startswith(start))
    return dict(zip(table.columns, row, strict=True))


def test_each_shape_has_the_times_and_the_ratios(record: dict[str, Any]) -> None:
    row = _row(_report(record), "gru, forward, 2 threads", "50,32,100,256")
    assert (row["tidegate"], row["torch"], row["onnxruntime"], row["openvino"]) == ("2000", "9000", "5000", "–")
    assert (row["best peer"], row["best ÷ ours"], row["torch ÷ ours"]) == ("onnxruntime", "2.50", "4.00")
    operations = 2 * 50 * 32 * 3 * 256 * (100 + 256)
    assert row["of peak"] == f"{100 * operations / 0.002 / 150e9:.0f} %"
    assert row["path"] == "native"


def test_the_last_row_closes_with_the_geometric_mean_and_the_worst(record: dict[str, Any]) -> None:
    slower = record["contenders"] | {"torch": {"seconds": [0.002, 0.006, 0.002]}}
    report = _report(record, record | {"shape": "1,1,32,64", "contenders": slower})
    row = _row(report, "gru, forward, 2 threads", "geometric mean")
    assert row["torch ÷ ours"] == "2.00 [1.00]"


def test_training_says_nothing_of_the_peak(record: dict[str, Any]) -> None:
    assert "of peak" not in _row(_report(record | {"pass": "training"}), "gru, forward + backward", "50,32")


def test_the_aims_stand_beside_what_was_measured(record: dict[str, Any]) -> None:
    row = _row(_report(record), "Aims", "GRU forward")
    assert row["aim"] == "≥ 2.50 [≥ 1.20]"
    assert row["2 threads"] == "2.50 [2.50 at 50,32,100,256] over 1, without keras_jax, without openvino: reached"


def test_pairs_of_our_own_have_their_ratio(record: dict[str, Any]) -> None:
    contenders = {"before": {"seconds": [3.0]}, "after": {"seconds": [2.0]}}
    pair = record | {"measure": "reset", "cell": "gru_before", "contenders": contenders}
    row = _row(_report(pair), "GRU, reset before and after the product; forward, 2 threads", "gru_before 50,32")
    assert row["before ÷ after"] == "1.50"


def test_memory_is_told_in_mebibytes(record: dict[str, Any]) -> None:
    contenders = {"tidegate": {"bytes": 3 * 2**20}, "torch": {"bytes": 2 * 2**20}}
    row = _row(_report(record | {"measure": "memory", "contenders": contenders}), "peak memory", "gru")
    assert (row["tidegate"], row["torch"], row["tidegate ÷ torch"]) == ("3.0", "2.0", "1.50")


def test_who_is_left_out_is_named_once_with_the_reason(record: dict[str, Any]) -> None:
    row = _row(_report(record, record | {"shape": "1,1,32,64"}), "Left out", "openvino")
    assert row["why"] == "not installed: No module named 'openvino'"
    assert row["where"].startswith("2 comparisons")


def test_a_run_without_any_layer_of_ours_still_has_its_tables(record: dict[str, Any]) -> None:
    record["contenders"] = {}
    row = _row(_report(record), "gru, forward, 2 threads", "50,32,100,256")
    assert (row["best peer"], row["best ÷ ours"], row["of peak"]) == ("–", "–", "–")


def test_an_unfinished_run_is_told(record: dict[str, Any]) -> None:
    assert _row(_report(record), "Measured on", "comparisons measured")[""] == "1 of 9"


def test_comparisons_of_one_kind_share_a_table_whatever_came_between(record: dict[str, Any]) -> None:
    contenders = {"ragged": {"seconds": [1.0], "cores": [1.0]}, "padded": {"seconds": [2.0], "cores": [1.0]}}
    ragged = record | {"measure": "ragged", "contenders": contenders}
    others = [ragged | {"pass": "training"}, ragged | {"shape": "1,1,32,64"}]
    (forward,) = (t for t in tables(_report(ragged, *others)) if t.title.startswith("ragged") and "+" not in t.title)
    assert [row[0] for row in forward.rows] == ["gru 50,32,100,256", "gru 1,1,32,64"]


@pytest.mark.parametrize("count", [1, 2])
def test_markdown_has_every_row_of_every_table(record: dict[str, Any], count: int) -> None:
    report = _report(*[record] * count)
    lines = markdown(report).splitlines()
    for table in tables(report):
        assert f"### {table.title}" in lines
        for row in table.rows:
            assert f"| {' | '.join(row)} |" in lines
