"""scikit-learn's conventions, which every estimator keeps: options by name, clones, and whether it is trained."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel

Options = TypeVar("Options", bound=BaseModel)


class Estimator(ABC, Generic[Options]):
    """An estimator of `options`, which are those given to it; what `fit` leaves behind stands in `_fitted`."""

    options: Options
    _fitted: Any = None

    def __repr__(self) -> str:
        chosen = self.options.model_dump(exclude_defaults=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in chosen.items())})"

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002 - scikit-learn's signature
        """All options by name, as scikit-learn asks for them."""
        return self.options.model_dump()

    def set_params(self, **options: Any) -> Self:
        """Changes options for the next `fit`; what is trained already stays as it is."""
        self.options = self._checked({**self.get_params(), **options})
        return self

    def __sklearn_clone__(self) -> Self:
        return type(self)(**self.get_params())

    def __sklearn_is_fitted__(self) -> bool:
        return self._fitted is not None

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False), input_tags=InputTags())

    @abstractmethod
    def _checked(self, values: Mapping[str, Any]) -> Options:
        """Options of these values. Raises ConfigurationError for unknown names and impossible values."""
