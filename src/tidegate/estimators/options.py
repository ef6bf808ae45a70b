"""What a user may choose, checked in one place; a wrong name or value is answered with what would fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, PositiveInt, ValidationError

from tidegate.data.nearest import nearest
from tidegate.data.scaling import ScalerKind
from tidegate.errors import ConfigurationError
from tidegate.models.encoder import EncoderOptions, check_encoder
from tidegate.training.settings import TrainingSettings

Options = TypeVar("Options", bound=BaseModel)


class ForecasterOptions(EncoderOptions, TrainingSettings):
    """Options of a Forecaster, those of its encoder and of its training among them.

    horizon: steps forecast when none are asked for, and told at once by strategy "direct"; None takes one season,
        at least 12.
    window: steps read before a forecast; None takes what the series allow, up to two seasons or 64.
    strategy: "recursive" learns to tell the next step and feeds its own forecast back; "direct" learns to tell
        `horizon` steps at once, and feeds back whole blocks where more are asked for.
    season_length: steps after which the series repeats itself; None takes it from the times (hourly 24, monthly 12, …).
    anchor: what the network corrects: the value one "season" ago, the "last" value, or "none"; "auto" takes the season
        where the longest series holds at least three of them, else the last value.
    scaler: per series, fitted on the training part; "auto" takes "log" where all values are above zero and their
        logarithms, in most series, spread more evenly; else "standard".
    loss: of the point forecast, in scaled units.
    intervals: "conformal" from the errors on the validation part, or "quantile", learnt (strategy "direct" only).
    levels: the levels that "quantile" learns, in percent; "conformal" answers any.
    validation: share of the rows, the latest, that training watches but does not learn from.
    """

    horizon: PositiveInt | None = None
    window: PositiveInt | None = None
    strategy: Literal["recursive", "direct"] = "recursive"
    season_length: PositiveInt | None = None
    anchor: Literal["auto", "season", "last", "none"] = "auto"
    scaler: ScalerKind | Literal["auto"] = "auto"
    loss: Literal["mse", "mae", "huber"] = "mse"
    intervals: Literal["conformal", "quantile"] = "conformal"
    levels: tuple[Annotated[float, Field(gt=0, lt=100)], ...] = (80.0, 95.0)
    validation: float = Field(default=0.2, gt=0, lt=1)

    epochs: int = Field(default=100, ge=1)
    batch_size: int = Field(default=64, ge=1)
    patience: int | None = Field(default=12, ge=1)
    learning_rate: float = Field(default=3e-3, gt=0)


def forecaster_options(values: Mapping[str, Any]) -> ForecasterOptions:
    """`values` as options that go together. Raises ConfigurationError where they do not."""
    options = validated(ForecasterOptions, values)
    if options.bidirectional:
        raise ConfigurationError("bidirectional=True would read the future it is to forecast; leave it off")
    if options.intervals == "quantile" and options.strategy == "recursive":
        raise ConfigurationError(
            "intervals='quantile' needs strategy='direct': quantiles of one step, fed back, are not quantiles of "
            "several; or take intervals='conformal'"
        )
    if options.intervals == "quantile" and len(set(options.levels)) < max(len(options.levels), 1):
        raise ConfigurationError(f"levels={options.levels}: intervals='quantile' learns at least one, each once")
    check_encoder(options)
    return options


def validated(kind: type[Options], values: Mapping[str, Any]) -> Options:
    """`values` as options of this kind. Raises ConfigurationError naming option, value and what fits."""
    known = kind.model_fields
    for name in values:
        if name not in known:
            raise ConfigurationError(f"no option '{name}'{nearest(name, list(known))}")
    try:
        return kind(**values)
    except ValidationError as trouble:
        first = max(trouble.errors(), key=lambda one: len(one["loc"]))  # of a choice of types, the one that fits best
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str) and "[" not in part)
        message = first["msg"][0].lower() + first["msg"][1:]
        raise ConfigurationError(f"{place}={first['input']!r}: {message}") from trouble
