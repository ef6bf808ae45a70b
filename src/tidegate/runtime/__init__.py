"""Trained recurrent networks with NumPy and the native engine, if it is there: no torch is imported, nor needed."""

from __future__ import annotations

from tidegate.runtime.recurrent import Recurrent

__all__ = ["Recurrent"]
