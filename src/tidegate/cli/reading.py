"""Data read for a model that is already trained."""

from __future__ import annotations

from tidegate.data.panel import Panel, read_panel
from tidegate.estimators.forecaster import Forecaster


def read_as_trained(forecaster: Forecaster, data: str) -> Panel:
    """With the columns and the step of training."""
    preparation = forecaster.fitted.engine.preparation
    return read_panel(data, columns=preparation.columns, step=preparation.step)
