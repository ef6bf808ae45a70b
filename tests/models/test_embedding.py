import pytest
import torch

from tidegate.models.embedding import TokenEmbedding


@pytest.fixture
def tokens() -> torch.Tensor:
    drawn = torch.randint(2, 50, (40, 30), generator=torch.Generator().manual_seed(0))
    drawn[:, 25:] = 0
    return drawn


def test_padding_is_zero_and_learns_nothing(tokens):
    embedding = TokenEmbedding(50, 6)
    vectors = embedding(tokens)
    vectors.square().sum().backward()

    assert vectors.shape == (40, 30, 6)
    assert (vectors[:, 25:] == 0).all()
    assert (vectors[:, :25] != 0).any(-1).all()
    assert (embedding.table.weight.grad[0] == 0).all()


def test_word_dropout_hides_that_share_of_tokens_in_training_only(tokens):
    embedding = TokenEmbedding(50, 6, word_dropout=0.3, specials=4)
    torch.manual_seed(1)
    vectors = embedding(tokens)
    hidden = (vectors == embedding.table.weight[1]).all(-1)

    assert not hidden[tokens < 4].any()
    ordinary = tokens >= 4
    # 960 draws of 0.3: five standard deviations are 0.075
    assert abs(hidden[ordinary].float().mean().item() - 0.3) < 0.075
    assert torch.equal(embedding.eval()(tokens), embedding.table(tokens))


def test_dropout_keeps_one_mask_for_a_sequence(tokens):
    embedding = TokenEmbedding(50, 6, dropout=0.5)
    torch.manual_seed(2)
    ratio = embedding(tokens)[:, :25] / embedding.table(tokens)[:, :25]

    assert torch.equal(ratio, ratio[:, :1].expand_as(ratio))
    assert set(ratio.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(embedding.eval()(tokens), embedding.table(tokens))
