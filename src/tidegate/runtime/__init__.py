"""Trained recurrent networks with NumPy and, where it was built, the native engine: no torch is imported here, nor needed."""

from __future__ import annotations

from tidegate.runtime.recurrent import Recurrent

__all__ = ["Recurrent"]
