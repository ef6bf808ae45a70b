"""Options from a file: TOML or YAML, one option a line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from tidegate.errors import ConfigurationError, MissingExtraError

_ENDINGS = (".toml", ".yaml", ".yml")


def read_config(path: Path) -> dict[str, Any]:
    """Names and values of a file. Raises ConfigurationError naming the file for what cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise ConfigurationError(f"--config {path}: there is no such file") from cause
    except UnicodeDecodeError as cause:
        raise ConfigurationError(f"--config {path}: byte {cause.start} is not UTF-8; save it as UTF-8") from cause
    match path.suffix.lower():
        case ".toml":
            return _toml(text, path)
        case ".yaml" | ".yml":
            return _yaml(text, path)
    raise ConfigurationError(f"--config {path}: give a file that ends in {', '.join(_ENDINGS)}")


def _toml(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise ConfigurationError(f"--config {path}: not TOML: {cause}") from cause


def _yaml(text: str, path: Path) -> dict[str, Any]:
    try:
        import yaml
    except ImportError as cause:
        raise MissingExtraError.of("train", cause) from cause
    try:
        _refuse_repeated(yaml.compose(text, yaml.SafeLoader), path)
        found = yaml.safe_load(text)
    except yaml.YAMLError as cause:
        raise ConfigurationError(f"--config {path}: not YAML: {' '.join(str(cause).split())}") from cause
    if found is None:
        return {}
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ConfigurationError(f"--config {path}: write it as lines 'name: value', such as hidden_size: 32")
    return found


def _refuse_repeated(node: Any, path: Path, around: tuple[Any, ...] = ()) -> None:
    """Of a name given twice YAML would take the last. `node` is as `yaml.compose` makes it; None of an empty file."""
    if any(node is one for one in around):
        raise ConfigurationError(
            f"--config {path}, line {node.start_mark.line + 1}: this refers to itself; write it out"
        )
    seen: dict[str, int] = {}
    for key, value in _pairs(node):
        name, line = str(key.value), key.start_mark.line + 1
        if name in seen:
            raise ConfigurationError(
                f"--config {path}, line {line}: '{name}' is given twice, first in line {seen[name]}; take one out"
            )
        seen[name] = line
        _refuse_repeated(value, path, (*around, node))
    for value in _entries(node):
        _refuse_repeated(value, path, (*around, node))


def _pairs(node: Any) -> list[tuple[Any, Any]]:
    return node.value if getattr(node, "id", None) == "mapping" else []


def _entries(node: Any) -> list[Any]:
    return node.value if getattr(node, "id", None) == "sequence" else []
