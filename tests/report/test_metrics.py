from tidegate.report.metrics import labelled, metric_label, metric_meanings
from tidegate.report.task_facts import Table


def test_columns_are_called_as_readers_know_them():
    table = Table("Scores", ["data", "f1_weighted", "r2", "own_metric"], [("test", 0.5, 0.25, 1.0)])
    assert labelled(table).header == ["data", "F1, weighted", "R²", "own metric"]
    assert labelled(table).rows == table.rows
    assert metric_label("accuracy_unknown_words") == "accuracy, unknown words"


def test_what_is_known_is_explained_with_its_direction():
    assert metric_meanings(["data", "r2", "unknown", "own"]) == [
        ("R²", "share of the variance that is explained; more is better"),
        ("unknown", "share of tokens outside the vocabulary"),
    ]
