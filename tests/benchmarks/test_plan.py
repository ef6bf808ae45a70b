from __future__ import annotations

from benchmarks.plan import MEASURES, Choice, comparisons, memory_cases
from benchmarks.shapes import SHAPES, Case, Shape


def test_the_layers_stand_beside_all_peers_on_every_shape_pass_and_thread_count() -> None:
    planned = comparisons(Choice(measures=["peers"]))
    assert len(planned) == 3 * 2 * len(SHAPES) * 2
    names = {each.which: [c.label for c in each.contenders] for each in planned}
    assert names["forward"] == ["tidegate", "torch", "onnxruntime", "openvino", "keras_jax", "peak"]
    assert names["training"] == ["tidegate", "torch", "keras_jax"]
    assert all(contender.case == each.case for each in planned for contender in each.contenders)


def test_two_contenders_of_one_peer_sit_in_processes_of_their_own() -> None:
    for each in comparisons(Choice()):
        seats = {*each.seats(), *each.references().values()}
        assert len(seats) == len(each.contenders) + len(set(each.references().values()))


def test_the_reference_is_torch_where_torch_has_the_cell() -> None:
    (forward, *_) = comparisons(Choice(shapes=[Shape(5, 3, 2, 4)], measures=["reset"]))
    peers = {case.cell: seat.peer for case, seat in forward.references().items()}
    assert peers == {"gru_before": "walk", "gru": "torch"}


def test_what_is_chosen_alone_is_planned() -> None:
    choice = Choice([Shape(5, 3, 2, 4)], ["gru"], ["torch"], [1], MEASURES)
    planned = comparisons(choice)
    assert {each.threads for each in planned} == {1}
    assert {c.peer for each in planned for c in each.contenders} == {"tidegate", "torch", "peak"}
    assert {str(each.case.shape) for each in planned} == {"5,3,2,4"}
    assert "disturbed" not in {each.measure for each in planned}
    assert memory_cases(choice) == []


def test_memory_is_measured_where_a_step_takes_some() -> None:
    cases = memory_cases(Choice(cells=["gru"]))
    assert Case("gru", Shape(100, 16, 512, 1024)) in cases
    assert Case("gru", Shape(1, 1, 32, 64)) not in cases
    assert len(cases) == 5


def test_only_batches_are_ragged() -> None:
    shapes = {each.case.shape for each in comparisons(Choice(measures=["ragged"]))}
    assert shapes == {shape for shape in SHAPES if shape.B > 1}
