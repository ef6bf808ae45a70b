"""What the scores of tasks are called on a page, and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tidegate.report.task_facts import Table


@dataclass(frozen=True)
class Metric:
    """The name that readers know, what is measured, and whether more of it is better."""

    label: str
    meaning: str
    more_is_better: bool | None = None


METRICS = {
    "accuracy": Metric("accuracy", "share told right", True),
    "accuracy_unknown_words": Metric("accuracy, unknown words", "of words that training has not met", True),
    "f1": Metric("F1", "harmonic mean of precision and recall: of spans, or the mean over classes (macro)", True),
    "f1_weighted": Metric("F1, weighted", "each class counts as often as it occurs", True),
    "precision": Metric("precision", "of what was told, the share that is right", True),
    "recall": Metric("recall", "of what is there, the share that was told", True),
    "log_loss": Metric("log loss", "mean −ln of the true class's probability", False),
    "mae": Metric("MAE", "mean absolute error, in the units of the data", False),
    "rmse": Metric("RMSE", "root of the mean squared error, in the units of the data", False),
    "mse": Metric("MSE", "mean squared error", False),
    "r2": Metric("R²", "share of the variance that is explained", True),
    "perplexity": Metric("perplexity", "e to the mean −ln of a token's probability", False),
    "bits_per_character": Metric("bits per character", "of all tokens together, by characters of the text", False),
    "bits_per_token": Metric("bits per token", "binary logarithm of the perplexity", False),
    "unknown": Metric("unknown", "share of tokens outside the vocabulary"),
    "nll": Metric("NLL", "−ln of a frame's probability, in nats, all but the first of each piece", False),
    "nll_with_first": Metric("NLL with first", "the first frames too, told from silence", False),
    "bleu": Metric("BLEU", "pieces of one to four words shared with the reference, 0 to 100", True),
    "chrf": Metric("chrF", "pieces of one to six characters shared with the reference, 0 to 100", True),
}
_DIRECTIONS = {True: "; more is better", False: "; less is better", None: ""}


def metric_label(name: str) -> str:
    """The name on a page; one that is not known keeps its own."""
    return METRICS[name].label if name in METRICS else name.replace("_", " ")


def metric_meanings(names: Iterable[str]) -> list[tuple[str, str]]:
    """Label and meaning of each of them that is known."""
    known = [METRICS[name] for name in names if name in METRICS]
    return [(metric.label, metric.meaning + _DIRECTIONS[metric.more_is_better]) for metric in known]


def labelled(table: Table) -> Table:
    """The table with its columns called as readers know them."""
    return replace(table, header=[metric_label(name) for name in table.header])
