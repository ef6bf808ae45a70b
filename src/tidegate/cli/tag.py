"""`tidegate fit tag`: a tag for every token of a sentence."""

from __future__ import annotations

from typing import Annotated

from tidegate.cli.arguments import (
    Cell,
    Config,
    Data,
    Epochs,
    Force,
    Json,
    Out,
    Quiet,
    Resume,
    Seed,
    Settings,
    Test,
    Valid,
    option,
)
from tidegate.cli.fit_task import fit_task
from tidegate.cli.settings import chosen_options
from tidegate.cli.task_run import Manner, TaskFiles

TAG = """\b
Examples:
  tidegate fit tag en-train.conllu --valid en-dev.conllu --test en-test.conllu
  tidegate fit tag chunks.txt.xz --out runs/chunks --set decoder=crf
  tidegate fit tag en-train.conllu --tag xpos --cell lstm --set hidden_size=200
  tidegate fit tag tokens.csv --sentence sentence_id --token word --tag ner
  tidegate predict model.safetensors new.conllu --out tagged.conllu
"""

_NAMED = "Column by number from 0; in CoNLL-U and tables by name."
Token = Annotated[str | None, option("--token", f"Of tokens: {_NAMED}  [default: the first; form; token]", "COLUMN")]
Tag = Annotated[str | None, option("--tag", f"Of tags: {_NAMED}  [default: the last; upos; tag]", "COLUMN")]
Sentence = Annotated[
    str | None, option("--sentence", "Column of a table that tells sentences apart.  [default: sentence]", "COLUMN")
]


def tag(
    data: Data,
    out: Out = None,
    valid: Valid = None,
    test: Test = None,
    cell: Cell = None,
    epochs: Epochs = None,
    seed: Seed = None,
    settings: Settings = None,
    config: Config = None,
    token: Token = None,
    tag: Tag = None,
    sentence: Sentence = None,
    resume: Resume = False,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Train a tagger on sentences of tokens with tags; write model and report, with what is taken for what."""
    from tidegate.cli.tag_report import tag_sections
    from tidegate.estimators.tagging.sequence_tagger import SequenceTagger
    from tidegate.estimators.tagging.tagger_options import TaggerOptions

    named = {"cell": cell, "epochs": epochs, "seed": seed}
    estimator = SequenceTagger(**chosen_options(TaggerOptions, named, settings or [], config))
    files = TaskFiles(data, valid, test, {"token": token, "tag": tag, "sentence": sentence})
    fit_task(estimator, files, Manner(out, resume, force, as_json, quiet), tag_sections)
