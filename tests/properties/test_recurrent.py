"""What holds of every recurrent layer, whatever its options, on both paths."""

from __future__ import annotations

import hypothesis.strategies as st
import torch
from hypothesis import assume, given, settings
from torch import Tensor

from tidegate import nn
from tidegate.nn.kernels.dispatch import PATHS, explain, force_path

F, H = 3, 4
# float64, a few dozen steps of order one: 1e-12 is some thousand roundings.
EXACT = {"rtol": 1e-10, "atol": 1e-12}


@st.composite
def layers(draw: st.DrawFn, **fixed: object) -> torch.nn.Module:
    make = draw(st.sampled_from([nn.RNN, nn.GRU, nn.LSTM, nn.MinGRU, nn.MinLSTM]))
    options: dict[str, object] = {
        "num_layers": draw(st.integers(1, 3)),
        "bias": draw(st.booleans()),
        "bidirectional": draw(st.booleans()),
        "residual": draw(st.booleans()),
        "learn_initial_state": draw(st.booleans()),
        "zoneout": draw(st.sampled_from([0.0, 0.0, 0.3])),
    } | fixed
    if options["bidirectional"]:
        options["merge"] = draw(st.sampled_from(["concat", "sum", "mean"]))
    if make in (nn.RNN, nn.GRU, nn.LSTM):
        options["layer_norm"] = draw(st.sampled_from([False, False, True]))
    if make is nn.GRU:
        options["reset"] = draw(st.sampled_from(["after", "before"]))
    if make is nn.LSTM:
        options |= {"peephole": draw(st.sampled_from([False, False, True])), "proj_size": draw(st.sampled_from([0, 2]))}
    torch.manual_seed(draw(st.integers(0, 1000)))
    layer = make(F, H, dtype=torch.float64, **options).eval()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter, std=0.7)
    return layer


lengths_of_batches = st.lists(st.integers(0, 6), min_size=1, max_size=5)
both_paths = st.sampled_from(sorted(PATHS))
quick = settings(max_examples=60, deadline=None)


def parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return state if isinstance(state, tuple) else (state,)


def whole(state: tuple[Tensor, ...]) -> Tensor | tuple[Tensor, ...]:
    return state if len(state) > 1 else state[0]


def random_state(layer: torch.nn.Module, batch: int) -> Tensor | tuple[Tensor, ...]:
    shape = layer(torch.zeros(1, batch, F, dtype=torch.float64))[1]
    return whole(tuple(torch.randn_like(part) for part in parts(shape)))


def run(layer: torch.nn.Module, path: str, *arguments: Tensor, lengths: list[int] | None = None) -> list[Tensor]:
    """Output and states, by the path wished if it can, else by the walk."""
    able = path == "walk" or explain(layer, arguments[0], lengths=lengths).path == path
    with force_path(path if able else "walk"):
        output, final = layer(*arguments, lengths=lengths)
    return [output, *parts(final)]


@given(layers(bidirectional=False), both_paths, st.integers(0, 6), st.integers(0, 6))
@quick
def test_chunks_with_the_state_carried_are_the_whole(layer, path, first, second) -> None:
    x = torch.randn(first + second, 3, F, dtype=torch.float64)
    state = random_state(layer, 3)
    expected = run(layer, path, x, state)
    head, *carried = run(layer, path, x[:first], state)
    tail, *final = run(layer, path, x[first:], whole(tuple(carried)))
    torch.testing.assert_close([torch.cat((head, tail)), *final], expected, **EXACT)


@given(layers(), both_paths, lengths_of_batches, st.randoms())
@quick
def test_permuting_the_batch_permutes_the_result(layer, path, lengths, random) -> None:
    order = list(range(len(lengths)))
    random.shuffle(order)
    x = torch.randn(6, len(lengths), F, dtype=torch.float64)
    state = parts(random_state(layer, len(lengths)))
    expected = [tensor[:, order] for tensor in run(layer, path, x, whole(state), lengths=lengths)]
    shuffled = whole(tuple(part[:, order] for part in state))
    actual = run(layer, path, x[:, order], shuffled, lengths=[lengths[place] for place in order])
    torch.testing.assert_close(actual, expected, **EXACT)


@given(layers(), both_paths, lengths_of_batches)
@quick
def test_padding_is_invisible_in_outputs_and_gradients(layer, path, lengths) -> None:
    assume(any(lengths))
    x = torch.full((6, len(lengths), F), torch.nan, dtype=torch.float64)
    for sequence, length in enumerate(lengths):
        x[:length, sequence] = torch.randn(length, F, dtype=torch.float64)
    x.requires_grad_()
    together = run(layer, path, x, lengths=lengths)
    weighing = [torch.randn_like(tensor) for tensor in together]
    alone = [run(layer, "walk", x[:length, [place]]) for place, length in enumerate(lengths)]
    loss, reference = torch.zeros(()), torch.zeros(())
    for index, tensor in enumerate(together):
        loss = loss + (tensor * weighing[index]).sum()
        for place, length in enumerate(lengths):
            steps = slice(0, length) if index == 0 else slice(None)
            torch.testing.assert_close(tensor[steps, [place]], alone[place][index], **EXACT)
            reference = reference + (alone[place][index] * weighing[index][steps, [place]]).sum()
    for place, length in enumerate(lengths):
        assert not together[0][length:, place].any()
    leaves = [x, *layer.parameters()]
    options = {"materialize_grads": True}
    actual, expected = torch.autograd.grad(loss, leaves, **options), torch.autograd.grad(reference, leaves, **options)
    torch.testing.assert_close(actual, expected, **EXACT)


@given(layers(bidirectional=True, num_layers=1, learn_initial_state=False), both_paths, lengths_of_batches)
@quick
def test_the_second_direction_is_the_first_on_flipped_input(layer, path, lengths) -> None:
    mirrored = {
        (name.removesuffix("_reverse") if name.endswith("_reverse") else f"{name}_reverse"): value.clone()
        for name, value in layer.state_dict().items()
    }
    x = torch.randn(6, len(lengths), F, dtype=torch.float64)
    flipped = flip(x, lengths)
    output, *states = run(layer, path, x, lengths=lengths)
    layer.load_state_dict(mirrored, strict=True)
    twin, *twins = run(layer, path, flipped, lengths=lengths)
    if layer.merge == "concat":
        twin = torch.cat(twin.chunk(2, dim=-1)[::-1], dim=-1)
    torch.testing.assert_close(flip(twin, lengths), output, **EXACT)
    torch.testing.assert_close([part.flip(0) for part in twins], states, **EXACT)


def flip(x: Tensor, lengths: list[int]) -> Tensor:
    """Each sequence of [T, B, ·] turned round within its own length."""
    flipped = x.clone()
    for place, length in enumerate(lengths):
        flipped[:length, place] = x[:length, place].flip(0)
    return flipped


@given(st.sampled_from(["RNN", "GRU", "LSTM", "MinGRU", "MinLSTM"]), st.integers(1, 3), st.integers(1, 5), both_paths)
@quick
def test_a_stack_is_its_cells_by_hand(name, depth, steps, path) -> None:
    layer = getattr(nn, name)(F, H, depth, dtype=torch.float64)
    x = torch.randn(steps, 2, F, dtype=torch.float64)
    state = parts(random_state(layer, 2))
    rows, finals = x, []
    for index in range(depth):
        cell = getattr(nn, f"{name}Cell")(rows.size(-1), H, dtype=torch.float64)
        suffix = f"_l{index}"
        own = {key.removesuffix(suffix): value for key, value in layer.state_dict().items() if key.endswith(suffix)}
        cell.load_state_dict(own, strict=True)
        carried, outputs = whole(tuple(part[index] for part in state)), []
        for step in rows:
            carried = cell(step, carried)
            outputs.append(parts(carried)[0])
        rows = torch.stack(outputs)
        finals.append(parts(carried))
    by_hand = [rows, *(torch.stack(tensors) for tensors in zip(*finals, strict=True))]
    torch.testing.assert_close(run(layer, path, x, whole(state)), by_hand, **EXACT)
