"""How a network is trained: every number of the loop that a user may choose."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Schedule = Literal["constant", "cosine", "plateau"]
Precision = Literal["32-true", "64-true", "bf16-mixed", "bf16-true"]


class TrainingSettings(BaseModel):
    """Settings of one training; unknown names and impossible values raise pydantic's ValidationError.

    epochs: passes over the examples.
    batch_size: examples in one step of the optimiser.
    learning_rate: the rate that warm-up rises to and `schedule` starts from.
    weight_decay: 0 trains with Adam (Kingma & Ba, 2015), more with AdamW (Loshchilov & Hutter, 2019).
    clip_norm: greatest L2 norm of all gradients together (Pascanu et al., 2013); None leaves them as they are.
    schedule: `constant`, `cosine` (to zero at the end; Loshchilov & Hutter, 2017) or `plateau` (halved whenever the
        watched loss has not improved for `plateau_patience` epochs).
    warmup: share of the whole training during which the rate rises linearly from zero.
    patience: epochs without a better validation loss after which training stops; None never stops early.
    seed: governs order, dropout and all else random.
    accelerator: `cpu`, or `auto` for what Lightning Fabric finds.
    precision: number format, by Fabric's names.
    checkpoint_seconds: time between two checkpoints, also within an epoch; 0 writes one after every batch. It decides
        how much work a kill can cost, never the result.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    epochs: int = Field(default=50, ge=1)
    batch_size: int = Field(default=32, ge=1)
    learning_rate: float = Field(default=1e-3, gt=0)
    weight_decay: float = Field(default=0.0, ge=0)
    clip_norm: float | None = Field(default=1.0, gt=0)
    schedule: Schedule = "constant"
    warmup: float = Field(default=0.0, ge=0, lt=1)
    plateau_patience: int = Field(default=5, ge=1)
    patience: int | None = Field(default=None, ge=1)
    seed: int = Field(default=0, ge=0)
    accelerator: Literal["cpu", "auto"] = "cpu"
    precision: Precision = "32-true"
    checkpoint_seconds: float = Field(default=10.0, ge=0)
