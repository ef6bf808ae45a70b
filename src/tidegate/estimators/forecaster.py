"""Forecaster: fit on series, predict any number of steps, compare with the baselines, save to one file."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self, TypedDict, Unpack

from tidegate.data.columns import Columns
from tidegate.data.fingerprint import fingerprint
from tidegate.data.future import read_future
from tidegate.data.panel import Panel, read_panel
from tidegate.errors import ConfigurationError, NotFittedError
from tidegate.estimators.backtest import Backtest, origins
from tidegate.estimators.fitted import Fitted, calibration_errors, start_of
from tidegate.estimators.fitting import fit_network, resolved, training_lengths
from tidegate.estimators.forecast_frame import to_frame
from tidegate.estimators.forecaster_file import read_fitted, write_fitted
from tidegate.estimators.options import ForecasterOptions, validated
from tidegate.models.encoder import LABELS
from tidegate.training.history import History
from tidegate.training.progress import Reporter


class ColumnNames(TypedDict, total=False):
    """Which columns play which part, where the frame does not tell by itself; see `tidegate.data.columns.Columns`."""

    id: str
    time: str
    target: str | Sequence[str]
    past: str | Sequence[str]
    known: str | Sequence[str]
    static: str | Sequence[str]


class Forecaster:
    """Forecasts one or many series with a recurrent network.

    `cell` is one of "rnn", "gru", "lstm", "mingru", "minlstm"; all other options are keywords, listed and explained in
    `ForecasterOptions`, `EncoderOptions` and `TrainingSettings`. An unknown or impossible one raises ConfigurationError.

    Frames are long: one row per series and time, in columns `unique_id`, `ds`, `y` or named by the caller; pandas,
    Polars, Arrow, or the path of a CSV, TSV or Parquet file. A frame of one time and one value column needs no names.

    Strategy "recursive" is trained to tell the next step from the true past (teacher forcing; Williams & Zipser 1989)
    and, to forecast, feeds its own point forecast back, carrying the state: h steps cost h steps. Strategy "direct" is
    trained to tell the next `horizon` steps from every step (Wen et al. 2017, arXiv:1711.11053); more steps than that
    are made block by block, each fed back. Past covariates are forecast along with the target and fed back like it.
    """

    def __init__(self, cell: str = "gru", **options: Any) -> None:
        self.options = validated(ForecasterOptions, {"cell": cell, **options})
        if self.options.bidirectional:
            raise ConfigurationError("bidirectional=True would read the future it is to forecast; leave it off")
        if self.options.intervals == "quantile" and self.options.strategy == "recursive":
            raise ConfigurationError(
                "intervals='quantile' needs strategy='direct': quantiles of one step, fed back, are not quantiles of "
                "several; or take intervals='conformal'"
            )
        self._fitted: Fitted | None = None
        self._panel: Panel | None = None

    def __repr__(self) -> str:
        chosen = self.options.model_dump(exclude_defaults=True)
        return f"Forecaster({', '.join(f'{name}={value!r}' for name, value in chosen.items())})"

    @property
    def name(self) -> str:
        """What the forecast column is called: the cell's name, such as "GRU"."""
        return LABELS[self.options.cell]

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

    def fit(
        self,
        frame: Any,
        *,
        directory: str | PathLike[str] | None = None,
        resume: bool = False,
        reporter: Reporter | None = None,
        **columns: Unpack[ColumnNames],
    ) -> Self:
        """Trains on the frame; its latest rows (share `validation`) decide when to stop and how wide intervals are.

        With `directory` the state of training is kept there, and `resume` goes on from it, bit for bit as if it had
        never stopped. `reporter` shows progress (`tidegate.training.progress`); by default nothing is shown.
        Raises DataError for data that cannot be used, TrainingInterrupted after Ctrl-C.
        """
        panel = as_panel(frame, columns)
        options = resolved(self.options, panel)
        engine, history = fit_network(panel, options, directory=directory, resume=resume, reporter=reporter)
        conformal = options.intervals == "conformal"
        lengths = training_lengths(panel, options)
        errors = calibration_errors(engine, panel, lengths, options.horizon or 1) if conformal else None
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
        horizon = self._horizon(h)
        panel = fitted.recent if frame is None else self._read(frame)
        columns, step = fitted.engine.preparation.columns, panel.step
        known = read_future(future, columns, step, panel.series, horizon)
        starts = [start_of(one, len(one), known=ahead) for one, ahead in zip(panel.series, known, strict=True)]
        return to_frame(panel, self.name, fitted.forecasts(starts, horizon, tuple(level)))

    def evaluate(
        self, frame: Any, *, h: int | None = None, windows: int = 1, level: Sequence[float] = (80, 95)
    ) -> Backtest:
        """Forecasts the last `windows` stretches of `h` steps of the frame, each from what stands before it."""
        fitted = self.fitted
        horizon, panel = self._horizon(h), self._read(frame)
        starts = []
        for series in panel.series:
            rows = origins(series, horizon, windows)
            starts += [start_of(series, origin, seen=series.until(rows[0])) for origin in rows]
        forecasts = fitted.forecasts(starts, horizon, self._levels(level))
        learnt = sum(one.times[0] <= fitted.learnt.get(one.series.unique_id, one.series.times[0]) for one in forecasts)
        return Backtest(self.name, panel, horizon, fitted.season, forecasts, int(learnt))

    def backtest(
        self,
        frame: Any = None,
        *,
        h: int | None = None,
        windows: int = 1,
        level: Sequence[float] = (80, 95),
        **columns: Unpack[ColumnNames],
    ) -> Backtest:
        """What a network of these options, trained on all but the last `windows` · `h` rows, forecasts for them.

        frame: by default the one given to `fit`. This forecaster itself is left as it is.
        """
        if frame is None and self._panel is None:
            raise NotFittedError("give backtest a frame, or call fit(frame) first")
        panel = self._panel if frame is None else as_panel(frame, columns)
        assert panel is not None
        horizon = h or resolved(self.options, panel).horizon or 1
        fresh = Forecaster(**{**self.options.model_dump(), "horizon": horizon})
        fresh.fit(panel.before(horizon * windows))
        return fresh.evaluate(panel, h=horizon, windows=windows, level=level)

    def remember(self, frame: Any) -> Self:
        """Takes the frame's rows as those that `predict` starts from; nothing is learnt from them."""
        fitted = self.fitted
        panel = self._read(frame)
        self._fitted = Fitted(**{**fitted.__dict__, "recent": panel})
        return self

    def save(self, path: str | PathLike[str], *, metrics: dict[str, Any] | None = None) -> Path:
        """Writes one safetensors file, whole or not at all, with all that prediction needs; `metrics` go along."""
        return write_fitted(self.fitted, path, metrics or {})

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Forecaster:
        """The forecaster that `save` wrote. Raises ArtefactError for anything else."""
        fitted = read_fitted(path)
        forecaster = cls(**fitted.options.model_dump())
        forecaster._fitted = fitted
        return forecaster

    def _read(self, frame: Any) -> Panel:
        if isinstance(frame, Panel):
            return frame
        preparation = self.fitted.engine.preparation
        return read_panel(frame, columns=preparation.columns, step=preparation.step)

    def _horizon(self, h: int | None) -> int:
        if h is None:
            return self.fitted.horizon
        if isinstance(h, bool) or not isinstance(h, int) or h < 1:
            raise ConfigurationError(f"h={h!r}: the number of steps to forecast is a whole number from 1 up")
        return h

    def _levels(self, level: Sequence[float]) -> tuple[float, ...]:
        """Those of the usual levels that were learnt, where quantiles are."""
        learnt = self.options.intervals == "quantile"
        return tuple(one for one in level if not learnt or one in self.options.levels)


def as_panel(frame: Any, columns: ColumnNames) -> Panel:
    """The frame read and checked; a Panel as it is."""
    unknown = set(columns) - set(ColumnNames.__annotations__)
    if unknown:
        raise ConfigurationError(
            f"no option '{min(unknown)}'; columns are named by {', '.join(ColumnNames.__annotations__)}"
        )
    return frame if isinstance(frame, Panel) else read_panel(frame, columns=Columns.of(**columns))
