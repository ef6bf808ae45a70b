"""The charts of a forecaster's report, drawn as SVG from facts."""

from __future__ import annotations

import math

import numpy as np

from tidegate.report.axes import Axis, Frame, Key, extent, step_axis, time_axis, value_axis
from tidegate.report.facts import FloatArray, HorizonErrors, LearningCurves, Residuals, SeriesFacts
from tidegate.report.figures import signed
from tidegate.report.residuals import autocorrelation, bin_edges
from tidegate.report.svg import Chart, Size, dots, element, label, line, runs_of, trace
from tidegate.report.thinning import thin
from tidegate.report.ticks import number_ticks
from tidegate.report.time_ticks import coordinates, moment

WIDE = Size(760, 320)
NARROW = Size(340, 270)
STRIP_HEIGHT = 110
SHORT_PAST = 48  # steps of history always shown beside a forecast; three horizons where that is more
MOST_LAGS = 40
LEGIBLE_DOTS = 14  # units between points from which on each gets a dot


def forecast_chart(facts: SeriesFacts, size: Size = WIDE) -> Chart:
    """The recent past, the truth where known, and the forecast with its intervals."""
    past = slice(recent(facts), None)
    seen = observed(facts)[past]
    times = np.concatenate([coordinates(facts.history_times)[past], coordinates(facts.forecast_times)])
    x = time_axis(facts.history_times[past], facts.forecast_times)
    bounds = [bound for band in facts.bands.values() for bound in band]
    y = value_axis(facts.target, seen, facts.forecast_values, *bounds)
    frame = Frame(size, x, y, _forecast_keys(facts))
    ahead = times[-len(facts.forecast_times) :]
    marks = [_band(frame, ahead, *facts.bands[level]) for level in sorted(facts.bands, reverse=True)]
    marks.append(_origin(frame, times, len(ahead)))
    marks.append(curve(frame, times, seen, "observed"))
    marks.append(curve(frame, ahead, facts.forecast_values, "model"))
    title = f"Forecast of {facts.target}, series {facts.series_id}"
    return Chart(title, _forecast_told(facts), size, frame.drawn() + "".join(marks))


def history_chart(facts: SeriesFacts, size: Size = WIDE) -> Chart:
    """The whole history as a low strip; the part that `forecast_chart` shows is shaded."""
    times = np.concatenate([coordinates(facts.history_times), coordinates(facts.forecast_times)])
    values = observed(facts)
    low = Size(size.width, STRIP_HEIGHT)
    frame = Frame(low, time_axis(facts.history_times, facts.forecast_times), value_axis("", values))
    left, right = frame.x(times[[recent(facts), -1]])
    window = element(
        "rect", class_="window", x=left, y=frame.top, width=max(right - left, 2.0), height=frame.bottom - frame.top
    )
    told = (
        f"{len(facts.history_times)} steps from {moment(facts.history_times[0])} to {moment(facts.history_times[-1])}."
    )
    title = f"Whole history of {facts.target}, series {facts.series_id}"
    return Chart(title, told, low, frame.drawn() + window + curve(frame, times, values, "observed"))


def recent(facts: SeriesFacts) -> int:
    """Where the past that is drawn beside the forecast begins: 0 if all of it is."""
    shown = max(SHORT_PAST, 3 * len(facts.forecast_times))
    length = len(facts.history_times)
    return 0 if length <= 1.5 * shown else length - shown


def observed(facts: SeriesFacts) -> FloatArray:
    """History and truth in one, [N + h]; NaN where the truth is unknown."""
    unknown = np.full(len(facts.forecast_times), np.nan)
    return np.concatenate([facts.history_values, unknown if facts.truth is None else facts.truth])


def learning_chart(curves: LearningCurves, size: Size = WIDE) -> Chart:
    """Training and validation loss by epoch, with the epoch whose weights were kept."""
    epochs = np.arange(1.0, len(curves.train) + 1)
    valid = [] if curves.valid is None else [curves.valid]
    keys = [Key("training", "line", "other"), *(Key("validation", "line", "model") for _ in valid)]
    keys.append(Key(f"best epoch: {curves.best_epoch}", "line", "marker"))
    frame = Frame(size, step_axis("epoch", 1, len(epochs)), value_axis(curves.loss, curves.train, *valid), keys)
    marks = frame.standing(curves.best_epoch) + curve(frame, epochs, curves.train, "other")
    marks += "".join(curve(frame, epochs, values, "model") for values in valid)
    told = f"{len(epochs)} epochs; the weights of epoch {curves.best_epoch} were kept."
    return Chart("Learning curves", told, size, frame.drawn() + marks)


def residual_histogram(known: FloatArray, told: str = "forecast", size: Size = NARROW) -> Chart:
    """How often residuals [N] of each size occur, N ≥ 1, none missing; `told` is what was taken from the truth."""
    edges = bin_edges(known)
    counts = np.histogram(known, edges)[0].astype(np.float64)
    low, high = extent(edges, np.zeros(1))
    x = Axis(f"truth − {told}", low, high, lambda most: number_ticks(low, high, most))
    frame = Frame(size, x, value_axis("count", counts, from_zero=True))
    bars = "".join(_bar(frame, *bar) for bar in zip(edges[:-1], edges[1:], counts, strict=True))
    words = f"{len(known):,} residuals, mean {signed(known.mean())}, standard deviation {signed(known.std())}."
    return Chart("Distribution of residuals", words, size, frame.drawn() + bars + frame.standing(0.0))


def autocorrelation_chart(residuals: Residuals, size: Size = NARROW) -> Chart:
    """Correlation of residuals with earlier ones of the same series, and the bounds of white noise, dashed."""
    longest = max(map(len, residuals.runs))
    lags = np.arange(1.0, max(min(MOST_LAGS, longest // 2), 1) + 1)
    values = autocorrelation(residuals.runs, len(lags))
    bound = 1.96 / math.sqrt(max(len(residuals.known), 1))
    y = value_axis("autocorrelation", values, np.array([-bound, 0.0, bound]))
    frame = Frame(size, step_axis("lag in steps", 0, len(lags)), y)
    if not np.isfinite(values).any():
        words = "not defined: the residuals do not vary"
        middle = label(words, size.width / 2, frame.top + 30, anchor="middle")
        return Chart("Autocorrelation of residuals", words, size, frame.drawn() + middle)
    marks = frame.lying(0.0, "axis") + frame.lying(bound) + frame.lying(-bound) + _stems(frame, lags, values)
    return Chart(
        "Autocorrelation of residuals", _outside(values, bound, residuals.horizon), size, frame.drawn() + marks
    )


def horizon_chart(errors: HorizonErrors, size: Size = WIDE) -> Chart:
    """Mean absolute error at each step ahead beside the best baseline's."""
    steps = np.arange(1.0, len(errors.model) + 1)
    of = f" of {errors.target}" if errors.target else ""
    keys = [Key(errors.model_name, "line", "model"), Key(errors.baseline_name, "line", "other")]
    y = value_axis(f"mean absolute error{of}", errors.model, errors.baseline, from_zero=True)
    frame = Frame(size, step_axis("steps ahead", 1, len(steps)), y, keys)
    marks = curve(frame, steps, errors.baseline, "other") + curve(frame, steps, errors.model, "model")
    span = f"1 to {len(steps)} steps" if len(steps) > 1 else "one step"
    told = f"Mean absolute error of {errors.model_name} and {errors.baseline_name} at {span} ahead."
    return Chart("Error by step ahead", told, size, frame.drawn() + marks)


def curve(frame: Frame, xs: FloatArray, ys: FloatArray, class_: str) -> str:
    """A line through the points of which the frame can show that many, with dots where they lie far enough apart."""
    kept = thin(xs, ys, columns=frame.columns)
    places, heights = frame.x(xs[kept]), frame.y(ys[kept])
    if np.diff(places).min(initial=frame.columns) >= LEGIBLE_DOTS:
        return line(places, heights, class_) + dots(places, heights, class_)
    lone = [run.start for run in runs_of(np.isfinite(heights)) if run.stop - run.start == 1]
    return line(places, heights, class_) + dots(places[lone], heights[lone], class_)


def _band(frame: Frame, times: FloatArray, lower: FloatArray, upper: FloatArray) -> str:
    kept = thin(times, lower, upper, columns=frame.columns)
    xs, low, high = frame.x(times[kept]), frame.y(lower[kept]), frame.y(upper[kept])
    runs = runs_of(np.isfinite(low) & np.isfinite(high))
    return element("path", class_="area", d="".join(_outline(xs[run], low[run], high[run]) for run in runs))


def _outline(xs: FloatArray, low: FloatArray, high: FloatArray) -> str:
    """Path data around a band; that of a lone step is as wide as its dot."""
    if len(xs) == 1:
        xs, low, high = xs + np.array([-3.0, 3.0]), low.repeat(2), high.repeat(2)
    return trace(np.append(xs, xs[::-1]), np.append(high, low[::-1])) + "Z"


def _origin(frame: Frame, times: FloatArray, ahead: int) -> str:
    return frame.standing(float(times[-ahead - 1 : -ahead + 1 or None].mean()))


def _outside(values: FloatArray, bound: float, horizon: int) -> str:
    """How many lags chance does not explain; errors of one forecast of several steps hang together in any case."""
    known = values[np.isfinite(values)]
    outside = np.count_nonzero(np.abs(known) > bound)
    told = f"{outside} of {len(known)} lags lie outside ±{bound:.2g}, where white noise stays at 95 % of them."
    if horizon == 1:
        return told
    return f"{told} Steps of one forecast err together, so that lags below {horizon} are expected to."


def _bar(frame: Frame, start: float, end: float, count: float) -> str:
    left, right = frame.x(np.array([start, end]))
    top = float(frame.y(np.array([count]))[0])
    named = element("title", f"{signed(start)} to {signed(end)}: {count:.0f}")
    return element(
        "rect", named, class_="bar", x=left + 0.5, y=top, width=max(right - left - 1, 1.0), height=frame.bottom - top
    )


def _stems(frame: Frame, lags: FloatArray, values: FloatArray) -> str:
    xs, tops = frame.x(lags), frame.y(values)
    floor = float(frame.y(np.zeros(1))[0])
    seen = np.isfinite(tops)
    stems = "".join(f"M{x:.1f},{floor:.1f}V{top:.1f}" for x, top in zip(xs[seen], tops[seen], strict=True))
    return element("path", class_="line model", d=stems) + dots(xs, tops, "model")


def _forecast_keys(facts: SeriesFacts) -> list[Key]:
    levels = sorted(facts.bands)
    areas = [Key(f"{level:g} % interval", "area", layers=len(levels) - rank) for rank, level in enumerate(levels)]
    return [Key("observed", "line", "observed"), Key("forecast", "line", "model"), *areas]


def _forecast_told(facts: SeriesFacts) -> str:
    levels = " and ".join(f"{level:g} %" for level in sorted(facts.bands))
    first, last = moment(facts.forecast_times[0]), moment(facts.forecast_times[-1])
    intervals = f", with {levels} intervals" if levels else ""
    truth = "the truth is drawn beside it" if facts.truth is not None else "the truth is not known yet"
    count = len(facts.forecast_values)
    steps = f"{count} steps ahead from {first} to {last}" if count > 1 else f"One step ahead, at {first}"
    return f"{steps}{intervals}; {truth}."
