"""Options of the estimators that say one thing of a whole sequence."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, NonNegativeInt, PositiveInt, field_validator

from tidegate.data.scaling import ScalerKind
from tidegate.data.tokenizing import TokenizerKind
from tidegate.estimators.sequence_options import SequenceOptions, TextOptions
from tidegate.models.pooling import PoolingName


class LabelledOptions(SequenceOptions, TextOptions):
    """What classifier and regressor share; of the options of text and of series only those of what is read act.

    tokenizer: "auto" takes "characters" where most texts are of one or two words and most words occur once, as names
        do, else "words".
    pooling: how the steps become one vector, see `tidegate.models.pooling.Pooling`.
    output_dropout: of that vector.
    max_length: tokens or steps read at most; keep: those that come first or last. What is cut is counted in `notes_`.
    patch: steps of a series read at once, as channels beside each other: long series get shorter.
    projection: units of a linear layer between a series and the encoder; 0 for none.
    scaler: of each channel over all series of the training part; "log" where all values are above zero.
    missing: "refuse" series with missing values, or "mask" them: read as the channel's mean over the training part,
        and told by one more channel for each.
    """

    tokenizer: TokenizerKind | Literal["auto"] = "auto"  # type: ignore[assignment]  # settled before it is used
    pooling: PoolingName = "max"
    output_dropout: float = Field(default=0.0, ge=0, lt=1)
    max_length: PositiveInt | None = None
    keep: Literal["first", "last"] = "first"
    patch: PositiveInt = 1
    projection: NonNegativeInt = 0
    scaler: ScalerKind = "standard"
    missing: Literal["refuse", "mask"] = "refuse"


class ClassifierOptions(LabelledOptions):
    """Options of a SequenceClassifier.

    class_weight: "balanced" lets each class count as much as every other; a mapping gives the weight of each, 1 where
        it has none, all above zero. What is watched is weighed alike, so that the epoch chosen is the best by what was
        asked for; scores are not.
    label_smoothing: share of the target spread evenly over all classes (Szegedy et al. 2016, arXiv:1512.00567), in
        training only: what is watched is the plain loss.
    """

    class_weight: Literal["balanced"] | dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] | None = None
    label_smoothing: float = Field(default=0.0, ge=0, lt=1)

    @field_validator("class_weight", mode="before")
    @classmethod
    def _keys_as_text(cls, given: Any) -> Any:
        """Classes may be numbers; a model file knows them as text."""
        return {str(name): weight for name, weight in given.items()} if isinstance(given, dict) else given


class RegressorOptions(LabelledOptions):
    """Options of a SequenceRegressor.

    loss: of targets brought to mean 0 and standard deviation 1 by the training part.
    """

    loss: Literal["mse", "mae", "huber"] = "mse"
