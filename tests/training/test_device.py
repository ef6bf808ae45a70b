from __future__ import annotations

import logging
import subprocess
import sys

import pytest
import torch
from torch import nn

from tidegate.training.device import fabric, mover, optimizer
from tidegate.training.settings import TrainingSettings


def test_weight_decay_chooses_adamw_and_frozen_weights_are_left_out() -> None:
    model = nn.Linear(2, 3)
    model.bias.requires_grad_(False)
    plain = optimizer(model, TrainingSettings())
    decayed = optimizer(model, TrainingSettings(weight_decay=0.25))
    assert type(plain) is torch.optim.Adam
    assert type(decayed) is torch.optim.AdamW
    assert decayed.param_groups[0]["weight_decay"] == 0.25
    assert [weight is model.weight for weight in plain.param_groups[0]["params"]] == [True]


def test_setting_up_says_nothing(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    level = logging.getLogger("lightning_fabric").level
    fabric(TrainingSettings(precision="bf16-mixed", accelerator="auto"))
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")
    assert logging.getLogger("lightning_fabric").level == level


def test_on_the_cpu_a_batch_stays_where_it_is() -> None:
    batch = {"inputs": torch.randn(2)}
    assert mover(torch.device("cpu"))(batch) is batch


def test_elsewhere_a_batch_is_moved() -> None:
    assert mover(torch.device("meta"))({"inputs": torch.randn(2)})["inputs"].device.type == "meta"


def test_fabric_is_imported_only_when_training() -> None:
    program = "import sys, tidegate.training.loop; sys.exit('lightning_fabric' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
