"""The commands under `fit`, which know that an option given by itself may be one of --set."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

_ESTIMATORS = {
    "classify": "SequenceClassifier",
    "regress": "SequenceRegressor",
    "tag": "SequenceTagger",
    "language": "LanguageModel",
    "polyphony": "PolyphonyModel",
    "translate": "Translator",
}


class TaskCommand(TyperCommand):
    """Answers `--hidden-size 4` with `--set hidden_size=4`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        for word in args:
            option = word.partition("=")[0]
            name = option.removeprefix("--").replace("-", "_")
            if option.startswith("--") and option not in own and name in _options(str(ctx.info_name)):
                raise typer.BadParameter(f"{option} is no option of its own; write it as --set {name}=VALUE", ctx)
        return super().parse_args(ctx, args)


def _options(task: str) -> Any:
    """The names of the task's options."""
    import tidegate
    from tidegate.estimators.options import ForecasterOptions

    estimator = _ESTIMATORS.get(task)
    options = ForecasterOptions if estimator is None else getattr(tidegate, estimator).OPTIONS
    return options.model_fields
