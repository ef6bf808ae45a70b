"""SequenceRegressor: one number for each text or series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tidegate.data.labelled import Labelled
from tidegate.data.target_scale import TargetScale, numbers_of
from tidegate.estimators.labelled.input_preparation import InputPreparation, fit_inputs, inputs_from_state, inputs_state
from tidegate.estimators.labelled.labelled_estimator import LabelledEstimator
from tidegate.estimators.labelled.labelled_options import RegressorOptions
from tidegate.estimators.labelled.regression import NumberPredictions
from tidegate.training.criteria import Regression
from tidegate.training.objective import Supervised

Array = NDArray[Any]


@dataclass(frozen=True)
class RegressorPreparation:
    """Inputs as the network reads them, and the scale of the targets."""

    inputs: InputPreparation
    scale: TargetScale

    @property
    def outputs(self) -> int:
        return 1

    def targets(self, records: Labelled, /) -> Array:
        return self.scale.scaled(numbers_of(records)).astype(np.float32)[:, None]

    def state(self) -> tuple[dict[str, Any], dict[str, Array]]:
        return {**inputs_state(self.inputs), "scale": self.scale.state()}, self.inputs.arrays()

    @classmethod
    def from_state(cls, state: Mapping[str, Any], arrays: Mapping[str, Array], /) -> RegressorPreparation:
        return cls(inputs_from_state(state, arrays), TargetScale.from_state(state["scale"]))


class SequenceRegressor(LabelledEstimator[RegressorOptions, RegressorPreparation]):
    """Tells a number for texts or series: everything as in `SequenceClassifier`, but that y are numbers.

    Options are those of `RegressorOptions`, `LabelledOptions`, `TextOptions`, `SequenceOptions`, `EncoderOptions` and
    `TrainingSettings`.
    """

    KIND = "regressor"
    SCORE = "r2"
    OPTIONS = RegressorOptions
    PREPARATION = RegressorPreparation

    def predict(self, X: Any) -> NDArray[np.float64]:
        """The number told of each example, [N], in the units of y."""
        return self._numbers(self._records(X, labelled=False))

    def assess(self, X: Any, y: Any = None) -> NumberPredictions:
        records = self._records(X, y)
        return NumberPredictions(numbers_of(records), self._numbers(records))

    def _prediction_columns(self, records: Labelled) -> dict[str, Any]:
        return {"prediction": self._numbers(records)}

    def _numbers(self, records: Labelled) -> NDArray[np.float64]:
        return self.fitted.preparation.scale.unscaled(self._told(records)[:, 0])

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import RegressorTags

        tags = super().__sklearn_tags__()
        tags.estimator_type, tags.regressor_tags = "regressor", RegressorTags()
        return tags

    def _prepare(self, training: Labelled) -> RegressorPreparation:
        scale = TargetScale.fit(training)
        return RegressorPreparation(fit_inputs(training, self.options), scale)

    def _objective(self, preparation: RegressorPreparation) -> Supervised:  # noqa: ARG002 - other tasks need it
        return Supervised(Regression(self.options.loss))
