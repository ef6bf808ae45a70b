"""What a tagger makes small: cross-entropy of each tag, or of the whole path of a random field."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from tidegate.models.tagger import TagBatch, TaggerNetwork
from tidegate.training.criteria import CrossEntropy
from tidegate.training.objective import Loss


@dataclass(frozen=True)
class TaggingObjective:
    """Negative log-likelihood in nats per tag, whichever the decoder; targets below zero and padding do not count."""

    def __call__(self, model: nn.Module, batch: TagBatch, /) -> Loss:
        network = _network(model)
        emissions = model(batch)
        if network.crf is None:
            return CrossEntropy()(emissions, batch.targets, batch.lengths)
        likelihood = network.crf(emissions, batch.targets, batch.lengths)
        known = batch.targets >= 0
        sums = {} if model.training else {"accuracy": _right(network, emissions, batch)}
        return Loss(-likelihood.sum(), int(known.sum()), sums)


def _network(model: nn.Module) -> TaggerNetwork:
    """The network itself, which training may have wrapped."""
    inner = getattr(model, "module", model)
    assert isinstance(inner, TaggerNetwork)
    return inner


def _right(network: TaggerNetwork, emissions: torch.Tensor, batch: TagBatch) -> float:
    return (network.decode(emissions, batch.lengths) == batch.targets)[batch.targets >= 0].sum().item()
