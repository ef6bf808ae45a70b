import pytest
import torch

from tidegate.models.decoder import Decoder
from tidegate.models.encoder import EncoderOptions

B, T, S, E, M, R = 3, 5, 4, 6, 8, 7


def drawn(*, feeding: bool, cell: str = "gru", layers: int = 2):
    torch.manual_seed(1)
    options = EncoderOptions(cell=cell, hidden_size=9, num_layers=layers)
    decoder = Decoder((E, M, R), options, "general", input_feeding=feeding).eval()
    memory = decoder.attention.memory(torch.randn(B, S, M), torch.tensor([4, 2, 3]))
    first = torch.randn(layers, B, 9)
    state = decoder.start((first, torch.randn(layers, B, 9)) if cell == "lstm" else first, memory)
    return decoder, torch.randn(B, T, E), state, memory


@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_all_steps_at_once_are_the_steps_one_by_one(feeding, cell):
    decoder, words, state, memory = drawn(feeding=feeding, cell=cell)
    readouts, weights, _ = decoder(words, state, memory)
    for step in range(T):
        readout, weight, state = decoder(words[:, step : step + 1], state, memory)
        # Float32 sums in another order.
        assert torch.allclose(readout[:, 0], readouts[:, step], atol=1e-6)
        assert torch.allclose(weight[:, 0], weights[:, step], atol=1e-6)


def test_it_is_the_equation_of_the_paper():
    decoder, words, state, memory = drawn(feeding=False)
    readouts, weights, _ = decoder(words, state, memory)
    hidden, _ = decoder.recurrence(words, state.recurrence)
    context = torch.einsum("bts,bsm->btm", weights, memory.values)
    wanted = torch.tanh(torch.cat([context, hidden], dim=-1) @ decoder.readout.weight.T + decoder.readout.bias)
    assert torch.allclose(readouts, wanted, atol=1e-6)


def test_feeding_tells_a_step_what_was_read_out_before():
    decoder, words, state, memory = drawn(feeding=True)
    first, _, after = decoder(words[:, :1], state, memory)
    assert torch.equal(after.fed, first[:, 0])
    second, _, _ = decoder(words[:, 1:2], after, memory)
    forgotten, _, _ = decoder(words[:, 1:2], after._replace(fed=torch.zeros_like(after.fed)), memory)
    assert not torch.allclose(second, forgotten, atol=1e-3)


@pytest.mark.parametrize("feeding", [False, True])
@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_rows_of_a_state_can_be_chosen(feeding, cell):
    decoder, words, state, memory = drawn(feeding=feeding, cell=cell)
    _, _, state = decoder(words, state, memory)
    rows = torch.tensor([1, 1, 0, 2])
    chosen, _, _ = decoder(words[rows], state.select(rows), memory.select(rows))
    whole, _, _ = decoder(words, state, memory)
    assert torch.allclose(chosen, whole[rows], atol=1e-6)
