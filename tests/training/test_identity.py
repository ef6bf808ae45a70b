from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tidegate.errors import ConfigurationError, DataError
from tidegate.training.identity import Identity


@pytest.fixture
def identity(small: ModuleType) -> Identity:
    return Identity.of(small.model(), small.OBJECTIVE, small.TRAIN, small.VALID, small.settings())


def test_it_is_the_same_for_the_same_training(small: ModuleType, identity: Identity) -> None:
    again = Identity.of(small.model(), small.OBJECTIVE, small.examples(42, 1), small.examples(11, 2), small.settings())
    identity.require(Identity(**asdict(again)), Path("last"))


def test_functions_at_other_addresses_are_the_same_objective(small: ModuleType, identity: Identity) -> None:
    def objective() -> Any:
        return lambda model, batch: small.OBJECTIVE(model, batch)

    first, second = (
        Identity.of(small.model(), made, small.TRAIN, None, small.settings()) for made in (objective(), objective())
    )
    assert first == second
    assert first.objective != identity.objective


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"network": "x"}, ConfigurationError, "another network"),
        ({"objective": "x"}, ConfigurationError, "another objective"),
        ({"examples": "x"}, DataError, "other training data"),
        ({"valid": "none"}, DataError, "other validation data"),
        ({"settings": {"epochs": 4}}, ConfigurationError, "began with accelerator=None, not 'cpu'"),
    ],
)
def test_each_difference_is_named_with_place_and_remedy(
    identity: Identity, change: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(
        error, match=f"^folder/last: .*{words}; resume with what the training began with, or start anew"
    ):
        identity.require(replace(identity, **change), Path("folder/last"))
