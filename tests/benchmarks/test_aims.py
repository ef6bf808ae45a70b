from __future__ import annotations

from typing import Any

import pytest
from benchmarks.aims import AIMS, Aim
from benchmarks.plan import Choice, comparisons, memory_cases

GRU_FORWARD = next(aim for aim in AIMS if aim.what == "GRU forward")
SHARE = next(aim for aim in AIMS if aim.what.startswith("share of peak"))


def test_an_aim_takes_its_own_records_alone(record: dict[str, Any]) -> None:
    others = [record | {"pass": "training"}, record | {"cell": "lstm"}, record | {"measure": "reset"}]
    found = GRU_FORWARD.spread([*others, record], threads=2)
    assert found is not None
    assert found.mean == pytest.approx(2.5)
    assert found.worst_shape == "50,32,100,256"
    assert GRU_FORWARD.spread([record], threads=1) is None


def test_an_aim_is_reached_by_mean_and_worst_together(record: dict[str, Any]) -> None:
    slow = record | {"contenders": record["contenders"] | {"onnxruntime": {"seconds": [0.002, 0.006, 0.002]}}}
    both = GRU_FORWARD.spread([record, slow], threads=2)
    assert both is not None
    assert (both.mean, both.worst) == (pytest.approx(2.5**0.5), pytest.approx(1.0))
    assert not GRU_FORWARD.reached(both)
    assert GRU_FORWARD.reached(both._replace(mean=2.5, worst=1.2))
    assert not GRU_FORWARD.reached(both._replace(mean=2.5, worst=1.19))
    assert not GRU_FORWARD.reached(both._replace(mean=2.49, worst=1.2))


def test_a_bound_from_above_is_reached_below_it(record: dict[str, Any]) -> None:
    aim = next(aim for aim in AIMS if aim.what.startswith("ragged"))
    contenders = {"ragged": {"seconds": [0.6]}, "padded": {"seconds": [1.0]}}
    found = aim.spread([record | {"measure": "ragged", "contenders": contenders}], threads=2)
    assert found is not None
    assert found.worst_shape == "gru forward 50,32,100,256"
    assert aim.reached(found)
    assert not aim.reached(found._replace(mean=0.66))


def test_the_share_of_the_peak_counts_large_shapes_alone(record: dict[str, Any]) -> None:
    assert SHARE.spread([record], threads=2) is not None
    assert SHARE.spread([record | {"shape": "100,32,10,64"}], threads=2) is None
    assert SHARE.spread([record | {"shape": "1,1,32,256"}], threads=2) is None


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: f"{aim.what}, {aim.against}")
def test_a_full_run_measures_every_aim(aim: Aim) -> None:
    planned = [
        {
            "measure": each.measure,
            "cell": each.case.cell,
            "pass": each.which,
            "labels": [c.label for c in each.contenders],
        }
        for each in comparisons(Choice())
    ]
    planned += [
        {"measure": "memory", "cell": case.cell, "pass": "training", "labels": ["tidegate", "torch"]}
        for case in memory_cases(Choice())
    ]
    chosen = [plan for plan in planned if aim._concerns(plan)]
    assert chosen
    keywords = getattr(aim.value, "keywords", {})
    wanted = {name for name in keywords.values() if name != "best"}
    assert all(wanted <= set(plan["labels"]) for plan in chosen)
