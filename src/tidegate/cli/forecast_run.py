"""One forecaster trained on all but the latest rows, compared with the baselines there, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.cli.forecast_report import forecast_facts
from tidegate.cli.run_folder import RunFolder
from tidegate.cli.scoring import default_windows, metrics_of
from tidegate.data.panel import Panel
from tidegate.estimators.backtest import Backtest
from tidegate.estimators.forecaster import Forecaster
from tidegate.estimators.options import ForecasterOptions
from tidegate.estimators.resolution import resolved
from tidegate.report.facts import ForecastFacts
from tidegate.report.page import write_report
from tidegate.training.progress import Reporter


@dataclass(frozen=True)
class Source:
    """The data of a run and what to call them."""

    name: str
    panel: Panel


@dataclass(frozen=True)
class Training:
    """How far training goes: where its checkpoints are (None: it keeps none), whether from them on, who is told."""

    checkpoints: Path | None
    resume: bool
    reporter: Reporter | None


@dataclass(frozen=True)
class ForecastRun:
    """A trained forecaster, ready to predict from the end of the data, and its comparison on the rows held out.

    options: as they were given, before the data settled those left open.
    """

    source: Source
    options: ForecasterOptions
    forecaster: Forecaster
    backtest: Backtest

    def metrics(self) -> dict[str, Any]:
        return metrics_of(self.backtest)

    def write(self, folder: RunFolder, next_commands: list[str]) -> ForecastFacts:
        """Writes the model, then the report, and returns what the report tells."""
        self.forecaster.save(folder.model, metrics=self.metrics())
        fitted = self.forecaster.fitted
        facts = forecast_facts(self.source.name, self.options, fitted, self.backtest, next_commands)
        write_report(facts, folder.report)
        return facts


def run_forecast(source: Source, options: ForecasterOptions, windows: int | None, training: Training) -> ForecastRun:
    """Trains on all but the last `windows` horizons of the panel; learns nothing from those.

    Raises DataError where a series is too short for that, and all that `Forecaster.fit` does.
    """
    panel = source.panel
    horizon = resolved(options, panel).horizon
    windows = windows or default_windows(panel, horizon)
    forecaster = Forecaster(**_with_horizon(options, horizon))
    forecaster.fit(
        panel.before(windows * horizon),
        directory=training.checkpoints,
        resume=training.resume,
        reporter=training.reporter,
    )
    backtest = forecaster.evaluate(panel, windows=windows, level=options.levels)
    return ForecastRun(source, options, forecaster.remember(panel), backtest)


def _with_horizon(options: ForecasterOptions, horizon: int) -> Mapping[str, Any]:
    """The horizon follows from all rows, those held out among them."""
    return {**options.model_dump(exclude_unset=True), "horizon": horizon}
