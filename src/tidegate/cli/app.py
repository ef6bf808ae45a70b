"""All commands under one name."""

from __future__ import annotations

from typing import Annotated

import typer

from tidegate import __version__
from tidegate.cli.classify import CLASSIFY, REGRESS, classify, regress
from tidegate.cli.demo import EXAMPLES as DEMO
from tidegate.cli.demo import demo
from tidegate.cli.doctor import EXAMPLES as DOCTOR
from tidegate.cli.doctor import doctor
from tidegate.cli.evaluate import EXAMPLES as EVALUATE
from tidegate.cli.evaluate import evaluate
from tidegate.cli.forecast import EXAMPLES as FORECAST
from tidegate.cli.forecast import forecast
from tidegate.cli.generate import GENERATE, generate
from tidegate.cli.language import LANGUAGE, POLYPHONY, language, polyphony
from tidegate.cli.predict import EXAMPLES as PREDICT
from tidegate.cli.predict import predict
from tidegate.cli.tag import TAG, tag
from tidegate.cli.task_command import TaskCommand
from tidegate.cli.translate import TRANSLATE, translate

TASKS = """\b
Examples:
  tidegate fit forecast sales.csv
  tidegate fit classify reviews.tsv --test more-reviews.tsv
  tidegate fit regress prices.csv
  tidegate fit tag train.conllu --valid dev.conllu --test test.conllu
  tidegate fit language novels.txt
  tidegate fit translate train.de --target en
  tidegate fit polyphony chorales.json
"""

app = typer.Typer(
    name="tidegate",
    help="Train gated recurrent networks on sequences: forecast, classify, tag, write, translate; one file each.",
    epilog="""\b
Examples:
  tidegate demo
  tidegate fit forecast sales.csv
  tidegate fit classify reviews.csv
  tidegate predict tidegate-run/sales/model.safetensors --horizon 28
\b
Exit codes: 0 fine, 1 data or options wrong, 2 usage, 130 interrupted.
TIDEGATE_DEBUG=1 shows where an error arose.
""",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
tasks = typer.Typer(help="Train a network on your data.", no_args_is_help=True, rich_markup_mode=None)

app.command("demo", epilog=DEMO)(demo)
app.add_typer(tasks, name="fit", epilog=TASKS)
tasks.command("forecast", cls=TaskCommand, epilog=FORECAST)(forecast)
tasks.command("classify", cls=TaskCommand, epilog=CLASSIFY)(classify)
tasks.command("regress", cls=TaskCommand, epilog=REGRESS)(regress)
tasks.command("language", cls=TaskCommand, epilog=LANGUAGE)(language)
tasks.command("polyphony", cls=TaskCommand, epilog=POLYPHONY)(polyphony)
tasks.command("tag", cls=TaskCommand, epilog=TAG)(tag)
tasks.command("translate", cls=TaskCommand, epilog=TRANSLATE)(translate)
app.command("predict", epilog=PREDICT)(predict)
app.command("evaluate", epilog=EVALUATE)(evaluate)
app.command("generate", epilog=GENERATE)(generate)
app.command("doctor", epilog=DOCTOR)(doctor)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tidegate {__version__}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True)
]


@app.callback()
def _options(version: Version = False) -> None:
    pass
