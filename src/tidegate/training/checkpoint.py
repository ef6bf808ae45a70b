"""Checkpoints: `last` to go on from, `best` with the best weights; one safetensors file each, whole or not there.

Stored is only what cannot be derived. Order and noise follow from seed and position (seeding.py), learning rate and
early stopping from the history, so neither generators nor schedules appear here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import TypeVar

import safetensors.torch
import torch
from pydantic import BaseModel, ConfigDict, NonNegativeFloat, NonNegativeInt
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn
from torch.optim import Optimizer

from tidegate.atomic import write_atomically
from tidegate.errors import ArtefactError, ConfigurationError, TidegateError
from tidegate.training.carrying import Carried
from tidegate.training.history import History
from tidegate.training.identity import Identity
from tidegate.training.objective import Averages

_FORMAT = 1
_KEY = "tidegate-checkpoint"


class _Header(BaseModel):
    """What stands in a file beside its tensors and the digest."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: int = _FORMAT
    identity: Identity


class _LastHeader(_Header):
    history: str
    batch: NonNegativeInt
    seconds: NonNegativeFloat
    averages: Averages


class _BestHeader(_Header):
    epoch: NonNegativeInt


_AnyHeader = TypeVar("_AnyHeader", bound=_Header)


@dataclass
class State:
    """All that moves during training. The running epoch is `len(history)`; `batch` of its batches are done."""

    model: nn.Module
    optimizer: Optimizer
    history: History = field(default_factory=History)
    batch: int = 0
    averages: Averages = field(default_factory=Averages)
    carried: Carried = ()
    seconds: float = 0.0
    best: dict[str, Tensor] = field(default_factory=dict)
    best_epoch: int = -1

    def keep_weights(self) -> None:
        """Keeps a copy of the present weights as those of the latest, best epoch."""
        self.best, self.best_epoch = _copied(self.model.state_dict()), len(self.history) - 1


class Checkpoints:
    """The two checkpoint files of one training in one folder. Raises ConfigurationError if that is no folder."""

    def __init__(self, directory: str | PathLike[str], identity: Identity) -> None:
        self.directory = Path(directory)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError) as cause:
            raise ConfigurationError(
                f"directory={str(directory)!r}: a file is in the way; checkpoints need a folder"
            ) from cause
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
            self._write(self.best, state.best, _BestHeader(identity=self._identity, epoch=state.best_epoch))
            self._best_written = state.best_epoch
        tensors = {f"model.{name}": tensor for name, tensor in state.model.state_dict().items()}
        header = _LastHeader(
            identity=self._identity,
            history=state.history.to_json(),
            batch=state.batch,
            seconds=state.seconds,
            averages=state.averages,
        )
        carried = {f"carried.{place}": tensor for place, tensor in enumerate(state.carried)}
        self._write(self.last, tensors | carried | _optimizer_tensors(state), header)

    def restore(self, state: State, batches: Callable[[int], int]) -> bool:
        """Puts the training where `last` left it; False if there is no checkpoint yet.

        `batches` tells how many there are in an epoch. Raises ConfigurationError for other settings or another network,
        DataError for other data, ArtefactError for a damaged file.
        """
        if not self.last.exists():
            return False
        tensors, header = self._read(self.last, _LastHeader)
        try:
            state.history = History.from_json(header.history)
            if header.batch > (count := batches(len(state.history))):
                raise ValueError(f"batch {header.batch} of {count}")
            state.batch, state.seconds, state.averages = header.batch, header.seconds, header.averages
            _load_weights(state.model, _under("model.", tensors), self.last)
            _load_optimizer(state, _under("optimizer.", tensors))
            carried = _under("carried.", tensors)
            state.carried = tuple(carried[str(place)] for place in range(len(carried)))
        except TidegateError:
            raise
        except (KeyError, ValueError) as cause:
            raise _unreadable(self.last, cause) from cause
        if state.history.epochs and state.history.epochs[-1].valid is not None:
            self._restore_best(state)
        return True

    def _restore_best(self, state: State) -> None:
        state.best, header = self._read(self.best, _BestHeader)
        shapes = {name: tensor.shape for name, tensor in state.model.state_dict().items()}
        if {name: tensor.shape for name, tensor in state.best.items()} != shapes:
            raise _unreadable(self.best, "its weights are not those of the network")
        state.best_epoch = self._best_written = header.epoch

    def _write(self, path: Path, tensors: Mapping[str, Tensor], header: _Header) -> None:
        copies, plain = _copied(tensors), header.model_dump()
        text = json.dumps(plain | {"digest": _digest(plain, copies)}, allow_nan=False, sort_keys=True)
        write_atomically(path, safetensors.torch.save(copies, metadata={_KEY: text}))

    def _read(self, path: Path, kind: type[_AnyHeader]) -> tuple[dict[str, Tensor], _AnyHeader]:
        """The tensors of a file and its header, both known to be whole and of this training."""
        try:
            with safe_open(path, framework="pt") as file:
                plain = dict(json.loads((file.metadata() or {})[_KEY]))
                names = file.keys()
                # Copies, because the views safetensors gives may lie unaligned in memory.
                tensors = {name: file.get_tensor(name).clone() for name in names}
            if plain.get("format") != _FORMAT:
                raise ValueError(f"format {plain.get('format')!r}, this version reads {_FORMAT}")
            if plain.pop("digest", None) != _digest(plain, tensors):
                raise ValueError("its content does not match its digest")
            header = kind.model_validate_json(json.dumps(plain))
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as cause:
            raise _unreadable(path, cause) from cause
        self._identity.require(header.identity, path)
        return tensors, header


def _unreadable(path: Path, cause: object) -> ArtefactError:
    return ArtefactError(
        f"{path}: not a readable checkpoint ({cause}); start anew without resuming, or in another folder"
    )


def _digest(header: Mapping[str, object], tensors: Mapping[str, Tensor]) -> str:
    """Of all that is in a file, so that a single flipped bit is found."""
    digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, tensor in sorted(tensors.items()):
        digest.update(f"{name} {tensor.dtype} {list(tensor.shape)}".encode())
        digest.update(tensor.flatten().view(torch.uint8).numpy().data)
    return digest.hexdigest()


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
    _check_moments(state, by_name)
    found = {place: by_name[name] for place, name in enumerate(order) if name in by_name}
    state.optimizer.load_state_dict({"state": found, "param_groups": state.optimizer.state_dict()["param_groups"]})


def _check_moments(state: State, by_name: Mapping[str, Mapping[str, Tensor]]) -> None:
    """Raises ValueError if moments are missing; a weight that no gradient has ever reached has none."""
    if not by_name and state.averages.count + len(state.history):
        raise ValueError("the state of the optimiser is missing")
    shapes = {name: parameter.shape for name, parameter in state.model.named_parameters()}
    for name, moments in by_name.items():
        wanted = {"step": torch.Size(), "exp_avg": shapes.get(name), "exp_avg_sq": shapes.get(name)}
        if {key: tensor.shape for key, tensor in moments.items()} != wanted:
            raise ValueError(f"the state of the optimiser for {name} is not whole")


def _load_weights(model: nn.Module, weights: Mapping[str, Tensor], path: Path) -> None:
    try:
        model.load_state_dict(weights)
    except RuntimeError as cause:
        raise ConfigurationError(f"{path}: the checkpoint is of another network: {cause}") from cause


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
