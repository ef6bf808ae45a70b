"""Forecaster: fit on series, predict any number of steps, compare with the baselines, save to one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, Self, Unpack

from tidegate.data.fingerprint import fingerprint
from tidegate.data.future import read_future
from tidegate.data.panel import Panel, read_panel
from tidegate.errors import NotFittedError
from tidegate.estimators.conventions import Estimator
from tidegate.estimators.forecasting.backtest import Backtest, origins
from tidegate.estimators.forecasting.continuation import followed, mean_mase, new_forecasts
from tidegate.estimators.forecasting.fitted import Fitted, calibration_errors, start_of
from tidegate.estimators.forecasting.fitting import fit_network
from tidegate.estimators.forecasting.forecast_frame import to_frame
from tidegate.estimators.forecasting.forecaster_file import read_fitted, write_fitted
from tidegate.estimators.forecasting.preparation import Preparation
from tidegate.estimators.forecasting.reading import ColumnNames, as_panel, check_count, check_list
from tidegate.estimators.forecasting.resolution import resolved, training_lengths
from tidegate.estimators.options import ForecasterOptions, forecaster_options
from tidegate.models.encoder import LABELS
from tidegate.training.history import History
from tidegate.training.progress import Reporter


class Forecaster(Estimator[ForecasterOptions]):
    """Forecasts one or many series with a recurrent network.

    `cell` is one of "rnn", "gru", "lstm", "mingru", "minlstm"; all other options are keywords, listed and explained in
    `ForecasterOptions`, `EncoderOptions` and `TrainingSettings`. Unknown or impossible ones raise ConfigurationError.

    Frames are long: one row per series and time, in columns `unique_id`, `ds`, `y` or named by the caller; pandas,
    Polars, Arrow, or the path of a CSV, TSV or Parquet file. A frame of one time and one value column needs no names.

    Strategy "recursive" is trained to tell the next step from the true past (teacher forcing; Williams & Zipser 1989)
    and, to forecast, feeds its own point forecast back, carrying the state: h steps cost h steps. Strategy "direct" is
    trained to tell the next `horizon` steps from every step (Wen et al. 2017, arXiv:1711.11053); more steps than that
    are made block by block, each fed back. Past covariates are forecast along with the target and fed back like it.
    """

    def __init__(self, cell: str = "gru", **options: Any) -> None:
        self.options = self._checked({"cell": cell, **options})
        self._fitted: Fitted | None = None
        self._panel: Panel | None = None

    @property
    def name(self) -> str:
        """What the forecast column is called: the cell's name, such as "GRU"."""
        return LABELS[self.options.cell] if self._fitted is None else self._fitted.name

    @property
    def fitted(self) -> Fitted:
        """What training left behind. Raises NotFittedError before `fit`."""
        if self._fitted is None:
            raise NotFittedError("this Forecaster is not trained yet; call fit(frame) first")
        return self._fitted

    @property
    def history_(self) -> History:
        """Loss, learning rate and seconds of each epoch."""
        return self.fitted.history

    @property
    def notes_(self) -> tuple[str, ...]:
        """What was noticed in the data: missing values, absent rows, columns not used."""
        return self.fitted.recent.notes

    def fit(
        self,
        frame: Any,
        *,
        valid: Any = None,
        directory: str | PathLike[str] | None = None,
        resume: bool = False,
        reporter: Reporter | None = None,
        **columns: Unpack[ColumnNames],
    ) -> Self:
        """Trains on the frame; its latest rows (share `validation`) decide when to stop and how wide intervals are.

        valid: later rows of the same series, a frame or a path, that decide it instead.
        With `directory` the state of training is kept there, and `resume` goes on from it, bit for bit as if it had
        never stopped. `reporter` shows progress (`tidegate.training.progress`); by default nothing is shown.
        Raises DataError for data that cannot be used, ConfigurationError for options that do not fit them,
        TrainingInterrupted after Ctrl-C.
        """
        panel, lengths = as_panel(frame, columns), None
        if valid is not None:
            panel, lengths = followed(panel, _like(panel, valid))
        options = resolved(self.options, panel, lengths)
        lengths = lengths or training_lengths(panel, options.horizon, options.validation)
        engine, history = fit_network(panel, options, lengths, directory=directory, resume=resume, reporter=reporter)
        conformal = options.intervals == "conformal"
        errors = calibration_errors(engine, panel, lengths, options.horizon) if conformal else None
        learnt = {series.unique_id: series.times[-1] for series in panel.series}
        self._panel = panel
        self._fitted = Fitted(options, engine, errors, panel, learnt, history, fingerprint(panel))
        return self

    def predict(
        self, h: int | None = None, frame: Any = None, *, future: Any = None, level: Sequence[float] = ()
    ) -> Any:
        """The `h` steps after the end of each series, in a frame of the kind given to `fit` (or here).

        h: by default the horizon trained for; any number will do. frame: rows to forecast from, of old or new series;
        by default those last seen. future: the known covariates of the steps to come, as a frame or path.
        level: percentages, each of which adds columns such as "GRU-lo-95" and "GRU-hi-95".
        """
        fitted = self.fitted
        horizon = fitted.horizon if h is None else check_count("h", h)
        panel = fitted.recent if frame is None else self.read(frame)
        known = read_future(future, fitted.engine.preparation.columns, panel.step, panel.series, horizon)
        starts = [start_of(one, len(one), known=ahead) for one, ahead in zip(panel.series, known, strict=True)]
        forecasts = fitted.forecasts(starts, horizon, panel.step, check_list("level", level))
        return to_frame(panel, fitted.name, forecasts)

    def evaluate(
        self, frame: Any, *, h: int | None = None, windows: int = 1, level: Sequence[float] | None = None
    ) -> Backtest:
        """Forecasts the last `windows` stretches of `h` steps of the frame, each from what stands before it.

        level: of the intervals, in percent; by default 80 and 95, or those learnt.
        """
        fitted = self.fitted
        horizon = fitted.horizon if h is None else check_count("h", h)
        levels = fitted.usual_levels if level is None else check_list("level", level)
        panel = self.read(frame)
        starts = []
        for series in panel.series:
            rows = origins(series, horizon, check_count("windows", windows))
            starts += [start_of(series, origin, seen=series.until(rows[0])) for origin in rows]
        forecasts = fitted.forecasts(starts, horizon, panel.step, levels)
        return Backtest(fitted.name, panel, horizon, fitted.season, forecasts, fitted.count_learnt(forecasts))

    def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002 - scikit-learn's signature
        """Minus the MASE of forecasts of those rows of X that were not learnt: greater is better.

        X: rows of series that were learnt, with or without those learnt. All rows after them are forecast, in stretches
        of `horizon`, each from all rows before it: those of X, and before them those last seen.

        scikit-learn's `TimeSeriesSplit` makes such rows: of one series in order of time, or of several whose rows are
        sorted by time, not one series under the other. Splits that shuffle, or test on what came before, have no
        meaning here. Raises DataError for a series with nothing new or that was not learnt, and where MASE has no scale
        (fewer rows before than a season and one, or equal ones).
        """
        fitted = self.fitted
        return -mean_mase(new_forecasts(fitted, self.read(X)), fitted.season)

    def backtest(
        self,
        frame: Any = None,
        *,
        h: int | None = None,
        windows: int = 1,
        level: Sequence[float] | None = None,
        **columns: Unpack[ColumnNames],
    ) -> Backtest:
        """What a network of these options, trained on all but the last `windows` · `h` rows, forecasts for them.

        frame: by default the one given to `fit`; level: as in `evaluate`. This forecaster itself is left as it is.
        """
        panel = self._panel if frame is None else as_panel(frame, columns)
        if panel is None:
            raise NotFittedError("backtest has no frame: give it one, or call fit(frame) first")
        horizon = resolved(self.options, panel).horizon if h is None else check_count("h", h)
        held = horizon * check_count("windows", windows)
        fresh = Forecaster(**{**self.get_params(), "horizon": horizon}).fit(panel.before(held))
        return fresh.evaluate(panel, h=horizon, windows=windows, level=level)

    def remember(self, frame: Any) -> Self:
        """Takes the frame's rows as those that `predict` starts from; nothing is learnt from them."""
        self._fitted = replace(self.fitted, recent=self.read(frame))
        return self

    def save(self, path: str | PathLike[str], *, metrics: dict[str, Any] | None = None) -> Path:
        """Writes one safetensors file, whole or not at all, with all that prediction needs; `metrics` go along."""
        return write_fitted(self.fitted, path, metrics or {})

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Forecaster:
        """The forecaster that `save` wrote; its frames are Polars. Raises ArtefactError for anything else."""
        fitted = read_fitted(path)
        forecaster = cls(**fitted.options.model_dump())
        forecaster._fitted = fitted
        return forecaster

    def read(self, frame: Any) -> Panel:
        """The frame, or the file of this path, with the columns and the step of training."""
        return _like(self.fitted.engine.preparation, frame)

    def _checked(self, values: Mapping[str, Any]) -> ForecasterOptions:
        return forecaster_options(values)


def _like(known: Panel | Preparation, frame: Any) -> Panel:
    return frame if isinstance(frame, Panel) else read_panel(frame, columns=known.columns, step=known.step)
