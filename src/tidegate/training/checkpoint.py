"""Checkpoints: `last` to go on from, `best` with the best weights; one safetensors file each, whole or not there.

Stored is only what cannot be derived. Order and noise follow from seed and position (seeding.py), learning rate and
early stopping from the history, so neither generators nor schedules appear here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import safetensors.torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim import Optimizer

from tidegate.atomic import write_atomically
from tidegate.errors import ArtefactError, ConfigurationError
from tidegate.training.history import History
from tidegate.training.identity import Identity
from tidegate.training.objective import Averages

_FORMAT = 1
_KEY = "tidegate-checkpoint"


@dataclass
class State:
    """All that moves during training. The running epoch is `len(history)`; `batch` of its batches are done."""

    model: nn.Module
    optimizer: Optimizer
    history: History = field(default_factory=History)
    batch: int = 0
    averages: Averages = field(default_factory=Averages)
    seconds: float = 0.0
    best: dict[str, Tensor] = field(default_factory=dict)
    best_epoch: int = -1

    def keep_weights(self) -> None:
        """Keeps a copy of the present weights as those of the latest, best epoch."""
        self.best, self.best_epoch = _copied(self.model.state_dict()), len(self.history) - 1


class Checkpoints:
    """The two checkpoint files of one training in one folder."""

    def __init__(self, directory: str | PathLike[str], identity: Identity) -> None:
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.last = self.directory / "last.safetensors"
        self.best = self.directory / "best.safetensors"
        self._identity = identity
        self._best_written = -1

    def clear(self) -> None:
        """Removes the checkpoints of an earlier training; `last` first, as `best` alone is never resumed from."""
        self.last.unlink(missing_ok=True)
        self.best.unlink(missing_ok=True)

    def save(self, state: State) -> None:
        """Writes `best` if it has changed, then `last`; killed in between, the epochs between them are run again."""
        if self._best_written != state.best_epoch:
            self._write(self.best, state.best, {"epoch": state.best_epoch})
            self._best_written = state.best_epoch
        tensors = {f"model.{name}": tensor for name, tensor in state.model.state_dict().items()}
        self._write(self.last, tensors | _optimizer_tensors(state), _position(state))

    def restore(self, state: State) -> bool:
        """Puts the training where `last` left it; False if there is no checkpoint yet.

        Raises ConfigurationError for other settings or another network, DataError for other data, ArtefactError for a
        damaged file.
        """
        if not self.last.exists():
            return False
        tensors, position = self._read(self.last)
        state.history = History.from_json(position["history"])
        state.batch, state.seconds = position["batch"], position["seconds"]
        state.averages = Averages(**position["averages"])
        _load_weights(state.model, _under("model.", tensors), self.last)
        _load_optimizer(state, _under("optimizer.", tensors))
        if state.history.epochs and state.history.epochs[-1].valid is not None:
            state.best, found = self._read(self.best)
            state.best_epoch = self._best_written = found["epoch"]
        return True

    def _write(self, path: Path, tensors: Mapping[str, Tensor], position: dict[str, Any]) -> None:
        header = {"format": _FORMAT, "identity": asdict(self._identity), **position}
        metadata = {_KEY: json.dumps(header, allow_nan=False, sort_keys=True)}
        write_atomically(path, safetensors.torch.save(_copied(tensors), metadata=metadata))

    def _read(self, path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
        try:
            with safe_open(path, framework="pt") as file:
                header = json.loads((file.metadata() or {})[_KEY])
                names = file.keys()
                # Copies, because the views safetensors gives may lie unaligned in memory.
                tensors = {name: file.get_tensor(name).clone() for name in names}
        except (OSError, SafetensorError, KeyError, ValueError) as cause:
            raise ArtefactError(
                f"{path}: not a readable checkpoint ({cause}); start anew without resuming, or in another folder"
            ) from cause
        if header["format"] != _FORMAT:
            raise ArtefactError(f"{path}: checkpoint of format {header['format']}, this version reads {_FORMAT}")
        self._identity.require(Identity(**header["identity"]), path)
        return tensors, header


def _position(state: State) -> dict[str, Any]:
    return {
        "history": state.history.to_json(),
        "batch": state.batch,
        "seconds": state.seconds,
        "averages": asdict(state.averages),
    }


def _copied(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """On the CPU, contiguous and apart: tied weights share memory, which safetensors does not take."""
    return {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}


def _optimizer_tensors(state: State) -> dict[str, Tensor]:
    names: dict[Tensor, str] = {parameter: name for name, parameter in state.model.named_parameters()}
    return {
        f"optimizer.{names[parameter]}.{key}": value
        for parameter, values in state.optimizer.state.items()
        for key, value in values.items()
    }


def _load_optimizer(state: State, tensors: Mapping[str, Tensor]) -> None:
    names = {parameter: name for name, parameter in state.model.named_parameters()}
    by_name: dict[str, dict[str, Tensor]] = {}
    for path, tensor in tensors.items():
        name, _, key = path.rpartition(".")
        by_name.setdefault(name, {})[key] = tensor
    order = [names[parameter] for group in state.optimizer.param_groups for parameter in group["params"]]
    found = {place: by_name[name] for place, name in enumerate(order) if name in by_name}
    state.optimizer.load_state_dict({"state": found, "param_groups": state.optimizer.state_dict()["param_groups"]})


def _load_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    try:
        model.load_state_dict(weights)
    except RuntimeError as cause:
        raise ConfigurationError(f"{path}: the checkpoint is of another network: {cause}") from cause


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
