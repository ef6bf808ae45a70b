"""Examples with labels from a file or a folder of any kind that is known."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from tidegate.data import labelled_series, labelled_text
from tidegate.data.compressed import bare_ending, read_content, unknown_ending
from tidegate.data.encoding import decoded
from tidegate.data.labelled import Labelled
from tidegate.data.table import read_table
from tidegate.data.ts_file import read_ts
from tidegate.errors import ConfigurationError, DataError

_ENDINGS = (".csv", ".tsv", ".parquet", ".ts", ".txt")
_PARTS = tuple(dict.fromkeys((*labelled_text.PARTS, *labelled_series.PARTS)))


def read_labelled(
    path: Path, names: Mapping[str, str], *, labelled: bool = True, classes: Collection[str] = ()
) -> Labelled:
    """The examples of `path`; `names` say which columns play the parts "text", "label", "id", "time", "channels".

    A folder with a .txt file for each class; a .ts file of series; a .csv, .tsv or .parquet file of texts or, where it
    has an id, of series in long form; without labels also a .txt file. Packed (.gz, .xz) text files too.
    `classes`, where they are known, tell which column of a .tsv without a header is the label.
    Raises DataError naming file, line and column.
    """
    unknown = [part for part in names if part not in _PARTS]
    if unknown:
        raise ConfigurationError(f"{path}: no part is called '{unknown[0]}'; there are {', '.join(_PARTS)}")
    if path.is_dir():
        return labelled_text.read_class_folder(path, labelled=labelled)
    match bare_ending(path):
        case ".ts":
            return read_ts(path, labelled=labelled)
        case ".csv" | ".tsv" | ".parquet":
            return _table(path, names, labelled, classes)
        case ".txt" if not labelled:
            return labelled_text.read_text_lines(path)
        case ".txt":
            raise DataError(
                f"{path}: a .txt file has no labels; give a folder with such a file for each class, or a table"
            )
    raise unknown_ending(path, _ENDINGS)


def _table(path: Path, names: Mapping[str, str], labelled: bool, classes: Collection[str]) -> Labelled:
    if labelled_series.is_series_table(_columns(path), names):
        return labelled_series.read_series_table(path, names, labelled=labelled)
    return labelled_text.read_text_table(path, names, labelled=labelled, classes=classes)


def _columns(path: Path) -> list[str]:
    if bare_ending(path) == ".parquet":
        return read_table(path).frame.columns
    first = decoded(read_content(path).replace(b"\r", b"\n").split(b"\n", 1)[0], str(path))
    return [cell.strip().strip('"') for cell in first.split("," if bare_ending(path) == ".csv" else "\t")]
