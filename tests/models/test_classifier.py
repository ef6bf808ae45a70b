import pytest
import torch

from tidegate.models.classifier import ClassifierNetwork, ClassifierShape
from tidegate.models.encoder import EncoderOptions

LENGTHS = torch.tensor([6, 2])
OPTIONS = EncoderOptions(hidden_size=5, num_layers=2, bidirectional=True)


@pytest.mark.parametrize("pooling", ["last", "mean", "max", "attention"])
@pytest.mark.parametrize(
    ("shape", "inputs"),
    [
        ({"tokens": 20, "width": 4}, torch.randint(2, 20, (2, 6))),
        ({"tokens": 0, "width": 3}, torch.randn(2, 6, 3)),
        ({"tokens": 0, "width": 3, "projection": 7}, torch.randn(2, 6, 3)),
    ],
)
def test_every_input_gives_its_outputs_and_reaches_every_weight(pooling, shape, inputs):
    torch.manual_seed(0)
    network = ClassifierNetwork(ClassifierShape(**shape, outputs=4, pooling=pooling), OPTIONS)
    told = network(inputs, LENGTHS)
    told.square().sum().backward()

    assert told.shape == (2, 4)
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in network.parameters())


def test_dropouts_act_in_training_only():
    chances = {"output_dropout": 0.5, "embedding_dropout": 0.5, "word_dropout": 0.5}
    network = ClassifierNetwork(ClassifierShape(tokens=20, width=4, outputs=3, **chances), OPTIONS)
    tokens = torch.randint(2, 20, (2, 6))

    assert not torch.equal(network(tokens, LENGTHS), network(tokens, LENGTHS))
    network.eval()
    assert torch.equal(network(tokens, LENGTHS), network(tokens, LENGTHS))
