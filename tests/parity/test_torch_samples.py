"""torch's own sample inputs and error inputs, given to torch's classes and to ours with the same weights."""

from __future__ import annotations

import copy
from unittest import mock

import pytest
import torch
from torch.nn.utils.rnn import PackedSequence

import tidegate.nn
from tidegate.nn.kernels.dispatch import force_path

with mock.patch("torch.backends.disable_global_flags"):
    # torch's private test module freezes the flags of torch.backends for the whole process; other tests may set them.
    from torch.testing._internal.common_modules import ModuleErrorEnum, module_db

CLASSES = ["RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell"]
INFOS = {info.module_cls.__name__: info for info in module_db if info.module_cls.__module__ == "torch.nn.modules.rnn"}
DTYPES = [torch.float32, torch.float64]
# The samples reach ±9, so gradients are small differences of numbers of order ten: a hundred roundings of those.
TOLERANCE = {torch.float32: {"rtol": 1e-4, "atol": 1e-5}, torch.float64: {"rtol": 1e-12, "atol": 1e-13}}
# torch itself says once that oneDNN does not take projections.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")


def tensors_of(value: object) -> list[torch.Tensor]:
    if isinstance(value, PackedSequence):
        return [value.data, value.batch_sizes]
    if isinstance(value, torch.Tensor):
        return [value]
    return [] if value is None else [tensor for part in value for tensor in tensors_of(part)]


def samples(name: str, dtype: torch.dtype) -> list:
    torch.manual_seed(7)
    info = INFOS[name]
    return list(info.module_inputs_func(info, "cpu", dtype, requires_grad=True, training=True))


def gradients(module: torch.nn.Module, arguments: tuple) -> tuple[list, list]:
    """Outputs, and the gradients of a random weighing of them in all parameters and inputs."""
    arguments = copy.deepcopy(arguments)
    outputs = [tensor for tensor in tensors_of(module(*arguments)) if tensor.is_floating_point()]
    generator = torch.Generator().manual_seed(11)
    loss = sum((out * torch.randn(out.shape, generator=generator, dtype=out.dtype)).sum() for out in outputs)
    inputs = [tensor for tensor in tensors_of(arguments) if tensor.requires_grad]
    assert inputs
    return outputs, list(torch.autograd.grad(loss, [*inputs, *module.parameters()]))


@pytest.mark.parametrize("path", ["walk", "torch"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CLASSES)
def test_outputs_and_gradients_are_torchs(name: str, dtype: torch.dtype, path: str) -> None:
    given = samples(name, dtype)
    assert given
    for sample in given:
        constructor, call = sample.constructor_input, sample.forward_input
        theirs = getattr(torch.nn, name)(*constructor.args, **constructor.kwargs, dtype=dtype)
        ours = getattr(tidegate.nn, name)(*constructor.args, **constructor.kwargs, dtype=dtype)
        ours.load_state_dict(theirs.state_dict(), strict=True)
        assert not call.kwargs
        with force_path(path):
            actual = gradients(ours, call.args)
        torch.testing.assert_close(actual, gradients(theirs, call.args), **TOLERANCE[dtype])
        theirs.load_state_dict(ours.state_dict(), strict=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", CLASSES)
def test_errors_are_torchs(name: str, dtype: torch.dtype) -> None:
    info = INFOS[name]
    given = list(info.module_error_inputs_func(info, "cpu", dtype, requires_grad=False, training=True))
    assert given
    for sample in given:
        inputs = sample.module_error_input
        constructor = inputs.constructor_input
        for home in (torch.nn, tidegate.nn):
            make = getattr(home, name)
            if sample.error_on == ModuleErrorEnum.CONSTRUCTION_ERROR:
                with pytest.raises(sample.error_type, match=sample.error_regex):
                    make(*constructor.args, **constructor.kwargs)
            else:
                module = make(*constructor.args, **{"dtype": dtype} | constructor.kwargs)
                with pytest.raises(sample.error_type, match=sample.error_regex):
                    module(*inputs.forward_input.args)
