"""`tidegate demo`: the whole way once, on a series that comes along."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from tidegate.cli.run_folder import RunFolder

EXAMPLES = """\b
Examples:
  tidegate demo
"""

FOLDER = RunFolder(Path("tidegate-demo"))
SERIES = "mauna-loa-co2.csv"
EPOCHS = 20
WINDOWS = 2


def demo() -> None:
    """Train a GRU on weekly carbon dioxide at Mauna Loa and compare it with simple baselines; about half a minute."""
    from tidegate.cli.forecast_run import Source, Training, run_forecast
    from tidegate.cli.outcome import announce, next_commands, show
    from tidegate.data.panel import read_panel
    from tidegate.estimators.options import ForecasterOptions
    from tidegate.training.progress import reporter

    with resources.as_file(resources.files("tidegate.cli").joinpath("example_data", SERIES)) as path:
        source = Source(SERIES, read_panel(path))
    FOLDER.create()
    announce(source)
    run = run_forecast(source, ForecasterOptions(epochs=EPOCHS), WINDOWS, Training(None, False, reporter()))
    commands = [*next_commands(run, FOLDER), "tidegate fit forecast YOUR-DATA.csv"]
    show(run, run.write(FOLDER, commands), FOLDER)
