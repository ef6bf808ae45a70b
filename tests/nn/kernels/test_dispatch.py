from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
import torch
from torch.autograd.profiler import profile
from torch.nn.utils.rnn import pack_padded_sequence

from tidegate import nn
from tidegate.errors import ConfigurationError
from tidegate.nn.kernels.dispatch import Choice, explain, force_path

OPERATORS = {nn.RNN: "aten::rnn_tanh", nn.GRU: "aten::gru", nn.LSTM: "aten::lstm"}


def operators_run(layer: torch.nn.Module, *arguments: object, **options: object) -> set[str]:
    with profile() as record:
        layer(*arguments, **options)
    return {event.name for event in record.function_events}


@pytest.mark.parametrize("form", ["dense", "lengths", "packed"])
@pytest.mark.parametrize("make", OPERATORS)
def test_the_path_that_should_run_really_runs(make, form) -> None:
    layer = make(3, 5, 2, bidirectional=True)
    x = torch.randn(6, 4, 3)
    options = {"lengths": [3, 6, 0, 1]} if form == "lengths" else {}
    if form == "packed":
        x = pack_padded_sequence(x, [3, 6, 2, 1], enforce_sorted=False)
    native = operators_run(layer, x, **options)
    assert "_Layer" in native
    assert native.isdisjoint({OPERATORS[make], "aten::linear"})
    with force_path("torch"):
        assert OPERATORS[make] in operators_run(layer, x, **options)
    with force_path("walk"):
        walked = operators_run(layer, x, **options)
    assert walked.isdisjoint({OPERATORS[make], "_Layer"})
    assert "aten::linear" in walked


@pytest.mark.parametrize(
    ("layer", "lengths", "stays"),
    [
        (nn.GRU(3, 5), [3, 6, 0, 1], True),
        (nn.GRU(3, 5, bidirectional=True), [3, 6, 0, 1], False),
        (nn.GRU(3, 5, 2), [5, 6, 3, 6], True),
        (nn.GRU(3, 5, 2), [5, 6, 2, 6], False),
        (nn.MinGRU(3, 5), [5, 6, 6, 6], False),
    ],
    ids=str,
)
def test_padding_is_taken_out_where_that_pays(layer, lengths, stays) -> None:
    gathering = {"aten::index_select", "aten::index_copy"}
    assert operators_run(layer, torch.randn(6, 4, 3), lengths=lengths).isdisjoint(gathering) == stays


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (nn.RNN(3, 5, layer_norm=True), "layer_norm=True"),
        (nn.GRU(3, 5, layer_norm=True), "layer_norm=True"),
        (nn.MinGRU(3, 5), "the engine has no"),
        (nn.MinLSTM(3, 5), "no fused operator"),
        (nn.GRU(3, 5, dtype=torch.bfloat16, layer_norm=True), "layer_norm=True"),
    ],
)
def test_what_no_fast_path_can_do_is_walked_and_explained(layer, reason) -> None:
    choice = explain(layer, torch.randn(6, 4, 3, dtype=next(layer.parameters()).dtype))
    assert choice.path == "walk"
    assert reason in choice.reason


def test_what_the_engine_cannot_do_goes_to_torch() -> None:
    layer = nn.GRU(3, 5, dtype=torch.bfloat16)
    choice = explain(layer, torch.randn(6, 4, 3, dtype=torch.bfloat16))
    assert choice == Choice("torch", "not native: the engine has no torch.bfloat16")
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert explain(nn.GRU(3, 5), torch.randn(6, 4, 3)).path == "torch"


@pytest.mark.parametrize(
    ("layer", "reason"),
    [
        (nn.GRU(3, 5, reset="before"), "reset=before"),
        (nn.LSTM(3, 5, peephole=True), "peephole=True"),
        (nn.GRU(3, 5, zoneout=0.1).eval(), "zoneout=0.1"),
        (nn.GRU(3, 5, recurrent_dropout=0.2), "recurrent_dropout=0.2 in training"),
    ],
)
def test_what_torch_cannot_do_the_engine_does(layer, reason) -> None:
    assert explain(layer, torch.randn(6, 4, 3)).path == "native"
    with force_path("torch"), pytest.raises(ConfigurationError, match=f"cannot carry this call: .*{reason}"):
        layer(torch.randn(6, 4, 3))


@pytest.mark.parametrize(
    "layer",
    [
        nn.GRU(3, 5, 2, residual=True),
        nn.GRU(3, 5, bidirectional=True, merge="mean"),
        nn.LSTM(3, 5, learn_initial_state=True),
        nn.GRU(3, 5, recurrent_dropout=0.2).eval(),
    ],
)
def test_what_stands_around_the_recurrence_keeps_the_fast_path(layer) -> None:
    assert explain(layer, torch.randn(6, 4, 3)).path == "native"


class _Elsewhere(nn.GRU):
    """A layer whose weights say that they lie on a device that this machine need not have."""

    device = torch.device("cuda")

    def weights(self, index: int, direction: int) -> dict[str, torch.Tensor]:
        held = super().weights(index, direction)
        return held | {"weight_ih": SimpleNamespace(device=self.device, dtype=self.weight_ih_l0.dtype)}


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "torch"),
        ({"num_layers": 2, "bidirectional": True, "residual": True}, "torch"),
        ({"dtype": torch.float16}, "torch"),
        ({"dtype": torch.bfloat16}, "torch"),
        ({"layer_norm": True}, "walk"),
        ({"reset": "before"}, "walk"),
        ({"zoneout": 0.1}, "walk"),
        ({"recurrent_dropout": 0.1}, "walk"),
    ],
)
@pytest.mark.parametrize("device", ["cuda", "mps", "xpu"])
def test_on_other_devices_torch_runs_what_it_can(device, options, path, monkeypatch) -> None:
    monkeypatch.setattr(_Elsewhere, "device", torch.device(device))
    layer = _Elsewhere(3, 5, **options)
    choice = explain(layer, torch.randn(6, 4, 3, dtype=layer.weight_ih_l0.dtype))
    assert choice.path == path
    where = "the engine has no" if {"layer_norm"} & options.keys() else f"the engine runs on the CPU, not on {device}"
    assert where in choice.reason
    with force_path("native"), pytest.raises(ConfigurationError, match=where):
        explain(layer, torch.randn(6, 4, 3, dtype=layer.weight_ih_l0.dtype))


def test_a_mapped_call_is_walked() -> None:
    layer, seen = nn.GRU(3, 5), []

    def one(x: torch.Tensor) -> torch.Tensor:
        seen.append(explain(layer, x))
        return layer(x)[0]

    x = torch.randn(2, 6, 4, 3)
    torch.testing.assert_close(torch.func.vmap(one)(x), torch.stack([layer(part)[0] for part in x]))
    assert [choice.path for choice in seen] == ["walk"]
    assert "no batching rule for vmap" in seen[0].reason


def test_nothing_to_run_leaves_the_state() -> None:
    layer, state = nn.GRU(3, 5), torch.randn(1, 2, 5)
    for x, lengths in ((torch.randn(0, 2, 3), None), (torch.randn(6, 2, 3), [0, 0])):
        assert explain(layer, x, lengths=lengths).path == "native"
        y, final = layer(x, state, lengths=lengths)
        assert torch.equal(final, state)
        assert not y.any()
        with force_path("torch"), pytest.raises(ConfigurationError, match="there is no step to run"):
            layer(x, state, lengths=lengths)


def test_the_environment_forces_a_path_and_the_block_wins(monkeypatch) -> None:
    layer, x = nn.GRU(3, 5), torch.randn(6, 4, 3)
    monkeypatch.setenv("TIDEGATE_PATH", "walk")
    assert explain(layer, x) == Choice("walk", "insisted on")
    with force_path("torch"):
        assert explain(layer, x).path == "torch"
    assert explain(layer, x).path == "walk"


def test_an_unknown_path_is_told(monkeypatch) -> None:
    with (
        pytest.raises(ConfigurationError, match="no path is called 'warp'; there are 'native', 'torch', 'walk'"),
        force_path("warp"),
    ):
        pass
    monkeypatch.setenv("TIDEGATE_PATH", "warp")
    with pytest.raises(ConfigurationError, match="TIDEGATE_PATH: no path is called 'warp'"):
        nn.GRU(3, 5)(torch.randn(6, 4, 3))


@pytest.mark.parametrize("path", ["walk", "torch", "native"])
def test_a_dense_call_compiles_without_a_break(path) -> None:
    layer, x = nn.GRU(3, 5, 2, bidirectional=True, residual=True), torch.randn(4, 2, 3)
    with force_path(path):
        compiled = torch.compile(layer, backend="eager", fullgraph=True)
        torch.testing.assert_close(compiled(x), layer(x))


def test_the_choice_is_logged(caplog) -> None:
    with caplog.at_level(logging.DEBUG, logger="tidegate.nn"):
        nn.GRU(3, 5, dtype=torch.bfloat16)(torch.randn(6, 4, 3, dtype=torch.bfloat16))
    assert caplog.messages == ["GRU takes the path torch (not native: the engine has no torch.bfloat16)"]
