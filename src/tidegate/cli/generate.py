"""`tidegate generate`: text, or music, that a model writes of its own."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

from tidegate.cli.arguments import Json, Model, Seed, option
from tidegate.errors import ConfigurationError

if TYPE_CHECKING:
    from tidegate.estimators.language.language_model import LanguageModel
    from tidegate.estimators.language.polyphony_model import PolyphonyModel

GENERATE = """\b
Examples:
  tidegate generate model.safetensors --prompt "ROMEO:" --length 500
  tidegate generate model.safetensors --length 100 --seed 3 --temperature 0.8 --top-p 0.95
  tidegate generate model.safetensors --prompt "Once upon" --stop "." --top-k 20
"""

Prompt = Annotated[str | None, option("--prompt", "Text to go on from.  [default: the beginning of a line]", "TEXT")]
Length = Annotated[int, option("--length", "Tokens to write, or frames to play.", "N", min=0, show_default=True)]
Temperature = Annotated[
    float, option("--temperature", "Below 1 keeps to the likely; 0 always takes the likeliest.", "T", show_default=True)
]
TopK = Annotated[int | None, option("--top-k", "Draw from the N likeliest tokens only.", "N")]
TopP = Annotated[
    float | None, option("--top-p", "Draw from the fewest tokens that together have this probability.", "P")
]
Stop = Annotated[list[str] | None, option("--stop", "End before this text; may be repeated.", "TEXT")]


def generate(
    model: Model,
    prompt: Prompt = None,
    length: Length = 200,
    seed: Seed = None,
    temperature: Temperature = 1.0,
    top_k: TopK = None,
    top_p: TopP = None,
    stop: Stop = None,
    as_json: Json = False,
) -> None:
    """Write text that goes on from a prompt, shown as it comes; of a model of music, frames as MIDI numbers in JSON."""
    import tidegate

    opened = tidegate.load(model)
    choices: dict[str, Any] = {"length": length, "seed": seed or 0, "temperature": temperature}
    if isinstance(opened, tidegate.PolyphonyModel):
        _refuse({"--prompt": prompt, "--top-k": top_k, "--top-p": top_p, "--stop": stop})
        _play(opened, choices)
    elif isinstance(opened, tidegate.LanguageModel):
        choices |= {"prompt": prompt or "", "top_k": top_k, "top_p": top_p, "stop": stop or []}
        _write(opened, choices, as_json)
    else:
        raise ConfigurationError(f"{model}: holds a {type(opened).__name__}, which generates nothing; try `predict`")


def _write(model: LanguageModel, choices: dict[str, Any], as_json: bool) -> None:
    """The prompt, then the text as it comes; warnings beside it."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        pieces = model.stream(**choices)
    for warning in told:
        print(f"Note: {warning.message}", file=sys.stderr)
    if as_json:
        from tidegate.cli.terminal import say_json

        say_json({**choices, "text": "".join(pieces)})
        return
    print(choices["prompt"], end="", flush=True)
    for piece in pieces:
        print(piece, end="", flush=True)
    print()


def _play(model: PolyphonyModel, choices: dict[str, Any]) -> None:
    from tidegate.cli.terminal import say_json
    from tidegate.data.piano_roll import midi_numbers

    say_json({**choices, "frames": midi_numbers(model.generate(**choices))})


def _refuse(given: dict[str, object]) -> None:
    for name, value in given.items():
        if value is not None:
            raise ConfigurationError(f"{name} is an option of language models; this one plays music")
