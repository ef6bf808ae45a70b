"""Trained recurrent networks with NumPy and the native engine, if there is one: no torch is imported here, nor needed."""

from __future__ import annotations

from tidegate.runtime.recurrent import Recurrent

__all__ = ["Recurrent"]
