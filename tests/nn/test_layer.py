from __future__ import annotations

import copy
import io

import pytest
import torch
from torch.nn.utils import parametrize
from torch.nn.utils.rnn import pack_padded_sequence

from tidegate import nn
from tidegate.nn.kernels.dispatch import force_path

LAYERS = [nn.RNN, nn.GRU, nn.LSTM, nn.MinGRU, nn.MinLSTM]
TORCHS = [(nn.RNN, torch.nn.RNN), (nn.GRU, torch.nn.GRU), (nn.LSTM, torch.nn.LSTM)]
F, H, B, T = 3, 5, 4, 6


def states_of(state: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


@pytest.mark.parametrize(
    "options", [{}, {"bias": False}, {"bidirectional": True, "batch_first": True}, {"dropout": 0.5}]
)
@pytest.mark.parametrize(("ours", "theirs"), TORCHS)
def test_one_seed_gives_torchs_values_under_torchs_names(ours, theirs, options) -> None:
    torch.manual_seed(3)
    expected = theirs(F, H, 2, **options)
    torch.manual_seed(3)
    actual = ours(F, H, 2, **options)
    assert list(actual.state_dict()) == list(expected.state_dict())
    for name, value in expected.state_dict().items():
        assert torch.equal(value, actual.state_dict()[name])
    assert repr(actual) == repr(expected)
    shapes = [[weight.shape for weight in place] for place in expected.all_weights]
    assert [[weight.shape for weight in place] for place in actual.all_weights] == shapes


def test_arguments_by_position_are_torchs() -> None:
    assert nn.RNN(F, H, 2, "relu", False, True, 0.1, True).nonlinearity == "relu"
    assert nn.LSTM(F, H, 2, True, True, 0.1, True, 2).proj_size == 2
    assert nn.GRU(F, H, 2, False, True, 0.1, True, "meta", torch.float64).weight_ih_l0.is_meta


def test_extras_leave_torchs_initial_values_alone() -> None:
    torch.manual_seed(3)
    expected = torch.nn.LSTM(F, H, 2).state_dict()
    torch.manual_seed(3)
    actual = nn.LSTM(F, H, 2, peephole=True, layer_norm=True, learn_initial_state=True).state_dict()
    for name, value in expected.items():
        assert torch.equal(value, actual[name])
    assert set(actual["gain_ih_l0"].tolist()) == {1.0}
    assert set(actual["initial_c"].flatten().tolist()) == {0.0}
    assert actual["peephole_l1"].abs().max() <= 1 / H**0.5
    assert actual["peephole_l1"].std() > 0


@pytest.mark.parametrize("make", LAYERS)
def test_copies_saves_and_state_dict_round_trip(make) -> None:
    layer = make(F, H, 2, learn_initial_state=True, zoneout=0.1).eval()
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    fresh = make(F, H, 2, learn_initial_state=True, zoneout=0.1).eval()
    fresh.load_state_dict(layer.state_dict(), strict=True)
    x = torch.randn(T, B, F)
    for twin in (fresh, copy.deepcopy(layer), torch.load(file, weights_only=False)):
        torch.testing.assert_close(twin(x), layer(x), rtol=0, atol=0)


@pytest.mark.parametrize("path", ["walk", "torch"])
@pytest.mark.parametrize("make", [nn.RNN, nn.GRU, nn.LSTM])
def test_a_learnt_initial_state_is_used_and_receives_its_gradient(make, path) -> None:
    layer = make(F, H, 2, bidirectional=True, learn_initial_state=True, dtype=torch.float64)
    with torch.no_grad():
        for name, parameter in layer.named_parameters():
            if name.startswith("initial"):
                parameter.normal_()
    learnt = [parameter for name, parameter in layer.named_parameters() if name.startswith("initial")]
    given = tuple(part.detach()[:, None].repeat(1, B, 1).requires_grad_() for part in learnt)
    x = torch.randn(T, B, F, dtype=torch.float64)
    with force_path(path):
        output, _ = layer(x, lengths=[T, 2, 0, 3])
        passed, _ = layer(x, given if len(given) > 1 else given[0], lengths=[T, 2, 0, 3])
    torch.testing.assert_close(output, passed)
    weighing = torch.randn_like(output)
    expected = [gradient.sum(1) for gradient in torch.autograd.grad((passed * weighing).sum(), given)]
    torch.testing.assert_close(list(torch.autograd.grad((output * weighing).sum(), learnt)), expected)
    assert all(gradient.abs().min() > 0 for gradient in expected)


@pytest.mark.parametrize("make", LAYERS)
@pytest.mark.parametrize(("steps", "batch"), [(0, B), (T, 0), (0, 0)])
def test_nothing_to_walk_gives_empty_output_and_the_initial_state(make, steps, batch) -> None:
    layer = make(F, H, 2, bidirectional=True)
    zero = states_of(layer(torch.randn(steps, batch, F))[1])
    state = tuple(torch.randn_like(part) for part in zero)
    output, final = layer(torch.randn(steps, batch, F), state if len(state) > 1 else state[0])
    assert output.shape == (steps, batch, 2 * H)
    for mine, initial in zip(states_of(final), state, strict=True):
        assert torch.equal(mine, initial)
    assert all(not part.any() for part in zero)
    trace = layer.trace(torch.randn(steps, batch, F))
    assert len(trace) == 4
    assert all(gate.shape == (batch, steps, H) for gates in trace for gate in gates.values())


@pytest.mark.parametrize("make", LAYERS)
def test_no_true_step_at_all_still_has_gradients(make) -> None:
    layer = make(F, H, 2)
    output, final = layer(torch.randn(T, 2, F), lengths=[0, 0])
    (output.sum() + sum(part.sum() for part in states_of(final))).backward()
    assert not layer.weight_ih_l0.grad.any()


@pytest.mark.parametrize("path", ["walk", "torch"])
def test_sequences_of_zero_steps_keep_their_state(path) -> None:
    layer = nn.LSTM(F, H, 2, bidirectional=True)
    state = torch.randn(2, 4, B, H).unbind()
    with force_path(path):
        output, final = layer(torch.randn(T, B, F), state, lengths=[0, T, 0, 2])
    for mine, initial in zip(final, state, strict=True):
        assert torch.equal(mine[:, [0, 2]], initial[:, [0, 2]])
        assert not torch.equal(mine[:, [1, 3]], initial[:, [1, 3]])
    assert not output[:, [0, 2]].any()
    assert not output[2:, 3].any()
    assert output[:2, 3].all()


@pytest.mark.parametrize("regulariser", [{"recurrent_dropout": 0.5}, {"dropout": 0.5}])
def test_regularisers_are_off_in_evaluation(regulariser) -> None:
    plain, regularised = nn.GRU(F, H, 2), nn.GRU(F, H, 2, **regulariser)
    regularised.load_state_dict(plain.state_dict())
    x = torch.randn(T, B, F)
    assert not torch.allclose(regularised(x)[0], plain(x)[0])
    assert torch.equal(regularised.eval()(x)[0], plain(x)[0])


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize(
    ("make", "options", "names"),
    [
        (nn.RNN, {}, {"hidden"}),
        (nn.GRU, {"reset": "before"}, {"update", "reset", "candidate", "hidden"}),
        (nn.LSTM, {"peephole": True}, {"input", "forget", "output", "candidate", "cell", "hidden"}),
        (nn.MinGRU, {}, {"update", "candidate", "hidden"}),
        (nn.MinLSTM, {}, {"input", "forget", "candidate", "hidden"}),
    ],
)
def test_traces_tell_how_the_state_came_about(make, options, names, batch_first) -> None:
    layer = make(F, H, 2, bidirectional=True, batch_first=batch_first, dtype=torch.float64, **options)
    x = torch.randn(B, T, F, dtype=torch.float64)
    given = x if batch_first else x.transpose(0, 1)
    traces = layer.trace(given, lengths=[T, 2, 0, 4])
    output = layer(given, lengths=[T, 2, 0, 4])[0]
    output = output if batch_first else output.transpose(0, 1)
    assert [set(trace) for trace in traces] == [names] * 4
    torch.testing.assert_close(torch.cat((traces[2]["hidden"], traces[3]["hidden"]), -1), output)
    for place, trace in enumerate(traces):
        assert all(not gate[1, 2:].any() and not gate[2].any() for gate in trace.values())
        written, kept = trace.get("update", trace.get("input")), trace.get("forget")
        if written is None:
            continue
        kept = 1 - written if kept is None else kept
        state = trace.get("cell", trace["hidden"])
        before = torch.zeros_like(state)
        if place % 2 == 0:
            before[:, 1:] = state[:, :-1]
        else:
            before[:, :-1] = state[:, 1:]
        torch.testing.assert_close((kept * before + written * trace["candidate"])[0], state[0])


def test_traces_of_packed_and_single_sequences() -> None:
    layer = nn.GRU(F, H)
    x = torch.randn(T, B, F)
    by_lengths = layer.trace(x[:4], lengths=[4, 2, 1, 3])
    packed = layer.trace(pack_padded_sequence(x, [4, 2, 1, 3], enforce_sorted=False))
    torch.testing.assert_close(packed, by_lengths)
    single = layer.trace(x[:4, 0])[0]
    torch.testing.assert_close(single["update"], by_lengths[0]["update"][0])


@pytest.mark.parametrize("name", ["RNN", "GRU", "LSTM", "MinGRU"])
def test_torchs_names_for_input_and_state_are_understood(name: str) -> None:
    layer = getattr(nn, name)(F, H)
    x, h = torch.randn(T, B, F), torch.randn(1, B, H)
    state = (h, torch.randn(1, B, H)) if name == "LSTM" else h
    expected = layer(x, state)
    torch.testing.assert_close(layer(input=x, hx=state), expected, rtol=0, atol=0)
    torch.testing.assert_close(layer(x=x, hx=state), expected, rtol=0, atol=0)
    if name != "MinGRU":
        theirs = getattr(torch.nn, name)(F, H)
        theirs.load_state_dict(layer.state_dict())
        # Some ten roundings of float32.
        torch.testing.assert_close(theirs(input=x, hx=state), expected, rtol=1e-5, atol=1e-6)


def test_a_packed_input_may_be_named() -> None:
    layer, x = nn.GRU(F, H), torch.randn(4, B, F)
    packed = pack_padded_sequence(x, [4, 2, 1, 3], enforce_sorted=False)
    assert torch.equal(layer(input=packed)[0].data, layer(packed)[0].data)
    assert torch.equal(layer(input=x, lengths=[4, 2, 1, 3])[1], layer(packed)[1])


def test_an_argument_is_given_once_by_one_of_its_names() -> None:
    layer = nn.GRU(F, H)
    x, h = torch.randn(T, B, F), torch.randn(1, B, H)
    with pytest.raises(TypeError, match="state and hx are two names of one argument"):
        layer(x, h, hx=h)
    with pytest.raises(TypeError, match="x and input are two names of one argument"):
        layer(x, input=x)
    with pytest.raises(TypeError, match="the input is missing: pass it first, or by the name x or input"):
        layer(hx=h)


def test_a_parametrised_weight_is_the_one_used() -> None:
    layer = nn.GRU(F, H)
    expected = copy.deepcopy(layer)
    with torch.no_grad():
        expected.weight_hh_l0.copy_(torch.linalg.qr(layer.weight_hh_l0)[0])
    parametrize.register_parametrization(layer, "weight_hh_l0", Orthogonal())
    x = torch.randn(T, B, F)
    torch.testing.assert_close(layer(x), expected(x))


class Orthogonal(torch.nn.Module):
    def forward(self, weight: torch.Tensor) -> torch.Tensor:
        return torch.linalg.qr(weight)[0]


def test_flatten_parameters_changes_nothing() -> None:
    layer = nn.GRU(F, H)
    before = copy.deepcopy(layer.state_dict())
    layer.flatten_parameters()
    torch.testing.assert_close(layer.state_dict(), before, rtol=0, atol=0)


def test_the_repr_tells_the_extras() -> None:
    assert repr(nn.GRU(3, 5, reset="before", zoneout=0.1)) == "GRU(3, 5, reset=before, zoneout=0.1)"
