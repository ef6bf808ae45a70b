import pytest
import torch

from tidegate.models.bridge import Bridge
from tidegate.models.encoder import Encoder, EncoderOptions

B, H = 3, 4


@pytest.mark.parametrize("cell", ["rnn", "gru", "lstm", "mingru", "minlstm"])
@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2])
def test_every_final_state_becomes_one_of_a_decoder(cell, batch_norm, bidirectional, layers):
    torch.manual_seed(0)
    options = EncoderOptions(
        cell=cell, hidden_size=H, num_layers=layers, bidirectional=bidirectional, batch_norm=batch_norm
    )
    _, final = Encoder(5, options)(torch.randn(B, 6, 5))
    state = Bridge(layers, 1 + bidirectional, H, pair=cell == "lstm")(final)
    decoder = Encoder(2, EncoderOptions(cell=cell, hidden_size=H, num_layers=layers))
    output, _ = decoder(torch.randn(B, 1, 2), state)
    assert output.shape == (B, 1, H)


def test_the_cell_of_an_lstm_is_mapped_without_a_tanh():
    torch.manual_seed(0)
    bridge = Bridge(1, 1, H, pair=True)
    hidden, cell = torch.randn(1, B, H), 50 * torch.randn(1, B, H)
    started, kept = bridge((hidden, cell))
    assert torch.allclose(kept[0], cell[0] @ bridge.cell[0].weight.T + bridge.cell[0].bias, rtol=1e-5, atol=1e-4)
    assert kept.abs().max() > 1 > started.abs().max()


def test_directions_of_a_layer_stand_side_by_side():
    torch.manual_seed(0)
    bridge = Bridge(2, 2, H, pair=False)
    final = torch.randn(4, B, H)  # layer 0 there and back, layer 1 there and back
    for layer in range(2):
        both = torch.cat([final[2 * layer], final[2 * layer + 1]], dim=-1)
        wanted = torch.tanh(both @ bridge.hidden[layer].weight.T + bridge.hidden[layer].bias)
        assert torch.allclose(bridge(final)[layer], wanted, atol=1e-6)  # float32's rounding
