"""One forecaster trained on all but the latest rows, compared with the baselines there, and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tidegate.cli.forecast_report import forecast_facts
from tidegate.cli.run_folder import RunFolder
from tidegate.cli.scoring import default_windows, metrics_of
from tidegate.data.counted import counted
from tidegate.data.panel import Panel
from tidegate.errors import DataError
from tidegate.estimators.forecasting.backtest import Backtest
from tidegate.estimators.forecasting.continuation import followed
from tidegate.estimators.forecasting.forecaster import Forecaster
from tidegate.estimators.forecasting.resolution import resolved
from tidegate.estimators.options import ForecasterOptions
from tidegate.report.facts import ForecastFacts
from tidegate.report.page import write_report
from tidegate.training.progress import Reporter


@dataclass(frozen=True)
class Source:
    """The data of a run and what to call them.

    valid, test: later rows of the same series, watched in training and scored after it; None takes them from the panel.
    """

    name: str
    panel: Panel
    valid: Panel | None = None
    test: Panel | None = None

    @property
    def known(self) -> Panel:
        """All rows that training sees."""
        return self.panel if self.valid is None else followed(self.panel, self.valid)[0]

    @property
    def whole(self) -> Panel:
        """All rows there are. Raises DataError where those given apart do not go on from the others."""
        return self.known if self.test is None else followed(self.known, self.test)[0]

    def new(self) -> int:
        """Rows of the shortest series to test on that are later than all others."""
        assert self.test is not None
        whole, counts = followed(self.known, self.test)
        return min(len(series) - count for series, count in zip(whole.series, counts, strict=True))


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
    notes: tuple[str, ...] = ()

    def metrics(self) -> dict[str, Any]:
        return metrics_of(self.backtest)

    def write(self, folder: RunFolder, next_commands: list[str]) -> ForecastFacts:
        """Writes the model, then the report, and returns what the report tells."""
        self.forecaster.save(folder.model, metrics=self.metrics())
        fitted = self.forecaster.fitted
        facts = forecast_facts(self.source.name, self.options, fitted, self.backtest, next_commands)
        facts = replace(facts, notes=[*facts.notes, *self.notes])
        write_report(facts, folder.report)
        return facts


def run_forecast(source: Source, options: ForecasterOptions, windows: int | None, training: Training) -> ForecastRun:
    """Trains on all but the rows to score: those of `test`, or else the last `windows` horizons of the others.

    Raises DataError where a series is too short for that, and all that `Forecaster.fit` does.
    """
    whole, horizon = source.whole, resolved(options, source.panel).horizon
    windows = _windows(source, horizon, windows)
    learnt, valid = source.panel, source.valid
    if source.test is None and valid is None:
        learnt = learnt.before(windows * horizon)
    elif source.test is None and valid is not None:
        valid = valid.before(windows * horizon)
    forecaster = Forecaster(**_with_horizon(options, horizon))
    forecaster.fit(
        learnt, valid=valid, directory=training.checkpoints, resume=training.resume, reporter=training.reporter
    )
    backtest = forecaster.evaluate(whole, windows=windows, level=options.levels)
    unscored = 0 if source.test is None else source.new() - windows * horizon
    return ForecastRun(source, options, forecaster.remember(whole), backtest, _note(unscored))


def _note(unscored: int) -> tuple[str, ...]:
    told = f"The first {counted(unscored, 'row')} to test on are read, not scored: whole stretches of the horizon are."
    return (told,) if unscored > 0 else ()


def _windows(source: Source, horizon: int, wanted: int | None) -> int:
    """How many horizons are scored. Raises DataError where the rows given for that are too few."""
    if source.test is None:
        return wanted or default_windows(source.valid or source.panel, horizon)
    steps = horizon * (wanted or 1)
    if source.new() < steps:
        raise DataError(
            f"{counted(source.new(), 'row')} to test on come after all others, and {steps} are forecast; give more of "
            "them, or take a shorter horizon or fewer windows"
        )
    return wanted or source.new() // horizon


def _with_horizon(options: ForecasterOptions, horizon: int) -> Mapping[str, Any]:
    """The horizon follows from all rows, those held out among them."""
    return {**options.model_dump(exclude_unset=True), "horizon": horizon}
