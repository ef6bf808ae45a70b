"""What identifies the data a model learnt from, without holding any of them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import numpy as np

from tidegate.data.grid import show_time
from tidegate.data.panel import Panel, Series


def fingerprint(panel: Panel) -> dict[str, str | int]:
    """The SHA-256 of all names, times and values, with the number of series and rows, and the first and last time."""
    digest = hashlib.sha256(json.dumps([asdict(panel.columns), str(panel.step)]).encode())
    for series in panel.series:
        _add(digest, series)
    return {
        "sha256": digest.hexdigest(),
        "series": len(panel.series),
        "rows": sum(len(series) for series in panel.series),
        "first": show_time(min(series.times[0] for series in panel.series)),
        "last": show_time(max(series.times[-1] for series in panel.series)),
    }


def _add(digest: hashlib._Hash, series: Series) -> None:
    digest.update(json.dumps([series.unique_id, series.static, len(series)]).encode())
    digest.update(series.times.astype("<i8").tobytes())
    for values in (series.target, series.past, series.known):
        digest.update(np.where(np.isnan(values), np.nan, values).astype("<f8").tobytes())
