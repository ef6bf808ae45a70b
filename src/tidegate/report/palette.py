"""The colours of page and charts in both schemes: blue against orange, told apart by the colour-blind, and ink."""

from __future__ import annotations

import re
from importlib import resources

LIGHT = {
    "paper": "#fdfdfc",
    "panel": "#f3f5f6",
    "ink": "#1b2025",
    "muted": "#59636e",
    "rule": "#c3c9d0",
    "grid": "#e6e9ec",
    "model": "#0a62a9",
    "other": "#b54708",
}
DARK = {
    "paper": "#15181b",
    "panel": "#1d2125",
    "ink": "#e5e8eb",
    "muted": "#9ca6b1",
    "rule": "#464d55",
    "grid": "#292e33",
    "model": "#68b1fb",
    "other": "#fb9b5b",
}


def template_text(name: str) -> str:
    """The text of a file beside the templates."""
    return resources.files("tidegate.report").joinpath("templates", name).read_text(encoding="utf-8")


def variables(colours: dict[str, str]) -> str:
    """The colours as CSS custom properties, for a page that holds many charts."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def embedded_style() -> str:
    """The rules of a chart that stands alone: literal colours, since many viewers of SVG know no CSS variables."""
    rules = template_text("chart.css")
    return f"{_literal(rules, LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{_literal(rules, DARK)}}}\n"


def _literal(rules: str, colours: dict[str, str]) -> str:
    return re.sub(r"var\(--(\w+)\)", lambda found: colours[found[1]], rules)
