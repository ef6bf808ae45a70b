import pytest
import torch

from tidegate.models.encoder import Encoder, EncoderOptions
from tidegate.models.pooling import Pooling

LENGTHS = torch.tensor([7, 3, 1])


def encoded(**options):
    torch.manual_seed(0)
    chosen = EncoderOptions(hidden_size=5, **options)
    encoder = Encoder(4, chosen).eval()
    x = torch.randn(3, 7, 4)
    return chosen, encoder, x


def pooled(kind, encoder, options, x, lengths):
    torch.manual_seed(1)
    directions = 2 if options.bidirectional else 1
    pooling = Pooling(kind, encoder.output_size, directions * options.hidden_size)
    outputs, final = encoder(x, None, lengths)
    return pooling, pooling(outputs, final, lengths), outputs


@pytest.mark.parametrize("kind", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_padding_is_not_read(kind, bidirectional):
    options, encoder, x = encoded(bidirectional=bidirectional)
    noisy = x.clone()
    for row, length in enumerate(LENGTHS):
        noisy[row, length:] = 1e3 * torch.randn(7 - length, 4)
    _, clean, _ = pooled(kind, encoder, options, x, LENGTHS)
    _, other, _ = pooled(kind, encoder, options, noisy, LENGTHS)

    assert torch.equal(clean, other)
    for row, length in enumerate(LENGTHS):  # alone, without any padding, a row says the same
        _, alone, _ = pooled(kind, encoder, options, x[row : row + 1, :length], LENGTHS[row : row + 1])
        torch.testing.assert_close(alone[0], clean[row])  # float32 sums in batches of another size


@pytest.mark.parametrize("cell", ["gru", "lstm"])
@pytest.mark.parametrize("more", [{}, {"num_layers": 2}, {"num_layers": 2, "batch_norm": True}])
def test_last_is_the_end_of_each_direction(cell, more):
    options, encoder, x = encoded(cell=cell, bidirectional=True, **more)
    pooling, told, outputs = pooled("last", encoder, options, x, LENGTHS)
    ends = outputs[torch.arange(3), LENGTHS - 1, :5]
    starts = outputs[:, 0, 5:]

    assert pooling.width == 10
    torch.testing.assert_close(told, torch.cat([ends, starts], dim=1))


def test_last_is_of_both_directions_where_their_outputs_are_merged():
    options, encoder, x = encoded(bidirectional=True, merge="mean")
    pooling, told, _ = pooled("last", encoder, options, x, LENGTHS)
    assert (pooling.width, told.shape) == (10, (3, 10))
    assert pooled("max", encoder, options, x, LENGTHS)[1].shape == (3, 5)


def test_mean_max_and_attention_are_over_the_true_steps():
    options, encoder, x = encoded()
    _, mean, outputs = pooled("mean", encoder, options, x, LENGTHS)
    _, most, _ = pooled("max", encoder, options, x, LENGTHS)
    pooling, weighted, _ = pooled("attention", encoder, options, x, LENGTHS)
    for row, length in enumerate(LENGTHS):
        true = outputs[row, :length]
        shares = pooling.scorer(true).softmax(0)
        torch.testing.assert_close(mean[row], true.mean(0))
        torch.testing.assert_close(most[row], true.amax(0))
        torch.testing.assert_close(weighted[row], (shares * true).sum(0))
