"""Trained recurrent networks with NumPy and, where it is there, the native engine: no torch is imported nor needed."""

from __future__ import annotations

from tidegate.runtime.recurrent import Recurrent

__all__ = ["Recurrent"]
